"""The gates, then the points of each part, over a whole board of facts held in numpy columns."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from partnerships.matching.facts import GATES, Facts, Match, NeedFacts, OfferFacts, Part
from partnerships.matching.words import Wording, fold, text_terms

WEIGHTS_VERSION = "1.0"
PARTS = {
    "targets": 25.0,
    "themes": 20.0,
    "country": 15.0,
    "capacity": 15.0,
    "timing": 10.0,
    "text": 10.0,
    "track_record": 5.0,
}
COUNTRY_SAME, COUNTRY_SUBREGION, COUNTRY_GLOBAL = 15.0, 8.0, 5.0
CAPACITY_UNKNOWN = 7.0  # the units cannot be compared, or a quantity is not stated
OPEN_END_DAYS = 365  # a need with one date open is weighed as a year
REFERENCE = Path(__file__).resolve().parents[2] / "portal" / "data"


@cache
def subregions() -> dict[str, str]:
    """Geographic subregion of each country by ISO code: "KEN" is in "014", Eastern Africa (UN M49)."""
    with (REFERENCE / "countries_m49.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["iso3"]: row["intermediate_code"] or row["subregion_code"] for row in csv.DictReader(file)
        }


@cache
def all_targets() -> tuple[str, ...]:
    with (REFERENCE / "sdg_targets.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["target"] for row in csv.DictReader(file))


def goal_of(target: str) -> str:
    return target.split(".")[0]


class Codes(dict[str, int]):
    """A position for each code, so that a set of codes is a row of bits."""

    @property
    def words(self) -> int:
        return max(1, -(-len(self) // 64))

    def row(self, codes: Iterable[str]) -> list[int]:
        bits = 0
        for code in codes:
            if code in self:
                bits |= 1 << self[code]
        return [(bits >> 64 * i) & 0xFFFFFFFFFFFFFFFF for i in range(self.words)]


def _codes(values: Iterable[str]) -> Codes:
    return Codes((code, i) for i, code in enumerate(dict.fromkeys(values)))


def fold_unit(unit: str) -> str:
    """ "Pumps" and "pump" are one unit."""
    unit = " ".join(fold(unit).split())
    return unit[:-1] if len(unit) > 3 and unit.endswith("s") and not unit.endswith("ss") else unit


def need_window(starts_on: date | None, ends_on: date | None) -> tuple[int, int] | None:
    """First and last day as ordinals; one open end is a year away; None when both are open."""
    if starts_on and ends_on:
        return starts_on.toordinal(), ends_on.toordinal()
    if starts_on:
        return starts_on.toordinal(), starts_on.toordinal() + OPEN_END_DAYS
    return (ends_on.toordinal() - OPEN_END_DAYS, ends_on.toordinal()) if ends_on else None


class Columns:
    """Facts as numpy columns, one row each. `codes` are those of the board both sides are read with."""

    def __init__(self, facts: Sequence[Facts], codes: Mapping[str, Codes]):
        rows = len(facts)

        def bits(name: str, sets: Iterable[Iterable[str]]) -> np.ndarray:
            values = [codes[name].row(codes_of) for codes_of in sets]
            return np.array(values, dtype=np.uint64).reshape(rows, codes[name].words)

        def numbers(values: Iterable[float], kind: type = np.float64) -> np.ndarray:
            return np.fromiter(values, dtype=kind, count=rows)

        self.kinds = bits("kinds", (f.kinds for f in facts))
        self.themes = bits("themes", (f.themes for f in facts))
        self.theme_count = numbers(len(f.themes) for f in facts)
        self.targets = bits("targets", (f.targets for f in facts))
        self.target_count = numbers(len(f.targets) for f in facts)
        by_goal = _targets_by_goal()
        self.targets_of_goals = bits(
            "targets",
            ({t for goal in set(map(goal_of, f.targets)) for t in by_goal.get(goal, ())} for f in facts),
        )
        places = subregions()
        self.countries = bits("countries", (f.countries for f in facts))
        self.subregions = bits("subregions", ({places[c] for c in f.countries if c in places} for f in facts))
        self.first_day = numbers((f.starts_on or date.min).toordinal() for f in facts)
        self.last_day = numbers((f.ends_on or date.max).toordinal() for f in facts)
        windows = [need_window(f.starts_on, f.ends_on) for f in facts]
        self.window_first = numbers(w[0] if w else np.nan for w in windows)
        self.window_last = numbers(w[1] if w else np.nan for w in windows)
        self.quantity = numbers(np.nan if f.quantity is None else f.quantity for f in facts)
        self.unit = numbers((codes["units"].get(fold_unit(f.unit), -1) for f in facts), np.int64)
        self.is_global = numbers((_is_global(f) for f in facts), np.bool_)
        self.accepts_subregion = numbers((getattr(f, "accepts_subregion", False) for f in facts), np.bool_)
        self.is_excluded = numbers((getattr(f, "is_excluded", False) for f in facts), np.bool_)
        self.excluded_by = bits("entities", (getattr(f, "excluded_by", ()) for f in facts))
        self.entity = bits("entities", ([getattr(f, "entity", "")] for f in facts))
        self.closed_with_results = numbers(getattr(f, "closed_with_results", 0) for f in facts)


@cache
def _targets_by_goal() -> dict[str, list[str]]:
    goals: dict[str, list[str]] = defaultdict(list)
    for target in all_targets():
        goals[goal_of(target)].append(target)
    return goals


def _entities(fact: Facts) -> Iterable[str]:
    """The entity of a need, or those that refuse the company of an offer."""
    if isinstance(fact, OfferFacts):
        return fact.excluded_by
    return [entity] if (entity := getattr(fact, "entity", "")) else []


def _is_global(fact: Facts) -> bool:
    return fact.is_any_country if isinstance(fact, OfferFacts) else not fact.countries


def _shared(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """How many codes two columns have in common, row by row; a column of one row meets every row."""
    return np.bitwise_count(left & right).sum(axis=1)


def closed_gates(offers: Columns, needs: Columns) -> np.ndarray:
    """Index into GATES of the first gate that is closed, or -1 where all hold. One side may have one row."""
    in_place = (
        (_shared(offers.countries, needs.countries) > 0)
        | offers.is_global
        | needs.is_global
        | (offers.accepts_subregion & (_shared(offers.subregions, needs.subregions) > 0))
    )
    holds = (
        _shared(offers.kinds, needs.kinds) > 0,
        (offers.first_day <= needs.last_day) & (needs.first_day <= offers.last_day),
        in_place,
        ~offers.is_excluded & (_shared(offers.excluded_by, needs.entity) == 0),
    )
    closed = np.full(in_place.shape, -1)
    for i in reversed(range(len(GATES))):
        closed[~holds[i]] = i
    return closed


def part_points(offers: Columns, needs: Columns, likeness: np.ndarray) -> np.ndarray:
    """Points of each part, shape (pairs, parts in the order of PARTS), rounded to one decimal as shown."""
    exact = _shared(offers.targets, needs.targets)
    by_goal = _shared(offers.targets_of_goals, needs.targets) - exact
    targets = (exact + by_goal / 2) / np.maximum(needs.target_count, 1)

    both = _shared(offers.themes, needs.themes)
    themes = both / np.maximum(offers.theme_count + needs.theme_count - both, 1)

    near = offers.accepts_subregion & (_shared(offers.subregions, needs.subregions) > 0)
    country = np.select(
        [_shared(offers.countries, needs.countries) > 0, near, offers.is_global | needs.is_global],
        [COUNTRY_SAME, COUNTRY_SUBREGION, COUNTRY_GLOBAL],
        0.0,
    )

    is_comparable = (
        (offers.unit == needs.unit) & (needs.unit >= 0) & (needs.quantity > 0) & ~np.isnan(offers.quantity)
    )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        covered = np.minimum(offers.quantity / needs.quantity, 1)
    capacity = np.where(is_comparable, PARTS["capacity"] * covered, CAPACITY_UNKNOWN)

    shared_days = (
        np.minimum(offers.last_day, needs.window_last) - np.maximum(offers.first_day, needs.window_first) + 1
    )
    need_days = needs.window_last - needs.window_first + 1
    timing = np.where(np.isnan(need_days), 1.0, np.clip(shared_days / np.maximum(need_days, 1), 0, 1))

    columns = (
        PARTS["targets"] * targets,
        PARTS["themes"] * themes,
        country,
        capacity,
        PARTS["timing"] * timing,
        PARTS["text"] * np.clip(likeness, 0, 1),
        np.minimum(offers.closed_with_results, PARTS["track_record"]),
    )
    return np.round(np.stack(np.broadcast_arrays(*columns), axis=1), 1)


class Board:
    """Many offers, or many needs, ready to be held against one of the other side.

    Building costs about 0.3 ms a row, asking about 15 ms for 50,000 rows. `wording` weighs the terms;
    give the same one to both directions and a pair scores the same from either side.
    """

    def __init__(self, facts: Sequence[Facts], wording: Wording | None = None):
        self.facts = list(facts)
        texts = [(fact.language, text_terms(fact)) for fact in self.facts]
        self.wording = wording or Wording()
        if wording is None:
            self.wording.learn(texts)
        self.codes = {
            "kinds": _codes(kind for f in self.facts for kind in f.kinds),
            "themes": _codes(theme for f in self.facts for theme in f.themes),
            "targets": _codes(all_targets()),
            "countries": _codes(subregions()),
            "subregions": _codes(subregions().values()),
            "entities": _codes(code for f in self.facts for code in _entities(f)),
            "units": _codes(unit for f in self.facts if (unit := fold_unit(f.unit))),
        }
        self.columns = Columns(self.facts, self.codes)
        postings: dict[tuple[str, str], tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        for row, (language, found) in enumerate(texts):
            for term, weight in self.wording.vector(language, found).items():
                rows, weights = postings[language[:2], term]
                rows.append(row)
                weights.append(weight)
        self.postings = {
            key: (np.array(rows), np.array(weights, dtype=np.float32))
            for key, (rows, weights) in postings.items()
        }

    def likeness(self, other: Facts) -> np.ndarray:
        """Cosine of the wording of each row with `other`, 0 to 1; 0 across languages."""
        found = np.zeros(len(self.facts), dtype=np.float64)
        for term, weight in self.wording.vector(other.language, text_terms(other)).items():
            if posting := self.postings.get((other.language[:2], term)):
                rows, weights = posting
                found[rows] += weights * weight
        return found

    def _sides(self, other: Facts) -> tuple[Columns, Columns]:
        one = Columns([other], self.codes)
        return (one, self.columns) if isinstance(other, OfferFacts) else (self.columns, one)

    def closed(self, other: Facts) -> np.ndarray:
        return closed_gates(*self._sides(other))

    def matches(self, other: Facts, limit: int | None = None) -> list[Match]:
        """The rows that pass every gate, best first, at most `limit`."""
        sides = self._sides(other)
        open_rows = np.flatnonzero(closed_gates(*sides) < 0)  # positions on the board
        points = part_points(*sides, self.likeness(other))
        scores = np.round(points[open_rows].sum(axis=1), 1)
        if limit is not None and limit < len(open_rows):  # keep every tie with the last place, then sort
            floor = np.partition(scores, -limit)[-limit]
            open_rows, scores = open_rows[scores >= floor], scores[scores >= floor]
        order = sorted(
            range(len(open_rows)), key=lambda i: (-scores[i], self.facts[open_rows[i]].since, open_rows[i])
        )
        return [self._match(other, open_rows[i], parts=_parts(points[open_rows[i]])) for i in order[:limit]]

    def ruled_out(self, other: Facts) -> list[Match]:
        """The rows that a gate keeps out, with that gate, in the order of the board."""
        closed = self.closed(other)
        return [
            self._match(other, row, closed=GATES[closed[row]]) for row in np.flatnonzero(closed >= 0).tolist()
        ]

    def _match(self, other: Facts, row: int, **answer) -> Match:
        here = self.facts[row].id
        pair = (other.id, here) if isinstance(other, OfferFacts) else (here, other.id)
        return Match(*pair, **answer)


def _parts(points: np.ndarray) -> tuple[Part, ...]:
    return tuple(
        Part(name, float(value), most) for (name, most), value in zip(PARTS.items(), points, strict=True)
    )


def rank_needs(
    offer: OfferFacts, needs: Sequence[NeedFacts], wording: Wording | None = None, limit: int | None = None
) -> list[Match]:
    """The needs an offer may serve, best first. Needs behind a closed gate are not in it."""
    return Board(needs, wording).matches(offer, limit)


def rank_offers(
    need: NeedFacts, offers: Sequence[OfferFacts], wording: Wording | None = None, limit: int | None = None
) -> list[Match]:
    """The offers that may serve a need, best first. Offers behind a closed gate are not in it."""
    return Board(offers, wording).matches(need, limit)
