"""What the registry can be narrowed by: one FilterSet for the page, the API and every export."""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import django_filters
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from focalpoints.models import UNEntity
from partnerships import labels, search
from partnerships.models import (
    ContributionKind,
    Modality,
    PartnerKind,
    PartnershipStatus,
    PartnershipType,
    Purpose,
    RegistryEntry,
    Scope,
)
from partnerships.reporting import Light
from portal.models import Country, Region, Sector, Target, User
from portal.themes import Theme

MAX_WORDS = 200  # characters of a search


@dataclass(frozen=True)
class Facet:
    """A group of filters: its title, which values exist, and how the page shows it."""

    title: Promise
    is_known: Callable[[str], bool]
    is_open: bool = False
    is_by_count: bool = True  # else in the order of the values


def _one_of(values: Iterable[str]) -> Callable[[str], bool]:
    return frozenset(values).__contains__


def _is_year(value: str) -> bool:
    return value == "none" or bool(re.fullmatch(r"(19|20)\d\d", value))


def _is_uuid(value: str) -> bool:
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False


def _keys_of(model) -> Callable[[str], bool]:
    return lambda value: value in labels.reference(model)


def _is_section(value: str) -> bool:
    return len(value) == 1 and value in labels.reference(Sector)


def _is_goal(value: str) -> bool:
    return value.isascii() and value.isdigit() and int(value) in labels.goals()


FACETS = {
    "type": Facet(_("Type"), _one_of(PartnershipType.values), is_open=True, is_by_count=False),
    "entity": Facet(_("UN entity"), _keys_of(UNEntity), is_open=True),
    "goal": Facet(_("Goal"), _is_goal, is_open=True),
    "country": Facet(_("Country"), _keys_of(Country), is_open=True),
    "reporting": Facet(_("Results"), _one_of(labels.REPORTING), is_open=True, is_by_count=False),
    "light": Facet(_("Reporting"), _one_of(Light.values), is_by_count=False),
    "group": Facet(_("Group of countries"), _one_of(labels.COUNTRY_GROUPS), is_by_count=False),
    "region": Facet(_("Region"), _keys_of(Region)),
    "target": Facet(_("Target"), _keys_of(Target)),
    "purpose": Facet(_("Purpose"), _one_of(Purpose.values)),
    "theme": Facet(_("Theme"), _one_of(Theme.values)),
    "partner": Facet(_("Kind of partner"), _one_of(PartnerKind.values)),
    "company": Facet(_("Company"), _is_uuid),
    "sector": Facet(_("Sector of the partner"), _is_section),
    "kind": Facet(_("Kind of contribution"), _one_of(ContributionKind.values)),
    "value": Facet(_("Size of contribution"), _one_of(labels.VALUE_BANDS), is_by_count=False),
    "form": Facet(_("Form"), _one_of(Modality.values)),
    "scope": Facet(_("Scope"), _one_of(Scope.values), is_by_count=False),
    "status": Facet(_("Status"), _one_of(PartnershipStatus.values), is_by_count=False),
    "year": Facet(_("Start year"), _is_year, is_by_count=False),
}
NOT = "not_"  # before the name of a facet: its values that a record must not have


class FacetField(forms.MultipleChoiceField):
    """Values of one facet; any other value is an error that names it."""

    default_error_messages = {"invalid_choice": _("“%(value)s” is not a value of this filter.")}

    def __init__(self, *args, facet: Facet, **kwargs):
        super().__init__(*args, **kwargs)
        self.facet = facet

    def valid_value(self, value: str) -> bool:
        return self.facet.is_known(value)


@extend_schema_field({"type": "string"})
class FacetFilter(django_filters.MultipleChoiceFilter):
    field_class = FacetField

    def filter(self, queryset, value):
        return queryset


SORTS = {
    "match": _("Best match"),
    "newest": _("Newest"),
    "title": _("Title"),
    "entity": _("Entity"),
    "value": _("Value"),
}


@dataclass(frozen=True)
class Asked:
    """What an address asks the registry for."""

    wanted: search.Wanted
    sort: str  # a key of SORTS; "" for the best match where there are words, else the newest
    ignored: list[str]  # "country=XX": parts of the address that are no value of their filter


def read(given: QueryDict, user: User | AnonymousUser) -> Asked:
    """For pages: what is no value of a filter is left out and named, never an error."""
    values: dict[str, list[str]] = {}
    ignored = []
    for name, entries in given.lists():
        facet = FACETS.get(name.removeprefix(NOT))
        if facet is None:
            continue
        good = [value for value in dict.fromkeys(entries) if facet.is_known(value)]
        ignored += [f"{name}={value}" for value in entries if value not in good]
        if good:
            values[name] = good
    sort = given.get("sort", "")
    if sort not in SORTS:
        ignored += [f"sort={sort}"] if sort else []
        sort = ""
    since = moment(given.get("updated_since", ""))
    if given.get("updated_since") and since is None:
        ignored.append(f"updated_since={given['updated_since']}")
    wanted = search.Wanted(
        given.get("q", "").strip()[:MAX_WORDS],
        {name: values[name] for name in FACETS if name in values},
        {name: values[NOT + name] for name in FACETS if NOT + name in values},
        sees_inside(user),
        since,
    )
    return Asked(wanted, sort, ignored)


def moment(text: str) -> datetime | None:
    """A moment in ISO 8601, without a zone in UTC; None for anything else, or one that no calendar has."""
    try:
        found = parse_datetime(text)
        return found and (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_query(query: str, user: User | AnonymousUser) -> Asked:
    """The same for the query of an address that was kept."""
    return read(QueryDict(query), user)


def sees_inside(user: User | AnonymousUser) -> bool:
    return user.has_perm("partnerships.view_inside")


class RegistryFilter(django_filters.FilterSet):
    """For the API: the same filters, of which a wrong value is an error that names it."""

    q = django_filters.CharFilter(label=_("Words"), max_length=MAX_WORDS, method="passed")
    sort = django_filters.ChoiceFilter(label=_("Sort"), choices=list(SORTS.items()), method="passed")

    updated_since = django_filters.IsoDateTimeFilter(
        label=_("Came or changed at this moment or later, such as 2026-11-22T00:00:00Z"), method="passed"
    )

    class Meta:
        model = RegistryEntry
        fields: list[str] = []

    def passed(self, queryset, name, value):
        return queryset

    @classmethod
    def get_filters(cls) -> dict:
        facets = {name: FacetFilter(label=facet.title, facet=facet) for name, facet in FACETS.items()}
        excluded = {
            NOT + name: FacetFilter(label=_("Not: %s") % facet.title, facet=facet)
            for name, facet in FACETS.items()
        }
        return super().get_filters() | facets | excluded

    def filter_queryset(self, queryset):
        return queryset  # only checked here: `search.find` takes what `read` makes of it
