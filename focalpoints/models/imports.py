from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models.newsletter import Topic
from portal.models import User


class RowOutcome(models.TextChoices):
    """What became of a row of an imported list."""

    ADDED = "added", _("Added")
    KNOWN = "known", _("Already a reader; nothing changed")
    SUPPRESSED = "suppressed", _("Left or bounces; only they can come back")
    REPEATED = "repeated", _("Stands further up in the list")
    NO_ADDRESS = "no_address", _("Not a mail address")
    NO_LANGUAGE = "no_language", _("Not a language of the newsletter")


class ReaderImport(models.Model):
    """A list of readers who consented elsewhere. The list itself is kept only until it is read."""

    consent_source = models.CharField(
        _("where they consented"),
        max_length=300,
        help_text=_("Who asked them, when and in which words, and who keeps the proof."),
    )
    topics = ArrayField(models.CharField(max_length=30, choices=Topic), verbose_name=_("what they get"))
    language = models.CharField(
        _("language where the list names none"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    content = models.TextField(help_text="The CSV; empty once it was read.")
    counts = models.JSONField(default=dict, help_text="{outcome: rows}")
    report = models.JSONField(default=list, help_text="[row number, outcome] of each row that was not added.")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            CheckConstraint(name="reader_import_names_consent", condition=~Q(consent_source="")),
            CheckConstraint(
                name="reader_import_keeps_no_list", condition=Q(finished_at=None) | Q(content="")
            ),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"

    @property
    def rows(self) -> list[dict]:
        """The outcomes that occur, in words."""
        return [
            {"label": RowOutcome(code).label, "count": self.counts[code]}
            for code in RowOutcome.values
            if self.counts.get(code)
        ]
