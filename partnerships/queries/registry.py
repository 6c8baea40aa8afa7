"""Figures and lists of the registry that more than one page shows."""

from datetime import datetime

from django.db.models import Count

from partnerships.models import (
    Partnership,
    PartnershipEntity,
    PartnershipQuerySet,
    PartnershipStatus,
    Visibility,
)
from portal.models import Country, User


def public_records() -> PartnershipQuerySet:
    """What anybody may read: public and not withdrawn."""
    return Partnership.objects.filter(visibility=Visibility.PUBLIC).exclude(
        status=PartnershipStatus.WITHDRAWN
    )


def newest_partnerships(limit: int, since: datetime | None = None) -> PartnershipQuerySet:
    """The newest public records, the latest first; with `since`, those published after it."""
    records = public_records().for_list()
    if since:
        records = records.filter(public_since__gt=since)
    return records.order_by("-public_since", "-id")[:limit]


def registry_figures() -> dict:
    """Counts of the public registry for the home page.

    `countries` and `goals` are {code: records}; a country counts as least developed if it is one today.
    """
    records = public_records()
    countries = dict(_per(Partnership.countries.through, "country_id"))
    goals = dict(_per(Partnership.targets.through, "target__goal_id"))
    return {
        "records": records.count(),
        "entities": PartnershipEntity.objects.filter(partnership__in=records)
        .values("entity")
        .distinct()
        .count(),
        "countries": countries,
        "ldcs": Country.objects.filter(pk__in=countries, is_ldc=True).count(),
        "goals": goals,
        "placed": records.filter(countries__isnull=False).distinct().count(),
    }


def _per(through, column: str):
    rows = through.objects.filter(partnership__in=public_records())
    return rows.values_list(column).annotate(n=Count("partnership_id", distinct=True))


def editable_records(user: User) -> PartnershipQuerySet:
    """The records somebody works on, the latest change first; the archive only where they asked for it."""
    return Partnership.objects.editable_by(user).for_list().order_by("-updated_at", "-id")
