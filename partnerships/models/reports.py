from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.models.partnerships import Partnership
from partnerships.models.vocabulary import Verdict
from portal.models import User


class ReportQuerySet(models.QuerySet["ProgressReport"]):
    def visible_to(self, user):
        """What was handed in, with the record it is about; a draft for those who work on the record."""
        seen = Partnership.objects.visible_to(user).exclude(status="withdrawn")
        found = self.filter(Exists(seen.filter(pk=OuterRef("partnership_id"))))
        if not user.is_authenticated:
            return found.exclude(submitted_at=None)
        worked_on = Partnership.objects.editable_by(user).filter(pk=OuterRef("partnership_id"))
        return found.filter(Q(submitted_at__isnull=False) | Exists(worked_on))

    def handed_in(self):
        return self.exclude(submitted_at=None)

    def for_list(self):
        """The newest first, with the record of each and the UN entities in it."""
        return (
            self.select_related("partnership")
            .prefetch_related("partnership__entity_roles__entity")
            .order_by("-submitted_at", "-pk")
        )


class ProgressReport(models.Model):
    """What a partnership did in a period. A draft until `submitted_at`; nothing changes it afterwards.

    `results`: [{"indicator": id, "name", "level", "unit", "baseline", "target", "value", "comment"}],
    the indicators as they stood, so that the archive tells the same when they change.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="reports")
    number = models.PositiveSmallIntegerField()
    period_from = models.DateField(_("from"))
    period_until = models.DateField(_("until"))
    due_on = models.DateField(null=True)
    progress = models.TextField(_("what was done"), blank=True)
    difficulties = models.TextField(_("what was difficult"), blank=True)
    changes = models.TextField(_("what changed in the plan, the partners or the money"), blank=True)
    next_steps = models.TextField(_("what comes next"), blank=True)
    results = models.JSONField(default=list, blank=True)
    decision = models.CharField(_("keep or end"), max_length=10, choices=Verdict, blank=True)
    decision_note = models.TextField(_("why"), blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            UniqueConstraint(fields=["partnership", "number"], name="report_number_once"),
            UniqueConstraint(fields=["partnership"], name="one_draft_report", condition=Q(submitted_at=None)),
            CheckConstraint(
                name="report_period_in_order", condition=Q(period_until__gte=models.F("period_from"))
            ),
            CheckConstraint(
                name="report_handed_in_decides", condition=Q(submitted_at=None) | ~Q(decision="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership}, {self.number}"
