"""A page of the registry beside the plain way and beside a search engine, in one run on this machine.

    python -m bench.registry [RECORDS] [ROUNDS]

Three ways answer the same questions over the same made-up records: how many there are, the first 25, and how
many of each value of every facet. "Plain" is django-filter as most portals use it: `icontains`, COUNT, a
GROUP BY a facet. "tantivy" is the engine alone, in this process, with its aggregations. Ours also leaves the
choice of each facet out of its own counts, which the peers are spared. The ways take turns, query by query;
figures are medians in milliseconds; "cpu" is the same ratio in time of processors, here and at the database,
which other work on the machine does not change. Ours and its page are asked anew each time: no answer, no
words and no counts of a filter are kept, only what serves every question. "again" is the page of a question
asked before, with no change of the registry since; "after an edit" of one asked before that edit. At a
million records some bars are other ones. Needs PostgreSQL: DATABASE_URL, or the one that comes with the
project; its records are kept there for the next run.
"""

import gzip
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

from portal.one_machine.testing import ensure_test_database

GOAL_TIMES, GOAL_PAGE_MS, GOAL_TYPEAHEAD_MS, GOAL_DEEP = 20, 150, 5, 1.2
GOAL_MILLION_MS = {"everything": 30, "one filter": 30, "frequent word": 300}
GOAL_QUERIES, GOAL_HTML_KB, GOAL_ASSETS_KB = 6, 15, 60
MILLION = 1_000_000


def set_up() -> None:
    ensure_test_database()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "LOG_LEVEL": "ERROR", "DEMO": ""}
    os.environ.setdefault("PORTAL_DATA", tempfile.mkdtemp(prefix="portal-bench-"))
    import django

    django.setup()


def questions(words: list[str]) -> dict[str, list[dict]]:
    """{class: queries of the page's address}. Words from the head, the middle and the tail of Zipf's list."""
    one = [{"type": ["core_business"]}, {"country": ["AFG"]}, {"goal": ["3"]}, {"entity": ["CTBTO"]}]
    return {
        "everything": [{}],
        "one filter": one,
        "two filters": [a | b for a, b in pairwise(one)],
        "three filters": [{"type": ["core_business"], "country": ["AFG"], "year": ["2026", "2025"]}],
        "without": [{"not_type": ["core_business"], "region": ["002"]}],
        "rare word": [{"q": words[n]} for n in (9_000, 12_000)],
        "usual word": [{"q": words[n]} for n in (400, 700)],
        "frequent word": [{"q": words[n]} for n in (3, 9)],
        "two words": [{"q": f"{words[20]} {words[60]}"}],
        "word and filter": [{"q": words[30], "type": ["core_business"]}],
    }


# --- the three ways -----------------------------------------------------------------------------------------


def our_way(query: dict) -> int:
    from django.contrib.auth.models import AnonymousUser

    from partnerships import search
    from partnerships.filters import read
    from partnerships.models import Partnership

    asked = read(as_query(query), AnonymousUser())
    found = search.find(asked.wanted)
    page = search.page_of(found, asked.sort)
    Partnership.objects.for_rows().in_bulk(page.ids)
    return found.total


def as_query(query: dict):
    from django.http import QueryDict
    from django.utils.http import urlencode

    return QueryDict(urlencode(query, doseq=True))


