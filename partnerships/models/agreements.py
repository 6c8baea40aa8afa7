"""What is agreed on paper: agreements with their states, use of the emblem, people who change places."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.models.partnerships import Partnership
from partnerships.models.vocabulary import AgreementKind
from portal.models import User


class AgreementStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LEGAL_REVIEW = "legal_review", _("Legal review")
    PARTNER_REVIEW = "partner_review", _("With the partner")
    SIGNED = "signed", _("Signed")
    IN_FORCE = "in_force", _("In force")
    AMENDED = "amended", _("Being amended")
    RENEWED = "renewed", _("Renewed")
    EXPIRED = "expired", _("Expired")
    TERMINATED = "terminated", _("Terminated")


_S = AgreementStatus
AGREEMENT_MOVES: dict[str, set[str]] = {
    _S.DRAFT: {_S.LEGAL_REVIEW, _S.TERMINATED},
    _S.LEGAL_REVIEW: {_S.PARTNER_REVIEW, _S.DRAFT, _S.TERMINATED},
    _S.PARTNER_REVIEW: {_S.SIGNED, _S.LEGAL_REVIEW, _S.DRAFT, _S.TERMINATED},
    _S.SIGNED: {_S.IN_FORCE, _S.TERMINATED},
    _S.IN_FORCE: {_S.AMENDED, _S.RENEWED, _S.EXPIRED, _S.TERMINATED},
    _S.AMENDED: {_S.LEGAL_REVIEW, _S.IN_FORCE, _S.TERMINATED},
    _S.RENEWED: {_S.AMENDED, _S.RENEWED, _S.EXPIRED, _S.TERMINATED},
    _S.EXPIRED: {_S.RENEWED},
    _S.TERMINATED: set(),
}
DAYS_IN: dict[str, int] = {  # how long a state should last, in calendar days; others have no clock
    _S.DRAFT: 30,
    _S.LEGAL_REVIEW: 15,
    _S.PARTNER_REVIEW: 30,
    _S.SIGNED: 30,
    _S.AMENDED: 30,
}
RUNNING = (_S.IN_FORCE, _S.RENEWED)


class OfRecordQuerySet(models.QuerySet):
    """Rows that only those who work on their record may see."""

    def visible_to(self, user):
        worked_on = Partnership.objects.editable_by(user).filter(pk=OuterRef("partnership_id"))
        return self.filter(Exists(worked_on)) if user.is_authenticated else self.none()


UNDER_REVIEW = (_S.LEGAL_REVIEW, _S.PARTNER_REVIEW, _S.AMENDED)


class AgreementQuerySet(OfRecordQuerySet):
    def visible_to(self, user):
        """Those of records one works on; a legal officer reads besides what is under review."""
        worked_on = super().visible_to(user)
        if not user.has_perm("partnerships.review_agreement"):
            return worked_on
        return worked_on | self.filter(status__in=UNDER_REVIEW)


class Agreement(models.Model):
    """One paper between the parties of a record. `template` and `clauses` are codes of `agreement_texts`."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="agreements")
    kind = models.CharField(_("kind of agreement"), max_length=30, choices=AgreementKind)
    template = models.CharField(_("template"), max_length=40, blank=True)
    template_version = models.PositiveSmallIntegerField(null=True, blank=True)
    clauses = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    status = models.CharField(
        _("state"), max_length=15, choices=AgreementStatus, default=AgreementStatus.DRAFT
    )
    status_since = models.DateField(default=timezone.localdate)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    place = models.CharField(_("signed in"), max_length=120, blank=True)
    in_force_on = models.DateField(_("in force from"), null=True, blank=True)
    expires_on = models.DateField(_("last day"), null=True, blank=True)
    renewal_rule = models.CharField(_("renewal"), max_length=200, blank=True)
    emblem_use = models.TextField(_("use of emblem and name"), blank=True)
    exclusivity = models.TextField(_("exclusivity"), blank=True)
    exit_clause = models.TextField(_("how it ends early"), blank=True)
    legal_officer_role = models.CharField(_("legal officer (role)"), max_length=120, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("review_agreement", "Can read agreements under review")]
        constraints = [
            CheckConstraint(name="agreement_status_known", condition=Q(status__in=AgreementStatus.values)),
            CheckConstraint(
                name="agreement_in_force_is_signed",
                condition=~Q(status__in=["signed", "in_force", "renewed", "expired"])
                | Q(signed_on__isnull=False),
            ),
            CheckConstraint(
                name="agreement_days_in_order",
                condition=Q(expires_on=None)
                | Q(in_force_on=None)
                | Q(expires_on__gte=models.F("in_force_on")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def due_on(self) -> date | None:
        """The day by which this state should have passed; None where it has no clock."""
        days = DAYS_IN.get(self.status)
        return self.status_since + timedelta(days=days) if days else None


class EmblemRequest(models.Model):
    """A partner asks to show the emblem or the name of a UN entity. Somebody else than who asks decides."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Asked for")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    MOVES: dict[str, set[str]] = {"pending": {"approved", "refused"}, "approved": set(), "refused": set()}

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="emblem_requests")
    purpose = models.TextField(_("what it is for"))
    medium = models.CharField(_("where it appears"), max_length=200)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    approver_role = models.CharField(_("decided by (role)"), max_length=120, blank=True)
    note = models.TextField(_("conditions or reason"), blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = OfRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            CheckConstraint(name="emblem_days_in_order", condition=Q(last_day__gte=models.F("first_day"))),
            CheckConstraint(
                name="emblem_two_people",
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("requested_by")),
            ),
            CheckConstraint(
                name="emblem_decided_by_somebody",
                condition=Q(status="pending") | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.medium


class StaffExchange(models.Model):
    """People who work on the other side for a while: a secondment, or an exchange both ways."""

    class Kind(models.TextChoices):
        TO_UN = "to_un", _("From the partner to the United Nations")
        FROM_UN = "from_un", _("From the United Nations to the partner")
        BOTH = "both", _("Both ways")

    class Payer(models.TextChoices):
        PARTNER = "partner", _("The partner")
        UN = "un", _("The United Nations")
        SHARED = "shared", _("Both")

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="exchanges")
    kind = models.CharField(_("direction"), max_length=10, choices=Kind, default=Kind.TO_UN)
    people_count = models.PositiveSmallIntegerField(_("people"))
    months = models.DecimalField(_("months each"), max_digits=4, decimal_places=1)
    paid_by = models.CharField(_("who pays"), max_length=10, choices=Payer, default=Payer.PARTNER)
    task = models.CharField(_("what they do"), max_length=200)
    place = models.CharField(_("place"), max_length=120, blank=True)
    first_day = models.DateField(_("from"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            CheckConstraint(name="exchange_of_somebody", condition=Q(people_count__gt=0, months__gt=0)),
        ]

    def __str__(self) -> str:
        return self.task
