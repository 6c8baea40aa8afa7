"""Counts of every facet at once: one bit for each record and facet value, kept in each process.

A choice of filters is a few bitwise operations and a count of bits over the kept matrix: 100,000 records
and 700 values are 9 MB and take milliseconds, a million ten times that. The truth stays in PostgreSQL.
Before each use the process asks, in one query, for the entries that changed since its last look, so that
every count is that of the tables at that moment. Nobody waits for a lock: "changed since" means written by a
transaction that the last look could not see yet (`changed_in`, the transaction's number): one that began
later, or one of the few that were under way.
"""

import io
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Max

from partnerships.models import FacetValue
from partnerships.search.wanted import FOR_ALL, FOR_UN, Wanted

Words = npt.NDArray[np.uint64]  # bit n of word w stands for the record whose primary key is 64 w + n

NOT_KEPT = ["company"]  # facets of too many values: their filters are answered by PostgreSQL
LOAD_AT_ONCE = 50_000  # primary keys
BLOCK_WORDS = 32_768  # of the matrix at a time, so that it stays in the processor's cache
MANY_CHANGES = 20_000  # from here on all is read anew
MOST_ANSWERS = 500  # kept at a time
NEVER = 2**62  # no transaction has this number

# What a look knows of: the first transaction that it cannot have seen, and those that were under way.
CHANGES = """
SELECT pg_relation_filenode('partnerships_registryentry'),
    pg_snapshot_xmax(s)::text::bigint, ARRAY(SELECT pg_snapshot_xip(s)::text::bigint),
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
    coalesce((SELECT max(partnership_id) FROM partnerships_registryentry), 0)
FROM pg_current_snapshot() s
"""
ALL = """
COPY (SELECT partnership_id::int, unnest(facets) FROM partnerships_registryentry
    WHERE partnership_id BETWEEN {first} AND {last}) TO STDOUT BINARY
"""
PAIR = np.dtype([("count", ">i2"), ("size1", ">i4"), ("pk", ">i4"), ("size2", ">i4"), ("number", ">i4")])
COPY_HEAD, COPY_TAIL = 19, 2  # bytes around the pairs


