"""How much a word tells: 0 for words that every second company carries, 1 for words nobody else carries."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
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


class _Weights(dict[str, float]):
    """Weights of known words; a word that is not in the table is rare: 1.0, less if short."""

    def __init__(self, known: Mapping[str, float], *, is_person: bool) -> None:
        self.is_person = is_person
        super().__init__({word: self._at_most(word, weight) for word, weight in known.items()})

    def __missing__(self, word: str) -> float:
        return self._at_most(word, (0.25, 0.25, 0.55, 0.85)[len(word)] if len(word) < 4 else 1.0)

    def _at_most(self, word: str, weight: float) -> float:
        is_common = self.is_person and weight > SYLLABLE_WEIGHT and is_syllable(word)
        return SYLLABLE_WEIGHT if is_common else weight


@lru_cache(maxsize=8192)
def is_syllable(word: str) -> bool:
    """Could a Chinese, Korean or Vietnamese name be made of it?"""
    return _SYLLABLE.fullmatch(word) is not None


@lru_cache(maxsize=2)
def weights(is_person: bool) -> Mapping[str, float]:
    """The weight of any word, 0 to 1, among names of people or of all others."""
    content = json.loads(FILE.read_text("utf-8"))["person" if is_person else "organization"]
    known = {word: float(weight) for weight, words in content.items() for word in words.split()}
    return _Weights(known, is_person=is_person)
