from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.models.directory import UNEntity
from portal.models import Country, User


class Cancellable(models.Model):
    """What was announced and does not take place. It stays on record, says why, and is final."""

    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_why = models.CharField(_("why it does not take place"), max_length=300, blank=True)

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                name="%(class)s_cancelled_says_why",
                condition=Q(cancelled_at=None, cancelled_why="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_why=""),
            )
        ]


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user):
        return self if user.has_perm("focalpoints.view_people") else self.filter(is_public=True)


class Meeting(Cancellable):
    """A meeting of the focal points. `starts_on` may be unknown for old ones: then only `year` counts.

    Day and clock time are kept as the wall clock of `zone` shows them, so a meeting that moves across a
    daylight-saving change keeps its hour; `starts_at` computes the moment. Counts are there where a query
    counts them.
    """

    action_count: int
    done_count: int
    answers: int
    useful: int

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
            *Cancellable.Meta.constraints,
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
    def is_over(self) -> bool:
        last = self.ends_on or self.starts_on
        return last is not None and last < timezone.localdate()

    @property
    def is_open_for_registration(self) -> bool:
        today = timezone.localdate()
        until = self.registration_until or self.starts_on
        is_announced = self.cancelled_at is None and self.capacity is not None
        return is_announced and until is not None and until >= today


class MeetingSession(models.Model):
    """A part of the programme. Its hours are those of the meeting's own time zone."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="sessions")
    day = models.DateField(_("day"))
    start_time = models.TimeField(_("begins at"))
    end_time = models.TimeField(_("ends at"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200)
    speakers = models.CharField(_("who speaks"), max_length=300, blank=True)
    room = models.CharField(_("room"), max_length=80, blank=True)

    class Meta:
        ordering = ["day", "start_time", "id"]
        constraints = [
            CheckConstraint(
                name="session_ends_after_start", condition=Q(end_time=None) | Q(end_time__gt=F("start_time"))
            )
        ]

    def __str__(self) -> str:
        return self.title


class MeetingDocumentQuerySet(models.QuerySet["MeetingDocument"]):
    def visible_to(self, user):
        """Papers of the meetings one sees; a participant list is for UN users, for it names people."""
        papers = self.filter(meeting__in=Meeting.objects.visible_to(user))
        if user.has_perm("focalpoints.view_people"):
            return papers
        return papers.exclude(kind=MeetingDocument.Kind.PARTICIPANTS)


class MeetingDocument(models.Model):
    """A paper of a meeting: a file that hangs on it, the address of one, or only its name."""

    class Kind(models.TextChoices):
        BACKGROUND = "background", _("Background document")
        AGENDA = "agenda", _("Agenda")
        PARTICIPANTS = "participant_list", _("Participant list")
        REPORT = "report", _("Report")
        PHOTO = "photo", _("Photograph")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("web address"), max_length=500, blank=True)
    note = models.CharField(
        _("note"), max_length=300, blank=True, help_text=_("For a photograph, whom to credit.")
    )

    objects = MeetingDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            CheckConstraint(
                name="meeting_document_kind_known",
                condition=Q(kind__in=["background", "agenda", "participant_list", "report", "photo"]),
            )
        ]

    def __str__(self) -> str:
        return self.title


class ParticipantKind(models.TextChoices):
    UN_ENTITY = "un_entity", _("UN entity")
    GOVERNMENT = "government", _("Government")
    BUSINESS = "business", _("Business")
    NGO = "ngo", _("Non-governmental organization")
    OTHER = "other", _("Other")


class MeetingPlace(models.Model):
    """Somebody's registration for a meeting. Over the capacity it waits, in the order of asking.

    A guest without an account is written down by name, by who runs the meeting.
    """

    class Status(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        WAITING = "waiting", _("On the waiting list")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="places")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    guest_name = models.CharField(_("name"), max_length=120, blank=True)
    organization = models.CharField(_("organization"), max_length=120)
    role = models.CharField(_("role"), max_length=120, blank=True)
    kind = models.CharField(
        _("kind"), max_length=12, choices=ParticipantKind, default=ParticipantKind.UN_ENTITY
    )
    has_list_consent = models.BooleanField(_("may stand on the participant list"), default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.REGISTERED)
    usefulness = models.PositiveSmallIntegerField(
        null=True, help_text="Survey: 4 very useful, 3 useful, 2 little, 1 not."
    )
    survey_words = models.CharField(_("what should be different next time"), max_length=600, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            UniqueConstraint(fields=["meeting", "user"], name="meeting_place_once"),
            CheckConstraint(
                name="meeting_usefulness_range", condition=Q(usefulness=None) | Q(usefulness__range=(1, 4))
            ),
            CheckConstraint(
                name="meeting_place_of_somebody", condition=Q(user__isnull=False) ^ ~Q(guest_name="")
            ),
            CheckConstraint(name="meeting_place_kind_known", condition=Q(kind__in=ParticipantKind.values)),
        ]

    def __str__(self) -> str:
        return self.guest_name or str(self.user)


class ActionState(models.TextChoices):
    NO_PROGRESS = "no_progress", _("No progress")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class ActionPoint(models.Model):
    """What a meeting agreed to do. Its story is the progress notes, year by year."""

    OPEN = (ActionState.NO_PROGRESS, ActionState.IN_PROGRESS)

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="actions")
    issue_number = models.PositiveSmallIntegerField(_("issue number"))
    issue = models.CharField(_("issue"), max_length=200)
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("action point"), max_length=300)
    owner = models.ForeignKey(
        UNEntity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("who answers for a task", "owner"),
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=15, choices=ActionState, default=ActionState.NO_PROGRESS)

    class Meta:
        ordering = ["issue_number", "position", "id"]
        constraints = [CheckConstraint(name="action_state_known", condition=Q(state__in=ActionState.values))]

    def __str__(self) -> str:
        return self.text

    @property
    def label_then(self) -> str:
        """The word for `state_then`, which `queries.meetings.tracked_actions` gives."""
        return str(ActionState(self.state_then).label)  # type: ignore[attr-defined]


class ProgressNote(models.Model):
    """What had happened to an action point in a year. "No progress" is an answer too."""

    action = models.ForeignKey(ActionPoint, models.CASCADE, related_name="notes")
    year = models.PositiveSmallIntegerField(_("year"))
    text = models.CharField(_("what happened"), max_length=500)
    state = models.CharField(
        _("state"),
        max_length=15,
        choices=ActionState,
        default=ActionState.IN_PROGRESS,
        help_text="Where the point stood after it.",
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["year", "id"]
        constraints = [
            CheckConstraint(name="progress_state_known", condition=Q(state__in=ActionState.values))
        ]

    def __str__(self) -> str:
        return self.text
