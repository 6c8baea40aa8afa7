from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.models import Company
from portal.models import Sector, User


class SourcedQuerySet(models.QuerySet):
    def current(self):
        """What is held to be true now; what was replaced or struck stays on record."""
        return self.filter(ended_at=None)


class Sourced(models.Model):
    """A statement about a company, where it was read and of which day. Never edited: replaced or struck."""

    source = models.CharField(_("source"), max_length=200, help_text=_("Who says so"))
    source_url = models.URLField(_("link"), max_length=500, blank=True)
    stated_on = models.DateField(_("as of"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, help_text="When it was replaced or struck.")

    objects = SourcedQuerySet.as_manager()

    class Meta:
        abstract = True


class CompanyFact(Sourced):
    """One field of a company's dossier, see `screening.dossier.FIELDS`."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="facts")
    field = models.CharField(max_length=40)
    value = models.JSONField(help_text="Text, number, yes or no, or a list of texts.")
    is_disclosed = models.BooleanField(default=False, help_text="Stated by the company itself.")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["company", "field"], name="fact_once", condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.field}"


class ActivityRole(models.TextChoices):
    PRODUCER = "producer", _("Producer")
    MANUFACTURER = "manufacturer", _("Manufacturer")
    PROCESSOR = "processor", _("Processor")
    OPERATOR = "operator", _("Operator")
    DISTRIBUTOR = "distributor", _("Distributor")
    RETAILER = "retailer", _("Retailer")
    FINANCIER = "financier", _("Financier")
    SERVICE = "service", _("Service provider")


class Activity(Sourced):
    """What a company does: an ISIC Rev.4 entry, its part in it and its share of revenue, if known."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="activities")
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+", verbose_name=_("activity"))
    role = models.CharField(_("role"), max_length=15, choices=ActivityRole)
    revenue_share = models.DecimalField(
        _("share of revenue, per cent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Left empty, the share is unknown and counts as core"),
    )
    countries = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    is_disclosed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-revenue_share", "id"]
        verbose_name_plural = "activities"
        constraints = [
            CheckConstraint(name="activity_role_known", condition=Q(role__in=ActivityRole.values)),
            CheckConstraint(
                name="activity_share",
                condition=Q(revenue_share=None) | Q(revenue_share__gte=0, revenue_share__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector} ({self.get_role_display()})"


class Theme(models.TextChoices):
    SANCTIONS = "sanctions", _("Sanctions")
    FORCED_LABOUR = "forced_labour", _("Forced labour")
    CHILD_LABOUR = "child_labour", _("Child labour")
    HUMAN_RIGHTS = "human_rights", _("Human rights")
    LABOUR = "labour", _("Labour")
    LAND = "land", _("Land and indigenous peoples")
    ENVIRONMENT = "environment", _("Environment")
    CLIMATE = "climate", _("Climate")
    CORRUPTION = "corruption", _("Corruption, tax or competition")
    INFANT_FEEDING = "infant_feeding", _("Infant feeding")
    PRODUCT = "product", _("Products and consumers")
    OTHER = "other", _("Another theme")


class AllegationStatus(models.TextChoices):
    ALLEGED = "alleged", _("Alleged")
    INVESTIGATED = "under_investigation", _("Under investigation")
    ADMITTED = "admitted", _("Admitted")
    FOUND = "found", _("Found by a court or authority")
    DISMISSED = "dismissed", _("Dismissed")
    REMEDIED = "remedied", _("Remedied")


SEVERE_FROM = 4


class Controversy(Sourced):
    """An allegation to weigh. `severity` from 1, slight, to 5, grave; from 4 on a new one opens a case."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="controversies")
    title = models.CharField(_("what is alleged"), max_length=300)
    on = models.DateField(_("when it happened"))
    theme = models.CharField(_("theme"), max_length=20, choices=Theme)
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=[(n, str(n)) for n in range(1, 6)], help_text=_("From 1, slight, to 5, grave")
    )
    allegation = models.CharField(
        _("status"), max_length=20, choices=AllegationStatus, default=AllegationStatus.ALLEGED
    )
    company_reply = models.TextField(_("what the company says"), blank=True)
    countries = ArrayField(models.CharField(max_length=3), default=list, blank=True)

    class Meta:
        ordering = ["-on", "id"]
        verbose_name_plural = "controversies"
        constraints = [
            CheckConstraint(name="controversy_severity", condition=Q(severity__gte=1, severity__lte=5)),
            CheckConstraint(name="controversy_theme_known", condition=Q(theme__in=Theme.values)),
            CheckConstraint(
                name="controversy_status_known", condition=Q(allegation__in=AllegationStatus.values)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CompactStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    NON_COMMUNICATING = "non_communicating", _("Non-communicating")
    DELISTED = "delisted", _("Delisted")


class CompactEvent(Sourced):
    """A change of standing in the Global Compact. No event at all is neutral: joining is voluntary.

    Source: Global Compact policy on the Communication on Progress.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="compact_events")
    status = models.CharField(_("status"), max_length=20, choices=CompactStatus)
    on = models.DateField(_("since"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    participant_id = models.CharField(_("participant number"), max_length=20, blank=True)
    report_due_on = models.DateField(_("next report due"), null=True, blank=True)

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            CheckConstraint(name="compact_status_known", condition=Q(status__in=CompactStatus.values))
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.on}"
