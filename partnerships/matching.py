"""How offers and needs fit: gates that are yes or no, then a sum of parts that anybody can redo.

Pure: facts in, matches out, no database. One side is always a whole board held in numpy columns, so that
one offer against tens of thousands of needs is a few vector operations; the same columns serve both
directions, so a pair scores the same from either side. Company size and money give no points; of equals
the oldest comes first.

Source: `matching` of the registry's field list, version 1.0; A/66/320, para. 53 (better filtering of offers).
"""

import csv
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

WEIGHTS_VERSION = "1.0"
GATES = ("kinds", "window", "place", "exclusion")
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
REFERENCE = Path(__file__).resolve().parent.parent / "portal" / "data"


# --- facts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an offer and a need have in common. Countries by ISO 3166-1 alpha-3, targets as "6.1"."""

    id: str
    title: str = ""
    description: str = ""
    language: str = "en"
    kinds: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    quantity: float | None = None
    unit: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    since: str = ""  # ISO moment it was made; of equals the older comes first


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFacts(Facts):
    is_any_country: bool = False
    accepts_subregion: bool = False
    is_excluded: bool = False  # the answer of the screening, never the company's own words
    closed_with_results: int = 0  # closed partnerships of the company that have results


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFacts(Facts):
    """No country means anywhere."""

    entity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityFacts:
    """A UN entity: themes of its mandate and the countries where it has somebody for business."""

    code: str
    themes: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()


# --- answers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    points: float
    most: float


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a part has its points: a slug that the page words, with its values. `gain` = points still open."""

    slug: str
    is_plus: bool
    gain: float = 0.0
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """One pair. A pair that a gate rules out has that gate in `closed`, and no parts."""

    offer: str
    need: str
    closed: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def score(self) -> float:
        """The sum of the parts, 0 to 100."""
        return round(sum(part.points for part in self.parts), 1)

    @property
    def passed(self) -> tuple[str, ...]:
        return GATES[: GATES.index(self.closed)] if self.closed else GATES


@dataclass(frozen=True, slots=True)
class EntityMatch:
    entity: str
    parts: tuple[Part, ...]
    themes: tuple[str, ...]  # of the offer, within the mandate
    countries: tuple[str, ...]  # of the offer, where the entity is present

    @property
    def score(self) -> float:
        return round(sum(part.points for part in self.parts), 1)


# --- words ------------------------------------------------------------------------------------------------

STOP_WORDS = {
    "en": "and the for with from that this are our can you your will have has was were which into all any "
    "not but who how their its they them than then also more most one two per new need needs offer offers "
    "support give gives provide provides help through about over under between within each other",
    "fr": "les des une pour avec dans sur par que qui est sont aux ses son leur leurs nous vous nos vos "
    "cette ces mais pas plus entre sans sous offre besoin besoins appui aide",
    "es": "los las una unos unas para con por que del sus son est esta este estos estas como pero sin sobre "
    "entre más nos nuestra nuestro oferta necesidad apoyo ayuda",
    "ru": "для что это как при над под или они она его ещё наш наши мы вы без через между нужно нужны "
    "предложение помощь",
    "ar": "من في على إلى عن مع هذا هذه التي الذي أن إن كان أو ثم كما بين لدى كل نحن عرض حاجة دعم",
    "zh": "",
}
STEM_LETTERS = 6  # "vaccine", "vaccines", "vaccination" meet; a rough stem that asks for no dictionary


def fold(text: str) -> str:
    """Lower case without accents, Arabic vowel signs and the Arabic and Russian spelling doublets."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("ـ", "")
    return text.translate(FOLDED)


FOLDED = str.maketrans({"ى": "ي", "ة": "ه", "ٱ": "ا"})
STOPS = {code: frozenset(map(fold, words.split())) for code, words in STOP_WORDS.items()}
HAN = re.compile(r"[㐀-䶿一-鿿]+")
WORD = re.compile(r"[^\W_]+")


