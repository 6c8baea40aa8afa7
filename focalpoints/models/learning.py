from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models.directory import OfficeLevel, UNEntity
from focalpoints.models.meetings import Cancellable
from portal.models import User
from portal.themes import Theme


class ResourceKind(models.TextChoices):
    GUIDELINE = "guideline", _("Guideline")
    LEGAL_TEMPLATE = "legal_template", _("Legal template")
    TOOLKIT = "toolkit", _("Toolkit")
    TRAINING = "training", _("Training material")
    PUBLICATION = "publication", _("Publication")
    CASE_STUDY = "case_study", _("Case study")
    EVALUATION = "evaluation", _("Evaluation")
    POLICY = "policy", _("Policy")
    CHECKLIST = "checklist", _("Checklist")
    FRAMEWORK = "framework", _("Framework")
    PRINCIPLE_SET = "principle_set", _("Principles")


class ResourceQuerySet(models.QuerySet["Resource"]):
    def visible_to(self, user):
        """Drafts are for those who run the library, internal items for UN users, the rest for everybody."""
        if user.has_perm("focalpoints.manage_learning"):
            return self
        rows = self.exclude(status=Resource.Status.DRAFT)
        return rows if user.has_perm("focalpoints.view_people") else rows.filter(is_internal=False)


class Resource(models.Model):
    """A text or tool of the library. A newer version supersedes the older one, which stays findable."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CURRENT = "current", _("Current")
        SUPERSEDED = "superseded", _("Superseded")

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=ResourceKind)
    publisher = models.CharField(_("publisher"), max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    url = models.URLField(_("web address"), max_length=500, blank=True)
    summary = models.TextField(_("summary"), max_length=2000)
    themes = ArrayField(
        models.CharField(max_length=30, choices=Theme), default=list, blank=True, verbose_name=_("topics")
    )
    audience = models.CharField(_("for whom"), max_length=120, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.CURRENT)
    version_label = models.CharField(_("version"), max_length=30, blank=True)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("takes the place of"),
    )
    translation_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("the same text in another language as"),
    )
    is_internal = models.BooleanField(_("for UN users only"), default=False)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering = ["title", "-year", "id"]
        constraints = [
            CheckConstraint(name="resource_kind_known", condition=Q(kind__in=ResourceKind.values)),
            CheckConstraint(
                name="resource_not_own_successor", condition=Q(supersedes=None) | ~Q(supersedes=F("id"))
            ),
            CheckConstraint(
                name="resource_not_own_translation",
                condition=Q(translation_of=None) | ~Q(translation_of=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ResourceOpinion(models.Model):
    """What a UN user thinks of a resource: one a person, which they may change.

    A comment that was removed keeps its place and says why; the rating counts on.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="opinions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_useful = models.BooleanField(_("useful"))
    comment = models.CharField(_("comment"), max_length=600, blank=True)
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    removed_why = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            UniqueConstraint(fields=["resource", "user"], name="resource_opinion_once"),
            CheckConstraint(
                name="resource_opinion_removed_with_reason",
                condition=Q(removed_at=None) | ~Q(removed_why=""),
            ),
        ]


class Training(Cancellable):
    """A course with seats. For UN users; the calendar itself is public. `version` counts its changes."""

    title = models.CharField(_("title"), max_length=200)
    provider = models.CharField(_("provider"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    place = models.CharField(_("place"), max_length=120)
    seats = models.PositiveIntegerField(_("seats"))
    audience = models.CharField(_("for whom"), max_length=200, blank=True)
    text = models.TextField(_("what is taught"), max_length=5000)
    modules = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, verbose_name=_("modules")
    )
    materials = models.ManyToManyField(
        Resource, blank=True, related_name="+", verbose_name=_("materials from the library")
    )

    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            *Cancellable.Meta.constraints,
            CheckConstraint(name="training_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            CheckConstraint(name="training_has_seats", condition=Q(seats__gt=0)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def month(self) -> date:
        """The first day of the month it begins in."""
        return self.starts_on.replace(day=1)


class HandoutQuerySet(models.QuerySet["Handout"]):
    def visible_to(self, user):
        return self if user.has_perm("focalpoints.view_people") else self.none()


class Handout(models.Model):
    """A file of a course, for UN users: it hangs on this row."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="handouts")
    title = models.CharField(_("title"), max_length=200)

    objects = HandoutQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class TrainingSeat(models.Model):
    """Somebody's seat in a course. `completed_on` is what the certificate says."""

    class Status(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        WAITING = "waiting", _("On the waiting list")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        COMPLETED = "completed", _("Completed")

    training = models.ForeignKey(Training, models.CASCADE, related_name="taken")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    entity = models.ForeignKey(
        UNEntity, models.PROTECT, null=True, related_name="+", verbose_name=_("UN entity")
    )
    office_level = models.CharField(_("office"), max_length=10, choices=OfficeLevel, blank=True)
    organization = models.CharField(_("place of the office"), max_length=120)
    status = models.CharField(max_length=10, choices=Status, default=Status.REGISTERED)
    completed_on = models.DateField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            UniqueConstraint(fields=["training", "user"], name="training_seat_once"),
            CheckConstraint(
                name="training_completed_has_day",
                condition=~Q(status="completed") | Q(completed_on__isnull=False),
            ),
            CheckConstraint(
                name="training_office_known", condition=Q(office_level__in=["", *OfficeLevel.values])
            ),
        ]
