"""What somebody has to do with records of the registry."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships import reporting
from partnerships.models import Partnership, PartnershipStatus, Registration, RegistrationStatus
from partnerships.queries.registry import editable_records
from portal.desk import DeskRow
from portal.models import User

S = PartnershipStatus
# What is done next with a record in that state, and whether somebody else does it.
NEXT_ACT: dict[str, tuple[Callable[[], str], bool]] = {
    S.IDEA: (lambda: _("Describe it and send it to screening"), False),
    S.SCREENING: (lambda: _("Its companies are being screened"), True),
    S.DESIGN: (lambda: _("Agree on indicators, evaluation and roles"), False),
    S.AGREEMENT: (lambda: _("Sign the agreement"), False),
    S.CLOSING: (lambda: _("Write the final report and the lessons"), False),
    S.ON_HOLD: (lambda: _("Clear up why it is on hold"), False),
}
SHOWN = 20


def desk_rows(user: User) -> list[DeskRow]:
    """Reports that are owed, records in a state that asks for an act, registrations to read; 20 of each."""
    if not user.has_perm("partnerships.register_partnership"):
        return []
    records = editable_records(user).filter(is_imported=False)
    soon = timezone.localdate() + timedelta(days=reporting.REMINDER_DAYS[0])
    owed = records.filter(status__in=reporting.REPORTING, next_report_on__lte=soon).order_by("next_report_on")
    rows = [_report_row(record) for record in owed[:SHOWN]]
    rows += [_row(record) for record in records.filter(status__in=NEXT_ACT)[:SHOWN]]
    if user.has_perm("partnerships.review_partnership"):
        waiting = Registration.objects.filter(status=RegistrationStatus.SUBMITTED).order_by("submitted_at")
        rows += [_registration_row(registration) for registration in waiting[:SHOWN]]
    return rows


def _report_row(record: Partnership) -> DeskRow:
    return DeskRow(
        title=_("Report on it: %(title)s") % {"title": record.title},
        url=reverse("partnerships:report_edit", args=[record.reference]),
        detail=record.reference,
        who=_("You"),
        state=_("Report due"),
        due_on=record.next_report_on,
    )


def _registration_row(registration: Registration) -> DeskRow:
    return DeskRow(
        title=_("Read the registration: %(title)s") % {"title": registration},
        url=reverse("partnerships:desk_registration", args=[registration.reference]),
        detail=registration.reference,
        who=_("You"),
        state=registration.get_status_display(),
    )


def _row(record: Partnership) -> DeskRow:
    act, is_waiting = NEXT_ACT[record.status]
    return DeskRow(
        title=_("%(act)s: %(title)s") % {"act": act(), "title": record.title},
        url=reverse("partnerships:partnership_desk", args=[record.reference]),
        detail=record.reference,
        who=_("Screening desk") if is_waiting else _("You"),
        state=record.get_status_display(),
        is_waiting=is_waiting,
    )


def work_list(user: User, show: str):
    """The records of the desk list: those on their way, those at work or ended, or those of the archive."""
    records = editable_records(user)
    if show == "archive":
        return records.filter(is_imported=True).order_by("-id")
    at_work = Q(status__in=[S.ACTIVE, S.CLOSED, S.ABANDONED, S.NOT_ELIGIBLE, S.WITHDRAWN])
    records = records.filter(is_imported=False)
    return records.filter(at_work) if show == "settled" else records.exclude(at_work)
