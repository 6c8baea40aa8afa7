"""When a partnership reports, and how it stands with that. Pure rules: the day is given, nothing is read.

Source: the registry's field list (report_cycle), after A/58/227, para. 23 (a report every two years).
"""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnerships.models import Modality, Partnership, PartnershipStatus

DEFAULT_MONTHS = 24
STRATEGIC_MONTHS = 12
RATING_MONTHS = {"high": 3, "substantial": 6}  # by the rating of one of its companies
REMINDER_DAYS = (60, 30, 7)  # before the last day of a report
LATE_DAYS = 90  # after which the public is told that a report is overdue
SILENT_DAYS = 365  # after which nobody can say that the partnership is still alive

REPORTING = frozenset({PartnershipStatus.ACTIVE, PartnershipStatus.ON_HOLD, PartnershipStatus.CLOSING})


class Light(models.TextChoices):
    GREEN = "green", _("Reports on time")
    DUE = "due", _("Report due")
    OVERDUE = "overdue", _("Report overdue")
    INACTIVE = "inactive", _("Silent for over a year, or on hold")


def cycle_months(record: Partnership, ratings: Collection[str] = ()) -> int:
    """Months between two reports: the shortest that its kind and the ratings of its companies ask for."""
    months = STRATEGIC_MONTHS if Modality.STRATEGIC_GLOBAL in record.modalities else DEFAULT_MONTHS
    return min([months, *(RATING_MONTHS[rating] for rating in ratings if rating in RATING_MONTHS)])


def after_months(day: date, months: int) -> date:
    """The same day of the month later; the last day of a month that is too short."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def light_of(record: Partnership, today: date) -> str:
    """A value of Light; "" where no report is owed: not yet at work, ended, or from the archive."""
    if record.is_imported or record.next_report_on is None or record.status not in REPORTING:
        return ""
    late = (today - record.next_report_on).days
    if record.status == PartnershipStatus.ON_HOLD or late > SILENT_DAYS:
        return Light.INACTIVE
    if late > LATE_DAYS:
        return Light.OVERDUE
    return Light.DUE if late >= -REMINDER_DAYS[0] else Light.GREEN


def changing_days(today: date) -> list[date]:
    """The `next_report_on` of records whose light is another one today than it was yesterday."""
    return [
        today + timedelta(days=REMINDER_DAYS[0]),
        today - timedelta(days=LATE_DAYS + 1),
        today - timedelta(days=SILENT_DAYS + 1),
    ]


def reminder_for(days_left: int) -> int | None:
    """Which reminder is owed with so many days left: 60, 30, 7, 0 once it is late, or None before."""
    if days_left < 0:
        return 0
    return min((days for days in REMINDER_DAYS if days_left <= days), default=None)
