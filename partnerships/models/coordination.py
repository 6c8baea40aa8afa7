from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models import OfficeLevel, UNEntity
from partnerships.models.companies import Company
from portal.models import User


class LeadProposalQuerySet(models.QuerySet["LeadProposal"]):
    def between(self, *entities):
        """Proposals that concern each of these entities, by either of them."""
        found = self
        for entity in entities:
            found = found.filter(Q(proposer=entity) | Q(other=entity))
        return found


class LeadProposal(models.Model):
    """Two entities in talks with one company: one proposes which of them leads, the other answers.

    Source: A/66/320, paras. 39 and 82 (cooperation rather than competition between entities).
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Not agreed")

    company = models.ForeignKey(Company, models.CASCADE, related_name="lead_proposals")
    proposer = models.ForeignKey(UNEntity, models.PROTECT, related_name="+")
    other = models.ForeignKey(UNEntity, models.PROTECT, related_name="+")
    lead = models.ForeignKey(UNEntity, models.PROTECT, related_name="+", verbose_name=_("who leads"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    answer_note = models.CharField(_("answer"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = LeadProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            CheckConstraint(name="lead_of_two", condition=~Q(proposer=F("other"))),
            CheckConstraint(name="lead_is_one_of_them", condition=Q(lead=F("proposer")) | Q(lead=F("other"))),
            CheckConstraint(
                name="lead_outcome_known", condition=Q(outcome__in=["open", "agreed", "refused"])
            ),
            UniqueConstraint(
                fields=["company", "proposer", "other"],
                name="lead_one_open_proposal",
                condition=Q(outcome="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} leads, {self.company}"

    @property
    def co_lead(self) -> UNEntity:
        return self.other if self.lead_id == self.proposer_id else self.proposer


class Duty(models.TextChoices):
    """The steps of a partnership that an entity divides between headquarters and country offices.

    Source: A/66/320, paras. 54 and 74 (division of tasks).
    """

    ANSWER = "answer", _("Answers offers")
    SCREEN = "screen", _("Asks for due diligence")
    DESIGN = "design", _("Designs the partnership")
    SIGN = "sign", _("Signs the agreement")
    MONITOR = "monitor", _("Monitors and reports")
    EVALUATE = "evaluate", _("Evaluates")


class DutyDivision(models.Model):
    """Which office of a UN entity does one duty. Without a row nobody said so yet."""

    entity = models.ForeignKey(UNEntity, models.CASCADE, related_name="duties")
    duty = models.CharField(max_length=10, choices=Duty)
    office_level = models.CharField(max_length=10, choices=OfficeLevel)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["entity", "duty"], name="duty_of_entity_once"),
            CheckConstraint(name="duty_known", condition=Q(duty__in=Duty.values)),
            CheckConstraint(name="duty_office_known", condition=Q(office_level__in=OfficeLevel.values)),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.duty}: {self.office_level}"
