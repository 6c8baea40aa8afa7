"""A case from request to decision, and what becomes of the clearance it gives.

Where rows are locked, the order is company, then case.
"""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from focalpoints.models import UNEntity
from partnerships.models import Company
from partnerships.services.companies import adopt_company
from partnerships.services.partnerships import hold_partnerships
from partnerships.working_days import add_working_days
from portal.errors import RuleViolation, StaleEdit
from portal.history import move, record
from portal.jobs import enqueue
from portal.models import AuditEvent, User
from portal.references import next_reference
from screening import queries
from screening.models import (
    CASE_MOVES,
    VALID_MONTHS,
    Case,
    CaseStatus,
    Condition,
    Decision,
    DecisionOutcome,
    Hit,
    HitOutcome,
)

DUE_WORKING_DAYS = 10
VIEW_NOTED_ONCE_IN = timedelta(hours=1)


# --- opening ----------------------------------------------------------------------------------------------


@transaction.atomic
def request_case(company: Company, *, entity: UNEntity, tier: str, purpose: str, by: User) -> Case:
    """Ask for the examination of a company on behalf of a UN entity. Screens it where that was never done.

    A case that a hit had opened becomes this one. Raises RuleViolation where another entity's is open.
    """
    if not by.has_perm("screening.request_case"):
        raise PermissionDenied
    if entity not in queries.entities_for_request(by):
        raise PermissionDenied
    company = _lock(company)
    case = Case.objects.open().filter(company=company).select_for_update(no_key=True).first()
    if case is not None and case.requested_by_id is not None:
        raise RuleViolation(
            _("%(company)s is being examined already, in case %(reference)s. Its outcome will show here.")
            % {"company": company.name, "reference": case.reference}
        )
    if case is None:
        case = _open(company)
    if case.analyst_id == by.pk:
        raise RuleViolation(_("You examine this company. Another person must ask for it."))
    case.entity, case.tier, case.purpose, case.requested_by = entity, tier, purpose, by
    case.version += 1
    case.save()
    record(case, "asked for", by=by, note=purpose)
    adopt_company(company, by=by)
    company.refresh_from_db(fields=["version"])
    key = f"screen_company:{company.pk}:{company.version}"
    enqueue("screening.screen_company", key=key, company_id=company.pk)
    return case


def open_case_for_hits(company: Company) -> Case | None:
    """Open a case where a hit waits and none is open; call a case back that awaited its decision.

    The caller holds the lock of the company. A hit that was already left inconclusive opens nothing.
    """
    if not Hit.objects.live().filter(company=company, outcome="").exists():
        return None
    case = Case.objects.open().filter(company=company).select_for_update(no_key=True).first()
    if case is None:
        case = _open(company)
        record(case, "opened by a hit", by=None)
    elif case.status == CaseStatus.DECISION:
        move(case, CaseStatus.RESEARCH, moves=CASE_MOVES, by=None, note=gettext_noop("A new hit came in."))
    return case


def _open(company: Company) -> Case:
    today = timezone.localdate()
    return Case.objects.create(
        reference=next_reference(f"C-{today.year}"),
        company=company,
        due_on=add_working_days(today, DUE_WORKING_DAYS),
    )


# --- reviewing --------------------------------------------------------------------------------------------


@transaction.atomic
def take_case(case: Case, *, by: User) -> Case:
    """Become the analyst of a case: a free one, or one that a colleague hands over."""
    _may(by, "screening.assess_case")
    case = _locked(case)
    _is_open(case)
    _did_not_ask(case, by)
    if case.analyst_id != by.pk:
        before = str(case.analyst) if case.analyst else ""
        case.analyst = by
        case.save(update_fields=["analyst"])
        record(case, "taken", by=by, changes={"analyst": [before, str(by)]})
    return case


@transaction.atomic
def take_next_case(*, by: User) -> Case | None:
    """The most urgent case that nobody has taken, now this person's; None when there is none."""
    _may(by, "screening.assess_case")
    free = Case.objects.open().filter(analyst=None).exclude(requested_by=by).order_by("due_on", "id")
    case = free.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    return take_case(case, by=by) if case else None


