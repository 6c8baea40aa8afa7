"""What is held against each other, and what comes out: plain values, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

GATES = ("kinds", "window", "place", "exclusion")


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
    excluded_by: frozenset[str] = frozenset()  # UN entities whose own decision refuses the company
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
