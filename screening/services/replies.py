"""What the company says to a decision on it, how others answer, and what the advisory group advises."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.errors import RuleViolation
from portal.history import move, record
from portal.models import User
from screening import queries
from screening.models import (
    REPLY_MOVES,
    REPLY_WITHIN,
    Advice,
    Case,
    Decision,
    Reply,
    ReplyKind,
    ReplyStatus,
)
from screening.queries.replies import may_answer
from screening.services import cases, locks, notices


def kinds_left(decision: Decision) -> list[ReplyKind]:
    """What a company can send now: one appeal a decision, and no reply while one waits."""
    sent = {(reply.kind, reply.status) for reply in decision.replies.all()}
    has_appealed = any(kind == ReplyKind.APPEAL for kind, _status in sent)
    waits = (ReplyKind.REPLY, ReplyStatus.OPEN) in sent
    return [
        kind
        for kind, is_spent in ((ReplyKind.REPLY, waits), (ReplyKind.APPEAL, has_appealed))
        if not is_spent
    ]


@transaction.atomic
def reply_to_decision(decision: Decision, *, kind: str, text: str, by: User) -> Reply:
    """A person of the company replies to a decision, or appeals it, within 30 days; one appeal a decision.

    Raises PermissionDenied for anybody else, RuleViolation after the time or where one waits already.
    """
    if not decision.company.members.filter(user=by).exists():
        raise PermissionDenied
    locks.lock_company(decision.company)
    if timezone.now() > decision.at + REPLY_WITHIN:
        raise RuleViolation(_("The 30 days for a reply have passed. Write to the UN entity."))
    if kind not in kinds_left(decision):
        raise RuleViolation(
            _("There has been an appeal already. A decision is appealed once.")
            if kind == ReplyKind.APPEAL
            else _("Your last reply awaits its answer.")
        )
    reply = Reply.objects.create(
        decision=decision,
        kind=kind,
        text=text,
        by=by,
        first_decider=decision.by,
        first_analyst=decision.analyst,
    )
    record(reply, "sent", by=by, note=text)
    notices.tell_of_reply(reply)
    return reply


@transaction.atomic
def answer_reply(reply: Reply, *, status: str, answer: str, by: User) -> Reply:
    """Let the decision stand, or have the company examined again in a new case.

    An appeal is answered by a decider who neither examined the company nor decided, nor asked.
    """
    locks.may(by, "screening.decide_case")
    locks.lock_company(reply.decision.company)
    reply = Reply.objects.select_for_update(no_key=True, of=("self",)).get(pk=reply.pk)
    decision = reply.decision
    if not may_answer(reply, by):
        raise RuleViolation(_("An appeal is decided by people who had no part in the decision."))
    if reply.status != ReplyStatus.OPEN:
        raise RuleViolation(_("This has been answered already."))
    reply.answer, reply.answered_by, reply.answered_at = answer, by, timezone.now()
    reply.save(update_fields=["answer", "answered_by", "answered_at"])
    move(reply, status, moves=REPLY_MOVES, by=by, note=answer)
    if status == ReplyStatus.OVERTURNED:
        cases.reopen_case(decision.case, note=answer, by=by, is_appeal=True)
    notices.tell_of_answer(reply)
    return reply


@transaction.atomic
def advise(case: Case, *, text: str, by: User) -> Advice:
    """A member of the advisory group says what to do about a case with a high rating."""
    if not queries.advised_cases(by).filter(pk=case.pk).exists():
        raise PermissionDenied
    advice = Advice.objects.create(case=case, text=text, by=by)
    record(case, "advised", by=by, note=text)
    return advice
