import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.models import Company
from portal.models import User

# --- lists ------------------------------------------------------------------------------------------------


class ListSource(models.Model):
    """A published sanctions, debarment or exclusion list. Loaded from `screening/data/sources.yaml`."""

    class Kind(models.TextChoices):
        SANCTIONS = "sanctions", _("Sanctions")
        DEBARMENT = "debarment", _("Debarment")
        EXCLUSION = "exclusion", _("Exclusion")
        DEMONSTRATION = "demonstration", _("Demonstration, fictional")

    code = models.CharField(max_length=30, primary_key=True)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=120)
    kind = models.CharField(max_length=15, choices=Kind)
    importer = models.CharField(max_length=30, help_text="Module of `screening.lists` that reads it.")
    url = models.URLField(blank=True)
    criterion = models.CharField(max_length=20, help_text='Criterion that a true match meets: "E-SAN-01".')
    stale_after_days = models.PositiveSmallIntegerField(default=7)
    is_required = models.BooleanField(
        default=False, help_text="Without a fresh version of this list no screening is complete."
    )
    licence = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["code"]
        permissions = [("manage_lists", "Can import lists")]

    def __str__(self) -> str:
        return self.title


class VersionStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    REFUSED = "refused", _("Refused")
    SERVING = "serving", _("Serving")
    RETIRED = "retired", _("Retired")


VERSION_MOVES = {
    VersionStatus.RECEIVED: {VersionStatus.REFUSED, VersionStatus.SERVING},
    VersionStatus.REFUSED: {VersionStatus.SERVING},
    VersionStatus.SERVING: {VersionStatus.RETIRED},
    VersionStatus.RETIRED: {VersionStatus.SERVING},
}


class ListVersion(models.Model):
    """One file of a list, kept as it came. At most one version of a list serves at a time."""

    source = models.ForeignKey(ListSource, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.RECEIVED)
    file = models.FileField(upload_to="lists/", max_length=200)
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True, help_text="The publisher's own date.")
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    served_at = models.DateTimeField(null=True)
    person_count = models.PositiveIntegerField(default=0)
    organization_count = models.PositiveIntegerField(default=0)
    other_count = models.PositiveIntegerField(default=0)
    name_count = models.PositiveIntegerField(default=0)
    added_count = models.PositiveIntegerField(default=0)
    removed_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list, help_text='[{"severity", "sentence", "place"}]')

    class Meta:
        ordering = ["source", "-number"]
        constraints = [
            UniqueConstraint(fields=["source", "number"], name="list_version_number_once"),
            UniqueConstraint(
                fields=["source"], name="one_serving_version", condition=Q(status=VersionStatus.SERVING)
            ),
            CheckConstraint(name="list_version_status_known", condition=Q(status__in=VersionStatus.values)),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} v{self.number}"


class EntryKind(models.TextChoices):
    PERSON = "person", _("Person")
    ORGANIZATION = "organization", _("Organization")
    VESSEL = "vessel", _("Vessel")
    AIRCRAFT = "aircraft", _("Aircraft")
    UNKNOWN = "unknown", _("Not stated")


class ListEntry(models.Model):
    """One subject of a list version, with every name and fact as published.

    `content` is `screening.lists.model.Entry` as JSON; `fingerprint` is the hash of it, so that two
    versions can be told apart entry by entry.
    """

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="entries")
    source_id = models.CharField(max_length=80, help_text="The publisher's own id.")
    kind = models.CharField(max_length=15, choices=EntryKind)
    name = models.CharField(max_length=500, help_text="Primary name.")
    content = models.JSONField()
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [UniqueConstraint(fields=["version", "source_id"], name="list_entry_once")]
        verbose_name_plural = "list entries"

    def __str__(self) -> str:
        return self.name


# --- runs and hits ----------------------------------------------------------------------------------------