@transaction.atomic
def add_condition(case: Case, *, by: User, **values) -> Condition:
    """Propose a condition: text, owner, due_on, evidence. Until the case is with the decider."""
    _may(by, "screening.assess_case")
    case = _locked(case)
    _is_under_review(case)
    condition = Condition.objects.create(case=case, **values)
    record(case, "condition added", by=by, note=condition.text)
    return condition


@transaction.atomic
def remove_condition(condition: Condition, *, by: User) -> None:
    _may(by, "screening.assess_case")
    case = _locked(condition.case)
    _is_under_review(case)
    condition.delete()
    record(case, "condition removed", by=by, note=condition.text)


@transaction.atomic
def recommend_case(case: Case, *, version: int, outcome: str, note: str, by: User) -> Case:
    """The analyst's word on what to decide, with reasons. The case then waits for a second person.

    Raises StaleEdit when the case changed meanwhile, RuleViolation where the outcome is not possible.
    """
    _may(by, "screening.assess_case")
    case = _locked(case)
    _did_not_ask(case, by)
    _is_current(case, version)
    _is_under_review(case)
    _is_possible(queries.recommendation_checks(case), outcome)
    case.analyst, case.recommendation, case.recommendation_note = by, outcome, note
    case.recommended_at = timezone.now()
    case.version += 1
    case.save()
    move(case, CaseStatus.DECISION, moves=CASE_MOVES, by=by, note=note)
    return case


@transaction.atomic
def screen_again(case: Case, *, by: User) -> None:
    """Queue another screening of the company, where the last one is out of date. At most one a minute."""
    _may(by, "screening.assess_case")
    company = case.company
    minute = timezone.now().strftime("%Y-%m-%dT%H:%M")
    enqueue(
        "screening.screen_company",
        key=f"screen_company:{company.pk}:{company.version}:{minute}",
        company_id=company.pk,
    )
    record(case, "screened again", by=by)


@transaction.atomic
def send_back_case(case: Case, *, version: int, note: str, by: User) -> Case:
    """Return a case to its analyst with a question. The decider may, and the analyst to correct."""
    if not (by.has_perm("screening.decide_case") or by.has_perm("screening.assess_case")):
        raise PermissionDenied
    case = _locked(case)
    _is_current(case, version)
    case.version += 1
    case.save(update_fields=["version"])
    move(case, CaseStatus.RESEARCH, moves=CASE_MOVES, by=by, note=note)
    return case


@transaction.atomic
def withdraw_case(case: Case, *, note: str, by: User) -> Case:
    """End a case without a decision: its requester no longer needs it. Open hits stay open."""
    case = _locked(case)
    if case.requested_by_id != by.pk and not by.has_perm("screening.assess_case"):
        raise PermissionDenied
    case.closed_at = timezone.now()
    case.version += 1
    case.save(update_fields=["closed_at", "version"])
    move(case, CaseStatus.WITHDRAWN, moves=CASE_MOVES, by=by, note=note)
    return case


# --- deciding ---------------------------------------------------------------------------------------------


@transaction.atomic
def decide_case(
    case: Case, *, version: int, outcome: str, note: str, has_no_conflict: bool, by: User
) -> Decision:
    """Close a case with an outcome, by another person than its analyst and its requester.

    Raises PermissionDenied without the role, StaleEdit when somebody was faster or the case changed,
    RuleViolation where a rule forbids the outcome now.
    """
    _may(by, "screening.decide_case")
    case = _locked(case)
    _is_current(case, version)
    if by.pk in (case.analyst_id, case.requested_by_id):
        raise RuleViolation(_("You asked for this case or examined it. Another person decides."))
    if not has_no_conflict:
        raise RuleViolation(_("Say that you have no conflict of interest, or leave the decision to others."))
    run, analyst = queries.latest_run(case.company), case.analyst
    if run is None or analyst is None:
        raise RuleViolation(_("Nobody has examined the company yet."))
    _is_possible(queries.decision_checks(case), outcome)
    today = timezone.localdate()
    months = VALID_MONTHS.get(DecisionOutcome(outcome))
    decision = Decision.objects.create(
        reference=next_reference(f"D-{today.year}"),
        case=case,
        company=case.company,
        run=run,
        entity=case.entity,
        tier=case.tier,
        outcome=outcome,
        conditions=[str(condition) for condition in case.conditions.all()]
        if outcome == DecisionOutcome.APPROVED_WITH_CONDITIONS
        else [],
        note=note,
        analyst=analyst,
        requested_by=case.requested_by,
        by=by,
        has_no_conflict=has_no_conflict,
        valid_until=add_months(today, months) if months else None,
    )
    case.closed_at = decision.at
    case.version += 1
    case.save(update_fields=["closed_at", "version"])
    move(case, CaseStatus.CLOSED, moves=CASE_MOVES, by=by, note=note)
    record(decision, "decided", by=by, note=note, changes={"outcome": ["", outcome]})
    if outcome == DecisionOutcome.DECLINED:
        hold_partnerships(case.company, _("The company was declined."), by=by)
    enqueue("screening.tell_requester", key=f"tell_requester:{decision.pk}", decision_id=decision.pk)
    return decision


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# --- clearances that end ----------------------------------------------------------------------------------


