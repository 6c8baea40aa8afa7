from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import User
from screening.models.cases import Case
from screening.models.catalogue import CatalogueVersion

DEPTHS = ["basic", "standard", "enhanced"]


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user):
        return self if user.has_perm("screening.view_case") else self.none()

    def rated(self):
        return self.exclude(rating="")


class Assessment(models.Model):
    """The analyst's answers to the criteria in one case, the plan that goes with them, and their rating.

    `rating`, `common_rating`, `steps` and `outcomes` are written when the analyst recommends and are what the
    decision rests on; until then the rating is computed from the answers each time it is shown.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="assessment")
    catalogue = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="assessments")
    depth = models.CharField(
        _("depth of work"),
        max_length=10,
        choices=[("basic", _("Basic")), ("standard", _("Standard")), ("enhanced", _("Enhanced"))],
        blank=True,
        help_text="Set by a person who wants more than the rule asks for; never less.",
    )
    overlay = models.CharField(max_length=60, blank=True, help_text="Name in the catalogue; empty for none.")
    began_with = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="reused_in",
        help_text="Whose answers were taken over.",
    )
    began_at = models.DateTimeField(default=timezone.now)

    benefit_and_cost = models.TextField(_("benefit and cost"), blank=True)
    risk_note = models.TextField(_("risks, and who owns them"), blank=True)
    mitigation_plan = models.TextField(_("mitigation plan, with dates"), blank=True)
    monitoring_months = models.PositiveSmallIntegerField(
        _("monitoring every so many months"), null=True, blank=True
    )
    country_office_opinion = models.TextField(_("opinion of the country office"), blank=True)
    exit_clause = models.TextField(_("exit clause"), blank=True)
    has_no_conflict = models.BooleanField(_("I have no conflict of interest in this case"), default=False)

    rating = models.CharField(max_length=15, blank=True)
    common_rating = models.CharField(max_length=15, blank=True)
    rated_depth = models.CharField(max_length=10, blank=True)
    steps = models.JSONField(default=list, help_text="screening.rating.Step as dictionaries.")
    outcomes = models.JSONField(
        default=dict, help_text='{code: {"answer", "origin", "why", "source_url", "source_on"}}, as rated.'
    )
    rated_at = models.DateTimeField(null=True)
    review_due_since = models.DateField(
        null=True, help_text="When a catalogue of a newer major version came into force."
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                name="assessment_rated_whole",
                condition=Q(rating="", rated_at=None) | (~Q(rating="") & Q(rated_at__isnull=False)),
            ),
            CheckConstraint(
                name="assessment_monitoring",
                condition=Q(monitoring_months=None) | Q(monitoring_months__gte=1, monitoring_months__lte=12),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.reference} ({self.catalogue.version})"


class Answer(models.Model):
    """A person's answer to one criterion, with the evidence for it. Automatic ones are not stored here."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    code = models.CharField(max_length=20)
    answer = models.CharField(_("answer"), max_length=20)
    evidence = models.TextField(_("evidence"))
    source_url = models.URLField(_("link"), max_length=500, blank=True)
    source_on = models.DateField(_("retrieved"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["code"]
        constraints = [
            UniqueConstraint(fields=["assessment", "code"], name="answer_once"),
            CheckConstraint(name="answer_has_evidence", condition=~Q(evidence="")),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.answer}"
