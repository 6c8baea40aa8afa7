"""Two analysed names as numbers that only ever speak one way, for the scorer."""

from __future__ import annotations

from rapidfuzz.distance.Indel import normalized_similarity as _kept
from rapidfuzz.distance.JaroWinkler import similarity as _begun_alike
from rapidfuzz.distance.OSA import normalized_similarity as _alike

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
    number_conflict = False
    last_ours, last_theirs = len(our_weights) - 1, len(their_weights) - 1
    for mine, its, _, likeness in pairs:
        if likeness:
            our_weight = our_weights[mine[0]] if len(mine) == 1 else sum([our_weights[at] for at in mine])
            their_weight = their_weights[its[0]] if len(its) == 1 else sum([their_weights[at] for at in its])
            met_ours += our_weight * likeness
            met_theirs += their_weight * likeness
            met += 1
            if likeness < weakest:
                weakest = likeness
            if likeness >= 0.93:
                exact += (our_weight + their_weight) / 2
            if likeness > 0.6:
                if 0 in mine:
                    first = max(first, 2 if 0 in its else 1)
                if last_ours in mine:
                    last = max(last, 2 if last_theirs in its else 1)
        elif mine:
            at = mine[0]
            left_ours = max(left_ours, our_weights[at])
            number_conflict |= ours.numbers[at] is not None
        else:
            at = its[0]
            left_theirs = max(left_theirs, their_weights[at])
            number_conflict |= theirs.numbers[at] is not None
    our_letters, their_letters = ours.squashed, theirs.squashed
    acronym = _acronym(ours, theirs)
    forms = 0.0
    if ours.forms and theirs.forms:
        forms = 0.0 if any(form in theirs.forms for form in ours.forms) else 1.0
    return [
        met_ours / (ours.total or 1.0),
        met_theirs / (theirs.total or 1.0),
        (met_ours + met_theirs) / 2,
        left_ours,
        left_theirs,
        _kept(our_letters, their_letters),
        _kept(ours.in_order, theirs.in_order),
        exact / max(ours.total, theirs.total, 0.1),
        float(first),
        float(last),
        float(met),
        forms,
        float(number_conflict),
        acronym,
        _kept(ours.consonants, theirs.consonants),
        float(ours.has_vowels != theirs.has_vowels),
        float(min(len(ours.words), len(theirs.words))),
        weakest if met else 0.0,
        float(min(len(our_letters), len(their_letters), 24)),
        _alike(our_letters, their_letters),
        _begun_alike(our_letters, their_letters),
        float(ours.kind == "person"),
    ]


def _acronym(ours: AnalysedName, theirs: AnalysedName) -> float:
    """How surely the only word of one side is the initials of the other, 0 to 1."""
    if len(ours.words) == 1:
        return _initials(ours.words[0], theirs)
    return _initials(theirs.words[0], ours) if len(theirs.words) == 1 else 0.0


def _initials(letters: str, long: AnalysedName) -> float:
    if len(long.words) < 3 or not 3 <= len(letters) <= 6:
        return 0.0
    sure = min(1.0, len(letters) / 5)  # three letters are the initials of very many names
    if letters == long.initials:
        return sure
    every = "".join([part[0] for part in (*long.words, *long.forms)])
    return 0.7 * sure if letters in (every, long.initials[: len(letters)]) else 0.0
