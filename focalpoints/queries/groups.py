from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from focalpoints.models import (
    Broker,
    Community,
    FocalPoint,
    Moderation,
    Recommendation,
    RecommendationStatus,
    Signature,
    UNEntity,
)
from portal.models import AuditEvent, User


@dataclass(frozen=True)
class LogEntry:
    """One act of moderation: what, by whom and why."""

    event: AuditEvent
    label: str


def groups_of(user: User, kind: str = "") -> QuerySet[Community]:
    """The groups by name with their counts; `mine_count` is 1 where this person is a member."""
    rows = Community.objects.visible_to(user).annotate(
        member_count=Count("memberships", distinct=True),
        thread_count=Count("threads", distinct=True),
        mine_count=Count("memberships", filter=Q(memberships__user=user), distinct=True),
    )
    rows = rows.order_by("name", "pk")  # a query that counts forgets the table's own order
    return rows.filter(kind=kind) if kind else rows


def moderation_log(community: Community) -> list[LogEntry]:
    """What moderators did, latest first, as far back as 200 acts."""
    events = AuditEvent.objects.filter(
        subject_type=Community._meta.label_lower,
        subject_id=str(community.pk),
        action__in=Moderation.values,
    )
    latest = events.select_related("by").order_by("-pk")[:200]
    return [LogEntry(event, str(Moderation(event.action).label)) for event in latest]


def recommendations(user: User, status: str = "") -> QuerySet[Recommendation]:
    """With the entities that signed, in `signatures.all()`."""
    signed = Prefetch("signatures", queryset=Signature.objects.select_related("entity"))
    rows = Recommendation.objects.visible_to(user).select_related("community").prefetch_related(signed)
    return rows.filter(status=status) if status in RecommendationStatus.values else rows


def entities_to_sign_for(recommendation: Recommendation, user: User) -> QuerySet[UNEntity]:
    """The entities this person is a focal point of that have not signed yet."""
    return UNEntity.objects.filter(pk__in=FocalPoint.objects.of(user).values("entity")).exclude(
        pk__in=recommendation.signatures.values("entity")
    )


def roster(
    user: User, *, skill: str = "", language: str = "", country: object = None, is_free: bool = False
) -> QuerySet[Broker]:
    """Who may be asked for help with a partnership."""
    rows = Broker.objects.visible_to(user).filter(is_listed=True)
    if skill:
        rows = rows.filter(skills__contains=[skill])
    if language:
        rows = rows.filter(languages__contains=[language])
    if country:
        rows = rows.filter(countries=country)
    if is_free:
        rows = rows.filter(Q(available_from=None) | Q(available_from__lte=timezone.localdate()))
    return rows.select_related("user", "entity").prefetch_related("countries")
