"""Mails about cases. Each is sent by a job and carries a stable id, so that a repeat is seen as one."""

from portal.emails import send_mail
from screening.models import Decision


def tell_requester(decision: Decision) -> None:
    """Tell the person who asked for a case that it is decided. The mail names no hit and no reason."""
    user = decision.requested_by
    if user is None or not user.is_active:
        return
    send_mail(
        "case_decided",
        {"decision": decision, "case": decision.case, "company": decision.company},
        to=user.email,
        language=user.language,
        key=f"tell_requester:{decision.pk}",
    )
