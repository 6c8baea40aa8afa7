from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from icalendar import Calendar

from focalpoints.models import ActionState, MeetingDocument, MeetingPlace, ProgressNote
from focalpoints.queries import meetings as queries
from focalpoints.services import meetings as services
from portal.errors import RuleViolation, StaleEdit
from portal.models import Attachment, AuditEvent, Notice
from tests.focalpoints.factories import (
    ActionPointFactory,
    FocalPointFactory,
    MeetingFactory,
    TrainingFactory,
)
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return UserFactory(roles=["editor"])


def un_user():
    return UserFactory(roles=["focal_point"])


def status(meeting, user) -> str:
    return MeetingPlace.objects.get(meeting=meeting, user=user).status


def test_over_capacity_waits_and_moves_up_in_order(run_jobs):
    meeting = MeetingFactory(capacity=1)
    first, second, third = un_user(), un_user(), un_user()
    for user in (first, second, third):
        services.register(meeting, organization="Unit", has_list_consent=False, by=user)
    assert [status(meeting, user) for user in (first, second, third)] == ["registered", "waiting", "waiting"]
    services.register(meeting, organization="Unit", has_list_consent=False, by=second)
    assert status(meeting, second) == "waiting"
    services.withdraw(meeting, by=first)
    assert [status(meeting, user) for user in (first, second, third)] == [
        "withdrawn",
        "registered",
        "waiting",
    ]
    run_jobs()
    assert [message.to for message in mail.outbox] == [[second.email]]
    assert meeting.title in mail.outbox[0].subject
    assert Notice.objects.get().url == f"/meetings/{meeting.slug}/"
    services.register(meeting, organization="Unit", has_list_consent=False, by=first)
    assert status(meeting, first) == "waiting"


def test_a_cancelled_meeting_tells_everybody_frees_places_and_leaves_calendars(client, editor, run_jobs):
    meeting = MeetingFactory(capacity=1)
    here, waits = un_user(), un_user()
    for user in (here, waits):
        services.register(meeting, organization="Unit", has_list_consent=False, by=user)
    page = f"/meetings/{meeting.slug}/"
    with pytest.raises(PermissionDenied):
        services.cancel_meeting(meeting, why="No", by=here)
    client.force_login(editor)
    assert client.post(page + "cancel/", {}).status_code == 422
    for _press in range(2):
        assert client.post(page + "cancel/", {"why": "The host cannot\nreceive us"})["Location"] == page
    run_jobs()
    assert sorted(message.to[0] for message in mail.outbox) == sorted([here.email, waits.email])
    assert "The host cannot receive us" in mail.outbox[0].body
    assert {place.status for place in meeting.places.all()} == {"withdrawn"}
    shown = client.get(page).content.decode()
    assert "This meeting does not take place." in shown
    assert "The host cannot receive us" in shown
    assert "Cancelled" in client.get("/meetings/").content.decode()
    (event,) = Calendar.from_ical(client.get(page + "calendar/").content).walk("VEVENT")
    assert (event["STATUS"], int(event["SEQUENCE"])) == ("CANCELLED", 1)
    assert b"STATUS:CANCELLED" in client.get("/meetings/calendar.ics").content
    assert AuditEvent.objects.filter(action="cancelled", subject_id=str(meeting.pk)).count() == 1
    meeting.refresh_from_db()
    for act in (
        partial(services.register, meeting, organization="Unit", has_list_consent=False, by=un_user()),
        partial(services.add_guest, meeting, guest_name="G", organization="Firm", by=editor),
    ):
        with pytest.raises(RuleViolation):
            act()
    over = MeetingFactory(starts_on=timezone.localdate() - timedelta(days=3))
    assert client.post(f"/meetings/{over.slug}/cancel/", {"why": "Late"}).status_code == 422


