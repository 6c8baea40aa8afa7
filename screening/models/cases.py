import uuid
from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import (
    CheckConstraint,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    UniqueConstraint,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.models import Company
from portal.models import User
from screening.models.hits import Hit, ScreeningRun


class CaseStatus(models.TextChoices):
    RESEARCH = "research", _("Research")
    ASSESSMENT = "assessment", _("Assessment")
    DECISION = "decision", _("Awaiting decision")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


CASE_MOVES: dict[str, set[str]] = {
    CaseStatus.RESEARCH: {CaseStatus.ASSESSMENT, CaseStatus.DECISION, CaseStatus.WITHDRAWN},
    CaseStatus.ASSESSMENT: {CaseStatus.RESEARCH, CaseStatus.DECISION, CaseStatus.WITHDRAWN},
    CaseStatus.DECISION: {
        CaseStatus.RESEARCH,
        CaseStatus.ASSESSMENT,
        CaseStatus.CLOSED,
        CaseStatus.WITHDRAWN,
    },
    CaseStatus.CLOSED: set(),
    CaseStatus.WITHDRAWN: set(),
}
CASE_FINAL = [status for status, moves in CASE_MOVES.items() if not moves]


class Tier(models.TextChoices):
    LIGHT = "light", _("Light engagement")
    STANDARD = "standard", _("Standard engagement")
    STRATEGIC = "strategic", _("Strategic engagement")


class WaitingOn(models.TextChoices):
    """Who owes an answer, while the clock of a case stands still."""

    COMPANY = "company", _("The company")
    REQUESTER = "requester", _("Who asked for it")
    COUNTRY_OFFICE = "country_office", _("The country office")


TIER_ORDER = [Tier.LIGHT, Tier.STANDARD, Tier.STRATEGIC]


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user):
        """Reviewers see every case; a requester their own and those asked for by their entity. Else 404."""
        if not user.is_authenticated:
            return self.none()
        if user.has_perm("screening.view_case"):
            return self
        if not user.has_perm("screening.request_case"):
            return self.none()
        mine = UNEntity.objects.filter(
            pk=OuterRef("entity_id"), focal_points__user=user, focal_points__left_on=None
        )
        return self.filter(Q(requested_by=user) | Exists(mine))

    def open(self):
        return self.exclude(status__in=CASE_FINAL)

    def awake(self):
        """Without those that somebody put out of the way until a day that lies ahead, or a list change."""
        sleeps = Q(snoozed_until__gt=timezone.localdate()) | Q(snoozed_until=None, is_snoozed_for_list=True)
        return self.exclude(sleeps)

    def in_turn(self):
        """As worked on: escalated, sent back, late, then by the best score of an open hit, then due."""
        score = (
            Hit.objects.unresolved()
            .filter(company=OuterRef("company"))
            .order_by("-score")
            .values("score")[:1]
        )
        return self.annotate(
            is_late=ExpressionWrapper(Q(due_on__lt=timezone.localdate()), models.BooleanField()),
            best_score=Coalesce(Subquery(score), 0.0),
        ).order_by(
            F("escalated_at").asc(nulls_last=True),
            F("returned_at").asc(nulls_last=True),
            F("is_late").desc(nulls_last=True),
            "-best_score",
            "due_on",
            "id",
        )

    def with_hit_counts(self):
        """Annotates hit_count and open_hit_count: live hits of the company, and those without an outcome."""
        live = Hit.objects.live().filter(company=OuterRef("company")).order_by().values("company")
        unresolved = Hit.objects.unresolved().filter(company=OuterRef("company")).order_by().values("company")
        return self.annotate(
            hit_count=Coalesce(Subquery(live.annotate(n=Count("pk")).values("n")), 0),
            open_hit_count=Coalesce(Subquery(unresolved.annotate(n=Count("pk")).values("n")), 0),
        )

    def for_list(self):
        return self.select_related(
            "company", "company__country", "entity", "analyst", "requested_by", "decision", "follows"
        ).with_hit_counts()

    def rows(self, ids: Iterable[int]) -> "list[Case]":
        """These cases as a list shows them, in the order of their ids: counted only once they are chosen."""
        ids = list(ids)
        found = self.for_list().in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]


