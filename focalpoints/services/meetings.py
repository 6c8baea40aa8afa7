from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from focalpoints.models import (
    ActionPoint,
    Meeting,
    MeetingDocument,
    MeetingPlace,
    MeetingSession,
    ProgressNote,
)
from focalpoints.services.places import call_off, fill_places, give_up_place, next_status, take_place
from focalpoints.wording import clean_line, clean_text
from portal import attachments
from portal.errors import RuleViolation, StaleEdit
from portal.history import changed_fields, record
from portal.jobs import enqueue
from portal.models import User
from portal.notices import tell

MANAGE = "focalpoints.manage_learning"
WHEN_AND_WHERE = {"starts_on", "ends_on", "start_time", "end_time", "zone", "city", "country"}


def _manager(by: User) -> None:
    if not by.has_perm(MANAGE):
        raise PermissionDenied


def _url(meeting: Meeting) -> str:
    return reverse("focalpoints:meeting_detail", args=[meeting.slug])


@transaction.atomic
def save_meeting(
    meeting: Meeting | None, values: Mapping[str, Any], *, by: User, version: int | None = None
) -> Meeting:
    """Write a meeting. Raises StaleEdit where `version` is no longer the row's.

    Who is registered is told of another time or place; new places go to those who wait.
    """
    _manager(by)
    cleaned = {field: clean_text(values[field]) for field in ("agenda", "report")}
    values = {**values, **cleaned, "title": clean_line(values["title"])}
    if values["starts_on"]:
        values["year"] = values["starts_on"].year
    if meeting is None:
        slug = slugify(f"{values['title']} {values['starts_on'] or values['year']}")[:60]
        if Meeting.objects.filter(slug=slug).exists():
            raise RuleViolation(_("There is a meeting of this title on this day already."))
        meeting = Meeting.objects.create(slug=slug, **values)
        record(meeting, "created", by=by)
        return meeting
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    _not_cancelled(meeting)
    if version is not None and meeting.version != version:
        raise StaleEdit(_("Somebody else changed this meeting since you opened it."))
    changes = changed_fields(meeting, values)
    for field, value in values.items():
        setattr(meeting, field, value)
    meeting.version += 1
    meeting.save()
    record(meeting, "changed", by=by, changes={name: list(map(str, pair)) for name, pair in changes.items()})
    _fill(meeting)
    if WHEN_AND_WHERE & changes.keys() and not meeting.is_over:
        key = f"tell_meeting_moved:{meeting.pk}:{meeting.version}"
        enqueue("focalpoints.tell_meeting_moved", key=key, meeting_id=meeting.pk, version=meeting.version)
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, why: str, by: User) -> Meeting:
    """Say that a meeting does not take place: everybody with a place, or waiting for one, is told.

    The places are free, calendars that ask again strike it out. Done twice it changes nothing.
    """
    _manager(by)
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if meeting.cancelled_at:
        return meeting
    if meeting.is_over:
        raise RuleViolation(_("The meeting is over."))
    for user in call_off(meeting, MeetingPlace.objects.filter(meeting=meeting), why=why, by=by):
        key, context = f"meeting_cancelled:{meeting.pk}", {"meeting": meeting}
        tell(user, "network_meeting_cancelled", context, key=key, url=_url(meeting), kind="network")
    return meeting


def _not_cancelled(meeting: Meeting) -> None:
    if meeting.cancelled_at:
        raise RuleViolation(_("The meeting was cancelled. Announce a new one."))


def tell_meeting_moved(meeting: Meeting, *, version: int) -> None:
    """Tell everybody with a place, or waiting for one, when and where the meeting is now."""
    places = meeting.places.filter(status__in=["registered", "waiting"]).select_related("user")
    for user in [place.user for place in places if place.user is not None]:
        key = f"meeting_moved:{meeting.pk}:{version}"
        context = {"meeting": meeting}
        tell(user, "network_meeting_moved", context, key=key, url=_url(meeting), kind="network")


# --- places -----------------------------------------------------------------------------------------------


def _fill(meeting: Meeting) -> None:
    if meeting.capacity is not None:
        rows = MeetingPlace.objects.filter(meeting=meeting)
        fill_places(rows, meeting.capacity, title=meeting.title, url=_url(meeting))


@transaction.atomic
def register(meeting: Meeting, *, by: User, **values: Any) -> MeetingPlace:
    """A place at the meeting, or on its waiting list. For UN users, while registration is open.

    `values` are organization, role, kind and has_list_consent.
    """
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if not meeting.is_open_for_registration:
        raise RuleViolation(_("Registration for this meeting is closed."))
    rows = MeetingPlace.objects.filter(meeting=meeting)
    return take_place(rows, meeting.capacity or 0, user=by, meeting=meeting, **values)


@transaction.atomic
def withdraw(meeting: Meeting, *, by: User) -> None:
    """Give the place back; whoever waits longest gets it and is told."""
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if meeting.is_over:
        raise RuleViolation(_("The meeting is over."))
    rows = MeetingPlace.objects.filter(meeting=meeting)
    give_up_place(rows, user=by, nothing=_("You have no place at this meeting."))
    _fill(meeting)


