import re

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from portal.models import User


class CatalogueStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


CATALOGUE_MOVES: dict[str, set[str]] = {
    CatalogueStatus.DRAFT: {CatalogueStatus.PUBLISHED},
    CatalogueStatus.PUBLISHED: set(),
}


class CatalogueVersion(models.Model):
    """One version of the criteria, the rating rule and the overlays, as `screening.rating` reads them.

    The last published one is in force. A published row never changes: a trigger refuses it.
    """

    version = models.CharField(max_length=20, help_text="major.minor.patch; a draft's is a proposal.")
    status = models.CharField(max_length=10, choices=CatalogueStatus, default=CatalogueStatus.DRAFT)
    content = models.JSONField(help_text="In the layout of screening/data/criteria.yaml.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the content, once published.")
    note = models.TextField(_("what changes, and why"), blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1, help_text="Grows with each edit of a draft.")

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [
            CheckConstraint(name="catalogue_status_known", condition=Q(status__in=CatalogueStatus.values)),
            UniqueConstraint(
                fields=["version"], name="catalogue_version_once", condition=Q(status="published")
            ),
            UniqueConstraint(fields=["status"], name="catalogue_one_draft", condition=Q(status="draft")),
            CheckConstraint(
                name="catalogue_published_is_sealed",
                condition=Q(status="draft") | (Q(published_at__isnull=False) & ~Q(sha256="")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="published"),
            )
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def major(self) -> int:
        return int(re.split(r"\D", self.version, maxsplit=1)[0])


class OverlayUse(models.Model):
    """Which overlay of the catalogue a UN entity applies; without a row it applies the common rule."""

    entity = models.OneToOneField(UNEntity, models.CASCADE, related_name="overlay_use")
    overlay = models.CharField(_("overlay"), max_length=60, help_text="Its name in the catalogue.")
    set_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.entity}: {self.overlay}"
