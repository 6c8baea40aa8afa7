from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from focalpoints.models import FocalPoint
from partnerships import reporting
from partnerships.models import Partnership, ProgressReport
from partnerships.queries import desk_rows
from partnerships.queries import reporting as figures
from partnerships.reporting import Light, after_months, cycle_months, light_of, reminder_for
from partnerships.services import partnerships as records
from partnerships.services import reporting as services
from portal.errors import RuleViolation, StaleEdit
from portal.models import Notice
from tests.partnerships.factories import IndicatorFactory, PartnershipFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2027, 3, 1)


@pytest.fixture
def clerk(sign_in):
    user = sign_in("focal_point")
    FocalPoint.objects.create(
        entity_id="WFP", user=user, role_title="Officer", office_place="Rome", unit_mailbox="u@test.example"
    )
    return user


def at_work(**fields) -> Partnership:
    return PartnershipFactory(**{"status": "active", "is_public": True, "next_report_on": TODAY, **fields})


def answers(report: ProgressReport, **texts) -> dict:
    values = {"progress": "Twelve stores opened.", "decision": "continue", **texts}
    results = [{"indicator": row["indicator"], "value": "26", "comment": "Survey"} for row in report.results]
    return {"values": values, "results": results}


@pytest.mark.parametrize(
    ("modalities", "ratings", "months"),
    [
        ([], [], 24),
        (["strategic_global"], [], 12),
        ([], ["substantial"], 6),
        (["strategic_global"], ["low", "high"], 3),
    ],
)
def test_the_cycle_is_the_shortest_that_kind_and_rating_ask_for(modalities, ratings, months):
    assert cycle_months(Partnership(modalities=modalities), ratings) == months


def test_months_end_where_a_month_is_too_short():
    assert after_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert after_months(date(2026, 1, 15), 24) == date(2028, 1, 15)


@pytest.mark.parametrize(
    ("days_late", "status", "light"),
    [
        (-61, "active", Light.GREEN),
        (-60, "active", Light.DUE),
        (90, "active", Light.DUE),
        (91, "closing", Light.OVERDUE),
        (365, "active", Light.OVERDUE),
        (366, "active", Light.INACTIVE),
        (-100, "on_hold", Light.INACTIVE),
        (100, "closed", ""),
        (100, "design", ""),
    ],
)
def test_the_light_follows_the_day(days_late, status, light):
    record = Partnership(status=status, next_report_on=TODAY - timedelta(days=days_late))
    assert light_of(record, TODAY) == light


def test_the_archive_owes_no_report():
    assert light_of(Partnership(status="active", is_imported=True, next_report_on=TODAY), TODAY) == ""


def test_reminders_come_at_sixty_thirty_and_seven_days():
    found = [reminder_for(days) for days in (61, 60, 31, 30, 8, 7, 0, -1)]
    assert found == [None, 60, 60, 30, 30, 7, 7, 0]


def test_becoming_active_starts_the_clock_and_closing_stops_it(clerk, monkeypatch):
    record = PartnershipFactory(
        status="agreement", informal_note="Pilot.", modalities=["strategic_global"], end="2028"
    )
    record = records.advance_partnership(record, to="active", by=clerk)
    assert record.next_report_on == after_months(timezone.localdate(), 12)
    record = records.advance_partnership(record, to="closing", by=clerk)
    Partnership.objects.update(final_report="Done.", lessons="Early.", no_evaluation_reason="Small.")
    assert records.advance_partnership(record, to="closed", by=clerk).next_report_on is None


def test_each_reminder_is_sent_once_and_missed_days_are_made_up_for(clerk):
    at_work()
    for days in (70, 60, 59, 25, 3, 3, 0, -5, -6):
        services.keep_reports(TODAY - timedelta(days=days))
    assert Notice.objects.filter(user=clerk, kind="report").count() == 4
    assert services.keep_reports(TODAY + timedelta(days=91)) == 0


def test_the_named_focal_points_are_asked_before_the_entity(clerk):
    named = UserFactory(roles=["focal_point"])
    point = FocalPoint.objects.create(
        entity_id="WFP", user=named, role_title="Chief", office_place="Rome", unit_mailbox="v@test.example"
    )
    record = at_work()
    assert services.reporters_of(record) == [clerk, named]
    record.focal_points.add(point)
    assert services.reporters_of(record) == [named]


def test_a_report_begins_with_the_last_one(clerk):
    record = at_work(start="2026-02")
    IndicatorFactory(partnership=record, name="Losses", level="outcome", baseline=30, target=20, actual=28)
    IndicatorFactory(partnership=record, name="Lorries", level="input")
    first = services.begin_report(record, by=clerk)
    assert (first.period_from, first.due_on) == (date(2026, 2, 1), TODAY)
    assert [(row["name"], row["value"]) for row in first.results] == [("Losses", "28")]
    assert services.begin_report(record, by=clerk) == first
    saved = services.save_report(first, by=clerk, version=1, **answers(first, next_steps="Ten more."))
    services.submit_report(saved, by=clerk)
    second = services.begin_report(record, by=clerk)
    assert (second.number, second.progress, second.results[0]["value"]) == (2, "Ten more.", "26")
    assert second.period_from == first.period_until


