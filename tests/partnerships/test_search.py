from collections import Counter
from unittest.mock import patch

import pytest
from django.db.models import Max
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partnerships import search
from partnerships.models import (
    FacetValue,
    Partnership,
    PartnershipParty,
    PartnershipType,
    RegistryEntry,
    RegistryWord,
)
from partnerships.search import FOR_ALL, FOR_UN, Wanted, bits, companies, slots
from tests.partnerships.factories import (
    CompanyFactory,
    ContributionFactory,
    IndicatorFactory,
    PartnershipFactory,
)

pytestmark = pytest.mark.django_db


def found(words="", **chosen) -> list[str]:
    page = search.page_of(search.find(Wanted(words, chosen)))
    by_pk = Partnership.objects.in_bulk(page.ids)
    return [by_pk[pk].reference for pk in page.ids]


def counts(**chosen):
    result = search.find(Wanted("", chosen))
    return result.total, result.counts


def test_words_of_records_that_are_not_public_are_never_suggested():
    PartnershipFactory(title="Zephyrine secret", visibility="un_system")
    assert not RegistryWord.objects.filter(word="zephyrine").exists()


@pytest.mark.parametrize("words", ['"', "a & | !", "-", "((", "\\", "%", "'; drop", "🚀", "x" * 200])
def test_no_words_break_the_search(words):
    assert found(words) == []
    assert search.corrected(words) == ""


def test_who_may_see_a_record_is_part_of_every_search():
    PartnershipFactory(title="For the system", visibility="un_system")
    PartnershipFactory(title="For its authors")
    assert found("system") == []
    assert search.find(Wanted("system", sees_inside=True)).total == 1
    assert search.find(Wanted("authors", sees_inside=True)).total == 0


def test_a_withdrawn_record_leaves_the_registry():
    record = PartnershipFactory(is_public=True)
    Partnership.objects.filter(pk=record.pk).update(status="withdrawn")
    search.reindex([record.pk])
    assert search.find(Wanted(sees_inside=True)).listed == 0


@pytest.mark.parametrize("cursor", ["x", "!!!", "bnVsbA", "WzFd", "WyJhIiwiYiIsImMiLDFd"])
def test_a_cursor_that_is_none_starts_at_the_first_page(cursor):
    PartnershipFactory(is_public=True)
    assert search.page_of(search.find(Wanted()), "newest", cursor).first == 1


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


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    records=st.lists(
        st.tuples(
            st.sampled_from(PartnershipType.values),
            st.sets(st.sampled_from(["UGA", "KEN", "BGD"])),
            st.sets(st.sampled_from(["WFP", "UNDP"]), min_size=1),
            st.sets(st.integers(0, 2)),
        ),
        max_size=6,
    ),
    changed=st.sampled_from(PartnershipType.values),
    excluded=st.sampled_from(["WFP", "UNDP"]),
    few=st.sampled_from([0, bits.FEW_A_WORD]),  # count bits only, or look up the records of rare values too
    cost=st.sampled_from([0, 1000]),  # count record by record, or value by value
    is_tight=st.booleans(),  # what is kept is made anew often, or only brought in line
)
def test_counts_equal_those_of_the_tables_after_each_edit(records, changed, excluded, few, cost, is_tight):
    with patch.object(bits, "FEW_A_WORD", few), pytest.MonkeyPatch.context() as limits:
        limits.setattr(slots, "PAIRS_FOR_A_RECORD", cost)
        if is_tight:
            limits.setattr(companies, "MOST_LATE", 1)
            limits.setattr(slots, "SLOTS", 1)
            limits.setattr(bits, "MOST_TALLIES", 1)
            limits.setattr(bits, "FEW_PLACES", 0)
        check_counts(records, changed, excluded)


