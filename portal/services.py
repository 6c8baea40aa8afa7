import secrets
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import jobs
from portal.errors import RuleViolation
from portal.history import changed_fields, record
from portal.models import ApiToken, Job, JobStatus, User
from portal.tokens import digest

TOKEN_LIFE = timedelta(days=365)
MAX_TOKENS = 10  # of one person


@transaction.atomic
def save_profile(user: User, *, name: str, language: str) -> None:
    changes = changed_fields(
        User.objects.select_for_update(no_key=True).get(pk=user.pk), {"name": name, "language": language}
    )
    User.objects.filter(pk=user.pk).update(name=name, language=language)
    if changes:
        record(user, "changed profile", by=user, changes=changes)


@transaction.atomic
def set_roles(user: User, roles: list[str], *, by: User) -> None:
    """Give a person exactly these roles and end their sessions, so that none runs on with old rights."""
    if not by.has_perm("portal.manage_users"):
        raise PermissionDenied
    if user.pk == by.pk and "administrator" not in roles:
        raise RuleViolation(_("You cannot take the administrator role from yourself. Ask another one."))
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    before = sorted(user.roles)
    if before == sorted(roles):
        return
    user.groups.set(Group.objects.filter(name__in=roles))
    record(user, "changed roles", by=by, changes={"roles": [before, sorted(roles)]})
    if user.pk != by.pk:
        end_sessions(user)


@transaction.atomic
def set_active(user: User, is_active: bool, *, by: User) -> None:
    """Close or reopen an account. Closing ends every session of it at once."""
    if not by.has_perm("portal.manage_users"):
        raise PermissionDenied
    if user.pk == by.pk:
        raise RuleViolation(_("You cannot close your own account. Ask another administrator."))
    if user.is_active == is_active:
        return
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    record(user, "opened account" if is_active else "closed account", by=by)
    end_sessions(user)


def end_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


@transaction.atomic
def retry_job(job: Job, *, by: User) -> None:
    """Give a failed job five more attempts, now."""
    if not by.has_perm("portal.view_jobs"):
        raise PermissionDenied
    changed = Job.objects.filter(pk=job.pk, status=JobStatus.FAILED).update(
        status=JobStatus.QUEUED, attempts=0, run_after=timezone.now(), finished_at=None
    )
    if not changed:
        raise RuleViolation(_("Only a failed job can be run again."))
    record(job, "ran again", by=by)
    transaction.on_commit(lambda: jobs.wake(job), robust=True)


@transaction.atomic
def make_token(user: User, name: str) -> str:
    """A new key of this person, good for a year. Only its hash is kept: it cannot be shown again."""
    if user.api_tokens.filter(revoked_at=None, expires_at__gt=timezone.now()).count() >= MAX_TOKENS:
        raise RuleViolation(_("You have ten keys. Revoke one that you no longer use."))
    key = "cg_" + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, digest=digest(key), expires_at=timezone.now() + TOKEN_LIFE
    )
    record(token, "made key", by=user)
    return key


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(token, "revoked key", by=by)
