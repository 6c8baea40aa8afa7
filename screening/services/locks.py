"""The first lines of the services on a case: who may, the case as it is now, and whether it can change.

Where rows are locked, the order is company, then case.
"""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from partnerships.models import Company
from portal.errors import RuleViolation, StaleEdit
from portal.models import User
from screening import queries
from screening.models import Case, CaseStatus


def may(by: User, permission: str) -> None:
    if not by.has_perm(permission):
        raise PermissionDenied


def lock_company(company: Company) -> Company:
    return Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def locked(case: Case) -> Case:
    """The case as it is now, with its company and itself locked."""
    lock_company(case.company)
    return (
        Case.objects.select_for_update(no_key=True, of=("self",))
        .select_related("company", "entity", "analyst", "requested_by")
        .get(pk=case.pk)
    )


def is_open(case: Case) -> None:
    if not case.is_open:
        raise RuleViolation(_("This case is closed."))


def is_under_review(case: Case) -> None:
    if case.status not in (CaseStatus.RESEARCH, CaseStatus.ASSESSMENT):
        raise RuleViolation(
            _("This case is “%(status)s”: it can no longer be changed here.")
            % {"status": case.get_status_display()}
        )


def is_current(case: Case, version: int) -> None:
    if case.version != version:
        raise StaleEdit(_("Somebody changed this case since you opened it. Your words are kept below."))


def did_not_ask(case: Case, by: User) -> None:
    if case.requested_by_id == by.pk:
        raise RuleViolation(_("You asked for this case. Another person examines it."))


def bump(case: Case) -> None:
    """A change that somebody who looks at the case must see: open forms become stale."""
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)


def is_possible(checks: Sequence[queries.Check], outcome: str) -> None:
    missing = [check.label for check in checks if not check.is_met and outcome in check.blocks]
    if missing:
        raise RuleViolation(_("Not yet possible. Still needed: %(reasons)s") % {"reasons": " ".join(missing)})
