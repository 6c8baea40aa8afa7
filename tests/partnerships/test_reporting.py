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
    """The report as it was read, with every indicator measured and these texts typed."""
    values = {"progress": "Twelve stores opened.", "decision": "continue", **texts}
    results = [{"indicator": row["indicator"], "value": "26", "comment": "Survey"} for row in report.results]
    return {"number": report.number, "version": report.version, "values": values, "results": results}


def saved(record: Partnership, clerk, **texts) -> ProgressReport:
    return services.save_report(record, by=clerk, **answers(services.next_report(record), **texts))


def handed_in(record: Partnership, clerk, **texts) -> None:
    services.submit_report(saved(record, clerk, **texts), by=clerk)


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
    first = services.next_report(record)
    assert (first.period_from, first.due_on) == (date(2026, 2, 1), TODAY)
    assert [(row["name"], row["value"]) for row in first.results] == [("Losses", "28")]
    draft = saved(record, clerk, next_steps="Ten more.")
    assert services.next_report(record) == draft
    services.submit_report(draft, by=clerk)
    second = services.next_report(record)
    assert (second.number, second.progress, second.results[0]["value"]) == (2, "Ten more.", "26")
    assert second.period_from == first.period_until


def test_handing_in_measures_and_moves_the_date(clerk):
    record = at_work()
    indicator = IndicatorFactory(partnership=record, level="outcome", baseline=30, target=20)
    report = saved(record, clerk, progress="")
    with pytest.raises(RuleViolation, match="Say what was done"):
        services.submit_report(report, by=clerk)
    handed_in(record, clerk)
    indicator.refresh_from_db()
    record.refresh_from_db()
    assert (indicator.actual, indicator.measurements.get().comment) == (26, "Survey")
    assert record.next_report_on == after_months(timezone.localdate(), 24)
    with pytest.raises(RuleViolation, match="handed in already"):
        services.submit_report(report, by=clerk)


def test_the_decision_to_end_moves_the_record_to_closing(clerk):
    record = at_work()
    with pytest.raises(RuleViolation, match="why it changes or ends"):
        handed_in(record, clerk, decision="close")
    handed_in(record, clerk, decision="close", decision_note="The firm leaves.")
    record.refresh_from_db()
    assert (record.status, record.end_decision) == ("closing", "The firm leaves.")


def test_an_overtaken_draft_is_refused(clerk):
    record = at_work()
    saved(record, clerk)
    read = services.next_report(record)
    saved(record, clerk, progress="Other.")
    with pytest.raises(StaleEdit):
        services.save_report(record, by=clerk, **answers(read))


def test_two_who_begin_at_once_make_one_report(clerk):
    record = at_work(start="2026-02")
    seen_by_both = answers(services.next_report(record))
    draft = services.save_report(record, by=clerk, **seen_by_both)
    with pytest.raises(StaleEdit, match="changed in the meantime"):
        services.save_report(record, by=clerk, **seen_by_both)
    services.submit_report(draft, by=clerk)
    with pytest.raises(StaleEdit, match="Report 1 was handed in"):
        services.save_report(record, by=clerk, **seen_by_both)
    period = {"period_from": draft.period_from, "period_until": draft.period_until}
    with pytest.raises(RuleViolation, match="Report 1 tells of these days already"):
        handed_in(record, clerk, **period)


def test_what_was_said_of_a_removed_indicator_is_shown_before_it_goes(client, clerk):
    record = at_work()
    indicator = IndicatorFactory(partnership=record, name="Losses", level="outcome")
    address = f"/desk/partnerships/{record.reference}/report/"
    client.get(address)
    pk = indicator.pk
    indicator.delete()
    data = typed({"results-0-indicator": pk, "results-0-value": 17, "results-0-comment": "By weight"}, rows=1)
    page = client.post(address, data)
    assert (page.status_code, "17; By weight" in page.content.decode()) == (409, True)
    assert client.post(address, typed()).status_code == 302


