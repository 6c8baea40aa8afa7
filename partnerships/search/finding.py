"""Finding records: how many there are of each facet, and a page of them in order."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.postgres.search import SearchRank
from django.db.models import (
    CharField,
    Count,
    Expression,
    F,
    Func,
    Max,
    QuerySet,
    Value,
)
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.dateparse import parse_datetime

from partnerships.models import RegistryEntry
from partnerships.search import bits
from partnerships.search.wanted import Wanted, text_query
from partnerships.search.words import having, one_of

FEW = 1_000  # as many are sorted by how well they match; among more, the newest come first
WALKED = 10  # 25 rows of a page, by what an entry passed in an index costs of one fetched by its key
NO_FACETS = {"q", "updated_since"}  # what narrows a result besides facets
NOWHERE = 0  # a number no entry has: stands for a value that no record carries


@dataclass(frozen=True)
class Found:
    """What there is for a `Wanted`."""

    wanted: Wanted
    total: int
    listed: int  # records that the registry shows to this reader in all
    counts: dict[str, dict[str, int]]  # {facet: {value: records}}
    few: list[int] | None  # the primary keys where to fetch them all is the quickest way to sort them
    facets: str  # the filters in the query language of intarray
    updated_at: datetime | None  # when the list changed last

    def order(self, asked: str) -> str:
        """The order asked for, or the one that stands in for it."""
        best = "match" if self.wanted.words and self.total <= FEW else "newest"
        return best if asked in ("", "match") else asked


def find(wanted: Wanted, *, with_counts: bool = True) -> Found:
    """Count what satisfies every filter. One query, and two more for new words or companies.

    The counts of a facet leave its own choice out: they say what choosing another of its values would add.
    What filters and known words find is kept until the next change of the registry.
    """
    key = (wanted.key(), with_counts)
    with _looked_up(wanted) as (kept, narrowed, is_current):
        if is_current and key in kept.answers:
            return kept.answers[key]
        found = _count(wanted, kept, narrowed, with_counts)
        if is_current:
            kept.remember(key, found)
        return found


@contextmanager
def _looked_up(wanted: Wanted) -> Iterator[tuple[bits.Bits, Mapping[str, bits.Mask], bool]]:
    """The matrix as of now, the bits of what it does not know, and whether these are of the same moment."""
    with bits.current() as kept:
        if (narrowed := _known(wanted, kept)) is not None:
            yield kept, narrowed, True
            return
        words, changes = kept.words, len(kept.words.changed)
    pks = _answered_by_tables(wanted)  # meanwhile others may look
    with bits.current() as kept:
        narrowed = {name: kept.from_pks(found) for name, found in pks.items()}
        if wanted.words:
            words.keep(wanted.words, narrowed["q"], changes)
        yield kept, narrowed, False


def _known(wanted: Wanted, kept: bits.Bits) -> dict[str, bits.Mask] | None:
    """The bits of what the matrix does not know, None where the tables have to be asked."""
    if wanted.since:
        return None
    if not wanted.words:
        return {}
    mask = kept.words.get(wanted.words, kept.matrix.shape[1])
    return None if mask is None else {"q": mask}


def _count(wanted: Wanted, kept: bits.Bits, narrowed: Mapping[str, bits.Mask], with_counts: bool) -> Found:
    mask = kept.mask(wanted, narrowed)
    counts = {}
    if with_counts:
        counts = kept.counts_for(wanted, narrowed)
        for name in wanted.names():
            if name not in NO_FACETS:
                counts.pop(name, None)
                counts |= kept.counts_for(wanted.without(name), narrowed, [name])
    total = bits.total(mask)
    listed = kept.count_of_all(wanted.audience, "", str(wanted.audience))
    return Found(
        wanted=wanted,
        total=total,
        listed=listed,
        counts=counts,
        # In the order of an index a page is full after 25 * listed / total entries.
        few=bits.pks(mask) if total <= FEW or total**2 <= WALKED * listed else None,
        facets=_in_query_language(wanted, kept),
        updated_at=kept.latest,
    )


def _in_query_language(wanted: Wanted, kept: bits.Bits) -> str:
    def one_of(facet: str, values: Iterable[str]) -> str:
        return "(" + "|".join(map(str, kept.numbers(facet, values) or [NOWHERE])) + ")"

    parts = [str(wanted.audience)]
    parts += [one_of(facet, values) for facet, values in wanted.chosen.items()]
    parts += ["!" + one_of(facet, values) for facet, values in wanted.excluded.items()]
    return "&".join(parts)


def without_each(wanted: Wanted) -> dict[str, int]:
    """{filter: records that were found without it}, for an empty result."""
    with _looked_up(wanted) as (kept, narrowed, _is_current):
        return {name: bits.total(kept.mask(wanted.without(name), narrowed)) for name in wanted.names()}


def counts_of(wanted: Wanted, facets: Iterable[str]) -> dict[str, dict[str, int]]:
    """{facet: {value: records}}: what each value would find in place of what is chosen of its facet."""
    with _looked_up(wanted) as (kept, narrowed, _is_current):
        counts: dict[str, dict[str, int]] = {}
        for facet in facets:
            counts |= kept.counts_for(wanted.without(facet), narrowed, [facet])
        return counts


def cross(wanted: Wanted, rows: str, columns: str) -> dict[str, dict[str, int]]:
    """{value of one facet: {value of the other: records that have both}}, without empty ones."""
    with _looked_up(wanted) as (kept, narrowed, _is_current):
        mask = kept.mask(wanted, narrowed)
        table = {}
        for value in kept.counts(mask, [rows]).get(rows, {}):
            both = mask & kept.matrix[kept.row_of[rows, value]]
            table[value] = kept.counts(both, [columns]).get(columns, {})
        return table


def _answered_by_tables(wanted: Wanted) -> dict[str, Iterable[int]]:
    """{"q" or "updated_since": primary keys} for what the matrix of bits does not know."""
    found: dict[str, Iterable[int]] = {}
    if wanted.words:
        found["q"] = having(wanted.words)
    if wanted.since:
        found["updated_since"] = _changed(RegistryEntry.objects.all(), wanted).values_list("pk", flat=True)
    return found


def entries_of(found: Found) -> QuerySet[RegistryEntry]:
    """The entries behind a result, for PostgreSQL to sort."""
    if found.few is not None:
        return RegistryEntry.objects.filter(one_of(found.few))
    entries = _changed(RegistryEntry.objects.filter(facets__satisfies=found.facets), found.wanted)
    return entries.filter(words=text_query(found.wanted.words)) if found.wanted.words else entries


def _changed(entries: QuerySet[RegistryEntry], wanted: Wanted) -> QuerySet[RegistryEntry]:
    return entries.filter(indexed_at__gte=wanted.since) if wanted.since else entries


def last_change() -> str:
    """A text that is another after every change of what is listed."""
    state = RegistryEntry.objects.aggregate(latest=Max("indexed_at"), count=Count("pk"))
    return f"{state['latest']}/{state['count']}"


def last_updated() -> datetime | None:
    """When the list changed last."""
    return RegistryEntry.objects.aggregate(latest=Max("indexed_at"))["latest"]


# --- pages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """A way to sort: its key, the same backwards, and how a key of a cursor is read back."""

    key: str
    is_descending: bool
    read: Callable[[str], Any]

    def by(self, backwards: bool) -> list[str]:
        sign = "-" if self.is_descending != backwards else ""
        return [f"{sign}{self.key}", f"{sign}partnership_id"]


def _moment(text: str):
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(text)
    return moment


ORDERS = {
    "match": Order("rank", True, float),
    "newest": Order("listed_at", True, _moment),
    "title": Order("title_key", False, str),
    "entity": Order("entity_key", False, str),
    "value": Order("value_key", True, Decimal),
}


@dataclass(frozen=True)
class Page:
    """Primary keys of a page in order, the cursors beside it, and the place of its first row (1 is first)."""

    ids: list[int]
    first: int
    previous: str = ""
    next: str = ""


def page_of(found: Found, sort: str = "", cursor: str = "", size: int = 25) -> Page:
    """One page by keyset, so that a deep page costs what the first costs.

    A cursor that cannot be read starts at the first page.
    """
    if not found.total:
        return Page([], 1)
    name = found.order(sort)
    order, entries = ORDERS[name], entries_of(found)
    place = read_cursor(cursor, order)
    backwards = place is not None and place.is_backwards
    if name == "match":
        rows = _ranked(entries, found.wanted, place)[: size + 1]
    else:
        if place:
            # A comparison of rows, since nothing else starts at its place in the index.
            compare = LessThan if order.is_descending != backwards else GreaterThan
            entries = entries.filter(
                compare(_row(F(order.key), F("partnership_id")), _row(Value(place.key), Value(place.pk)))
            )
        rows = list(
            entries.order_by(*order.by(backwards)).values_list("partnership_id", order.key)[: size + 1]
        )
    has_more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    first = 1
    if place:
        first = max(1, place.position - len(rows) + 1) if backwards else place.position + 1
    has_previous, has_next = (has_more, True) if backwards else (place is not None, has_more)
    if not rows:
        return Page([], first)
    return Page(
        [pk for pk, _key in rows],
        first,
        write_cursor(rows[0], first - 1, True) if has_previous else "",
        write_cursor(rows[-1], first + len(rows) - 1, False) if has_next else "",
    )


def _row(*parts: Expression | F) -> Func:
    return Func(*parts, function="ROW", output_field=CharField())


def _ranked(
    entries: QuerySet[RegistryEntry], wanted: Wanted, place: "Place | None"
) -> list[tuple[int, float]]:
    """(primary key, rank) from the place on, the best first; backwards from it where the place says so."""
    rank = SearchRank(F("words"), text_query(wanted.words))
    keys = sorted(((rank, pk) for pk, rank in entries.values_list("pk", rank)), reverse=True)
    if place and place.is_backwards:
        keys = [key for key in reversed(keys) if key > (place.key, place.pk)]
    elif place:
        keys = [key for key in keys if key < (place.key, place.pk)]
    return [(pk, rank) for rank, pk in keys]


@dataclass(frozen=True)
class Place:
    key: Any
    pk: int
    position: int
    is_backwards: bool


def write_cursor(row: tuple[int, Any], position: int, is_backwards: bool) -> str:
    pk, key = row
    text = json.dumps([str(key), pk, position, int(is_backwards)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: Order) -> Place | None:
    if not cursor:
        return None
    try:
        key, pk, position, backwards = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = Place(order.read(str(key)), int(pk), int(position), bool(backwards))
    except (binascii.Error, ValueError, TypeError, InvalidOperation):
        return None
    return place if 0 < place.pk < 2**63 else None
