import csv
import io

import pytest

from partnerships import search, statistics
from partnerships.models import Partnership
from partnerships.search import Wanted
from tests.focalpoints.factories import FocalPointFactory
from tests.partnerships.factories import (
    CompanyFactory,
    ContributionFactory,
    IndicatorFactory,
    PartnershipFactory,
)
from tests.partnerships.factories_offers import SubmittedFactory

pytestmark = pytest.mark.django_db


def text(client, address, **given) -> str:
    return client.get(address, given).content.decode()


def rows_of(slug: str, wanted=None) -> dict[str, list]:
    drawn = statistics.FIGURES[slug].draw(wanted or Wanted())
    return {row[0]: row[1:] for row in drawn.rows}


@pytest.mark.parametrize("slug", list(statistics.FIGURES))
def test_every_figure_is_drawn_with_and_without_records(client, slug):
    for _turn in range(2):
        assert client.get(f"/statistics/{slug}/").status_code == 200
        assert client.get(f"/statistics/{slug}/embed/").status_code == 200
        assert client.get(f"/statistics/{slug}.csv").status_code == 200
        record = PartnershipFactory(
            is_public=True, countries=["UGA"], targets=["8.7"], companies=[CompanyFactory()]
        )
        ContributionFactory(partnership=record, amount=500, currency="EUR")
        IndicatorFactory(partnership=record, actual=4, target=3)


def test_goals_without_a_record_are_shown_as_zero():
    PartnershipFactory(is_public=True, targets=["8.7", "2.3"])
    PartnershipFactory(is_public=True, targets=["8.5"])
    rows = rows_of("goals")
    assert len(rows) == 17
    leader = next(row for name, row in rows.items() if name.startswith("8 "))
    assert leader == [2, "100%"]
    assert "leads with 2 records; 15 others have none" in statistics.FIGURES["goals"].draw(Wanted()).headline


def test_cash_and_in_kind_stand_apart_in_their_own_currencies():
    record = PartnershipFactory(is_public=True)
    ContributionFactory(partnership=record, amount=1000, currency="USD", usd_value=1000, status="received")
    ContributionFactory(partnership=record, amount=300, currency="EUR", status="pledged")
    ContributionFactory(partnership=record, kind="in_kind_goods", amount=7, currency="USD", usd_value=7)
    ContributionFactory(partnership=record, amount=9, currency="USD", usd_value=9, status="cancelled")
    rows = rows_of("contributions")
    assert rows["Cash"] == [1, "USD 1,000; EUR 300", "1,000", "–", "1,000"]
    assert rows["Goods"] == [1, "USD 7", "7", "7", "–"]


def test_what_is_withheld_is_summed_nowhere():
    record = PartnershipFactory(is_public=True)
    ContributionFactory(partnership=record, amount=1000, currency="USD", usd_value=1000)
    IndicatorFactory(partnership=record, actual=1)
    Partnership.objects.filter(pk=record.pk).update(
        withheld_fields=["contributions", "results"], withheld_reason="Asked for."
    )
    search.reindex([record.pk])
    assert rows_of("contributions") == {}
    assert rows_of("results")["Output"][1] == 0


def test_inputs_are_kept_apart_from_results():
    record = PartnershipFactory(is_public=True)
    IndicatorFactory(partnership=record, level="input", actual=5)
    IndicatorFactory(partnership=record, level="output", target=10, actual=12)
    IndicatorFactory(partnership=record, level="outcome", target=10, actual=12, direction="down")
    rows = rows_of("results")
    assert rows["Output"] == [1, 1, 0, 1, 1, 1]
    assert rows["Outcome"][-1] == 0
    assert "2 of 2" in statistics.FIGURES["results"].draw(Wanted()).headline


def test_balance_names_its_gaps():
    company = CompanyFactory(sector_id="0111")
    PartnershipFactory(is_public=True, countries=["UGA"], companies=[company])
    drawn = statistics.FIGURES["balance"].draw(Wanted())
    farming = next(row for row in drawn.rows if row[0].startswith("Agriculture"))
    assert farming[drawn.head.index("Africa")] == 1
    assert "Mining" in drawn.notes[0]
    assert "Oceania" in drawn.notes[1]


