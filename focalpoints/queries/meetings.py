from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from focalpoints.models import (
    ActionPoint,
    ActionState,
    FocalPoint,
    Meeting,
    MeetingDocument,
    MeetingPlace,
    ProgressNote,
)
from focalpoints.queries.files import files_of
from portal.models import User

Reader = User | AnonymousUser


@dataclass(frozen=True)
class Survey:
    """What those who were there said of a meeting. `counts` by answer, 4 very useful to 1 not."""

    counts: Mapping[int, int]
    words: list[str]

    @property
    def answer_count(self) -> int:
        return sum(self.counts.values())

    @property
    def useful_count(self) -> int:
        return self.counts.get(4, 0) + self.counts.get(3, 0)


def survey_of(places: list[MeetingPlace]) -> Survey:
    answered = [place for place in places if place.usefulness]
    return Survey(
        counts=Counter(place.usefulness for place in answered if place.usefulness),
        words=[place.survey_words for place in answered if place.survey_words],
    )


@dataclass(frozen=True)
class SurveyOfYear:
    """How those who were at a meeting judged it; `useful_percent` found it useful or very useful.

    Of a meeting before the portal there are no answers, only what `meeting.survey_result` reports.
    """

    meeting: Meeting
    useful_count: int
    answer_count: int

    @property
    def year(self) -> int:
        return self.meeting.year

    @property
    def useful_percent(self) -> int:
        return round(100 * self.useful_count / self.answer_count) if self.answer_count else 0


def _latest_first(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """In the order of the table, which a query that counts forgets."""
    return rows.order_by("-year", "-starts_on", "-pk")


def survey_trend(user: Reader) -> list[SurveyOfYear]:
    """The surveys of the meetings this reader sees, latest first; meetings without one are left out."""
    answered = Q(places__status="registered", places__usefulness__isnull=False)
    rows = Meeting.objects.visible_to(user).annotate(
        answers=Count("places", filter=answered),
        useful=Count("places", filter=answered & Q(places__usefulness__gte=3)),
    )
    return [
        SurveyOfYear(row, row.useful, row.answers)
        for row in _latest_first(rows.filter(Q(answers__gt=0) | ~Q(survey_result="")))
    ]


def listed_meetings(user: Reader) -> list[Meeting]:
    """The meetings this reader sees, latest first, each with `action_count`."""
    rows = Meeting.objects.visible_to(user).select_related("host_entity", "country")
    return list(_latest_first(rows.annotate(action_count=Count("actions"))))


def papers_of(meeting: Meeting, user: Reader) -> list[MeetingDocument]:
    """The papers this reader may see, each with `files`. Two queries."""
    papers = list(MeetingDocument.objects.visible_to(user).filter(meeting=meeting))
    files = files_of(papers)
    for paper in papers:
        paper.files = files[paper.pk]
    return papers


def tracked_actions(
    user: Reader,
    *,
    meeting: Meeting | None = None,
    owner: Any = None,
    by_year: int | None = None,
) -> QuerySet[ActionPoint]:
    """Action points of the meetings this reader sees, as they stood at the end of `by_year`, else as now.

    Each has `state_then`, and in `notes.all()` what had been told by then.
    """
    notes = ProgressNote.objects.all()
    rows = ActionPoint.objects.filter(meeting__in=Meeting.objects.visible_to(user))
    if by_year is None:
        rows = rows.annotate(state_then=F("state"))
    else:
        notes = notes.filter(year__lte=by_year)
        last = notes.filter(action=OuterRef("pk")).order_by("-year", "-id").values("state")[:1]
        none = Value(ActionState.NO_PROGRESS, output_field=CharField())
        rows = rows.filter(meeting__year__lte=by_year).annotate(state_then=Coalesce(Subquery(last), none))
    if meeting is not None:
        rows = rows.filter(meeting=meeting)
    if owner is not None:
        rows = rows.filter(owner=owner)
    return (
        rows.select_related("meeting", "owner")
        .prefetch_related(Prefetch("notes", queryset=notes))
        .order_by("-meeting__year", "meeting", "issue_number", "position", "pk")
    )


OVERDUE = "overdue"


def _is_in(state: str) -> Q:
    if state == OVERDUE:
        return Q(due_on__lt=timezone.localdate(), state_then__in=ActionPoint.OPEN)
    return Q(state_then=state)


def actions_in(rows: QuerySet[ActionPoint], state: str) -> QuerySet[ActionPoint]:
    """Of the tracked actions those in a state; "overdue" counts as one, "" leaves all."""
    return rows.filter(_is_in(state)) if state else rows


def state_counts(rows: QuerySet[ActionPoint]) -> dict[str, int]:
    """How many of the tracked actions are in each state, and how many are overdue. One query."""
    states = [*ActionState.values, OVERDUE]
    return rows.order_by().aggregate(**{state: Count("pk", filter=_is_in(state)) for state in states})


def actions_by_meeting(user: Reader) -> list[Meeting]:
    """Meetings that agreed on something, oldest first, each with `action_count` and a count by state."""
    counts = {
        f"{state}_count": Count("actions", filter=Q(actions__state=state)) for state in ActionState.values
    }
    rows = Meeting.objects.visible_to(user).annotate(action_count=Count("actions"), **counts)
    return list(rows.filter(action_count__gt=0).order_by("year", "starts_on", "pk"))


def actions_to_tell(user: User) -> QuerySet[ActionPoint]:
    """Open points of the entities this person works for that nobody has told of this year."""
    year = timezone.localdate().year
    return (
        ActionPoint.objects.filter(owner__in=FocalPoint.objects.of(user).values("entity"))
        .filter(state__in=ActionPoint.OPEN, meeting__year__lt=year)
        .exclude(notes__year=year)
        .select_related("meeting", "owner")
    )
