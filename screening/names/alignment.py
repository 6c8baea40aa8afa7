"""Which words of one name met which words of the other, and how."""

from __future__ import annotations

from typing import NamedTuple

from rapidfuzz.distance import OSA

from screening.names.analysis import AnalysedName

# How sure each relation is that two words are the same word, 0 to 1; fuzzy ones are scaled by their likeness.
SURE = {
    "same": 1.0,
    "joined": 0.97,
    "known_variant": 0.93,
    "same_meaning": 0.9,
    "same_number": 1.0,
    "other_script": 0.85,
    "initial": 0.5,
    "abbreviation": 0.6,
    "acronym": 0.7,
}
_LENGTH_BONUS = {2: -0.1, 3: 0.0}  # of a root or sound, 0.05 for longer ones
_FEW_CONSONANTS = {1: 0.4, 2: 0.15}  # a root this short is little to go by
FAR = 4  # letters that differ: beyond what a misspelling explains
FUZZY_FLOOR = 0.62  # two words less alike than this do not meet


class Pair(NamedTuple):
    """Words `ours` (indexes into the query's words) that met words `theirs`.

    One side is empty where none did.
    """

    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    relation: str
    likeness: float


def align(ours: AnalysedName, theirs: AnalysedName) -> list[Pair]:
    """Pair each word at most once: equal words, then shared meanings, then the most alike of the rest."""
    pairs: list[Pair] = []
    our_words, their_words = ours.words, theirs.words
    free_ours = set(range(len(our_words)))
    free_theirs = set(range(len(their_words)))
    where: dict[str, list[int]] = {}
    for index in range(len(their_words) - 1, -1, -1):
        where.setdefault(their_words[index], []).append(index)
    for index, word in enumerate(our_words):
        if found := where.get(word):
            other = found.pop()
            free_ours.discard(index)
            free_theirs.discard(other)
            pairs.append(Pair((index,), (other,), "same", 1.0))
    if free_ours and free_theirs:
        _pair_meanings(ours, theirs, free_ours, free_theirs, pairs)
    if free_ours and free_theirs:
        _pair_alike(ours, theirs, free_ours, free_theirs, pairs)
    pairs += [Pair((index,), (), "missing", 0.0) for index in sorted(free_ours)]
    pairs += [Pair((), (index,), "missing", 0.0) for index in sorted(free_theirs)]
    return pairs


def _pair_meanings(
    ours: AnalysedName, theirs: AnalysedName, free_ours: set[int], free_theirs: set[int], pairs: list[Pair]
) -> None:
    if not ours.spans or not theirs.spans:
        return
    by_symbol: dict[str, list[tuple[int, ...]]] = {}
    for symbol, indexes in theirs.spans:
        by_symbol.setdefault(symbol, []).append(indexes)
    shared = [
        (len(indexes) + len(other), symbol, indexes, other)
        for symbol, indexes in ours.spans
        for other in by_symbol.get(symbol, ())
    ]
    if len(shared) > 1:
        shared.sort(key=lambda item: -item[0])
    for _, symbol, indexes, other in shared:
        if free_ours.issuperset(indexes) and free_theirs.issuperset(other):
            free_ours.difference_update(indexes)
            free_theirs.difference_update(other)
            category = symbol.partition(":")[0]
            relation = {"NAME": "known_variant", "NICK": "known_variant", "NUM": "same_number"}.get(
                category, "same_meaning"
            )
            pairs.append(Pair(indexes, other, relation, SURE[relation]))


