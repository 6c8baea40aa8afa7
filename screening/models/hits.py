from datetime import timedelta

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models import Company
from portal.models import User
from screening.models.lists import ListEntry, ListSource, ListVersion


class ScreeningRun(models.Model):
    """One screening of one company: evidence, also where nothing was found.

    Keeps the subject as screened, the list versions, the matcher, what was found, and whether a
    required list was missing or stale: an incomplete run never clears.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="runs")
    company_version = models.PositiveIntegerField()
    inputs = models.CharField(
        max_length=64, help_text="Hash of company version, list versions, matcher and gaps."
    )
    subject = models.JSONField(
        help_text="Names, people and facts as screened: screening.matching.as_screened"
    )
    list_versions = models.ManyToManyField(ListVersion, related_name="runs")
    matcher = models.CharField(max_length=40)
    threshold = models.FloatField()
    is_complete = models.BooleanField()
    gaps = models.JSONField(
        default=list, help_text='[{"code": "missing" or "stale", "list", "title", "as_of"}]'
    )
    found = models.JSONField(default=list, help_text="The explanation of each hit, as it was in this run.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["company", "-at"], name="run_latest")]

    def __str__(self) -> str:
        return f"{self.company} {self.at:%Y-%m-%d %H:%M}"


class HitOutcome(models.TextChoices):
    TRUE_MATCH = "true_match", _("True match")
    FALSE_POSITIVE = "false_positive", _("False positive")
    INCONCLUSIVE = "inconclusive", _("Inconclusive")


class HitReason(models.TextChoices):
    IDENTIFIER_EQUAL = "identifier_equal", _("The same identifier")
    FACTS_AGREE = "facts_agree", _("Name and facts agree")
    CONFIRMED_BY_COMPANY = "confirmed_by_company", _("Confirmed by the company")
    OTHER_COUNTRY = "other_country", _("Different country and owners")
    OTHER_PERSON = "other_person", _("Different birth date or person")
    OTHER_ACTIVITY = "other_activity", _("Different activity")
    COMMON_NAME = "common_name", _("Only a common name agrees")
    OTHER_IDENTIFIER = "other_identifier", _("Different identifier")
    MORE_NEEDED = "more_needed", _("More information is needed")


# Which reasons may stand for which outcome.
HIT_REASONS: dict[str, list[HitReason]] = {
    HitOutcome.TRUE_MATCH: [
        HitReason.IDENTIFIER_EQUAL,
        HitReason.FACTS_AGREE,
        HitReason.CONFIRMED_BY_COMPANY,
    ],
    HitOutcome.FALSE_POSITIVE: [
        HitReason.OTHER_COUNTRY,
        HitReason.OTHER_PERSON,
        HitReason.OTHER_ACTIVITY,
        HitReason.COMMON_NAME,
        HitReason.OTHER_IDENTIFIER,
    ],
    HitOutcome.INCONCLUSIVE: [HitReason.MORE_NEEDED],
}
UNDO_WITHIN = timedelta(seconds=30)


class SubjectRole(models.TextChoices):
    COMPANY = "company", _("Company")
    OWNER = "owner", pgettext_lazy("of shares", "Owner")
    DIRECTOR = "director", _("Director")
    PARENT = "parent", _("Parent company")


class HitQuerySet(models.QuerySet["Hit"]):
    def visible_to(self, user):
        """Reviewers only: what was found is not shown to those who asked for the case."""
        return self if user.has_perm("screening.view_case") else self.none()

    def live(self):
        """Hits whose entry still stands on a serving list and still resembles."""
        return self.filter(closed_at=None)

    def unresolved(self):
        """Live hits without an outcome that settles them."""
        return self.live().filter(outcome__in=["", HitOutcome.INCONCLUSIVE])

    def true_matches(self):
        return self.live().filter(outcome=HitOutcome.TRUE_MATCH)

    def for_list(self):
        return self.select_related("source", "decided_by").order_by("closed_at", "-score", "id")


class Hit(models.Model):
    """A list entry that resembles a company or one of its people. One row for each pair, over all runs."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="hits")
    source = models.ForeignKey(ListSource, models.PROTECT, related_name="+")
    source_entry_id = models.CharField(max_length=80)
    entry = models.ForeignKey(
        ListEntry, models.SET_NULL, null=True, related_name="hits", help_text="As last seen."
    )
    list_version = models.ForeignKey(ListVersion, models.PROTECT, related_name="+", help_text="As last seen.")
    entry_name = models.CharField(max_length=500)
    entry_content = models.JSONField(help_text="The entry as it was when last screened.")
    entry_fingerprint = models.CharField(max_length=64)
    subject_role = models.CharField(max_length=15, choices=SubjectRole)
    subject_key = models.CharField(max_length=220, help_text='"company", or role and folded name of a person')
    subject_name = models.CharField(max_length=300)
    subject_fingerprint = models.CharField(max_length=64)
    first_run = models.ForeignKey(ScreeningRun, models.PROTECT, related_name="+")
    last_run = models.ForeignKey(ScreeningRun, models.PROTECT, related_name="hits")
    score = models.FloatField(help_text="From 0 to 1.")
    band = models.CharField(max_length=30)
    explanation = models.JSONField(help_text="screening.names.Match.as_dict()")
    outcome = models.CharField(_("outcome"), max_length=15, choices=HitOutcome, blank=True)
    reason = models.CharField(_("reason"), max_length=30, choices=HitReason, blank=True)
    comment = models.TextField(_("comment for the record"), blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reopened = models.JSONField(
        null=True,
        help_text='Why an earlier outcome no longer holds: {"was", "on", "why", "added", "removed", "note"}',
    )
    closed_at = models.DateTimeField(
        null=True, help_text="When the entry left the list or no longer resembles."
    )
    version = models.PositiveIntegerField(default=1)

    objects = HitQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            UniqueConstraint(fields=["company", "source", "source_entry_id", "subject_key"], name="hit_once"),
            CheckConstraint(name="hit_outcome_known", condition=Q(outcome__in=["", *HitOutcome.values])),
            CheckConstraint(name="hit_role_known", condition=Q(subject_role__in=SubjectRole.values)),
            CheckConstraint(
                name="hit_outcome_has_person",
                condition=Q(outcome="", decided_by=None, decided_at=None, reason="")
                | (~Q(outcome="") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["source", "source_entry_id"], name="hit_entry"),
            models.Index(
                fields=["company", "-score"],
                name="hit_open",
                condition=Q(closed_at=None, outcome__in=["", "inconclusive"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_name} – {self.entry_name}"

    @property
    def is_unresolved(self) -> bool:
        return self.closed_at is None and self.outcome in ("", HitOutcome.INCONCLUSIVE)

    @property
    def points(self) -> int:
        """The score as whole points of 100."""
        return round(self.score * 100)

    def can_be_undone_by(self, user: User) -> bool:
        return (
            self.decided_by_id == user.pk
            and self.decided_at is not None
            and timezone.now() - self.decided_at <= UNDO_WITHIN
        )