def test_small_counts_of_offers_are_not_shown(client):
    assert "below 5" in text(client, "/statistics/offers/")


def test_each_indicator_stands_with_target_and_actual_inputs_at_the_end():
    record = PartnershipFactory(is_public=True)
    IndicatorFactory(partnership=record, name="Staff", level="input", target=1, actual=1)
    IndicatorFactory(partnership=record, name="Stores", level="output", target=10, actual=12, unit="stores")
    IndicatorFactory(partnership=record, name="Losses", level="impact", target=5, actual=9, direction="down")
    drawn = statistics.FIGURES["indicators"].draw(Wanted())
    assert [row[0] for row in drawn.rows] == ["Losses", "Stores", "Staff"]
    assert drawn.rows[1] == ["Stores", record.reference, "Output", "stores", "–", "10", "12", ""]
    assert drawn.headline == "1 of 2 targets are met"


def test_a_local_network_is_involved_where_one_answers_for_the_record():
    network = FocalPointFactory(tasks=["local_network"])
    network.countries.set(["UGA"])
    answered = PartnershipFactory(is_public=True, countries=["KEN"])
    answered.focal_points.add(network)
    PartnershipFactory(is_public=True, countries=["UGA"])
    assert list(rows_of("local-networks").values()) == [[1, "50%"], [1, "50%"]]


def test_companies_in_talks_are_counted_without_pointing_at_one():
    company = CompanyFactory()
    for code in ("WFP", "UNDP"):
        SubmittedFactory(company=company, status="routed", entity_id=code)
    assert rows_of("talks")["Two UN entities"] == ["fewer than 5"]
    for _number in range(4):
        other = CompanyFactory()
        for code in ("WFP", "UNDP"):
            SubmittedFactory(company=other, status="routed", entity_id=code)
    assert rows_of("talks")["Two UN entities"] == [5]


def test_the_address_narrows_a_figure(client):
    PartnershipFactory(is_public=True, start="2003", partnership_type="core_business")
    PartnershipFactory(is_public=True, start="2011", partnership_type="advocacy_policy")
    PartnershipFactory(visibility="un_system", start="2011")
    assert "2 records." in text(client, "/statistics/types/")
    assert "1 record." in text(client, "/statistics/types/", **{"from": "2010", "to": "2012"})
    assert "1 record." in text(client, "/statistics/types/", type="core_business")
    assert "0 records." in text(client, "/statistics/types/", **{"from": "2013", "to": "2010"})
    assert "country=XX" in text(client, "/statistics/types/", country="XX")


def test_a_figure_is_the_same_for_everybody(client, sign_in):
    PartnershipFactory(visibility="un_system", partnership_type="core_business")
    sign_in("focal_point")
    assert "0 records." in text(client, "/statistics/types/")


def test_csv_has_the_table_and_where_it_is_from(client):
    PartnershipFactory(is_public=True, countries=["UGA"])
    body = b"".join(client.get("/statistics/countries.csv?type=core_business")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert rows[:2] == [["Country", "Records", "Share of records"], ["Uganda", "1", "100%"]]
    assert ["Taken from", "http://testserver/statistics/countries/?type=core_business"] in rows


def test_only_the_embedded_figure_may_stand_in_a_frame(client):
    embedded = client.get("/statistics/goals/embed/")
    assert "frame-ancestors *" in embedded["Content-Security-Policy"]
    assert "X-Frame-Options" not in embedded
    page = client.get("/statistics/goals/")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_unknown_figures_are_404(client):
    assert client.get("/statistics/none/").status_code == 404


def test_the_map_and_its_table_hold_the_same(client):
    PartnershipFactory(is_public=True, countries=["TUV", "UGA"])
    page = text(client, "/map/")
    assert '<a href="/countries/TUV/">Tuvalu</a>' in page
    assert "Boundaries and names shown do not imply endorsement" in page


def test_statistics_stay_flat(client, assert_flat_queries):
    def grow():
        record = PartnershipFactory(is_public=True, countries=["UGA"], companies=[CompanyFactory()])
        ContributionFactory(partnership=record, amount=5, currency="EUR")

    for address in ("/statistics/", "/statistics/contributions/", "/statistics/balance/", "/map/"):
        assert_flat_queries(lambda address=address: client.get(address), grow)
