from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _

from focalpoints.models import Community, Membership, Moderation, Post, Resource, ShelfFile, Thread, Training
from focalpoints.wording import clean_line, clean_text
from portal import attachments
from portal.emails import send_mail
from portal.errors import RuleViolation
from portal.history import changed_fields, record
from portal.jobs import enqueue
from portal.limits import take
from portal.models import User
from portal.notices import tell

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


def _moderator(community: Community, by: User) -> None:
    if not may_moderate(community, by):
        raise PermissionDenied


@transaction.atomic
def create_group(
    *, name: str, kind: str, purpose: str, by: User, training: Training | None = None
) -> Community:
    """A new group; who begins it moderates it. The participants of `training` are asked to join."""
    _inside(by)
    if training is not None and not by.has_perm("focalpoints.manage_learning"):
        raise PermissionDenied
    if training is not None and Community.objects.filter(training=training).exists():
        raise RuleViolation(_("This course has its group already."))
    slug = slugify(name)[:60] or f"group-{timezone.now():%Y%m%d%H%M%S}"
    if Community.objects.filter(slug=slug).exists():
        raise RuleViolation(_("There is a group of this name already."))
    community = Community.objects.create(
        slug=slug,
        name=clean_line(name),
        kind=kind,
        purpose=clean_text(purpose),
        created_by=by,
        training=training,
    )
    Membership.objects.create(community=community, user=by, is_moderator=True)
    record(community, "created", by=by)
    if training is not None:
        for seat in training.taken.filter(status__in=["registered", "completed"]).select_related("user"):
            _tell(seat.user, "network_cohort", community, key=f"cohort:{community.pk}")
    return community


def _tell(user: User, template: str, community: Community, *, key: str, **context: Any) -> None:
    url = reverse("focalpoints:group_detail", args=[community.slug])
    tell(user, template, {"community": community, **context}, key=key, url=url, kind="network")


@transaction.atomic
def change_group(community: Community, *, name: str, purpose: str, by: User) -> None:
    """Other words for a group; its address stays."""
    _moderator(community, by)
    values = {"name": clean_line(name), "purpose": clean_text(purpose)}
    changes = changed_fields(community, values)
    Community.objects.filter(pk=community.pk).update(**values)
    record(community, Moderation.CHANGED, by=by, changes=changes)


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
    """Begin a conversation. An announcement is for moderators, takes no replies, and every member is told."""
    _inside(by)
    if is_announcement:
        _moderator(community, by)
    elif membership_of(community, by) is None:
        raise RuleViolation(_("Join the group first."))
    _take_time(by)
    thread = Thread.objects.create(
        community=community,
        title=clean_line(title),
        is_announcement=is_announcement,
        is_closed=is_announcement,
        started_by=by,
    )
    Post.objects.create(thread=thread, by=by, text=clean_text(text))
    if is_announcement:
        record(community, Moderation.ANNOUNCED, by=by, note=thread.title)
        key = f"tell_announcement:{thread.pk}"
        enqueue("focalpoints.tell_announcement", key=key, thread_id=thread.pk)
    return thread


def tell_announcement(thread: Thread) -> None:
    """Tell every member but its author; what was removed meanwhile is not told."""
    post = thread.posts.filter(removed_at=None).first()
    if post is None:
        return
    for membership in thread.community.memberships.exclude(user=post.by).select_related("user"):
        _tell(
            membership.user,
            "network_announcement",
            thread.community,
            key=f"announced:{thread.pk}",
            thread=thread,
            text=post.text,
        )


def _take_time(by: User) -> None:
    """A group stays calm: nobody writes more than twenty posts in ten minutes. Raises TooMany."""
    take(f"post:{by.pk}", burst=20, per_seconds=600)


@transaction.atomic
def reply(thread: Thread, *, text: str, by: User) -> Post:
    _inside(by)
    thread = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    if thread.is_closed:
        raise RuleViolation(_("This conversation is closed."))
    if membership_of(thread.community, by) is None:
        raise RuleViolation(_("Join the group first."))
    _take_time(by)
    post = Post.objects.create(thread=thread, by=by, text=clean_text(text))
    thread.last_post_at = post.at
    thread.save(update_fields=["last_post_at"])
    return post


