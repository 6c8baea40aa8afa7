from django.db import models
from django.db.models import Q, UniqueConstraint
from django.utils import timezone

from partnerships.models import Company
from portal.models import User


class Disclosure(models.Model):
    """What a company states about itself, part by part. A draft until it is sent; then facts, and final."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="disclosures")
    values = models.JSONField(default=dict, help_text="{field of the dossier: value}")
    activities = models.JSONField(
        default=list, help_text='[{"sector": ISIC code, "role", "revenue_share": text or null}]'
    )
    parts_done = models.JSONField(default=list, help_text="Slugs of the parts that were saved whole.")
    revision = models.PositiveIntegerField(default=1)
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-begun_at"]
        constraints = [
            UniqueConstraint(fields=["company"], name="disclosure_one_draft", condition=Q(sent_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.begun_at:%Y-%m-%d}"
