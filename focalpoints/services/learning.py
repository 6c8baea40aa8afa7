from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import Resource, ResourceOpinion, Training, TrainingSeat
from focalpoints.services.places import give_up_place, take_place
from focalpoints.wording import clean_text
from portal.errors import RuleViolation
from portal.history import record
from portal.models import User

MANAGE = "focalpoints.manage_learning"


@transaction.atomic
def save_resource(resource: Resource | None, values: Mapping[str, Any], *, by: User) -> Resource:
    """Write an item of the library; what it takes the place of is marked as superseded."""
    if not by.has_perm(MANAGE):
        raise PermissionDenied
    values = {**values, "summary": clean_text(values["summary"])}
    old = values.get("supersedes")
    if old is not None and resource is not None and old.pk == resource.pk:
        raise RuleViolation(_("An item cannot take its own place."))
    if resource is None:
        resource = Resource.objects.create(added_by=by, **values)
    else:
        resource = Resource.objects.select_for_update(no_key=True).get(pk=resource.pk)
        for field, value in values.items():
            setattr(resource, field, value)
        resource.save()
    if old is not None:
        Resource.objects.filter(pk=old.pk).update(status=Resource.Status.SUPERSEDED)
    record(resource, "saved", by=by)
    return resource


@transaction.atomic
def give_opinion(resource: Resource, *, is_useful: bool, comment: str, by: User) -> ResourceOpinion:
    """What a UN user thinks of an item; a second opinion of the same person replaces the first."""
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied
    opinion, _is_new = ResourceOpinion.objects.update_or_create(
        resource=resource,
        user=by,
        defaults={"is_useful": is_useful, "comment": clean_text(comment), "at": timezone.now()},
    )
    return opinion


@transaction.atomic
def save_training(training: Training | None, values: Mapping[str, Any], *, by: User) -> Training:
    """Write a course."""
    if not by.has_perm(MANAGE):
        raise PermissionDenied
    values = {**values, "text": clean_text(values["text"])}
    materials = values.pop("materials")
    if training is None:
        training = Training.objects.create(**values)
    else:
        training = Training.objects.select_for_update(no_key=True).get(pk=training.pk)
        for field, value in values.items():
            setattr(training, field, value)
        training.save()
    training.materials.set(materials)
    record(training, "saved", by=by)
    return training


@transaction.atomic
def take_seat(training: Training, *, organization: str, by: User) -> TrainingSeat:
    """A seat, or a place on the waiting list, until the course begins."""
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied
    training = Training.objects.select_for_update(no_key=True).get(pk=training.pk)
    if training.starts_on <= timezone.localdate():
        raise RuleViolation(_("This course has begun."))
    return take_place(
        TrainingSeat.objects.filter(training=training),
        training.seats,
        user=by,
        organization=organization,
        training=training,
    )  # type: ignore[return-value]


@transaction.atomic
def leave_seat(training: Training, *, by: User) -> None:
    training = Training.objects.select_for_update(no_key=True).get(pk=training.pk)
    give_up_place(
        TrainingSeat.objects.filter(training=training),
        training.seats,
        user=by,
        nothing=_("You have no seat in this course."),
    )


@transaction.atomic
def complete_seat(seat: TrainingSeat, *, by: User) -> TrainingSeat:
    """Say that somebody finished the course; their certificate then has its day."""
    if not by.has_perm(MANAGE):
        raise PermissionDenied
    seat = TrainingSeat.objects.select_for_update(no_key=True).select_related("training").get(pk=seat.pk)
    if seat.status != TrainingSeat.Status.REGISTERED:
        raise RuleViolation(_("Only somebody who has a seat can complete the course."))
    if seat.training.ends_on > timezone.localdate():
        raise RuleViolation(_("The course has not ended yet."))
    seat.status, seat.completed_on = TrainingSeat.Status.COMPLETED, seat.training.ends_on
    seat.save(update_fields=["status", "completed_on"])
    record(seat.training, "completed by a participant", by=by, note=str(seat.user))
    return seat