# --- moderation: each act stands in the log of the group -------------------------------------------------


@transaction.atomic
def close_thread(thread: Thread, *, is_closed: bool, why: str, by: User) -> None:
    """Let a conversation rest, or open it again, with a reason that everybody sees."""
    _moderator(thread.community, by)
    thread = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    if thread.is_announcement:
        raise RuleViolation(_("An announcement takes no replies."))
    if thread.is_closed == is_closed:
        raise RuleViolation(_("Somebody has done that already."))
    if not why.strip():
        raise RuleViolation(_("Say why."))
    thread.is_closed = is_closed
    thread.save(update_fields=["is_closed"])
    action = Moderation.CLOSED if is_closed else Moderation.OPENED
    record(thread.community, action, by=by, note=f"{thread.title}: {clean_text(why)[:300]}")


@transaction.atomic
def name_moderator(membership: Membership, *, is_moderator: bool, by: User) -> None:
    """Share the moderation of a group, or take it back; one moderator always stays."""
    _moderator(membership.community, by)
    others = Membership.objects.filter(community=membership.community, is_moderator=True)
    if not is_moderator and not others.exclude(pk=membership.pk).exists():
        raise RuleViolation(_("A group needs a moderator. Name another one first."))
    Membership.objects.filter(pk=membership.pk).update(is_moderator=is_moderator)
    action = Moderation.NAMED if is_moderator else Moderation.RELEASED
    record(membership.community, action, by=by, note=str(membership.user))


@transaction.atomic
def remove_member(membership: Membership, *, why: str, by: User) -> None:
    """Take somebody out of a group who does not keep to its purpose; they are told the reason."""
    _moderator(membership.community, by)
    if membership.is_moderator:
        raise RuleViolation(_("Release the moderator first."))
    if not why.strip():
        raise RuleViolation(_("Say why."))
    why = clean_text(why)[:300]
    record(membership.community, Moderation.MEMBER_REMOVED, by=by, note=f"{membership.user}: {why}")
    key = f"member_removed:{membership.pk}"
    _tell(membership.user, "network_member_removed", membership.community, key=key, why=why)
    membership.delete()


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
    note = f"{post.thread.title}: {post.removed_why}"
    record(post.thread.community, Moderation.POST_REMOVED, by=by, note=note)
    return post


# --- shelf ------------------------------------------------------------------------------------------------


def _member(community: Community, by: User) -> None:
    if membership_of(community, by) is None and not may_moderate(community, by):
        raise RuleViolation(_("Join the group first."))


@transaction.atomic
def shelve_item(community: Community, resource: Resource, *, by: User) -> None:
    """Put an item of the library on the shelf of a group."""
    _inside(by)
    _member(community, by)
    community.shelf.add(resource)
    record(community, "item shelved", by=by, note=resource.title)


@transaction.atomic
def shelve_file(community: Community, *, title: str, file: UploadedFile, by: User) -> ShelfFile:
    """Put a file on the shelf of a group."""
    _inside(by)
    _member(community, by)
    shelved = ShelfFile.objects.create(community=community, title=clean_line(title), by=by)
    attachments.accept(file, about=shelved, by=by)
    return shelved


@transaction.atomic
def unshelve_item(community: Community, resource: Resource, *, by: User) -> None:
    _moderator(community, by)
    community.shelf.remove(resource)
    record(community, Moderation.UNSHELVED, by=by, note=resource.title)


@transaction.atomic
def unshelve_file(shelved: ShelfFile, *, by: User) -> None:
    """Take a file off the shelf for good: who put it there, or a moderator."""
    if shelved.by_id != by.pk:
        _moderator(shelved.community, by)
    attachments.remove_all(shelved, by=by)
    record(shelved.community, Moderation.UNSHELVED, by=by, note=shelved.title)
    shelved.delete()


# --- digest -----------------------------------------------------------------------------------------------


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
