from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models.directory import UNEntity
from portal.models import Country, User


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user):
        return self if user.has_perm("focalpoints.view_people") else self.filter(is_public=True)


class Meeting(models.Model):
    """A meeting of the focal points. `starts_on` may be unknown for old ones: then only `year` counts.

    Day and clock time are kept as the wall clock of `zone` shows them, so a meeting that moves across a
    daylight-saving change keeps its hour; `starts_at` computes the moment.
    """

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    when_words = models.CharField(max_length=60, blank=True, help_text='What is known: "May 2005".')
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    start_time = models.TimeField(_("begins at"), null=True, blank=True)
    end_time = models.TimeField(_("ends at"), null=True, blank=True)
    zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    host_entity = models.ForeignKey(
        UNEntity, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("host")
    )
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country")
    )
    theme = models.CharField(_("theme"), max_length=300, blank=True)
    focus = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    agenda = models.TextField(_("agenda"), blank=True)
    report = models.TextField(_("report"), blank=True)
    attendance = models.CharField(_("attendance"), max_length=200, blank=True)
    survey_result = models.CharField(max_length=200, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    registration_until = models.DateField(_("registration until"), null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)
    is_public = models.BooleanField(_("shown to the public"), default=True)
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-starts_on", "-id"]
        constraints = [
            CheckConstraint(
                name="meeting_ends_after_start",
                condition=Q(ends_on=None) | Q(starts_on__isnull=False, ends_on__gte=F("starts_on")),
            ),
        ]
        permissions = [("manage_learning", "Can edit meetings, library, trainings and groups")]

    def __str__(self) -> str:
        return self.title

    @property
    def starts_at(self) -> datetime | None:
        return self._moment(self.starts_on, self.start_time)

    @property
    def ends_at(self) -> datetime | None:
        return self._moment(self.ends_on or self.starts_on, self.end_time)

    def _moment(self, day, clock: time | None) -> datetime | None:
        return datetime.combine(day, clock, tzinfo=ZoneInfo(self.zone)) if day and clock else None

    @property
    def is_open_for_registration(self) -> bool:
        today = timezone.localdate()
        until = self.registration_until or self.starts_on
        return self.capacity is not None and until is not None and until >= today


class MeetingDocument(models.Model):
    """A paper of a meeting: its words, or the address of them."""

    class Kind(models.TextChoices):
        BACKGROUND = "background", _("Background document")
        AGENDA = "agenda", _("Agenda")
        PARTICIPANTS = "participant_list", _("Participant list")
        REPORT = "report", _("Report")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("web address"), max_length=500, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]


class MeetingPlace(models.Model):
    """Somebody's registration for a meeting. Over the capacity it waits, in the order of asking."""

    class Status(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        WAITING = "waiting", _("On the waiting list")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="places")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    organization = models.CharField(_("organization"), max_length=120)
    has_list_consent = models.BooleanField(_("may stand on the participant list"), default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.REGISTERED)
    usefulness = models.PositiveSmallIntegerField(
        null=True, help_text="Survey: 4 very useful, 3 useful, 2 little, 1 not."
    )
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            UniqueConstraint(fields=["meeting", "user"], name="meeting_place_once"),
            CheckConstraint(
                name="meeting_usefulness_range", condition=Q(usefulness=None) | Q(usefulness__range=(1, 4))
            ),
        ]


class ActionState(models.TextChoices):
    NO_PROGRESS = "no_progress", _("No progress")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class ActionPoint(models.Model):
    """What a meeting agreed to do. Its story is the progress notes, year by year."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="actions")
    issue_number = models.PositiveSmallIntegerField(_("issue number"))
    issue = models.CharField(_("issue"), max_length=200)
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("action point"), max_length=300)
    owner = models.ForeignKey(
        UNEntity, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=15, choices=ActionState, default=ActionState.NO_PROGRESS)

    class Meta:
        ordering = ["issue_number", "position", "id"]
        constraints = [CheckConstraint(name="action_state_known", condition=Q(state__in=ActionState.values))]

    def __str__(self) -> str:
        return self.text


class ProgressNote(models.Model):
    """What had happened to an action point in a year. "No progress" is an answer too."""

    action = models.ForeignKey(ActionPoint, models.CASCADE, related_name="notes")
    year = models.PositiveSmallIntegerField(_("year"))
    text = models.CharField(_("what happened"), max_length=500)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["year", "id"]
