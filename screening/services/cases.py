"""A case from request to recommendation. Where rows are locked, the order is company, then case."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from focalpoints.models import UNEntity
from partnerships.models import Company
from partnerships.services.companies import adopt_company
from partnerships.working_days import add_working_days
from portal.errors import RuleViolation
from portal.history import move, record
from portal.jobs import enqueue
from portal.models import AuditEvent, User
from portal.references import next_reference
from screening import queries
from screening.models import (
    CASE_MOVES,
    Assessment,
    Case,
    CaseStatus,
    Condition,
    Hit,
)
from screening.services import locks, notices
from screening.services.assessments import freeze

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
    company = locks.lock_company(company)
    case = Case.objects.open().filter(company=company).select_for_update(no_key=True).first()
    if case is not None and case.requested_by_id is not None:
        raise RuleViolation(
            _("%(company)s is being examined already, in case %(reference)s. Its outcome will show here.")
            % {"company": company.name, "reference": case.reference}
        )
    if case is None:
        case = open_case(company)
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

    The caller holds the lock of the company. A hit that was already left inconclusive opens nothing, nor do
    hits that lay open when the last case was closed: a new case opens only where the set of hits differs.
    """
    waiting = list(Hit.objects.live().filter(company=company, outcome="").values_list("pk", flat=True))
    if not waiting:
        return None
    case = Case.objects.open().filter(company=company).select_for_update(no_key=True).first()
    if case is None:
        last = company.cases.exclude(closed_at=None).order_by("-closed_at").first()
        if last is not None and not _has_news(waiting, since=last.closed_at):
            return None
        case = open_case(company)
        record(case, "opened by a hit", by=None)
    elif case.status == CaseStatus.DECISION:
        move(case, CaseStatus.RESEARCH, moves=CASE_MOVES, by=None, note=gettext_noop("A new hit came in."))
    return case


HIT_NEWS = ["found", "found again", "reopened", "undone", "revoked"]


def _has_news(hits: list[int], *, since: datetime | None) -> bool:
    """Whether one of these hits appeared, or lost its outcome, since that moment."""
    return AuditEvent.objects.filter(
        subject_type="screening.hit",
        subject_id__in=[str(pk) for pk in hits],
        action__in=HIT_NEWS,
        at__gte=since,
    ).exists()


def open_case(company: Company) -> Case:
    """A new case with its due date, which nobody asked for yet. The caller holds the company."""
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
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.is_open(case)
    locks.did_not_ask(case, by)
    if case.analyst_id != by.pk:
        before = str(case.analyst) if case.analyst else ""
        case.analyst = by
        case.save(update_fields=["analyst"])
        record(case, "taken", by=by, changes={"analyst": [before, str(by)]})
    return case


@transaction.atomic
def take_next_case(*, by: User) -> Case | None:
    """The most urgent case that nobody has taken, now this person's; None when there is none."""
    locks.may(by, "screening.assess_case")
    free = Case.objects.open().awake().in_turn().filter(analyst=None).exclude(requested_by=by)
    case = free.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    return take_case(case, by=by) if case else None


@transaction.atomic
def add_condition(case: Case, *, by: User, **values) -> Condition:
    """Propose a condition: text, owner, due_on, evidence. Until the case is with the decider."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.is_under_review(case)
    condition = Condition.objects.create(case=case, **values)
    record(case, "condition added", by=by, note=condition.text)
    return condition


@transaction.atomic
def remove_condition(condition: Condition, *, by: User) -> None:
    locks.may(by, "screening.assess_case")
    case = locks.locked(condition.case)
    locks.is_under_review(case)
    condition.delete()
    record(case, "condition removed", by=by, note=condition.text)


@transaction.atomic
def recommend_case(case: Case, *, version: int, outcome: str, note: str, by: User) -> Case:
    """The analyst's word on what to decide, with reasons. The case then waits for a second person.

    Raises StaleEdit when the case changed meanwhile, RuleViolation where the outcome is not possible.
    """
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.did_not_ask(case, by)
    locks.is_current(case, version)
    locks.is_under_review(case)
    locks.is_possible(queries.recommendation_checks(case), outcome)
    freeze(case.assessment)
    case.analyst, case.recommendation, case.recommendation_note = by, outcome, note
    case.recommended_at = timezone.now()
    case.version += 1
    case.save()
    case.returned_at = None
    case.save(update_fields=["returned_at"])
    move(case, CaseStatus.DECISION, moves=CASE_MOVES, by=by, note=note)
    notices.tell_of_recommendation(case)
    return case


@transaction.atomic
def screen_again(case: Case, *, by: User) -> None:
    """Queue another screening of the company, where the last one is out of date. At most one a minute."""
    locks.may(by, "screening.assess_case")
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
    case = locks.locked(case)
    locks.is_current(case, version)
    case.returned_at = timezone.now()
    case.version += 1
    case.save(update_fields=["version", "returned_at"])
    to = CaseStatus.ASSESSMENT if Assessment.objects.filter(case=case).exists() else CaseStatus.RESEARCH
    move(case, to, moves=CASE_MOVES, by=by, note=note)
    return case


@transaction.atomic
def reopen_case(case: Case, *, note: str, by: User, is_appeal: bool = False) -> Case:
    """Examine a company again after a case was closed: a new case that names the old one.

    What was decided stays as it was until the new case is decided. For an appeal the earlier analyst is not
    given the case again; a decider may reopen, and an analyst.
    """
    if not (by.has_perm("screening.assess_case") or by.has_perm("screening.decide_case")):
        raise PermissionDenied
    company = locks.lock_company(case.company)
    if case.is_open:
        raise RuleViolation(_("This case is open."))
    other = Case.objects.open().filter(company=company).first()
    if other is not None:
        if is_appeal:
            return other
        raise RuleViolation(_("Case %(case)s on this company is open already.") % {"case": other.reference})
    fresh = open_case(company)
    fresh.entity, fresh.tier, fresh.purpose = case.entity, case.tier, case.purpose
    fresh.requested_by, fresh.follows = case.requested_by, case
    fresh.save()
    record(fresh, "reopened", by=by, note=note, changes={"follows": ["", case.reference]})
    return fresh


@transaction.atomic
def withdraw_case(case: Case, *, note: str, by: User) -> Case:
    """End a case without a decision: its requester no longer needs it. Open hits stay open."""
    case = locks.locked(case)
    if case.requested_by_id != by.pk and not by.has_perm("screening.assess_case"):
        raise PermissionDenied
    case.closed_at = timezone.now()
    case.version += 1
    case.save(update_fields=["closed_at", "version"])
    move(case, CaseStatus.WITHDRAWN, moves=CASE_MOVES, by=by, note=note)
    return case


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
