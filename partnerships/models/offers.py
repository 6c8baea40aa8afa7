from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.models.companies import Company, CompanyMember
from partnerships.models.partnerships import ContributionKind
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
    CLARIFICATION = "clarification", _("Question to you")
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


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user):
        """A business sees the offers of its companies; UN users who triage see all but drafts."""
        if not user.is_authenticated:
            return self.none()
        mine = Exists(CompanyMember.objects.filter(company=OuterRef("company"), user=user))
        if user.has_perm("partnerships.triage_offer"):
            return self.filter(~Q(status=OfferStatus.DRAFT) | mine)
        return self.filter(mine)


class Offer(Wanted):
    """What a company offers. Gates and ranking: `partnerships.matching`."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="offers")
    status = models.CharField(_("status"), max_length=15, choices=OfferStatus, default=OfferStatus.DRAFT)
    value_amount = models.DecimalField(_("value"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_any_country = models.BooleanField(_("any country"), default=False)
    accepts_subregion = models.BooleanField(_("neighbouring countries are fine too"), default=True)
    available_from = models.DateField(_("available from"), null=True, blank=True)
    available_until = models.DateField(_("available until"), null=True, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    expects_in_return = models.TextField(_("what you expect in return"), blank=True)
    is_tied_to_procurement = models.BooleanField(_("tied to a tender or contract"), null=True, blank=True)
    is_fit_for_use = models.BooleanField(_("fit for use and not expired"), null=True, blank=True)
    submitted_at = models.DateTimeField(null=True)
    answer_due_on = models.DateField(null=True)

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
                | Q(submitted_at__isnull=False),
            ),
        ]
        permissions = [("triage_offer", "Can read and answer offers")]


class NeedStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PARTLY_MET = "partly_met", _("Partly met")
    MET = "met", _("Met")
    CLOSED = "closed", _("Closed")
    EXPIRED = "expired", _("Expired")


NEED_MOVES: dict[str, set[str]] = {
    NeedStatus.DRAFT: {NeedStatus.OPEN, NeedStatus.CLOSED},
    NeedStatus.OPEN: {NeedStatus.PARTLY_MET, NeedStatus.MET, NeedStatus.CLOSED, NeedStatus.EXPIRED},
    NeedStatus.PARTLY_MET: {NeedStatus.MET, NeedStatus.CLOSED, NeedStatus.EXPIRED},
    NeedStatus.MET: set(),
    NeedStatus.CLOSED: set(),
    NeedStatus.EXPIRED: set(),
}


class NeedQuerySet(models.QuerySet["Need"]):
    def open(self):
        return self.filter(status__in=[NeedStatus.OPEN, NeedStatus.PARTLY_MET]).filter(
            Q(needed_until=None) | Q(needed_until__gte=timezone.localdate())
        )

    def visible_to(self, user):
        """What is or was open is public; a draft is for its entity."""
        published = ~Q(status=NeedStatus.DRAFT)
        if not user.is_authenticated:
            return self.filter(published)
        return self.filter(published | Q(created_by=user) | Exists(_need_of_user_entities(user)))


def _need_of_user_entities(user):
    return UNEntity.objects.filter(
        pk=OuterRef("entity_id"), focal_points__user=user, focal_points__left_on=None
    )


class Need(Wanted):
    """What a UN office looks for. No country means anywhere."""

    class Urgency(models.TextChoices):
        EMERGENCY = "emergency", _("Emergency")
        NORMAL = "normal", _("Normal")
        PLANNED = "planned", _("Planned")

    entity = models.ForeignKey(UNEntity, models.PROTECT, related_name="needs", verbose_name=_("UN entity"))
    office_place = models.CharField(_("office"), max_length=80, blank=True)
    status = models.CharField(_("status"), max_length=15, choices=NeedStatus, default=NeedStatus.DRAFT)
    needed_from = models.DateField(_("needed from"), null=True, blank=True)
    needed_until = models.DateField(_("needed until"), null=True, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.NORMAL)
    beneficiaries = models.CharField(_("who benefits"), max_length=200, blank=True)
    constraints_note = models.TextField(_("constraints"), blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            CheckConstraint(name="need_status_known", condition=Q(status__in=NeedStatus.values)),
            CheckConstraint(
                name="need_window",
                condition=Q(needed_from=None) | Q(needed_until=None) | Q(needed_until__gte=F("needed_from")),
            ),
        ]
        permissions = [("post_need", "Can post needs of the own entity")]
