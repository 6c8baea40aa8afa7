from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import User


class Topic(models.TextChoices):
    """What somebody subscribes to; an issue goes to the readers of its topic."""

    QUARTERLY = "quarterly", _("The quarterly issue")
    NEEDS = "needs", _("Open needs of UN offices")
    LEARNING = "learning", _("Meetings, training and tools")
    POLICY = "policy", _("Screening and policy news")


class SubscriberStatus(models.TextChoices):
    PENDING = "pending", _("Not yet confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    BOUNCED = "bounced", _("Address bounces")


SUBSCRIBER_MOVES: dict[str, set[str]] = {
    SubscriberStatus.PENDING: {SubscriberStatus.CONFIRMED, SubscriberStatus.UNSUBSCRIBED},
    SubscriberStatus.CONFIRMED: {SubscriberStatus.UNSUBSCRIBED, SubscriberStatus.BOUNCED},
    SubscriberStatus.UNSUBSCRIBED: {SubscriberStatus.CONFIRMED},
    SubscriberStatus.BOUNCED: {SubscriberStatus.CONFIRMED, SubscriberStatus.UNSUBSCRIBED},
}


class Subscriber(models.Model):
    """A reader of the newsletter. Double opt-in: mail goes only to those who confirmed."""

    email = models.EmailField(_("e-mail address"), max_length=254)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    topics = ArrayField(models.CharField(max_length=30, choices=Topic), default=list, blank=True)
    status = models.CharField(max_length=15, choices=SubscriberStatus, default=SubscriberStatus.PENDING)
    consent_text = models.CharField(max_length=20, help_text="Version of the text that was agreed to.")
    source = models.CharField(max_length=60, default="form", help_text="Where the consent was given.")
    created_at = models.DateTimeField(default=timezone.now)
    confirmation_sent_at = models.DateTimeField(null=True)
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
            # What stands in a To: header is an address and nothing else.
            CheckConstraint(
                name="subscriber_email_plain", condition=Q(email__regex=r"^[^[:space:][:cntrl:]<>,;:\"]+$")
            ),
        ]

    def __str__(self) -> str:
        """Without the address: this is what stands in the audit trail, which nobody can erase."""
        return f"Reader {self.pk}"


class IssueStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    APPROVED = "approved", _("Approved")
    SCHEDULED = "scheduled", _("Scheduled")
    SENDING = "sending", _("Sending")
    PAUSED = "paused", _("Paused")
    SENT = "sent", _("Sent")
    CANCELLED = "cancelled", _("Cancelled")


ISSUE_MOVES: dict[str, set[str]] = {
    IssueStatus.DRAFT: {IssueStatus.REVIEW, IssueStatus.CANCELLED},
    IssueStatus.REVIEW: {IssueStatus.DRAFT, IssueStatus.APPROVED, IssueStatus.CANCELLED},
    IssueStatus.APPROVED: {
        IssueStatus.DRAFT,
        IssueStatus.SCHEDULED,
        IssueStatus.SENDING,
        IssueStatus.CANCELLED,
    },
    IssueStatus.SCHEDULED: {IssueStatus.APPROVED, IssueStatus.SENDING},
    IssueStatus.SENDING: {IssueStatus.PAUSED, IssueStatus.SENT},
    IssueStatus.PAUSED: {IssueStatus.SENDING, IssueStatus.CANCELLED},
    IssueStatus.SENT: {IssueStatus.SENDING},  # again to those whose server refused
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
        return self if user.has_perm("focalpoints.edit_newsletter") else self.published()

    def published(self):
        """What the public archive holds: an issue appears there when its sending begins."""
        return self.filter(sending_at__isnull=False).exclude(status=IssueStatus.CANCELLED)


def default_sections() -> list[str]:
    """What a new issue begins with; a block that stays empty is left out."""
    return [
        IssueSection.FROM_THE_DESK,
        IssueSection.NEW_PARTNERSHIPS,
        IssueSection.NEEDS_AND_OFFERS,
        IssueSection.TOOLS,
        IssueSection.LESSONS,
        IssueSection.DONORS,
        IssueSection.MEETINGS,
        IssueSection.TRAINING,
        IssueSection.FOCAL_POINTS,
    ]


class Issue(models.Model):
    """One number of the newsletter. English is its source; other editions are `translations`."""

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("title"), max_length=120)
    topic = models.CharField(_("goes to readers of"), max_length=30, choices=Topic, default=Topic.QUARTERLY)
    sections = ArrayField(
        models.CharField(max_length=30, choices=IssueSection), default=default_sections, blank=True
    )
    languages = ArrayField(
        models.CharField(max_length=10, choices=settings.LANGUAGES),
        verbose_name=_("editions besides English"),
        default=list,
        blank=True,
    )
    translations = models.JSONField(default=dict, help_text='{"fr": {"title": …}}')
    falls_back = ArrayField(
        models.CharField(max_length=10, choices=settings.LANGUAGES),
        default=list,
        blank=True,
        help_text="Editions where English stands in for a block that is not translated.",
    )
    growth_reason = models.CharField(
        _("why the audience grew"),
        max_length=300,
        blank=True,
        help_text=_("Needed where the readers are more than three times those of the last issue."),
    )
    planned_for = models.DateTimeField(_("planned for (UTC)"), null=True, blank=True)
    status = models.CharField(max_length=10, choices=IssueStatus, default=IssueStatus.DRAFT)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    useful_count = models.PositiveIntegerField(default=0)
    partly_useful_count = models.PositiveIntegerField(default=0)
    not_useful_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            CheckConstraint(name="issue_status_known", condition=Q(status__in=IssueStatus.values)),
            CheckConstraint(
                name="issue_approved_by_another",
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("submitted_by")) & Q(submitted_by__isnull=False)),
            ),
            CheckConstraint(
                name="issue_sending_has_moment",
                condition=~Q(status__in=[IssueStatus.SENDING, IssueStatus.PAUSED, IssueStatus.SENT])
                | Q(sending_at__isnull=False),
            ),
        ]
        permissions = [("edit_newsletter", "Can write and approve the newsletter")]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"

    @property
    def editions(self) -> list[str]:
        """The languages this issue appears in, English first."""
        return [
            "en",
            *[code for code, _name in settings.LANGUAGES if code in self.languages and code != "en"],
        ]

    @property
    def is_editable(self) -> bool:
        return self.status == IssueStatus.DRAFT


