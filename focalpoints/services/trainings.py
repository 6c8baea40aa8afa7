from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import Handout, Training, TrainingSeat, UNEntity
from focalpoints.services.places import call_off, fill_places, give_up_place, take_place
from focalpoints.wording import clean_line, clean_text
from portal import attachments
from portal.errors import RuleViolation
from portal.history import changed_fields, record
from portal.models import User
from portal.notices import tell

MANAGE = "focalpoints.manage_learning"
WHEN_AND_WHERE = {"starts_on", "ends_on", "place"}


def _url(training: Training) -> str:
    return reverse("focalpoints:training_detail", args=[training.pk])


def _manager(by: User) -> None:
    if not by.has_perm(MANAGE):
        raise PermissionDenied


@transaction.atomic
def save_training(training: Training | None, values: Mapping[str, Any], *, by: User) -> Training:
    """Write a course. Who has a seat is told of other days or another place; new seats go to who waits."""
    _manager(by)
    values = {**values, "text": clean_text(values["text"]), "title": clean_line(values["title"])}
    materials = values.pop("materials")
    if training is None:
        training = Training.objects.create(**values)
        changes: dict[str, list[Any]] = {}
    else:
        training = Training.objects.select_for_update(no_key=True).get(pk=training.pk)
        _not_cancelled(training)
        changes = changed_fields(training, values)
        for field, value in values.items():
            setattr(training, field, value)
        training.version += 1
        training.save()
        fill_places(
            TrainingSeat.objects.filter(training=training),
            training.seats,
            title=training.title,
            url=_url(training),
        )
    training.materials.set(materials)
    if WHEN_AND_WHERE & changes.keys() and training.ends_on >= timezone.localdate():
        _tell_all(training, "network_training_moved", key=f"training_moved:{training.pk}:{training.version}")
    record(training, "saved", by=by, changes={name: list(map(str, pair)) for name, pair in changes.items()})
    return training


@transaction.atomic
def cancel_training(training: Training, *, why: str, by: User) -> Training:
    """Say that a course does not take place: whoever has a seat, or waits for one, is told.

    The seats are free, calendars that ask again strike it out. Done twice it changes nothing.
    """
    _manager(by)
    training = Training.objects.select_for_update(no_key=True).get(pk=training.pk)
    if training.cancelled_at:
        return training
    if training.ends_on < timezone.localdate():
        raise RuleViolation(_("The course is over."))
    for user in call_off(training, TrainingSeat.objects.filter(training=training), why=why, by=by):
        key, context = f"training_cancelled:{training.pk}", {"training": training}
        tell(user, "network_training_cancelled", context, key=key, url=_url(training), kind="network")
    return training


def _not_cancelled(training: Training) -> None:
    if training.cancelled_at:
        raise RuleViolation(_("The course was cancelled. Announce a new one."))


def _tell_all(training: Training, template: str, *, key: str) -> None:
    for seat in training.taken.filter(status__in=["registered", "waiting"]).select_related("user"):
        tell(seat.user, template, {"training": training}, key=key, url=_url(training), kind="network")


@transaction.atomic
def add_handout(training: Training, *, title: str, file: UploadedFile, by: User) -> Handout:
    _manager(by)
    handout = Handout.objects.create(training=training, title=clean_line(title))
    attachments.accept(file, about=handout, by=by)
    record(training, "handout added", by=by, note=handout.title)
    return handout


@transaction.atomic
def remove_handout(handout: Handout, *, by: User) -> None:
    _manager(by)
    attachments.remove_all(handout, by=by)
    record(handout.training, "handout removed", by=by, note=handout.title)
    handout.delete()


@transaction.atomic
def take_seat(
    training: Training,
    *,
    organization: str,
    entity: UNEntity | None = None,
    office_level: str = "",
    by: User,
) -> TrainingSeat:
    """A seat, or a place on the waiting list, until the course begins."""
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied
    training = Training.objects.select_for_update(no_key=True).get(pk=training.pk)
    _not_cancelled(training)
    if training.starts_on <= timezone.localdate():
        raise RuleViolation(_("This course has begun."))
    rows = TrainingSeat.objects.filter(training=training)
    works_at = {"organization": organization, "entity": entity, "office_level": office_level}
    return take_place(rows, training.seats, user=by, training=training, **works_at)


@transaction.atomic
def leave_seat(training: Training, *, by: User) -> None:
    """Give the seat back; whoever waits longest gets it and is told."""
    training = Training.objects.select_for_update(no_key=True).get(pk=training.pk)
    if training.starts_on <= timezone.localdate():
        raise RuleViolation(_("This course has begun."))
    rows = TrainingSeat.objects.filter(training=training)
    give_up_place(rows, user=by, nothing=_("You have no seat in this course."))
    fill_places(rows, training.seats, title=training.title, url=_url(training))


@transaction.atomic
def complete_seat(seat: TrainingSeat, *, by: User) -> TrainingSeat:
    """Say that somebody finished the course; they are told that their certificate is there."""
    _manager(by)
    seat = (
        TrainingSeat.objects.select_for_update(no_key=True).select_related("training", "user").get(pk=seat.pk)
    )
    if seat.status != TrainingSeat.Status.REGISTERED:
        raise RuleViolation(_("Only somebody who has a seat can complete the course."))
    if seat.training.ends_on > timezone.localdate():
        raise RuleViolation(_("The course has not ended yet."))
    TrainingSeat.objects.filter(pk=seat.pk).update(
        status=TrainingSeat.Status.COMPLETED, completed_on=seat.training.ends_on
    )
    record(seat.training, "completed by a participant", by=by, note=str(seat.user))
    tell(
        seat.user,
        "network_certificate",
        {"training": seat.training},
        key=f"certificate:{seat.pk}",
        url=_url(seat.training),
        kind="network",
    )
    seat.refresh_from_db()
    return seat


@transaction.atomic
def complete_all(training: Training, *, by: User) -> int:
    """Everybody with a seat finished the course. Returns how many."""
    _manager(by)
    seats = training.taken.filter(status=TrainingSeat.Status.REGISTERED)
    return len([complete_seat(seat, by=by) for seat in seats])