@transaction.atomic
def add_guest(meeting: Meeting, *, by: User, **values: Any) -> MeetingPlace:
    """Write down somebody without an account, after registration closed too; they take a place like others.

    `values` are guest_name, organization, role, kind and has_list_consent.
    """
    _manager(by)
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    _not_cancelled(meeting)
    if meeting.capacity is None:
        raise RuleViolation(_("Say first how many places this meeting has."))
    rows = MeetingPlace.objects.filter(meeting=meeting)
    place = rows.create(meeting=meeting, status=next_status(rows, meeting.capacity), **values)
    record(meeting, "guest added", by=by, note=place.organization)
    return place


@transaction.atomic
def remove_place(place: MeetingPlace, *, by: User) -> None:
    """Take somebody off the list: a guest's name is erased, a user's registration withdrawn."""
    _manager(by)
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=place.meeting_id)
    if place.user_id is None:
        MeetingPlace.objects.filter(pk=place.pk).delete()
    else:
        MeetingPlace.objects.filter(pk=place.pk).update(status=MeetingPlace.Status.WITHDRAWN)
    record(meeting, "participant removed", by=by, note=place.organization)
    _fill(meeting)


@transaction.atomic
def answer_survey(meeting: Meeting, *, usefulness: int, survey_words: str, by: User) -> None:
    """How useful somebody who was registered found the meeting, 4 very useful to 1 not, and their words."""
    place = MeetingPlace.objects.filter(meeting=meeting, user=by, status="registered").first()
    if place is None:
        raise RuleViolation(_("Only those who were registered are asked."))
    if not meeting.is_over:
        raise RuleViolation(_("The survey opens when the meeting is over."))
    if usefulness not in (1, 2, 3, 4):
        raise RuleViolation(_("Choose one of the answers."))
    place.usefulness, place.survey_words = usefulness, clean_text(survey_words)
    place.save(update_fields=["usefulness", "survey_words"])


# --- programme and papers ---------------------------------------------------------------------------------


@transaction.atomic
def add_session(meeting: Meeting, values: Mapping[str, Any], *, by: User) -> MeetingSession:
    """A part of the programme, on one of the days of the meeting."""
    _manager(by)
    first, last = meeting.starts_on, meeting.ends_on or meeting.starts_on
    if first is None or last is None:
        raise RuleViolation(_("Say first on which day the meeting begins."))
    if not first <= values["day"] <= last:
        raise RuleViolation(_("The day is not one of the meeting."))
    session = MeetingSession.objects.create(meeting=meeting, **values)
    record(meeting, "session added", by=by, note=session.title)
    return session


@transaction.atomic
def remove_session(session: MeetingSession, *, by: User) -> None:
    _manager(by)
    record(session.meeting, "session removed", by=by, note=session.title)
    session.delete()


@transaction.atomic
def add_paper(
    meeting: Meeting, values: Mapping[str, Any], *, file: UploadedFile | None, by: User
) -> MeetingDocument:
    """A paper of the meeting: with its file, the address of one, or only its name and a note."""
    _manager(by)
    paper = MeetingDocument.objects.create(meeting=meeting, **values)
    if file is not None:
        attachments.accept(file, about=paper, by=by)
    record(meeting, "paper added", by=by, note=paper.title)
    return paper


@transaction.atomic
def remove_paper(paper: MeetingDocument, *, by: User) -> None:
    _manager(by)
    attachments.remove_all(paper, by=by)
    record(paper.meeting, "paper removed", by=by, note=paper.title)
    paper.delete()


# --- action tracker ---------------------------------------------------------------------------------------


@transaction.atomic
def save_action(
    meeting: Meeting, values: Mapping[str, Any], *, by: User, action: ActionPoint | None = None
) -> ActionPoint:
    """Write an action point of a meeting."""
    _manager(by)
    if action is None:
        action = ActionPoint.objects.create(meeting=meeting, position=meeting.actions.count(), **values)
        record(action, "agreed", by=by)
        return action
    action = ActionPoint.objects.select_for_update(no_key=True).get(pk=action.pk)
    changes = changed_fields(action, values)
    for field, value in values.items():
        setattr(action, field, value)
    action.save()
    record(action, "changed", by=by, changes={name: list(map(str, pair)) for name, pair in changes.items()})
    return action


@transaction.atomic
def tell_progress(action: ActionPoint, *, year: int, text: str, state: str, by: User) -> ProgressNote:
    """Write down what happened in a year, "no progress" included, and where the point stood after it.

    The latest year says where the point stands now. May do: the manager, and a focal point of the entity
    that owns the point.
    """
    action = ActionPoint.objects.select_for_update(no_key=True).select_related("meeting").get(pk=action.pk)
    if not may_tell_progress(action, by):
        raise PermissionDenied
    if not action.meeting.year <= year <= timezone.localdate().year:
        raise RuleViolation(_("Tell of a year from the meeting on until now."))
    latest = action.notes.order_by("-year").values_list("year", flat=True).first()
    note = ProgressNote.objects.create(action=action, year=year, text=clean_text(text), state=state, by=by)
    before = action.state
    if latest is None or year >= latest:
        action.state = state
        action.save(update_fields=["state"])
    record(action, "progress told", by=by, note=note.text, changes={"state": [before, action.state]})
    return note


def may_tell_progress(action: ActionPoint, user: User) -> bool:
    is_owner = bool(
        action.owner_id
        and user.is_authenticated
        and user.focal_points.filter(entity=action.owner_id, left_on=None).exists()
    )
    return is_owner or user.has_perm(MANAGE)
