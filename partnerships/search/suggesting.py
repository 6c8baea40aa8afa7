"""What a reader may mean who has begun to type: filters, records and companies."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import connection

from partnerships.search import bits, naming
from partnerships.search.finding import counts_of
from partnerships.search.wanted import Wanted

SHOWN_FILTERS, SHOWN_OTHERS = 5, 3
SHORTEST, LONGEST = 2, 60  # characters


@dataclass(frozen=True)
class Suggestion:
    """A value of a facet and how many records have it, or a record (facet ""): its reference and title."""

    facet: str
    value: str
    label: str = ""  # "" where `labels.OF_FACET` has the word
    count: int = 0


# The patterns are literals, or no index would know where they begin; rows stand in the order of that index.
# To plan this takes longer than to run it, and a join longest.
BEGUN = """
SELECT '', reference, title FROM partnerships_partnership WHERE id = ANY(ARRAY(
    SELECT partnership_id FROM partnerships_registryentry
    WHERE title_key LIKE %(title)s AND facets @> ARRAY[%(audience)s]
    ORDER BY title_key USING ~<~ LIMIT %(shown)s))
UNION ALL
(SELECT 'company', public_id::text, name FROM partnerships_company
    WHERE lower(name) LIKE lower(%(name)s) ORDER BY lower(name) USING ~<~ LIMIT 10)
"""


def suggest(begun: str, *, sees_inside: bool = False) -> list[Suggestion]:
    """Filters, companies and records of which a name begins so; [] for fewer than two letters."""
    begun = _tidy(begun)
    if len(begun) < SHORTEST:
        return []
    audience = Wanted(sees_inside=sees_inside).audience
    given = {"audience": audience, "shown": SHOWN_OTHERS}
    with connection.cursor() as cursor:
        cursor.execute(BEGUN, given | {"title": _like(folded(begun)), "name": _like(begun)})
        found = [Suggestion(*row) for row in cursor.fetchall()]
    records = sorted((s for s in found if not s.facet), key=lambda record: folded(record.label))
    companies = [s for s in found if s.facet]
    with bits.current() as kept:
        filters = _likeliest((f, kept.count_of_all(audience, f.facet, f.value)) for f in naming.named(begun))
        return filters + records + _in_use(kept, audience, companies)[:SHOWN_OTHERS]


def suggest_filters(wanted: Wanted, *, is_wide: bool = False) -> list[Suggestion]:
    """Filters that the words of a search name in any of the six languages, the likeliest first.

    `count`: records that such a filter would find in place of the words and of what is chosen of its facet.
    `is_wide`: where no filter is named by all of the words, those named by some.
    """
    for reading in (naming.named, naming.worded, naming.mentioned)[: 3 if is_wide else 2]:
        found = [
            named for named in reading(wanted.words) if named.value not in wanted.chosen.get(named.facet, ())
        ]
        counts = counts_of(wanted.without("q"), {named.facet for named in found}) if found else {}
        counted = ((named, counts.get(named.facet, {}).get(named.value, 0)) for named in found)
        if likely := _likeliest(counted):
            return likely
    return []


def _likeliest(counted: Iterable[tuple[naming.Named, int]]) -> list[Suggestion]:
    """Of the filters that some record has: those named in whole, then those that most records have."""
    used = sorted((pair for pair in counted if pair[1]), key=lambda pair: (not pair[0].is_whole, -pair[1]))
    return [Suggestion(named.facet, named.value, count=count) for named, count in used[:SHOWN_FILTERS]]


def _in_use(kept: bits.Bits, audience: int, suggestions: list[Suggestion]) -> list[Suggestion]:
    """Those that some record has which this reader may see, with how many have them."""
    return [
        replace(suggestion, count=count)
        for suggestion in suggestions
        if (count := kept.count_of_all(audience, suggestion.facet, suggestion.value))
    ]


def _like(begun: str) -> str:
    return begun.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def _tidy(begun: str) -> str:
    return " ".join(begun.split())[:LONGEST]


def folded(text: str) -> str:
    """Small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if not unicodedata.combining(character))
