"""Figures of the casework: how long cases take, which hits are nothing, what was overturned. No writes."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, FloatField, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone

from portal.models import AuditEvent
from screening.models import Assessment, Case, Decision, Hit, HitOutcome, Reply, ReplyKind, ReplyStatus

AGES = ((0, 5), (6, 10), (11, 20), (21, 40), (41, None))  # days since the case was opened
SMALLEST_SHOWN = 3  # smaller public counts could point at one company


class Percentile(Aggregate):
    """percentile_cont of PostgreSQL: Percentile(field, 0.5) is the median."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression, share: float, **extra):
        super().__init__(expression, share=share, **extra)


@dataclass(frozen=True)
class AgeRow:
    """Open cases whose age in days is from `first` to `last`; None: no upper end."""

    first: int
    last: int | None
    count: int
    late: int


def queue_ages() -> list[AgeRow]:
    now, today = timezone.now(), timezone.localdate()
    counts = {}
    for number, (first, last) in enumerate(AGES):
        fits = Q(opened_at__lte=now - timedelta(days=first))
        if last is not None:
            fits &= Q(opened_at__gt=now - timedelta(days=last + 1))
        counts[f"n{number}"] = Count("pk", filter=fits)
        counts[f"late{number}"] = Count("pk", filter=fits & Q(due_on__lt=today, paused_on=None))
    found = Case.objects.open().order_by().aggregate(**counts)
    return [
        AgeRow(first, last, found[f"n{number}"], found[f"late{number}"])
        for number, (first, last) in enumerate(AGES)
    ]


def days_to_decision() -> list[dict]:
    """By year of the decision: {"year", "count", "median", "ninth"}, the last two in days."""
    took = ExpressionWrapper(F("at") - F("case__opened_at"), output_field=DurationField())
    rows = (
        Decision.objects.order_by()
        .annotate(year=ExtractYear("at"), took=took)
        .values("year")
        .annotate(
            count=Count("pk"),
            median=Percentile("took", 0.5, output_field=DurationField()),
            ninth=Percentile("took", 0.9, output_field=DurationField()),
        )
        .order_by("-year")
    )
    return [{**row, "median": _days(row["median"]), "ninth": _days(row["ninth"])} for row in rows]


def _days(took: timedelta | None) -> float:
    return round(took.total_seconds() / 86400, 1) if took else 0.0


def false_positives() -> list[dict]:
    """By list and band of the score: {"list", "band", "decided", "false", "share"}; share from 0 to 1."""
    decided = Q(outcome__in=[HitOutcome.TRUE_MATCH, HitOutcome.FALSE_POSITIVE])
    rows = (
        Hit.objects.order_by()
        .filter(decided)
        .values("source__title", "band")
        .annotate(decided=Count("pk"), false=Count("pk", filter=Q(outcome=HitOutcome.FALSE_POSITIVE)))
        .annotate(share=ExpressionWrapper(F("false") * 1.0 / F("decided"), output_field=FloatField()))
        .order_by("source__title", "band")
    )
    return [dict(row) for row in rows]


@dataclass(frozen=True)
class Overturned:
    """How often a second look came to something else, each with what it is a part of."""

    revoked_hits: int
    decided_hits: int
    stricter_ratings: int
    rated_decisions: int
    against_recommendation: int
    decisions: int
    won_appeals: int
    appeals: int


def overturned() -> Overturned:
    hits = AuditEvent.objects.filter(subject_type="screening.hit")
    decisions = Decision.objects.order_by()
    rated = decisions.exclude(computed_rating="")
    appeals = Reply.objects.filter(kind=ReplyKind.APPEAL)
    return Overturned(
        revoked_hits=hits.filter(action="revoked").count(),
        decided_hits=hits.filter(action="decided").count(),
        stricter_ratings=rated.exclude(rating=F("computed_rating")).count(),
        rated_decisions=rated.count(),
        against_recommendation=decisions.exclude(outcome=F("case__recommendation")).count(),
        decisions=decisions.count(),
        won_appeals=appeals.filter(status=ReplyStatus.OVERTURNED).count(),
        appeals=appeals.count(),
    )


def reuse() -> tuple[int, int]:
    """Assessments that began with another's answers, and all that were rated."""
    rated = Assessment.objects.rated()
    return rated.exclude(began_with=None).count(), rated.count()


def counts_by_rating() -> list[dict]:
    """Decisions by year and rating, for everybody: {"year", "rating", "count"}; small counts are None."""
    rows = (
        Decision.objects.order_by()
        .exclude(rating="")
        .annotate(year=ExtractYear("at"))
        .values("year", "rating")
        .annotate(count=Count("pk"))
        .order_by("-year", "rating")
    )
    return [{**row, "count": row["count"] if row["count"] >= SMALLEST_SHOWN else None} for row in rows]