def check_counts(records, changed, excluded):
    Partnership.objects.all().delete()
    firms = [CompanyFactory() for _ in range(3)]
    kept = bits.Bits()  # a process that learns of each change, beside those that read all anew

    def learn(*pks: int) -> None:
        known = dict(RegistryEntry.objects.filter(pk__in=pks).values_list("pk", "facets"))
        kept.take_in((pk, known.get(pk)) for pk in pks)

    def named(public) -> Counter:
        pairs = PartnershipParty.objects.filter(partnership__in=public, company__isnull=False)
        return Counter(str(public_id) for public_id in pairs.values_list("company__public_id", flat=True))

    def check() -> None:
        total, facets = counts()
        public = Partnership.objects.filter(visibility="public")
        assert total == public.count()
        assert facets.get("type", {}) == Counter(public.values_list("partnership_type", flat=True))
        places = Counter(public.filter(countries__isnull=False).values_list("countries", flat=True))
        assert facets.get("country", {}) == places
        assert facets.get("entity", {}) == Counter(public.values_list("entities", flat=True))
        assert facets.get("company", {}) == named(public)
        assert kept.counts(kept.mask(Wanted(), {})) == kept.counts_for(Wanted(), {}) == facets
        alone = Wanted("", {"type": [changed]})  # counted once, then brought in line with each change
        assert kept.counts_for(alone, {}) == kept.counts(kept.mask(alone, {}))
        assert search.find(Wanted()).updated_at == search.last_updated()
        wanted = Wanted("", {"type": [changed]}, {"entity": [excluded]})
        narrowed = search.find(wanted)
        by_tables = public.filter(partnership_type=changed).exclude(entities=excluded)
        assert narrowed.total == by_tables.count()
        assert kept.counts(kept.mask(wanted, {}), ["country"]).get("country", {}) == Counter(
            by_tables.filter(countries__isnull=False).values_list("countries", flat=True)
        )
        assert narrowed.counts.get("company", {}) == named(by_tables)
        assert kept.counts(kept.mask(wanted, {}), ["company"]).get("company", {}) == named(by_tables)
        firm = str(firms[0].public_id)
        assert kept.count_of_all(FOR_ALL, "company", firm) == named(public)[firm]
        assert bits.total(kept.mask(Wanted("", {"company": [firm]}), {})) == named(public)[firm]
        assert sorted(found(company=[firm])) == sorted(
            public.filter(parties__company=firms[0]).values_list("reference", flat=True)
        )
        without = search.find(Wanted("", {}, {"company": [firm]}))
        assert without.total == public.exclude(parties__company=firms[0]).count()
        others = public.exclude(entities=excluded).values_list("partnership_type", flat=True)
        assert narrowed.counts.get("type", {}) == Counter(others)
        assert sorted(narrowed.few) == sorted(by_tables.values_list("pk", flat=True))

    made = []
    for kind, places, who, partners in records:
        made.append(
            PartnershipFactory(
                is_public=True,
                partnership_type=kind,
                countries=places,
                entities=sorted(who),
                companies=[firms[number] for number in partners],
            )
        )
        learn(made[-1].pk)
        check()
    if made:
        Partnership.objects.filter(pk=made[0].pk).update(partnership_type=changed)
        made[0].countries.clear()
        search.reindex([made[0].pk])
        learn(made[0].pk)
        check()
        gone = made[-1].pk
        made[-1].delete()
        learn(gone)
        check()


def test_a_value_whose_number_was_drawn_first_and_written_last_is_counted():
    highest = FacetValue.objects.aggregate(n=Max("id"))["n"] or FOR_UN + 100
    FacetValue.objects.create(id=highest + 50, facet="country", value="UGA")
    kept = bits.Bits()
    late = FacetValue.objects.create(id=highest + 40, facet="country", value="KEN")
    kept.take_in([(1, [FOR_ALL, FOR_UN, late.pk])])
    assert kept.counts_for(Wanted(), {})["country"] == {"KEN": 1}
    assert "company" not in kept.counts_for(Wanted(), {})


def test_a_company_is_found_by_its_name_and_filter():
    company = CompanyFactory(name="Quillfeather Pumps")
    record = PartnershipFactory(is_public=True, companies=[company])
    assert found("quillfeather") == [record.reference]
    assert found(company=[str(company.public_id)]) == [record.reference]
    PartnershipFactory(is_public=True, companies=[CompanyFactory()])
    record.parties.all().delete()
    search.reindex([record.pk])
    assert found(company=[str(company.public_id)]) == []
    assert search.find(Wanted("", {}, {"company": [str(company.public_id)]})).total == 2


def test_an_answer_is_kept_until_the_next_change():
    PartnershipFactory(is_public=True, countries=["UGA"])
    wanted = Wanted("", {"country": ["UGA"]})
    with bits.current() as kept:
        mask = kept.mask(wanted, {})
        assert bits.total(mask) == 1
        kept.remember("asked", "answered")
        for number in range(bits.MOST_ANSWERS):
            kept.remember(number, number)
        assert len(kept.answers) <= bits.MOST_ANSWERS
        kept.take_in([(1, None)])
        assert not kept.answers
