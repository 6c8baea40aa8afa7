"""Words for the codes of the registry, in the reader's language, without a query a page.

Reference tables change with a release, so each process keeps them for a few minutes.
"""

import datetime
import time
from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from focalpoints.models import UNEntity
from partnerships.models import (
    ContributionKind,
    Modality,
    PartnerKind,
    Partnership,
    PartnershipStatus,
    PartnershipType,
    Purpose,
    Scope,
)
from partnerships.reporting import Light
from portal.days import day_words
from portal.marks import joined
from portal.models import Country, Goal, Region, Sector, Target
from portal.themes import Theme

KEPT_SECONDS = 300
_kept: dict[type[models.Model] | tuple[str, str | None], tuple[float, dict[Any, Any]]] = {}


def reference(model: type[models.Model]) -> dict[Any, Any]:
    """Every row of a reference table by primary key."""
    until, rows = _kept.get(model, (0.0, {}))
    if time.monotonic() > until or not rows:
        rows = {row.pk: row for row in model._default_manager.all()}
        _kept[model] = (time.monotonic() + KEPT_SECONDS, rows)
    return rows


def countries() -> dict[str, Country]:
    return reference(Country)


def entities() -> dict[str, UNEntity]:
    return reference(UNEntity)


def goals() -> dict[int, Goal]:
    return reference(Goal)


REPORTING = {
    "results": lambda: _("Results stated"),
    "targets": lambda: _("Targets stated, no results yet"),
    "none": lambda: _("No results stated"),
}
VALUE_BANDS = {  # of what is stated in cash and investment, in US dollars
    "under_100k": lambda: _("Under USD 100,000"),
    "100k_1m": lambda: _("USD 100,000 to 1 million"),
    "1m_10m": lambda: _("USD 1 to 10 million"),
    "10m_100m": lambda: _("USD 10 to 100 million"),
    "over_100m": lambda: _("USD 100 million or more"),
    "other_currency": lambda: _("Stated in another currency only"),
    "none": lambda: _("No sum stated"),
}
COUNTRY_GROUPS = {
    "ldc": lambda: _("Least developed countries"),
    "lldc": lambda: _("Landlocked developing countries"),
    "sids": lambda: _("Small island developing States"),
}


def _choice(choices: type[models.TextChoices]) -> Callable[[str], str]:
    words = dict(choices.choices)
    return lambda value: str(words.get(value, value))


def _row(model: type[models.Model]) -> Callable[[str], str]:
    return lambda value: str(reference(model).get(value, value))


def _goal(value: str) -> str:
    goal = goals().get(int(value)) if value.isdigit() else None
    return f"{value} {goal}" if goal else value


def _year(value: str) -> str:
    return _("Not stated") if value == "none" else value


# What a value of each facet is called.
OF_FACET: dict[str, Callable[[str], str]] = {
    "type": _choice(PartnershipType),
    "entity": _row(UNEntity),
    "goal": _goal,
    "target": _row(Target),
    "country": _row(Country),
    "region": _row(Region),
    "group": lambda value: COUNTRY_GROUPS[value]() if value in COUNTRY_GROUPS else value,
    "purpose": _choice(Purpose),
    "theme": _choice(Theme),
    "form": _choice(Modality),
    "light": _choice(Light),
    "partner": _choice(PartnerKind),
    "sector": _row(Sector),
    "kind": _choice(ContributionKind),
    "status": _choice(PartnershipStatus),
    "scope": _choice(Scope),
    "reporting": lambda value: REPORTING[value]() if value in REPORTING else value,
    "year": _year,
    "value": lambda value: VALUE_BANDS[value]() if value in VALUE_BANDS else value,
}


class _Words(dict[str, str]):
    def __init__(self, facet: str):
        super().__init__()
        self.word_for = OF_FACET[facet]

    def __missing__(self, value: str) -> str:
        self[value] = self.word_for(value)
        return self[value]


def words(facet: str) -> dict[str, str]:
    """The same for a list, which asks for hundreds: {value: word} in the reader's language.

    Each word is made when it is first asked for, and kept as long as the reference tables.
    """
    key = (facet, get_language())
    until, found = _kept.get(key, (0.0, {}))
    if time.monotonic() > until:
        found = _Words(facet)
        _kept[key] = (time.monotonic() + KEPT_SECONDS, found)
    return found


def country_names(codes: list[str]) -> str:
    """The countries in words, by name; "" for none."""
    known, names = countries(), words("country")
    return joined(sorted(names[code] for code in codes if code in known))


def partial_date(text: str) -> str:
    """ "2001-05" as "May 2001", "2001-05-17" as "17 May 2001", a year as it is."""
    parts = [int(part) for part in text.split("-")] if text else []
    match parts:
        case [year, month, day]:
            return day_words(datetime.date(year, month, day))
        case [year, month]:
            return day_words(datetime.date(year, month, 1), "F Y")
    return text


def status_in_words(record: Partnership, *, in_full: bool = False) -> str:
    """ "Active in 2003": a record of the archive says as of when its status was known."""
    status = words("status")[record.status]
    if not record.is_imported or not record.status_as_of:
        return status
    when = partial_date(record.status_as_of if in_full else record.status_as_of[:4])
    sentences: dict[str, str] = {
        PartnershipStatus.ACTIVE: _("Active in %(when)s"),
        PartnershipStatus.CLOSED: _("Completed by %(when)s"),
        PartnershipStatus.DESIGN: _("In development in %(when)s"),
    }
    return sentences.get(record.status, f"{status}, %(when)s") % {"when": when}


def status_look(record: Partnership) -> str:
    """The status whose look fits: what was being developed long ago asks nobody to act now."""
    is_past = record.is_imported and record.status == PartnershipStatus.DESIGN
    return "planned" if is_past else record.status


def since_in_words(record: Partnership) -> str:
    """When it began, and ended where that is known."""
    if not record.start:
        return _("Start not stated")
    if record.end and record.end[:4] != record.start[:4]:
        return f"{record.start[:4]}–{record.end[:4]}"
    if record.end:
        return partial_date(record.end)
    return _("Since %(year)s") % {"year": record.start[:4]}


def scope_in_words(record: Partnership, names: str) -> str:
    """Where a record is at work: its countries by name, else its scope."""
    return names or words("scope")[record.scope]


def listed(words: list[str]) -> str:
    """ "Advocacy, private funds": words of a vocabulary in a row, a capital at the first only."""
    return joined(word if place == 0 else word[:1].lower() + word[1:] for place, word in enumerate(words))
