"""The queue of cases: who works on what, until when, and what it waits for. Decisions are never bulk."""

from collections.abc import Callable, Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships.working_days import add_working_days, working_days_between
from portal.errors import RuleViolation
from portal.history import record
from portal.models import User
from screening.models import Case, CaseStatus, CompanyNote, Question, SavedView, WaitingOn
from screening.queries.assessments import criteria_of
from screening.services import locks, notices

MAX_LABELS = 10
MAX_VIEWS = 20


# --- who and when -----------------------------------------------------------------------------------------


@transaction.atomic
def assign_case(case: Case, *, to: User, by: User) -> Case:
    """Give a case to an analyst, oneself included. The requester does not examine it."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.is_open(case)
    if not to.has_perm("screening.assess_case"):
        raise RuleViolation(_("%(name)s does not examine cases.") % {"name": to})
    if case.requested_by_id == to.pk:
        raise RuleViolation(_("%(name)s asked for this case. Another person examines it.") % {"name": to})
    if case.status == CaseStatus.DECISION:
        raise RuleViolation(_("The case awaits its decision. Call it back first."))
    if case.analyst_id != to.pk:
        before, case.analyst = str(case.analyst or ""), to
        case.version += 1
        case.save(update_fields=["analyst", "version"])
        record(case, "assigned", by=by, changes={"analyst": [before, str(to)]})
        if to != by:
            notices.tell_of_assignment(case)
    return case


@transaction.atomic
def snooze_case(case: Case, *, until: date | None, for_list: bool, by: User) -> Case:
    """Put a case out of the way until a day, or until a list changes. Its clock runs on."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.is_open(case)
    if until is None and not for_list:
        raise RuleViolation(_("Say until when, or until a list changes."))
    if until is not None and until <= timezone.localdate():
        raise RuleViolation(_("The day has passed. Choose one that lies ahead."))
    case.snoozed_until, case.is_snoozed_for_list = until, for_list
    case.save(update_fields=["snoozed_until", "is_snoozed_for_list"])
    record(case, "snoozed", by=by, changes={"snoozed_until": [None, until.isoformat() if until else "list"]})
    return case


@transaction.atomic
def wake_case(case: Case, *, by: User | None) -> Case:
    """Bring a snoozed case back into the queue."""
    if by is not None:
        locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    if case.snoozed_until or case.is_snoozed_for_list:
        case.snoozed_until, case.is_snoozed_for_list = None, False
        case.save(update_fields=["snoozed_until", "is_snoozed_for_list"])
        record(case, "woken", by=by)
    return case


def wake_for_list_change() -> int:
    """Bring back what was snoozed until a list changes. Returns how many cases."""
    waiting = list(Case.objects.open().filter(is_snoozed_for_list=True))
    for case in waiting:
        wake_case(case, by=None)
    return len(waiting)


@transaction.atomic
def escalate_case(case: Case, *, reason: str, by: User) -> Case:
    """Ask the deciders to look at a case now, with the reason; it moves up in the queue."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.is_open(case)
    if case.escalated_at is not None:
        raise RuleViolation(_("This case is escalated already."))
    case.escalated_at, case.escalation_reason = timezone.now(), reason
    case.save(update_fields=["escalated_at", "escalation_reason"])
    record(case, "escalated", by=by, note=reason)
    notices.tell_of_escalation(case)
    return case


@transaction.atomic
def label_case(case: Case, *, add: Iterable[str] = (), drop: Iterable[str] = (), by: User) -> Case:
    """Put labels on a case, or take them off: short words that the queue is narrowed by."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    labels = sorted({*case.labels, *(word.strip().lower()[:30] for word in add if word.strip())} - {*drop})
    if len(labels) > MAX_LABELS:
        raise RuleViolation(_("A case carries ten labels at most."))
    if labels != case.labels:
        record(case, "labelled", by=by, changes={"labels": [case.labels, labels]})
        case.labels = labels
        case.save(update_fields=["labels"])
    return case


def in_bulk(
    cases: Iterable[Case], act: Callable[[Case], object]
) -> tuple[list[Case], list[tuple[Case, str]]]:
    """Do one thing to many cases, each by itself. Returns those done, and the refused with why."""
    done, refused = [], []
    for case in cases:
        try:
            act(case)
        except RuleViolation as broken_rule:
            refused.append((case, str(broken_rule)))
        else:
            done.append(case)
    return done, refused


