import pytest

from focalpoints.models import UNEntity
from partnerships.models import PARTNERSHIP_MOVES, Indicator, Measurement, Partnership, SelfCheck
from partnerships.views.records import timeline
from portal.history import move
from tests.partnerships.factories import CompanyFactory, IndicatorFactory, PartnershipFactory, full_record
from tests.screening.factories import cleared

pytestmark = pytest.mark.django_db
SHOWN = [
    "Post-harvest loss", "A/RES/70/1", "12 further countries", "Agenda 21", "42 %", "Froid",
    "Ask growers first.",
    "Fictional Cold Works", "EUR", "Annual report", "Written down.", "Growers’ union", "12.3",
]  # fmt: skip


def page_of(client, record: Partnership) -> str:
    return client.get(record.get_absolute_url()).content.decode()


def test_the_page_tells_what_the_record_holds(client):
    page = page_of(client, full_record(is_public=True, evaluation_published=True))
    assert [words for words in SHOWN if words not in page] == []
    assert "It works." in page
    assert "40 staff days" not in page  # the note on benefit and cost stays inside


def test_withheld_parts_show_the_reason_instead_except_inside_the_un(client, sign_in):
    parts = ["parties", "contributions", "agreement", "results", "places"]
    record = full_record(is_public=True, withheld_fields=parts, withheld_reason="A partner asked for it.")
    page = page_of(client, record)
    assert "A partner asked for it." in page
    answer = client.get(f"/api/v1/partnerships/{record.reference}/").content.decode()
    for words in ("Fictional Cold Works", "280,000", "280000", "emorandum", "Losses", "12 further", "Done."):
        assert words not in page + answer, words
    assert "Train earlier." in page
    sign_in("focal_point")
    assert "Fictional Cold Works" in page_of(client, record)


def test_links_to_drafts_of_others_are_not_shown(client):
    draft = PartnershipFactory(title="Secret umbrella", record_kind="umbrella")
    record = PartnershipFactory(is_public=True, parent=draft)
    child = PartnershipFactory(is_public=True, title="Child", replication_of=record)
    page = page_of(client, record)
    assert "Secret umbrella" not in page
    assert child.title in page


def test_the_badge_waits_for_the_registry_desk(client, django_user_model):
    record = full_record(is_public=True)
    items = ("systemic_issue", "core_competencies", "right_stakeholders", "scale_and_lasting_impact")
    answers = {item: {"mark": 1, "note": "Seen."} for item in (*items, "market_or_rule_change")}
    check = SelfCheck.objects.create(
        partnership=record, kind="transformational", answers=answers, made_at=record.created_at
    )
    assert "Read and confirmed by the registry desk" not in page_of(client, record)
    check.reviewed_by = django_user_model.objects.create_user("desk@test.example")
    check.save()
    assert "Read and confirmed by the registry desk" in page_of(client, record)


def test_the_page_stays_flat(client, assert_flat_queries):
    record = full_record(is_public=True)

    def grow():
        indicator: Indicator = IndicatorFactory(partnership=record)
        Measurement.objects.create(indicator=indicator, value=1, on="2027")
        PartnershipFactory(parent=record, is_public=True)
        record.lesson_rows.create(text="Another.")

    assert_flat_queries(lambda: page_of(client, record), grow)


def test_the_address_holds_the_title_and_older_ones_lead_to_it(client):
    record = PartnershipFactory(is_public=True, reference="P-6060", title="Clean water: côte d’Ivoire")
    assert record.get_absolute_url() == "/partnerships/P-6060/clean-water-cote-divoire/"
    for address in ("/partnerships/P-6060/?from=mail", "/partnerships/P-6060/an-older-title/?from=mail"):
        moved = client.get(address)
        assert (moved.status_code, moved["Location"]) == (301, record.get_absolute_url() + "?from=mail")
    assert client.get(record.get_absolute_url()).status_code == 200
    assert (
        'href="http://testserver/partnerships/P-6060/"' not in client.get("/partnerships/").content.decode()
    )
    arabic = PartnershipFactory(is_public=True, reference="P-6061", title="مياه نظيفة")
    assert arabic.get_absolute_url() == "/partnerships/P-6061/"
    assert client.get("/partnerships/P-6061/").status_code == 200


def test_the_timeline_runs_in_order_and_says_where_the_record_stands(client):
    record = PartnershipFactory(is_public=True, start="2025-03", end="2099-02", status="design")
    move(record, "agreement", moves=PARTNERSHIP_MOVES, by=None)
    moments = timeline(record)
    assert [moment.text for moment in moments] == ["Start", "Became: Agreement", "End"]
    assert [moment.is_now for moment in moments] == [False, True, False]


def test_a_company_is_cleared_by_the_entity_that_leads(client):
    company = CompanyFactory()
    record = PartnershipFactory(is_public=True, companies=[company], entities=["WFP"])
    cleared(company, entity=UNEntity.objects.get(pk="UNDP"))
    assert "No clearance is in force." in page_of(client, record)
    cleared(company, entity=UNEntity.objects.get(pk="WFP"))
    assert "Cleared by WFP on" in page_of(client, record)