def test_registration_closes():
    meeting = MeetingFactory(registration_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(RuleViolation):
        services.register(meeting, organization="Unit", has_list_consent=False, by=un_user())


def test_participants_are_listed_with_consent_and_for_un_users(client):
    meeting = MeetingFactory()
    shown, hidden = un_user(), un_user()
    services.register(meeting, organization="Unit", has_list_consent=True, by=shown)
    services.register(meeting, organization="Unit", has_list_consent=False, by=hidden)
    path = f"/meetings/{meeting.slug}/"
    assert shown.name not in client.get(path).content.decode()
    client.force_login(UserFactory(roles=["decider"]))
    page = client.get(path).content.decode()
    assert shown.name in page
    assert hidden.name not in page


def values_of(meeting, **changes) -> dict:
    fields = ["title", "starts_on", "ends_on", "start_time", "zone", "city", "capacity"]
    values = {field: getattr(meeting, field) for field in fields}
    return values | {"agenda": "", "report": ""} | changes


def test_more_places_go_to_those_who_wait(editor):
    meeting = MeetingFactory(capacity=1)
    people = [un_user() for _ in range(3)]
    for user in people:
        services.register(meeting, organization="Unit", by=user)
    services.save_meeting(meeting, values_of(meeting, capacity=2), by=editor)
    assert [status(meeting, user) for user in people] == ["registered", "registered", "waiting"]
    assert Notice.objects.get().user == people[1]


def test_a_guest_takes_a_place_and_leaves_no_name_behind(client, editor):
    meeting = MeetingFactory(capacity=1)
    client.force_login(editor)
    path = f"/meetings/{meeting.slug}/participants/"
    guest = {"guest_name": "Ola Example", "organization": "Verdant Loop", "kind": "business"}
    assert client.post(path, guest | {"has_list_consent": "on"}).status_code == 302
    first = un_user()
    services.register(meeting, organization="Unit", by=first)
    assert status(meeting, first) == "waiting"
    client.force_login(first)
    assert "Ola Example" in client.get(f"/meetings/{meeting.slug}/").content.decode()
    client.force_login(editor)
    assert "Ola Example" in b"".join(client.get(path[:-1] + ".csv").streaming_content).decode()
    client.post(f"{path}{meeting.places.get(user=None).pk}/remove/")
    assert not MeetingPlace.objects.exclude(guest_name="").exists()
    assert status(meeting, first) == "registered"
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingPlace.objects.create(meeting=meeting, user=first, guest_name="Somebody else")


@time_machine.travel("2026-11-20T10:00:00Z")
def test_a_meeting_keeps_its_hour_across_a_change_of_summer_time(client, editor, run_jobs):
    meeting = MeetingFactory(
        starts_on=date(2027, 10, 20), start_time=time(9, 30), end_time=time(17), zone="Europe/Paris"
    )
    guest = un_user()
    services.register(meeting, organization="Unit", by=guest)
    assert meeting.starts_at.astimezone(UTC) == datetime(2027, 10, 20, 7, 30, tzinfo=UTC)
    values = values_of(meeting, starts_on=date(2027, 11, 3))
    moved = services.save_meeting(meeting, values, by=editor, version=1)
    assert moved.starts_at.astimezone(UTC) == datetime(2027, 11, 3, 8, 30, tzinfo=UTC)
    with pytest.raises(StaleEdit):
        services.save_meeting(meeting, values, by=editor, version=1)
    event = Calendar.from_ical(client.get(f"/meetings/{meeting.slug}/calendar/").content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == datetime(2027, 11, 3, 8, 30, tzinfo=UTC)
    assert event.decoded("sequence") == 1
    run_jobs()
    assert [message.to for message in mail.outbox] == [[guest.email]]
    assert "3 November 2027, 09:30–17:00 (Europe/Paris)" in mail.outbox[0].body


def test_the_network_is_one_calendar_to_subscribe_to(client):
    meeting, _hidden, training = MeetingFactory(), MeetingFactory(is_public=False), TrainingFactory()
    events = Calendar.from_ical(client.get("/meetings/calendar.ics").content).walk("VEVENT")
    assert {str(event["summary"]) for event in events} == {meeting.title, training.title}
    assert events[0].decoded("dtend") == meeting.starts_on + timedelta(days=1)


FORM = {
    "title": "Focal points 2027",
    "starts_on": "2027-06-01",
    "start_time": "09:30",
    "zone": "Europe/Paris",
    "agenda": "- One\n- <b>Two</b>",
    "focus": "Due diligence\n\nCountry offices",
    "capacity": "80",
    "is_public": "on",
}


def test_a_meeting_is_written_through_its_form(client, editor):
    client.force_login(editor)
    response = client.post("/meetings/new/", FORM)
    assert response.url == "/meetings/focal-points-2027-2027-06-01/"
    page = client.get(response.url).content.decode()
    assert "<li>Two</li>" in page
    assert "Country offices" in page
    assert client.post("/meetings/new/", FORM).status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Olympus"},
        {"zone": "../../etc/passwd"},
        {"zone": "Europe"},
        {"starts_on": "2027-03-28", "start_time": "02:30"},  # the clocks jump from 2 to 3
        {"end_time": "09:00"},
        {"ends_on": "2027-05-31"},
        {"starts_on": ""},
        {"focus": "x" * 201},
    ],
)
def test_bad_input_of_a_meeting_is_told_at_its_field(client, editor, wrong):
    client.force_login(editor)
    response = client.post("/meetings/new/", FORM | wrong)
    assert response.status_code == 422
    assert "govuk-error-summary" in response.content.decode()