def test_handing_in_measures_and_moves_the_date(clerk):
    record = at_work()
    indicator = IndicatorFactory(partnership=record, level="outcome", baseline=30, target=20)
    report = services.begin_report(record, by=clerk)
    with pytest.raises(RuleViolation, match="Say what was done"):
        services.submit_report(report, by=clerk)
    services.submit_report(services.save_report(report, by=clerk, version=1, **answers(report)), by=clerk)
    indicator.refresh_from_db()
    record.refresh_from_db()
    assert (indicator.actual, indicator.measurements.get().comment) == (26, "Survey")
    assert record.next_report_on == after_months(timezone.localdate(), 24)
    with pytest.raises(RuleViolation, match="handed in"):
        services.save_report(report, by=clerk, version=2, **answers(report))


def test_the_decision_to_end_moves_the_record_to_closing(clerk):
    record = at_work()
    report = services.begin_report(record, by=clerk)
    report = services.save_report(report, by=clerk, version=1, **answers(report, decision="close"))
    with pytest.raises(RuleViolation, match="why it changes or ends"):
        services.submit_report(report, by=clerk)
    report = services.save_report(
        report, by=clerk, version=2, **answers(report, decision="close", decision_note="The firm leaves.")
    )
    services.submit_report(report, by=clerk)
    record.refresh_from_db()
    assert (record.status, record.end_decision) == ("closing", "The firm leaves.")


def test_an_overtaken_draft_is_refused(clerk):
    report = services.begin_report(at_work(), by=clerk)
    services.save_report(report, by=clerk, version=1, **answers(report))
    with pytest.raises(StaleEdit):
        services.save_report(report, by=clerk, version=1, **answers(report, progress="Other."))


def test_a_report_is_written_with_a_file_and_read_by_everybody(client, clerk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    record = at_work(title="Cold stores")
    address = f"/desk/partnerships/{record.reference}/report/"
    assert "Keep or end?" in client.get(address).content.decode()
    data = {
        "version": 1, "period_from": "2026-01-01", "period_until": "2027-01-01",
        "progress": "Twelve stores opened.", "decision": "scale_up",
        "results-TOTAL_FORMS": 0, "results-INITIAL_FORMS": 0,
    }  # fmt: skip
    upload = SimpleUploadedFile("figures.csv", b"place,stores\nKhulna,12\n", content_type="text/csv")
    assert client.post(address, {**data, "upload": upload}).status_code == 302
    assert client.get(f"/partnerships/{record.reference}/reports/1/").status_code == 404
    assert client.post(address, {**data, "version": 1, "submit": "1"}).status_code == 409
    assert client.post(address, {**data, "version": 2, "submit": "1"}).status_code == 302
    client.logout()
    page = client.get(f"/partnerships/{record.reference}/reports/1/").content.decode()
    for words in ("Twelve stores opened.", "Make it larger", "figures.csv"):
        assert words in page, words
    assert "/reports/1/" in client.get(record.get_absolute_url()).content.decode()


def test_the_desk_shows_the_report_that_is_due(client, clerk):
    record = at_work(next_report_on=timezone.localdate() + timedelta(days=20))
    assert any(row.due_on == record.next_report_on for row in desk_rows(clerk))
    page = client.get(f"/desk/partnerships/{record.reference}/").content.decode()
    assert "Write the report" in page


def test_coverage_counts_what_is_measured_and_evaluated():
    record = at_work(evaluation_findings="It works.")
    IndicatorFactory(partnership=record, level="output", baseline=0, target=5)
    at_work(no_evaluation_reason="Too small.")
    PartnershipFactory(is_public=True, status="active", is_imported=True)
    PartnershipFactory(status="active")
    found = figures.evaluation_coverage()
    assert (found.total, found.with_baseline, found.evaluated, found.excused) == (2, 1, 1, 1)
    assert found.share(found.evaluated) == 0.5
    assert sum(figures.lights().values()) == 2


def test_lights_that_change_today_reach_the_search(clerk, monkeypatch):
    seen: list = []
    record = at_work()
    monkeypatch.setattr(services.search, "reindex", lambda ids: seen.append(list(ids)))
    services.keep_reports(TODAY + timedelta(days=reporting.LATE_DAYS + 1))
    assert seen == [[record.pk]]


def handed_in(record: Partnership, clerk, **values) -> None:
    report = services.begin_report(record, by=clerk)
    report = services.save_report(report, by=clerk, version=report.version, **answers(report, **values))
    services.submit_report(report, by=clerk)


def test_the_archive_lists_what_was_handed_in_on_public_records(client, clerk):
    handed_in(at_work(title="Cold stores"), clerk)
    handed_in(at_work(title="Seed banks"), clerk, decision="scale_up")
    services.begin_report(at_work(title="Only begun"), by=clerk)
    handed_in(at_work(title="Not public", visibility="draft", public_since=None), clerk)
    client.logout()
    page = client.get("/reports/").content.decode()
    assert [title in page for title in ("Cold stores", "Seed banks", "Only begun", "Not public")] == [
        True,
        True,
        False,
        False,
    ]
    page = client.get("/reports/", {"entity": "WFP", "decision": "scale_up"}).content.decode()
    assert ["Cold stores" in page, "Seed banks" in page] == [False, True]
    assert "Show all" in client.get("/reports/", {"entity": "none such"}).content.decode()


def test_the_archive_stays_flat(client, clerk, assert_flat_queries):
    assert_flat_queries(lambda: client.get("/reports/"), lambda: handed_in(at_work(), clerk))
