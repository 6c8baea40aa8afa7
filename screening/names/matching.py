"""A subject against a listed party: score, band and the explanation a reviewer reads."""

from __future__ import annotations

import gc
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from screening.lists.model import Entry, Identifier, ListedName, PartialDate
from screening.names.alignment import Pair, align
from screening.names.analysis import AnalysedName, analyse_all
from screening.names.attributes import Fact, country_fact, date_fact, identifier_fact
from screening.names.features import FEATURES, name_features
from screening.names.scorer import probability, scorer
from screening.names.words import BANDS, FACTS, FIELDS, PARTS, RELATIONS

IDENTIFIER_FLOOR = 0.97  # an equal strong identifier, whatever the name
IDENTIFIER_CAP = 0.45  # identifiers that nobody has twice, and they differ
WEAK_CAP = 0.79  # a weak alias alone never leaves the review band
# Three letters are the initials of very many names, and so is one word of a weak alias a name of many: alone
# they stay just below the threshold, and a country that agrees lifts them over it.
HINT_CAP = 0.58
SHORT_INITIALS = 0.6  # of the acronym feature, which is letters / 5
SAME_FROM = 0.93
YOUNG_OBJECTS = 50_000  # before the garbage collector looks at them: some 10 MB

_GROUPS = {
    "covered_ours": "met",
    "covered_theirs": "met",
    "evidence": "met",
    "exact_share": "met",
    "words_met": "met",
    "rarest_left_ours": "left",
    "rarest_left_theirs": "left",
    "acronym": "met",
    "form_conflict": "form",
    "number_conflict": "number",
    "other_script": "script",
    "length": "script",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom we ask about. `kind` is "person", "organization" (or "company") or "unknown".

    Countries are ISO alpha-2. `analysed` holds the names taken apart already, where an index keeps them.
    """

    kind: str
    names: tuple[str, ...]
    countries: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    dates: tuple[PartialDate, ...] = ()
    analysed: tuple[tuple[AnalysedName, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed party as the matcher needs it.

    `analysed` holds its names taken apart already, in the order of `names`, where an index keeps them.
    """

    list_code: str
    source_id: str
    kind: str
    names: tuple[ListedName, ...]
    countries: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    dates: tuple[PartialDate, ...] = ()
    analysed: tuple[tuple[AnalysedName, ...], ...] = ()

    @classmethod
    def from_entry(cls, entry: Entry, list_code: str = "") -> Listed:
        codes = (item.iso2 for item in (*entry.nationalities, *entry.countries))
        places = (item.country for item in (*entry.places, *entry.addresses))
        countries = tuple(sorted({code for code in (*codes, *places) if code}))
        return cls(
            list_code, entry.source_id, entry.kind, entry.names, countries, entry.identifiers, entry.dates
        )


@dataclass(frozen=True)
class Match:
    """How one subject and one listed party compare. `score` runs from 0 to 1.

    The explanation is worked out when it is first asked for: `words` (which words met), `facts` (what agrees
    or differs) and `parts` (signed points that add up to 100 × score).
    """

    list_code: str
    source_id: str
    score: float
    band: str
    name_asked: str
    name_matched: str
    name_type: str
    evidence: float
    _best: _Best | None = field(repr=False, compare=False)
    _facts: tuple[Fact, ...] = field(repr=False, compare=False)

    @property
    def band_words(self) -> str:
        return BANDS[self.band]

    @cached_property
    def words(self) -> tuple[dict[str, Any], ...]:
        return tuple(_words(self._best)) if self._best else ()

    @cached_property
    def facts(self) -> tuple[dict[str, str], ...]:
        return tuple(_shown_facts(self._facts))

    @cached_property
    def parts(self) -> tuple[dict[str, Any], ...]:
        return tuple(_parts(self._best, self._facts, self.score))

    def as_dict(self) -> dict[str, Any]:
        """The match as JSON can hold it, every slug beside its English words."""
        return {
            "list_code": self.list_code,
            "source_id": self.source_id,
            "score": round(self.score, 4),
            "band": self.band,
            "band_words": self.band_words,
            "name_asked": self.name_asked,
            "name_matched": self.name_matched,
            "name_type": self.name_type,
            "words": list(self.words),
            "facts": list(self.facts),
            "parts": list(self.parts),
        }


@dataclass(slots=True)
class _Best:
    logit: float
    row: list[float]
    ours: AnalysedName
    theirs: AnalysedName
    pairs: list[Pair]
    name: ListedName


def kinds_meet(ours: str, theirs: str) -> bool:
    """May a subject of one kind be a listed party of the other? A person is never a company or a ship."""
    ours = "organization" if ours == "company" else ours
    return ours == theirs or "unknown" in (ours, theirs)


def name_kind(ours: str, theirs: str) -> str:
    """As which kind of name both sides are taken apart."""
    return "person" if "person" in (ours, theirs) else "organization"


def warm() -> None:
    """Build the taggers of both kinds and read all tables (about 7 s and 375 MB), before a process forks.

    ICU reads its rules for Han when it first meets one, 150 ms, so it meets one here.

    What is in memory by then stays for good, so the garbage collector is told to leave it alone: that makes
    comparisons a sixth faster and keeps the pages of a forked worker shared with its parent. It also looks
    less often at what comparisons make and drop without cycles.
    """
    for kind, name, other in (
        ("person", "Jan Kowalski", "Jan Kowalsky"),
        ("organization", "Acme Trading Ltd", "中 Acme Traders"),
    ):
        compare(
            Subject(kind, (name,), ("pl",)), Listed("", "", kind, (ListedName(other, "primary"),), ("cz",))
        )
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def compare(subject: Subject, listed: Listed | Entry) -> Match:
    """Compare a subject with a listed party: its best pair of names, then the facts beside them.

    A side without any usable name scores 0.
    """
    return compare_many(subject, [listed])[0]


def compare_many(
    subject: Subject, parties: Iterable[Listed | Entry], *, threshold: float = 0.0
) -> list[Match]:
    """`compare` for many parties at once, in their order.

    Those below the threshold are left out if it is not 0.
    """
    return compare_pairs([(subject, party) for party in parties], threshold=threshold)


def compare_pairs(pairs: Iterable[tuple[Subject, Listed | Entry]], *, threshold: float = 0.0) -> list[Match]:
    """`compare_many` where the subjects differ too."""
    asked = [
        (subject, party if isinstance(party, Listed) else Listed.from_entry(party))
        for subject, party in pairs
    ]
    matches = []
    for (subject, party), found in zip(asked, _best_names(asked), strict=True):
        facts = _facts(subject, party)
        score = _score(found, facts)
        if score >= threshold:
            matches.append(_match(party, found, facts, score))
    return matches


def _names_of(side: Subject | Listed, texts: Iterable[str], kind: str) -> list[tuple[AnalysedName, ...]]:
    """Each name of a side taken apart as names of that kind, from what the side brings where that fits."""
    if side.analysed and all(names and names[0].kind == kind for names in side.analysed):
        return list(side.analysed)
    return [analyse_all(text, kind) for text in texts]


def _best_names(asked: list[tuple[Subject, Listed]]) -> list[_Best | None]:
    sources: list[tuple[int, ListedName]] = []
    names: list[tuple[AnalysedName, AnalysedName]] = []
    known: dict[tuple[int, str], list[AnalysedName]] = {}
    for number, (subject, party) in enumerate(asked):
        kind = name_kind(subject.kind, party.kind)
        mine = known.get((id(subject), kind))
        if mine is None:
            found = _names_of(subject, subject.names, kind)
            mine = known[id(subject), kind] = [ours for names in found for ours in names if ours.words]
        if not mine:
            continue
        its = _names_of(party, [name.text for name in party.names], kind)
        for name, analysed in zip(party.names, its, strict=True):
            for theirs in analysed:
                for ours in mine if theirs.words else ():
                    sources.append((number, name))
                    names.append((ours, theirs))
    logits, rows, met = compared(names)
    best: dict[int, tuple[float, int]] = {}
    for at, ((number, name), logit) in enumerate(zip(sources, logits, strict=True)):
        if name.type == "weak":
            logit = min(logit, _WEAK_LIMIT if _says_enough(*names[at]) else _HINT_LIMIT)
        if number not in best or logit > best[number][0]:
            best[number] = logit, at
    found_best: list[_Best | None] = [None] * len(asked)
    for number, (logit, at) in best.items():
        found_best[number] = _Best(logit, rows[at], *names[at], met[at], sources[at][1])
    return found_best


def compared(
    names: Sequence[tuple[AnalysedName, AnalysedName]],
) -> tuple[list[float], list[list[float]], list[list[Pair]]]:
    """What each two names are worth alone, in log-odds, with their features and the words that met."""
    met = [align(ours, theirs) for ours, theirs in names]
    rows = [name_features(ours, theirs, pairs) for (ours, theirs), pairs in zip(names, met, strict=True)]
    logits = []
    for logit, row in zip(scorer().logits(rows).tolist(), rows, strict=True):
        logit += _tie_break(row)
        logits.append(min(logit, _HINT_LIMIT) if 0 < row[_ACRONYM] <= SHORT_INITIALS else logit)
    return logits, rows, met


def _says_enough(ours: AnalysedName, theirs: AnalysedName) -> bool:
    """One word is not yet a name to know somebody by whose own name has more, "Vydumko" and "Jan Vydumko"."""
    return len(theirs.words) > 1 or len(ours.words) == 1


def log_odds(score: float) -> float:
    return math.log(score / (1 - score))


_WEAK_LIMIT, _HINT_LIMIT = log_odds(WEAK_CAP), log_odds(HINT_CAP)
_EVIDENCE = list(FEATURES).index("evidence")
_ACRONYM = list(FEATURES).index("acronym")


def _tie_break(row: list[float]) -> float:
    """Rarer names first where the forest no longer tells them apart: up to half a unit of log-odds."""
    return 0.15 * min(row[_EVIDENCE], 4.0) - 0.3


def _facts(subject: Subject, party: Listed) -> tuple[Fact, ...]:
    found = (
        identifier_fact(subject.identifiers, party.identifiers),
        date_fact(subject.dates, party.dates),
        country_fact(subject.countries, party.countries),
    )
    return tuple([fact for fact in found if fact is not None])


def _is_proven(facts: tuple[Fact, ...]) -> bool:
    return any(fact.is_decisive and fact.outcome == "agrees" for fact in facts)


def _is_disproved(facts: tuple[Fact, ...]) -> bool:
    return any(fact.is_decisive and fact.outcome == "differs" for fact in facts)


def _score(best: _Best | None, facts: tuple[Fact, ...]) -> float:
    if best is None:
        return IDENTIFIER_FLOOR if _is_proven(facts) else 0.0
    score = probability(best.logit + sum(fact.effect for fact in facts))
    if _is_proven(facts):
        return max(score, IDENTIFIER_FLOOR)
    if _is_disproved(facts):
        score = min(score, IDENTIFIER_CAP)
    return min(score, WEAK_CAP) if best.name.type == "weak" else score


def _band(score: float, best: _Best, facts: tuple[Fact, ...]) -> str:
    if _is_proven(facts):
        return "identifier"
    if score < scorer().threshold:
        return "unlike"
    if best.name.type == "weak":
        return "weak"
    if any(fact.outcome == "differs" for fact in facts):
        return "conflict"
    if score >= SAME_FROM:
        return "same"
    return "close" if score >= (scorer().threshold + SAME_FROM) / 2 else "partial"


def _match(party: Listed, best: _Best | None, facts: tuple[Fact, ...], score: float) -> Match:
    if best is None:
        name = party.names[0] if party.names else ListedName("", "primary")
        band = "identifier" if score else "unlike"
        return Match(
            party.list_code, party.source_id, score, band, "", name.text, name.type, 0.0, None, facts
        )
    return Match(
        party.list_code,
        party.source_id,
        score,
        _band(score, best, facts),
        best.ours.original,
        best.name.text,
        best.name.type,
        best.row[_EVIDENCE],
        best,
        facts,
    )


def _shown_facts(facts: tuple[Fact, ...]) -> list[dict[str, str]]:
    return [
        {
            "field": fact.field,
            "field_words": FIELDS[fact.field],
            "ours": fact.ours,
            "theirs": fact.theirs,
            "outcome": fact.outcome,
            "outcome_words": FACTS[fact.outcome],
        }
        for fact in facts
    ]


def _words(best: _Best) -> list[dict[str, Any]]:
    ours, theirs = best.ours, best.theirs
    found = []
    if best.row[_ACRONYM] > 0:
        return [
            _word(list(ours.shown), list(theirs.shown), "acronym")
            | {"likeness": round(best.row[_ACRONYM], 2)}
        ]
    # Our words in their order, then what only the listed name has.
    for mine, its, relation, likeness in sorted(best.pairs, key=lambda item: (not item[0], item[0], item[1])):
        found.append(
            _word(
                [ours.shown[index] for index in mine],
                [theirs.shown[index] for index in its],
                relation,
            )
            | {"likeness": round(likeness, 2)}
        )
    if ours.forms or theirs.forms:
        found.append(_word(list(ours.forms), list(theirs.forms), "legal_form"))
    small = [*ours.titles, *ours.particles], [*theirs.titles, *theirs.particles]
    if any(small):
        found.append(_word(*small, "left_out"))
    return found


def _word(ours: list[str], theirs: list[str], relation: str) -> dict[str, Any]:
    return {"ours": ours, "theirs": theirs, "relation": relation, "relation_words": RELATIONS[relation]}


def _parts(best: _Best | None, facts: tuple[Fact, ...], score: float) -> list[dict[str, Any]]:
    """Signed points of 100 that add up to the score.

    Evidence adds log-odds, a score is a probability, so each step is worth what it moves the probability
    after the steps before it: the name first, then the facts, then the floors and caps.
    """
    if best is None:
        return (
            [{"slug": "identifier", "words": PARTS["identifier"], "points": round(100 * score, 1)}]
            if score
            else []
        )
    start, added = scorer().contributions(np.array(best.row))
    steps: dict[str, float] = {"start": start}
    for name, value in zip(FEATURES, added, strict=True):
        group = _GROUPS.get(name, "spelling")
        steps[group] = steps.get(group, 0.0) + float(value)
    steps["rarity"] = _tie_break(best.row)
    for fact in facts:
        steps[fact.field] = steps.get(fact.field, 0.0) + fact.effect
    points: dict[str, float] = {}
    logit = reached = 0.0
    for slug, value in steps.items():
        logit += value
        now = 100 * probability(logit)
        points[slug] = now - reached
        reached = now
    rest = 100 * score - reached
    if abs(rest) > 0.05:
        slug = "identifier"
        if not _is_proven(facts) and not _is_disproved(facts):
            slug = "weak_name" if best.name.type == "weak" else "initials"
        points[slug] = points.get(slug, 0.0) + rest
    found = []
    reached = before = 0.0
    for slug, value in points.items():
        reached += value
        now = round(reached, 1)  # rounded as they add up, so that the parts do
        if now != before:
            found.append({"slug": slug, "words": PARTS[slug], "points": round(now - before, 1)})
        before = now
    return found
