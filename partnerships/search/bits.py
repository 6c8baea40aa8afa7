"""Counts of every facet at once: one bit for each record and facet value, kept in each process.

A choice of filters is a few bitwise operations and a count of bits over the kept matrix: 100,000 records
and 700 values are 9 MB and take a millisecond, a million ten times that. Most values belong to few records:
those are looked up one by one, which is quicker than to read a row of mostly nothing. How many records have
each value, of all and of those of one filter, is kept up to date with every change (`_Tally`). Companies are
too many for a row each (`companies`), and only those of most records are told. For a filter that leaves few
records these and the values of few records are counted record by record instead (`slots`).

The truth stays in PostgreSQL. Before each use the process asks, in one query, for the entries that changed
since its last look, so that every count is that of the tables at that moment. Nobody waits for a lock:
"changed since" means written by a transaction that the last look could not see yet (`changed_in`, the
transaction's number): one that began later, or one of the few that were under way.
"""

import io
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Max

from partnerships.models import FacetValue
from partnerships.search.companies import Companies
from partnerships.search.slots import Slots
from partnerships.search.wanted import FOR_ALL, FOR_UN, Wanted
from partnerships.search.words import Flags, KeptWords, Mask, Numbers, as_bits, as_flags, flags_of

COMPANY = "company"  # the facet of too many values for rows of bits
MOST_COMPANIES = 50  # are told
LOAD_AT_ONCE = 50_000  # primary keys
AT_ONCE = 8  # rows of the matrix, to be counted while they are near the processor
MOST_TALLIES = 40  # kept at a time
FEW_PLACES = 100  # words of a row; tallies are made anew after a change of more
FEW_A_WORD = 1  # a value of fewer records than its row has words is counted record by record
MANY_CHANGES = 20_000  # from here on all is read anew
MOST_ANSWERS = 500  # kept at a time
NEVER = 2**62  # no transaction has this number

# What a look knows of: the first transaction that it cannot have seen, and those that were under way.
CHANGES = """
SELECT pg_relation_filenode('partnerships_registryentry'),
    pg_snapshot_xmax(s)::text::bigint, ARRAY(SELECT pg_snapshot_xip(s)::text::bigint),
    (SELECT max(indexed_at) FROM partnerships_registryentry),
    pg_current_xact_id_if_assigned() IS NOT NULL AS has_written, c.pk, c.facets
FROM pg_current_snapshot() s LEFT JOIN LATERAL (
    SELECT partnership_id AS pk, NULL AS facets FROM partnerships_registryexit
    WHERE changed_in >= %(since)s OR changed_in = ANY(%(running)s)
    UNION ALL
    SELECT partnership_id, facets FROM partnerships_registryentry
    WHERE changed_in >= %(since)s OR changed_in = ANY(%(running)s)
) c ON true
"""
STATE = """
SELECT pg_relation_filenode('partnerships_registryentry'),
    pg_snapshot_xmax(s)::text::bigint, ARRAY(SELECT pg_snapshot_xip(s)::text::bigint),
    (SELECT max(indexed_at) FROM partnerships_registryentry),
    coalesce((SELECT max(partnership_id) FROM partnerships_registryentry), 0)
FROM pg_current_snapshot() s
"""
ALL = """
COPY (SELECT partnership_id::int, unnest(facets) FROM partnerships_registryentry
    WHERE partnership_id BETWEEN {first} AND {last}) TO STDOUT BINARY
"""
PAIR = np.dtype([("count", ">i2"), ("size1", ">i4"), ("pk", ">i4"), ("size2", ">i4"), ("number", ">i4")])
COPY_HEAD, COPY_TAIL = 19, 2  # bytes around the pairs


class _Split(NamedTuple):
    """The rows of a facet by how they are counted."""

    many: Numbers  # rows of which the bits are counted
    few: Numbers  # rows of which the records are looked up
    records: Numbers  # their primary keys, one row after the other
    starts: Numbers  # where each of them begins


class _Tally(NamedTuple):
    """How many of the records that have all of some rows have each value."""

    numbers: Numbers  # by row of the matrix
    companies: Numbers  # by number


