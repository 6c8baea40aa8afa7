"""The components that are written in Python: what they draw, and that no text of theirs becomes markup."""

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from portal.templatetags import lists

HOSTILE = "\"'><script>alert(1)</script>&amp;{{ x }}"
ESCAPED = "&quot;&#x27;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;{{ x }}"
OPTION = {"value": HOSTILE, "label": HOSTILE, "count": 3, "is_on": True}
GOALS = [{"number": 3, "title": HOSTILE, "url": HOSTILE}]
TAKEN = {
    "tag": {"label": HOSTILE, "tone": HOSTILE, "icon": "check"},
    "status_tag": {"label": HOSTILE, "status": HOSTILE},
    "goal": GOALS[0],
    "goals": {"goals": GOALS, "full": True},
    "row": {
        **dict.fromkeys(["url", "title", "summary", "reference", "by", "compare_url"], HOSTILE),
        "meta": [HOSTILE],
        "status": "active",
        "status_label": HOSTILE,
        "goals": GOALS,
    },
    "facet": {
        **dict.fromkeys(["name", "legend", "more_url", "more_label"], HOSTILE),
        "options": [OPTION],
        "is_open": True,
    },
}


@pytest.mark.parametrize("name", TAKEN)
def test_no_text_becomes_markup(name):
    html = render_to_string(f"components/{name}.html", TAKEN[name])
    assert ESCAPED in html
    assert html.count("<script") == html.count("onerror=") == 0
    assert "&#x27;&gt;" in html
    assert HOSTILE[:3] not in html


def test_what_is_marked_safe_stays_as_it_is():
    assert "<bdi>WFP</bdi>" in lists.tag(mark_safe("<bdi>WFP</bdi>"))


def test_a_facet_says_what_is_on_and_what_finds_nothing():
    options = [
        {"value": "a", "label": "Most", "count": 12, "is_on": True},
        {"value": "b", "label": "None", "count": 0, "is_on": False},
        {"value": "c", "label": "Not counted", "is_on": False},
    ]
    most, none, uncounted = lists.facet("type", "Type", options).split("<li>")[1:]
    assert 'value="a" checked' in most
    assert "<bdi>12</bdi>" in most
    assert "cg-opt--none" in none
    assert "checked" not in none
    assert "<bdi>0</bdi>" in none
    assert "cg-opt--none" not in uncounted
    assert "<span></span>" in uncounted


def test_a_row_leaves_out_what_it_is_not_given():
    html = render_to_string("components/row.html", {"url": "/p/", "title": "Pumps"})
    assert '<h3><a href="/p/"><bdi>Pumps</bdi></a></h3>' in html
    for part in ("<p", "<span", "cg-goals", "cg-tag", "cg-add"):
        assert part not in html


def test_rows_and_facets_are_their_parts_one_after_the_other():
    rows = [{"url": "/1/", "title": "One"}, {"url": "/2/", "title": "Two"}]
    groups = [{"name": "type", "legend": "Type", "options": [OPTION]}] * 2
    draw = Template("{% load lists %}{% rows rows %}|{% facets groups %}").render
    html = draw(Context({"rows": rows, "groups": groups}))
    assert html == "".join(lists.row(**row) for row in rows) + "|" + lists.facet(**groups[0]) * 2