def terms(text: str, language: str) -> list[str]:
    """The terms of a text: word stems, or pairs of characters where Chinese writes without spaces."""
    text = fold(text)
    found = []
    for run in HAN.findall(text):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    stops = STOPS.get(language[:2], STOPS["en"])
    for word in WORD.findall(HAN.sub(" ", text)):
        if language[:2] == "ar" and word.startswith("ال") and len(word) > 4:
            word = word[2:]
        if len(word) > 2 and word not in stops:
            found.append(word[:STEM_LETTERS])
    return found


def guess_language(text: str) -> str:
    """A language code from the script and, for Latin letters, from the small words. "en" when in doubt."""
    if HAN.search(text):
        return "zh"
    if re.search(r"[؀-ۿ]", text):
        return "ar"
    if re.search(r"[Ѐ-ӿ]", text):
        return "ru"
    words = set(WORD.findall(fold(text)))
    return max(("en", "fr", "es"), key=lambda code: len(words & STOPS[code]))


class Wording:
    """How much each term says, by language: learned once from a set of texts, used for both directions."""

    def __init__(self, facts: Iterable[Facts] = ()):
        self.learn((fact.language, text_terms(fact)) for fact in facts)

    def learn(self, texts: Iterable[tuple[str, list[str]]]) -> None:
        self.documents: Counter[str] = Counter()
        self.seen_in: dict[str, Counter[str]] = defaultdict(Counter)
        for language, found in texts:
            self.documents[language[:2]] += 1
            self.seen_in[language[:2]].update(set(found))

    def vector(self, language: str, found: list[str]) -> dict[str, float]:
        """Weight of each term of a text, of length 1 together; empty for an empty text."""
        total = self.documents[language[:2]]
        seen_in = self.seen_in.get(language[:2], Counter[str]())
        weights = {
            term: (1 + math.log(count)) * (math.log((1 + total) / (1 + seen_in.get(term, 0))) + 1)
            for term, count in Counter(found).items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {term: weight / length for term, weight in weights.items()}


def text_terms(fact: Facts) -> list[str]:
    return terms(f"{fact.title} {fact.description}", fact.language)


# --- columns ----------------------------------------------------------------------------------------------


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
        self.closed_with_results = numbers(getattr(f, "closed_with_results", 0) for f in facts)


@cache
def _targets_by_goal() -> dict[str, list[str]]:
    goals: dict[str, list[str]] = defaultdict(list)
    for target in all_targets():
        goals[goal_of(target)].append(target)
    return goals


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
        ~offers.is_excluded & np.ones_like(in_place),
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
    timing = np.where(np.isnan(need_days), 1.0, np.clip(shared_days / need_days, 0, 1))

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


# --- why --------------------------------------------------------------------------------------------------


def reasons(offer: OfferFacts, need: NeedFacts, match: Match) -> list[Reason]:
    """What speaks for a match and what would raise it, strongest first, in slugs and numbers."""
    points = {part.name: part for part in match.parts}
    found = [
        _why_targets(offer, need, points["targets"]),
        _why_themes(offer, need, points["themes"]),
        _why_country(offer, need, points["country"]),
        _why_capacity(offer, need, points["capacity"]),
        _why_timing(offer, need, points["timing"]),
    ]
    if points["text"].points >= 3:
        found.append(Reason("text_alike", True))
    if points["track_record"].points > 0:
        found.append(Reason("track_record", True, values={"count": offer.closed_with_results}))
    plus = [reason for reason in found if reason and reason.is_plus]
    minus = sorted((r for r in found if r and not r.is_plus), key=lambda r: -r.gain)
    return plus + minus


def _gain(part: Part) -> float:
    return round(part.most - part.points, 1)


def _why_targets(offer: OfferFacts, need: NeedFacts, part: Part) -> Reason | None:
    if not need.targets:
        return None
    missing = sorted(need.targets - offer.targets, key=_target_order)
    shared = sorted(need.targets & offer.targets, key=_target_order)
    if not missing:
        return Reason("targets_all", True, values={"targets": shared})
    if shared:
        return Reason("targets_some", part.points >= part.most / 2, _gain(part), _pair(shared, missing))
    slug = "targets_by_goal" if part.points else "targets_none"
    return Reason(slug, False, _gain(part), {"missing": missing})


def _pair(shared: list[str], missing: list[str]) -> dict[str, Any]:
    return {"targets": shared, "missing": missing}


def _target_order(target: str) -> tuple[int, str]:
    goal, _dot, rest = target.partition(".")
    return (int(goal) if goal.isdigit() else 99, rest.rjust(3))


def _why_themes(offer: OfferFacts, need: NeedFacts, part: Part) -> Reason | None:
    shared = sorted(offer.themes & need.themes)
    missing = sorted(need.themes - offer.themes)
    if shared and missing:
        is_plus = part.points >= part.most / 2
        return Reason("themes_some", is_plus, _gain(part), {"themes": shared, "missing": missing})
    if shared:
        return Reason("themes_all", True, values={"themes": shared})
    if not need.themes:
        return None
    return Reason("themes_differ", False, _gain(part), {"missing": missing})


def _why_country(offer: OfferFacts, need: NeedFacts, part: Part) -> Reason:
    if part.points == COUNTRY_SAME:
        return Reason("country_same", True, values={"countries": sorted(offer.countries & need.countries)})
    if part.points == COUNTRY_SUBREGION:
        return Reason("country_near", False, _gain(part), {"countries": sorted(need.countries)})
    if need.countries:
        return Reason("country_any", False, _gain(part), {"countries": sorted(need.countries)})
    return Reason("need_anywhere", True)


def _why_capacity(offer: OfferFacts, need: NeedFacts, part: Part) -> Reason | None:
    asked = {"asked": need.quantity, "offered": offer.quantity, "unit": need.unit}
    if need.quantity is None:
        return None
    if offer.quantity is None:
        return Reason("quantity_not_stated", False, _gain(part), asked)
    if fold_unit(offer.unit) != fold_unit(need.unit):
        return Reason("units_differ", False, _gain(part), {**asked, "offered_unit": offer.unit})
    if part.points == part.most:
        return Reason("quantity_enough", True, values=asked)
    return Reason("quantity_short", part.points >= part.most / 2, _gain(part), asked)


def _why_timing(offer: OfferFacts, need: NeedFacts, part: Part) -> Reason:
    if part.points == part.most:
        return Reason("dates_full", True)
    if offer.starts_on and need.starts_on and offer.starts_on > need.starts_on:
        days = (offer.starts_on - need.starts_on).days
        return Reason("starts_late", False, _gain(part), {"days": days, "from": need.starts_on})
    return Reason("ends_early", False, _gain(part), {"until": need.ends_on})


# --- entities ---------------------------------------------------------------------------------------------

ENTITY_PARTS = {"mandate": 70.0, "presence": 30.0}
PRESENCE_NEAR = 15.0


def rank_entities(
    offer: OfferFacts, entities: Iterable[EntityFacts], limit: int | None = None
) -> list[EntityMatch]:
    """UN entities whose mandate has a theme of the offer, best first; equals by code.

    Mandate: the share of the offer's themes in it. Presence: the share of the offer's countries where the
    entity has somebody for business; half of it where only a neighbouring country of the subregion has.
    """
    found = []
    places = subregions()
    for entity in entities:
        themes = offer.themes & entity.themes
        if not themes:
            continue
        here = offer.countries & entity.countries
        near = {places.get(country) for country in entity.countries} - {None}
        if offer.countries:
            nearby = [c for c in offer.countries - here if places.get(c) in near]
            presence = (len(here) * ENTITY_PARTS["presence"] + len(nearby) * PRESENCE_NEAR) / len(
                offer.countries
            )
        else:
            presence = PRESENCE_NEAR if entity.countries else 0.0
        parts = (
            Part("mandate", round(ENTITY_PARTS["mandate"] * len(themes) / len(offer.themes), 1), 70.0),
            Part("presence", round(presence, 1), 30.0),
        )
        found.append(EntityMatch(entity.code, parts, tuple(sorted(themes)), tuple(sorted(here))))
    return sorted(found, key=lambda match: (-match.score, match.entity))[:limit]
