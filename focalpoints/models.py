from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import Country, User
from portal.themes import Theme


class UNEntity(models.Model):
    """An agency, fund, programme or Secretariat office of the UN system. Loaded reference data."""

    code = models.CharField(max_length=20, primary_key=True)
    acronym = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    hq_city = models.CharField(max_length=60, blank=True)
    hq_country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")
    is_current = models.BooleanField(default=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    is_ceb_member = models.BooleanField(default=False)
    themes = ArrayField(models.CharField(max_length=30), default=list)
    mandate = models.TextField(blank=True)

    class Meta:
        ordering = ["acronym"]
        verbose_name = _("UN entity")
        verbose_name_plural = _("UN entities")

    def __str__(self) -> str:
        return self.acronym

    @property
    def full_name(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym not in self.name else self.name


class OfficeLevel(models.TextChoices):
    HQ = "hq", _("Headquarters")
    REGIONAL = "regional", _("Regional office")
    COUNTRY = "country", _("Country office")


class Task(models.TextChoices):
    ENTRY_POINT = "entry_point", _("First contact for business")
    SCREENING = "screening", _("Screening")
    LEGAL = "legal", _("Legal")
    FUNDRAISING = "fundraising", _("Fundraising")
    EVALUATION = "evaluation", _("Evaluation")
    LOCAL_NETWORK = "local_network", _("Local network")


STALE_AFTER_DAYS = 210


class FocalPointQuerySet(models.QuerySet["FocalPoint"]):
    def active(self):
        return self.filter(left_on=None)

    def for_list(self):
        return self.select_related("entity", "backup", "backup__entity").prefetch_related("countries")


class FocalPoint(models.Model):
    """The role that answers for private sector engagement in an office of a UN entity.

    A person's name is shown to signed-in UN users only, and only with `has_name_consent`.
    """

    entity = models.ForeignKey(UNEntity, models.PROTECT, related_name="focal_points")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="focal_points")
    person_name = models.CharField(_("name"), max_length=120, blank=True)
    has_name_consent = models.BooleanField(_("may be shown to UN users"), default=False)
    role_title = models.CharField(_("role"), max_length=120)
    office_level = models.CharField(_("office"), max_length=10, choices=OfficeLevel, default=OfficeLevel.HQ)
    office_place = models.CharField(_("place"), max_length=80)
    countries = models.ManyToManyField(Country, blank=True, related_name="focal_points")
    themes = ArrayField(models.CharField(max_length=30, choices=Theme), default=list, blank=True)
    languages = ArrayField(
        models.CharField(max_length=10, choices=settings.LANGUAGES), default=list, blank=True
    )
    tasks = ArrayField(models.CharField(max_length=20, choices=Task), default=list, blank=True)
    unit_mailbox = models.EmailField(_("unit mailbox"))
    backup = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    active_since = models.DateField(_("active since"), default=timezone.localdate)
    confirmed_on = models.DateField(_("last confirmed"), default=timezone.localdate)
    left_on = models.DateField(null=True, blank=True)

    objects = FocalPointQuerySet.as_manager()

    class Meta:
        ordering = ["entity__acronym", "office_place", "role_title"]
        constraints = [
            CheckConstraint(
                name="focal_point_office_known", condition=Q(office_level__in=OfficeLevel.values)
            ),
            CheckConstraint(
                name="focal_point_leaves_after_start",
                condition=Q(left_on=None) | Q(left_on__gte=F("active_since")),
            ),
        ]
        permissions = [
            ("view_people", "Can see names in the directory"),
            ("manage_directory", "Can edit every entry of the directory"),
        ]

    def __str__(self) -> str:
        return f"{self.role_title}, {self.entity_id} {self.office_place}"

    @property
    def days_since_confirmed(self) -> int:
        return (timezone.localdate() - self.confirmed_on).days

    @property
    def is_stale(self) -> bool:
        return self.days_since_confirmed > STALE_AFTER_DAYS


# --- newsletter -----------------------------------------------------------------------------------------


class SubscriberStatus(models.TextChoices):
    PENDING = "pending", _("Not yet confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    BOUNCED = "bounced", _("Address bounces")


SUBSCRIBER_MOVES = {
    SubscriberStatus.PENDING: {SubscriberStatus.CONFIRMED, SubscriberStatus.UNSUBSCRIBED},
    SubscriberStatus.CONFIRMED: {SubscriberStatus.UNSUBSCRIBED, SubscriberStatus.BOUNCED},
    SubscriberStatus.UNSUBSCRIBED: {SubscriberStatus.CONFIRMED},
    SubscriberStatus.BOUNCED: {SubscriberStatus.CONFIRMED, SubscriberStatus.UNSUBSCRIBED},
}


class Subscriber(models.Model):
    """A reader of the newsletter. Double opt-in: mail goes only to those who confirmed."""

    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    topics = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    status = models.CharField(max_length=15, choices=SubscriberStatus, default=SubscriberStatus.PENDING)
    consent_text = models.CharField(max_length=20, help_text="Version of the text that was agreed to.")
    source = models.CharField(max_length=60, default="form")
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(Lower("email"), name="subscriber_email_once"),
            CheckConstraint(name="subscriber_status_known", condition=Q(status__in=SubscriberStatus.values)),
            CheckConstraint(
                name="subscriber_confirmed_has_moment",
                condition=~Q(status=SubscriberStatus.CONFIRMED) | Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.email


class IssueStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    APPROVED = "approved", _("Approved")
    SENDING = "sending", _("Sending")
    PAUSED = "paused", _("Paused")
    SENT = "sent", _("Sent")
    CANCELLED = "cancelled", _("Cancelled")


ISSUE_MOVES = {
    IssueStatus.DRAFT: {IssueStatus.REVIEW, IssueStatus.CANCELLED},
    IssueStatus.REVIEW: {IssueStatus.DRAFT, IssueStatus.APPROVED, IssueStatus.CANCELLED},
    IssueStatus.APPROVED: {IssueStatus.DRAFT, IssueStatus.SENDING, IssueStatus.CANCELLED},
    IssueStatus.SENDING: {IssueStatus.PAUSED, IssueStatus.SENT},
    IssueStatus.PAUSED: {IssueStatus.SENDING, IssueStatus.CANCELLED},
    IssueStatus.SENT: set(),
    IssueStatus.CANCELLED: set(),
}


class IssueSection(models.TextChoices):
    FROM_THE_DESK = "from_the_desk", _("From the desk")
    NEW_PARTNERSHIPS = "new_partnerships", _("New partnerships")
    TOOLS = "tools_and_resources", _("Tools and resources")
    LESSONS = "lessons_and_good_practice", _("Lessons and good practice")
    DONORS = "donor_coordination_examples", _("Donor coordination examples")
    POLICY = "screening_and_policy_news", _("Screening and policy news")
    NEEDS_AND_OFFERS = "open_needs_and_offers", _("Open needs and offers")
    TRAINING = "training_calendar", _("Training calendar")
    MEETINGS = "meetings", _("Meetings")
    FOCAL_POINTS = "focal_point_changes", _("Focal point changes")


class IssueQuerySet(models.QuerySet["Issue"]):
    def visible_to(self, user):
        return self if user.has_perm("focalpoints.edit_newsletter") else self.filter(status=IssueStatus.SENT)


class Issue(models.Model):
    """One number of the newsletter."""

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("title"), max_length=120)
    lead = models.TextField(_("opening words"), blank=True)
    status = models.CharField(max_length=10, choices=IssueStatus, default=IssueStatus.DRAFT)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            CheckConstraint(name="issue_status_known", condition=Q(status__in=IssueStatus.values)),
            CheckConstraint(
                name="issue_approved_by_another",
                condition=Q(approved_by=None) | ~Q(approved_by=F("created_by")),
            ),
        ]
        permissions = [("edit_newsletter", "Can write and approve the newsletter")]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"


class IssueItem(models.Model):
    """A block of an issue: free text, or words picked from a record with the address of that record."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="items")
    section = models.CharField(max_length=30, choices=IssueSection)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    url = models.CharField(max_length=300, blank=True, help_text="Path on this portal.")
    source = models.CharField(max_length=60, blank=True, help_text='Record it was picked from: "P-0042".')

    class Meta:
        ordering = ["position"]
        constraints = [
            UniqueConstraint(
                fields=["issue", "position"],
                name="issue_item_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            UniqueConstraint(
                fields=["issue", "source"], name="issue_item_source_once", condition=~Q(source="")
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DeliveryStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SUPPRESSED = "suppressed", _("Not sent: unsubscribed")
    UNCERTAIN = "uncertain", _("Uncertain: cut off while handing over")


class Delivery(models.Model):
    """One issue for one reader: the ledger that a kill or a dropped connection cannot falsify."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, models.PROTECT, related_name="deliveries")
    language = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.QUEUED)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["issue", "subscriber"], name="delivery_once"),
            CheckConstraint(name="delivery_status_known", condition=Q(status__in=DeliveryStatus.values)),
        ]
        indexes = [
            models.Index(
                fields=["issue", "id"],
                name="delivery_open",
                condition=Q(status__in=[DeliveryStatus.QUEUED, DeliveryStatus.CLAIMED]),
            )
        ]
