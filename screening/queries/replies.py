"""Replies of companies and who answers them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.desk import DeskRow
from portal.marks import isolated
from portal.models import User
from screening.models import Decision, Reply, ReplyKind, ReplyStatus


def may_answer(reply: Reply, user: User) -> bool:
    """Whoever decides cases; an appeal only those who neither examined the company nor decided, nor asked."""
    return user.has_perm("screening.decide_case") and not (
        reply.kind == ReplyKind.APPEAL and had_part(reply.decision, user)
    )


def had_part(decision: Decision, user: User) -> bool:
    return user.pk in (decision.by_id, decision.analyst_id, decision.requested_by_id)


def replies_to_answer(user: User, most: int) -> list[DeskRow]:
    """Appeals that this person may answer, and replies to their own decisions, the oldest first."""
    if not user.has_perm("screening.decide_case"):
        return []
    waiting = Reply.objects.filter(status=ReplyStatus.OPEN).select_related("decision__company").order_by("at")
    mine = [
        reply
        for reply in waiting
        if may_answer(reply, user) and (reply.kind == ReplyKind.APPEAL or reply.decision.by_id == user.pk)
    ]
    return [
        DeskRow(
            title=f"{reply.get_kind_display()}: {isolated(reply.decision.company.name)}",
            url=reverse("screening:reply_answer", args=[reply.pk]),
            detail=reply.decision.reference,
            who=_("You"),
            state=reply.get_status_display(),
        )
        for reply in mine[:most]
    ]
