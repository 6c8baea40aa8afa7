from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partnerships import search
from partnerships.demo import registry
from partnerships.models import Partnership, PartnershipType, RegistryWord
from partnerships.search import Wanted
from tests.partnerships.factories import (
    CompanyFactory,
    ContributionFactory,
    IndicatorFactory,
    PartnershipFactory,
)

pytestmark = pytest.mark.django_db


def found(words="", **chosen) -> list[str]:
    wanted = Wanted(words, chosen)
    page = search.page_of(search.matching(wanted), wanted, "match" if words else "newest")
    by_pk = Partnership.objects.in_bulk(page.ids)
    return [by_pk[pk].reference for pk in page.ids]


def counts(**chosen):
    wanted = Wanted("", chosen)
    return search.facet_counts(wanted, search.numbers_of(chosen))


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
def test_a_record_is_found_by_its_words_place_target_and_parties(words, reference):
    registry.load()
    assert reference in found(words)


@pytest.mark.parametrize(
    ("typed", "meant"), [("ugnada", "uganda"), ("vegitable oil", "vegetable oil"), ("Statiol", "statoil")]
)
def test_a_misspelt_word_is_replaced_by_the_nearest_known_one(typed, meant):
    registry.load()
    assert found(typed) == []
    assert search.corrected(typed) == meant


def test_words_of_records_that_are_not_public_are_never_suggested():
    PartnershipFactory(title="Zephyrine secret", visibility="un_system")
    assert not RegistryWord.objects.filter(word="zephyrine").exists()


@pytest.mark.parametrize("words", ['"', "a & | !", "-", "((", "\\", "%", "'; drop", "🚀", "x" * 200])
def test_no_words_break_the_search(words):
    assert found(words) == []
    assert search.corrected(words) == ""


def test_values_of_one_facet_widen_and_facets_narrow():
    registry.load()
    core = found(type=["core_business"])
    assert len(core) == 9
    assert len(found(type=["core_business", "social_investment"])) == 24
    assert found(type=["core_business"], country=["UGA"]) == ["P-0001"]
    assert found(country=["TUV"]) == []


def test_counts_of_a_facet_leave_its_own_choice_out():
    registry.load()
    total, facets = counts(type=["core_business"])
    assert total == 9
    assert facets["type"] == {"core_business": 9, "social_investment": 15, "advocacy_policy": 19}
    assert facets["entity"]["UNDP"] == 5
    assert facets["reporting"] == {"results": 2, "targets": 1, "none": 6}


def test_who_may_see_a_record_is_part_of_every_search():
    PartnershipFactory(title="For the system", visibility="un_system")
    PartnershipFactory(title="For its authors")
    assert found("system") == []
    assert search.matching(Wanted("system", sees_inside=True)).count() == 1
    assert search.matching(Wanted("authors", sees_inside=True)).count() == 0


def test_a_withdrawn_record_leaves_the_registry():
    record = PartnershipFactory(is_public=True)
    Partnership.objects.filter(pk=record.pk).update(status="withdrawn")
    search.reindex([record.pk])
    assert search.listed_count(sees_inside=True) == 0


@pytest.mark.parametrize("sort", ["newest", "title", "entity", "value"])
def test_pages_hold_every_record_once_forwards_and_backwards(sort):
    registry.load()
    wanted = Wanted()
    pages, cursor = [], ""
    while True:
        page = search.page_of(search.matching(wanted), wanted, sort, cursor, 10)
        pages.append(page)
        if not page.next:
            break
        cursor = page.next
    assert [len(page.ids) for page in pages] == [10, 10, 10, 10, 3]
    assert [page.first for page in pages] == [1, 11, 21, 31, 41]
    assert len({pk for page in pages for pk in page.ids}) == 43
    back = search.page_of(search.matching(wanted), wanted, sort, pages[2].previous, 10)
    assert (back.ids, back.first) == (pages[1].ids, 11)
    assert search.page_of(search.matching(wanted), wanted, sort, back.previous, 10).previous == ""


@pytest.mark.parametrize("cursor", ["x", "!!!", "bnVsbA", "WzFd", "WyJhIiwiYiIsImMiLDFd"])
def test_a_cursor_that_is_none_starts_at_the_first_page(cursor):
    PartnershipFactory(is_public=True)
    assert search.page_of(search.matching(Wanted()), Wanted(), "newest", cursor).first == 1


@pytest.mark.parametrize(
    ("usd", "band"), [(None, "none"), (99_999, "under_100k"), (100_000, "100k_1m"), (10**8, "over_100m")]
)
def test_value_bands_hold_cash_and_investment_in_dollars(usd, band):
    record = PartnershipFactory()
    ContributionFactory(partnership=record, kind="in_kind_goods", amount=5, currency="USD", usd_value=5)
    ContributionFactory(partnership=record, status="cancelled", amount=9, currency="USD", usd_value=9)
    if usd:
        ContributionFactory(partnership=record, amount=usd, currency="USD", usd_value=usd)
    assert search.value_band(record.contributions.all()) == band


def test_a_sum_in_another_currency_alone_has_its_own_band():
    record = PartnershipFactory()
    ContributionFactory(partnership=record, amount=15_000_000, currency="GBP")
    assert search.value_band(record.contributions.all()) == "other_currency"


def test_reporting_needs_more_than_inputs():
    record = PartnershipFactory()
    IndicatorFactory(partnership=record, level="input", actual=3)
    assert search.reporting_of(record.indicators.all()) == "none"
    IndicatorFactory(partnership=record, level="output", target=3)
    assert search.reporting_of(record.indicators.all()) == "targets"
    IndicatorFactory(partnership=record, level="outcome", actual=0)
    assert search.reporting_of(record.indicators.all()) == "results"


def test_one_query_counts_every_facet(django_assert_num_queries):
    registry.load()
    chosen = {"type": ["core_business"], "entity": ["UNDP", "WFP"], "country": ["IDN"]}
    numbers = search.numbers_of(chosen)
    with django_assert_num_queries(1):
        search.facet_counts(Wanted("", chosen), numbers)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(
        st.tuples(
            st.sampled_from(PartnershipType.values),
            st.sets(st.sampled_from(["UGA", "KEN", "BGD"])),
            st.sets(st.sampled_from(["WFP", "UNDP"]), min_size=1),
        ),
        max_size=6,
    ),
    changed=st.sampled_from(PartnershipType.values),
)
def test_counts_equal_those_of_the_tables_after_each_edit(records, changed):
    Partnership.objects.all().delete()
    made = [
        PartnershipFactory(is_public=True, partnership_type=kind, countries=places, entities=sorted(who))
        for kind, places, who in records
    ]
    if made:
        Partnership.objects.filter(pk=made[0].pk).update(partnership_type=changed)
        made[0].countries.clear()
        search.reindex([made[0].pk])
    total, facets = counts()
    public = Partnership.objects.filter(visibility="public")
    assert total == public.count()
    assert facets.get("type", {}) == Counter(public.values_list("partnership_type", flat=True))
    places = Counter(public.filter(countries__isnull=False).values_list("countries", flat=True))
    assert facets.get("country", {}) == places
    assert facets.get("entity", {}) == Counter(public.values_list("entities", flat=True))


def test_a_company_is_found_by_its_name_and_filter():
    company = CompanyFactory(name="Quillfeather Pumps")
    record = PartnershipFactory(is_public=True, companies=[company])
    assert found("quillfeather") == [record.reference]
    assert found(company=[str(company.public_id)]) == [record.reference]
