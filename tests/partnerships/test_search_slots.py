from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from partnerships.search.slots import SLOTS, Slots
from partnerships.search.words import as_flags

HIGHEST = 9
numbers = st.sets(st.integers(1, HIGHEST), max_size=SLOTS + 3)


def as_pairs(known: dict[int, set[int]]) -> np.ndarray:
    return np.array([(pk, number) for pk, has in known.items() for number in has], np.int64).reshape(-1, 2).T


@given(
    known=st.dictionaries(st.integers(1, 63), numbers),
    changes=st.lists(st.dictionaries(st.integers(1, 127), numbers), max_size=3),
    asked=st.sets(st.integers(1, 127)),
)
def test_counts_are_those_of_the_pairs_after_each_change(known, changes, asked):
    slots = Slots(64, *as_pairs(known))
    for change in changes:
        slots.replace(as_flags(change, 2), *as_pairs(change))
        known |= change
    is_in = as_flags(asked, len(slots.table) // 64)
    expected = Counter(number for pk in asked for number in known.get(pk, ()))
    assert dict(enumerate(slots.counts(is_in, HIGHEST).tolist())) == {
        number: expected[number] for number in range(HIGHEST + 1)
    }
