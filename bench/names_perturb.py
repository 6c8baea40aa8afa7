"""Changed names for measuring recall: what typists, transcribers and people who hide do to a listed name."""

from __future__ import annotations

import random
from collections.abc import Callable

LEGAL_FORMS = ("Ltd", "LLC", "GmbH", "S.A.", "JSC", "Inc.", "Co., Ltd.", "OOO", "PLC")
PLACES = ("Cyprus", "Turkey", "International", "Trading", "Group", "Dubai", "Middle East")
COUNTRIES = ("Cyprus", "Turkey", "Russia", "Iran", "Syria", "Malaysia", "Panama", "UAE")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def typo(name: str, chance: random.Random) -> str:
    """One letter dropped, doubled, changed, or swapped with the next, inside a word of four or more."""
    words = name.split()
    long = [at for at, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if not long:
        return name
    at = chance.choice(long)
    word, place = words[at], chance.randrange(1, len(words[at]) - 1)
    words[at] = chance.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[:place] + chance.choice(LETTERS) + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )
    return " ".join(words)


def two_typos(name: str, chance: random.Random) -> str:
    return typo(typo(name, chance), chance)


def order(name: str, chance: random.Random) -> str:
    words = name.replace(",", "").split()
    chance.shuffle(words)
    return " ".join(words)


def dropped_word(name: str, chance: random.Random) -> str:
    words = name.split()
    if len(words) < 3:
        return name
    words.pop(chance.randrange(1, len(words)))
    return " ".join(words)


def added_word(name: str, chance: random.Random) -> str:
    return f"{name} {chance.choice(PLACES)}"


def country_added(name: str, chance: random.Random) -> str:
    country = chance.choice(COUNTRIES)
    return chance.choice((f"{name} {country}", f"{name} ({country})", f"{country} {name}"))


def legal_form(name: str, chance: random.Random) -> str:
    return f"{name} {chance.choice(LEGAL_FORMS)}"


def joined(name: str, chance: random.Random) -> str:
    words = name.split()
    if len(words) < 2:
        return name
    at = chance.randrange(len(words) - 1)
    return " ".join([*words[:at], words[at] + words[at + 1], *words[at + 2 :]])


def spelling(name: str, chance: random.Random) -> str:
    """Another transcription: the swaps that Arabic, Persian and Russian names go through."""
    swaps = [
        ("ou", "u"),
        ("u", "oo"),
        ("i", "ee"),
        ("q", "k"),
        ("k", "q"),
        ("sh", "ch"),
        ("y", "i"),
        ("ei", "ey"),
        ("v", "w"),
    ]
    lower = name.lower()
    fitting = [swap for swap in swaps if swap[0] in lower]
    return lower.replace(*chance.choice(fitting), 1) if fitting else name


def initial(name: str, chance: random.Random) -> str:
    words = name.split()
    return " ".join([words[0][0] + ".", *words[1:]]) if len(words) > 2 else name


COMPANY: dict[str, Callable[[str, random.Random], str]] = {
    "typo": typo,
    "two typos": two_typos,
    "other order": order,
    "dropped word": dropped_word,
    "added word": added_word,
    "legal form": legal_form,
    "country added": country_added,
    "other spelling": spelling,
    "joined words": joined,
}
PERSON: dict[str, Callable[[str, random.Random], str]] = {
    "typo": typo,
    "two typos": two_typos,
    "other order": order,
    "dropped word": dropped_word,
    "other spelling": spelling,
    "joined words": joined,
    "initial": initial,
}
