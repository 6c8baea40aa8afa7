from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.models import FocalPoint, UNEntity
from partnerships.matching import WEIGHTS_VERSION
from partnerships.models.offers import Offer, Wanted
from portal.models import User


class NeedStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PARTLY_MET = "partly_met", _("Partly met")
    MET = "met", pgettext_lazy("a need", "Met")
    CLOSED = "closed", _("Closed")
    EXPIRED = "expired", _("Expired")


NEED_OPEN = [NeedStatus.OPEN, NeedStatus.PARTLY_MET]
NEED_MOVES: dict[str, set[str]] = {
    NeedStatus.DRAFT: {NeedStatus.OPEN, NeedStatus.CLOSED},
    NeedStatus.OPEN: {NeedStatus.PARTLY_MET, NeedStatus.MET, NeedStatus.CLOSED, NeedStatus.EXPIRED},
    NeedStatus.PARTLY_MET: {NeedStatus.MET, NeedStatus.CLOSED, NeedStatus.EXPIRED},
    NeedStatus.MET: set(),
    NeedStatus.CLOSED: set(),
    NeedStatus.EXPIRED: set(),
}


class NeedVisibility(models.TextChoices):
    PUBLIC = "public", _("Everybody")
    UN_SYSTEM = "un_system", _("UN users only")


class NeedQuerySet(models.QuerySet["Need"]):
    def open(self):
        return self.filter(status__in=NEED_OPEN).filter(
            Q(needed_until=None) | Q(needed_until__gte=timezone.localdate())
        )

    def public(self):
        return self.filter(visibility=NeedVisibility.PUBLIC)

    def visible_to(self, user):
        """What is or was open is public, or for UN users where it says so; a draft is for its entity."""
        published = Q(published_at__isnull=False)
        if not user.has_perm("partnerships.view_inside"):
            published &= Q(visibility=NeedVisibility.PUBLIC)
        if not user.is_authenticated:
            return self.filter(published)
        return self.filter(published | Q(created_by=user) | _of_entity_of(user))

    def editable_by(self, user):
        """Focal points post and change the needs of the entities they work for."""
        if not user.has_perm("partnerships.post_need"):
            return self.none()
        return self.filter(_of_entity_of(user))

    def for_list(self):
        return self.select_related("entity", "appeal").prefetch_related("countries", "targets")


def _of_entity_of(user) -> Exists:
    return Exists(FocalPoint.objects.of(user).filter(entity=OuterRef("entity")))


class Need(Wanted):
    """What a UN office looks for. No country means anywhere."""

    class Urgency(models.TextChoices):
        EMERGENCY = "emergency", _("Emergency")
        NORMAL = "normal", _("Normal")
        PLANNED = "planned", _("Planned")

    entity = models.ForeignKey(UNEntity, models.PROTECT, related_name="needs", verbose_name=_("UN entity"))
    office_place = models.CharField(_("office"), max_length=80, blank=True)
    status = models.CharField(_("status"), max_length=15, choices=NeedStatus, default=NeedStatus.DRAFT)
    value_amount = models.DecimalField(
        _("estimated value"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    needed_from = models.DateField(_("needed from"), null=True, blank=True)
    needed_until = models.DateField(_("needed until"), null=True, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.NORMAL)
    beneficiaries = models.CharField(_("who benefits"), max_length=200, blank=True)
    constraints_note = models.TextField(_("constraints"), blank=True)
    preferred_sectors = ArrayField(
        models.CharField(max_length=1),
        verbose_name=_("lines of business looked for"),
        default=list,
        blank=True,
    )
    contact_role = models.CharField(_("who answers questions"), max_length=120, blank=True)
    visibility = models.CharField(
        _("who may see it"), max_length=10, choices=NeedVisibility, default=NeedVisibility.PUBLIC
    )
    appeal = models.ForeignKey(
        "Appeal", models.PROTECT, null=True, blank=True, related_name="needs", verbose_name=_("joint appeal")
    )
    published_at = models.DateTimeField(null=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            CheckConstraint(name="need_status_known", condition=Q(status__in=NeedStatus.values)),
            CheckConstraint(
                name="need_window",
                condition=Q(needed_from=None) | Q(needed_until=None) | Q(needed_until__gte=F("needed_from")),
            ),
            CheckConstraint(
                name="need_open_is_published",
                condition=Q(status__in=[NeedStatus.DRAFT, NeedStatus.CLOSED]) | Q(published_at__isnull=False),
            ),
            CheckConstraint(name="need_visibility_known", condition=Q(visibility__in=NeedVisibility.values)),
        ]
        permissions = [("post_need", "Can post needs of the own entity")]


class AppealQuerySet(models.QuerySet["Appeal"]):
    def open(self):
        return self.filter(Q(closes_on=None) | Q(closes_on__gte=timezone.localdate()))


class Appeal(models.Model):
    """What several UN entities look for together: each posts its own needs under it, the target is shared.

    Source: Background note of the 2006 focal points meeting, item 6 (joint fundraising).
    """

    reference = models.CharField(max_length=20, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"))
    lead = models.ForeignKey(UNEntity, models.PROTECT, related_name="+", verbose_name=_("lead entity"))
    target_amount = models.DecimalField(
        _("shared target"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    closes_on = models.DateField(_("last day"), null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            CheckConstraint(name="appeal_titled", condition=~Q(title="")),
            CheckConstraint(
                name="appeal_target_has_currency",
                condition=Q(target_amount=None) | Q(target_amount__gt=0, currency__regex="^[A-Z]{3}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.closes_on is None or self.closes_on >= timezone.localdate()


class MisfitReason(models.TextChoices):
    """Why an offer and a need that pass every gate still do not fit."""

    OTHER_THING = "other_thing", _("Something else is needed")
    QUALITY = "quality", _("Quality or type is not right")
    QUANTITY = "quantity", _("Too much or too little")
    TIMING = "timing", _("Comes too early or too late")
    PLACE = "place", _("Does not reach the place")
    CONDITIONS = "conditions", _("Its conditions cannot be met")
    COVERED = "covered", _("The need is covered by others")
    OTHER = "other", _("Another reason")


class OfferMatch(models.Model):
    """What became of an offer and a need that were held against each other, kept for later review.

    `score` and `parts` are those of the moment it was found. `shown_at` is when a person first had it on a
    page, `opened_at` when somebody first went from one side to the other.
    """

    class Outcome(models.TextChoices):
        FOUND = "found", _("Found")
        SHOWN = "shown", _("Shown")
        PROPOSED = "proposed", _("Proposed")
        RESERVED = "reserved", _("Held")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Not a fit")

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="matches")
    need = models.ForeignKey(Need, models.CASCADE, related_name="matches")
    score = models.DecimalField(max_digits=4, decimal_places=1)
    parts = models.JSONField(default=dict)
    weights_version = models.CharField(max_length=10, default=WEIGHTS_VERSION)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.FOUND)
    reason_code = models.CharField(_("reason"), max_length=12, choices=MisfitReason, blank=True)
    reason = models.TextField(blank=True)
    found_at = models.DateTimeField(default=timezone.now)
    shown_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "offer matches"
        constraints = [
            UniqueConstraint(fields=["offer", "need"], name="offer_match_once"),
            CheckConstraint(name="offer_match_score", condition=Q(score__gte=0, score__lte=100)),
            CheckConstraint(
                name="offer_match_declined_has_reason",
                condition=Q(outcome="declined", reason_code__in=MisfitReason.values)
                | ~Q(outcome="declined") & Q(reason_code=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.need_id}"