def plain_way() -> Callable[[dict], int]:
    import django_filters
    from django.db.models import Count, Func, Q

    from partnerships.models import Partnership

    class Plain(django_filters.FilterSet):
        q = django_filters.CharFilter(method="words")

        def words(self, queryset, name, value):
            for word in value.split():
                queryset = queryset.filter(Q(title__icontains=word) | Q(summary__icontains=word))
            return queryset

        class Meta:
            model = Partnership
            fields: list[str] = []

    columns = {
        "type": "partnership_type", "entity": "entities", "goal": "targets__goal", "target": "targets",
        "country": "countries", "region": "countries__region", "status": "status", "scope": "scope",
        "year": "start_year",
    }  # fmt: skip
    arrays = ["purposes", "themes", "modalities"]

    def ask(query: dict) -> int:
        rows = Plain({"q": query.get("q", "")}, Partnership.objects.filter(visibility="public")).qs
        for name, values in query.items():
            if name.startswith("not_"):
                rows = rows.exclude(**{columns[name[4:]] + "__in": values})
            elif name != "q":
                rows = rows.filter(**{columns[name] + "__in": values}).distinct()
        total = rows.count()
        list(rows.order_by("-public_since").prefetch_related("entities", "countries", "targets")[:25])
        for column in columns.values():
            list(rows.order_by().values_list(column).annotate(n=Count("pk", distinct=True)))
        for column in arrays:
            value = Func(column, function="unnest")
            list(rows.order_by().annotate(value=value).values_list("value").annotate(n=Count("pk")))
        return total

    return ask


def tantivy_way() -> Callable[[dict], int]:
    import tantivy
    from django.db import connection

    facets = ["type", "entity", "goal", "target", "country", "region", "status", "scope", "year", "purpose",
              "theme", "form", "group", "value", "reporting", "kind", "partner"]  # fmt: skip
    builder = tantivy.SchemaBuilder()
    for name in ("title", "summary"):
        builder.add_text_field(name, stored=name == "title", tokenizer_name="en_stem")
    for name in facets:
        builder.add_text_field(name, fast=True, tokenizer_name="raw")
    builder.add_integer_field("listed", fast=True, indexed=True)
    index = tantivy.Index(builder.build())
    writer = index.writer(heap_size=200_000_000)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, facet, value FROM partnerships_facetvalue WHERE facet <> 'company'")
        known = {number: (facet, value) for number, facet, value in cursor.fetchall()}
        cursor.execute("SELECT max(id) FROM partnerships_partnership")
        (highest,) = cursor.fetchone()
        for first in range(0, highest + 1, 50_000):
            cursor.execute(
                "SELECT id, title, summary, facets FROM partnerships_partnership p "
                "JOIN partnerships_registryentry e ON e.partnership_id = p.id WHERE id BETWEEN %s AND %s",
                [first, first + 49_999],
            )
            for pk, title, summary, numbers in cursor.fetchall():
                document = tantivy.Document(title=title, summary=summary, listed=pk)
                for number in numbers:
                    if number in known:
                        document.add_text(*known[number])
                writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    schema, searcher = index.schema, index.searcher()
    wanted = {name: {"terms": {"field": name, "size": 300}} for name in facets}

    def term(name: str, value: str):
        return tantivy.Query.term_query(schema, name, value)

    def ask(query: dict) -> int:
        parts = [(tantivy.Occur.Must, tantivy.Query.all_query())]
        for name, values in query.items():
            if name == "q":
                for word in values.split():
                    parts.append((tantivy.Occur.Must, index.parse_query(word, ["title", "summary"])))
                continue
            one_of = tantivy.Query.boolean_query(
                [(tantivy.Occur.Should, term(name.removeprefix("not_"), value)) for value in values]
            )
            parts.append((tantivy.Occur.MustNot if name.startswith("not_") else tantivy.Occur.Must, one_of))
        asked = tantivy.Query.boolean_query(parts)
        by = None if "q" in query else "listed"
        result = searcher.search(asked, 25, count=True, order_by_field=by)
        [searcher.doc(address) for _score, address in result.hits]
        searcher.aggregate(asked, wanted)
        return int(result.count)  # type: ignore[attr-defined]  # missing in the package's stubs

    return ask


# --- measuring ----------------------------------------------------------------------------------------------


def milliseconds(call: Callable[..., object], *given) -> float:
    began = time.perf_counter()
    call(*given)
    return (time.perf_counter() - began) * 1000


def cpu_time() -> float:
    """Milliseconds of processors used so far by this process and by its server process of the database."""
    from django.db import connection

    connection.ensure_connection()
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    used = int(server.read_text().split()[0]) / 1e6 if server.exists() else 0.0
    return used + time.process_time() * 1000


