"""Answers about people, the newsletter and meetings. Other apps import these names from here."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import (
    REMIND_AFTER_DAYS,
    STALE_AFTER_DAYS,
    BrokerRequest,
    BrokerRequestStatus,
    FocalPoint,
)
from focalpoints.queries.meetings import actions_to_tell
from focalpoints.queries.newsletter import issues_waiting_for
from portal.desk import DeskRow
from portal.marks import joined
from portal.models import User

__all__ = ["desk_rows"]


def desk_rows(user: User) -> list[DeskRow]:
    """What the network asks of somebody, each with the day it is due.

    Entries to confirm before they count as stale, issues that wait for approval, action points to tell of
    before the year ends, and requests to a broker.
    """
    due_for_reminder = timezone.localdate() - timedelta(days=REMIND_AFTER_DAYS[0])
    rows = [
        DeskRow(
            title=_("Confirm that your entry in the directory is right"),
            url=reverse("focalpoints:directory_entry", args=[entry.pk]),
            detail=joined([entry.role_title, f"{entry.entity_id} {entry.office_place}"]),
            who=_("You"),
            state=_("To confirm"),
            due_on=entry.confirmed_on + timedelta(days=STALE_AFTER_DAYS),
        )
        for entry in FocalPoint.objects.of(user).filter(confirmed_on__lte=due_for_reminder)
    ]
    rows += [
        DeskRow(
            title=_("Approve the newsletter"),
            url=reverse("focalpoints:newsletter_issue", args=[issue.number]),
            detail=_("No. %(number)d, %(title)s") % {"number": issue.number, "title": issue.title},
            who=_("You"),
            state=str(issue.get_status_display()),
            due_on=issue.planned_for.date() if issue.planned_for else None,
        )
        for issue in issues_waiting_for(user)
    ]
    year_ends = timezone.localdate().replace(month=12, day=31)
    rows += [
        DeskRow(
            title=_("Tell what became of this year: %(action)s") % {"action": action.text},
            url=reverse("focalpoints:action_detail", args=[action.pk]),
            detail=joined([action.owner_id, action.meeting]),
            who=_("You"),
            state=str(action.get_state_display()),
            due_on=min(action.due_on or year_ends, year_ends),
        )
        for action in actions_to_tell(user)
    ]
    asked = BrokerRequest.objects.filter(broker__user=user, status=BrokerRequestStatus.ASKED)
    rows += [
        DeskRow(
            title=_("Answer a request for help with a partnership"),
            url=reverse("focalpoints:broker_request", args=[request.pk]),
            detail=str(request.by),
            who=_("You"),
            state=str(request.get_status_display()),
        )
        for request in asked.select_related("by")
    ]
    return rows
