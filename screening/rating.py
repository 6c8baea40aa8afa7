"""The rating rule of the criteria catalogue, applied line by line. Pure: no database, no settings.

The catalogue (`screening/data/criteria.yaml`) holds the criteria and the rule itself as text; this module
only counts answers and reads the lines from top to bottom, so that the page, the memo and a person with a
pencil come to the same rating.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
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
# Tightenings of an overlay that act before or after the rating, not in it.
ACTS_ELSEWHERE = {"shorten_validity", "raise_dd_level", "extend_look_back", "restrict_decision_level"}
DESCRIBES = {"source", "title"}


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
    evidence_mode: str


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


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue that is in force, read once per process."""
    with FILE.open(encoding="utf-8") as file:
        return read_catalogue(yaml.safe_load(file))


def read_catalogue(data: Mapping[str, Any]) -> Catalogue:
    return Catalogue(
        version=data["catalogue"]["version"],
        criteria={
            row["code"]: Criterion(
                code=row["code"],
                title=row["title"],
                type=row["type"],
                scale=row["scale"],
                question=row["question"],
                is_optional=row["scope"] == "optional",
                is_critical=row.get("critical", False),
                is_anchor=row.get("anchor", False),
                floor=row.get("floor", {}),
                levels=tuple(row["levels"]),
                dimension=row["dimension"],
                guidance=row.get("guidance", ""),
                sources=tuple(row["source"]),
                evidence_mode=row["evidence"]["mode"],
            )
            for row in data["criteria"]
        },
        ratings=tuple(row["code"] for row in data["ratings"]),
        steps=tuple(data["rating_rule"]["steps"]),
        overlays=data["entity_overlays"]["examples"],
        overlay_changes=frozenset(data["entity_overlays"]["allowed"]),
        levels=tuple(data["dd_levels"]),
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
    _check(answers, known)
    common, steps = _run(answers, level, {}, known)
    if overlay is None:
        return Rating(common, common, tuple(steps))
    if overlay not in known.overlays:
        raise BadAnswers(f"There is no overlay “{overlay}”. Overlays: {', '.join(known.overlays)}.")
    changes = known.overlays[overlay]
    check_overlay(overlay, changes, known)
    entity, entity_steps = _run(answers, level, changes, known)
    rating = known.strictest(common, entity)
    held = next(step for step in reversed(entity_steps) if step.line or step.number == len(entity_steps))
    last = Step(
        len(known.steps), "entity", f"{overlay}: {held.name}: {held.line or entity}", held.counts, rating
    )
    return Rating(rating, common, (*steps, last))


def check_overlay(name: str, changes: Mapping[str, Any], known: Catalogue) -> None:
    """An overlay can only tighten. Raises BadAnswers for any change that is not one of the allowed kind."""
    applied = {"activate_optional", "make_exclusionary", "raise_floor"} | ACTS_ELSEWHERE
    for change in changes.keys() - DESCRIBES:
        if change not in known.overlay_changes or change not in applied:
            raise BadAnswers(f"The overlay “{name}” has the change “{change}”, which is not allowed.")


def _check(answers: Mapping[str, str], known: Catalogue) -> None:
    for code, answer in answers.items():
        criterion = known.criteria.get(code)
        if criterion is None:
            raise BadAnswers(f"There is no criterion “{code}”.")
        scale = known.data["scales"][criterion.scale]
        if answer not in scale:
            raise BadAnswers(f"{code} cannot be “{answer}”. It is one of: {', '.join(scale)}.")


def _run(
    answers: Mapping[str, str], level: str, changes: Mapping[str, Any], known: Catalogue
) -> tuple[str, list[Step]]:
    """Steps 1 to 5 under the changes of an overlay: the rating and the steps taken until a line stops it."""
    counts = _counts(answers, changes, known)
    rating = known.ratings[0]
    taken: list[Step] = []
    line: str | None
    for rule in known.steps:
        number, name = rule["step"], rule["name"]
        if name == "entity":
            continue
        if name == "floor":
            floors = _floors(answers, changes, known)
            raised = known.strictest(rating, *floors.values())
            line = str(rule["do"]) if raised != rating else ""
            rating = raised
            taken.append(Step(number, name, line, {"floor": tuple(floors)}, rating))
            continue
        line, outcome = _first_that_holds(rule, counts, level, rating)
        if line is not None and "change" in rule:
            rating = known.ratings[known.ratings.index(rating) + rule["change"]]
        elif line is not None:
            rating = outcome or BLOCKED
        seen = {key: counts[key] for key in _names(_text(rule, line)) if key in counts}
        taken.append(Step(number, name, line or "", seen, rating))
        if line is not None and rule.get("stop"):
            break
    return rating, taken


def _first_that_holds(rule, counts, level: str, rating: str) -> tuple[str | None, str | None]:
    for option in rule.get("first_of", [rule]):
        if option.get("otherwise"):
            return "otherwise", option["rating"]
        if all(_holds(term, counts, level, rating) for term in option["if"].split(" and ")):
            return option["if"], option.get("rating")
    return None, None


def _text(rule: Mapping[str, Any], line: str | None) -> str:
    """The line that held; for a step in which none did, or only "otherwise", all its lines."""
    if line and line != "otherwise":
        return line
    return " ".join(option.get("if", "") for option in rule.get("first_of", [rule]))


def _names(line: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"[A-Z]_[a-z]+", line)))