class Bits:
    """The matrix: a row of bits for each facet value."""

    def __init__(self) -> None:
        """Read everything. Raises nothing of its own; an empty registry is an empty matrix."""
        self.answers: dict[Hashable, Any] = {}  # of questions to this matrix, until it changes
        with connection.cursor() as cursor:
            cursor.execute(STATE)
            self.table, self.since, self.running, highest = cursor.fetchone()
            self._know_values()
            self.matrix = np.zeros((len(self.values), highest // 64 + 16), np.uint64)
            for first in range(0, highest + 1, LOAD_AT_ONCE):
                buffer = io.BytesIO()
                cursor.copy_expert(ALL.format(first=first, last=first + LOAD_AT_ONCE - 1), buffer)
                pairs = np.frombuffer(buffer.getbuffer()[COPY_HEAD:-COPY_TAIL], PAIR)
                self._set(pairs["pk"].astype(np.int64), pairs["number"].astype(np.int64))

    def _know_values(self) -> None:
        """The numbers of facet values and the rows that stand for them; the rows of a facet lie together."""
        found = FacetValue.objects.exclude(facet__in=NOT_KEPT).order_by("facet", "id")
        audiences = [(number, "", str(number)) for number in (FOR_ALL, FOR_UN)]
        self.values = [*audiences, *found.values_list("id", "facet", "value")]
        self.row_of = {(facet, value): row for row, (_number, facet, value) in enumerate(self.values)}
        self.rows = {
            facet: [row for row, _value in group]
            for facet, group in groupby(enumerate(self.values), key=lambda pair: pair[1][1])
        }
        self.highest_number = FacetValue.objects.aggregate(n=Max("id"))["n"] or FOR_UN
        self.row_of_number = np.full(self.highest_number + 1, -1, np.int64)
        self.row_of_number[[number for number, _facet, _value in self.values]] = range(len(self.values))

    def _set(self, pks: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64]) -> None:
        rows = self.row_of_number[numbers]
        pks, rows = pks[rows >= 0], rows[rows >= 0]
        flat = self.matrix.reshape(-1)
        np.bitwise_or.at(
            flat, rows * self.matrix.shape[1] + (pks >> 6), np.uint64(1) << (pks & 63).astype(np.uint64)
        )

    def take_in(self, changes: Iterable[tuple[int, list[int] | None]]) -> None:
        """Bring the bits of some records in line: (primary key, facets), None for one that left."""
        self.answers.clear()
        facets_of: dict[int, list[int] | None] = {}
        for pk, facets in changes:
            if facets is not None or pk not in facets_of:  # it may have left and come back
                facets_of[pk] = facets
        pairs = [(pk, number) for pk, facets in facets_of.items() for number in facets or ()]
        if any(number > self.highest_number for _pk, number in pairs):
            before = [number for number, _facet, _value in self.values]
            self._know_values()
            matrix = np.zeros((len(self.values), self.matrix.shape[1]), np.uint64)
            matrix[self.row_of_number[before]] = self.matrix
            self.matrix = matrix
        missing = max(facets_of) // 64 + 1 - self.matrix.shape[1]
        if missing > 0:
            self.matrix = np.pad(self.matrix, ((0, 0), (0, missing + self.matrix.shape[1] // 8)))
        for pk in facets_of:
            self.matrix[:, pk >> 6] &= ~(np.uint64(1) << np.uint64(pk & 63))
        if pairs:
            self._set(*np.array(pairs, np.int64).T)

    # --- asking ---

    def remember(self, question: Hashable, answer: Any) -> None:
        if len(self.answers) >= MOST_ANSWERS:
            self.answers.clear()
        self.answers[question] = answer

    def numbers(self, facet: str, values: Iterable[str]) -> list[int]:
        """The numbers that stand for these values, of those that some record has had."""
        return [
            self.values[self.row_of[facet, value]][0] for value in values if (facet, value) in self.row_of
        ]

    def mask(self, wanted: Wanted, narrowed_to: Mapping[str, Words]) -> Words:
        """The records that satisfy everything. `narrowed_to` has the bits of what is not in the matrix."""
        mask = self.matrix[self.row_of["", str(wanted.audience)]].copy()
        for facet, values in wanted.chosen.items():
            mask &= narrowed_to[facet] if facet in NOT_KEPT else self._any(facet, values)
        for facet, values in wanted.excluded.items():
            mask &= ~self._any(facet, values)
        for name, is_on in (("q", wanted.words), ("updated_since", wanted.since)):
            if is_on:
                mask &= narrowed_to[name]
        return mask

    def _any(self, facet: str, values: Iterable[str]) -> Words:
        rows = [self.row_of[facet, value] for value in values if (facet, value) in self.row_of]
        return np.bitwise_or.reduce(self.matrix[rows], axis=0)

    def counts(self, mask: Words, facets: Iterable[str] | None = None) -> dict[str, dict[str, int]]:
        """{facet: {value: records}} among the records of the mask, without values that none has."""
        found: dict[str, dict[str, int]] = {}
        step = max(1, BLOCK_WORDS // len(mask))
        for facet in self.rows if facets is None else facets:
            for start in (
                range(self.rows[facet][0], self.rows[facet][-1] + 1, step) if self.rows.get(facet) else ()
            ):
                block = self.matrix[start : min(start + step, self.rows[facet][-1] + 1)]
                numbers = np.bitwise_count(block & mask).sum(axis=1, dtype=np.int64)
                for row, number in enumerate(numbers.tolist(), start):
                    if number:
                        found.setdefault(facet, {})[self.values[row][2]] = number
        return found

    def count(self, facet: str, value: str, mask: Words) -> int:
        """The records of the mask that have this value."""
        row = self.row_of.get((facet, value))
        return 0 if row is None else total(self.matrix[row] & mask)

    def from_pks(self, pks: Iterable[int]) -> Words:
        """The bits of these records."""
        at = np.fromiter(pks, np.int64)
        mask = np.zeros(self.matrix.shape[1], np.uint64)
        at = at[at >> 6 < len(mask)]  # what came after the last look is not counted yet
        np.bitwise_or.at(mask, at >> 6, np.uint64(1) << (at & 63).astype(np.uint64))
        return mask


def total(mask: Words) -> int:
    return int(np.bitwise_count(mask).sum(dtype=np.int64))


def pks(mask: Words) -> list[int]:
    """The primary keys of a mask, in order."""
    return np.flatnonzero(np.unpackbits(mask.view(np.uint8), bitorder="little")).tolist()


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
        table, since, running, has_written, *_first = rows[0]
        changes = [(pk, facets) for *_state, pk, facets in rows if pk is not None]
        if has_written:
            yield Bits()
            return
        if _kept is None or _kept.table != table or len(changes) > MANY_CHANGES:
            _kept = Bits()
        elif changes:
            _kept.take_in(changes)
        _kept.since, _kept.running = since, running
        yield _kept
