"""What became of offers: outcomes and reasons, days to the answer, matches, partnerships born from them."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.models import (
    ANSWER_WORKING_DAYS,
    OFFER_ON_DESK,
    MisfitReason,
    Offer,
    OfferMatch,
    OfferStatus,
    ReasonCode,
)
from partnerships.working_days import working_days_between
from portal.models import User

OPENED = _("Opened")
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class OfferFigures:
    """Offers answered within a year; times in working days from the submission to the answer."""

    answered: int
    median_days: int | None
    slowest_tenth_days: int | None  # nine of ten were answered within so many
    in_time: int  # answered within ten working days
    outcomes: list[tuple[str, str, int]]  # (status, label, count)
    reasons: list[tuple[str, str, int]]  # (code, label, count) of the declined
    matches: list[tuple[str, str, int]]  # (step, label, count)
    misfits: list[
        tuple[str, str, int]
    ]  # (code, label, count) of pairs that passed every gate and did not fit
    waiting: int
    late: int

    @property
    def in_time_share(self) -> float | None:
        return self.in_time / self.answered if self.answered else None


def offer_figures() -> OfferFigures:
    decided = Offer.objects.filter(decided_at__gte=timezone.now() - YEAR, submitted_at__isnull=False)
    days = sorted(
        working_days_between(timezone.localdate(start), timezone.localdate(end))
        for start, end in decided.values_list("submitted_at", "decided_at")
    )
    ended = Offer.objects.filter(submitted_at__gte=timezone.now() - YEAR)
    return OfferFigures(
        answered=len(days),
        median_days=days[len(days) // 2] if days else None,
        slowest_tenth_days=days[min(len(days) - 1, len(days) * 9 // 10)] if days else None,
        in_time=sum(count <= ANSWER_WORKING_DAYS for count in days),
        outcomes=_counts(ended, "status", dict(OfferStatus.choices)),
        reasons=_counts(decided.exclude(reason_code=""), "reason_code", dict(ReasonCode.choices)),
        matches=_match_steps(),
        misfits=_counts(
            OfferMatch.objects.filter(
                outcome=OfferMatch.Outcome.DECLINED, decided_at__gte=timezone.now() - YEAR
            ),
            "reason_code",
            dict(MisfitReason.choices),
        ),
        waiting=Offer.objects.filter(status__in=OFFER_ON_DESK).count(),
        late=Offer.objects.filter(status__in=OFFER_ON_DESK, answer_due_on__lt=timezone.localdate())
        .exclude(status=OfferStatus.CLARIFICATION)
        .count(),
    )


def _counts(rows: QuerySet, field: str, words: dict) -> list[tuple[str, str, int]]:
    found = dict(rows.order_by().values_list(field).annotate(count=Count("pk")))
    return [(code, words[code], found[code]) for code in words if code in found]


def _match_steps() -> list[tuple[str, str, int]]:
    """Pairs of the year by how far they came; each step counts those of the steps after it that had it."""
    outcome = OfferMatch.Outcome
    rows = OfferMatch.objects.filter(found_at__gte=timezone.now() - YEAR).aggregate(
        found=Count("pk"),
        shown=Count("pk", filter=Q(shown_at__isnull=False)),
        opened=Count("pk", filter=Q(opened_at__isnull=False)),
        proposed=Count("pk", filter=Q(outcome=outcome.PROPOSED)),
        reserved=Count("pk", filter=Q(outcome=outcome.RESERVED)),
        accepted=Count("pk", filter=Q(outcome=outcome.ACCEPTED)),
        declined=Count("pk", filter=Q(outcome=outcome.DECLINED)),
    )
    words = {**dict(outcome.choices), "opened": str(OPENED)}
    return [(step, str(words[step]), count) for step, count in rows.items()]


def born_from_offers(user: User) -> QuerySet[Offer]:
    """Offers that became partnerships, newest first, each with its record and its need."""
    return (
        Offer.objects.visible_to(user)
        .filter(partnership__isnull=False)
        .select_related("company", "entity", "need__entity", "partnership")
        .order_by("-decided_at", "-pk")
    )
