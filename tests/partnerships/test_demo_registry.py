from decimal import Decimal

import pytest

from partnerships import search
from partnerships.demo import registry
from partnerships.models import Company, Contribution, Indicator, Partnership, RegistryEntry
from partnerships.queries.registry import registry_figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive():
    registry.load()


def test_the_43_records_load_once_in_the_order_of_the_file(archive):
    assert "0 new" in registry.load()
    records = Partnership.objects.order_by("reference")
    assert [r.reference for r in records] == [f"P-{n:04d}" for n in range(1, 44)]
    assert records[32].title == "OHCHR and Statoil partnership agreement"
    assert all(r.is_imported and r.visibility == "public" and r.status_as_of for r in records)
    assert RegistryEntry.objects.count() == 43


def test_new_references_go_on_after_the_archive(archive):
    from portal.references import next_reference

    assert next_reference("P") == "P-0044"


def test_unnamed_companies_stay_descriptions_and_named_ones_are_never_screened(archive):
    companies = Company.objects.filter(is_from_archive=True)
    assert companies.count() == 13  # Statoil is named twice
    oil = Partnership.objects.get(reference="P-0001")
    assert [party.company for party in oil.parties.all()] == [None, None, None]
    assert oil.parties.first().description == "Palm oil mill operator"


def test_money_keeps_currency_bound_and_what_is_only_planned(archive):
    oil = Contribution.objects.get(partnership__reference="P-0001")
    assert (oil.amount, oil.currency, oil.bound) == (Decimal(120_000_000), "USD", "more_than")
    gifts = Contribution.objects.filter(partnership__reference="P-0033")
    assert gifts.filter(status="planned").get().note == "Multilingual education, Nordic region"
    assert search.stated_usd(gifts) == 641_000


def test_an_input_is_no_result(archive):
    assert Indicator.objects.get(name="Foreign direct investment leveraged").level == "input"


def test_home_figures_count_the_archive(archive):
    figures = registry_figures()
    assert (figures["records"], figures["entities"], len(figures["countries"])) == (43, 28, 19)
    assert (len(figures["goals"]), figures["goals"][17], figures["placed"], figures["ldcs"]) == (
        16,
        15,
        18,
        5,
    )
