"""The second person's decision: who may take it, what it must hold, and what follows from it."""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships.services.partnerships import hold_partnerships
from portal.errors import RuleViolation
from portal.history import move, record
from portal.models import User
from portal.references import next_reference
from screening import queries
from screening.models import (
    APPROVING,
    CASE_MOVES,
    REFUSING,
    Assessment,
    Case,
    CaseStatus,
    Decision,
    DecisionLevel,
    DecisionOutcome,
    JointNote,
    JointRemark,
)
from screening.queries.catalogue import read_version
from screening.rating import validity_months
from screening.services import locks, notices

JOINT_NOTE_WITHIN = timedelta(days=365)


@transaction.atomic
def decide_case(
    case: Case,
    *,
    version: int,
    outcome: str,
    note: str,
    has_no_conflict: bool,
    by: User,
    rating: str = "",
    override_reason: str = "",
    reason_codes: Sequence[str] = (),
) -> Decision:
    """Close a case with an outcome, by another person than its analyst and its requester.

    `rating` may be stricter than the computed one, with a reason; "" keeps it. A refusal names reason codes.
    Raises PermissionDenied without the role, StaleEdit when somebody was faster or the case changed,
    RuleViolation where a rule forbids the outcome now.
    """
    locks.may(by, "screening.decide_case")
    case = locks.locked(case)
    locks.is_current(case, version)
    if by.pk in (case.analyst_id, case.requested_by_id):
        raise RuleViolation(_("You asked for this case or examined it. Another person decides."))
    if not has_no_conflict:
        raise RuleViolation(_("Say that you have no conflict of interest, or leave the decision to others."))
    run, analyst = queries.latest_run(case.company), case.analyst
    assessment = Assessment.objects.filter(case=case).select_related("catalogue").first()
    if run is None or analyst is None or assessment is None:
        raise RuleViolation(_("Nobody has examined the company yet."))
    locks.is_possible(queries.decision_checks(case), outcome)
    rating = rating or assessment.rating
    _check_rating(assessment, rating, override_reason, outcome)
    level = queries.required_level(case, assessment, rating)
    if queries.level_of(by) < level:
        raise RuleViolation(
            _("A case with this rating and engagement is decided at level %(level)s: %(who)s. Send it up.")
            % {"level": level, "who": DecisionLevel(level).label}
        )
    if outcome in REFUSING and not reason_codes:
        raise RuleViolation(_("Choose the reasons that the company is told."))
    decision = Decision.objects.create(
        reference=next_reference(f"D-{timezone.localdate().year}"),
        case=case,
        company=case.company,
        run=run,
        entity=case.entity,
        tier=case.tier,
        outcome=outcome,
        computed_rating=assessment.rating,
        rating=rating,
        override_reason=override_reason if rating != assessment.rating else "",
        level=level,
        reason_codes=list(reason_codes) if outcome in REFUSING else [],
        conditions=[str(condition) for condition in case.conditions.all()]
        if outcome == DecisionOutcome.APPROVED_WITH_CONDITIONS
        else [],
        note=note,
        analyst=analyst,
        requested_by=case.requested_by,
        by=by,
        has_no_conflict=has_no_conflict,
        valid_until=valid_until(assessment, rating) if outcome in APPROVING else None,
    )
    case.closed_at = decision.at
    case.version += 1
    case.save(update_fields=["closed_at", "version"])
    move(case, CaseStatus.CLOSED, moves=CASE_MOVES, by=by, note=note)
    record(
        decision,
        "decided",
        by=by,
        note=note,
        changes={"outcome": ["", outcome], "rating": [assessment.rating, rating]},
    )
    if outcome in REFUSING:
        note = _("The company was declined.")
        for partnership in hold_partnerships(case.company, note, by=by, entity=case.entity):
            notices.tell_of_hold(partnership, case.company, note, key=f"declined:{decision.pk}")
    _open_joint_note(decision)
    notices.tell_of_decision(decision)
    return decision