def _pair_alike(
    ours: AnalysedName, theirs: AnalysedName, free_ours: set[int], free_theirs: set[int], pairs: list[Pair]
) -> None:
    cross = ours.has_vowels != theirs.has_vowels
    is_person = ours.kind == "person"
    found: list[tuple[float, tuple[int, ...], tuple[int, ...], str]] = []
    left = sorted(free_ours)
    right = sorted(free_theirs)
    for i in left:
        for j in right:
            likeness, relation = _likeness(ours, i, theirs, j, cross=cross, is_person=is_person)
            if likeness:
                found.append((likeness, (i,), (j,), relation))
    # "abdul rahman" and "abdulrahman": two neighbours on one side may be one word on the other.
    for whole, parts, words, others, flipped in (
        (left, right, ours, theirs, False),
        (right, left, theirs, ours, True),
    ):
        for k in range(len(parts) - 1):
            first, second = parts[k], parts[k + 1]
            if second != first + 1:
                continue
            joined = others.words[first] + others.words[second]
            for i in whole:
                word = words.words[i]
                if abs(len(word) - len(joined)) > 2 or len(word) < 4:
                    continue
                distance = OSA.distance(word, joined, score_cutoff=2)
                if distance <= (0 if len(word) < 5 else 1 if len(word) < 12 else 2):
                    likeness = SURE["joined"] - distance / len(word) - 0.08 * (word[0] != joined[0])
                    single, double = (i,), (first, second)
                    found.append(
                        (likeness, double, single, "joined")
                        if flipped
                        else (likeness, single, double, "joined")
                    )
    found.sort(key=lambda item: (-item[0], item[1], item[2]))
    for likeness, mine, other, relation in found:
        if free_ours.issuperset(mine) and free_theirs.issuperset(other):
            free_ours.difference_update(mine)
            free_theirs.difference_update(other)
            pairs.append(Pair(mine, other, relation, likeness))


def _likeness(
    ours: AnalysedName, i: int, theirs: AnalysedName, j: int, *, cross: bool, is_person: bool
) -> tuple[float, str]:
    word, other = ours.words[i], theirs.words[j]
    if ours.numbers[i] is not None or theirs.numbers[j] is not None:
        return 0.0, ""
    length, other_length = len(word), len(other)
    if length <= other_length:
        short, long, shortest, longest = word, other, length, other_length
    else:
        short, long, shortest, longest = other, word, other_length, length
    if shortest == 1:
        if is_person and longest > 1 and long.startswith(short):
            return SURE["initial"], "initial"
        return 0.0, ""
    # Typists and transcribers rarely get the first letter wrong.
    penalty = 0.0 if word[0] == other[0] else 0.08
    best, relation, distance = 0.0, "", FAR
    root, other_root = ours.roots[i], theirs.roots[j]
    if cross:
        if root and root == other_root:
            best, relation = SURE["other_script"] - _FEW_CONSONANTS.get(len(root), 0.0), "other_script"
        elif len(root) > 2 and len(other_root) > 2:
            likeness = 1 - OSA.distance(root, other_root) / max(len(root), len(other_root))
            if likeness >= 0.66:
                best, relation = likeness * SURE["other_script"], "other_script"
    elif shortest > 2:
        sound = ours.sounds[i]
        same_root = root == other_root and len(root) > 1
        same_sound = sound == theirs.sounds[j] and len(sound) > 1
        if same_root or same_sound:
            # The same consonants or sound make two words alike only so far as their letters agree too.
            distance = OSA.distance(word, other)
            alike = 1 - distance / longest
            if same_root:
                best = 0.45 + 0.45 * alike + _LENGTH_BONUS.get(len(root), 0.05) - penalty
                relation = "same_root"
            if same_sound:
                likeness = 0.5 + 0.42 * alike + _LENGTH_BONUS.get(len(sound), 0.05) - penalty
                if likeness > best:
                    best, relation = likeness, "same_sound"
    if shortest > 2 and longest > 3 and longest - shortest < FAR:
        if distance == FAR:
            distance = OSA.distance(word, other, score_cutoff=FAR - 1)
        if distance <= (1 if longest < 6 else 2 if longest < 9 else 3):
            likeness = 1 - distance / longest - penalty
            if likeness >= FUZZY_FLOOR and likeness > best:
                best, relation = likeness, "one_letter" if distance == 1 else "some_letters"
    if best < 0.5 and not is_person and shortest > 2 and longest > shortest + 2 and long.startswith(short):
        best, relation = SURE["abbreviation"], "abbreviation"
    if distance == 1 and relation in ("same_sound", "same_root"):
        relation = "one_letter"  # says more to a reader
    return (best, relation) if best > 0.4 else (0.0, "")
