from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _

from focalpoints.models import Community, Membership, Post, Thread
from focalpoints.wording import clean_text
from portal.emails import send_mail
from portal.errors import RuleViolation
from portal.history import record
from portal.jobs import enqueue
from portal.models import User

DIGEST_EVERY = timedelta(days=7)


def _inside(by: User) -> None:
    if not by.has_perm("focalpoints.view_people"):
        raise PermissionDenied


def membership_of(community: Community, user: User) -> Membership | None:
    return Membership.objects.filter(community=community, user=user).first()


def may_moderate(community: Community, user: User) -> bool:
    return (
        user.has_perm("focalpoints.manage_learning")
        or Membership.objects.filter(community=community, user=user, is_moderator=True).exists()
    )


@transaction.atomic
def create_group(*, name: str, kind: str, purpose: str, by: User) -> Community:
    """A new group; who begins it moderates it."""
    _inside(by)
    slug = slugify(name)[:60] or f"group-{timezone.now():%Y%m%d%H%M%S}"
    if Community.objects.filter(slug=slug).exists():
        raise RuleViolation(_("There is a group of this name already."))
    community = Community.objects.create(
        slug=slug, name=clean_text(name), kind=kind, purpose=clean_text(purpose), created_by=by
    )
    Membership.objects.create(community=community, user=by, is_moderator=True)
    record(community, "created", by=by)
    return community


@transaction.atomic
def join_group(community: Community, *, is_listed: bool, wants_digest: bool, by: User) -> Membership:
    """Join, or change how: whether the others see the name, and whether the digest comes."""
    _inside(by)
    membership, _is_new = Membership.objects.update_or_create(
        community=community, user=by, defaults={"is_listed": is_listed, "wants_digest": wants_digest}
    )
    return membership


@transaction.atomic
def leave_group(community: Community, *, by: User) -> None:
    _inside(by)
    mine = membership_of(community, by)
    if mine is None:
        raise RuleViolation(_("You are not in this group."))
    others = Membership.objects.filter(community=community).exclude(user=by)
    if mine.is_moderator and others.exists() and not others.filter(is_moderator=True).exists():
        longest = others.order_by("joined_at").values("pk")[:1]
        Membership.objects.filter(pk__in=longest).update(is_moderator=True)
    mine.delete()


@transaction.atomic
def start_thread(community: Community, *, title: str, text: str, is_announcement: bool, by: User) -> Thread:
    """Begin a conversation. Only members write, only moderators announce."""
    _inside(by)
    if membership_of(community, by) is None:
        raise RuleViolation(_("Join the group first."))
    if is_announcement and not may_moderate(community, by):
        raise PermissionDenied
    thread = Thread.objects.create(
        community=community,
        title=clean_text(title),
        is_announcement=is_announcement,
        is_closed=is_announcement,
        started_by=by,
    )
    Post.objects.create(thread=thread, by=by, text=clean_text(text))
    return thread


@transaction.atomic
def reply(thread: Thread, *, text: str, by: User) -> Post:
    _inside(by)
    thread = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    if thread.is_closed:
        raise RuleViolation(_("This conversation is closed."))
    if membership_of(thread.community, by) is None:
        raise RuleViolation(_("Join the group first."))
    post = Post.objects.create(thread=thread, by=by, text=clean_text(text))
    thread.last_post_at = post.at
    thread.save(update_fields=["last_post_at"])
    return post


@transaction.atomic
def remove_post(post: Post, *, why: str, by: User) -> Post:
    """Take a post out of sight, with a reason that everybody sees. Its author may too."""
    post = Post.objects.select_for_update(no_key=True).select_related("thread__community").get(pk=post.pk)
    if post.by_id != by.pk and not may_moderate(post.thread.community, by):
        raise PermissionDenied
    if post.removed_at:
        raise RuleViolation(_("This post has been removed already."))
    if not why.strip():
        raise RuleViolation(_("Say why it is removed."))
    post.removed_at, post.removed_by, post.removed_why = timezone.now(), by, clean_text(why)[:300]
    post.save(update_fields=["removed_at", "removed_by", "removed_why"])
    record(post.thread, "post removed", by=by, note=post.removed_why)
    return post


def digest_groups() -> None:
    """Queue the weekly digest of each membership that wants it and has something new to read."""
    now = timezone.now()
    news = Post.objects.filter(
        thread__community=OuterRef("community"), removed_at=None, at__gt=OuterRef("digested_at")
    ).exclude(by=OuterRef("user"))
    due = Membership.objects.filter(
        Exists(news), wants_digest=True, digested_at__lt=now - DIGEST_EVERY, user__is_active=True
    )
    for membership in due.iterator():
        key = f"send_digest:{membership.pk}:{membership.digested_at.isoformat()}"
        enqueue("focalpoints.send_digest", key=key, membership_id=membership.pk, sent_key=key)


def send_digest(membership: Membership, *, key: str) -> None:
    """One mail with what was written in a group since the last digest."""
    since, now = membership.digested_at, timezone.now()
    posts = (
        Post.objects.filter(thread__community=membership.community, removed_at=None)
        .filter(at__gt=since, at__lte=now)
        .exclude(by=membership.user)
        .select_related("thread")[:50]
    )
    if posts:
        lines = [
            {"title": post.thread.title, "words": Truncator(" ".join(post.text.split())).words(40)}
            for post in posts
        ]
        send_mail(
            "newsletter_digest",
            {"community": membership.community, "lines": lines},
            to=membership.user.email,
            language=membership.user.language,
            key=key,
        )
    membership.digested_at = now
    membership.save(update_fields=["digested_at"])
