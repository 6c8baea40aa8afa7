"""Figures that are HTML: a table shaded by value, and countries as tiles by region."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.figures.svg import count_text


@dataclass(frozen=True)
class Tile:
    """A country: short code, name, how many records name it, and where they are listed."""

    code: str
    name: str
    count: int
    url: str


def shade(value: float, largest: float) -> int:
    """Step 1 to 5 of the data colours for a value up to `largest`; 0 for zero. One record is step 2."""
    if value <= 0:
        return 0
    if value < 1 or largest <= 1:
        return 1 if value < 1 else 2
    return 2 + round(3 * (value - 1) / (largest - 1))


def tiles(groups: Sequence[tuple[str, Sequence[Tile]]]) -> SafeString:
    """Countries by region, shaded by count: the same values as the map, for every reader."""
    largest = max((tile.count for _region, row in groups for tile in row), default=0)
    shaded = [(region, [(tile, shade(tile.count, largest)) for tile in row]) for region, row in groups]
    return render_to_string("components/tiles.html", {"groups": shaded})


def heat_table(
    corner: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]], *, caption: str
) -> SafeString:
    """A table of numbers, each cell shaded by its share of the largest. `corner` heads the first column."""
    largest = max((value for _label, values in rows for value in values), default=0)
    shaded = [
        (label, [(count_text(value), shade(value, largest)) for value in values]) for label, values in rows
    ]
    context = {"corner": corner, "heads": heads, "rows": shaded, "caption": caption}
    return render_to_string("components/heat_table.html", context)
