"""The pages of the registry with the 43 records of the archive."""

import csv
import io

import pytest

from tests.partnerships.test_registry_pages import LIST, text_of

pytestmark = pytest.mark.django_db


def test_list_shows_count_chips_and_rows(archive, client):
    page = text_of(client.get(LIST, {"type": "core_business"}))
    assert "<b>9</b> of 43 partnerships" in page
    assert 'href="?"' in page  # the chip leads back to the unfiltered list
    assert page.count('class="cg-row"') == 9


def test_a_misspelt_word_still_finds_and_says_so(archive, client):
    page = text_of(client.get(LIST, {"q": "Ugnada"}))
    assert "Vegetable Oil Development Project" in page
    assert "Ugnada" in page
    assert "uganda" in page


def test_csv_holds_all_pages_of_the_result_in_its_order(archive, client):
    response = client.get("/partnerships.csv", {"sort": "title"})
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert len(rows) == 43
    assert [row["title"] for row in rows][:2] == [
        "Angola Enterprise Programme",
        "Be an activist - HIV campaign",
    ]
    assert next(row for row in rows if row["reference"] == "P-0033")["stated_usd"] == "641000.00"


def test_a_record_of_the_archive_says_where_each_fact_is_from(archive, client):
    page = text_of(client.get("/partnerships/P-0033/", follow=True))
    for words in (
        "Active in August 2003",
        "A/58/227",
        "Country inferred by the registry",
        "Not recorded. The source is older",
        "Agreement signed in Stockholm",
        "641,000",
        "Also planned",
    ):
        assert words in page


def test_api_lists_with_the_filters_of_the_page_and_pages(archive, client):
    first = client.get("/api/v1/partnerships/").json()
    assert first["count"] == 43
    assert len(first["results"]) == 25
    second = client.get(first["next"]).json()
    assert len(second["results"]) == 18
    assert second["next"] is None
    narrowed = client.get("/api/v1/partnerships/", {"type": "core_business", "country": "UGA"}).json()
    assert [record["reference"] for record in narrowed["results"]] == ["P-0001"]
