"""What people do with progress reports, and what the portal does when one is owed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import FocalPoint
from partnerships import reporting, search
from partnerships.models import (
    Indicator,
    Measurement,
    Partnership,
    PartnershipStatus,
    ProgressReport,
    UNRole,
    Verdict,
)
from partnerships.services.locks import locked_record
from partnerships.services.partnerships import advance_partnership, bring_up_to_date, plan_next_report
from portal.errors import RuleViolation, StaleEdit
from portal.history import changed_fields, record
from portal.models import User
from portal.notices import tell

S = PartnershipStatus
TEXTS = ("progress", "difficulties", "changes", "next_steps", "decision", "decision_note")


def next_report(partnership: Partnership) -> ProgressReport:
    """The report to write: the draft, or one not yet begun with what was planned and measured filled in.

    Writes nothing: the first `save_report` begins the draft. Until then its version is 0.
    """
    draft = partnership.reports.filter(submitted_at=None).first()
    if draft:
        return draft
    last = partnership.reports.handed_in().first()
    today = timezone.localdate()
    started = last.period_until if last else _first_day(partnership, today)
    return ProgressReport(
        partnership=partnership,
        number=(last.number if last else 0) + 1,
        period_from=min(started, today),
        period_until=today,
        due_on=partnership.next_report_on,
        progress=last.next_steps if last else "",
        difficulties=last.difficulties if last else "",
        results=results_of(partnership.indicators.all()),
        version=0,
    )


def refuse_unowed(report: ProgressReport) -> None:
    """Raises RuleViolation where nothing is begun and the record owes no report."""
    if report.pk is None and report.partnership.status not in reporting.REPORTING:
        raise RuleViolation(_("A partnership reports while it is at work: active, on hold or closing."))


def _first_day(partnership: Partnership, today: date) -> date:
    """When the first report begins: the start as far as it is known, else today."""
    parts = [int(part) for part in partnership.start.split("-")] if partnership.start else []
    return date(*[*parts, 1, 1][:3]) if parts else today


def results_of(indicators: Iterable[Indicator]) -> list[dict[str, Any]]:
    """The indicators of a report as they stand, with the latest value to start from; inputs left out."""
    return [
        {
            "indicator": indicator.pk,
            "name": indicator.name,
            "level": indicator.level,
            "unit": indicator.unit,
            "baseline": _text(indicator.baseline),
            "target": _text(indicator.target),
            "value": _text(indicator.actual),
            "comment": "",
        }
        for indicator in indicators
        if indicator.level != Indicator.Level.INPUT
    ]


def _text(value) -> str:
    return "" if value is None else f"{value.normalize():f}"


@transaction.atomic
def save_report(
    partnership: Partnership,
    *,
    by: User,
    number: int,
    version: int,
    values: Mapping[str, Any],
    results: Sequence[Mapping[str, Any]],
) -> ProgressReport:
    """Keep what was typed for report `number`, whose `version` was read; 0 begins the draft.

    `results` holds {"indicator", "value", "comment"}; other facts of an indicator stay.
    Raises PermissionDenied, StaleEdit where the draft was begun, changed or handed in since it was read or
    its indicators are others now, RuleViolation for a record that owes no report.
    """
    report = next_report(locked_record(partnership, by))
    refuse_unowed(report)
    if number != report.number:
        raise StaleEdit(_("Report %(number)d was handed in in the meantime.") % {"number": number})
    if version != report.version:
        raise StaleEdit(_("The report was changed in the meantime."))
    typed = {row["indicator"]: row for row in results}
    if typed.keys() - {row["indicator"] for row in report.results}:
        raise StaleEdit(_("Indicators of the record were taken away in the meantime."))
    merged = [
        {**row, "value": typed[row["indicator"]]["value"], "comment": typed[row["indicator"]]["comment"]}
        if row["indicator"] in typed
        else row
        for row in report.results
    ]
    if report.pk is None:
        report.created_by = by
        record(report.partnership, "report begun", by=by, note=str(report.number))
    elif not changed_fields(report, {**values, "results": merged}):
        return report
    for name, value in values.items():
        setattr(report, name, value)
    report.results = merged
    report.version += 1
    report.save()
    return report


def missing_in(report: ProgressReport) -> dict[str, str]:
    """What a report lacks before it can be handed in, a sentence for each field."""
    silent = [row["name"] for row in report.results if not row["value"] and not row["comment"]]
    gaps: dict[str, str] = {}
    if not report.progress:
        gaps["progress"] = _("Say what was done.")
    if silent:
        words = _("Give a value, or say why there is none: %(indicators)s.")
        gaps["results"] = words % {"indicators": ", ".join(silent)}
    if not report.decision:
        gaps["decision"] = _("Decide: keep or end.")
    if report.period_until > timezone.localdate():
        gaps["period_until"] = _(
            "A report tells of days that have passed: let its last day be today or before."
        )
    if report.decision in (Verdict.CHANGE, Verdict.CLOSE) and not report.decision_note:
        gaps["decision_note"] = _("Say why it changes or ends.")
    told = report.partnership.reports.handed_in().filter(
        period_from=report.period_from, period_until=report.period_until
    )
    if twin := told.first():
        words = _("Report %(number)d tells of these days already.")
        gaps["period_from"] = words % {"number": twin.number}
    return gaps


@transaction.atomic
def submit_report(report: ProgressReport, *, by: User) -> ProgressReport:
    """Hand a report in: its values become measurements, its decision changes the record.

    "End it" moves an active record to closing, with the reason as the decision to end; any other decision
    keeps it where it is. The next report falls due one cycle from today.
    Raises PermissionDenied, RuleViolation with what is missing.
    """
    partnership = locked_record(report.partnership, by)
    report = ProgressReport.objects.select_for_update(no_key=True).get(pk=report.pk)
    if report.submitted_at:
        raise RuleViolation(_("This report was handed in already."))
    if gaps := missing_in(report):
        raise RuleViolation(" ".join(gaps.values()))
    report.submitted_by, report.submitted_at = by, timezone.now()
    report.save(update_fields=["submitted_by", "submitted_at"])
    _measure(report)
    partnership.end_decision = (
        report.decision_note if report.decision == Verdict.CLOSE else partnership.end_decision
    )
    if partnership.status == S.CLOSING:
        partnership.final_report = partnership.final_report or report.progress
    partnership.next_report_on = plan_next_report(partnership, since=timezone.localdate())
    partnership.version += 1
    partnership.save(
        update_fields=["end_decision", "final_report", "next_report_on", "version", "updated_at"]
    )
    record(partnership, "report handed in", by=by, note=str(report.number))
    if report.decision == Verdict.CLOSE and partnership.status == S.ACTIVE:
        advance_partnership(partnership, to=S.CLOSING, by=by, note=report.decision_note)
    search.reindex([partnership.pk])
    return report


def _measure(report: ProgressReport) -> None:
    known = {indicator.pk: indicator for indicator in report.partnership.indicators.all()}
    for row in report.results:
        if row["value"] and row["indicator"] in known:
            Measurement.objects.create(
                indicator=known[row["indicator"]],
                value=row["value"],
                on=report.period_until.isoformat(),
                by=_("Report %(number)d") % {"number": report.number},
                comment=row["comment"][:300],
            )
    bring_up_to_date(report.partnership)


# --- on its own --------------------------------------------------------------------------------------------


def owes_reports() -> Any:
    return Partnership.objects.filter(
        status__in=reporting.REPORTING, is_imported=False, next_report_on__isnull=False
    )


@transaction.atomic
def keep_reports(today: date | None = None) -> int:
    """Once a day: remind whoever reports, 60, 30 and 7 days before and once it is late; show new lights.

    A day that was missed is made up for, and no reminder comes twice. Returns how many records were told of.
    """
    today = today or timezone.localdate()
    told = 0
    for partnership in owes_reports().iterator(chunk_size=500):
        days_left = (partnership.next_report_on - today).days
        reminder = reporting.reminder_for(days_left)
        if reminder is None or days_left < -reporting.LATE_DAYS:
            continue
        told += 1
        for person in reporters_of(partnership):
            tell(
                person,
                "report_due",
                {"partnership": partnership, "days_left": days_left, "is_late": days_left < 0},
                key=f"report_due:{partnership.pk}:{partnership.next_report_on}:{reminder}",
                url=reverse("partnerships:report_edit", args=[partnership.reference]),
                kind="report",
            )
    turned = owes_reports().filter(next_report_on__in=reporting.changing_days(today))
    search.reindex(turned.values_list("pk", flat=True))
    return told


def reporters_of(partnership: Partnership) -> list[User]:
    """Who reports: the focal points named on the record, else those of the entity that leads."""
    named = FocalPoint.objects.active().filter(partnerships=partnership)
    leading = FocalPoint.objects.active().filter(
        entity__partnership_roles__partnership=partnership, entity__partnership_roles__role=UNRole.LEAD
    )
    points = named if named.exclude(user=None).exists() else leading
    return list(User.objects.filter(focal_points__in=points, is_active=True).distinct().order_by("pk"))
