"""Sums and shares of a set of records that are not counts of a facet."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from partnerships.models import Contribution, ContributionKind, Indicator, Withholdable

Status = Contribution.Status


@dataclass(frozen=True)
class KindSum:
    """What is stated of one kind of contribution. Sums are of this kind alone; None where none is stated."""

    kind: str
    records: int
    rows: int
    usd: Decimal | None  # what has a dollar value
    pledged_usd: Decimal | None  # pledged or agreed
    received_usd: Decimal | None
    by_currency: list[tuple[str, Decimal]]  # in the currency it was stated in


def contributions_by_kind(entries: QuerySet[Any]) -> list[KindSum]:
    """For the records of these entries, without what is cancelled, only planned or withheld. Two queries."""
    counted = (
        Contribution.objects.filter(partnership__in=entries.values("pk"))
        .exclude(status__in=[Status.CANCELLED, Status.PLANNED])
        .exclude(partnership__withheld_fields__contains=[Withholdable.CONTRIBUTIONS])
        .order_by()
    )
    currencies: dict[str, list[tuple[str, Decimal]]] = {}
    stated = counted.exclude(amount=None).values_list("kind", "currency").annotate(total=Sum("amount"))
    for kind, currency, total in stated.order_by("kind", "-total"):
        currencies.setdefault(kind, []).append((currency, total))
    sums = {
        row["kind"]: row
        for row in counted.values("kind").annotate(
            records=Count("partnership", distinct=True),
            rows=Count("pk"),
            usd=Sum("usd_value"),
            pledged_usd=Sum("usd_value", filter=Q(status__in=[Status.PLEDGED, Status.AGREED])),
            received_usd=Sum("usd_value", filter=Q(status=Status.RECEIVED)),
        )
    }
    return [
        KindSum(**sums[kind], by_currency=currencies.get(kind, []))
        for kind in ContributionKind.values
        if kind in sums
    ]


_UP, _DOWN = Indicator.Direction.UP, Indicator.Direction.DOWN
MET = Q(direction=_UP, actual__gte=F("target")) | Q(direction=_DOWN, actual__lte=F("target"))


def _shown_indicators(entries: QuerySet[Any]) -> QuerySet[Indicator]:
    """Those of the records of these entries whose results are not withheld."""
    return Indicator.objects.filter(partnership__in=entries.values("pk")).exclude(
        partnership__withheld_fields__contains=[Withholdable.RESULTS]
    )


def indicators_of(entries: QuerySet[Any]) -> QuerySet[Indicator]:
    """The same from impact to input, each with its record and `is_met`."""
    levels = [Indicator.Level.IMPACT, Indicator.Level.OUTCOME, Indicator.Level.OUTPUT, Indicator.Level.INPUT]
    place = Case(*(When(level=level, then=number) for number, level in enumerate(levels)))
    is_met = Case(When(MET, then=True), default=False)
    rows = _shown_indicators(entries).select_related("partnership").annotate(is_met=is_met, place=place)
    return rows.order_by("place", "partnership__reference", "pk")


@dataclass(frozen=True)
class LevelCount:
    """Indicators of one level: how many, and how far they say where they started and came to."""

    level: str
    records: int
    indicators: int
    with_baseline: int
    with_target: int
    with_actual: int
    met: int  # the actual value is at the target or better


def indicators_by_level(entries: QuerySet[Any]) -> list[LevelCount]:
    """For the records of these entries whose results are not withheld; all four levels. One query."""
    rows = (
        _shown_indicators(entries)
        .order_by()
        .values("level")
        .annotate(
            records=Count("partnership", distinct=True),
            indicators=Count("pk"),
            with_baseline=Count("baseline"),
            with_target=Count("target"),
            with_actual=Count("actual"),
            met=Count("pk", filter=MET),
        )
    )
    found = {row["level"]: LevelCount(**row) for row in rows}
    return [found.get(level) or LevelCount(level, 0, 0, 0, 0, 0, 0) for level in Indicator.Level.values]
