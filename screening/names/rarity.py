"""How much a word tells: 0 for words that every second company carries, 1 for words nobody else carries."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("rarity.json")


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, float]]:
    content = json.loads(FILE.read_text("utf-8"))
    return {
        kind: {word: float(weight) for weight, words in content[kind].items() for word in words.split()}
        for kind in ("person", "organization")
    }


def rarity(word: str, *, is_person: bool) -> float:
    """The weight of a word among names of its kind.

    A word that is not in the table is rare: 1.0, less if short.
    """
    known = _table()["person" if is_person else "organization"].get(word)
    if known is not None:
        return known
    return (0.25, 0.25, 0.55, 0.85)[len(word)] if len(word) < 4 else 1.0
