import csv
import math
import re
import xml.etree.ElementTree as ElementTree
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import translation

from portal import figures
from portal.figures.svg import count_text, text_width, ticks, wrap
from portal.figures.tables import shade
from portal.figures.world import positions

ITEMS = [
    figures.Item("No poverty", 2, url="/partnerships/?goal=1", key="1"),
    figures.Item("Life below water", 0, key="14"),
    figures.Item("Partnerships for the goals", 15, key="17", is_main=True),
]
TEXT = {"id": "f", "title": "Records by goal", "description": "Fifteen for the last."}


def drawings(html: str) -> list[ElementTree.Element]:
    """The drawings of a figure as XML, which also proves that they are well formed."""
    return list(ElementTree.fromstring(f"<div>{html}</div>"))


def rects(drawing) -> list[dict]:
    return [rect.attrib for rect in drawing.iter("rect")]


def test_bars_start_at_zero_and_their_lengths_are_in_proportion():
    for drawing in drawings(figures.bars(ITEMS, **TEXT)):
        two, none, fifteen = rects(drawing)
        assert two["x"] == none["x"] == fifteen["x"]
        assert float(none["width"]) == 0
        assert float(fifteen["width"]) / float(two["width"]) == pytest.approx(7.5, rel=0.01)
        assert fifteen["class"] == "bar-1"


def test_each_chart_is_drawn_wide_and_narrow_with_ids_of_its_own():
    html = figures.bars(ITEMS, **TEXT)
    wide, narrow = drawings(html)
    assert wide.attrib["viewBox"].startswith("0 0 860 ")
    assert narrow.attrib["viewBox"].startswith("0 0 358 ")
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) == 4


def test_a_chart_with_links_is_a_group_and_one_without_an_image():
    assert drawings(figures.bars(ITEMS, **TEXT))[0].attrib["role"] == "group"
    assert drawings(figures.bars(ITEMS[1:], **TEXT))[0].attrib["role"] == "img"


def test_zero_is_written():
    assert ">0</text>" in figures.bars(ITEMS, **TEXT)
    assert ">0</text>" in figures.columns(ITEMS, **TEXT)


def test_text_is_escaped():
    evil = [figures.Item('<script>"&', 1, url='/?a=1&b="', key="<")]
    for html in (
        figures.bars(evil, **TEXT),
        figures.columns(evil, **TEXT),
        figures.lines(["<b>"], [figures.Series("<i>", [1]), figures.Series("<u>", [2])], **TEXT),
        figures.world([figures.Place("024", 1)], id="m", title="<b>", description="<i>"),
    ):
        assert not re.search(r"<(script|b|i|u)>", html)
        drawings(html)


@pytest.mark.parametrize("draw", [figures.bars, figures.columns])
def test_nothing_to_draw_is_still_a_drawing(draw):
    drawings(draw([], **TEXT))
    drawings(draw([figures.Item("a", 0)], **TEXT))


def test_charts_mirror_in_arabic_and_the_map_does_not():
    places = [figures.Place("076", 3)]
    left = figures.bars(ITEMS, **TEXT)
    plain = figures.world(places, id="m", title="t", description="d")
    with translation.override("ar"):
        right = figures.bars(ITEMS, **TEXT)
        assert figures.world(places, id="m", title="t", description="d") == plain
    a, b = rects(drawings(left)[0])[2], rects(drawings(right)[0])[2]
    assert float(b["x"]) + float(b["width"]) == pytest.approx(860 - float(a["x"]), abs=0.2)


def test_coordinates_keep_their_point_in_languages_with_a_comma():
    with translation.override("fr"):
        html = figures.lines(["2001", "2002"], [figures.Series("a", [1.5, 2])], **TEXT)
    assert not re.search(r'="[\d. ]*\d,\d', html)


def test_a_gap_in_a_line_stays_a_gap():
    html = figures.lines(["1", "2", "3", "4"], [figures.Series("a", [1, None, 2, 3])], **TEXT)
    wide = drawings(html)[0]
    assert len([path for path in wide.iter("path") if "line-1" in path.attrib["class"]]) == 2


def test_more_than_four_lines_are_refused():
    with pytest.raises(ValueError, match="four"):
        figures.lines(["1"], [figures.Series(str(i), [1]) for i in range(5)], **TEXT)