class Taken:
    """Times of one way to answer one class of questions, in milliseconds."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def time(self, call: Callable[..., object], *given) -> None:
        before = cpu_time()
        self.wall.append(milliseconds(call, *given))
        self.cpu.append(cpu_time() - before)

    @property
    def median(self) -> float:
        return statistics.median(self.wall)


def p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(len(times) * 0.95) - 1)]


def told(what: str, value: float, unit: str, goal: float | None = None, more: str = "") -> None:
    """A line of the report; with a goal, whether it is held: no more than that."""
    verdict = f"  goal {goal:g}: {'held' if value <= goal else 'missed'}" if goal is not None else ""
    print(f"{what:<46}{value:>9.1f} {unit:<3}{verdict}{more}")


def forget(*, as_after_an_edit: bool = False) -> None:
    """Let the next question be answered anew: no answer is kept, no words, and no counts but those of all.

    After an edit the counts of single filters are still known, since an edit brings them in line.
    """
    from partnerships.search import bits

    if bits._kept:
        bits._kept.answers.clear()
        bits._kept.words.masks.clear()
        if not as_after_an_edit:
            of_all = {rows: tally for rows, tally in bits._kept.tallies.items() if len(rows) == 1}
            bits._kept.tallies = of_all


def compare(asked: dict[str, list[dict]], rounds: int, records: int) -> None:
    from django.test import Client

    ask_plain, ask_engine = plain_way(), tantivy_way()
    get = partial(Client().get, "/partnerships/")
    get()
    heads = ("records", "ours", "plain", "times", "cpu", "tantivy", "times", "page", "again")
    widths = (8, 7, 8, 6, 6, 8, 6, 7, 7)
    print(f"{'ms, medians':<16}" + "".join(f"{h:>{w}}" for h, w in zip(heads, widths, strict=True)))
    pages: dict[str, Taken] = {}
    edited_pages: dict[str, Taken] = {}
    kept_pages: dict[str, Taken] = {}
    data: list[float] = []
    for name, queries in asked.items():
        ours, plain, engine, page, edited, again = (Taken() for _way in range(6))
        for query in queries:
            counted = our_way(query)
            ask_engine(query)
            for number in range(rounds):
                forget()
                ours.time(our_way, query)
                engine.time(ask_engine, query)
                forget()
                page.time(get, query)
                forget(as_after_an_edit=True)
                edited.time(get, query)
                again.time(get, query)
                if number < max(1, 300_000 // records):
                    plain.time(ask_plain, query)
        pages[name], edited_pages[name], kept_pages[name] = page, edited, again
        data += ours.wall
        times = plain.median / ours.median
        cpu = statistics.median(plain.cpu) / statistics.median(ours.cpu)
        values = (ours.median, plain.median, times, cpu, engine.median, engine.median / ours.median)
        figures = zip((*values, page.median, again.median), widths[1:], (1, 0, 0, 0, 1, 1, 1, 1), strict=True)
        verdict = "held" if times >= GOAL_TIMES else "missed"
        print(
            f"{name:<16}{counted:>{widths[0]}}"
            + "".join(f"{value:>{width}.{digits}f}" for value, width, digits in figures)
            + f"  {verdict}"
        )
    print(f"held: at least {GOAL_TIMES} times as fast as plain; tantivy's times above 1: we are the faster")
    every_page = p95([took for taken in pages.values() for took in taken.wall])
    is_million = records >= MILLION
    told("search alone, 95 of 100 within", p95(data), "ms")
    cpu = p95([used for taken in pages.values() for used in taken.cpu])
    goal = None if is_million else GOAL_PAGE_MS
    told("whole page, 95 of 100 within", every_page, "ms", goal, f"  of which cpu {cpu:.1f}")
    for name, goal in GOAL_MILLION_MS.items():
        ways = {"asked anew": pages, "after an edit": edited_pages, "asked before": kept_pages}
        for what, taken in ((what, of_class[name]) for what, of_class in ways.items()):
            told(
                f"page, {name}, {what}, median",
                taken.median,
                "ms",
                goal if is_million else None,
                f"  of which cpu {statistics.median(taken.cpu):.1f}",
            )


def deep_pages(rounds: int) -> None:
    from django.test import Client

    from partnerships import search

    get = partial(Client().get, "/partnerships/")
    print(f"{'ms, medians':<28}{'first page':>12}{'deep page':>12}{'times':>8}")
    for name, chosen in (("everything", {}), ("one filter", {"type": ["core_business"]})):
        found = search.find(search.Wanted("", chosen))
        for sort in ("newest", "title", "value"):
            cursor = ""
            for _page in range(min(20, found.total // 2600)):
                cursor = search.page_of(found, sort, cursor, 2500).next
            query = {**chosen, "sort": sort}
            times = [
                (milliseconds(get, query), milliseconds(get, {**query, "page": cursor}))
                for _round in range(rounds * 4)
            ]
            first, deep = (statistics.median(column) for column in zip(*times, strict=True))
            verdict = "held" if deep / first <= GOAL_DEEP else "missed"
            print(
                f"{name + ', by ' + sort:<28}{first:>12.1f}{deep:>12.1f}{deep / first:>8.2f}"
                f"  goal {GOAL_DEEP}: {verdict}"
            )


def typeahead(words: list[str]) -> None:
    from partnerships import search

    begun = [*words[:20], "uganda", "goal", "climate", "WFP", "Fictional"]
    search.suggest("uganda")
    taken = Taken()
    for word in begun:
        for length in (2, 3, 4):
            taken.time(search.suggest, word[:length])
    cpu = f"  of which cpu {p95(taken.cpu):.1f}"
    told("typeahead, 95 of 100 within", p95(taken.wall), "ms", GOAL_TYPEAHEAD_MS, cpu)


def one_edit(rounds: int) -> None:
    from partnerships import search

    write, read = [], []
    for pk in range(1, rounds * 3 + 1):
        write.append(milliseconds(search.reindex, [pk]))
        read.append(milliseconds(search.find, search.Wanted()))
    told("an edit is indexed in", statistics.median(write), "ms")
    told("the first count after an edit", statistics.median(read), "ms")


def weight(asked: dict[str, list[dict]]) -> None:
    """Queries and kilobytes of the heaviest page; scripts and styles as a first visit loads them."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    queries, sizes = [], []
    for query in (part for parts in asked.values() for part in parts):
        forget()
        with CaptureQueriesContext(connection) as captured:
            page = Client().get("/partnerships/", query)
        queries.append(len(captured))
        sizes.append(len(gzip.compress(page.content)) / 1000)
    told("queries of a page, most", max(queries), "", GOAL_QUERIES)
    told("HTML of a page, gzip, most", max(sizes), "kB", GOAL_HTML_KB)
    loaded = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page.content.decode()))
    assets = sum(len(gzip.compress((settings.BASE_DIR / "static" / name).read_bytes())) for name in loaded)
    told("CSS and JS of a page, gzip", assets / 1000, "kB", GOAL_ASSETS_KB)


def main(records: int, rounds: int) -> None:
    set_up()
    from django.db import connection
    from django.test.utils import setup_databases, setup_test_environment

    from bench.registry_records import clear, fill, index, vocabulary
    from partnerships.models import RegistryEntry
    from partnerships.search import bits
    from portal.reference import load_reference

    setup_test_environment()
    setup_databases(verbosity=0, interactive=False, keepdb=True, serialized_aliases=[])
    load_reference()
    if RegistryEntry.objects.count() == records:
        print(f"{records:,} records as an earlier run wrote them")
    else:
        began = time.perf_counter()
        clear()
        fill(records)
        index()
        print(f"{records:,} records written in {time.perf_counter() - began:.0f} s")
    told("a new process reads the bits in", milliseconds(bits.Bits), "ms")
    words = vocabulary()
    asked = questions(words)
    compare(asked, rounds, records)
    deep_pages(rounds)
    typeahead(words)
    one_edit(rounds)
    weight(asked)
    print(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    connection.close()


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 20_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 5,
    )
