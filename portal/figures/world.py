"""The world as a field of land dots without borders, with a circle where a record is.

Equal Earth projection. `land.txt` is the path of the dots, `places.json` the place of each country by its
M49 code in the same coordinates; `make assets` derives it from Natural Earth (public domain), where small
island states are too small or missing and get their coordinates by hand.
"""

import json
import math
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
    """Circles of the given radii: a greater number above a smaller one, a single record on top of all."""
    single = [spot for spot in shown if spot[2] == 1]
    counted = _apart([(x, y, large + 3.2 * (len(str(c)) - 1) * large / 11, c) for x, y, c in shown if c > 1])
    circle = '<circle class="dot" cx="{}" cy="{}" r="{}"/>'
    parts = [
        format_html(
            circle + '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>',
            *(n(x), n(y), n(radius)),
            *(kind, n(x), n(y + large * 0.46), count_text(count)),
        )
        for x, y, radius, count in sorted(counted, key=lambda spot: spot[3])
    ]
    parts += [format_html(circle, n(x), n(y), n(small)) for x, y, _count in single]
    return mark_safe("".join(parts))  # noqa: S308 -- every part is made by format_html


def _apart(spots: list[tuple[float, float, float, int]]) -> list[tuple[float, float, float, int]]:
    """Circles (x, y, radius, count) that hide each other's number moved aside, none by more than its radius.

    In a crowd some still overlap: the table beside the map has every number.
    """
    at = [[x, y] for x, y, _radius, _count in spots]
    widest = 2 * max((radius for _x, _y, radius, _count in spots), default=0)
    for _round in range(8):
        order = sorted(range(len(at)), key=lambda index: at[index][0])
        for place, one in enumerate(order):
            for other in order[place + 1 :]:
                dx, dy = at[other][0] - at[one][0], at[other][1] - at[one][1]
                if dx >= widest:
                    break
                far = math.hypot(dx, dy) or 1
                lack = 0.95 * (spots[one][2] + spots[other][2]) - far
                if lack > 0:
                    step = (dx / far * lack / 2, dy / far * lack / 2) if dx or dy else (lack / 2, 0)
                    for index, sign in ((one, -1), (other, 1)):
                        at[index][0] += sign * step[0]
                        at[index][1] += sign * step[1]
    return [_near(spot, *moved) for spot, moved in zip(spots, at, strict=True)]


def _near(spot: tuple[float, float, float, int], x: float, y: float) -> tuple[float, float, float, int]:
    """The circle at its new place, or as far towards it as its radius."""
    home_x, home_y, radius, count = spot
    share = min(1, radius / (math.hypot(x - home_x, y - home_y) or 1))
    return home_x + share * (x - home_x), home_y + share * (y - home_y), radius, count