class Bits:
    """The matrix: a row of bits for each facet value."""

    latest: datetime | None  # when the list changed last

    def __init__(self) -> None:
        """Read everything. Raises nothing of its own; an empty registry is an empty matrix."""
        self.answers: dict[Hashable, Any] = {}  # of questions to this matrix, until it changes
        self.tallies: dict[tuple[int, ...], _Tally] = {}  # by rows, that of the audience first
        self.words = KeptWords()
        with connection.cursor() as cursor:
            cursor.execute(STATE)
            self.table, self.since, self.running, self.latest, highest = cursor.fetchone()
            self._know_values()
            self.matrix = np.zeros((len(self.values), highest // 64 + 16), np.uint64)
            naming = [np.empty((2, 0), np.int64)]
            for first in range(0, highest + 1, LOAD_AT_ONCE):
                buffer = io.BytesIO()
                cursor.copy_expert(ALL.format(first=first, last=first + LOAD_AT_ONCE - 1), buffer)
                pairs = np.frombuffer(buffer.getbuffer()[COPY_HEAD:-COPY_TAIL], PAIR)
                naming.append(self._set(pairs["pk"].astype(np.int64), pairs["number"].astype(np.int64)))
        self.companies = Companies(*np.concatenate(naming, axis=1))
        self._sort_out_all()
        self._give_slots()

    def _know_values(self) -> None:
        """The numbers of facet values and the rows that stand for them; the rows of a facet lie together."""
        found = FacetValue.objects.exclude(facet=COMPANY).order_by("facet", "id")
        audiences = [(number, "", str(number)) for number in (FOR_ALL, FOR_UN)]
        self.values = [*audiences, *found.values_list("id", "facet", "value")]
        self.row_of = {(facet, value): row for row, (_number, facet, value) in enumerate(self.values)}
        self.rows = {
            facet: [row for row, _value in group]
            for facet, group in groupby(enumerate(self.values), key=lambda pair: pair[1][1])
        }
        self.number_of_company = dict(FacetValue.objects.filter(facet=COMPANY).values_list("value", "id"))
        self.company_of_number = {number: value for value, number in self.number_of_company.items()}
        self.highest_number = FacetValue.objects.aggregate(n=Max("id"))["n"] or FOR_UN
        self.row_of_number = np.full(self.highest_number + 1, -1, np.int64)
        self.number_of_row = np.array([number for number, _facet, _value in self.values], np.int64)
        self.row_of_number[self.number_of_row] = range(len(self.values))

    def _set(self, pks: Numbers, numbers: Numbers) -> Numbers:
        """Set the bits of these pairs. Answers those of companies, which have none: shape (2, pairs)."""
        rows = self.row_of_number[numbers]
        naming = np.stack([pks[rows < 0], numbers[rows < 0]])
        pks, rows = pks[rows >= 0], rows[rows >= 0]
        flat = self.matrix.reshape(-1)
        np.bitwise_or.at(
            flat, rows * self.matrix.shape[1] + (pks >> 6), np.uint64(1) << (pks & 63).astype(np.uint64)
        )
        return naming

    def take_in(self, changes: Iterable[tuple[int, list[int] | None]]) -> None:
        """Bring the bits of some records in line: (primary key, facets), None for one that left."""
        self.answers.clear()
        facets_of: dict[int, list[int] | None] = {}
        for pk, facets in changes:
            if facets is not None or pk not in facets_of:  # it may have left and come back
                facets_of[pk] = facets
        self.words.note(facets_of)
        if len(self.words.changed) > MANY_CHANGES:
            self.words = KeptWords()
        pairs = [(pk, number) for pk, facets in facets_of.items() for number in facets or ()]
        is_taller = self._learn({number for _pk, number in pairs})
        missing = max(facets_of) // 64 + 1 - self.matrix.shape[1]
        if missing > 0:
            self.matrix = np.pad(self.matrix, ((0, 0), (0, missing + self.matrix.shape[1] // 8)))
        places = np.unique([pk >> 6 for pk in facets_of])
        changed = self.from_pks(facets_of)[places]
        before = self.matrix[:, places] & changed
        for pk in facets_of:
            self.matrix[:, pk >> 6] &= ~(np.uint64(1) << np.uint64(pk & 63))
        after_naming = self._set(*as_columns(pairs))
        is_changed = as_flags(facets_of, self.matrix.shape[1])
        before_naming = self.companies.replace(is_changed, *after_naming)
        with_slot = [(pk, number) for pk, number in pairs if self._has_slot(number)]
        self.slots.replace(is_changed, *as_columns(with_slot))
        after = self.matrix[:, places] & changed
        if is_taller:
            self._sort_out_all()
        else:
            self._sort_out(np.flatnonzero((before != after).any(axis=1)).tolist())
        if self.slots.is_crowded:
            self._give_slots()
        if is_taller or len(places) > FEW_PLACES:
            self.tallies.clear()
        for rows, tally in self.tallies.items():
            numbers, companies = tally.numbers, np.zeros(self.highest_number + 1, np.int64)
            companies[: len(tally.companies)] = tally.companies  # there may be new ones
            for sign, part, naming in ((1, after, after_naming), (-1, before, before_naming)):
                if (mask := np.bitwise_and.reduce(part[list(rows)], axis=0)).any():
                    numbers = numbers + sign * total_of_each(part & mask)
                    companies += sign * self._companies_of_part(mask, places, *naming)
            self.tallies[rows] = _Tally(numbers, companies)

    def _learn(self, numbers: set[int]) -> bool:
        """Make room for values that are new among these. Returns whether there are rows for them."""
        if not any(map(self._is_new, numbers)):
            return False
        known = [number for number, _facet, _value in self.values]
        self._know_values()
        if len(self.values) == len(known):
            return False  # of companies only
        matrix = np.zeros((len(self.values), self.matrix.shape[1]), np.uint64)
        matrix[self.row_of_number[known]] = self.matrix
        self.matrix = matrix
        return True

    def _is_new(self, number: int) -> bool:
        """It may be lower than a known one: drawn earlier, written later."""
        is_company = number in self.company_of_number
        return not is_company and (number > self.highest_number or self.row_of_number[number] < 0)

    def _sort_out_all(self) -> None:
        self.records_of: dict[int, Numbers] = {}  # of the rows that have few
        self.splits: dict[str, _Split] = {}  # by facet
        self._sort_out(range(len(self.values)))

    def _sort_out(self, rows: Iterable[int]) -> None:
        """Know the records of those of these rows that have few."""
        most = FEW_A_WORD * self.matrix.shape[1]
        for row in rows:
            self.records_of.pop(row, None)
            if 0 < total(self.matrix[row]) < most:
                self.records_of[row] = np.array(pks(self.matrix[row]), np.int64)
            self.splits.pop(self.values[row][1], None)

    def _give_slots(self) -> None:
        """Know companies and values of few records also record by record."""
        few = self.number_of_row[[*self.records_of]]
        sizes = [len(records) for records in self.records_of.values()]
        pks, numbers = self.companies.pairs()
        self.slots = Slots(
            self.matrix.shape[1] * 64,
            np.concatenate([pks, *self.records_of.values()]),
            np.concatenate([numbers, np.repeat(few, sizes)]),
        )
        self.few = set(few.tolist())  # these stay there, however many get them

    def _has_slot(self, number: int) -> bool:
        return number in self.few or self.row_of_number[number] < 0

    def _split(self, facet: str) -> _Split:
        if facet not in self.splits:
            many = [row for row in self.rows[facet] if row not in self.records_of]
            few = [row for row in self.rows[facet] if row in self.records_of]
            records = [self.records_of[row] for row in few]
            ends = np.cumsum([0, *map(len, records)])
            self.splits[facet] = _Split(
                np.array(many, np.int64),
                np.array(few, np.int64),
                np.concatenate([np.empty(0, np.int64), *records]),
                ends[:-1],
            )
        return self.splits[facet]

    def _tally(self, rows: tuple[int, ...]) -> _Tally:
        """Of all records that have these rows; the latest are kept."""
        tally = self.tallies.pop(rows, None)
        if tally is None:
            tally = self._tally_of(np.bitwise_and.reduce(self.matrix[list(rows)], axis=0))
            if len(self.tallies) >= MOST_TALLIES:
                del self.tallies[next(iter(self.tallies))]
        self.tallies[rows] = tally
        return tally

    def _tally_of(self, mask: Mask) -> _Tally:
        is_in = flags_of(mask)
        if not self.slots.is_quicker(total(mask)):
            return _Tally(
                np.concatenate(self._numbers(mask, is_in, self.rows)),
                self.companies.counts(is_in, self.highest_number),
            )
        found = self.slots.counts(is_in, self.highest_number)
        numbers = found[self.number_of_row]
        found[self.number_of_row] = 0  # what is left are companies
        others = [row for row, (number, *_value) in enumerate(self.values) if number not in self.few]
        numbers[others] = self._by_bits(others, mask)
        return _Tally(numbers, found)

    def _companies_of_part(self, mask: Mask, places: Numbers, pks: Numbers, numbers: Numbers) -> Numbers:
        """By number, of pairs whose records are all at these words of a row; `mask` has no other words."""
        bits = mask[np.searchsorted(places, pks >> 6)] >> (pks & 63).astype(np.uint64) & np.uint64(1)
        return np.bincount(numbers[bits > 0], minlength=self.highest_number + 1)

    # --- asking ---

    def remember(self, question: Hashable, answer: Any) -> None:
        if len(self.answers) >= MOST_ANSWERS:
            self.answers.clear()
        self.answers[question] = answer

    def numbers(self, facet: str, values: Iterable[str]) -> list[int]:
        """The numbers that stand for these values, of those that some record has had."""
        if facet == COMPANY:
            return [self.number_of_company[value] for value in values if value in self.number_of_company]
        return [
            self.values[self.row_of[facet, value]][0] for value in values if (facet, value) in self.row_of
        ]

    def mask(self, wanted: Wanted, narrowed_to: Mapping[str, Mask]) -> Mask:
        """The records that satisfy everything. `narrowed_to` has the bits of what is not in the matrix."""
        mask = self.matrix[self.row_of["", str(wanted.audience)]].copy()
        for facet, values in wanted.chosen.items():
            mask &= self._any(facet, values)
        for facet, values in wanted.excluded.items():
            mask &= ~self._any(facet, values)
        for name, is_on in (("q", wanted.words), ("updated_since", wanted.since)):
            if is_on:
                mask &= narrowed_to[name]
        return mask

    def _any(self, facet: str, values: Iterable[str]) -> Mask:
        if facet == COMPANY:
            return self.from_pks(self.companies.naming(self.numbers(facet, values)))
        rows = [self.row_of[facet, value] for value in values if (facet, value) in self.row_of]
        return np.bitwise_or.reduce(self.matrix[rows], axis=0)

    def counts_for(
        self, wanted: Wanted, narrowed_to: Mapping[str, Mask], facets: Iterable[str] | None = None
    ) -> dict[str, dict[str, int]]:
        """`counts` of the records that satisfy everything."""
        rows = self._rows_for(wanted)
        # To count some facets of a filter alone is less work than a tally.
        if rows and (rows in self.tallies or facets is None or len(rows) == 1):
            return self._told(self._tally(rows), facets)
        return self.counts(self.mask(wanted, narrowed_to), facets)

    def _rows_for(self, wanted: Wanted) -> tuple[int, ...]:
        """The rows of which a record must have all, if everything is wanted or one value; else none."""
        if len(wanted.chosen) > 1 or wanted.excluded or wanted.words or wanted.since:
            return ()
        pairs = [("", str(wanted.audience))]
        for facet, values in wanted.chosen.items():
            if len(values) != 1 or (facet, values[0]) not in self.row_of:
                return ()
            pairs.append((facet, values[0]))
        return tuple(self.row_of[pair] for pair in pairs)

    def count_of_all(self, audience: int, facet: str, value: str) -> int:
        """The records that have this value, of those that this audience may see."""
        tally = self._tally((self.row_of["", str(audience)],))
        if facet == COMPANY:
            number = self.number_of_company.get(value)
            return 0 if number is None else int(tally.companies[number])
        row = self.row_of.get((facet, value))
        return 0 if row is None else int(tally.numbers[row])

    def counts(self, mask: Mask, facets: Iterable[str] | None = None) -> dict[str, dict[str, int]]:
        """{facet: {value: records}} among the records of the mask, without values that none has."""
        if facets is None:
            return self._told(self._tally_of(mask), None)
        asked = self._known(facets)
        is_in = flags_of(mask)
        found = self._named(asked, self._numbers(mask, is_in, asked))
        if COMPANY not in facets:
            return found
        return found | self._most(self.companies.counts(is_in, self.highest_number))

    def _told(self, tally: _Tally, facets: Iterable[str] | None) -> dict[str, dict[str, int]]:
        asked = self._known(facets)
        of_each = [tally.numbers[self.rows[facet][0] : self.rows[facet][-1] + 1] for facet in asked]
        found = self._named(asked, of_each)
        is_most_asked = facets is None or COMPANY in facets
        return found | self._most(tally.companies) if is_most_asked else found

    def _known(self, facets: Iterable[str] | None) -> list[str]:
        return [facet for facet in self.rows if facets is None or facet in facets]

    def _most(self, counts: Numbers) -> dict[str, dict[str, int]]:
        """The companies of most records; of equal ones that which came first. `counts` is by number."""
        numbers = np.flatnonzero(counts)
        rank = numbers - counts[numbers] * len(counts)
        if len(rank) > MOST_COMPANIES:
            rank = np.partition(rank, MOST_COMPANIES - 1)[:MOST_COMPANIES]
        top = [place % len(counts) for place in np.sort(rank).tolist()]
        named = {self.company_of_number[number]: int(counts[number]) for number in top}
        return {COMPANY: named} if named else {}

    def _named(self, facets: Iterable[str], numbers: Iterable[Numbers]) -> dict[str, dict[str, int]]:
        found = {
            facet: {
                self.values[row][2]: number
                for row, number in zip(self.rows[facet], of_facet.tolist(), strict=True)
                if number
            }
            for facet, of_facet in zip(facets, numbers, strict=True)
        }
        return {facet: values for facet, values in found.items() if values}

    def _numbers(self, mask: Mask, is_in: Flags, facets: Iterable[str]) -> list[Numbers]:
        """For each facet how many records of the mask, which the flags repeat, each of its rows has."""
        found = []
        for facet in facets:
            many, few, records, starts = self._split(facet)
            numbers = np.zeros(len(self.rows[facet]), np.int64)
            numbers[many - self.rows[facet][0]] = self._by_bits(many.tolist(), mask)
            if len(few):
                numbers[few - self.rows[facet][0]] = np.add.reduceat(
                    is_in.take(records), starts, dtype=np.uint32
                )
            found.append(numbers)
        return found

    def _by_bits(self, rows: list[int], mask: Mask) -> Numbers:
        """How many records of the mask have each of these rows."""
        both = np.empty((AT_ONCE, len(mask)), np.uint64)
        numbers = np.empty(len(rows), np.int64)
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            for place, row in enumerate(some):
                np.bitwise_and(self.matrix[row], mask, out=both[place])
            numbers[first : first + AT_ONCE] = total_of_each(both[: len(some)])
        return numbers

    def from_pks(self, pks: Iterable[int]) -> Mask:
        """The bits of these records."""
        return as_bits(pks, self.matrix.shape[1])


def as_columns(pairs: list[tuple[int, int]]) -> Numbers:
    """Shape (2, pairs)."""
    return np.array(pairs, np.int64).reshape(-1, 2).T


def total(mask: Mask) -> int:
    return int(np.bitwise_count(mask).sum(dtype=np.int64))


def total_of_each(rows: Mask) -> Numbers:
    return np.bitwise_count(rows).sum(axis=1, dtype=np.uint32).astype(np.int64)


def pks(mask: Mask) -> list[int]:
    """The primary keys of a mask, in order."""
    return np.flatnonzero(flags_of(mask)).tolist()


_lock = threading.Lock()
_kept: Bits | None = None


@contextmanager
def current() -> Iterator[Bits]:
    """The matrix as of now, for the length of the block, in which no other thread changes it.

    A transaction that has written gets a matrix of its own, since what it wrote may be rolled back.
    """
    global _kept
    with _lock:
        with connection.cursor() as cursor:
            cursor.execute(
                CHANGES,
                {"since": _kept.since if _kept else NEVER, "running": _kept.running if _kept else []},
            )
            rows = cursor.fetchall()
        table, since, running, latest, has_written, *_first = rows[0]
        changes = [(pk, facets) for *_state, pk, facets in rows if pk is not None]
        if has_written:
            yield Bits()
            return
        if _kept is None or _kept.table != table or len(changes) > MANY_CHANGES:
            _kept = Bits()
        elif changes:
            whole, _kept = _kept, None  # half a change would count wrong for good: then all is read anew
            whole.take_in(changes)
            _kept = whole
        _kept.since, _kept.running, _kept.latest = since, running, latest
        yield _kept
