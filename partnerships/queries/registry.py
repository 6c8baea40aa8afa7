"""Figures and lists of the registry that more than one page shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, QuerySet, Subquery

from partnerships.models import (
    Company,
    Partnership,
    PartnershipEntity,
    PartnershipParty,
    PartnershipQuerySet,
    PartnershipStatus,
    Visibility,
    Withholdable,
)
from portal.models import Country, User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


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


def listed_companies(words: str = "") -> QuerySet[Company]:
    """Companies that a public record names without withholding its partners, with how many do so."""
    named = (
        PartnershipParty.objects.filter(company=OuterRef("pk"), partnership__in=public_records())
        .exclude(partnership__withheld_fields__contains=[Withholdable.PARTIES])
        .order_by()
        .values("company")
        .annotate(n=Count("partnership", distinct=True))
    )
    companies = Company.objects.annotate(record_count=Subquery(named.values("n"))).filter(record_count__gt=0)
    if words:
        companies = companies.filter(name__icontains=words)
    return companies.select_related("country", "sector").order_by("name", "pk")


class Codes(TypedDict):
    """What `for_list` adds to a record."""

    entity_codes: list[str]
    country_codes: list[str]


@dataclass(frozen=True)
class Branch:
    """A record with those that name it as their umbrella."""

    record: "WithAnnotations[Partnership, Codes]"
    children: list["Branch"]

    def records(self) -> "list[WithAnnotations[Partnership, Codes]]":
        """This record and every one under it, however deep."""
        found = [self.record]
        for child in self.children:
            found += child.records()
        return found


def umbrella_trees(user: User | AnonymousUser) -> list[Branch]:
    """Every record with children that has no umbrella itself, and all below it. Two queries at most."""
    seen = Partnership.objects.visible_to(user).exclude(status=PartnershipStatus.WITHDRAWN).for_list()
    children: dict[int, list[WithAnnotations[Partnership, Codes]]] = {}
    for record in seen.filter(parent__isnull=False).order_by("title", "pk"):
        children.setdefault(record.parent_id, []).append(record)
    below = {record.pk for rows in children.values() for record in rows}

    def branch(record: "WithAnnotations[Partnership, Codes]", above: frozenset[int]) -> Branch:
        rows = [child for child in children.get(record.pk, []) if child.pk not in above]
        return Branch(record, [branch(child, above | {child.pk}) for child in rows])

    tops = seen.filter(pk__in=children.keys() - below).order_by("title", "pk")
    return [branch(top, frozenset({top.pk})) for top in tops]
