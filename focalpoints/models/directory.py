from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import Country, User
from portal.themes import Theme


class UNEntity(models.Model):
    """An agency, fund, programme or Secretariat office of the UN system. Loaded reference data."""

    code = models.CharField(max_length=20, primary_key=True)
    acronym = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    hq_city = models.CharField(max_length=60, blank=True)
    hq_country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")
    is_current = models.BooleanField(default=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    is_ceb_member = models.BooleanField(default=False)
    themes = ArrayField(models.CharField(max_length=30), default=list)
    mandate = models.TextField(blank=True)

    class Meta:
        ordering = ["acronym"]
        verbose_name = _("UN entity")
        verbose_name_plural = _("UN entities")

    def __str__(self) -> str:
        return self.acronym

    @property
    def full_name(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym not in self.name else self.name


class OfficeLevel(models.TextChoices):
    HQ = "hq", _("Headquarters")
    REGIONAL = "regional", _("Regional office")
    COUNTRY = "country", _("Country office")


class Task(models.TextChoices):
    ENTRY_POINT = "entry_point", _("First contact for business")
    SCREENING = "screening", _("Screening")
    LEGAL = "legal", _("Legal")
    FUNDRAISING = "fundraising", _("Fundraising")
    EVALUATION = "evaluation", _("Evaluation")
    LOCAL_NETWORK = "local_network", _("Local network")


# Languages people work in: the six of the portal and those that country offices name.
SPOKEN_LANGUAGES = [
    *settings.LANGUAGES,
    ("bn", "বাংলা"),
    ("pt", "Português"),
    ("sw", "Kiswahili"),
    ("hi", "हिन्दी"),
    ("id", "Bahasa Indonesia"),
    ("vi", "Tiếng Việt"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("de", "Deutsch"),
    ("it", "Italiano"),
    ("ja", "日本語"),
]

STALE_AFTER_DAYS = 210
# Twice a year, and once more before the entry is shown as stale.
REMIND_AFTER_DAYS = (180, 203)


class FocalPointQuerySet(models.QuerySet["FocalPoint"]):
    def visible_to(self, user):
        """Everybody sees the public entries, UN users all that are active, managers also those who left."""
        if user.has_perm("focalpoints.manage_directory"):
            return self
        if user.has_perm("focalpoints.view_people"):
            return self.active()
        return self.active().filter(is_public=True)

    def active(self):
        return self.filter(left_on=None)

    def stale(self):
        return self.filter(confirmed_on__lt=timezone.localdate() - timedelta(days=STALE_AFTER_DAYS))

    def of(self, user):
        return self.active().filter(user=user)

    def for_list(self):
        return self.select_related("entity", "backup", "backup__entity").prefetch_related("countries")


class FocalPoint(models.Model):
    """The role that answers for private sector engagement in an office of a UN entity.

    A person's name is shown to signed-in UN users only, and only with `has_name_consent`. What a
    focal point may see in the registry follows from active entries: it passes on with the entry.
    """

    entity = models.ForeignKey(
        UNEntity, models.PROTECT, related_name="focal_points", verbose_name=_("UN entity")
    )
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="focal_points")
    person_name = models.CharField(_("name"), max_length=120, blank=True)
    has_name_consent = models.BooleanField(_("the name may be shown to UN users"), default=False)
    role_title = models.CharField(_("role"), max_length=120)
    office_level = models.CharField(_("office"), max_length=10, choices=OfficeLevel, default=OfficeLevel.HQ)
    office_place = models.CharField(_("place"), max_length=80)
    countries = models.ManyToManyField(
        Country, blank=True, related_name="focal_points", verbose_name=_("countries")
    )
    themes = ArrayField(
        models.CharField(max_length=30, choices=Theme), default=list, blank=True, verbose_name=_("topics")
    )
    languages = ArrayField(
        models.CharField(max_length=10, choices=SPOKEN_LANGUAGES),
        default=list,
        blank=True,
        verbose_name=_("languages"),
    )
    tasks = ArrayField(
        models.CharField(max_length=20, choices=Task), default=list, blank=True, verbose_name=_("tasks")
    )
    unit_mailbox = models.EmailField(_("unit mailbox"))
    backup = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("back-up")
    )
    is_public = models.BooleanField(_("shown to the public"), default=True)
    active_since = models.DateField(_("active since"), default=timezone.localdate)
    confirmed_on = models.DateField(_("last confirmed"), default=timezone.localdate)
    left_on = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="predecessors", editable=False
    )
    version = models.PositiveIntegerField(default=1)

    objects = FocalPointQuerySet.as_manager()

    class Meta:
        ordering = ["entity__acronym", "office_place", "role_title", "id"]
        constraints = [
            CheckConstraint(
                name="focal_point_office_known", condition=Q(office_level__in=OfficeLevel.values)
            ),
            CheckConstraint(
                name="focal_point_leaves_after_start",
                condition=Q(left_on=None) | Q(left_on__gte=F("active_since")),
            ),
            CheckConstraint(
                name="focal_point_not_own_backup",
                condition=(Q(backup=None) | ~Q(backup=F("id"))) & (Q(successor=None) | ~Q(successor=F("id"))),
            ),
        ]
        permissions = [
            ("view_people", "Can see names in the directory"),
            ("manage_directory", "Can edit every entry of the directory"),
        ]

    def __str__(self) -> str:
        return f"{self.role_title}, {self.entity_id} {self.office_place}"

    @property
    def days_since_confirmed(self) -> int:
        return (timezone.localdate() - self.confirmed_on).days

    @property
    def is_stale(self) -> bool:
        return self.days_since_confirmed > STALE_AFTER_DAYS

    @property
    def theme_labels(self) -> list[str]:
        return [str(Theme(code).label) for code in self.themes]

    @property
    def task_labels(self) -> list[str]:
        return [str(Task(code).label) for code in self.tasks]

    @property
    def language_labels(self) -> list[str]:
        names = dict(SPOKEN_LANGUAGES)
        return [names[code] for code in self.languages]
