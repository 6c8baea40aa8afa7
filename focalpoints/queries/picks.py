"""What an editor may pick for a block of an issue, in the words of the record.

Only what anybody may read: an issue is public. Sentences of the portal itself ("has a new holder") come in
the language that is active, so an edition has them translated from the start.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import (
    FocalPoint,
    Issue,
    IssueItem,
    IssueSection,
    IssueStatus,
    Meeting,
    Resource,
    Training,
)
from focalpoints.wording import clean_text
from partnerships import queries as partnership_queries
from partnerships.models import (
    ContributionKind,
    Lesson,
    LessonHeading,
    Need,
    Offer,
    Partnership,
    PartnershipStatus,
    Purpose,
)
from partnerships.queries.registry import public_records
from portal.marks import joined

MOST = 20
FIRST_ISSUE_REACHES_BACK = timedelta(days=92)
REPEATED = ("meeting", "training", "offers")  # kinds of a calendar and of a count: each issue has them anew


@dataclass(frozen=True)
class Pick:
    """A record that an editor may pick for a section."""

    source: str  # reference of a record ("P-0042"), or its kind and id ("meeting:7")
    title: str
    text: str
    url: str
    byline: str = ""


def news_since(issue: Issue) -> datetime:
    """When the last issue for the same readers went out; three months ago where there was none."""
    before = Issue.objects.published().filter(topic=issue.topic).exclude(pk=issue.pk)
    last = before.order_by("-sending_at").values_list("sending_at", flat=True).first()
    return last or timezone.now() - FIRST_ISSUE_REACHES_BACK


def _of_others(issue: Issue) -> QuerySet[IssueItem]:
    """What stands in other issues for the same readers, sent or in the making."""
    others = IssueItem.objects.filter(issue__topic=issue.topic).exclude(issue=issue)
    return others.exclude(issue__status=IssueStatus.CANCELLED).exclude(source="")


def used_in(issue: Issue) -> dict[str, int]:
    """The number of the latest other issue for the same readers that has a source, by source."""
    return dict(_of_others(issue).order_by("issue__number").values_list("source", "issue__number"))


def fresh_picks(issue: Issue, section: str) -> list[Pick]:
    """What a section begins with: new since the last issue, and said neither in another nor in this one.

    A record has one lesson under two headings: the same words of the same record are said once.
    """
    own = set(issue.items.values_list("url", "text"))
    others = _of_others(issue).values_list("source", "url", "text")
    used, said = {source for source, _url, _text in others}, {(url, text) for _source, url, text in others}
    found = []
    for pick in picks_for(section, news_since(issue)):
        words = (pick.url, clean_text(pick.text))
        is_told = pick.source in used or words in said
        may_repeat = pick.source.partition(":")[0] in REPEATED
        if words not in own and (may_repeat or not is_told):
            found.append(pick)
    return found


def picks_for(section: str, since: datetime | None = None) -> list[Pick]:
    """What there is to pick for a section, newest first; with `since`, what is new after it.

    Empty for sections that are only written.
    """
    return SOURCES[section](since) if section in SOURCES else []


def _partnerships(since: datetime | None) -> list[Pick]:
    records = partnership_queries.newest_partnerships(MOST, since)
    return [_record_pick(record, record.reference, record.summary) for record in records]


def _record_pick(record: Partnership, source: str, text: str) -> Pick:
    url = reverse("partnerships:partnership_detail", args=[record.reference])
    return Pick(source, record.title, text or record.title, url)


def _needs_and_offers(since: datetime | None) -> list[Pick]:
    needs: list[Need] = [
        need
        for need in partnership_queries.open_needs(MOST)
        if since is None or (need.published_at and need.published_at > since)
    ]
    picks = [
        Pick(
            need.reference,
            need.title,
            need.description or need.title,
            reverse("partnerships:need_detail", args=[need.reference]),
            need.entity_id,
        )
        for need in needs
    ]
    return [*picks, *_offers()]


def _offers() -> list[Pick]:
    """One sentence about the offers that wait for a partner, by kind: who offers is not public."""
    kinds = Counter(chain.from_iterable(Offer.objects.on_desk().values_list("contribution_kinds", flat=True)))
    if not kinds:
        return []
    labels = dict(ContributionKind.choices)
    offered = joined(f"{labels.get(kind, kind)} ({count})" for kind, count in kinds.most_common())
    title = _("What companies offer now")
    text = _("Offers that look for a partner in the UN: %(kinds)s.") % {"kinds": offered}
    return [Pick("offers:open", title, text, reverse("partnerships:offer_start"))]


def _lessons(since: datetime | None) -> list[Pick]:
    return _lessons_of(public_records().filter(status=PartnershipStatus.CLOSED), since)


def _donor_examples(since: datetime | None) -> list[Pick]:
    """Lessons on the coordination of donors; and those of records where several entities raised funds."""
    written = Lesson.objects.filter(
        heading=LessonHeading.DONOR_COORDINATION, partnership__in=public_records()
    ).select_related("partnership")
    if since:
        written = written.filter(partnership__updated_at__gt=since)
    picks = {
        f"donors:{lesson.partnership.reference}": _record_pick(
            lesson.partnership, f"donors:{lesson.partnership.reference}", lesson.text
        )
        for lesson in written.order_by("-partnership__updated_at", "-pk")[:MOST]
    }
    several = public_records().filter(purposes__contains=[Purpose.PRIVATE_FUNDS])
    several = several.annotate(entity_count=Count("entity_roles", distinct=True)).filter(entity_count__gt=1)
    for pick in _lessons_of(several, since, kind="donors"):
        picks.setdefault(pick.source, pick)
    return list(picks.values())[:MOST]


def _lessons_of(records, since: datetime | None, kind: str = "lesson") -> list[Pick]:
    records = records.exclude(lessons="")
    if since:
        records = records.filter(updated_at__gt=since)
    return [
        _record_pick(record, f"{kind}:{record.reference}", record.lessons)
        for record in records.order_by("-updated_at", "-id")[:MOST]
    ]


def _meetings(since: datetime | None) -> list[Pick]:
    """Meetings to come and those that took place since the last issue."""
    meetings = Meeting.objects.filter(is_public=True, cancelled_at=None)
    if since:
        meetings = meetings.filter(starts_on__gte=since.date())
    return [
        Pick(
            f"meeting:{meeting.pk}",
            meeting.title,
            meeting.theme or meeting.title,
            reverse("focalpoints:meeting_detail", args=[meeting.slug]),
            meeting.city,
        )
        for meeting in meetings[:MOST]
    ]


def _resources(since: datetime | None) -> list[Pick]:
    resources = Resource.objects.filter(is_internal=False, status="current").order_by("-added_at")
    if since:
        resources = resources.filter(added_at__gt=since)
    return [
        Pick(
            f"resource:{resource.pk}",
            resource.title,
            resource.summary or resource.title,
            reverse("focalpoints:resource_detail", args=[resource.pk]),
            resource.publisher,
        )
        for resource in resources[:MOST]
    ]


def _trainings(since: datetime | None) -> list[Pick]:
    """The calendar: courses that have not begun, whenever they were announced."""
    return [
        Pick(
            f"training:{training.pk}",
            training.title,
            training.text,
            reverse("focalpoints:training_detail", args=[training.pk]),
            training.provider,
        )
        for training in Training.objects.filter(starts_on__gte=timezone.localdate(), cancelled_at=None)[:MOST]
    ]


def _focal_point_changes(since: datetime | None) -> list[Pick]:
    """Who is new, who took over and which places fell vacant, by role: names are not public."""
    day = (since or timezone.now() - FIRST_ISSUE_REACHES_BACK).date()
    changed = (
        FocalPoint.objects.filter(is_public=True)
        .filter(Q(active_since__gte=day, left_on=None) | Q(left_on__gte=day, successor=None))
        .annotate(predecessor_count=Count("predecessors"))
        .select_related("entity")
        .order_by("entity__acronym", "pk")
    )
    return [_change_pick(entry) for entry in changed[:MOST]]


def _change_pick(entry: FocalPoint) -> Pick:
    if entry.left_on:
        text = _("This place is vacant. Write to another office of the entity.")
    elif entry.predecessor_count:  # type: ignore[attr-defined]  # annotated above
        text = _("This place has a new holder. Write to %(mailbox)s.") % {"mailbox": entry.unit_mailbox}
    else:
        text = _("New in the directory. Write to %(mailbox)s.") % {"mailbox": entry.unit_mailbox}
    url = (
        reverse("focalpoints:directory", query={"entity": entry.entity_id})
        if entry.left_on
        else reverse("focalpoints:directory_entry", args=[entry.pk])
    )
    title = f"{entry.role_title}, {entry.office_place}"
    return Pick(f"focal_point:{entry.pk}", title, text, url, entry.entity.acronym)


SOURCES: dict[str, Callable[[datetime | None], list[Pick]]] = {
    IssueSection.NEW_PARTNERSHIPS: _partnerships,
    IssueSection.TOOLS: _resources,
    IssueSection.LESSONS: _lessons,
    IssueSection.DONORS: _donor_examples,
    IssueSection.NEEDS_AND_OFFERS: _needs_and_offers,
    IssueSection.TRAINING: _trainings,
    IssueSection.MEETINGS: _meetings,
    IssueSection.FOCAL_POINTS: _focal_point_changes,
}
