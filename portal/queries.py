from datetime import timedelta

from django.contrib.auth.models import Group
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from portal.models import AuditEvent, Job, JobStatus, User
from portal.roles import ROLES


def users(words: str = "", role: str = "") -> QuerySet[User]:
    found = User.objects.prefetch_related("groups").order_by("email")
    if words:
        found = found.filter(Q(email__icontains=words) | Q(name__icontains=words))
    if role in ROLES:
        found = found.filter(groups__name=role)
    return found


def role_choices() -> list[tuple[str, object]]:
    return [(name, role.label) for name, role in ROLES.items()]


def people_counts() -> list[tuple[object, int]]:
    """(role, number of open accounts) for every role that somebody has."""
    counts = dict(
        Group.objects.annotate(n=Count("user", filter=Q(user__is_active=True))).values_list("name", "n")
    )
    return [(role.label, counts.get(name, 0)) for name, role in ROLES.items() if counts.get(name)]


def job_counts() -> dict[str, int]:
    counts = dict(Job.objects.values_list("status").annotate(n=Count("pk")))
    return {status: counts.get(status, 0) for status in JobStatus.values}


def late_job_count() -> int:
    """Jobs that should have run ten minutes ago."""
    late = timezone.now() - timedelta(minutes=10)
    return Job.objects.filter(status=JobStatus.QUEUED, run_after__lt=late).count()


def events(who: str = "", what: str = "", action: str = "") -> QuerySet[AuditEvent]:
    """The audit trail, newest first, narrowed by person, subject and action."""
    found = AuditEvent.objects.select_related("by", "seal").order_by("-id")
    if who:
        found = found.filter(Q(by__email__icontains=who) | Q(by__name__icontains=who))
    if what:
        found = found.filter(Q(subject_label__icontains=what) | Q(subject_type__icontains=what))
    if action:
        found = found.filter(action__icontains=action)
    return found


def events_of(subject) -> QuerySet[AuditEvent]:
    """What happened to one row, newest first."""
    return (
        AuditEvent.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
        .select_related("by")
        .order_by("-id")
    )
