"""The rating rule of the criteria catalogue, applied line by line. Pure: no database, no settings.

The catalogue (`screening/data/criteria.yaml`) holds the criteria and the rule itself as text; this module
only counts answers and reads the lines from top to bottom, so that the page, the memo and a person with a
pencil come to the same rating.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "data" / "criteria.yaml"
BLOCKED = "blocked"

# What an answer that is not given counts as, by scale.
DEFAULTS = {"exclusion": "clear", "involvement": "none", "severity": "none", "strength": "not_shown"}
# How an answer counts where the scale says that it counts as another.
COUNTS_AS = {"no_information": "medium", "not_material": "none"}
ORDER = {
    "exclusion": ["clear", "unresolved", "met"],
    "involvement": ["none", "minor", "core"],
    "severity": ["none", "low", "medium", "high"],
    "strength": ["not_shown", "partial", "demonstrated"],
}
DESCRIBES = {"source", "title"}  # keys of an overlay that change nothing
# From shallow to deep, and the signs as the rule names them: stored content does not keep its order.
DEPTHS = ("basic", "standard", "enhanced")
SIGNS = ("E_met", "E_open", "S_core", "R_crit", "R_high", "R_med", "P_dem", "P_anchor")
NOBODY = "none"  # in the decision matrix: nobody can approve


class BadAnswers(ValueError):
    """Answers, a level or an overlay that the catalogue does not know; the message says which."""


@dataclass(frozen=True)
class Criterion:
    code: str
    title: str
    type: str
    scale: str
    question: str
    is_optional: bool
    is_critical: bool
    is_anchor: bool
    floor: Mapping[str, str]
    levels: tuple[str, ...]
    dimension: str
    guidance: str
    sources: tuple[str, ...]
    evidence: Mapping[str, Any]
    material: tuple[str, ...]
    assess_per: str

    @property
    def evidence_mode(self) -> str:
        return self.evidence["mode"]


def read_criterion(row: Mapping[str, Any]) -> Criterion:
    return Criterion(
        code=row["code"],
        title=row["title"],
        type=row["type"],
        scale=row["scale"],
        question=row["question"],
        is_optional=row.get("scope") == "optional",
        is_critical=row.get("critical", False),
        is_anchor=row.get("anchor", False),
        floor=row.get("floor", {}),
        levels=tuple(row["levels"]),
        dimension=row.get("dimension", ""),
        guidance=row.get("guidance", ""),
        sources=tuple(row.get("source", ())),
        evidence=row.get("evidence", {"mode": "reviewer"}),
        material=tuple(row.get("material", ())),
        assess_per=row.get("assess_per", "company"),
    )


@dataclass(frozen=True)
class Step:
    """One step of the rule: the line that held ("" if none), what it counted, and the rating after it."""

    number: int
    name: str
    line: str
    counts: Mapping[str, tuple[str, ...]]
    rating: str


@dataclass(frozen=True)
class Rating:
    """`rating` and `common_rating` are a rating's code or "blocked". `steps` redo the sum."""

    rating: str
    common_rating: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Catalogue:
    version: str
    criteria: Mapping[str, Criterion]
    ratings: tuple[str, ...]
    steps: tuple[Mapping[str, Any], ...]
    overlays: Mapping[str, Mapping[str, Any]]
    overlay_changes: frozenset[str]
    levels: tuple[str, ...]
    data: Mapping[str, Any] = field(repr=False)

    @property
    def strictness(self) -> tuple[str, ...]:
        """Ratings from mild to strict. A blocked assessment may still end as excluded."""
        return (*self.ratings[:-1], BLOCKED, self.ratings[-1])

    def strictest(self, *ratings: str) -> str:
        return max(ratings, key=self.strictness.index)

    def criteria_under(self, overlay: str = "") -> dict[str, Criterion]:
        """The criteria that count under an overlay: the common ones, those switched on and those it adds."""
        return self.criteria_with(self.overlays[overlay] if overlay else {})

    def criteria_with(self, changes: Mapping[str, Any]) -> dict[str, Criterion]:
        active = changes.get("activate_optional", ())
        own = [item for item in self.criteria.values() if not item.is_optional or item.code in active]
        return {item.code: item for item in (*own, *added_criteria(changes))}


