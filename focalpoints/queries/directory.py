from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, Q
from django.utils import timezone

from focalpoints.models import STALE_AFTER_DAYS, FocalPoint, UNEntity
from portal.models import Country, User

Reader = User | AnonymousUser


@dataclass(frozen=True)
class Coverage:
    """How far the directory reaches: entities with counts, countries with and without their own entry."""

    entities: list[UNEntity]  # each with `entry_count` and `stale_count`
    covered: list[Country]  # each with `entry_count`
    uncovered: list[Country]

    @property
    def entity_count(self) -> int:
        return sum(bool(entity.entry_count) for entity in self.entities)  # type: ignore[attr-defined]


def coverage(user: Reader) -> Coverage:
    """Counts over the entries this user may see. Countries are the UN members, by name."""
    entries = FocalPoint.objects.visible_to(user).active()
    oldest = timezone.localdate() - timedelta(days=STALE_AFTER_DAYS)
    entities = UNEntity.objects.filter(is_current=True).annotate(
        entry_count=Count("focal_points", filter=Q(focal_points__in=entries)),
        stale_count=Count(
            "focal_points", filter=Q(focal_points__in=entries, focal_points__confirmed_on__lt=oldest)
        ),
    )
    countries = list(
        Country.objects.filter(is_un_member=True).annotate(
            entry_count=Count("focal_points", filter=Q(focal_points__in=entries))
        )
    )
    return Coverage(
        entities=list(entities.order_by(F("entry_count").desc(), "acronym")),
        covered=[country for country in countries if country.entry_count],
        uncovered=[country for country in countries if not country.entry_count],
    )


def entry_points(user: Reader, *, theme: str = "", limit: int = 5) -> list[FocalPoint]:
    """Who to ask when nobody is named for a country: headquarters that answer first for business."""
    rows = (
        FocalPoint.objects.visible_to(user)
        .active()
        .filter(tasks__contains=["entry_point"], office_level="hq")
    )
    if theme:
        rows = rows.filter(themes__contains=[theme])
    return list(rows.for_list()[:limit])