# --- questions: the clock stands still while others owe an answer -------------------------------------------


@transaction.atomic
def ask_question(case: Case, *, to: str, text: str, code: str = "", by: User) -> Question:
    """Ask the company, the requester or the country office; the due date waits for the answer."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.did_not_ask(case, by)
    locks.is_under_review(case)
    if to == WaitingOn.COMPANY and not case.company.members.exists():
        raise RuleViolation(_("Nobody of the company has an account here. Ask who requested the case."))
    if to != WaitingOn.COMPANY and case.requested_by_id is None:
        raise RuleViolation(_("A hit opened this case: there is nobody who asked for it."))
    code = code.strip().upper()
    if code and code not in criteria_of(case):
        raise RuleViolation(_("There is no criterion “%(code)s”.") % {"code": code})
    question = Question.objects.create(case=case, to=to, text=text, code=code, asked_by=by)
    if case.paused_on is None:
        case.paused_on = timezone.localdate()
        case.save(update_fields=["paused_on"])
    record(case, "asked", by=by, note=text, changes={"waiting_on": ["", to]})
    notices.tell_of_question(question)
    return question


@transaction.atomic
def answer_question(question: Question, *, text: str, by: User) -> Question:
    """The answer of whom it was put to. The clock goes on once nothing more is open."""
    case = locks.locked(question.case)
    question.refresh_from_db()
    if not may_answer(question, by):
        raise PermissionDenied
    if question.answered_at is not None or question.dropped_at is not None:
        raise RuleViolation(_("This question is closed already."))
    question.answer, question.answered_by, question.answered_at = text, by, timezone.now()
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    record(case, "question answered", by=by, note=text)
    _resume(case)
    notices.tell_of_question_answered(question)
    return question


def may_answer(question: Question, by: User) -> bool:
    """People of the company; else those who see the request, who also answer for their country office."""
    if question.to == WaitingOn.COMPANY:
        return question.case.company.members.filter(user=by).exists()
    return (
        by.has_perm("screening.request_case")
        and Case.objects.visible_to(by).filter(pk=question.case_id).exists()
    )


@transaction.atomic
def drop_question(question: Question, *, by: User) -> Question:
    """Go on without an answer."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(question.case)
    question.refresh_from_db()
    if question.answered_at is None and question.dropped_at is None:
        question.dropped_at = timezone.now()
        question.save(update_fields=["dropped_at"])
        record(case, "question dropped", by=by, note=question.text)
        _resume(case)
    return question


def _resume(case: Case) -> None:
    """Start the clock again, the due date later by the working days that others took."""
    if case.paused_on is None or case.questions.filter(answered_at=None, dropped_at=None).exists():
        return
    today = timezone.localdate()
    waited = max(0, working_days_between(case.paused_on, today))
    if case.due_on:
        case.due_on = add_working_days(case.due_on, waited)
    case.paused_on = None
    case.save(update_fields=["paused_on", "due_on"])
    record(case, "clock resumed", by=None, changes={"waited_working_days": [0, waited]})


# --- notes and views ----------------------------------------------------------------------------------------


def may_note(user: User) -> bool:
    """Those who examine or decide; an auditor reads."""
    return user.has_perm("screening.assess_case") or user.has_perm("screening.decide_case")


@transaction.atomic
def add_note(case: Case, *, text: str, by: User) -> CompanyNote:
    """A note on the company that later cases show as well. Raises PermissionDenied for who only reads."""
    if not may_note(by):
        raise PermissionDenied
    note = CompanyNote.objects.create(company=case.company, case=case, text=text, by=by)
    record(case, "noted", by=by, note=text)
    return note


@transaction.atomic
def save_view(*, name: str, query: str, by: User) -> SavedView:
    """Keep the filters of the queue under a name; the same name again replaces them."""
    if not SavedView.objects.filter(user=by, name=name).exists() and by.case_views.count() >= MAX_VIEWS:
        raise RuleViolation(_("You have 20 views. Remove one first."))
    view, _created = SavedView.objects.update_or_create(user=by, name=name, defaults={"query": query})
    return view