class ScreeningRun(models.Model):
    """One screening of one company: evidence, also where nothing was found.

    Keeps the subject as screened, the list versions, the matcher and whether a required list was
    missing or stale: an incomplete run never clears.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="runs")
    company_version = models.PositiveIntegerField()
    subject = models.JSONField(help_text="Names, people and facts as screened.")
    list_versions = models.ManyToManyField(ListVersion, related_name="runs")
    matcher = models.CharField(max_length=40)
    threshold = models.FloatField()
    is_complete = models.BooleanField()
    gaps = models.JSONField(default=list, help_text="Why the run is incomplete, in sentences.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["company", "-at"], name="run_latest")]

    def __str__(self) -> str:
        return f"{self.company} {self.at:%Y-%m-%d %H:%M}"


class HitOutcome(models.TextChoices):
    TRUE_MATCH = "true_match", _("True match")
    FALSE_POSITIVE = "false_positive", _("False positive")
    INCONCLUSIVE = "inconclusive", _("Inconclusive")


class HitReason(models.TextChoices):
    """Why a hit was decided so. The first three are for true matches."""

    IDENTIFIER_EQUAL = "identifier_equal", _("The same identifier")
    FACTS_AGREE = "facts_agree", _("Name and facts agree")
    CONFIRMED_BY_COMPANY = "confirmed_by_company", _("Confirmed by the company")
    OTHER_COUNTRY = "other_country", _("Different country and owners")
    OTHER_PERSON = "other_person", _("Different birth date or person")
    OTHER_ACTIVITY = "other_activity", _("Different activity")
    COMMON_NAME = "common_name", _("Only a common name agrees")
    OTHER_IDENTIFIER = "other_identifier", _("Different identifier")
    MORE_NEEDED = "more_needed", _("More information is needed")


class Hit(models.Model):
    """A list entry that resembles a company or one of its people. One row for each pair, over all runs."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="hits")
    source = models.ForeignKey(ListSource, models.PROTECT, related_name="+")
    source_entry_id = models.CharField(max_length=80)
    entry = models.ForeignKey(
        ListEntry, models.SET_NULL, null=True, related_name="hits", help_text="As last seen."
    )
    entry_name = models.CharField(max_length=500)
    entry_content = models.JSONField(help_text="The entry as it was when last screened.")
    entry_fingerprint = models.CharField(max_length=64)
    subject_role = models.CharField(max_length=15, help_text="company, owner, director or parent")
    subject_name = models.CharField(max_length=300)
    subject_fingerprint = models.CharField(max_length=64)
    first_run = models.ForeignKey(ScreeningRun, models.PROTECT, related_name="+")
    last_run = models.ForeignKey(ScreeningRun, models.PROTECT, related_name="hits")
    score = models.FloatField(help_text="From 0 to 1.")
    band = models.CharField(max_length=30)
    explanation = models.JSONField()
    outcome = models.CharField(_("outcome"), max_length=15, choices=HitOutcome, blank=True)
    reason = models.CharField(_("reason"), max_length=30, choices=HitReason, blank=True)
    comment = models.TextField(_("comment for the record"), blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reopened_note = models.CharField(
        max_length=300, blank=True, help_text="Why an earlier outcome was dropped."
    )
    closed_at = models.DateTimeField(
        null=True, help_text="When the entry left the list or no longer resembles."
    )

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            UniqueConstraint(
                fields=["company", "source", "source_entry_id", "subject_role", "subject_name"],
                name="hit_once",
            ),
            CheckConstraint(name="hit_outcome_known", condition=Q(outcome__in=["", *HitOutcome.values])),
            CheckConstraint(
                name="hit_outcome_has_person",
                condition=Q(outcome="")
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_name} – {self.entry_name}"


# --- cases ------------------------------------------------------------------------------------------------


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
    LIGHT = "light", _("Light: dialogue and learning")
    STANDARD = "standard", _("Standard: money, goods, services or staff")
    STRATEGIC = "strategic", _("Strategic: several countries, emblem or exclusivity")


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

    def for_list(self):
        return self.select_related("company", "company__country", "entity", "analyst")


class Case(models.Model):
    """One due diligence examination of one company, asked for by one UN entity."""

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
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

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
        ]
        permissions = [
            ("request_case", "Can ask for a screening"),
            ("view_clearance", "Can see the clearance of a company"),
            ("review_hit", "Can decide hits"),
            ("assess_case", "Can recommend"),
            ("decide_case", "Can decide cases as the second person"),
            ("manage_catalogue", "Can draft and publish criteria"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.company}"


class DecisionOutcome(models.TextChoices):
    APPROVED = "approved", _("Approved")
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", _("Approved with conditions")
    DECLINED = "declined", _("Declined")


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
    conditions = ArrayField(models.TextField(), default=list, blank=True)
    note = models.TextField(_("reasons"))
    analyst = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    has_no_conflict = models.BooleanField(_("I have no conflict of interest in this case"))
    at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            CheckConstraint(name="decision_outcome_known", condition=Q(outcome__in=DecisionOutcome.values)),
            CheckConstraint(
                name="decision_four_eyes",
                condition=~Q(by=F("analyst")) & (Q(requested_by=None) | ~Q(by=F("requested_by"))),
            ),
            CheckConstraint(name="decision_without_conflict", condition=Q(has_no_conflict=True)),
            CheckConstraint(
                name="decision_approval_ends",
                condition=Q(outcome=DecisionOutcome.DECLINED) | Q(valid_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
