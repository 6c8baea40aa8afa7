"""Figures on reporting and evaluation."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from partnerships import reporting
from partnerships.models import Indicator, Partnership, PartnershipStatus, Visibility

AT_WORK = {
    PartnershipStatus.ACTIVE,
    PartnershipStatus.ON_HOLD,
    PartnershipStatus.CLOSING,
    PartnershipStatus.CLOSED,
}


@dataclass(frozen=True)
class EvaluationCoverage:
    """How many public partnerships at work or closed measure and evaluate. Counts, and shares of `total`."""

    total: int
    with_indicators: int
    with_baseline: int
    evaluated: int
    excused: int
    reported: int

    def share(self, count: int) -> float | None:
        return count / self.total if self.total else None


def evaluation_coverage() -> EvaluationCoverage:
    """The archive is left out: its rules were waived. Source of the question: A/66/320, para. 60."""
    measured = Indicator.objects.filter(partnership=OuterRef("pk")).exclude(level=Indicator.Level.INPUT)
    records = Partnership.objects.filter(
        visibility=Visibility.PUBLIC, status__in=AT_WORK, is_imported=False
    ).annotate(
        measures=Exists(measured),
        has_baseline=Exists(measured.exclude(baseline=None).exclude(target=None)),
        has_reported=Exists(
            Partnership.objects.filter(pk=OuterRef("pk"), reports__submitted_at__isnull=False)
        ),
    )
    return EvaluationCoverage(
        **records.aggregate(
            total=Count("pk"),
            with_indicators=Count("pk", filter=Q(measures=True)),
            with_baseline=Count("pk", filter=Q(has_baseline=True)),
            evaluated=Count("pk", filter=~Q(evaluation_findings="")),
            excused=Count("pk", filter=Q(evaluation_findings="") & ~Q(no_evaluation_reason="")),
            reported=Count("pk", filter=Q(has_reported=True)),
        )
    )


def lights() -> dict[str, int]:
    """Public records by the light of their reporting."""
    today = timezone.localdate()
    counts = dict.fromkeys(reporting.Light.values, 0)
    records = Partnership.objects.filter(visibility=Visibility.PUBLIC, next_report_on__isnull=False)
    for record in records.only("status", "is_imported", "next_report_on"):
        light = reporting.light_of(record, today)
        if light:
            counts[light] += 1
    return counts
