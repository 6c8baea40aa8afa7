"""Figures drawn on the server as SVG and HTML: pure functions of their values.

Each chart is drawn twice, for wide and for narrow screens, so that its text keeps its size; CSS shows one.
All text comes translated from the caller and is escaped here. In a language written from the right, charts
mirror; the map does not. Wrap a drawing in `{% figure %}`, which adds title, table, source and CSV.
"""

from portal.figures.charts import Item, Series, bars, columns, lines
from portal.figures.tables import Tile, heat_table, tiles
from portal.figures.world import Place, world

__all__ = [
    "Item",
    "Place",
    "Series",
    "Tile",
    "bars",
    "columns",
    "heat_table",
    "lines",
    "tiles",
    "world",
]