class IssueItem(models.Model):
    """A block of an issue: free text, or words picked from a record with the address of that record."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="items")
    section = models.CharField(max_length=30, choices=IssueSection)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=200, blank=True)
    text = models.TextField(_("text"), max_length=10_000)
    url = models.CharField(
        _("address the title leads to"), max_length=300, blank=True, help_text="A path here, or https://…"
    )
    is_call_out = models.BooleanField(_("set apart as a call-out"), default=False)
    source = models.CharField(max_length=60, blank=True, help_text='Record it was picked from: "P-0042".')
    byline = models.CharField(max_length=120, blank=True, help_text='Who stands behind it: "WFP".')
    translations = models.JSONField(default=dict, help_text='{"fr": {"title": …, "text": …}}')
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            UniqueConstraint(
                fields=["issue", "section", "position"],
                name="issue_item_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            UniqueConstraint(
                fields=["issue", "source"], name="issue_item_source_once", condition=~Q(source="")
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:60]


class IssueLink(models.Model):
    """An address in the mails of an issue, with how often it was opened from there: a total, nothing else."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="links")
    address = models.CharField(max_length=2000)
    click_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-click_count", "id"]
        constraints = [UniqueConstraint(fields=["issue", "address"], name="issue_link_once")]

    def __str__(self) -> str:
        return self.address


class DeliveryStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    CLAIMED = "claimed", _("Taken by a worker")
    HANDING = "handing", _("Being handed over")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Refused")
    BOUNCED = "bounced", _("Came back")
    COMPLAINED = "complained", _("Reported as unwanted")
    SUPPRESSED = "suppressed", _("Not sent: unsubscribed")
    CANCELLED = "cancelled", _("Not sent: issue cancelled")
    UNCERTAIN = "uncertain", _("Uncertain: cut off while handing over")


class Delivery(models.Model):
    """One issue for one reader: the ledger that a kill or a dropped connection cannot falsify.

    `focalpoints.services.sending` says how a row moves. An uncertain row is shown and never sent again
    by itself: the mail may have arrived.
    """

    OPEN = (DeliveryStatus.QUEUED, DeliveryStatus.CLAIMED, DeliveryStatus.HANDING)

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, models.PROTECT, related_name="deliveries")
    language = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.QUEUED)
    claimed_by = models.UUIDField(null=True, help_text="The worker that holds it.")
    claimed_until = models.DateTimeField(null=True)
    run_after = models.DateTimeField(default=timezone.now)
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
                condition=Q(status__in=["queued", "claimed", "handing"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} → {self.subscriber_id}"
