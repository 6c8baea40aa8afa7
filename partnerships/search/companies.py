"""Which record names which company, as pairs: companies are too many for a row of bits each.

The pairs lie company by company, so that all of them are counted in one pass. A record that changes is
struck out where it stands, and what it names now is noted apart until enough has come together to sort anew:
a pass over all pairs takes less time than a copy of them.
"""

from collections.abc import Sequence

import numpy as np

from partnerships.search.words import Flags, Numbers

NOBODY = 0  # no record has this primary key
MOST_LATE = 20_000  # pairs noted apart


class Companies:
    """Pairs of a record's primary key and the number that stands for a company."""

    def __init__(self, pks: Numbers, numbers: Numbers) -> None:
        """From pairs in any order."""
        self._sort(pks, numbers)

    def _sort(self, pks: Numbers, numbers: Numbers) -> None:
        order = np.argsort(numbers, kind="stable")
        self.pks, numbers = pks[order], numbers[order]
        self.starts = np.flatnonzero(np.diff(numbers, prepend=-1))
        self.numbers = numbers[self.starts]  # of the companies
        self.late_pks = self.late_numbers = np.empty(0, np.int64)

    def replace(self, changed: Flags, pks: Numbers, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Let the records that changed name these companies, and no others. Returns the pairs there were."""
        struck = np.flatnonzero(changed.take(self.pks))
        of_struck = self.numbers[np.searchsorted(self.starts, struck, side="right") - 1]
        kept = ~changed[self.late_pks]
        before = (
            np.concatenate([self.pks[struck], self.late_pks[~kept]]),
            np.concatenate([of_struck, self.late_numbers[~kept]]),
        )
        self.pks[struck] = NOBODY
        self.late_pks = np.concatenate([self.late_pks[kept], pks])
        self.late_numbers = np.concatenate([self.late_numbers[kept], numbers])
        if len(self.late_pks) > MOST_LATE:
            self._sort(*self.pairs())
        return before

    def pairs(self) -> tuple[Numbers, Numbers]:
        """The primary key and the number of each pair."""
        sizes = np.diff(self.starts, append=len(self.pks))
        pks = np.concatenate([self.pks, self.late_pks])
        numbers = np.concatenate([np.repeat(self.numbers, sizes), self.late_numbers])
        return pks[pks != NOBODY], numbers[pks != NOBODY]

    def counts(self, is_in: Flags, highest: int) -> Numbers:
        """For each number up to the highest, how many of the records flagged name that company."""
        found = np.bincount(self.late_numbers[is_in[self.late_pks]], minlength=highest + 1)
        if len(self.numbers):
            found[self.numbers] += np.add.reduceat(is_in.take(self.pks), self.starts, dtype=np.uint32)
        return found

    def naming(self, numbers: Sequence[int]) -> Numbers:
        """The primary keys of the records that name one of these companies."""
        found = [self.late_pks[self.late_numbers == number] for number in numbers]
        places = np.flatnonzero(np.isin(self.numbers, numbers))
        ends = np.append(self.starts[1:], len(self.pks))
        found += [self.pks[self.starts[place] : ends[place]] for place in places]
        pks = np.concatenate([np.empty(0, np.int64), *found])
        return pks[pks != NOBODY]
