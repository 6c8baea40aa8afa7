from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.links import link_for
from focalpoints.models import REMIND_AFTER_DAYS, FocalPoint
from focalpoints.services.passing_on import pass_on_entry, pass_on_work
from portal.emails import send_mail
from portal.errors import RuleViolation, StaleEdit
from portal.history import changed_fields, record
from portal.jobs import enqueue
from portal.models import User
from portal.notices import tell


def may_edit(entry: FocalPoint, user: User) -> bool:
    is_own = entry.user_id == user.pk and entry.left_on is None
    return is_own or user.has_perm("focalpoints.manage_directory")


@transaction.atomic
def save_entry(
    entry: FocalPoint | None, values: Mapping[str, Any], *, by: User, version: int | None = None
) -> FocalPoint:
    """Write an entry and count it as confirmed today. A new one needs the manager of the directory.

    Raises PermissionDenied; StaleEdit where `version` is no longer the row's; RuleViolation for an
    entry whose holder has left.
    """
    if not (may_edit(entry, by) if entry else by.has_perm("focalpoints.manage_directory")):
        raise PermissionDenied
    values = dict(values)
    countries = values.pop("countries", None)
    if entry is None:
        entry = FocalPoint.objects.create(**values)
        record(entry, "added to the directory", by=by)
    else:
        entry = FocalPoint.objects.select_for_update(no_key=True).get(pk=entry.pk)
        if version is not None and entry.version != version:
            raise StaleEdit(_("Somebody else changed this entry since you opened it."))
        if entry.left_on:
            raise RuleViolation(_("This entry has ended; its successor is the one to edit."))
        changes = changed_fields(entry, values)
        for field, value in values.items():
            setattr(entry, field, value)
        entry.confirmed_on = timezone.localdate()
        entry.version += 1
        entry.save()
        record(entry, "changed", by=by, changes={field: _plain(pair) for field, pair in changes.items()})
    if countries is not None:
        entry.countries.set(countries)
    return entry


def _plain(pair: list[Any]) -> list[Any]:
    return [value if isinstance(value, str | int | bool | list | None) else str(value) for value in pair]


@transaction.atomic
def confirm_entry(entry: FocalPoint, *, by: User) -> FocalPoint:
    """Say that an entry is right as it stands. Raises PermissionDenied, RuleViolation once it ended."""
    if not may_edit(entry, by):
        raise PermissionDenied
    return _confirm(entry.pk, by=by, note="")


@transaction.atomic
def confirm_entry_by_link(entry_id: int) -> FocalPoint:
    """The same through the signed link of a reminder, which only the unit mailbox has."""
    return _confirm(entry_id, by=None, note="through the link of a reminder")


def _confirm(entry_id: int, *, by: User | None, note: str) -> FocalPoint:
    entry = FocalPoint.objects.select_for_update(no_key=True).get(pk=entry_id)
    if entry.left_on:
        raise RuleViolation(_("This entry has ended."))
    entry.confirmed_on = timezone.localdate()
    entry.save(update_fields=["confirmed_on"])
    record(entry, "confirmed", by=by, note=note)
    return entry


@transaction.atomic
def hand_over(
    entry: FocalPoint, *, to: User | None, person_name: str, has_name_consent: bool, by: User
) -> FocalPoint:
    """End an entry and give its place and all that goes with it to a successor; return the new entry.

    With `to` None the place stays vacant under the unit mailbox. What the office may see in the
    registry hangs on the active entry, so records, cases and offers pass on with it; the rest is moved by
    `passing_on`. The successor is told what came.
    """
    if not may_edit(entry, by):
        raise PermissionDenied
    old = FocalPoint.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if old.left_on:
        raise RuleViolation(_("This entry has already been handed over."))
    if to is not None and to.pk == old.user_id:
        raise RuleViolation(_("The successor is the person who leaves. Name somebody else."))
    if to is not None and not to.is_un:
        raise RuleViolation(
            _("The successor needs an account with a UN role. Ask the administrator for one.")
        )
    successor = FocalPoint.objects.get(pk=old.pk)
    successor.pk, successor._state.adding = None, True
    successor.user, successor.person_name, successor.has_name_consent = to, person_name, has_name_consent
    successor.active_since = successor.confirmed_on = timezone.localdate()
    successor.version = 1
    successor.save()
    successor.countries.set(old.countries.all())
    old.left_on, old.successor = max(timezone.localdate(), old.active_since), successor
    old.save(update_fields=["left_on", "successor"])
    pass_on_entry(old, successor)
    passed = pass_on_work(old, old.user, to, by=by) if old.user else []
    record(old, "handed over", by=by, note=str(successor.pk))
    event = record(successor, "took over", by=by, note=str(old.pk))
    if to is not None:
        tell(
            to,
            "network_took_over",
            {"entry": successor, "passed": passed},
            key=f"network_took_over:{event.pk}",
            url=reverse("focalpoints:directory_entry", args=[successor.pk]),
            kind="network",
        )
    return successor


def remind_unconfirmed() -> None:
    """Queue a reminder to each unit whose entry nobody confirmed for half a year, and once more before
    it counts as stale. Each reminder goes out once for a confirmation."""
    today = timezone.localdate()
    for days in REMIND_AFTER_DAYS:
        overdue = FocalPoint.objects.active().filter(confirmed_on__lte=today - timedelta(days=days))
        for entry in overdue.only("pk", "confirmed_on").iterator():
            enqueue(
                "focalpoints.remind_focal_point",
                key=f"remind_focal_point:{entry.pk}:{entry.confirmed_on}:{days}",
                focal_point_id=entry.pk,
                days=days,
            )


def remind_focal_point(entry: FocalPoint, *, days: int) -> None:
    """Mail the unit a link that confirms its entry with one press, unless that has happened meanwhile."""
    if entry.left_on or entry.days_since_confirmed < days:
        return
    language = entry.user.language if entry.user else "en"
    send_mail(
        "newsletter_reminder",
        {"entry": entry, "confirm_path": link_for("entry_confirm", entry.pk)},
        to=entry.unit_mailbox,
        language=language,
        key=f"remind_focal_point:{entry.pk}:{entry.confirmed_on}:{days}",
    )
