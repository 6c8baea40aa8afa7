"""Places at a meeting and seats in a course: so many, and then a waiting list in the order of asking."""

from typing import Any

from django.db import models
from django.utils import timezone

from portal.errors import RuleViolation
from portal.models import User

HELD = ("registered", "completed")


def take_place(
    rows: models.QuerySet, capacity: int, *, user: User, organization: str, **fields: Any
) -> models.Model:
    """Give `user` a place among `rows`, or the end of the waiting list. Asked twice it keeps the first place.

    The caller holds a lock on what the places belong to, so two cannot take the last one.
    """
    row = rows.filter(user=user).first()
    if row is not None and row.status != "withdrawn":
        return row
    status = "registered" if rows.filter(status__in=HELD).count() < capacity else "waiting"
    values = {"organization": organization, "status": status, "asked_at": timezone.now(), **fields}
    row, _is_new = rows.update_or_create(user=user, defaults=values)
    return row


def give_up_place(rows: models.QuerySet, capacity: int, *, user: User, nothing: str) -> models.Model | None:
    """Withdraw; who waits longest moves up and is returned. Without a place: RuleViolation(nothing)."""
    if not rows.filter(user=user, status__in=["registered", "waiting"]).update(status="withdrawn"):
        raise RuleViolation(nothing)
    first = rows.filter(status="waiting").order_by("asked_at", "id").first()
    if first is None or rows.filter(status__in=HELD).count() >= capacity:
        return None
    rows.filter(pk=first.pk).update(status="registered")
    return first
