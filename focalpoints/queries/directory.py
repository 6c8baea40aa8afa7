from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import STALE_AFTER_DAYS, FocalPoint, UNEntity
from portal.collation import in_order
from portal.models import Country, User
from portal.themes import Theme

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

Reader = User | AnonymousUser


class Counted(TypedDict):
    entry_count: int
    stale_count: int


@dataclass(frozen=True)
class Coverage:
    """How far the directory reaches: entities with counts, countries with and without their own entry."""

    entities: "list[WithAnnotations[UNEntity, Counted]]"
    covered: list[Country]  # each with `entry_count`
    uncovered: list[Country]

    @property
    def entity_count(self) -> int:
        return sum(bool(entity.entry_count) for entity in self.entities)


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
    countries = in_order(
        Country.objects.filter(is_un_member=True).annotate(
            entry_count=Count("focal_points", filter=Q(focal_points__in=entries))
        )
    )
    return Coverage(
        entities=list(entities.order_by(F("entry_count").desc(), "acronym")),
        covered=[country for country in countries if country.entry_count],
        uncovered=[country for country in countries if not country.entry_count],
    )


@dataclass(frozen=True)
class Answer:
    """A focal point who may answer a question about a topic in a country, and why."""

    entry: FocalPoint
    reasons: list[str]
    score: int


MOST_ANSWERS = 8


def who_works_on(user: Reader, *, theme: str, country: Country | None, language: str) -> list[Answer]:
    """Whom a business asks about a topic in a country, the likeliest first. Each says why it stands there.

    An office in the country comes before one that answers for all countries; within these, who works on the
    topic and who is there for first contacts. An entry that names other countries only is left out.
    """
    rows = FocalPoint.objects.visible_to(user).active()
    if country:
        rows = rows.filter(Q(countries=country) | Q(countries=None))
    if theme:
        rows = rows.filter(Q(themes__contains=[theme]) | Q(tasks__contains=["entry_point"]))
    found = [_answer(entry, theme, country, language) for entry in rows.for_list()[:500]]
    found.sort(key=lambda answer: (-answer.score, answer.entry.entity.acronym, answer.entry.pk))
    return found[:MOST_ANSWERS]


def _answer(entry: FocalPoint, theme: str, country: Country | None, language: str) -> Answer:
    is_here = country is not None and country in entry.countries.all()
    level = entry.get_office_level_display()
    signs = [
        (8, is_here, _("%(office)s that answers for %(country)s") % {"office": level, "country": country}),
        (4, theme in entry.themes, _("Works on %(topic)s") % {"topic": dict(Theme.choices).get(theme, "")}),
        (2, "entry_point" in entry.tasks, _("First contact for business")),
        (1, language in entry.languages, _("Speaks your language")),
        (-1, entry.is_stale, ""),  # the page says so beside every entry
        (0, country is not None and not is_here, _("Answers for all countries")),
    ]
    held = [(points, reason) for points, holds, reason in signs if holds]
    return Answer(
        entry, [reason for _points, reason in held if reason], sum(points for points, _reason in held)
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
