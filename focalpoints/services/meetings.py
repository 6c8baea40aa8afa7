from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from focalpoints.models import ActionPoint, Meeting, MeetingPlace, ProgressNote
from focalpoints.services.places import give_up_place, take_place
from focalpoints.wording import clean_text
from portal.emails import send_mail
from portal.errors import RuleViolation, StaleEdit
from portal.history import changed_fields, record
from portal.jobs import enqueue
from portal.models import User

MANAGE = "focalpoints.manage_learning"


@transaction.atomic
def save_meeting(
    meeting: Meeting | None, values: Mapping[str, Any], *, by: User, version: int | None = None
) -> Meeting:
    """Write a meeting. Raises StaleEdit where `version` is no longer the row's."""
    if not by.has_perm(MANAGE):
        raise PermissionDenied
    values = {**values, "agenda": clean_text(values["agenda"]), "report": clean_text(values["report"])}
    values["year"] = values["starts_on"].year
    if meeting is None:
        slug = slugify(f"{values['title']} {values['starts_on']}")[:60]
        if Meeting.objects.filter(slug=slug).exists():
            raise RuleViolation(_("There is a meeting of this title on this day already."))
        meeting = Meeting.objects.create(slug=slug, **values)
        record(meeting, "created", by=by)
        return meeting
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if version is not None and meeting.version != version:
        raise StaleEdit(_("Somebody else changed this meeting since you opened it."))
    changes = changed_fields(meeting, values)
    for field, value in values.items():
        setattr(meeting, field, value)
    meeting.version += 1
    meeting.save()
    record(meeting, "changed", by=by, changes={name: list(map(str, pair)) for name, pair in changes.items()})
    return meeting


@transaction.atomic
def register(meeting: Meeting, *, organization: str, has_list_consent: bool, by: User) -> MeetingPlace:
    """A place at the meeting, or on its waiting list. For UN users, while registration is open."""
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if not meeting.is_open_for_registration:
        raise RuleViolation(_("Registration for this meeting is closed."))
    return take_place(
        MeetingPlace.objects.filter(meeting=meeting),
        meeting.capacity or 0,
        user=by,
        organization=organization,
        meeting=meeting,
        has_list_consent=has_list_consent,
    )  # type: ignore[return-value]


@transaction.atomic
def withdraw(meeting: Meeting, *, by: User) -> None:
    """Give the place back; whoever waits longest gets it and a mail that says so."""
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    moved_up: Any = give_up_place(
        MeetingPlace.objects.filter(meeting=meeting),
        meeting.capacity or 0,
        user=by,
        nothing=_("You have no place at this meeting."),
    )
    if moved_up is not None:
        key = f"tell_moved_up:{moved_up.pk}:{moved_up.asked_at.isoformat()}"
        enqueue("focalpoints.tell_moved_up", key=key, place_id=moved_up.pk, sent_key=key)


def tell_moved_up(place: MeetingPlace, *, key: str) -> None:
    user = place.user
    send_mail(
        "newsletter_moved_up", {"meeting": place.meeting}, to=user.email, language=user.language, key=key
    )


@transaction.atomic
def answer_survey(meeting: Meeting, usefulness: int, *, by: User) -> None:
    """How useful somebody who was registered found the meeting: 4 very useful to 1 not."""
    place = MeetingPlace.objects.filter(meeting=meeting, user=by, status="registered").first()
    if place is None:
        raise RuleViolation(_("Only those who were registered are asked."))
    if usefulness not in (1, 2, 3, 4):
        raise RuleViolation(_("Choose one of the answers."))
    place.usefulness = usefulness
    place.save(update_fields=["usefulness"])


@transaction.atomic
def save_action(meeting: Meeting, values: Mapping[str, Any], *, by: User) -> ActionPoint:
    """A new action point of a meeting."""
    if not by.has_perm(MANAGE):
        raise PermissionDenied
    action = ActionPoint.objects.create(meeting=meeting, position=meeting.actions.count(), **values)
    record(action, "agreed", by=by)
    return action


@transaction.atomic
def tell_progress(action: ActionPoint, *, year: int, text: str, state: str, by: User) -> ProgressNote:
    """Write down what happened in a year, "no progress" included, and where the point stands now.

    May do: the manager, and a focal point of the entity that owns the point.
    """
    action = ActionPoint.objects.select_for_update(no_key=True).get(pk=action.pk)
    if not may_tell_progress(action, by):
        raise PermissionDenied
    note = ProgressNote.objects.create(action=action, year=year, text=clean_text(text), by=by)
    before, action.state = action.state, state
    action.save(update_fields=["state"])
    record(action, "progress told", by=by, note=note.text, changes={"state": [before, state]})
    return note


def may_tell_progress(action: ActionPoint, user: User) -> bool:
    is_owner = bool(
        action.owner_id
        and user.is_authenticated
        and user.focal_points.filter(entity=action.owner_id, left_on=None).exists()
    )
    return is_owner or user.has_perm(MANAGE)
