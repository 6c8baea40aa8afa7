"""Finding candidates among very many names, beside the peers, in one run: speed, recall, memory, bulk.

    python -m bench.retrieval [SHARED] [--names 50000] [--peers-names 50000] [--companies 20000]

Names are made by a seeded generator from the words of real lists in SHARED/lists, so any number can be had
and none is of a real party. Peers index the same names (at most --peers-names of them). Figures are CPU
milliseconds; those of pg_trgm, which works in another process, are by the clock. Each bar is printed as held
or missed; the bars are for `--names 1000000 --companies 100000`, the rest is a smaller run of the same.
Needs the bench group.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench._bars import bar
from bench.names import LISTS
from bench.names_perturb import COMPANY, PERSON
from screening.lists import importers
from screening.lists.model import Entry, Kind, ListedName
from screening.names import Index, Listed, Subject, warm
from screening.names.analysis import analyse_all

T = TypeVar("T")

QUERIES = 200
SHOWN = 50  # candidates that a peer is asked for
SUBJECTS_OF_A_COMPANY = 3  # the company, an owner, a director
BULK_COMPANIES = 100_000
BULK_DIFFERENCE = 10_000
SAMPLE = 300  # companies, and changed entries, that the bulk is reckoned from


class Words:
    """The words of real names, by kind, from which other names are made."""

    def __init__(self, lists: Path, seed: int = 11) -> None:
        self.chance = random.Random(seed)
        self.names: dict[str, list[list[str]]] = {"person": [], "organization": []}
        for _, importer, place in LISTS:
            for entry in importers.read(importer, lists / place):
                for name in entry.names:
                    if entry.kind in self.names and name.text.isascii() and 1 < len(name.text.split()) < 7:
                        self.names[entry.kind].append(name.text.split())

    def name(self, kind: str) -> str:
        """As long as a real name, each word from the same place of another name."""
        known = self.names[kind]
        pattern = self.chance.choice(known)
        return " ".join(
            next(
                word[min(place, len(word) - 1)]
                for word in iter(lambda: self.chance.choice(known), None)
                if len(word) >= min(len(pattern), 2)
            )
            for place in range(len(pattern))
        )

    def entries(self, count: int, prefix: str) -> Iterator[tuple[str, Entry]]:
        """Parties of one name each, people and organizations in turns."""
        for number in range(count):
            kind: Kind = "organization" if number % 2 else "person"
            names = (ListedName(self.name(kind), "primary"),)
            yield "made", Entry(f"{prefix}{number}", kind, names)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path, nargs="?", default=Path("../shared"))
    parser.add_argument("--names", type=int, default=50_000)
    parser.add_argument("--peers-names", type=int, default=50_000)
    parser.add_argument("--companies", type=int, default=20_000, help="in the index that a difference asks")
    asked = parser.parse_args()
    if not (asked.shared / "lists").is_dir():
        print(f"retrieval: left out, there is no {asked.shared}/lists with published lists.")
        return
    warm()
    words = Words(asked.shared / "lists")
    made = list(words.entries(asked.names, "e"))
    queries = changed(made, QUERIES)
    with tempfile.TemporaryDirectory() as folder:
        index = ours(made, queries, Path(folder) / "names.index")
        peers = made[: asked.peers_names]
        asked_of_peers = queries if len(peers) == len(made) else changed(peers, QUERIES)
        print(f"\nPeers over {len(peers):,} names, the same queries where the names are the same")
        tantivy_grams(peers, asked_of_peers)
        pg_trgm(peers, asked_of_peers)
        rapidfuzz_everything(peers, asked_of_peers)
        logic_v2(index, queries)
        bulk(words, index, Path(folder), asked.companies)


Query = tuple[str, str, str]  # kind, name as asked, id of the right party


def changed(made: list[tuple[str, Entry]], count: int) -> list[Query]:
    chance = random.Random(12)
    found = []
    for _, entry in chance.sample(made, count):
        change = chance.choice(list((PERSON if entry.kind == "person" else COMPANY).values()))
        found.append((entry.kind, change(entry.primary_name, chance), entry.source_id))
    return found


def report(label: str, spent: list[float], hits: float | None = None) -> None:
    half, most = np.percentile(spent, [50, 95])
    right = "" if hits is None else f", right party among {SHOWN}: {hits:.3f}"
    print(f"  {label:42} p50 {half:8.2f} ms, p95 {most:8.2f} ms{right}")


def timed(call: Callable[..., T], *arguments, clock=time.process_time, **options) -> tuple[T, float]:
    """What a call answers, and the milliseconds it took by `clock`."""
    begun = clock()
    answer = call(*arguments, **options)
    return answer, 1000 * (clock() - begun)


def private_mb() -> float:
    """Memory that this process wrote and shares with no other, in MB."""
    for line in Path("/proc/self/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) / 1024
    return 0.0


def ours(made: list[tuple[str, Entry]], queries: list[Query], path: Path) -> Index:
    _, spent = timed(lambda: Index.build(made).save(path))
    print(
        f"\nIndex of {len(made):,} names: built in {spent / 1000:.0f} CPU s, "
        f"{path.stat().st_size / 2**20:.0f} MB"
    )
    index = Index.open(path)
    hits, candidates, searches = 0, [], []
    for kind, name, right in queries:
        analyse_all(name, kind)
        asked = Subject(kind, (name,))
        found, spent = timed(index.candidates, asked, limit=SHOWN)
        hits += right in {index.listed(number).source_id for number in found}
        candidates.append(spent)
        searches.append(timed(index.search, asked)[1])
    report("ours, candidates", candidates, hits / len(queries))
    bar("candidates, p95 in ms", float(np.percentile(candidates, 95)), at_most=3.0)
    bar("the right party among the candidates", hits / len(queries), at_least=0.95)
    report("ours, candidates compared and explained", searches)
    with multiprocessing.get_context("spawn").Pool(1) as worker:
        grown = worker.apply(searched, (path, queries))
    bar(
        f"private memory of a worker in MB, beyond the tagger, after {len(queries)} searches",
        grown,
        at_most=20,
    )
    return index


def searched(path: Path, queries: list[Query]) -> float:
    """In a process of its own: by how many MB its private memory grows over opening the index and searching.

    The pages of the index are no part of it: they belong to the file, and every worker maps the same.
    """
    warm()
    before = private_mb()
    index = Index.open(path)
    for kind, name, _ in queries:
        index.search(Subject(kind, (name,)))
    return private_mb() - before


def tantivy_grams(made: list[tuple[str, Entry]], queries: list[Query]) -> None:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("name", stored=False, tokenizer_name="grams")
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    index = tantivy.Index(builder.build())
    grams = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(3, 3, False)).filter(
        tantivy.Filter.lowercase()
    )
    index.register_tokenizer("grams", grams.build())
    writer = index.writer(50_000_000, 1)

    def fill() -> None:
        for _, entry in made:
            writer.add_document(tantivy.Document(name=entry.primary_name, id=entry.source_id))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()

    _, spent = timed(fill)
    searcher = index.searcher()

    def search(name: str) -> set[str]:
        text = "".join(letter if letter.isalnum() or letter == " " else " " for letter in name)
        query, _errors = index.parse_query_lenient(f'"{text}"~0' if not text.strip() else text, ["name"])
        return {searcher.doc(place)["id"][0] for _, place in searcher.search(query, SHOWN).hits}

    times, hits = [], 0
    for _, name, right in queries:
        found, took = timed(search, name)
        times.append(took)
        hits += right in found
    report(f"tantivy, 3-grams (built in {spent / 1000:.0f} s)", times, hits / len(queries))


def pg_trgm(made: list[tuple[str, Entry]], queries: list[Query]) -> None:
    address = os.environ.get("DATABASE_URL", "")
    if not address:
        print("  pg_trgm: left out, no DATABASE_URL")
        return
    import psycopg2
    from psycopg2.extras import execute_values

    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE TEMP TABLE made (id text, name text)")
        rows = [(entry.source_id, entry.primary_name) for _, entry in made]
        _, spent = timed(
            lambda: (
                execute_values(cursor, "INSERT INTO made VALUES %s", rows, page_size=5000),
                cursor.execute("CREATE INDEX ON made USING gist (name gist_trgm_ops(siglen=64))"),
                cursor.execute("ANALYZE made"),
            ),
            clock=time.perf_counter,
        )
        times, hits = [], 0
        for _, name, right in queries[:50]:
            sql = "SELECT id FROM made ORDER BY name <-> %s LIMIT %s"
            begun = time.perf_counter()
            cursor.execute(sql, (name, SHOWN))
            found = {row[0] for row in cursor.fetchall()}
            times.append(1000 * (time.perf_counter() - begun))
            hits += right in found
        report(f"pg_trgm, nearest (built in {spent / 1000:.0f} s)", times, hits / 50)
        connection.rollback()


def rapidfuzz_everything(made: list[tuple[str, Entry]], queries: list[Query]) -> None:
    from rapidfuzz import fuzz, process, utils

    ids = [entry.source_id for _, entry in made]
    names = [utils.default_process(entry.primary_name) for _, entry in made]
    times, hits = [], 0
    for _, name, right in queries[:50]:
        plain = utils.default_process(name)
        begun = time.process_time()
        found = process.extract(plain, names, scorer=fuzz.token_sort_ratio, limit=SHOWN)
        times.append(1000 * (time.process_time() - begun))
        hits += right in {ids[place] for _, _, place in found}
    report("rapidfuzz token-sort over everything", times, hits / 50)


def logic_v2(index: Index, queries: list[Query]) -> None:
    """logic-v2 has no index of its own: it compares the candidates that ours finds."""
    from followthemoney import EntityProxy
    from nomenklatura.matching import get_algorithm

    algorithm = get_algorithm("logic-v2")
    assert algorithm, "this nomenklatura has no logic-v2"
    config = algorithm.default_config()

    def entity(kind: str, name: str) -> EntityProxy:
        schema = "Person" if kind == "person" else "Organization"
        return EntityProxy.from_dict({"id": name, "schema": schema, "properties": {"name": [name]}})

    def search(kind: str, name: str, names: list[str]) -> None:
        asked = entity(kind, name)
        for other in names:
            algorithm.compare(asked, entity(kind, other), config)

    times = []
    for kind, name, _ in queries[:50]:
        names = [index.listed(number).names[0].text for number in index.candidates(Subject(kind, (name,)))]
        times.append(timed(search, kind, name, names)[1])
    report("logic-v2 over our candidates", times)


def bulk(words: Words, index: Index, folder: Path, count: int) -> None:
    """Everything again against what a list changed, from samples: each figure says how it was reached."""
    made = list(words.entries(count * SUBJECTS_OF_A_COMPANY, "c"))
    sample = [entry for _, entry in made[:SAMPLE]]
    _, spent = timed(lambda: [index.search(Subject(entry.kind, (entry.primary_name,))) for entry in sample])
    whole = spent / SAMPLE * BULK_COMPANIES * SUBJECTS_OF_A_COMPANY / 1000
    path = folder / "companies.index"
    Index.build(made).save(path)
    of_companies = Index.open(path)
    listed = [Listed.from_entry(entry) for _, entry in words.entries(SAMPLE, "n")]
    _, spent_on = timed(lambda: [of_companies.met_by(party) for party in listed])
    changes = spent_on / SAMPLE * BULK_DIFFERENCE / 1000
    print(f"\nBulk, reckoned from {SAMPLE} companies and {SAMPLE} entries")
    print(
        f"  {BULK_COMPANIES:,} companies of {SUBJECTS_OF_A_COMPANY} subjects against {index.names_count:,} "
        f"names: {whole / 60:.0f} CPU min"
    )
    print(
        f"  a difference of {BULK_DIFFERENCE:,} entries against {of_companies.names_count:,} names of "
        f"companies: {changes / 60:.1f} CPU min"
    )
    bar("difference in % of everything again", 100 * changes / whole, at_most=2.0)


if __name__ == "__main__":
    main()
