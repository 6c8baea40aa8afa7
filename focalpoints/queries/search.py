"""One search over people, partnerships, needs, library, meetings and what else the network keeps.

Each kind asks its own rows, starting from what the reader may see, and answers how many there are and the
best of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from focalpoints.filters import matching_focal_points
from focalpoints.models import ActionPoint, Community, FocalPoint, Meeting, Resource, Training
from focalpoints.queries.learning import lessons, library_items
from focalpoints.queries.words import found_by_words
from partnerships.models import Need, Partnership
from partnerships.search import Wanted, find, page_of
from portal.days import day_words
from portal.marks import joined
from portal.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from partnerships.queries.registry import Codes

Reader = User | AnonymousUser
TOP = 5  # of each kind, while none is chosen
MOST = 50  # of the chosen kind
WORDS_LENGTH = 100


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    text: str = ""
    meta: tuple[str, ...] = ()


Finder = Callable[[Reader, str, int], tuple[int, list[Hit]]]


@dataclass(frozen=True)
class Kind:
    """What is looked through. `own_list` names the page that narrows it further, with `q`."""

    slug: str
    label: str | Promise
    find: Finder
    own_list: str = ""


@dataclass(frozen=True)
class Part:
    """The answer of one kind."""

    kind: Kind
    count: int
    hits: list[Hit]
    all_url: str  # where the rest of them is; "" when all are shown


def search(user: Reader, words: str, chosen: str = "") -> list[Part]:
    """The answer of every kind that found something, and of the chosen one in any case."""
    parts = []
    for kind in KINDS:
        limit = MOST if kind.slug == chosen else 0 if chosen else TOP
        count, hits = kind.find(user, words, limit)
        if count or kind.slug == chosen:
            parts.append(Part(kind, count, hits, _all_url(kind, words, chosen) if count > len(hits) else ""))
    return parts


def _all_url(kind: Kind, words: str, chosen: str) -> str:
    if kind.own_list:
        return reverse(kind.own_list) + "?" + urlencode({"q": words})
    return "" if chosen else reverse("focalpoints:search") + "?" + urlencode({"q": words, "kind": kind.slug})


def _answer(rows: QuerySet[Any], limit: int, hit: Callable[[Any], Hit]) -> tuple[int, list[Hit]]:
    count = rows.count()
    return count, [hit(row) for row in rows[:limit]] if count and limit else []


def _short(text: str) -> str:
    return Truncator(" ".join(text.split())).words(35)


def _meta(*parts: object) -> tuple[str, ...]:
    return tuple(str(part) for part in parts if part)


def _people(user: Reader, words: str, limit: int) -> tuple[int, list[Hit]]:
    with_names = user.has_perm("focalpoints.view_people")
    rows = FocalPoint.objects.visible_to(user).active().for_list()

    def hit(entry: FocalPoint) -> Hit:
        name = entry.person_name if with_names and entry.has_name_consent else ""
        url = reverse("focalpoints:directory_entry", args=[entry.pk])
        place = f"{entry.entity.acronym}, {entry.office_place}"
        return Hit(entry.role_title, url, name, _meta(place, joined(entry.theme_labels)))

    return _answer(matching_focal_points(rows, words, with_names=with_names), limit, hit)


def _partnerships(user: Reader, words: str, limit: int) -> tuple[int, list[Hit]]:
    wanted = Wanted(words=words, sees_inside=user.has_perm("partnerships.view_inside"))
    found = find(wanted, with_counts=False)
    if not (limit and found.total):
        return found.total, []
    ids = page_of(found, size=limit).ids
    records = Partnership.objects.for_list().in_bulk(ids)

    def hit(record: "WithAnnotations[Partnership, Codes]") -> Hit:
        url = reverse("partnerships:partnership_detail", args=[record.reference])
        codes = joined(record.entity_codes)
        return Hit(record.title, url, _short(record.summary), _meta(record.reference, codes))

    return found.total, [hit(records[pk]) for pk in ids if pk in records]


def _needs(user: Reader, words: str, limit: int) -> tuple[int, list[Hit]]:
    rows = Need.objects.visible_to(user).open().select_related("entity")

    def hit(need: Need) -> Hit:
        url = reverse("partnerships:need_detail", args=[need.reference])
        return Hit(need.title, url, _short(need.description), _meta(need.reference, need.entity))

    return _answer(found_by_words(rows, words, "title", "description", "office_place"), limit, hit)


def _library(user: Reader, words: str, limit: int) -> tuple[int, list[Hit]]:
    def hit(item: Resource) -> Hit:
        url = reverse("focalpoints:resource_detail", args=[item.pk])
        state = "" if item.status == Resource.Status.CURRENT else item.get_status_display()
        return Hit(
            item.title,
            url,
            _short(item.summary),
            _meta(item.get_kind_display(), item.publisher, item.year, state),
        )

    return _answer(library_items(user, q=words), limit, hit)


def _lessons(user: Reader, words: str, limit: int) -> tuple[int, list[Hit]]:
    def hit(record: "WithAnnotations[Partnership, Codes]") -> Hit:
        url = reverse("partnerships:partnership_detail", args=[record.reference])
        text = record.lessons or " ".join(row.text for row in record.lesson_rows.all())
        return Hit(record.title, url, _short(text), _meta(record.reference))

    return _answer(lessons(user, words), limit, hit)


def _meetings(user: Reader, words: str, limit: int) -> tuple[int, list[Hit]]:
    rows = Meeting.objects.visible_to(user).select_related("country")

    def hit(meeting: Meeting) -> Hit:
        url = reverse("focalpoints:meeting_detail", args=[meeting.slug])
        return Hit(meeting.title, url, meeting.theme, _meta(meeting.year, meeting.city, meeting.country))

    return _answer(found_by_words(rows, words, "title", "theme", "agenda", "report", "city"), limit, hit)


def _actions(user: Reader, words: str, limit: int) -> tuple[int, list[Hit]]:
    rows = ActionPoint.objects.filter(meeting__in=Meeting.objects.visible_to(user)).select_related("meeting")

    def hit(action: ActionPoint) -> Hit:
        url = reverse("focalpoints:action_detail", args=[action.pk])
        meta = _meta(action.meeting, action.owner_id, action.get_state_display())
        return Hit(action.text, url, action.issue, meta)

    return _answer(found_by_words(rows, words, "text", "issue"), limit, hit)


def _courses(user: Reader, words: str, limit: int) -> tuple[int, list[Hit]]:
    def hit(course: Training) -> Hit:
        url = reverse("focalpoints:training_detail", args=[course.pk])
        day = day_words(course.starts_on)
        return Hit(course.title, url, course.audience, _meta(day, course.place, course.provider))

    rows = found_by_words(Training.objects.all(), words, "title", "provider", "place", "audience", "text")
    return _answer(rows, limit, hit)


def _groups(user: Reader, words: str, limit: int) -> tuple[int, list[Hit]]:
    def hit(group: Community) -> Hit:
        url = reverse("focalpoints:group_detail", args=[group.slug])
        return Hit(group.name, url, _short(group.purpose), _meta(group.get_kind_display()))

    return _answer(found_by_words(Community.objects.visible_to(user), words, "name", "purpose"), limit, hit)


KINDS = (
    Kind("people", _("People"), _people, "focalpoints:directory"),
    Kind("partnerships", _("Partnerships"), _partnerships, "partnerships:partnership_list"),
    Kind("needs", _("Open needs"), _needs),
    Kind("library", _("Library"), _library, "focalpoints:library"),
    Kind("lessons", _("Lessons"), _lessons, "focalpoints:lesson_list"),
    Kind("meetings", _("Meetings"), _meetings),
    Kind("actions", _("Action points"), _actions),
    Kind("courses", _("Training"), _courses),
    Kind("groups", _("Groups"), _groups),
)
