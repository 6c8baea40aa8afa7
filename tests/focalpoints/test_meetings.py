from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from icalendar import Calendar

from focalpoints.models import ActionState, MeetingPlace, ProgressNote
from focalpoints.services import meetings as services
from portal.errors import RuleViolation, StaleEdit
from tests.focalpoints.factories import ActionPointFactory, FocalPointFactory, MeetingFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


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
    assert mail.outbox[0].to == [second.email]
    services.register(meeting, organization="Unit", has_list_consent=False, by=first)
    assert status(meeting, first) == "waiting"


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


def test_a_meeting_keeps_its_hour_across_a_change_of_summer_time(client):
    meeting = MeetingFactory(
        starts_on=date(2026, 10, 20), start_time=time(9, 30), end_time=time(17), zone="Europe/Paris"
    )
    assert meeting.starts_at.astimezone(UTC) == datetime(2026, 10, 20, 7, 30, tzinfo=UTC)
    editor = UserFactory(roles=["editor"])
    values = {"title": meeting.title, "starts_on": date(2026, 11, 3), "agenda": "", "report": ""}
    moved = services.save_meeting(meeting, values, by=editor, version=1)
    assert moved.starts_at.astimezone(UTC) == datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
    with pytest.raises(StaleEdit):
        services.save_meeting(meeting, values, by=editor, version=1)
    event = Calendar.from_ical(client.get(f"/meetings/{meeting.slug}/calendar/").content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == datetime(2026, 11, 3, 8, 30, tzinfo=UTC)


def test_a_meeting_is_written_through_its_form(client):
    client.force_login(UserFactory(roles=["editor"]))
    data = {
        "title": "Focal points 2027",
        "starts_on": "2027-06-01",
        "start_time": "09:30",
        "zone": "Europe/Paris",
        "agenda": "- One\n- <b>Two</b>",
        "capacity": "80",
        "is_public": "on",
    }
    assert client.post("/meetings/new/", data | {"zone": "Mars/Olympus"}).status_code == 422
    response = client.post("/meetings/new/", data)
    assert response.url == "/meetings/focal-points-2027-2027-06-01/"
    page = client.get(response.url).content.decode()
    assert "<li>Two</li>" in page
    assert client.post("/meetings/new/", data).status_code == 409


def test_survey_is_for_those_who_were_there(client):
    meeting = MeetingFactory(starts_on=timezone.localdate() - timedelta(days=3))
    was_there = un_user()
    MeetingPlace.objects.create(meeting=meeting, user=was_there, organization="Unit")
    services.answer_survey(meeting, 4, by=was_there)
    with pytest.raises(RuleViolation):
        services.answer_survey(meeting, 4, by=un_user())
    with pytest.raises(RuleViolation):
        services.answer_survey(meeting, 5, by=was_there)
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingPlace.objects.update(usefulness=9)
    assert "1 of 1 found it useful" in client.get(f"/meetings/{meeting.slug}/").content.decode()


def test_progress_is_told_by_the_owner_entity_and_no_progress_counts(client):
    action = ActionPointFactory(owner_id="UNDP", state=ActionState.IN_PROGRESS)
    owner = FocalPointFactory(entity_id="UNDP", user=un_user()).user
    stranger = FocalPointFactory(entity_id="WFP", user=un_user()).user
    with pytest.raises(PermissionDenied):
        services.tell_progress(action, year=2026, text="Done", state="done", by=stranger)
    services.tell_progress(action, year=2026, text="No progress so far", state="no_progress", by=owner)
    action.refresh_from_db()
    assert action.state == ActionState.NO_PROGRESS
    assert "No progress so far" in client.get(f"/meetings/actions/{action.pk}/").content.decode()


def test_tracker_filters_and_stays_flat(client, assert_flat_queries):
    def grow():
        action = ActionPointFactory(owner_id="UNDP")
        ProgressNote.objects.create(action=action, year=2026, text="Begun")

    assert_flat_queries(lambda: client.get("/meetings/actions/"), grow=grow)
    assert_flat_queries(lambda: client.get("/meetings/"), grow=grow)
    assert "<b>0</b>" in client.get("/meetings/actions/?state=done").content.decode()
    assert client.get("/meetings/actions/?state=nonsense").status_code == 200