class Case(models.Model):
    """One due diligence examination of one company, asked for by one UN entity or opened by a hit."""

    reference = models.CharField(max_length=20, unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="cases")
    entity = models.ForeignKey(UNEntity, models.PROTECT, null=True, related_name="+")
    tier = models.CharField(_("engagement"), max_length=10, choices=Tier, default=Tier.STANDARD)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=15, choices=CaseStatus, default=CaseStatus.RESEARCH)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(null=True)
    analyst = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recommendation = models.CharField(_("recommendation"), max_length=25, blank=True)
    recommendation_note = models.TextField(_("reasons"), blank=True)
    recommended_at = models.DateTimeField(null=True)
    labels = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    returned_at = models.DateTimeField(null=True, help_text="When a decider sent it back; such come first.")
    paused_on = models.DateField(
        null=True, help_text="Since when others owe an answer: the due date moves by the working days."
    )
    snoozed_until = models.DateField(null=True)
    is_snoozed_for_list = models.BooleanField(default=False, help_text="Until a list changes.")
    escalated_at = models.DateTimeField(null=True)
    escalation_reason = models.CharField(_("why it is escalated"), max_length=300, blank=True)
    least_level = models.CharField(
        max_length=2, blank=True, help_text="Where the case was sent up: the level that decides at least."
    )
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="followed_by", help_text="The case it reopens."
    )
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()
    hit_count: int  # where `with_hit_counts` was asked for
    open_hit_count: int

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            CheckConstraint(name="case_status_known", condition=Q(status__in=CaseStatus.values)),
            CheckConstraint(name="case_tier_known", condition=Q(tier__in=Tier.values)),
            UniqueConstraint(fields=["company"], name="one_open_case", condition=~Q(status__in=CASE_FINAL)),
            CheckConstraint(
                name="case_analyst_did_not_request",
                condition=Q(analyst=None) | Q(requested_by=None) | ~Q(analyst=F("requested_by")),
            ),
            CheckConstraint(
                name="case_decision_has_recommendation",
                condition=~Q(status__in=["decision", "closed"])
                | (Q(analyst__isnull=False) & ~Q(recommendation="")),
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="case_queue")]
        permissions = [
            ("request_case", "Can ask for a screening"),
            ("view_clearance", "Can see the clearance of a company"),
            ("review_hit", "Can decide hits"),
            ("assess_case", "Can recommend"),
            ("decide_case", "Can decide cases as the second person"),
            ("advise_case", "Can advise on cases with a high rating"),
            ("manage_catalogue", "Can draft and publish criteria"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.company}"

    @property
    def is_open(self) -> bool:
        return self.status not in CASE_FINAL


class Condition(models.Model):
    """What must happen for an approval with conditions to hold: who does it, until when, shown by what."""

    class Owner(models.TextChoices):
        COMPANY = "company", _("Company")
        FOCAL_POINT = "focal_point", _("Focal point")
        REGISTRY_DESK = "registry_desk", _("Registry desk")

    case = models.ForeignKey(Case, models.CASCADE, related_name="conditions")
    text = models.CharField(_("condition"), max_length=300)
    owner = models.CharField(_("owner"), max_length=15, choices=Owner, default=Owner.COMPANY)
    due_on = models.DateField(_("due"))
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    met_note = models.CharField(_("how it was met"), max_length=300, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            CheckConstraint(
                name="condition_owner_known",
                condition=Q(owner__in=["company", "focal_point", "registry_desk"]),
            ),
            CheckConstraint(
                name="condition_met_by_somebody",
                condition=Q(met_at=None, met_by=None) | Q(met_at__isnull=False, met_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class DecisionOutcome(models.TextChoices):
    APPROVED = "approved", _("Approved")
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", _("Approved with conditions")
    DEFERRED = "deferred", _("Deferred")
    DECLINED = "declined", _("Declined")
    NOT_ELIGIBLE = "not_eligible", _("Not eligible")


APPROVING = [DecisionOutcome.APPROVED, DecisionOutcome.APPROVED_WITH_CONDITIONS]
REFUSING = [DecisionOutcome.DECLINED, DecisionOutcome.NOT_ELIGIBLE]


class RefusalReason(models.TextChoices):
    """What the company is told: a category, never a name on a list or a source."""

    EXCLUSION = "exclusion", _("An exclusionary criterion is met")
    RISK = "risk", _("The risk is higher than the engagement can carry")
    NO_INFORMATION = "no_information", _("Information that was asked for was not given")
    CONFLICT = "conflict", _("A conflict of interest with the mandate or with procurement")
    NO_PLAN = "no_plan", _("The risks cannot be mitigated in the time of the engagement")
    REPUTATION = "reputation", _("The benefit does not outweigh the risk to the Organization's name")
    NO_FIT = "no_fit", _("Outside the mandate of the UN entity")


class DecisionLevel(models.TextChoices):
    """Who decides. Source: criteria.yaml, decision_levels."""

    L1 = "L1", _("Head of country office or unit chief")
    L2 = "L2", _("Private sector unit at headquarters or regional director")
    L3 = "L3", _("Partnership committee of the entity")
    L4 = "L4", _("Executive head of the entity")


# The highest level at which each role decides.
LEVEL_OF_ROLE = {
    "decider": DecisionLevel.L2,
    "committee": DecisionLevel.L3,
    "executive_head": DecisionLevel.L4,
}


class DecisionQuerySet(models.QuerySet["Decision"]):
    def in_force(self, today: date):
        """Approving decisions that have neither ended nor been suspended."""
        return self.approving().filter(valid_until__gte=today, suspended_at=None)

    def approving(self):
        return self.filter(outcome__in=APPROVING)

    def visible_to(self, user):
        """Whoever sees the case, and people of the company: their own outcome is theirs to read."""
        if not user.is_authenticated:
            return self.none()
        own = Q(company__members__user=user)
        seen = Q(case__in=Case.objects.visible_to(user).values("pk"))
        return self.filter(pk__in=Decision.objects.filter(own | seen).values("pk"))


class Decision(models.Model):
    """The outcome of a case, by another person than the analyst and the requester.

    While `valid_until` has not passed and nothing suspends it, an approving decision is a clearance:
    `screening.queries.clearance_for`.
    """

    reference = models.CharField(max_length=20, unique=True, editable=False)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="decision")
    company = models.ForeignKey(Company, models.PROTECT, related_name="decisions")
    run = models.ForeignKey(ScreeningRun, models.PROTECT, related_name="+")
    entity = models.ForeignKey(UNEntity, models.PROTECT, null=True, related_name="+")
    tier = models.CharField(max_length=10, choices=Tier)
    outcome = models.CharField(_("outcome"), max_length=25, choices=DecisionOutcome)
    computed_rating = models.CharField(
        max_length=15, blank=True, help_text="By the rule. Empty before assessments."
    )
    rating = models.CharField(
        max_length=15, blank=True, help_text="As decided: the computed one or a stricter one."
    )
    override_reason = models.CharField(_("why stricter"), max_length=500, blank=True)
    level = models.CharField(max_length=2, choices=DecisionLevel, blank=True)
    reason_codes = ArrayField(
        models.CharField(max_length=20, choices=RefusalReason), default=list, blank=True
    )
    conditions = ArrayField(
        models.TextField(), default=list, blank=True, help_text="The case's conditions, as decided."
    )
    note = models.TextField(_("reasons"))
    analyst = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    has_no_conflict = models.BooleanField(_("I have no conflict of interest in this case"))
    at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_note = models.CharField(max_length=300, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            CheckConstraint(name="decision_outcome_known", condition=Q(outcome__in=DecisionOutcome.values)),
            CheckConstraint(
                name="decision_four_eyes",
                condition=~Q(by=F("analyst")) & (Q(requested_by=None) | ~Q(by=F("requested_by"))),
            ),
            CheckConstraint(name="decision_without_conflict", condition=Q(has_no_conflict=True)),
            CheckConstraint(
                name="decision_approval_ends",
                condition=~Q(outcome__in=APPROVING) | Q(valid_until__isnull=False),
            ),
            CheckConstraint(
                name="decision_excluded_is_not_approved",
                condition=~Q(rating__in=["excluded", "blocked"]) | ~Q(outcome__in=APPROVING),
            ),
            CheckConstraint(
                name="decision_override_has_reason",
                condition=Q(rating=F("computed_rating")) | ~Q(override_reason=""),
            ),
            CheckConstraint(
                name="decision_conditions_where_promised",
                condition=~Q(outcome=DecisionOutcome.APPROVED_WITH_CONDITIONS) | ~Q(conditions=[]),
            ),
        ]
        indexes = [models.Index(fields=["company", "-at"], name="decision_latest")]

    def __str__(self) -> str:
        return self.reference


class JointNote(models.Model):
    """Two UN entities decided differently on one company within 12 months: why, for both to read.

    Source: criteria.yaml, escalation.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="joint_notes")
    earlier = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    later = models.OneToOneField(Decision, models.PROTECT, related_name="joint_note")
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return f"{self.earlier.reference} / {self.later.reference}"


class JointRemark(models.Model):
    """What one side says in a joint note."""

    note = models.ForeignKey(JointNote, models.CASCADE, related_name="remarks")
    text = models.TextField(_("what weighed with you"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:80]
