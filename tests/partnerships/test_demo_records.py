from html import unescape

import pytest
from django.db.models import CharField, TextField
from django.utils import timezone

from focalpoints.models import FocalPoint
from partnerships.demo import complete, records
from partnerships.models import Agreement, Company, Partnership, Visibility
from partnerships.reporting import light_of
from partnerships.services import partnerships as services
from portal.demo import create_demo_accounts
from portal.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def focal_point(settings) -> FocalPoint:
    """The demonstration before its records: accounts, the desk of WFP, and a company to be screened."""
    settings.DEMO = True
    create_demo_accounts()
    Company.objects.create(name="Halvorsen Cold Chain AS", is_demo=True)
    focal_point = FocalPoint.objects.create(
        entity_id="WFP",
        user=User.objects.get(email=records.MADE_BY),
        role_title="Officer",
        office_place="Dhaka",
        unit_mailbox="u@test.example",
    )
    focal_point.countries.set(["BGD"])
    return focal_point


def test_records_on_their_way_load_once_and_show_how_reports_stand(focal_point):
    assert "4 new" in records.load()
    assert "0 new" in records.load()
    lights = dict(Partnership.objects.filter(visibility=Visibility.PUBLIC).values_list("title", "pk"))
    assert {light_of(Partnership.objects.get(pk=pk), timezone.localdate()) for pk in lights.values()} == {
        "green",
        "overdue",
    }
    assert Agreement.objects.get().status == "legal_review"
    store = Partnership.objects.get(title__startswith="Cold store")
    assert (store.status, store.visibility) == ("screening", Visibility.DRAFT)
    gaps = [str(gap) for gap in services.missing_for(store, "design")]
    assert gaps == ["Halvorsen Cold Chain AS has no clearance yet."]


# Of a record that ended well: nothing is withheld, excused, due or taken from an archive.
EMPTY_IN_COMPLETE = {
    "no_evaluation_reason", "withheld_fields", "withheld_reason", "next_report_on", "import_batch",
    "is_imported", "inferred_fields", "source_document", "source_place", "is_open_ended",
}  # fmt: skip


# The note on benefit and cost stays inside the UN.
INSIDE = {"expected_benefits", "expected_costs", "alternatives", "balance_conclusion", "balance_made_by_role"}


def test_the_complete_record_fills_and_shows_every_field_and_closes_with_its_lessons(focal_point, client):
    records.load()
    assert "umbrella" in complete.load()
    assert "is there" in complete.load()
    record = Partnership.objects.get(title__startswith="Growers")
    assert (record.status, record.parent.children.count()) == ("closed", 3)
    fields = [field.name for field in Partnership._meta.concrete_fields]
    empty = {name for name in fields if getattr(record, name) in ("", None, [], {}, False)}
    assert empty == EMPTY_IN_COMPLETE
    rows = [*services.ROWS.values(), "self_checks", "targets", "regions", "focal_points", "reports"]
    assert [name for name in rows if not getattr(record, name).exists()] == []
    assert record.lesson_rows.filter(heading="donor_coordination").exists()
    assert [report.decision for report in record.reports.order_by("number")] == ["continue", "close"]

    page = unescape(client.get(record.get_absolute_url()).content.decode())
    texts = {f.name for f in Partnership._meta.concrete_fields if type(f) in (CharField, TextField)}
    texts -= INSIDE | {f.name for f in Partnership._meta.concrete_fields if f.choices}
    assert [name for name in sorted(texts) if str(getattr(record, name)) not in page] == []
    assert [name for name in INSIDE if str(getattr(record, name)) in page] == []
    answer = client.get(f"/api/v1/partnerships/{record.reference}/").json()
    assert [name for name in sorted(texts) if answer.get(name) != getattr(record, name)] == []
    assert INSIDE & answer.keys() == set()
    shown = {
        "parties": ("description", "role", "responsibilities", "interests"),
        "contributions": ("giver", "receiver", "unit", "note"),
        "indicators": ("name", "unit", "sdg_indicator", "source", "note"),
        "lesson_rows": ("text",),
        "sources": ("title", "url", "place"),
        "exchanges": ("task", "place"),
        "translations": ("title", "summary"),
    }
    for rows, names in shown.items():
        for row in getattr(record, rows).all():
            assert [name for name in names if getattr(row, name) not in page] == [], row
    words = (
        "Country office, Bangladesh",
        "12,000",
        "rate of 15 Jan 2025",
        "Market price",
        "told apart by sex, place",
        "3 months",
    )
    assert [text for text in words if text not in page] == []
    assert page.count('data-label="Halfway"') == 11  # a phone names the moment of each mark
