"""How much a word tells: 0 for words that every second company carries, 1 for words nobody else carries."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("rarity.json")
# A language has some hundreds of syllables, and Chinese, Korean and Vietnamese names are made of them: one is
# the name of very many people, however seldom the lists have it.
SYLLABLE_WEIGHT = 0.6
_SYLLABLE = re.compile(
    r"(?:ngh?|gh|gi|kh|nh|ph|qu|th|tr|ts|tz|ch|sh|zh|hs|[b-df-hj-np-tv-z])?"
    r"[aeiouy]{1,3}(?:ng|nh|ch|[nmkptclr])?"
)


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, float]]:
    content = json.loads(FILE.read_text("utf-8"))
    return {
        kind: {word: float(weight) for weight, words in content[kind].items() for word in words.split()}
        for kind in ("person", "organization")
    }


def rarity(word: str, *, is_person: bool) -> float:
    """The weight of a word among names of its kind.

    A word that is not in the table is rare: 1.0, less if short. One syllable of a person is never rarer than
    SYLLABLE_WEIGHT.
    """
    weight = _table()["person" if is_person else "organization"].get(word)
    if weight is None:
        weight = (0.25, 0.25, 0.55, 0.85)[len(word)] if len(word) < 4 else 1.0
    if is_person and weight > SYLLABLE_WEIGHT and _SYLLABLE.fullmatch(word):
        return SYLLABLE_WEIGHT
    return weight