def test_looking_writes_nothing_and_what_was_typed_outlives_a_conflict(client, clerk):
    record = at_work()
    address = f"/desk/partnerships/{record.reference}/report/"
    for _tab in range(2):
        assert 'name="version" value="0"' in client.get(address).content.decode()
    assert not ProgressReport.objects.exists()
    assert client.post(address, typed({"period_until": "soon"})).status_code == 422
    assert not ProgressReport.objects.exists()
    assert client.post(address, typed({"progress": "From one tab."})).status_code == 302
    page = client.post(address, typed({"progress": "From the other."}))
    assert page.status_code == 409
    for words in ("From one tab.", "From the other.", 'name="version" value="1"'):
        assert words in page.content.decode(), words
    assert ProgressReport.objects.get().progress == "From one tab."


def test_what_lacks_for_handing_in_is_said_and_the_draft_is_kept(client, clerk):
    record = at_work()
    address = f"/desk/partnerships/{record.reference}/report/"
    page = client.post(address, typed({"decision": "", "submit": "1"}), follow=True).content.decode()
    assert "The draft was saved, and not handed in: " in page
    assert '<a href="#id_decision_0">Decide: keep or end.</a>' in page
    assert page.index("Before it can be handed in") < page.index("Save and hand in")
    assert ProgressReport.objects.get(submitted_at=None).progress == "Twelve stores opened."


def test_what_was_typed_outlives_the_end_of_the_record(client, clerk):
    record = at_work()
    address = f"/desk/partnerships/{record.reference}/report/"
    Partnership.objects.update(status="closed")
    page = client.post(address, typed({"progress": "Written for an hour."}))
    assert (page.status_code, "Written for an hour." in page.content.decode()) == (409, True)
    assert client.get(address)["Location"] == f"/desk/partnerships/{record.reference}/"


def typed(fields: dict | None = None, rows: int = 0) -> dict:
    """What the form of a first report sends."""
    return {
        "number": 1, "version": 0, "period_from": "2026-01-01", "period_until": "2026-06-30",
        "progress": "Twelve stores opened.", "decision": "scale_up",
        "results-TOTAL_FORMS": rows, "results-INITIAL_FORMS": rows, **(fields or {}),
    }  # fmt: skip


def test_a_report_tells_of_no_day_to_come(clerk):
    draft = services.next_report(at_work())
    draft.period_until = timezone.localdate() + timedelta(days=1)
    assert "have passed" in services.missing_in(draft)["period_until"]
    draft.period_until = timezone.localdate()
    assert "period_until" not in services.missing_in(draft)


def test_a_report_is_written_with_a_file_and_read_by_everybody(client, clerk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    record = at_work(title="Cold stores")
    address = f"/desk/partnerships/{record.reference}/report/"
    assert "Keep or end?" in client.get(address).content.decode()
    upload = SimpleUploadedFile("figures.csv", b"place,stores\nKhulna,12\n", content_type="text/csv")
    assert client.post(address, typed({"upload": upload})).status_code == 302
    assert client.get(f"/partnerships/{record.reference}/reports/1/").status_code == 404
    assert client.post(address, typed({"submit": "1"})).status_code == 409
    assert client.post(address, typed({"version": 1, "submit": "1"})).status_code == 302
    client.logout()
    page = client.get(f"/partnerships/{record.reference}/reports/1/").content.decode()
    for words in ("Twelve stores opened.", "Make it larger", "figures.csv"):
        assert words in page, words
    assert "/reports/1/" in client.get(record.get_absolute_url()).content.decode()


def test_the_desk_shows_the_report_that_is_due(client, clerk):
    record = at_work(next_report_on=timezone.localdate() + timedelta(days=20))
    assert any(row.due_on == record.next_report_on for row in desk_rows(clerk))
    address = f"/desk/partnerships/{record.reference}/"
    page = client.get(address).content.decode()
    assert page.index("Write the report") < page.index("Next: Closing")
    Partnership.objects.update(next_report_on=timezone.localdate() + timedelta(days=200))
    page = client.get(address).content.decode()
    assert page.index("Next: Closing") < page.index("Write the report") < page.index("The record")


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


def test_the_archive_lists_what_was_handed_in_on_public_records(client, clerk):
    handed_in(at_work(title="Cold stores"), clerk)
    handed_in(at_work(title="Seed banks"), clerk, decision="scale_up")
    saved(at_work(title="Only begun"), clerk)
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
