"""Which words of one name met which words of the other, and how."""

from __future__ import annotations

from itertools import pairwise

from rapidfuzz.distance.OSA import distance as _letters

from screening.names.analysis import PLACES, AnalysedName
from screening.names.rarity import is_syllable
from screening.names.romanise import letters_kept, once

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
NEAR_ACROSS = 0.7  # of the letters that both scripts write, where one consonant differs
FUZZY_FLOOR = 0.62  # two words less alike than this do not meet


# Words `ours` (indexes into the query's words) that met words `theirs`, how, and how alike they are, 0 to 1.
# One side is empty where none did. A plain tuple: a comparison makes dozens of them.
Pair = tuple[tuple[int, ...], tuple[int, ...], str, float]
# A word, the two neighbours of the other name that are it when written together, and how alike they are.
_Joined = tuple[int, tuple[int, int], float]
# What every comparison makes again and again, made once.
_ONLY_OURS: tuple[Pair, ...] = tuple([(place, (), "missing", 0.0) for place in PLACES])
_ONLY_THEIRS: tuple[Pair, ...] = tuple([((), place, "missing", 0.0) for place in PLACES])


def align(ours: AnalysedName, theirs: AnalysedName) -> list[Pair]:
    """Pair each word at most once: equal words, then shared meanings, then the most alike of the rest."""
    pairs: list[Pair] = []
    our_rest: list[int] = []
    their_words: list[str | None] = list(theirs.words)
    for index, word in enumerate(ours.words):
        if word in their_words:
            other = their_words.index(word)
            their_words[other] = None
            pairs.append((PLACES[index], PLACES[other], "same", 1.0))
        else:
            our_rest.append(index)
    their_rest = [index for index, word in enumerate(their_words) if word is not None]
    if not our_rest or not their_rest:
        return (
            pairs + [_ONLY_OURS[index] for index in our_rest] + [_ONLY_THEIRS[index] for index in their_rest]
        )
    free_ours, free_theirs = set(our_rest), set(their_rest)
    if not ours.meanings.isdisjoint(theirs.meanings):
        _pair_meanings(ours, theirs, free_ours, free_theirs, pairs)
    if free_ours and free_theirs:
        _pair_alike(ours, theirs, free_ours, free_theirs, pairs)
    pairs += [_ONLY_OURS[index] for index in our_rest if index in free_ours]
    pairs += [_ONLY_THEIRS[index] for index in their_rest if index in free_theirs]
    return pairs


def _pair_meanings(
    ours: AnalysedName, theirs: AnalysedName, free_ours: set[int], free_theirs: set[int], pairs: list[Pair]
) -> None:
    by_symbol: dict[str, list[tuple[int, ...]]] = {}
    for symbol, indexes in theirs.spans:
        if symbol in ours.meanings:
            by_symbol.setdefault(symbol, []).append(indexes)
    shared = [
        (symbol, indexes, other)
        for symbol, indexes in ours.spans
        if symbol in by_symbol
        for other in by_symbol[symbol]
    ]
    if len(shared) > 1:
        shared.sort(key=lambda item: -len(item[1]) - len(item[2]))
    for symbol, indexes, other in shared:
        if free_ours.issuperset(indexes) and free_theirs.issuperset(other):
            free_ours.difference_update(indexes)
            free_theirs.difference_update(other)
            relation = _RELATIONS.get(symbol[: symbol.index(":")], "same_meaning")
            pairs.append((indexes, other, relation, SURE[relation]))


_RELATIONS = {"NAME": "known_variant", "NICK": "known_variant", "NUM": "same_number"}


def _pair_alike(
    ours: AnalysedName, theirs: AnalysedName, free_ours: set[int], free_theirs: set[int], pairs: list[Pair]
) -> None:
    cross = ours.has_vowels != theirs.has_vowels
    is_person = ours.kind == "person"
    left = sorted(free_ours) if len(free_ours) > 1 else list(free_ours)
    right = sorted(free_theirs) if len(free_theirs) > 1 else list(free_theirs)
    others = [
        (PLACES[j], theirs.words[j], theirs.roots[j], theirs.sounds[j])
        for j in right
        if theirs.numbers[j] is None
    ]
    found: list[Pair] = []
    for i in left:
        if ours.numbers[i] is not None:
            continue
        word, root, sound = ours.words[i], ours.roots[i], ours.sounds[i]
        for place, other, other_root, other_sound in others:
            likeness, relation = _likeness(
                word, other, root, other_root, sound, other_sound, cross, is_person
            )
            if likeness:
                found.append((PLACES[i], place, relation, likeness))
    joined = _joined_across if cross else _joined
    # "abdul rahman" and "abdulrahman": two neighbours on one side may be one word on the other.
    if len(right) > 1:
        for i, neighbours, sure in joined(ours.words, left, theirs.words, right):
            found.append((PLACES[i], neighbours, "joined", sure))
    if len(left) > 1:
        for j, neighbours, sure in joined(theirs.words, right, ours.words, left):
            found.append((neighbours, PLACES[j], "joined", sure))
    if len(found) > 1:
        found.sort(key=lambda item: (-item[3], item[0], item[1]))
    for pair in found:
        mine, its = pair[0], pair[1]
        if free_ours.issuperset(mine) and free_theirs.issuperset(its):
            free_ours.difference_update(mine)
            free_theirs.difference_update(its)
            pairs.append(pair)


