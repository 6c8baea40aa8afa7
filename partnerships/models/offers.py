from datetime import date, timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models import SPOKEN_LANGUAGES, FocalPoint, UNEntity
from partnerships.models.companies import Company, CompanyMember
from partnerships.models.partnerships import ContributionKind, Partnership
from portal.models import Country, Target, User
from portal.themes import Theme


class Wanted(models.Model):
    """What an offer and a need have in common, so that one can be held against the other."""

    reference = models.CharField(max_length=20, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"))
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    contribution_kinds = ArrayField(
        models.CharField(max_length=20, choices=ContributionKind), verbose_name=_("kinds"), default=list
    )
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    themes = ArrayField(
        models.CharField(max_length=30, choices=Theme), verbose_name=_("themes"), default=list
    )
    targets = models.ManyToManyField(Target, blank=True, verbose_name=_("SDG targets"), related_name="+")
    countries = models.ManyToManyField(Country, blank=True, verbose_name=_("countries"), related_name="+")
    is_demo = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class OfferStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    TRIAGE = "triage", _("Being read")
    CLARIFICATION = "clarification", _("Question open")
    ROUTED = "routed", _("Passed to a UN office")
    RESERVED = "reserved", _("Reserved")
    MATCHED = "matched", _("Matched")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_O = OfferStatus
OFFER_MOVES: dict[str, set[str]] = {
    _O.DRAFT: {_O.SUBMITTED, _O.WITHDRAWN, _O.EXPIRED},
    _O.SUBMITTED: {_O.TRIAGE, _O.DECLINED, _O.WITHDRAWN, _O.EXPIRED},
    _O.TRIAGE: {_O.CLARIFICATION, _O.ROUTED, _O.DECLINED, _O.WITHDRAWN, _O.EXPIRED},
    _O.CLARIFICATION: {_O.TRIAGE, _O.DECLINED, _O.WITHDRAWN, _O.EXPIRED},
    _O.ROUTED: {_O.TRIAGE, _O.RESERVED, _O.MATCHED, _O.DECLINED, _O.WITHDRAWN, _O.EXPIRED},
    _O.RESERVED: {_O.ROUTED, _O.MATCHED, _O.DECLINED, _O.WITHDRAWN, _O.EXPIRED},
    _O.MATCHED: {_O.ACCEPTED, _O.ROUTED, _O.DECLINED, _O.WITHDRAWN},
    _O.ACCEPTED: set(),
    _O.DECLINED: set(),
    _O.EXPIRED: set(),
    _O.WITHDRAWN: set(),
}
OFFER_FINAL = [status for status, moves in OFFER_MOVES.items() if not moves]
OFFER_ON_DESK = [_O.SUBMITTED, _O.TRIAGE, _O.CLARIFICATION, _O.ROUTED, _O.RESERVED, _O.MATCHED]
OFFER_CORRECTABLE = [_O.SUBMITTED, _O.TRIAGE, _O.CLARIFICATION]  # until the desk has passed it on or declined
OFFER_STEPS = ["company", "what", "where", "goals", "conduct"]
DRAFT_KEPT_DAYS = 90
RESERVED_DAYS = 30
ANSWER_WORKING_DAYS = 10


class ReasonCode(models.TextChoices):
    """Why an offer is declined: one for each gate of the triage, and what the gates cannot know.

    Source: A/66/320, para. 53 (the filtering mechanism); the reasons are those of its gates.
    """

    INCOMPLETE = "incomplete", _("The offer is not complete")
    NOT_FIT = "not_fit", _("The goods or services are not fit for use")
    PROCUREMENT = "procurement", _("The offer is tied to procurement")
    NOT_ELIGIBLE = "not_eligible", _("The company is not eligible")
    OUTSIDE_MANDATE = "outside_mandate", _("No UN entity works on this in this place")
    TOO_SMALL = "too_small", _("Better placed with a local network")
    NO_NEED_NOW = "no_need_now", _("Nobody needs this now")
    CONDITIONS = "conditions", _("The conditions cannot be met")
    NO_ANSWER = "no_answer", _("Our question was not answered")
    ABUSE = "abuse", _("Not a real offer")
    OTHER = "other", _("Another reason")


class CompactStatus(models.TextChoices):
    """What the company says of itself; the screening looks it up."""

    NONE = "none", _("No participant of the UN Global Compact")
    ACTIVE = "active", _("Participant, reports on time")
    LATE = "late", _("Participant, report overdue")
    REMOVED = "removed", _("Was removed from the list of participants")


class OfferQuerySet(models.QuerySet["Offer"]):
    def of(self, user):
        """Offers of the user's companies, and drafts of theirs that name no company yet."""
        member = Exists(CompanyMember.objects.filter(company=OuterRef("company"), user=user))
        return self.filter(member | Q(company=None, created_by=user))

    def visible_to(self, user):
        """A business sees the offers of its companies; UN users who triage see all but drafts.

        Whom the directory names for a country, as the office of its Resident Coordinator, reads what is
        offered there, once the desk has no doubt that it is real.
        """
        if not user.is_authenticated:
            return self.none()
        mine = Exists(Offer.objects.of(user).filter(pk=OuterRef("pk")))
        submitted = ~Q(status=OfferStatus.DRAFT) & Q(submitted_at__isnull=False)
        if user.has_perm("partnerships.triage_offer"):
            return self.filter(submitted | mine)
        if user.has_perm("partnerships.view_inside"):
            return self.filter(submitted & Q(suspicion="") & _concerns_country_of(user) | mine)
        return self.filter(mine)

    def on_desk(self):
        """Submitted and not answered yet."""
        return self.filter(status__in=OFFER_ON_DESK)

    def orphaned(self):
        """On the desk of somebody who left: an account that was closed, an entity nobody answers for."""
        contacts = FocalPoint.objects.active().filter(entity=OuterRef("entity"))
        left = Q(triager__is_active=False) | Q(entity__isnull=False) & ~Exists(contacts)
        return self.on_desk().filter(left)

    def for_list(self):
        one = ("company", "company__country", "entity", "office", "triager")
        return self.select_related(*one).prefetch_related("countries", "targets")


def _concerns_country_of(user: User) -> Q:
    """An offer for a country that this person answers for, or matched with a need of such a country."""
    places = FocalPoint.objects.of(user).filter(countries__isnull=False).values("countries")
    need = apps.get_model("partnerships", "Need")  # its file imports this one
    offered = Offer.countries.through.objects.filter(offer=OuterRef("pk"), country__in=places)
    needed = need.countries.through.objects.filter(need=OuterRef("need"), country__in=places)
    return Q(Exists(offered)) | Q(Exists(needed))


class Offer(Wanted):
    """What a company offers. Gates and ranking: `partnerships.matching`.

    A draft keeps each step as it was typed in `answers`: {step: {"data": {field: [values]}, "version": n,
    "saved_at": moment, "is_valid": bool}}. The columns hold the last valid answers.
    """

    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="offers")
    status = models.CharField(_("status"), max_length=15, choices=OfferStatus, default=OfferStatus.DRAFT)
    answers = models.JSONField(default=dict)
    value_amount = models.DecimalField(_("value"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_any_country = models.BooleanField(_("any country"), default=False)
    accepts_subregion = models.BooleanField(_("neighbouring countries are fine too"), default=True)
    available_from = models.DateField(_("available from"), null=True, blank=True)
    available_until = models.DateField(_("available until"), null=True, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(_("days to deliver"), null=True, blank=True)
    is_standing = models.BooleanField(_("ready for emergencies"), default=False)
    contact_role = models.CharField(_("who we should write to"), max_length=80, blank=True)
    languages = ArrayField(
        models.CharField(max_length=10, choices=SPOKEN_LANGUAGES),
        verbose_name=_("languages you work in"),
        default=list,
        blank=True,
    )
    compact_status = models.CharField(
        _("UN Global Compact"), max_length=10, choices=CompactStatus, blank=True
    )
    conditions = models.TextField(_("conditions"), blank=True)
    expects_in_return = models.TextField(_("what you expect in return"), blank=True)
    is_tied_to_procurement = models.BooleanField(_("tied to a tender or contract"), null=True, blank=True)
    is_fit_for_use = models.BooleanField(_("fit for use and not expired"), null=True, blank=True)
    wishes_emblem = models.BooleanField(_("wishes to use a UN name or emblem"), null=True, blank=True)

    submitted_at = models.DateTimeField(null=True)
    answer_due_on = models.DateField(null=True)
    triager = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    entity = models.ForeignKey(UNEntity, models.PROTECT, null=True, related_name="offers")
    office = models.ForeignKey(FocalPoint, models.SET_NULL, null=True, related_name="+")
    need = models.ForeignKey("Need", models.PROTECT, null=True, related_name="offers")
    partnership = models.OneToOneField(Partnership, models.PROTECT, null=True, related_name="offer")
    reserved_until = models.DateField(null=True)
    escalated_on = models.DateField(null=True)
    reason_code = models.CharField(_("reason"), max_length=20, choices=ReasonCode, blank=True)
    advice = models.TextField(_("advice to the business"), blank=True)
    decided_at = models.DateTimeField(null=True)
    suspicion = models.CharField(
        max_length=300, blank=True, help_text="Why it waits for a look before anybody else reads it."
    )
    renewed_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="renewals")

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            CheckConstraint(name="offer_status_known", condition=Q(status__in=OfferStatus.values)),
            CheckConstraint(
                name="offer_window",
                condition=Q(available_from=None)
                | Q(available_until=None)
                | Q(available_until__gte=F("available_from")),
            ),
            CheckConstraint(
                name="offer_submitted_has_moment",
                condition=Q(status__in=[OfferStatus.DRAFT, OfferStatus.WITHDRAWN, OfferStatus.EXPIRED])
                | Q(submitted_at__isnull=False, company__isnull=False, answer_due_on__isnull=False),
            ),
            CheckConstraint(
                name="offer_declined_has_reason",
                condition=~Q(status=OfferStatus.DECLINED) | ~Q(reason_code=""),
            ),
            CheckConstraint(
                name="offer_reserved_has_end",
                condition=~Q(status=OfferStatus.RESERVED) | Q(reserved_until__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["status", "answer_due_on"], name="offer_desk")]
        permissions = [("triage_offer", "Can read and answer offers")]

    def __str__(self) -> str:
        return self.title or self.reference

    @property
    def is_ready(self) -> bool:
        """Whether every step was answered, so that it can be checked and submitted."""
        return all(self.answers.get(step, {}).get("is_valid") for step in OFFER_STEPS)

    @property
    def kept_until(self) -> date:
        """Last day a draft is kept if nobody touches it."""
        return timezone.localdate(self.updated_at) + timedelta(days=DRAFT_KEPT_DAYS)

    @property
    def days_left(self) -> int | None:
        """Days until the answer is due, negative when late."""
        return (self.answer_due_on - timezone.localdate()).days if self.answer_due_on else None

    @property
    def age_days(self) -> int:
        """Days since it was submitted."""
        return (timezone.now() - self.submitted_at).days if self.submitted_at else 0

    @property
    def days_late(self) -> int:
        return max(0, -(self.days_left or 0))

    @property
    def is_final(self) -> bool:
        return self.status in OFFER_FINAL

    @property
    def open_question(self) -> "OfferQuestion | None":
        """The question that waits for a reply of the business, of the questions already loaded."""
        return self._open_question(OfferQuestion.Side.UN)

    @property
    def open_enquiry(self) -> "OfferQuestion | None":
        """The question of the business that waits for a reply of the UN side, of those already loaded."""
        return self._open_question(OfferQuestion.Side.BUSINESS)

    def _open_question(self, side: str) -> "OfferQuestion | None":
        waiting = (q for q in self.questions.all() if q.asked_by_side == side and q.replied_at is None)
        return next(waiting, None)


class OfferQuestion(models.Model):
    """A question of one side to the other. While the UN side waits, the clock stands."""

    class Side(models.TextChoices):
        UN = "un", _("UN side")
        BUSINESS = "business", _("Business")

    asked_by_side = models.CharField(max_length=10, choices=Side, default=Side.UN)
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="questions")
    text = models.TextField(_("question"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    reply = models.TextField(_("reply"), blank=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            UniqueConstraint(
                fields=["offer", "asked_by_side"],
                name="offer_one_open_question_a_side",
                condition=Q(replied_at=None),
            ),
            CheckConstraint(
                name="offer_question_side_known", condition=Q(asked_by_side__in=["un", "business"])
            ),
            CheckConstraint(
                name="offer_reply_has_moment", condition=Q(reply="") | Q(replied_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class KeptDraft(models.Model):
    """What somebody without an account typed; the link mailed to them carries the row's signed number."""

    email = models.EmailField()
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["email"], name="kept_draft_email")]

    def __str__(self) -> str:
        return f"draft {self.pk}"