def test_an_old_meeting_of_which_only_the_year_is_known_can_be_changed(client, editor):
    meeting = MeetingFactory(starts_on=None, year=2005, capacity=None)
    client.force_login(editor)
    data = {"title": "2005", "year": "2005", "zone": "UTC", "is_public": "on", "version": "1"}
    assert client.post(f"/meetings/{meeting.slug}/edit/", data).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.year, meeting.starts_on) == ("2005", 2005, None)


def test_programme_and_papers(client, editor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    meeting = MeetingFactory()
    client.force_login(editor)
    path = f"/meetings/{meeting.slug}/"
    session = {"day": meeting.starts_on.isoformat(), "start_time": "10:00", "title": "Opening"}
    assert client.post(path + "programme/", session).status_code == 302
    for wrong in ({"day": "2020-01-01"}, {"end_time": "09:00"}):
        assert client.post(path + "programme/", session | wrong).status_code == 422
    file = SimpleUploadedFile("list.csv", b"name,organization\nOla,Verdant\n", "text/csv")
    paper = {"kind": "participant_list", "title": "Who came", "file": file}
    assert client.post(path + "papers/", paper).status_code == 302
    page = client.get(path).content.decode()
    assert "Opening" in page
    address = Attachment.objects.get().get_absolute_url()
    assert client.get(address).status_code == 200
    client.logout()
    assert "Who came" not in client.get(path).content.decode()
    assert client.get(address).status_code == 404
    client.force_login(editor)
    assert client.post(f"{path}papers/{meeting.documents.get().pk}/remove/").status_code == 302
    assert client.post(f"{path}programme/{meeting.sessions.get().pk}/remove/").status_code == 302
    assert not Attachment.objects.exists()


def test_survey_is_for_those_who_were_there(client, editor):
    meeting = MeetingFactory(starts_on=timezone.localdate() - timedelta(days=3))
    was_there = un_user()
    MeetingPlace.objects.create(meeting=meeting, user=was_there, organization="Unit")
    answer = partial(services.answer_survey, meeting, survey_words="More time")
    answer(usefulness=4, by=was_there)
    with pytest.raises(RuleViolation):
        answer(usefulness=4, by=un_user())
    with pytest.raises(RuleViolation):
        answer(usefulness=5, by=was_there)
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingPlace.objects.update(usefulness=9)
    path = f"/meetings/{meeting.slug}/"
    client.force_login(was_there)
    assert client.post(path + "survey/", {}).status_code == 422
    assert client.post(path + "survey/", {"usefulness": "2", "survey_words": "More time"}).status_code == 302
    page = client.get(path).content.decode()
    assert "0 of 1 found it useful or very useful" in page
    client.force_login(editor)
    assert "More time" in client.get(path).content.decode()


def test_the_survey_shows_a_trend_over_the_meetings(client, assert_flat_queries):
    def held(year: int, *answers: int, **fields):
        meeting = MeetingFactory(starts_on=date(year, 5, 1), year=year, **fields)
        for answer in answers:
            MeetingPlace.objects.create(
                meeting=meeting, user=un_user(), organization="Unit", usefulness=answer, survey_words="Secret"
            )
        return meeting

    held(2025, 4, 3, 1)
    held(2024, 4, 2)
    held(2023)
    held(2022, 4, is_public=False)
    held(2011, survey_result="More than 75% found it useful", source="A/66/320, para. 18")
    rows = queries.survey_trend(UserFactory())
    assert [(row.year, row.useful_count, row.answer_count, row.useful_percent) for row in rows] == [
        (2025, 2, 3, 67),
        (2024, 1, 2, 50),
        (2011, 0, 0, 0),
    ]
    page = client.get("/meetings/").content.decode()
    assert "How useful the meetings were" in page
    assert "More than 75% found it useful" in page
    assert "Secret" not in page
    assert_flat_queries(lambda: client.get("/meetings/"), grow=lambda: held(2021, 4))


def test_progress_is_told_by_the_owner_entity_and_no_progress_counts(client):
    action = ActionPointFactory(owner_id="UNDP", state=ActionState.IN_PROGRESS, meeting__year=2025)
    owner = FocalPointFactory(entity_id="UNDP", user=un_user()).user
    stranger = FocalPointFactory(entity_id="WFP", user=un_user()).user
    this_year = timezone.localdate().year
    with pytest.raises(PermissionDenied):
        services.tell_progress(action, year=this_year, text="Done", state="done", by=stranger)
    assert list(queries.actions_to_tell(owner)) == [action]
    services.tell_progress(action, year=this_year, text="No progress so far", state="no_progress", by=owner)
    services.tell_progress(action, year=2025, text="A group was formed", state="in_progress", by=owner)
    with pytest.raises(RuleViolation):
        services.tell_progress(action, year=2024, text="Too early", state="done", by=owner)
    action.refresh_from_db()
    assert action.state == ActionState.NO_PROGRESS
    assert list(queries.actions_to_tell(owner)) == []
    assert "No progress so far" in client.get(f"/meetings/actions/{action.pk}/").content.decode()


def test_tracker_shows_what_had_happened_by_a_year(client):
    action = ActionPointFactory(state="done", meeting__year=2005, meeting__starts_on=None, owner_id="UNDP")
    ProgressNote.objects.create(action=action, year=2006, text="No progress so far", state="no_progress")
    ProgressNote.objects.create(action=action, year=2008, text="It was done", state="done")
    later = ActionPointFactory(meeting__year=2010, meeting__starts_on=None, text="Agreed later")
    slug = action.meeting.slug

    def page(query: str) -> str:
        return client.get(f"/meetings/actions/?{query}").content.decode()

    then = page(f"meeting={slug}&by_year=2006")
    assert "No progress so far" in then
    assert "It was done" not in then
    assert "<b>1</b>" in page("by_year=2006&state=no_progress")
    assert "<b>0</b>" in page("by_year=2006&state=done")
    assert "<b>1</b>" in page("state=done")
    assert later.text not in page("owner=UNDP")
    csv = b"".join(client.get(f"/meetings/actions.csv?meeting={slug}").streaming_content).decode()
    assert "2006: No progress so far | 2008: It was done" in csv


def test_tracker_finds_what_is_overdue_and_forgives_nonsense(client):
    ActionPointFactory(due_on=date(2020, 1, 1))
    ActionPointFactory(due_on=date(2020, 1, 1), state="done")
    assert "<b>1</b>" in client.get("/meetings/actions/?state=overdue").content.decode()
    assert client.get("/meetings/actions/?state=nonsense&by_year=x&owner=?&meeting=").status_code == 200


def test_an_action_point_is_changed_with_its_history(client, editor):
    action = ActionPointFactory()
    client.force_login(editor)
    data = {"issue_number": "1", "issue": action.issue, "text": action.text, "state": "dropped"}
    assert client.post(f"/meetings/actions/{action.pk}/edit/", data | {"owner": "WFP"}).status_code == 302
    action.refresh_from_db()
    assert (action.owner_id, action.state) == ("WFP", "dropped")
    assert AuditEvent.objects.get(action="changed").changes["state"] == ["no_progress", "dropped"]


def test_tracker_and_lists_stay_flat(client, assert_flat_queries, editor):
    def grow():
        action = ActionPointFactory(owner_id="UNDP")
        ProgressNote.objects.create(action=action, year=2026, text="Begun")

    assert_flat_queries(lambda: client.get("/meetings/actions/"), grow=grow)
    assert_flat_queries(lambda: client.get("/meetings/"), grow=grow)
    assert_flat_queries(lambda: client.get("/meetings/calendar.ics"), grow=grow)
    meeting = MeetingFactory()

    def fill():
        services.register(meeting, organization="Unit", has_list_consent=True, by=un_user())
        MeetingDocument.objects.create(meeting=meeting, kind="agenda", title="Agenda")

    client.force_login(editor)
    assert_flat_queries(lambda: client.get(f"/meetings/{meeting.slug}/"), grow=fill)
    assert_flat_queries(lambda: client.get(f"/meetings/{meeting.slug}/participants/"), grow=fill)