def _holds(term: str, counts: Mapping[str, tuple[str, ...]], level: str, rating: str) -> bool:
    """One comparison of a published line: "R_high >= 1", "dd_level != basic", "rating in [low, high]"."""
    if found := re.fullmatch(r"([A-Z]_\w+) (>=|==) (\d+)", term):
        number, wanted = len(counts[found[1]]), int(found[3])
        return number >= wanted if found[2] == ">=" else number == wanted
    if found := re.fullmatch(r"dd_level != (\w+)", term):
        return level != found[1]
    if found := re.fullmatch(r"rating in \[(.+)\]", term):
        return rating in found[1].split(", ")
    raise ValueError(f"The rule has a line that cannot be read: {term}")


def _counts(
    answers: Mapping[str, str], changes: Mapping[str, Any], known: Catalogue
) -> dict[str, tuple[str, ...]]:
    active = set(changes.get("activate_optional", ()))
    given: dict[str, str] = {}
    for criterion in known.criteria.values():
        if not criterion.is_optional or criterion.code in active:
            answer = answers.get(criterion.code, DEFAULTS[criterion.scale])
            given[criterion.code] = COUNTS_AS.get(answer, answer)
    met_by_overlay = [
        item["criterion"]
        for item in changes.get("make_exclusionary", ())
        if _at_least(known.criteria[item["criterion"]].scale, given[item["criterion"]], item["at"])
    ]

    def codes(kind: str, answer: str, *, critical: bool = False, anchor: bool = False) -> tuple[str, ...]:
        return tuple(
            code
            for code, value in given.items()
            if value == answer
            and (criterion := known.criteria[code]).type == kind
            and (not critical or criterion.is_critical)
            and (not anchor or criterion.is_anchor)
        )

    return {
        "E_met": (*codes("exclusionary", "met"), *met_by_overlay),
        "E_open": codes("exclusionary", "unresolved"),
        "S_core": codes("high_risk_sector", "core"),
        "R_high": codes("risk_factor", "high"),
        "R_med": codes("risk_factor", "medium"),
        "R_crit": codes("risk_factor", "high", critical=True),
        "P_dem": codes("positive", "demonstrated"),
        "P_anchor": codes("positive", "demonstrated", anchor=True),
    }


def _at_least(scale: str, answer: str, threshold: str) -> bool:
    return ORDER[scale].index(answer) >= ORDER[scale].index(threshold)


def _floors(answers: Mapping[str, str], changes: Mapping[str, Any], known: Catalogue) -> dict[str, str]:
    """The floor each sector criterion sets, where its answer sets one; an overlay can only raise it."""
    floors = {}
    for criterion in known.criteria.values():
        if criterion.type != "high_risk_sector":
            continue
        answer = answers.get(criterion.code, "none")
        raised = changes.get("raise_floor", {}).get(criterion.code, {})
        given = [rule[answer] for rule in (criterion.floor, raised) if answer in rule]
        if given:
            floors[criterion.code] = known.strictest(*given)
    return floors


def decision_level(rating: str, tier: str, *, using: Catalogue | None = None) -> str:
    """Who decides: L1 to L4, or "none". Source: criteria.yaml, decision_matrix."""
    return (using or catalogue()).data["decision_matrix"][rating][tier]
