"""The 43 records of the archive as readers look for them."""

from dataclasses import replace

import pytest

from partnerships import search
from partnerships.search import Wanted
from tests.partnerships.test_search import counts, found

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "reference"),
    [
        ("Uganda", "P-0001"),
        ("Ouganda", "P-0001"),
        ("أوغندا", "P-0001"),
        ("oil palms", "P-0001"),
        ("P-0033", "P-0033"),
        ("Statoil", "P-0033"),
        ("ITC", "P-0002"),
        ("8.7", "P-0020"),
        ("Goal 7", "P-0043"),
        ("small and medium enterprises", "P-0036"),
    ],
)
def test_a_record_is_found_by_its_words_place_target_and_parties(archive, words, reference):
    assert reference in found(words)


@pytest.mark.parametrize(
    ("typed", "meant"), [("ugnada", "uganda"), ("vegitable oil", "vegetable oil"), ("Statiol", "statoil")]
)
def test_a_misspelt_word_is_replaced_by_the_nearest_known_one(archive, typed, meant):
    assert found(typed) == []
    assert search.corrected(typed) == meant


def test_values_of_one_facet_widen_and_facets_narrow(archive):
    core = found(type=["core_business"])
    assert len(core) == 9
    assert len(found(type=["core_business", "social_investment"])) == 24
    assert found(type=["core_business"], country=["UGA"]) == ["P-0001"]
    assert found(country=["TUV"]) == []


def test_counts_of_a_facet_leave_its_own_choice_out(archive):
    total, facets = counts(type=["core_business"])
    assert total == 9
    assert facets["type"] == {"core_business": 9, "social_investment": 15, "advocacy_policy": 19}
    assert facets["entity"]["UNDP"] == 5
    assert facets["reporting"] == {"results": 2, "targets": 1, "none": 6}


@pytest.mark.parametrize("from_tables", [False, True])
@pytest.mark.parametrize("sort", ["newest", "title", "entity", "value"])
def test_pages_hold_every_record_once_forwards_and_backwards(archive, sort, from_tables):
    result = search.find(Wanted())
    result = replace(result, few=None) if from_tables else result
    pages, cursor = [], ""
    while True:
        page = search.page_of(result, sort, cursor, 10)
        pages.append(page)
        if not page.next:
            break
        cursor = page.next
    assert [len(page.ids) for page in pages] == [10, 10, 10, 10, 3]
    assert [page.first for page in pages] == [1, 11, 21, 31, 41]
    assert len({pk for page in pages for pk in page.ids}) == 43
    back = search.page_of(result, sort, pages[2].previous, 10)
    assert (back.ids, back.first) == (pages[1].ids, 11)
    assert search.page_of(result, sort, back.previous, 10).previous == ""