def added_criteria(changes: Mapping[str, Any]) -> list[Criterion]:
    """Criteria that only this overlay asks."""
    return [read_criterion(row) for row in changes.get("add_criterion", ())]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue that is in force, read once per process."""
    with FILE.open(encoding="utf-8") as file:
        return read_catalogue(yaml.load(file, Loader=yaml.CSafeLoader))


def read_catalogue(data: Mapping[str, Any]) -> Catalogue:
    return Catalogue(
        version=data["catalogue"]["version"],
        criteria={row["code"]: read_criterion(row) for row in data["criteria"]},
        ratings=tuple(row["code"] for row in data["ratings"]),
        steps=tuple(data["rating_rule"]["steps"]),
        overlays=data["entity_overlays"]["examples"],
        overlay_changes=frozenset(data["entity_overlays"]["allowed"]),
        levels=tuple(sorted(data["dd_levels"], key=DEPTHS.index)),
        data=data,
    )


def rate(
    answers: Mapping[str, str], level: str, overlay: str | None = None, *, using: Catalogue | None = None
) -> Rating:
    """The rating of answers by criterion code: by the common rule and, if named, an entity's overlay.

    Answers not given count as clear, none or not shown; an assessment states each exclusion, so that one left
    out is "unresolved" there. Raises BadAnswers.
    Source: criteria.yaml, rating_rule.
    """
    known = using or catalogue()
    if level not in known.levels:
        raise BadAnswers(f"There is no level “{level}”. Levels: {', '.join(known.levels)}.")
    if overlay is not None and overlay not in known.overlays:
        raise BadAnswers(f"There is no overlay “{overlay}”. Overlays: {', '.join(known.overlays)}.")
    changes = known.overlays[overlay] if overlay else {}
    check_overlay(overlay or "", changes, known)
    _check(answers, {**known.criteria, **known.criteria_under(overlay or "")}, known)
    common, steps = _run(answers, level, {}, known)
    if overlay is None:
        return Rating(common, common, tuple(steps))
    entity, entity_steps = _run(answers, level, changes, known)
    rating = known.strictest(common, entity)
    held = next(step for step in reversed(entity_steps) if step.line or step.number == len(entity_steps))
    last = Step(
        len(known.steps), "entity", f"{overlay}: {held.name}: {held.line or entity}", held.counts, rating
    )
    return Rating(rating, common, (*steps, last))


def check_overlay(name: str, changes: Mapping[str, Any], known: Catalogue) -> None:
    """An overlay can only tighten. Raises BadAnswers for any other change, or one that would loosen."""
    for change in changes.keys() - DESCRIBES:
        if change not in known.overlay_changes:
            raise BadAnswers(f"The overlay “{name}” has the change “{change}”, which is not allowed.")
    lines = _base_terms(known)
    for term, number in changes.get("lower_count_threshold", {}).items():
        found = re.fullmatch(r"([A-Z]_\w+) >= (\d+)", term)
        if found is None or term not in lines or not 1 <= number <= int(found[2]):
            raise BadAnswers(f"The overlay “{name}” cannot count “{term}” from {number}.")
    for criterion in added_criteria(changes):
        if criterion.code in known.criteria:
            raise BadAnswers(f"The overlay “{name}” adds {criterion.code}, which the catalogue has already.")
        if criterion.type == "positive" or criterion.type not in known.data["types"]:
            raise BadAnswers(f"The overlay “{name}” cannot add a criterion of the type “{criterion.type}”.")
    months = {row["code"]: row["validity_months"] for row in known.data["ratings"]}
    for rating, shorter in changes.get("shorten_validity", {}).items():
        if not 0 < shorter <= months[rating]:
            raise BadAnswers(f"The overlay “{name}” would keep “{rating}” valid for longer.")


def _base_terms(known: Catalogue) -> set[str]:
    """The comparisons of the step that gives the base rating: the only ones an overlay may count sooner."""
    base = next(rule for rule in known.steps if rule["name"] == "base")
    return {term for option in base["first_of"] if "if" in option for term in option["if"].split(" and ")}


def _check(answers: Mapping[str, str], criteria: Mapping[str, Criterion], known: Catalogue) -> None:
    for code, answer in answers.items():
        criterion = criteria.get(code)
        if criterion is None:
            raise BadAnswers(f"There is no criterion “{code}”.")
        scale = known.data["scales"][criterion.scale]
        if answer not in scale:
            raise BadAnswers(f"{code} cannot be “{answer}”. It is one of: {', '.join(scale)}.")


def _run(
    answers: Mapping[str, str], level: str, changes: Mapping[str, Any], known: Catalogue
) -> tuple[str, list[Step]]:
    """Steps 1 to 5 under the changes of an overlay: the rating and the steps taken until a line stops it."""
    criteria = known.criteria_with(changes)
    counts = _counts(answers, changes, criteria)
    sooner = changes.get("lower_count_threshold", {})
    rating = known.ratings[0]
    taken: list[Step] = []
    line: str | None
    for rule in known.steps:
        number, name = rule["step"], rule["name"]
        if name == "entity":
            continue
        if name == "floor":
            floors = _floors(answers, changes, criteria, known)
            raised = known.strictest(rating, *floors.values())
            line = str(rule["do"]) if raised != rating else ""
            rating = raised
            taken.append(Step(number, name, line, {"floor": tuple(floors)}, rating))
            continue
        terms = sooner if name == "base" else {}
        line, outcome = _first_that_holds(rule, counts, level, rating, terms)
        if line is not None and "change" in rule:
            rating = known.ratings[known.ratings.index(rating) + rule["change"]]
        elif line is not None:
            rating = outcome or BLOCKED
        seen = {key: counts[key] for key in _names(_text(rule, line)) if key in counts}
        taken.append(Step(number, name, line or "", seen, rating))
        if line is not None and rule.get("stop"):
            break
    return rating, taken


def _first_that_holds(
    rule: Mapping[str, Any],
    counts: Mapping[str, tuple[str, ...]],
    level: str,
    rating: str,
    sooner: Mapping[str, int],
) -> tuple[str | None, str | None]:
    """The first line that holds, and its rating. `sooner` lowers counts: {"R_med >= 4": 3}."""
    for option in rule.get("first_of", [rule]):
        if option.get("otherwise"):
            return "otherwise", option["rating"]
        terms = [
            f"{term.split(' >= ')[0]} >= {sooner[term]}" if term in sooner else term
            for term in option["if"].split(" and ")
        ]
        if all(_holds(term, counts, level, rating) for term in terms):
            return " and ".join(terms), option.get("rating")
    return None, None


def _text(rule: Mapping[str, Any], line: str | None) -> str:
    """The line that held; for a step in which none did, or only "otherwise", all its lines."""
    if line and line != "otherwise":
        return line
    return " ".join(option.get("if", "") for option in rule.get("first_of", [rule]))


def _names(line: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"[A-Z]_[a-z]+", line)))


@cache
def _read(term: str) -> tuple[str, ...]:
    """The parts of one comparison of a published line: ("R_high", ">=", "1"), ("level", "basic"), …"""
    if found := re.fullmatch(r"([A-Z]_\w+) (>=|==) (\d+)", term):
        return found.groups()
    if found := re.fullmatch(r"dd_level != (\w+)", term):
        return "level", found[1]
    if found := re.fullmatch(r"rating in \[(.+)\]", term):
        return "rating", *found[1].split(", ")
    raise ValueError(f"The rule has a line that cannot be read: {term}")


def _holds(term: str, counts: Mapping[str, tuple[str, ...]], level: str, rating: str) -> bool:
    """One comparison of a published line: "R_high >= 1", "dd_level != basic", "rating in [low, high]"."""
    name, *rest = _read(term)
    if name == "level":
        return level != rest[0]
    if name == "rating":
        return rating in rest
    number, wanted = len(counts[name]), int(rest[1])
    return number >= wanted if rest[0] == ">=" else number == wanted


def _counts(
    answers: Mapping[str, str], changes: Mapping[str, Any], criteria: Mapping[str, Criterion]
) -> dict[str, tuple[str, ...]]:
    given: dict[str, str] = {}
    codes: dict[tuple[str, str], list[str]] = defaultdict(list)  # by type and answer
    for code, criterion in criteria.items():
        answer = answers.get(code, DEFAULTS[criterion.scale])
        given[code] = answer = COUNTS_AS.get(answer, answer)
        codes[criterion.type, answer].append(code)
    met_by_overlay = [
        item["criterion"]
        for item in changes.get("make_exclusionary", ())
        if _at_least(criteria[item["criterion"]].scale, given[item["criterion"]], item["at"])
    ]
    high, shown = codes["risk_factor", "high"], codes["positive", "demonstrated"]
    return {
        "E_met": (*codes["exclusionary", "met"], *met_by_overlay),
        "E_open": tuple(codes["exclusionary", "unresolved"]),
        "S_core": tuple(codes["high_risk_sector", "core"]),
        "R_high": tuple(high),
        "R_med": tuple(codes["risk_factor", "medium"]),
        "R_crit": tuple(code for code in high if criteria[code].is_critical),
        "P_dem": tuple(shown),
        "P_anchor": tuple(code for code in shown if criteria[code].is_anchor),
    }


def _at_least(scale: str, answer: str, threshold: str) -> bool:
    return ORDER[scale].index(answer) >= ORDER[scale].index(threshold)


def _floors(
    answers: Mapping[str, str],
    changes: Mapping[str, Any],
    criteria: Mapping[str, Criterion],
    known: Catalogue,
) -> dict[str, str]:
    """The floor each sector criterion sets, where its answer sets one; an overlay can only raise it.

    A floor for a smaller part in a sector holds for a larger part too.
    """
    floors = {}
    for criterion in criteria.values():
        if criterion.type != "high_risk_sector":
            continue
        answer = answers.get(criterion.code, "none")
        raised = changes.get("raise_floor", {}).get(criterion.code, {})
        given = [
            rating
            for rule in (criterion.floor, raised)
            for at, rating in rule.items()
            if _at_least("involvement", answer, at)
        ]
        if given:
            floors[criterion.code] = known.strictest(*given)
    return floors


# --- what follows from a rating -----------------------------------------------------------------------------


def decision_level(rating: str, tier: str, overlay: str = "", *, using: Catalogue | None = None) -> str:
    """Who decides at least: L1 to L4, or "none" where nobody can approve.

    Source: criteria.yaml, decision_matrix; an overlay may ask for a higher level for a tier.
    """
    known = using or catalogue()
    level = known.data["decision_matrix"][rating][tier]
    higher = known.overlays[overlay].get("restrict_decision_level", {}).get(tier, "") if overlay else ""
    return level if level == NOBODY else max(level, higher)


def validity_months(rating: str, overlay: str = "", *, using: Catalogue | None = None) -> int:
    """How long an approval with this rating holds. Source: criteria.yaml, ratings."""
    known = using or catalogue()
    months = next(row["validity_months"] for row in known.data["ratings"] if row["code"] == rating)
    shorter = known.overlays[overlay].get("shorten_validity", {}).get(rating, months) if overlay else months
    return min(months, shorter)


def depth_of_work(
    tier: str,
    answers: Mapping[str, str],
    overlay: str = "",
    *,
    is_state_owned_or_pep: bool = False,
    using: Catalogue | None = None,
) -> str:
    """basic, standard or enhanced: the highest that any line of the rule gives.

    Source: criteria.yaml, dd_level_rule; an overlay may raise what a tier asks for.
    """
    known = using or catalogue()
    depths = [{"light": "basic", "standard": "standard", "strategic": "enhanced"}[tier]]
    is_core = any(
        answers.get(code) == "core"
        for code, criterion in known.criteria_under(overlay).items()
        if criterion.type == "high_risk_sector"
    )
    if (is_core and tier != "light") or is_state_owned_or_pep:
        depths.append("enhanced")
    if overlay and (raised := known.overlays[overlay].get("raise_dd_level", {}).get(tier)):
        depths.append(raised)
    return max(depths, key=known.levels.index)


def asked_criteria(
    depth: str,
    answers: Mapping[str, str],
    overlay: str = "",
    *,
    sections: Iterable[str] = (),
    using: Catalogue | None = None,
) -> dict[str, Criterion]:
    """The criteria that an assessment of this depth answers. `sections` of ISIC are where the company works.

    At standard depth a risk factor is asked where it is material: by default, by the sections, or because a
    sector criterion is core. Source: criteria.yaml, dd_levels and materiality.
    """
    known = using or catalogue()
    material = set(known.data["materiality"]["default"])
    for section in sections:
        material |= set(known.data["materiality"]["by_isic_section"].get(section, ()))
    criteria = known.criteria_under(overlay)
    for code, criterion in criteria.items():
        if answers.get(code) == "core":
            material |= set(criterion.material)
    return {
        code: criterion
        for code, criterion in criteria.items()
        if depth in criterion.levels
        and (
            depth == "enhanced"
            or criterion.type != "risk_factor"
            or code in material
            or "basic" in criterion.levels
            or code not in known.criteria  # an overlay asks its own everywhere
        )
    }