@transaction.atomic
def suspend_clearances(hit: Hit) -> int:
    """A confirmed match on a list suspends what was approved before, and holds its partnerships.

    Runs once the time to undo the outcome has passed. Returns how many clearances were suspended.
    """
    company = _lock(hit.company)
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
    lapsed = Decision.objects.exclude(outcome=DecisionOutcome.DECLINED).filter(
        valid_until__lt=timezone.localdate(), suspended_at=None
    )
    for pk in lapsed.values_list("pk", flat=True):
        enqueue("screening.end_clearance", key=f"end_clearance:{pk}", decision_id=pk)


@transaction.atomic
def end_clearance(decision: Decision) -> None:
    """Hold the partnerships of a company whose clearance has ended, unless a newer one is in force."""
    company = _lock(decision.company)
    record(decision, "ended", by=None)
    clearance = queries.clearance_for(company)
    if clearance is None or not clearance.is_valid:
        hold_partnerships(company, _("The clearance has ended."), by=None)


# --- views of a confidential file -------------------------------------------------------------------------


def note_view(case: Case, *, by: User) -> None:
    """Record that somebody read a case, at most once in an hour for each person and case."""
    seen = AuditEvent.objects.filter(
        subject_type="screening.case",
        subject_id=str(case.pk),
        by=by,
        action="viewed",
        at__gt=timezone.now() - VIEW_NOTED_ONCE_IN,
    )
    if not seen.exists():
        record(case, "viewed", by=by)


# --- rules shared by the above ----------------------------------------------------------------------------


def _may(by: User, permission: str) -> None:
    if not by.has_perm(permission):
        raise PermissionDenied


def _lock(company: Company) -> Company:
    return Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _locked(case: Case) -> Case:
    """The case as it is now, with its company and itself locked."""
    _lock(case.company)
    return (
        Case.objects.select_for_update(no_key=True, of=("self",))
        .select_related("company", "entity", "analyst", "requested_by")
        .get(pk=case.pk)
    )


def _is_open(case: Case) -> None:
    if not case.is_open:
        raise RuleViolation(_("This case is closed."))


def _is_under_review(case: Case) -> None:
    if case.status not in (CaseStatus.RESEARCH, CaseStatus.ASSESSMENT):
        raise RuleViolation(
            _("This case is “%(status)s”: it can no longer be changed here.")
            % {"status": case.get_status_display()}
        )


def _is_current(case: Case, version: int) -> None:
    if case.version != version:
        raise StaleEdit(_("Somebody changed this case since you opened it. Your words are kept below."))


def _did_not_ask(case: Case, by: User) -> None:
    if case.requested_by_id == by.pk:
        raise RuleViolation(_("You asked for this case. Another person examines it."))


def _is_possible(checks: Sequence[queries.Check], outcome: str) -> None:
    missing = [check.label for check in checks if not check.is_met and outcome in check.blocks]
    if missing:
        raise RuleViolation(_("Not yet possible. Still needed: %(reasons)s") % {"reasons": " ".join(missing)})


def bump(case: Case) -> None:
    """A change that somebody who looks at the case must see: open forms become stale."""
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)
