from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
        return self if user.has_perm("focalpoints.view_people") else self.filter(is_internal=False)


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
        ]

    def __str__(self) -> str:
        return self.title


class ResourceOpinion(models.Model):
    """What a UN user thinks of a resource: one a person, which they may change."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="opinions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_useful = models.BooleanField(_("useful"))
    comment = models.CharField(_("comment"), max_length=600, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [UniqueConstraint(fields=["resource", "user"], name="resource_opinion_once")]


class Training(models.Model):
    """A course with seats. For UN users; the calendar itself is public."""

    title = models.CharField(_("title"), max_length=200)
    provider = models.CharField(_("provider"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    place = models.CharField(_("place"), max_length=120)
    seats = models.PositiveIntegerField(_("seats"))
    audience = models.CharField(_("for whom"), max_length=200, blank=True)
    text = models.TextField(_("what is taught"), max_length=5000)
    materials = models.ManyToManyField(
        Resource, blank=True, related_name="+", verbose_name=_("materials from the library")
    )

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            CheckConstraint(name="training_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            CheckConstraint(name="training_has_seats", condition=Q(seats__gt=0)),
        ]

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
    organization = models.CharField(_("organization"), max_length=120)
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
        ]
