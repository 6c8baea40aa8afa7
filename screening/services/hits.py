"""What people say of hits: decide, undo, revoke."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships.models import Company
from portal.errors import RuleViolation, StaleEdit
from portal.history import record
from portal.jobs import enqueue
from portal.models import User
from screening.models import HIT_REASONS, UNDO_WITHIN, Case, CaseStatus, Hit, HitOutcome
from screening.services import cases, locks


@transaction.atomic
def decide_hit(hit: Hit, *, version: int, outcome: str, reason: str, comment: str, by: User) -> Hit:
    """Say whether a hit is the company, with a reason and words for the record. It decides one hit, no case.

    The first who decides a hit of a free case becomes its analyst. Raises StaleEdit when somebody else
    decided meanwhile, RuleViolation where the case does not allow it now.
    """
    hit, case = _locked(hit, by)
    if hit.version != version:
        raise StaleEdit(_("Somebody decided this hit since you opened it. Your words are kept below."))
    if hit.closed_at is not None:
        raise RuleViolation(_("The entry has left its list. There is nothing to decide any more."))
    if reason not in HIT_REASONS[outcome]:
        raise RuleViolation(_("Choose a reason that fits the decision."))
    case = _reviewable(case, hit.company, by)
    if case.analyst_id is None:
        cases.take_case(case, by=by)
    before = hit.outcome
    hit.outcome, hit.reason, hit.comment = outcome, reason, comment
    hit.decided_by, hit.decided_at = by, timezone.now()
    hit.version += 1
    hit.save()
    record(
        hit, "decided", by=by, note=comment, changes={"outcome": [before, outcome], "reason": ["", reason]}
    )
    locks.bump(case)
    if outcome == HitOutcome.TRUE_MATCH:
        enqueue(
            "screening.suspend_clearances",
            key=f"suspend_clearances:{hit.pk}:{hit.version}",
            run_after=timezone.now() + UNDO_WITHIN,
            hit_id=hit.pk,
        )
    return hit


@transaction.atomic
def undo_hit(hit: Hit, *, by: User) -> Hit:
    """Take back one's own outcome within 30 seconds, as if it had not been given; the history keeps both."""
    hit, case = _locked(hit, by)
    if not hit.can_be_undone_by(by):
        raise RuleViolation(_("The time to undo has passed. Revoke the outcome and say why."))
    return _take_back(hit, _reviewable(case, hit.company, by), "undone", "", by)


@transaction.atomic
def revoke_hit(hit: Hit, *, note: str, by: User) -> Hit:
    """Drop an outcome, one's own or a colleague's, with a reason. The hit is open again, in a case."""
    hit, case = _locked(hit, by)
    if hit.outcome == "" or hit.closed_at is not None:
        raise RuleViolation(_("This hit has no outcome to revoke."))
    if case is not None:
        case = _reviewable(case, hit.company, by)
    return _take_back(hit, case, "revoked", note, by)


def drop_outcome(
    hit: Hit, *, why: str, added: Sequence[str] = (), removed: Sequence[str] = (), note: str = ""
) -> None:
    """Take the outcome off a hit in memory; keep what it was. `why` is entry, subject, undone or revoked."""
    hit.reopened = {
        "was": hit.outcome,
        "on": timezone.localtime(hit.decided_at).date().isoformat() if hit.decided_at else None,
        "why": why,
        "added": list(added),
        "removed": list(removed),
        "note": note,
    }
    hit.outcome = hit.reason = hit.comment = ""
    hit.decided_by = hit.decided_at = None
    hit.version += 1


def _take_back(hit: Hit, case: Case | None, why: str, note: str, by: User) -> Hit:
    before = hit.outcome
    drop_outcome(hit, why=why, note=note)
    hit.save()
    record(hit, why, by=by, note=note, changes={"outcome": [before, ""]})
    if case is None:
        cases.open_case_for_hits(hit.company)
    else:
        locks.bump(case)
    return hit


def _locked(hit: Hit, by: User) -> tuple[Hit, Case | None]:
    if not by.has_perm("screening.review_hit"):
        raise PermissionDenied
    Company.objects.select_for_update(no_key=True).get(pk=hit.company_id)
    hit = Hit.objects.select_for_update(no_key=True, of=("self",)).select_related("company").get(pk=hit.pk)
    return hit, Case.objects.open().filter(company=hit.company).select_for_update(no_key=True).first()


def _reviewable(case: Case | None, company: Company, by: User) -> Case:
    """The open case of the company, where hits may be decided by this person."""
    if case is None:
        raise RuleViolation(_("No case on %(company)s is open.") % {"company": company.name})
    if case.status == CaseStatus.DECISION:
        raise RuleViolation(_("The case awaits its decision. Call it back before you change a hit."))
    if case.requested_by_id == by.pk:
        raise RuleViolation(_("You asked for this case. Another person examines it."))
    return case
