"""The board of needs: what it can be narrowed by, and how many each choice would leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, CharField, Count, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from focalpoints.models import FocalPoint
from partnerships import labels
from partnerships.models import ContributionKind, Need, NeedQuerySet, Offer
from portal.models import Region, User
from portal.themes import Theme

SORTS = {"urgent": ("-is_urgent", "-published_at", "-pk"), "newest": ("-published_at", "-pk")}


@dataclass(frozen=True)
class NeedFilter:
    """What a reader narrows the board by. Values that do not exist are left out, and `ignored` is set."""

    chosen: Mapping[str, list[str]] = field(default_factory=dict)
    sort: str = "urgent"
    ignored: bool = False

    FACETS = ("urgency", "kind", "theme", "goal", "place", "country", "group", "entity")

    @classmethod
    def from_params(cls, params: Any) -> "NeedFilter":
        """From the query of a request (a QueryDict)."""
        asked = {name: list(dict.fromkeys(params.getlist(name))) for name in cls.FACETS}
        chosen = {name: [value for value in values if value in known(name)] for name, values in asked.items()}
        sort = params.get("sort", "urgent")
        ignored = asked != chosen or sort not in SORTS
        return cls({n: v for n, v in chosen.items() if v}, sort if sort in SORTS else "urgent", ignored)

    def apply(self, needs: NeedQuerySet, but: str = "") -> NeedQuerySet:
        """Needs that fit every facet but one. Within a facet one value is enough."""
        for name, values in self.chosen.items():
            if name != but:
                needs = needs.filter(pk__in=Need.objects.filter(_condition(name, values)).values("pk"))
        return needs


def known(facet: str) -> Mapping[str, Any]:
    """Every value of a facet with its label."""
    values: dict[str, Mapping[str, Any]] = {
        "urgency": dict(Need.Urgency.choices),
        "kind": dict(ContributionKind.choices),
        "theme": dict(Theme.choices),
        "goal": {str(number): goal for number, goal in labels.goals().items()},
        "place": {code: region for code, region in labels.reference(Region).items() if code in _worlds()},
        "country": labels.countries(),
        "group": {code: word() for code, word in labels.COUNTRY_GROUPS.items()},
        "entity": labels.entities(),
    }
    return values[facet]


def _worlds() -> set[str]:
    """Codes of the five parts of the world."""
    return {code for code, region in labels.reference(Region).items() if region.level == "region"}


def _condition(facet: str, values: list[str]) -> Q:
    """A need without a country is for any of them."""
    return {
        "urgency": Q(urgency__in=values),
        "kind": Q(contribution_kinds__overlap=values),
        "theme": Q(themes__overlap=values),
        "goal": Q(targets__goal__in=values),
        "place": Q(countries__region__in=values) | Q(countries=None),
        "country": Q(countries__in=values) | Q(countries=None),
        "group": reduce(or_, (Q(**{f"countries__is_{group}": True}) for group in values)),
        "entity": Q(entity__in=values),
    }[facet]


COUNTED = {  # facet → what its values are counted by
    "urgency": F("urgency"),
    "kind": Func("contribution_kinds", function="unnest"),
    "theme": Func("themes", function="unnest"),
    "goal": Cast("targets__goal", CharField()),
    "place": F("countries__region"),
    "country": F("countries"),
    "entity": F("entity"),
}


def board(chosen: NeedFilter) -> NeedQuerySet:
    """Open needs that everybody may see."""
    needs = chosen.apply(Need.objects.open().public()).annotate(is_urgent=Q(urgency=Need.Urgency.EMERGENCY))
    return needs.order_by(*SORTS[chosen.sort])


def facet_counts(chosen: NeedFilter) -> dict[str, dict[str, int]]:
    """For each facet and value: how many open needs the other facets leave that have it. Eight queries."""
    counts = {}
    for facet in NeedFilter.FACETS:
        rows = chosen.apply(Need.objects.open().public(), but=facet).order_by()
        if facet == "group":
            flags = {
                group: Count("pk", filter=Q(**{f"countries__is_{group}": True}), distinct=True)
                for group in labels.COUNTRY_GROUPS
            }
            counts[facet] = {group: count for group, count in rows.aggregate(**flags).items() if count}
        else:
            pairs = rows.annotate(value=COUNTED[facet]).values_list("value")
            found = pairs.annotate(count=Count("pk", distinct=True))
            counts[facet] = {value: count for value, count in found if value}
    return counts


def entity_needs(user: User) -> QuerySet[Need]:
    """Needs of the entities a user posts for, last changed first."""
    return Need.objects.editable_by(user).for_list().order_by("-updated_at", "-pk")


def acceptable_needs(offer: Offer, ranked: list[int], user: User) -> QuerySet[Need]:
    """Needs for which this user may take an offer up, best first: those of the own entities, or any."""
    keys = [offer.need_id, *ranked] if offer.need_id else ranked
    place = Case(*(When(pk=pk, then=Value(i)) for i, pk in enumerate(keys)), output_field=IntegerField())
    needs = Need.objects.filter(pk__in=keys)
    if not (user.has_perm("partnerships.review_partnership") or _holds(user, offer)):
        needs = needs.filter(entity__in=FocalPoint.objects.of(user).values("entity"))
    return needs.order_by(place)


def _holds(user: User, offer: Offer) -> bool:
    return offer.entity_id is not None and FocalPoint.objects.of(user).filter(entity=offer.entity_id).exists()