def _joined(
    words: tuple[str, ...], whole: list[int], others: tuple[str, ...], parts: list[int]
) -> list[_Joined]:
    found = []
    sizes = [(i, size) for i in whole if (size := len(words[i])) > 3]
    for first, second in pairwise(parts) if sizes else ():
        if second != first + 1:
            continue
        length = len(others[first]) + len(others[second])
        for i, size in sizes:
            if -2 <= size - length <= 2:
                word, joined = words[i], others[first] + others[second]
                allowed = 0 if size < 5 else 1 if size < 12 else 2
                distance = _letters(word, joined, score_cutoff=2)
                if distance <= allowed:
                    sure = SURE["joined"] - distance / size - 0.08 * (word[0] != joined[0])
                    found.append((i, (first, second), sure))
    return found


def _joined_across(
    words: tuple[str, ...], whole: list[int], others: tuple[str, ...], parts: list[int]
) -> list[_Joined]:
    """`_joined` where one side is written without vowels: "hamdullah" and "hmd" "allh"."""
    found = []
    for first, second in pairwise(parts):
        if second != first + 1:
            continue
        kept = letters_kept(others[first]), letters_kept(others[second])
        joined = {once(kept[0] + kept[1].lstrip("A")), once(kept[0] + kept[1])}
        for i in whole:
            letters = letters_kept(words[i])
            if len(letters) > 3 and letters in joined:
                found.append((i, (first, second), SURE["other_script"]))
    return found


def _likeness(
    word: str,
    other: str,
    root: str,
    other_root: str,
    sound: str,
    other_sound: str,
    cross: bool,
    is_person: bool,
) -> tuple[float, str]:
    """How surely two words are one, and why: (0.0, "") below 0.4. This is where most of the time goes."""
    shortest, longest = len(word), len(other)
    if shortest > longest:
        shortest, longest = longest, shortest
    if shortest < 3 and not (cross and shortest == 2):
        if shortest == 1 < longest and is_person and word[0] == other[0]:
            return SURE["initial"], "initial"
        return 0.0, ""
    # Typists and transcribers rarely get the first letter wrong.
    penalty = 0.0 if word[0] == other[0] else 0.08
    best, relation, distance = 0.0, "", FAR
    if cross:
        is_same = bool(root) and root == other_root
        is_near = min(len(root), len(other_root)) > 2 and _letters(root, other_root, score_cutoff=1) < 2
        if is_same or is_near:
            kept, other_kept = letters_kept(word), letters_kept(other)
            alike = 1 - _letters(kept, other_kept) / max(len(kept), len(other_kept))
            if is_same:
                # Roots fold so much that "Patel" has that of "عبدالله"; their letters have to agree as well.
                sure = SURE["other_script"] - _FEW_CONSONANTS.get(len(root), 0.0)
                best, relation = sure * (0.5 + 0.5 * alike), "other_script"
            elif alike >= NEAR_ACROSS:
                best, relation = SURE["other_script"] * alike, "other_script"
    else:
        same_root = root == other_root and len(root) > 1
        same_sound = sound == other_sound and len(sound) > 1
        if same_root or same_sound:
            # The same consonants or sound make two words alike only so far as their letters agree too.
            distance = _letters(word, other)
            alike = 1 - distance / longest
            if same_root:
                best = 0.45 + 0.45 * alike + _LENGTH_BONUS.get(len(root), 0.05) - penalty
                relation = "same_root"
            if same_sound:
                likeness = 0.5 + 0.42 * alike + _LENGTH_BONUS.get(len(sound), 0.05) - penalty
                if likeness > best:
                    best, relation = likeness, "same_sound"
    allowed = 1 if longest < 6 else 2 if longest < 9 else 3
    if longest > 3 and shortest > 2 and longest - shortest <= allowed:
        if distance == FAR:
            distance = _letters(word, other, score_cutoff=allowed)
        if distance <= allowed:
            likeness = 1 - distance / longest - penalty
            if likeness >= FUZZY_FLOOR and likeness > best:
                best, relation = likeness, "one_letter" if distance == 1 else "some_letters"
    if (
        best < 0.5
        and longest > shortest + 2 > 4
        and not (penalty or is_person)
        and (word.startswith(other) or other.startswith(word))
    ):
        best, relation = SURE["abbreviation"], "abbreviation"
    if best and is_person and not cross and (is_syllable(word) or is_syllable(other)):
        # "Yang", "Wang" and "Zhang" are other names, not misspelt ones.
        is_both = is_syllable(word) and is_syllable(other)
        if longest - shortest > 1 or (is_both and (root != other_root or penalty)):
            return 0.0, ""
    if distance == 1 and relation in ("same_sound", "same_root"):
        relation = "one_letter"  # says more to a reader
    return (best, relation) if best > 0.4 else (0.0, "")
