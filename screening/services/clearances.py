"""What becomes of a clearance: reminded of before its end, lapsed, suspended by a confirmed match."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import UNEntity
from partnerships.models import Company
from partnerships.services.partnerships import hold_partnerships
from portal.history import record
from portal.jobs import enqueue
from screening import queries
from screening.models import Decision, Hit, HitOutcome
from screening.services import locks, monitoring, notices

REMIND_DAYS = (90, 30, 7, 0)  # before the last valid day; source: the casework rules of this project
REVIEW_DAYS = 30  # from which on the company is examined again, so that the new decision is there in time


@transaction.atomic
def suspend_clearances(hit: Hit) -> int:
    """A confirmed match on a list suspends what was approved before, and holds its partnerships.

    Runs once the time to undo the outcome has passed. Returns how many clearances were suspended.
    """
    company = locks.lock_company(hit.company)
    hit = Hit.objects.get(pk=hit.pk)
    if hit.outcome != HitOutcome.TRUE_MATCH or hit.closed_at is not None:
        return 0
    note = _("A true match was confirmed: %(entry)s.") % {"entry": hit.entry_name}
    in_force = list(company.decisions.in_force(timezone.localdate()))
    for decision in in_force:
        decision.suspended_at, decision.suspended_note = timezone.now(), note[:300]
        decision.save(update_fields=["suspended_at", "suspended_note"])
        record(decision, "suspended", by=None, note=note)
    if in_force:
        hold(company, _("The clearance is suspended."), key=f"suspended:{in_force[0].pk}")
    return len(in_force)


def hold(company: Company, note: str, *, key: str, entity: UNEntity | None = None) -> None:
    """Put the active partnerships of a company on hold and tell the focal points of their UN entities.

    With `entity` only those that it leads: others rest on a clearance of their own.
    """
    for partnership in hold_partnerships(company, note, by=None, entity=entity):
        notices.tell_of_hold(partnership, company, note, key=key)


def end_lapsed_clearances() -> None:
    """Queue the end of every clearance whose last day has passed: once for each decision."""
    lapsed = Decision.objects.approving().filter(valid_until__lt=timezone.localdate(), suspended_at=None)
    for pk in lapsed.values_list("pk", flat=True):
        enqueue("screening.end_clearance", key=f"end_clearance:{pk}", decision_id=pk)


@transaction.atomic
def end_clearance(decision: Decision) -> None:
    """Hold the partnerships that rest on a clearance that has ended, unless the entity has a newer one."""
    company = locks.lock_company(decision.company)
    record(decision, "ended", by=None)
    clearance = queries.clearance_for(company, entity=decision.entity)
    if clearance is None or not clearance.is_valid:
        why = _("The clearance has ended.")
        hold(company, why, key=f"ended:{decision.pk}", entity=decision.entity)


def remind_of_ends() -> None:
    """Queue the reminders 90, 30, 7 and 0 days before the end; a day that was missed is made up for."""
    today = timezone.localdate()
    ending = Decision.objects.in_force(today).filter(valid_until__lte=today + timedelta(days=REMIND_DAYS[0]))
    for pk, last_day in ending.values_list("pk", "valid_until"):
        days = min(step for step in REMIND_DAYS if step >= (last_day - today).days)
        key = f"remind_of_end:{pk}:{days}"
        enqueue("screening.remind_of_end", key=key, decision_id=pk, days=days)


@transaction.atomic
def remind_of_end(decision: Decision, days: int) -> None:
    """Tell the focal points that a clearance ends, unless a newer one holds; from 30 days on, review it."""
    company = locks.lock_company(decision.company)
    newest = queries.clearance_for(company, entity=decision.entity)
    if newest is None or newest.decision.pk != decision.pk:
        return
    if days <= REVIEW_DAYS:
        monitoring.review_company(company, "validity")
    notices.tell_of_end(decision, days)
