"""Which records have some words: asked of PostgreSQL once, then kept in line with every change.

A word that most of a million records have takes it a second to find, since it reads each of them for its
primary key. So the answer is kept as bits, and after a change only the records that changed are asked about.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BinaryField, BooleanField, F, Func, IntegerField, Value
from django.db.models.functions import Cast

from partnerships.models import RegistryEntry
from partnerships.search.wanted import text_query

Mask = npt.NDArray[np.uint64]  # bit n of word w stands for the record whose primary key is 64 w + n
Flags = npt.NDArray[np.bool_]  # true at the primary key of each record meant
Numbers = npt.NDArray[np.int64]

MOST_KEPT = 50  # searches; 125 kB each at a million records

ARRAY_HEAD = 20  # bytes before the elements of an array as PostgreSQL sends it
ELEMENT = np.dtype([("size", ">i4"), ("pk", ">i4")])


class OneOf(Func):
    """`OneOf(F("id"), Value([…]))` is `id = ANY(…)`: one parameter, where `id__in` has one for each value."""

    template, arg_joiner = "%(expressions)s)", " = ANY("
    output_field = BooleanField()


def one_of(pks: Sequence[int]) -> OneOf:
    return OneOf(F("partnership_id"), Value(list(pks), ArrayField(BigIntegerField())))


def having(words: str, among: Sequence[int] | None = None) -> Numbers:
    """The primary keys of the entries that have the words, in no order; of these only, if given."""
    entries = RegistryEntry.objects.filter(words=text_query(words))
    if among is not None:
        entries = entries.filter(one_of(among))
    # As one value, in a fifth of the time that a row for each of them takes.
    numbers = ArrayAgg(Cast("pk", IntegerField()))
    sent = entries.aggregate(sent=Func(numbers, function="array_send", output_field=BinaryField()))["sent"]
    if sent is None:
        return np.empty(0, np.int64)
    return np.frombuffer(sent, ELEMENT, offset=ARRAY_HEAD)["pk"].astype(np.int64)


def as_flags(pks: Iterable[int], width: int) -> Flags:
    """The records as flags of so many words; one that lies beyond came after the last look."""
    at = np.fromiter(pks, np.int64) if not isinstance(pks, np.ndarray) else pks
    flags = np.zeros(width * 64, np.bool_)
    flags[at[at < len(flags)]] = True
    return flags


def as_bits(pks: Iterable[int], width: int) -> Mask:
    return np.packbits(as_flags(pks, width), bitorder="little").view(np.uint64)


def flags_of(mask: Mask) -> Flags:
    # As truths they are searched in a tenth of the time of numbers.
    return np.unpackbits(mask.view(np.uint8), bitorder="little").view(np.bool_)


class KeptWords:
    """The masks of the latest searches, with how many changes each of them knows."""

    def __init__(self) -> None:
        self.masks: dict[str, tuple[Mask, int]] = {}
        self.changed: list[int] = []  # primary keys, in the order in which the looks brought them

    def note(self, pks: Iterable[int]) -> None:
        """These records have changed."""
        self.changed += pks

    def get(self, words: str, width: int) -> Mask | None:
        """The mask as of now, None where the words were not asked for lately."""
        if words not in self.masks:
            return None
        mask, known = self.masks.pop(words)
        mask = np.pad(mask, (0, width - len(mask)))
        if changed := list(set(self.changed[known:])):
            mask &= ~as_bits(changed, width)
            mask |= as_bits(having(words, changed), width)
        self.masks[words] = (mask, len(self.changed))
        return mask

    def keep(self, words: str, mask: Mask, known: int) -> None:
        """Keep a mask that knows the first `known` changes."""
        if len(self.masks) >= MOST_KEPT:
            del self.masks[next(iter(self.masks))]
        self.masks[words] = (mask, known)
