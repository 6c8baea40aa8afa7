from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone

from partnerships.models import Company
from portal.models import User


class CompanyMerge(models.Model):
    """Two rows that were one company: whatever hung on `gone` hangs on `kept`, until somebody undoes it."""

    kept = models.ForeignKey(Company, models.PROTECT, related_name="merged_from")
    gone = models.ForeignKey(Company, models.PROTECT, related_name="merged_into")
    moved = models.JSONField(help_text='{"app.model.field": [primary keys of the rows that moved]}')
    name_added = models.BooleanField(default=False, help_text="The name of `gone` became one of `kept`.")
    was_from_archive = models.BooleanField(default=False)
    note = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            CheckConstraint(name="merge_of_two", condition=~Q(kept=F("gone"))),
            UniqueConstraint(fields=["gone"], name="merge_once", condition=Q(undone_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.gone} → {self.kept}"
