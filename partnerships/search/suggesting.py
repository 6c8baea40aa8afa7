"""What a reader may mean who has begun to type: filters, records and companies."""

import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import connection
from django.utils.translation import override

from focalpoints.models import UNEntity
from partnerships import labels
from partnerships.models import PartnershipType
from partnerships.search import bits
from partnerships.search.wanted import Wanted
from portal.models import Country, Goal, Target
from portal.themes import Theme

SHOWN_FILTERS, SHOWN_OTHERS = 5, 3
SHORTEST, LONGEST = 2, 60  # characters
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")


@dataclass(frozen=True)
class Suggestion:
    """A value of a facet and how many records have it, or a record (facet ""): its reference and title."""

    facet: str
    value: str
    label: str = ""  # "" where `labels.OF_FACET` has the word
    count: int = 0


# The patterns are literals, or no index would know where they begin; titles stand in the order of that index.
# To plan this takes longer than to run it, and a join longest.
BEGUN = """
SELECT '', reference, title FROM partnerships_partnership WHERE id = ANY(ARRAY(
    SELECT partnership_id FROM partnerships_registryentry
    WHERE title_key LIKE %(title)s AND facets @> ARRAY[%(audience)s]
    ORDER BY title_key USING ~<~ LIMIT %(shown)s))
UNION ALL
(SELECT 'company', public_id::text, name FROM partnerships_company
    WHERE name ILIKE %(name)s ORDER BY name LIMIT 10)
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
        filters = _most_used(kept, audience, begun)
        return filters + records + _in_use(kept, audience, companies)[:SHOWN_OTHERS]


def suggest_filters(begun: str, *, sees_inside: bool = False) -> list[Suggestion]:
    """Filters with a name of which a word begins so, in any of the six languages, that some record has."""
    begun = _tidy(begun)
    if len(begun) < SHORTEST or not _filters_named(begun):
        return []
    with bits.current() as kept:
        return _most_used(kept, Wanted(sees_inside=sees_inside).audience, begun)


def _most_used(kept: bits.Bits, audience: int, begun: str) -> list[Suggestion]:
    found = _in_use(kept, audience, _filters_named(begun))
    return sorted(found, key=lambda suggestion: -suggestion.count)[:SHOWN_FILTERS]


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


def _filters_named(begun: str) -> list[Suggestion]:
    needle = " " + folded(begun)
    return [Suggestion(facet, value) for names, facet, value in _known_names() if needle in names]


_kept: tuple[float, list[tuple[str, str, str]]] = (0.0, [])


def _known_names() -> list[tuple[str, str, str]]:
    """(folded names with a space before each word, facet, value), kept for a few minutes."""
    global _kept
    until, names = _kept
    if time.monotonic() > until:
        names = [
            (" " + " ".join(folded(" ".join(words)).replace("’", " ").split()), facet, value)
            for facet, value, words in _names()
        ]
        _kept = (time.monotonic() + labels.KEPT_SECONDS, names)
    return names


def _names() -> Iterator[tuple[str, str, list[str]]]:
    def in_all(row: Country | Goal) -> list[str]:
        return [getattr(row, f"name_{language}") for language in LANGUAGES]

    for entity in labels.reference(UNEntity).values():
        yield "entity", entity.pk, [entity.acronym, entity.name]
    for country in labels.countries().values():
        yield "country", country.pk, [country.short_en, *in_all(country)]
    for number, goal in labels.goals().items():
        yield "goal", str(number), [f"Goal {number} SDG {number}", *in_all(goal)]
    for target in labels.reference(Target).values():
        yield "target", target.pk, [target.code, target.short_en]
    for facet, choices in (("theme", Theme), ("type", PartnershipType)):
        for value, label in choices.choices:
            yield facet, value, _in_every_language(label)


def _in_every_language(label: object) -> list[str]:
    words = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            words.append(str(label))
    return words
