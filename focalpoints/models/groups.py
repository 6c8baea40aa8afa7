from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models.learning import Resource, Training
from portal.models import User


class GroupKind(models.TextChoices):
    THEME = "theme", _("By theme")
    REGION = "region", _("By region")
    COHORT = "cohort", _("By course cohort")


class Moderation(models.TextChoices):
    """What moderators do: each act is an event of the group, and stands in its log."""

    ANNOUNCED = "announced", _("Announcement")
    POST_REMOVED = "post removed", _("Post removed")
    CLOSED = "conversation closed", _("Conversation closed")
    OPENED = "conversation opened again", _("Conversation opened again")
    NAMED = "moderator named", _("Moderator named")
    RELEASED = "moderator released", _("Moderator released")
    MEMBER_REMOVED = "member removed", _("Member removed")
    UNSHELVED = "taken off the shelf", _("Taken off the shelf")
    CHANGED = "changed", _("Name or purpose changed")


class CommunityQuerySet(models.QuerySet["Community"]):
    def visible_to(self, user):
        """UN users see the groups; nobody else knows of them."""
        return self if user.has_perm("focalpoints.view_people") else self.none()


class Community(models.Model):
    """A group of UN users with threads, a shelf of files and library items, and a digest by mail.

    A cohort names the course its members met in.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=GroupKind, default=GroupKind.THEME)
    purpose = models.TextField(_("what it is for"), max_length=1000)
    shelf = models.ManyToManyField(
        Resource, blank=True, related_name="communities", verbose_name=_("shelf: items of the library")
    )
    training = models.OneToOneField(
        Training, models.PROTECT, null=True, blank=True, related_name="cohort", verbose_name=_("course")
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = [
            CheckConstraint(name="community_kind_known", condition=Q(kind__in=GroupKind.values)),
            CheckConstraint(
                name="community_course_has_cohort", condition=Q(training=None) | Q(kind=GroupKind.COHORT)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Somebody in a group. `digested_at` is up to when the mail digest has told them."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    is_moderator = models.BooleanField(default=False)
    is_listed = models.BooleanField(_("shown in the member list"), default=False)
    wants_digest = models.BooleanField(_("weekly digest by mail"), default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    digested_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [UniqueConstraint(fields=["community", "user"], name="membership_once")]

    def __str__(self) -> str:
        return str(self.user)


class ShelfFileQuerySet(models.QuerySet["ShelfFile"]):
    def visible_to(self, user):
        return self.filter(community__in=Community.objects.visible_to(user))


class ShelfFile(models.Model):
    """A file on the shelf of a group: it hangs on this row."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="shelf_files")
    title = models.CharField(_("title"), max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ShelfFileQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.title


class Thread(models.Model):
    """A conversation; an announcement stands first and takes no replies."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="threads")
    title = models.CharField(_("title"), max_length=160)
    is_announcement = models.BooleanField(_("announcement"), default=False)
    is_closed = models.BooleanField(default=False)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    last_post_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-is_announcement", "-last_post_at", "-id"]

    def __str__(self) -> str:
        return self.title


class Post(models.Model):
    """One contribution. A removed one keeps its place and says why; its words stay for the moderators."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="posts")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(_("your words"), max_length=5000)
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    removed_why = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            CheckConstraint(
                name="post_removed_with_reason", condition=Q(removed_at=None) | ~Q(removed_why="")
            ),
        ]
