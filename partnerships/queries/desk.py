"""What somebody has to do with records of the registry."""

from collections.abc import Callable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from partnerships.models import Partnership, PartnershipStatus
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
    """Records in a state that asks for an act, the latest change first; at most 20."""
    if not user.has_perm("partnerships.register_partnership"):
        return []
    records = editable_records(user).filter(is_imported=False, status__in=NEXT_ACT)
    return [_row(record) for record in records[:SHOWN]]


def _row(record: Partnership) -> DeskRow:
    act, is_waiting = NEXT_ACT[record.status]
    return DeskRow(
        title=f"{act()}: {record.title}",
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