def _check_rating(assessment: Assessment, rating: str, override_reason: str, outcome: str) -> None:
    """An override is only stricter and has a reason; the outcome must be one that the rating allows."""
    strictness = read_version(assessment.catalogue).strictness
    if rating not in strictness or strictness.index(rating) < strictness.index(assessment.rating):
        raise RuleViolation(_("The rating can only be made stricter than the computed one."))
    if rating != assessment.rating and not override_reason.strip():
        raise RuleViolation(_("Say why the rating is stricter than the computed one."))
    if rating in ("excluded", "blocked") and outcome in APPROVING:
        raise RuleViolation(_("A company that is excluded, or not yet rated, cannot be approved."))
    if outcome == DecisionOutcome.NOT_ELIGIBLE and rating != "excluded":
        raise RuleViolation(_("“Not eligible” is for companies that are rated as excluded."))


def valid_until(assessment: Assessment, rating: str) -> date:
    """The last day of an approval given today with this rating."""
    months = validity_months(rating, assessment.overlay, using=read_version(assessment.catalogue))
    return add_months(timezone.localdate(), months)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@transaction.atomic
def send_up(case: Case, *, version: int, note: str, by: User) -> Case:
    """Have the next level decide. A decider may always send a file up, never down."""
    locks.may(by, "screening.decide_case")
    case = locks.locked(case)
    locks.is_current(case, version)
    if case.status != CaseStatus.DECISION:
        raise RuleViolation(_("Only a case that awaits its decision can be sent up."))
    now = queries.required_level(case, case.assessment, case.assessment.rating)
    if now == DecisionLevel.L4:
        raise RuleViolation(_("The executive head decides already. There is no higher level."))
    before, case.least_level = case.least_level, f"L{int(now[1]) + 1}"
    case.version += 1
    case.save(update_fields=["least_level", "version"])
    record(case, "sent up", by=by, note=note, changes={"least_level": [before, case.least_level]})
    return case


def may_say_met(user: User) -> bool:
    """Those who examine and those who ask say of a condition that it is met."""
    return user.has_perm("screening.assess_case") or user.has_perm("screening.request_case")


def makes_conditions(case: Case) -> bool:
    """Whether an approval made the conditions of a case more than proposals."""
    decision = getattr(case, "decision", None)
    return decision is not None and decision.outcome == DecisionOutcome.APPROVED_WITH_CONDITIONS


@transaction.atomic
def meet_condition(condition, *, note: str, by: User) -> None:
    """Record that a condition of an approval has been met, and by what that shows."""
    if not may_say_met(by):
        raise PermissionDenied
    case = locks.locked(condition.case)
    if case.status != CaseStatus.CLOSED:
        raise RuleViolation(_("The case is not decided yet. Conditions are met afterwards."))
    if not makes_conditions(case):
        raise RuleViolation(_("The decision made no conditions; these were proposed only."))
    condition.refresh_from_db()
    if condition.met_at is not None:
        raise RuleViolation(_("This condition is met already."))
    condition.met_at, condition.met_by, condition.met_note = timezone.now(), by, note
    condition.save(update_fields=["met_at", "met_by", "met_note"])
    record(case, "condition met", by=by, note=f"{condition.text}: {note}")


# --- where two entities differ ----------------------------------------------------------------------------


def _open_joint_note(decision: Decision) -> None:
    """One entity approved and another refused within 12 months: both explain themselves to each other."""
    if decision.entity_id is None or decision.outcome == DecisionOutcome.DEFERRED:
        return
    others = (
        decision.company.decisions.exclude(pk=decision.pk)
        .exclude(entity=decision.entity)
        .exclude(entity=None)
        .exclude(outcome=DecisionOutcome.DEFERRED)
        .filter(at__gte=decision.at - JOINT_NOTE_WITHIN)
        .order_by("-at", "-id")
    )
    earlier = others.first()
    if earlier is None or (earlier.outcome in REFUSING) == (decision.outcome in REFUSING):
        return
    note = JointNote.objects.create(company=decision.company, earlier=earlier, later=decision)
    record(decision, "joint note opened", by=None, note=earlier.reference)
    notices.tell_of_joint_note(note)


@transaction.atomic
def remark_on(note: JointNote, *, text: str, by: User) -> JointRemark:
    """Add what weighed with one side. People who see one of the two cases may."""
    if not queries.joint_notes_visible_to(by).filter(pk=note.pk).exists():
        raise PermissionDenied
    remark = JointRemark.objects.create(note=note, text=text, by=by)
    record(note.later, "joint note written", by=by, note=text)
    return remark