@pytest.mark.parametrize(
    ("maximum", "expected"),
    [
        (0, [0]),
        (1, [0, 1]),
        (2, [0, 1, 2]),
        (7, [0, 5]),
        (15, [0, 5, 10, 15]),
        (43, [0, 20, 40]),
        (100, [0, 50, 100]),
    ],
)
def test_ticks_are_round_and_few(maximum, expected):
    assert ticks(maximum) == expected


def test_a_long_label_is_wrapped_and_chinese_too():
    assert wrap("Industry, innovation and infrastructure", 150) == [
        "Industry,",
        "innovation and",
        "infrastructure",
    ]
    assert all(text_width(line) <= 60 for line in wrap("产业创新和基础设施", 60))
    assert wrap("", 10) == [""]


def test_numbers_are_grouped_in_every_language():
    assert count_text(641000) == "641,000"
    assert count_text(Decimal("1234.50")) == "1,234.50"
    with translation.override("ar"):
        assert count_text(641000) == "641.000"


def test_every_country_of_m49_has_a_place_on_the_map():
    with (settings.BASE_DIR / "portal/data/countries_m49.csv").open(encoding="utf-8") as rows:
        codes = {row["m49"] for row in csv.DictReader(rows)}
    assert len(codes) == 248
    assert codes <= set(positions())


def test_small_island_states_are_drawn_and_the_view_grows_to_hold_them():
    samoa = figures.world([figures.Place("882", 1)], id="m", title="t", description="d")
    wide = drawings(samoa)[0]
    left = float(wide.attrib["viewBox"].split()[0])
    (spot,) = wide.iter("circle")
    assert left < float(spot.attrib["cx"]) < 112
    tuvalu = drawings(figures.world([figures.Place("798", 1)], id="m", title="t", description="d"))[0]
    start, _top, width, _height = map(float, tuvalu.attrib["viewBox"].split())
    (spot,) = tuvalu.iter("circle")
    assert start == 112
    assert float(spot.attrib["cx"]) < start + width


def test_numbers_of_neighbours_are_moved_apart_and_the_greater_lies_on_top():
    india, bangladesh = figures.Place("356", 2), figures.Place("050", 5)
    html = figures.world([bangladesh, india], id="m", title="t", description="d")
    for drawing in drawings(html):
        spots = [
            (float(s.attrib["cx"]), float(s.attrib["cy"]), float(s.attrib["r"]))
            for s in drawing.iter("circle")
        ]
        (x, y, r), (other_x, other_y, other_r) = spots
        assert math.hypot(x - other_x, y - other_y) > 0.9 * (r + other_r)
        assert [text.text for text in drawing.iter("text")] == ["2", "5"]


def test_a_number_stays_within_reach_of_its_country_in_a_crowd():
    crowd = [figures.Place(code, 9) for code in positions()]
    home = sorted(positions().values())
    wide = drawings(figures.world(crowd, id="m", title="t", description="d"))[0]
    spots = [(float(s.attrib["cx"]), float(s.attrib["cy"])) for s in wide.iter("circle")]
    assert len(spots) == len(home)
    assert all(min(math.hypot(x - a, y - b) for a, b in home) <= 11.1 for x, y in spots)


def test_what_is_no_country_is_not_drawn():
    html = figures.world(
        [figures.Place("001", 5), figures.Place("024", 0)], id="m", title="t", description="d"
    )
    assert "<circle" not in html


def test_shades_rise_with_the_value():
    assert [shade(value, 10) for value in (0, 0.5, 1, 5, 10)] == [0, 1, 2, 3, 5]
    assert shade(1, 1) == 2


def test_tiles_and_heat_table_carry_their_numbers_as_text():
    html = figures.tiles(
        [("Africa", [figures.Tile("AGO", "Angola", 2, "/c/"), figures.Tile("X", "<b>", 0, "/x/")])]
    )
    assert "Angola: " in html
    assert "cg-shade-5" in html
    assert "<b><b>" not in html
    heat = figures.heat_table("Region", ["2001"], [("Africa", [4])], caption="Records")
    assert "cg-shade-5" in heat
    assert ">4<" in heat
