"""What a hit's page says of the two names, beyond the numbers."""

import pytest

from screening import comparison
from screening.lists.model import Country, Entry, ListedName
from tests.screening.factories import HitFactory

pytestmark = pytest.mark.django_db


def explained(words, **changes):
    return {"name_asked": "Orsala Maritime Trading LLC", "words": words, "facts": [], "parts": []} | changes


def test_the_rarest_word_that_met_is_named_as_the_list_writes_it():
    words = [
        {"ours": ["maritime"], "theirs": ["maritime"], "relation": "same"},
        {"ours": ["orsala"], "theirs": ["orsalla"], "relation": "one_letter"},
        {"ours": [], "theirs": ["zzyqa"], "relation": "missing"},
        {"ours": ["llc"], "theirs": ["co"], "relation": "legal_form"},
    ]
    hit = HitFactory(explanation=explained(words, name_matched="Orsalla Maritime Zzyqa Co"))
    assert comparison.telling_word(hit) == "Orsalla"
    hit.explanation["words"] = words[2:]
    assert comparison.telling_word(hit) == ""


def test_other_names_say_how_they_read_and_how_good_they_are():
    names = (
        ListedName("Orsalla Maritime", "primary", script="Latn"),
        ListedName("Орсала", "original_script", script="Cyrl"),
        ListedName("Orsalla Bunkering", "weak", script="Latn"),
        ListedName("Port Ships", "former", script="Latn"),
    )
    hit = HitFactory(entry_name="Orsalla Maritime", entry_content=Entry("x", "organization", names).as_dict())
    row = comparison.fact_rows(hit, hit.last_run.subject)[-1]
    assert row.theirs == ["Орсала", "Orsalla Bunkering", "Port Ships"]
    assert row.notes == [
        "\u2068Орсала\u2069 reads “\u2068orsala\u2069”",
        "\u2068Orsalla Bunkering\u2069: the publisher calls this alias weak",
        "\u2068Port Ships\u2069: a former name",
    ]
    hit.explanation = explained([], name_matched="Орсала")
    assert comparison.met_name_notes(hit) == ["\u2068Орсала\u2069 reads “\u2068orsala\u2069”"]


def test_listed_countries_are_named_where_the_publisher_gives_codes():
    countries = (Country("cy", "cyp", "cy"), Country("cy", "cyp", "Kypros"), Country("", "", "Atlantis"))
    entry = Entry("x", "organization", (ListedName("Orsalla", "primary"),), countries=countries)
    hit = HitFactory(entry_content=entry.as_dict())
    assert comparison.fact_rows(hit, hit.last_run.subject)[0].theirs == ["Cyprus", "Atlantis"]


@pytest.mark.parametrize("score", [0.9946, 0.9954, 0.605, 0.4449])
def test_the_parts_add_up_to_the_points_of_the_hit(score):
    points = {"start": 0.4, "met": 61.3, "date": -0.3, "country": round(100 * score - 61.4, 1)}
    parts = [{"slug": slug, "points": value} for slug, value in points.items()]
    hit = HitFactory(score=score, explanation=explained([]) | {"parts": parts})
    shown = comparison.score_parts(hit)
    assert sum(part["points"] for part in shown) == hit.points
    assert all(part["points"] and part["points"] == int(part["points"]) for part in shown)
