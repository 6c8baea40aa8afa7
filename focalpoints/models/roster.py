"""What the network does together: recommendations that entities sign, and brokers who help each other."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models.directory import SPOKEN_LANGUAGES, UNEntity
from focalpoints.models.groups import Community
from portal.models import Country, User


class RecommendationStatus(models.TextChoices):
    OPEN = "open", _("Open for signature")
    SENT = "sent", _("Sent")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


RECOMMENDATION_MOVES: dict[str, set[str]] = {
    RecommendationStatus.OPEN: {RecommendationStatus.SENT, RecommendationStatus.WITHDRAWN},
    RecommendationStatus.SENT: {RecommendationStatus.ANSWERED},
    RecommendationStatus.ANSWERED: set(),
    RecommendationStatus.WITHDRAWN: set(),
}


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def visible_to(self, user):
        return self if user.has_perm("focalpoints.view_people") else self.none()


class Recommendation(models.Model):
    """What several UN entities ask of their leadership together. Signed words are never changed."""

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("what is recommended, and why"), max_length=5000)
    addressee = models.CharField(_("to whom"), max_length=200)
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("from the group")
    )
    status = models.CharField(max_length=10, choices=RecommendationStatus, default=RecommendationStatus.OPEN)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    sent_on = models.DateField(null=True)
    reply = models.TextField(_("the reply"), max_length=5000, blank=True)
    replied_on = models.DateField(null=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            CheckConstraint(
                name="recommendation_status_known", condition=Q(status__in=RecommendationStatus.values)
            ),
            CheckConstraint(
                name="recommendation_sent_has_day",
                condition=~Q(status__in=["sent", "answered"]) | Q(sent_on__isnull=False),
            ),
            CheckConstraint(
                name="recommendation_answered_has_reply", condition=~Q(status="answered") | ~Q(reply="")
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Signature(models.Model):
    """That a UN entity stands behind a recommendation, given by one of its focal points."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="signatures")
    entity = models.ForeignKey(UNEntity, models.PROTECT, related_name="+", verbose_name=_("UN entity"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            UniqueConstraint(fields=["recommendation", "entity"], name="recommendation_signed_once")
        ]

    def __str__(self) -> str:
        return str(self.entity)


class BrokerSkill(models.TextChoices):
    FACILITATION = "facilitation", _("Facilitating meetings of partners")
    BROKERING = "brokering", _("Finding and bringing together partners")
    NEGOTIATION = "negotiation", _("Negotiating agreements")
    DUE_DILIGENCE = "due_diligence", _("Due diligence")
    DESIGN = "design", _("Designing partnerships")
    EVALUATION = "evaluation", _("Evaluating results")
    CONFLICT = "conflict", _("Settling conflicts between partners")
    TRAINING = "training", _("Training in partnering")


class BrokerQuerySet(models.QuerySet["Broker"]):
    def visible_to(self, user):
        """Who is on the roster is for UN users; one sees oneself also while resting."""
        if not user.has_perm("focalpoints.view_people"):
            return self.none()
        return self.filter(Q(is_listed=True) | Q(user=user), user__is_active=True)


class Broker(models.Model):
    """Somebody of the UN who helps other offices to broker partnerships, by their own wish."""

    user = models.OneToOneField(User, models.CASCADE, related_name="broker")
    entity = models.ForeignKey(UNEntity, models.PROTECT, related_name="+", verbose_name=_("UN entity"))
    place = models.CharField(_("place"), max_length=80)
    skills = ArrayField(models.CharField(max_length=20, choices=BrokerSkill), verbose_name=_("skills"))
    languages = ArrayField(
        models.CharField(max_length=10, choices=SPOKEN_LANGUAGES), verbose_name=_("languages")
    )
    countries = models.ManyToManyField(
        Country, blank=True, related_name="+", verbose_name=_("countries known well")
    )
    experience = models.TextField(_("experience"), max_length=1500)
    available_from = models.DateField(_("free from"), null=True, blank=True)
    days_a_month = models.PositiveSmallIntegerField(_("days a month"), null=True, blank=True)
    is_listed = models.BooleanField(_("on the roster"), default=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BrokerQuerySet.as_manager()

    class Meta:
        ordering = ["entity__acronym", "place", "id"]
        constraints = [
            CheckConstraint(
                name="broker_days_a_month", condition=Q(days_a_month=None) | Q(days_a_month__range=(1, 23))
            )
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def skill_labels(self) -> list[str]:
        return [str(BrokerSkill(code).label) for code in self.skills]

    @property
    def language_labels(self) -> list[str]:
        names = dict(SPOKEN_LANGUAGES)
        return [str(names[code]) for code in self.languages]

    @property
    def is_free(self) -> bool:
        return self.available_from is None or self.available_from <= timezone.localdate()


class BrokerRequestStatus(models.TextChoices):
    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


BROKER_REQUEST_MOVES: dict[str, set[str]] = {
    BrokerRequestStatus.ASKED: {
        BrokerRequestStatus.ACCEPTED,
        BrokerRequestStatus.DECLINED,
        BrokerRequestStatus.WITHDRAWN,
    },
    BrokerRequestStatus.ACCEPTED: set(),
    BrokerRequestStatus.DECLINED: set(),
    BrokerRequestStatus.WITHDRAWN: set(),
}


class BrokerRequestQuerySet(models.QuerySet["BrokerRequest"]):
    def visible_to(self, user):
        """A request is between who asks and who is asked."""
        if not user.has_perm("focalpoints.view_people"):
            return self.none()
        return self.filter(Q(by=user) | Q(broker__user=user))


class BrokerRequest(models.Model):
    """One office asks a broker for help."""

    broker = models.ForeignKey(Broker, models.CASCADE, related_name="requests")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    what = models.TextField(_("what you need help with"), max_length=2000)
    needed_from = models.DateField(_("from when"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("how many days"), null=True, blank=True)
    status = models.CharField(max_length=10, choices=BrokerRequestStatus, default=BrokerRequestStatus.ASKED)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    objects = BrokerRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            CheckConstraint(
                name="broker_request_status_known", condition=Q(status__in=BrokerRequestStatus.values)
            ),
            UniqueConstraint(
                name="broker_request_one_open", fields=["broker", "by"], condition=Q(status="asked")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} → {self.broker}"
