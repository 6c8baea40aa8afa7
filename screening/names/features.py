"""Two analysed names as numbers that only ever speak one way, for the scorer."""

from __future__ import annotations

from rapidfuzz.distance import OSA, Indel, JaroWinkler

from screening.names.alignment import Pair
from screening.names.analysis import AnalysedName

# name -> +1 where a higher value can only raise the score, -1 where it can only lower it, 0 where the data
# decides
FEATURES: dict[str, int] = {
    "covered_ours": 1,
    "covered_theirs": 1,
    "evidence": 1,
    "rarest_left_ours": -1,
    "rarest_left_theirs": -1,
    "squashed": 1,
    "sorted_ratio": 1,
    "exact_share": 1,
    "first_word": 1,
    "last_word": 1,
    "words_met": 1,
    "form_conflict": -1,
    "number_conflict": -1,
    "acronym": 1,
    "root_ratio": 1,
    "other_script": 0,
    "length": 0,
    "weakest": 1,
    "letters": 1,
    "edit_ratio": 1,
    "jaro": 1,
    "is_person": 0,
}


def name_features(ours: AnalysedName, theirs: AnalysedName, pairs: list[Pair]) -> list[float]:
    """One value per FEATURES, in its order. Shares are weighted by rarity and run from 0 to 1."""
    met_ours = met_theirs = exact = 0.0
    left_ours = left_theirs = 0.0
    met = first = last = 0
    weakest = 1.0
    our_weights, their_weights = ours.weights, theirs.weights
    number_conflict = 0
    first_ours, last_ours = 0, len(ours.words) - 1
    first_theirs, last_theirs = 0, len(theirs.words) - 1
    for pair in pairs:
        mine = sum([our_weights[index] for index in pair.ours])
        its = sum([their_weights[index] for index in pair.theirs])
        if pair.likeness:
            met_ours += mine * pair.likeness
            met_theirs += its * pair.likeness
            met += 1
            weakest = min(weakest, pair.likeness)
            if pair.likeness >= 0.93:
                exact += (mine + its) / 2
            if pair.likeness > 0.6 and first_ours in pair.ours:
                first = max(first, 2 if first_theirs in pair.theirs else 1)
            if pair.likeness > 0.6 and last_ours in pair.ours:
                last = max(last, 2 if last_theirs in pair.theirs else 1)
        elif pair.ours:
            left_ours = max(left_ours, mine)
            number_conflict |= ours.numbers[pair.ours[0]] is not None
        else:
            left_theirs = max(left_theirs, its)
            number_conflict |= theirs.numbers[pair.theirs[0]] is not None
    squashed = Indel.normalized_similarity(ours.squashed, theirs.squashed)
    sorted_ratio = Indel.normalized_similarity(" ".join(sorted(ours.words)), " ".join(sorted(theirs.words)))
    acronym = _acronym(ours, theirs)
    roots = Indel.normalized_similarity("".join(ours.roots), "".join(theirs.roots))
    forms = 0.0
    if ours.forms and theirs.forms:
        forms = 0.0 if set(ours.forms) & set(theirs.forms) else 1.0
    return [
        met_ours / (ours.total or 1.0),
        met_theirs / (theirs.total or 1.0),
        (met_ours + met_theirs) / 2,
        left_ours,
        left_theirs,
        squashed,
        sorted_ratio,
        exact / max(ours.total, theirs.total, 0.1),
        float(first),
        float(last),
        float(met),
        forms,
        float(number_conflict),
        acronym,
        roots,
        float(ours.has_vowels != theirs.has_vowels),
        float(min(len(ours.words), len(theirs.words))),
        weakest if met else 0.0,
        float(min(len(ours.squashed), len(theirs.squashed), 24)),
        OSA.normalized_similarity(ours.squashed, theirs.squashed),
        JaroWinkler.similarity(ours.squashed, theirs.squashed),
        float(ours.kind == "person"),
    ]


def _acronym(ours: AnalysedName, theirs: AnalysedName) -> float:
    for short, long in ((ours, theirs), (theirs, ours)):
        if len(short.words) == 1 and 3 <= len(short.words[0]) <= 6 and len(long.words) >= 3:
            letters = short.words[0]
            sure = min(1.0, len(letters) / 5)  # three letters are the initials of very many names
            if letters == long.initials:
                return sure
            every = "".join(part[0] for part in (*long.words, *long.forms))
            if letters == every or letters == long.initials[: len(letters)]:
                return 0.7 * sure
    return 0.0
