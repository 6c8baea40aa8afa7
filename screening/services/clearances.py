"""What becomes of a clearance: suspended by a confirmed match, reminded of, lapsed."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships.services.partnerships import hold_partnerships
from portal.history import record
from portal.jobs import enqueue
from screening import queries
from screening.models import Decision, Hit, HitOutcome
from screening.services import locks

REMIND_DAYS = [90, 30, 7, 0]  # before the last valid day


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
        hold_partnerships(company, note, by=None)
    return len(in_force)


def end_lapsed_clearances() -> None:
    """Queue the end of every clearance whose last day has passed: once for each decision."""
    lapsed = Decision.objects.approving().filter(valid_until__lt=timezone.localdate(), suspended_at=None)
    for pk in lapsed.values_list("pk", flat=True):
        enqueue("screening.end_clearance", key=f"end_clearance:{pk}", decision_id=pk)


@transaction.atomic
def end_clearance(decision: Decision) -> None:
    """Hold the partnerships of a company whose clearance has ended, unless a newer one is in force."""
    company = locks.lock_company(decision.company)
    record(decision, "ended", by=None)
    clearance = queries.clearance_for(company)
    if clearance is None or not clearance.is_valid:
        hold_partnerships(company, _("The clearance has ended."), by=None)
