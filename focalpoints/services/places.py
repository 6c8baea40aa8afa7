"""Places at a meeting and seats in a course: so many, and then a waiting list in the order of asking.

The caller holds a lock on what the places belong to, so two cannot take the last one.
"""

from typing import Any

from django.db import models
from django.utils import timezone

from focalpoints.models import Meeting, Training
from focalpoints.wording import clean_line
from portal.errors import RuleViolation
from portal.history import record
from portal.models import User
from portal.notices import tell

HELD = ("registered", "completed")


def take_place(rows: models.QuerySet, capacity: int, *, user: User, **fields: Any) -> Any:
    """Give `user` a place among `rows`, or the end of the waiting list. Asking twice changes nothing."""
    row = rows.filter(user=user).first()
    if row is not None and row.status != "withdrawn":
        return row
    values = {"status": next_status(rows, capacity), "asked_at": timezone.now(), **fields}
    row, _is_new = rows.update_or_create(user=user, defaults=values)
    return row


def next_status(rows: models.QuerySet, capacity: int) -> str:
    return "registered" if rows.filter(status__in=HELD).count() < capacity else "waiting"


def give_up_place(rows: models.QuerySet, *, user: User, nothing: str) -> None:
    """Withdraw. Without a place: RuleViolation(nothing). Let `fill_places` follow."""
    if not rows.filter(user=user, status__in=["registered", "waiting"]).update(status="withdrawn"):
        raise RuleViolation(nothing)


def call_off(event: Meeting | Training, rows: models.QuerySet, *, why: str, by: User) -> list[User]:
    """Cancel what has places and take every place back. Returns the people who had one or waited for one."""
    event.cancelled_at, event.cancelled_why = timezone.now(), clean_line(why)
    event.version += 1
    event.save(update_fields=["cancelled_at", "cancelled_why", "version"])
    record(event, "cancelled", by=by, note=event.cancelled_why)
    held = rows.filter(status__in=["registered", "waiting"])
    people = [row.user for row in held.select_related("user") if row.user is not None]
    held.update(status="withdrawn")
    return people


def fill_places(rows: models.QuerySet, capacity: int, *, title: str, url: str) -> int:
    """Give free places to those who wait, longest first, and tell them. Returns to how many."""
    free = max(0, capacity - rows.filter(status__in=HELD).count())
    moved_up = list(rows.filter(status="waiting").order_by("asked_at", "id")[:free].select_related("user"))
    rows.filter(pk__in=[row.pk for row in moved_up]).update(status="registered")
    for row in moved_up:
        if row.user is not None:
            key = f"moved_up:{row._meta.model_name}:{row.pk}:{row.asked_at.isoformat()}"
            tell(row.user, "network_moved_up", {"title": title}, key=key, url=url, kind="network")
    return len(moved_up)
