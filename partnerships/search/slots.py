"""What each record has of companies and of values of few records: a few slots for each record.

Value by value, to count the records of a mask is to look at every pair there is (`bits`, `companies`). Where
the mask has few records it is quicker to take what they have.
"""

import numpy as np

from partnerships.search.words import Flags, Numbers

SLOTS = 4  # of a record; what does not fit stands apart
NOTHING = 0  # no value has this number
PAIRS_FOR_A_RECORD = 10  # to take what a record has costs as much as a look at so many pairs
MORE = 20_000  # pairs that may come to stand apart before all are sorted out anew


class Slots:
    """Numbers of values, record by record."""

    def __init__(self, highest: int, pks: Numbers, numbers: Numbers) -> None:
        """From pairs in any order, of primary keys below `highest`."""
        self.pairs = len(pks)
        self.table = np.zeros((highest, SLOTS), np.uint32)
        self.more_pks = self.more_numbers = np.empty(0, np.int64)
        self._put(pks, numbers)
        self.most_more = 2 * len(self.more_pks) + MORE

    def _put(self, pks: Numbers, numbers: Numbers) -> None:
        order = np.argsort(pks, kind="stable")
        pks, numbers = pks[order], numbers[order]
        slot = np.arange(len(pks)) - np.searchsorted(pks, pks)  # the first of a record is 0
        fits = slot < SLOTS
        self.table[pks[fits], slot[fits]] = numbers[fits]
        if not fits.all():
            self.more_pks = np.concatenate([self.more_pks, pks[~fits]])
            self.more_numbers = np.concatenate([self.more_numbers, numbers[~fits]])

    def replace(self, changed: Flags, pks: Numbers, numbers: Numbers) -> None:
        """Let the records that changed have these numbers, and no others."""
        missing = len(changed) - len(self.table)
        if missing > 0:
            self.table = np.pad(self.table, ((0, missing), (0, 0)))
        self.table[changed] = NOTHING
        if (is_over := changed.take(self.more_pks)).any():
            self.more_pks, self.more_numbers = self.more_pks[~is_over], self.more_numbers[~is_over]
        self._put(pks, numbers)

    @property
    def is_crowded(self) -> bool:
        """Whether so much stands apart by now that it should be sorted out anew."""
        return len(self.more_pks) > self.most_more

    def is_quicker(self, records: int) -> bool:
        """Than to look at every pair."""
        return records * PAIRS_FOR_A_RECORD < self.pairs

    def counts(self, is_in: Flags, highest: int) -> Numbers:
        """For each number up to the highest, how many of the records flagged have it."""
        pks = np.flatnonzero(is_in)
        found = np.bincount(self.table.take(pks, axis=0).reshape(-1), minlength=highest + 1)
        found[NOTHING] = 0
        return found + np.bincount(self.more_numbers[is_in.take(self.more_pks)], minlength=highest + 1)
