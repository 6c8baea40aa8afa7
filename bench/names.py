"""Name matching beside its peers, in one process and one run: quality, false alerts, recall, speed.

    python -m bench.names [SHARED] [--names 120000]

SHARED is the folder with eval/ and lists/. Needs the bench group. Quality of our scorer on the labelled
pairs is given three times: by five folds that keep groups apart and by leaving each source out (both from
scorer.json, where fit_scorer wrote them; only these say what it does on names it has not seen, so the bars
are held against them), and as shipped. The peers were fitted on none of these pairs. Each bar is printed as
held or missed.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import numpy as np

from bench._bars import bar
from bench.names_people import OF_EACH, directors, namesakes
from bench.names_perturb import COMPANY, PERSON
from screening.lists import importers
from screening.lists.model import Entry, ListedName, PartialDate
from screening.management.commands.score_pairs import AT_ONCE, read_pair
from screening.names import (
    Index,
    Subject,
    analysis,
    attributes,
    compare_pairs,
    rarity,
    romanise,
    scorer,
    warm,
)
from screening.names.fitting import HARD_TO_MATCH, quality
from screening.names.scorer import FILE

LISTS = (
    ("un", "un_xml", "un/un_consolidated_2026-02-27.xml"),
    ("ofac", "ofac_csv", "ofac"),
    ("worldbank", "worldbank_csv", "worldbank"),
)
PEER_THRESHOLD = 0.7
OURS = "ours, as shipped"
PASSES = 3  # of each scorer, for its speed: one alone is a fifth off by chance
SAMPLE = 400  # listed names that are changed, per kind
PEER_SAMPLE = 1000  # ordinary people that logic-v2 is asked about
PEER_SAMPLE_OF_EACH = 30  # of those with the commonest names of a language
Pair = dict[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path, nargs="?", default=Path("../shared"))
    parser.add_argument(
        "--names", type=int, default=120_000, help="names in the index for the speed of a search"
    )
    asked = parser.parse_args()
    if not (asked.shared / "lists").is_dir():
        print(f"names: left out, there is no {asked.shared} with pairs and published lists.")
        return
    started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    warm()
    print(f"taggers: {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - started) / 1024:.0f} MB")
    with (asked.shared / "eval" / "dev_pairs.csv").open(newline="", encoding="utf-8") as file:
        pairs = list(csv.DictReader(file))
    print_quality(pairs)
    entries = [
        (code, entry)
        for code, importer, place in LISTS
        for entry in importers.read(importer, asked.shared / "lists" / place)
    ]
    with (asked.shared / "eval" / "benign_companies_sp500.csv").open(newline="", encoding="utf-8") as file:
        companies = [row["Security"] for row in csv.DictReader(file)]
    print_lists(entries, companies, asked.shared / "eval" / "companies_with_lei.csv")
    print_speed(entries, companies, asked.names)


def forget_names() -> None:
    """Drop what is remembered of names and words; tables that are read once stay."""
    for module in (analysis, attributes, rarity, romanise):
        for remembered in vars(module).values():
            if (
                hasattr(remembered, "cache_parameters")
                and (remembered.cache_parameters()["maxsize"] or 0) > 100
            ):
                remembered.cache_clear()


# --- quality of pairs ---------------------------------------------------------------------------------------


def print_quality(pairs: list[Pair]) -> None:
    labels = np.array([int(row["label"]) for row in pairs])
    matchable = np.array([row["category"] not in HARD_TO_MATCH for row in pairs])
    is_person = np.array([row["schema"] == "Person" for row in pairs])
    crossed = np.array([row["category"] == "cross_script" for row in pairs])
    print("\nLabelled pairs, matchable: AUC, best F1, F1 at the default threshold, recall at precision 95 %;")
    print("best F1 of persons and of organizations; recall in another script; records per CPU second, cold,")
    print(f"median of {PASSES} passes; ours forgets every name and word between them")
    scores: dict[str, tuple[np.ndarray, float]] = {}
    speeds: dict[str, float] = {}
    for name, (scored, threshold) in scorers().items():
        spent = []
        for _ in range(PASSES):
            forget_names()
            begun = time.process_time()
            score = np.array(scored(pairs))
            spent.append(time.process_time() - begun)
        speed = len(pairs) / statistics.median(spent)
        scores[name] = score, threshold
        speeds[name] = speed
        whole = quality(score[matchable], labels[matchable], threshold)
        kinds = [
            quality(score[matchable & mask], labels[matchable & mask], threshold)["best_f1"]
            for mask in (is_person, ~is_person)
        ]
        figures = [whole["auc"], whole["best_f1"], whole["f1"], whole["recall_at_precision_95"], *kinds]
        figures.append(float((score[crossed] >= threshold).mean()))
        print(f"  {name:24}" + "".join(f"{figure:8.3f}" for figure in figures) + f"{speed:10,.0f}")
    print_by_category(pairs, scores)
    print_by_source(pairs, scores)
    content = json.loads(FILE.read_text("utf-8"))
    for split in ("by group, five folds", "leaving each source out"):
        print(f"Ours, {split} ({content['made_by']}):")
        for name, row in content["figures"][split].items():
            print(f"  {name:24}" + "".join(f"  {key} {value}" for key, value in row.items()))
        print_bars(content["figures"][split])
    bar("record comparisons a CPU second, cold", speeds[OURS], at_least=3000)


def print_by_category(pairs: list[Pair], scores: dict[str, tuple[np.ndarray, float]]) -> None:
    """Pairs of one subject, by what changed between their names and by kind."""
    print("Recall at the default threshold, by category and kind (pairs in brackets):")
    # Some sources grade their pairs in the category as well: "MEDIUM:Alphanumeric Swap".
    of_pair = [(row["label"], row["category"].partition(":")[0], row["schema"] == "Person") for row in pairs]
    known = sorted({(category, is_person) for label, category, is_person in of_pair if label == "1"})
    for category, is_person in known:
        mask = np.array([pair == ("1", category, is_person) for pair in of_pair])
        label = f"{category or 'not stated'}, {'persons' if is_person else 'organizations'} ({mask.sum()})"
        shares = [float((score[mask] >= threshold).mean()) for score, threshold in scores.values()]
        print(f"  {label:42}" + "".join(f"{share:8.3f}" for share in shares))
    print(f"  {'in the order':42}  {', '.join(scores)}")


def print_by_source(pairs: list[Pair], scores: dict[str, tuple[np.ndarray, float]]) -> None:
    """Each source of pairs by itself: peers beside our figures that never saw it, printed below."""
    print("Matchable pairs by source: F1 at the default threshold, best F1")
    labels = np.array([int(row["label"]) for row in pairs])
    sources = np.array([row["source"].split("/")[0] for row in pairs])
    matchable = np.array([row["category"] not in HARD_TO_MATCH for row in pairs])
    for source in sorted(set(sources.tolist())):
        mask = matchable & (sources == source)
        for name, (score, threshold) in scores.items():
            found = quality(score[mask], labels[mask], threshold)
            print(f"  {source:24}{name:24}{found['f1']:8.3f}{found.get('best_f1', float('nan')):8.3f}")


def print_bars(figures: dict[str, dict[str, float]]) -> None:
    """The bars of the design for pairs, by figures on what the fit had not seen."""
    whole = figures["matchable"]
    bar("ROC-AUC", whole["auc"], at_least=0.935)
    bar("best F1", whole["best_f1"], at_least=0.85)
    bar("F1 at the shipped threshold", whole["f1"], at_least=0.84)
    bar("best F1 of organizations", figures["organizations"]["best_f1"], at_least=0.82)
    bar("best F1 of persons", figures["persons"]["best_f1"], at_least=0.87)
    bar("recall at precision 95 %", whole["recall_at_precision_95"], at_least=0.66)
    bar("recall in another script", figures["cross script"]["recall"], at_least=0.60)


Scores = Callable[[list[Pair]], list[float]]


def scorers() -> dict[str, tuple[Scores, float]]:
    """Our scorer and its peers: pairs to scores, and the threshold each ships with.

    Ours takes pairs by the hundred, as `manage.py score_pairs` does; the peers take one at a time.
    """
    from followthemoney import EntityProxy
    from nomenklatura.matching import get_algorithm
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import JaroWinkler

    def ours(pairs: list[Pair]) -> list[float]:
        return [
            match.score
            for at in range(0, len(pairs), AT_ONCE)
            for match in compare_pairs([read_pair(row) for row in pairs[at : at + AT_ONCE]])
        ]

    def each(score: Callable[[Pair], float]) -> Scores:
        return lambda pairs: [score(row) for row in pairs]

    def nomenklatura(name: str) -> Callable[[Pair], float]:
        algorithm = get_algorithm(name)
        config = algorithm.default_config()

        def entity(row: Pair, names: list[str], country: str) -> EntityProxy:
            properties = {"name": names, "country": [country] if country else []}
            return EntityProxy.from_dict({"id": names[0], "schema": row["schema"], "properties": properties})

        def scored(row: Pair) -> float:
            left = entity(row, [row["query_name"]], row["query_country"])
            right = entity(row, json.loads(row["candidate_names"]), row["candidate_country"])
            return float(algorithm.compare(left, right, config).score)

        return scored

    def plain(row: Pair) -> tuple[str, list[str]]:
        return row["query_name"].casefold(), [name.casefold() for name in json.loads(row["candidate_names"])]

    def jaro_winkler(row: Pair) -> float:
        name, candidates = plain(row)
        return max(JaroWinkler.similarity(name, other) for other in candidates)

    def token_sort(row: Pair) -> float:
        name, candidates = plain(row)
        return process.extractOne(name, candidates, scorer=fuzz.token_sort_ratio)[1] / 100

    return {
        OURS: (ours, scorer().threshold),
        "logic-v2": (each(nomenklatura("logic-v2")), PEER_THRESHOLD),
        "logic-v1": (each(nomenklatura("logic-v1")), PEER_THRESHOLD),
        "name-based": (each(nomenklatura("name-based")), PEER_THRESHOLD),
        "Jaro-Winkler": (each(jaro_winkler), 0.85),
        "token-sort": (each(token_sort), 0.8),
    }


# --- whole lists --------------------------------------------------------------------------------------------


def print_lists(entries: list[tuple[str, Entry]], companies: list[str], people: Path) -> None:
    index = Index.build(entries)
    alerts = [name for name in companies if index.search(Subject("organization", (name,)), limit=1)]
    share = len(alerts) / len(companies)
    equal = {name.text.casefold() for _, entry in entries for name in entry.names}
    print(f"\nAgainst UN, OFAC and World Bank ({index.entries_count:,} parties, {index.names_count:,} names)")
    print(f"  ordinary companies with an alert: {len(alerts)} of {len(companies)}, {share:.2%}")
    bar("ordinary companies with an alert, %", 100 * share, at_most=1.8)
    print(
        f"    of them with a listed name letter by letter: {sum(name.casefold() in equal for name in alerts)}"
    )
    print_people(index, people)
    chance = random.Random(1)
    all_candidates = all_counts = 0
    for kind, changes in (("organization", COMPANY), ("person", PERSON)):
        parties = [(code, entry) for code, entry in entries if entry.kind == kind]
        print(f"  changed names of {kind}s: the party is a hit / is among the first 50 candidates")
        for label, change in changes.items():
            found = candidate = count = 0
            for code, entry in chance.sample(parties, SAMPLE):
                changed = change(entry.primary_name, chance)
                if changed == entry.primary_name:
                    continue
                subject = Subject(kind, (changed,))
                count += 1
                hits = index.search(subject, limit=50)
                found += any((hit.list_code, hit.source_id) == (code, entry.source_id) for hit in hits)
                nearest = (index.listed(number) for number in index.candidates(subject, limit=50))
                candidate += any(
                    (item.list_code, item.source_id) == (code, entry.source_id) for item in nearest
                )
            print(f"    {label:16}{found / count:8.3f}{candidate / count:8.3f}  of {count}")
            all_candidates += candidate
            all_counts += count
    bar("candidates in the same script", all_candidates / all_counts, at_least=0.95)
    print_cross_script(index, entries)


def print_people(index: Index, companies: Path) -> None:
    """Ordinary people: the share with an alert, beside logic-v2 over our candidates.

    A name alone, without a birth date or a country, which is what a portal has least often.
    """
    from followthemoney import EntityProxy
    from nomenklatura.matching import get_algorithm

    algorithm = get_algorithm("logic-v2")
    assert algorithm, "this nomenklatura has no logic-v2"
    config = algorithm.default_config()

    def entity(names: list[str]) -> EntityProxy:
        return EntityProxy.from_dict({"id": names[0], "schema": "Person", "properties": {"name": names}})

    def alerts_ours(name: str, dates: tuple[PartialDate, ...] = ()) -> bool:
        return bool(index.search(Subject("person", (name,), dates=dates), limit=1))

    def alerts_peer(name: str) -> bool:
        found = index.candidates(Subject("person", (name,)))
        others = (
            [index.listed(number).names[at - int(index.first_name[number])].text for at in names]
            for number, names in found.items()
        )
        return any(
            algorithm.compare(entity([name]), entity(other), config).score >= PEER_THRESHOLD
            for other in others
        )

    def share(alerts: Iterable[bool]) -> float:
        return 100 * float(np.mean(list(alerts)))

    asked = directors(companies)
    peer = share(map(alerts_peer, asked[:: len(asked) // PEER_SAMPLE]))
    print(f"  {len(asked)} people of the countries of ordinary companies; logic-v2 on a sample: {peer:.2f} %")
    bar("ordinary people with an alert, %", share(map(alerts_ours, asked)), at_most=0.5)
    by_language: dict[str, list[str]] = {}
    for language, name in namesakes():
        by_language.setdefault(language, []).append(name)
    print("  the commonest names of each language, %: ours, logic-v2 on a sample")
    everybody: list[str] = []
    ours: list[bool] = []
    for language, names in by_language.items():
        mine = [alerts_ours(name) for name in names]
        peer = share(map(alerts_peer, names[:: OF_EACH // PEER_SAMPLE_OF_EACH]))
        print(f"    {language:24}{share(mine):8.2f}{peer:8.2f}")
        everybody += names
        ours += mine
    chance = random.Random(6)
    born = [date(chance.randint(1945, 2000), chance.randint(1, 12), chance.randint(1, 28)) for _ in everybody]
    dated = [
        alerts_ours(name, (PartialDate(day, day, str(day)),))
        for name, day in zip(everybody, born, strict=True)
    ]
    print(
        f"    {'all':24}{share(ours):8.2f}; "
        f"born on a day between 1945 and 2000 that we know: {share(dated):.2f}"
    )


def print_cross_script(index: Index, entries: list[tuple[str, Entry]]) -> None:
    """Names in the original script, against the Latin names of the same lists."""
    latin = [
        (code, Entry(entry.source_id, entry.kind, names))
        for code, entry in entries
        if (names := tuple(name for name in entry.names if name.text.isascii()))
    ]
    index = Index.build(latin)
    found = candidate = count = 0
    for _, entry in entries:
        foreign = [name for name in entry.names if name.type == "original_script"]
        if not foreign or not any(name.text.isascii() for name in entry.names):
            continue
        count += 1
        subject = Subject(entry.kind, (foreign[0].text,))
        hits = index.search(subject, limit=50)
        found += any(hit.source_id == entry.source_id for hit in hits)
        nearest = (index.listed(number).source_id for number in index.candidates(subject, limit=50))
        candidate += entry.source_id in nearest
    print(
        f"  original script against Latin names: hit {found / count:.3f}, "
        f"candidate {candidate / count:.3f} of {count}"
    )
    bar("candidates in another script", candidate / count, at_least=0.80)


# --- speed --------------------------------------------------------------------------------------------------


def grown(entries: list[tuple[str, Entry]], wanted: int) -> Iterator[tuple[str, Entry]]:
    """The listed parties, then copies of them with changed names, until there are as many names as wanted."""
    chance, names, copy = random.Random(2), 0, 0
    while True:
        for code, entry in entries:
            if names >= wanted:
                return
            if copy:
                change = chance.choice(list((PERSON if entry.kind == "person" else COMPANY).values()))
                texts = [change(change(name.text, chance), chance) for name in entry.names]
                changed = tuple(ListedName(text, "alias") for text in texts if text)
                entry = Entry(f"{entry.source_id}-{copy}", entry.kind, changed)
            names += len(entry.names)
            yield code, entry
        copy += 1


def print_speed(entries: list[tuple[str, Entry]], companies: list[str], wanted: int) -> None:
    begun = time.process_time()
    path = Path("var") / "bench_names.index"
    path.parent.mkdir(exist_ok=True)
    Index.build(grown(entries, wanted)).save(path)
    print(
        f"\nIndex of {wanted:,} names: built in {time.process_time() - begun:.0f} CPU s, "
        f"{path.stat().st_size / 2**20:.0f} MB"
    )
    index = Index.open(path)
    listed = [entry.primary_name for _, entry in random.Random(3).sample(entries, 300)]
    for label, names, kind in (
        ("ordinary companies", companies[:300], "organization"),
        ("listed names", listed, "person"),
    ):
        most = report(
            f"one subject end to end, {label}",
            (lambda name=name, kind=kind: index.search(Subject(kind, (name,))) for name in names),
        )
        bar("one subject end to end, p95 in ms", most, at_most=25)
        report(
            f"candidates only, {label}",
            (lambda name=name, kind=kind: index.candidates(Subject(kind, (name,))) for name in names),
        )
    path.unlink()
    everything = [name.text for _, entry in entries for name in entry.names]
    from rapidfuzz import fuzz, process

    report(
        f"rapidfuzz token-sort over all {len(everything):,} names",
        (
            lambda name=name: process.extract(name, everything, scorer=fuzz.token_sort_ratio, limit=50)
            for name in companies[:30]
        ),
    )


def report(label: str, calls: Iterable[Callable[[], object]]) -> float:
    """Print how long the calls took; answers the 95th percentile in milliseconds of CPU."""
    spent = []
    for call in calls:
        begun = time.process_time()
        call()
        spent.append(1000 * (time.process_time() - begun))
    half, most = np.percentile(spent, [50, 95])
    print(f"  {label}: p50 {half:.1f} ms, p95 {most:.1f} ms (CPU)")
    return float(most)


if __name__ == "__main__":
    main()
