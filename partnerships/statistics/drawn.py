"""What a figure is, and the words and addresses that every figure has."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from partnerships import search

SMALLEST_CELL = 5  # of figures about what is not public; smaller counts are not shown


@dataclass(frozen=True)
class Drawn:
    """A figure with its values: the sentence it shows, the drawing, and the same as a table."""

    headline: str
    drawing: SafeString
    head: list[str]
    rows: list[list[Any]]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Figure:
    """One figure at its stable address `/statistics/<slug>/`. `draw` makes it of the wanted records."""

    slug: str
    title: Promise
    counted: Promise  # what one unit is, and what is left out
    draw: Callable[[search.Wanted], Drawn]
    takes_filters: bool = True


def registry_url(wanted: search.Wanted, facet: str = "", value: str = "") -> str:
    """The list of the records of a figure, or of one of its bars."""
    query: list[tuple[str, str]] = [("q", wanted.words)] if wanted.words else []
    query += [(name, chosen) for name, values in wanted.chosen.items() if name != facet for chosen in values]
    query += [("not_" + name, out) for name, values in wanted.excluded.items() for out in values]
    query += [(facet, value)] if facet else []
    return reverse("partnerships:partnership_list") + ("?" + urlencode(query) if query else "")


def share_text(count: int, total: int) -> str:
    return f"{100 * count / total:.0f}%" if total else "–"


def small(count: int) -> Any:
    """A count of what is not public as it may be shown."""
    is_shown = count == 0 or count >= SMALLEST_CELL
    return count if is_shown else _("fewer than %(count)s") % {"count": SMALLEST_CELL}
