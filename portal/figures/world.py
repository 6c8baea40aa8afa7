"""The world as a field of land dots without borders, with a circle where a record is.

Equal Earth projection. `land.txt` is the path of the dots, `places.json` the place of each country by its
M49 code in the same coordinates; `make assets` derives it from Natural Earth (public domain), where small
island states are too small or missing and get their coordinates by hand.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.figures.svg import count_text, n

FOLDER = Path(__file__).parent
TOP, BOTTOM, START, END = 12, 384, 112, 898  # the part of the field that is shown, in its own units


@dataclass(frozen=True)
class Place:
    """A country by its M49 code, and how many records name it."""

    m49: str
    count: int


@cache
def land() -> SafeString:
    return mark_safe((FOLDER / "land.txt").read_text().strip())  # noqa: S308 -- our own file


@cache
def positions() -> dict[str, tuple[float, float]]:
    """x and y of each country by M49 code."""
    return {code: (x, y) for code, (x, y) in json.loads((FOLDER / "places.json").read_text()).items()}


def world(places: Iterable[Place], *, id: str, title: str, description: str) -> SafeString:
    """The dotted map: a circle a country, with the number where it has more than one record.

    Places that are no country, such as "001" for the world, have no position and are not drawn; the table
    beside the map lists them. The view grows sideways when a Pacific state has a record.
    """
    shown = sorted(
        (
            (*positions()[place.m49], place.count)
            for place in places
            if place.count and place.m49 in positions()
        ),
        key=lambda spot: -spot[2],
    )
    west = min([START, *(x - 26 for x, _y, _count in shown)])
    east = max([END, *(x + 26 for x, _y, _count in shown)])
    view = f"{n(west)} {TOP} {n(east - west)} {BOTTOM - TOP}"
    return format_html(
        '<svg class="cg-svg cg-svg--wide cg-svg--map" viewBox="{}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc><path id="{}-land" class="land" d="{}"/>{}</svg>'
        '<svg class="cg-svg cg-svg--narrow cg-svg--map" viewBox="{}" role="img" aria-label="{}. {}">'
        '<use href="#{}-land" class="land"/>{}</svg>',
        *(
            view,
            id,
            id,
            id,
            title,
            id,
            description,
            id,
            land(),
            _spots(shown, small=7, large=11, kind="dot-n"),
        ),
        *(view, title, description, id, _spots(shown, small=12, large=25, kind="dot-n dot-n--l")),
    )


def _spots(shown: list[tuple[float, float, int]], *, small: int, large: int, kind: str) -> SafeString:
    """Circles of the given radii, the counted ones first so that a single record stays visible on top."""
    parts = []
    for x, y, count in shown:
        radius = small if count == 1 else large + 3.2 * (len(str(count)) - 1) * large / 11
        parts.append(format_html('<circle class="dot" cx="{}" cy="{}" r="{}"/>', n(x), n(y), n(radius)))
        if count > 1:
            below = y + large * 0.46
            parts.append(
                format_html(
                    '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>',
                    kind,
                    n(x),
                    n(below),
                    count_text(count),
                )
            )
    return mark_safe("".join(parts))  # noqa: S308 -- every part is made by format_html
