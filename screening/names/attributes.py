"""What is known beside the name: identifiers, dates, countries. Each fact agrees, differs, or cannot tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rigour.ids import get_identifier_format
from rigour.territories.match import territories_intersect

from screening.lists.model import Identifier, PartialDate

# Numbers that one subject has alone, checked by their own rules where these exist.
STRONG_FORMATS = ("lei", "imo", "ogrn", "inn", "uei", "uscc", "cnpj", "npi", "bic", "isin")
STRONG_TYPES = frozenset(
    {*STRONG_FORMATS, "registration", "tax", "passport", "national_id", "social_security"}
)
UNIQUE_TYPES = frozenset({"lei", "imo", "ogrn", "uei", "uscc"})  # nobody has two of these
MIN_LENGTH = 5  # characters of an identifier; shorter ones say nothing

# Log-odds a fact adds to the name's. The pairs we can fit on carry almost only names, so these are set by
# hand.
EFFECTS = {
    ("date", "agrees"): 1.2,
    ("date", "same_year"): 0.5,
    ("date", "differs"): -2.5,
    ("date", "near"): -0.4,
    ("country", "agrees"): 0.2,
    ("country", "differs"): -0.6,
    ("identifier", "differs"): -0.8,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One field on both sides. `outcome` is agrees, differs or cannot_tell; `effect` is in log-odds."""

    field: str
    ours: str
    theirs: str
    outcome: str
    effect: float = 0.0
    is_decisive: bool = False


@lru_cache(maxsize=4096)
def normal(type_: str, value: str) -> tuple[str, str]:
    """(type, value) with the value folded to capitals and digits, and the type corrected where a format fits.

    A value that claims a checked format but fails its check keeps a type of its own ("lei?"), so it proves
    nothing.
    """
    plain = re.sub(r"[^0-9A-Za-z]", "", value).upper()
    if type_ in STRONG_FORMATS:
        format_ = get_identifier_format(type_)
        if format_ is not None and not format_.is_valid(plain if type_ != "imo" else value):
            return f"{type_}?", plain
        if type_ == "imo":
            plain = plain.removeprefix("IMO")
    elif len(plain) == 20 and (lei := get_identifier_format("lei")) is not None and lei.is_valid(plain):
        return "lei", plain
    return type_, plain


def most_added(dates: Iterable[PartialDate], countries: Iterable[str]) -> float:
    """The log-odds that these facts of a side can add to a name at most."""
    known = [field for field, values in (("date", dates), ("country", countries)) if values]
    return sum(max(effect for (about, _), effect in EFFECTS.items() if about == field) for field in known)


def identifier_fact(ours: Iterable[Identifier], theirs: Iterable[Identifier]) -> Fact | None:
    """Compare identifiers: an equal strong one decides; two that nobody has twice conflict."""
    mine = [(normal(item.type, item.value), item) for item in ours]
    its = [(normal(item.type, item.value), item) for item in theirs]
    if not mine or not its:
        return None
    for (type_, value), item in mine:
        for (other_type, other_value), other in its:
            if (
                value == other_value
                and len(value) >= MIN_LENGTH
                and _may_be_one(type_, other_type, item, other)
            ):
                return Fact(
                    "identifier", f"{type_} {item.value}", f"{other_type} {other.value}", "agrees", 0.0, True
                )
    for (type_, value), item in mine:
        for (other_type, other_value), other in its:
            same_country = not item.country or not other.country or item.country == other.country
            if type_ == other_type and type_ in STRONG_TYPES and value != other_value and same_country:
                decisive = type_ in UNIQUE_TYPES
                return Fact(
                    "identifier",
                    f"{type_} {item.value}",
                    f"{type_} {other.value}",
                    "differs",
                    EFFECTS["identifier", "differs"],
                    decisive,
                )
    return Fact("identifier", mine[0][1].value, its[0][1].value, "cannot_tell")


def _may_be_one(type_: str, other_type: str, item: Identifier, other: Identifier) -> bool:
    if type_.endswith("?") or other_type.endswith("?"):
        return False
    if item.country and other.country and item.country != other.country and type_ not in UNIQUE_TYPES:
        return False
    return type_ == other_type or "document" in (type_, other_type) or {type_, other_type} <= {
        "registration", "tax", "inn", "ogrn", "uscc", "cnpj", "uei",
    }  # fmt: skip


def date_fact(ours: Iterable[PartialDate], theirs: Iterable[PartialDate]) -> Fact | None:
    """Compare dates by the best-fitting pair: the same day or month, the same year, near, or disjoint."""
    mine, its = list(ours), list(theirs)
    if not mine or not its:
        return None
    order = ("agrees", "same_year", "near", "differs")
    grade, left, right = min(
        ((_date_grade(left, right), left, right) for left in mine for right in its),
        key=lambda item: order.index(item[0]),
    )
    outcome = {"agrees": "agrees", "same_year": "agrees", "near": "cannot_tell"}.get(grade, "differs")
    return Fact("date", _shown(left), _shown(right), outcome, EFFECTS["date", grade])


def _date_grade(left: PartialDate, right: PartialDate) -> str:
    if left.first <= right.last and right.first <= left.last:
        fine = {"day", "month"}
        return "agrees" if left.precision in fine and right.precision in fine else "same_year"
    if left.precision == right.precision == "day" and left.first.year == right.first.year:
        one, other = left.first, right.first
        if (one.day, one.month) == (other.month, other.day):
            return "same_year"  # day and month swapped
        return "near" if one.month == other.month or one.day == other.day else "differs"
    slack = 731 if left.approximate or right.approximate else 366
    gap = max((left.first - right.last).days, (right.first - left.last).days)
    return "near" if gap <= slack and (left.precision != "day" or right.precision != "day") else "differs"


def _shown(value: PartialDate) -> str:
    return value.text or (str(value.first) if value.precision == "day" else f"{value.first} – {value.last}")


def country_fact(ours: Iterable[str], theirs: Iterable[str]) -> Fact | None:
    """Compare countries (ISO 3166 alpha-2, lower case) by territory family: Hong Kong agrees with China."""
    mine = sorted({code for code in ours if code})
    its = sorted({code for code in theirs if code})
    if not mine or not its:
        return None
    shared = bool(set(mine) & set(its)) or bool(territories_intersect(mine, its))
    outcome = "agrees" if shared else "differs"
    return Fact("country", ", ".join(mine), ", ".join(its), outcome, EFFECTS["country", outcome])
