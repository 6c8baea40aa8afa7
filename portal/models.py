import uuid
from functools import cached_property

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.roles import ROLES, UN_ROLES


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address. Roles are groups, see `portal.roles`."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = UserManager()

    class Meta:
        constraints = [CheckConstraint(name="user_email_lower", condition=Q(email=Lower("email")))]
        permissions = [
            ("manage_users", "Can give roles and close accounts"),
            ("view_jobs", "Can see work in the background"),
            ("view_audit", "Can search the audit trail"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def role_labels(self) -> list[str]:
        """Labels of the roles; reads prefetched groups where there are any."""
        return [str(ROLES[group.name].label) for group in self.groups.all() if group.name in ROLES]

    @property
    def is_un(self) -> bool:
        """Whether this person works for the UN side: any UN role."""
        return self.is_superuser or bool(self.roles & UN_ROLES)


# --- reference tables: loaded by `manage.py load_reference`, never edited by hand ----------------------


class Translated(models.Model):
    """A name in the six languages; `str()` gives the reader's, English where one is missing."""

    name_en = models.CharField(max_length=400)
    name_fr = models.CharField(max_length=400, blank=True)
    name_es = models.CharField(max_length=400, blank=True)
    name_ar = models.CharField(max_length=400, blank=True)
    name_ru = models.CharField(max_length=400, blank=True)
    name_zh = models.CharField(max_length=400, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return getattr(self, f"name_{(get_language() or 'en')[:2]}", "") or self.name_en


class Region(Translated):
    m49 = models.CharField(max_length=3, primary_key=True)
    level = models.CharField(max_length=20)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")

    class Meta:
        ordering = ["name_en"]


class Country(Translated):
    """A country or area of the UN M49 list. LDC, LLDC and SIDS flags are those of today."""

    iso3 = models.CharField(max_length=3, primary_key=True)
    iso2 = models.CharField(max_length=2, unique=True)
    m49 = models.CharField(max_length=3, unique=True)
    short_en = models.CharField(max_length=120)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    subregion = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    is_ldc = models.BooleanField(default=False)
    is_lldc = models.BooleanField(default=False)
    is_sids = models.BooleanField(default=False)
    is_un_member = models.BooleanField(default=False)
    ldc_until = models.DateField(null=True, help_text="Day of graduation from the LDC category.")

    class Meta:
        ordering = ["short_en"]
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.short_en if (get_language() or "en").startswith("en") else super().__str__()


class Goal(Translated):
    """A Sustainable Development Goal; the inherited name is its short title."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    pillar = models.CharField(max_length=20)
    colour = models.CharField(max_length=7)
    title = models.JSONField(default=dict, help_text="Official full title by language code.")

    class Meta:
        ordering = ["number"]


class Target(models.Model):
    """An SDG target such as "8.7" or "17.b"; `title` is the official wording by language code."""

    code = models.CharField(max_length=5, primary_key=True)
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="targets")
    kind = models.CharField(max_length=10)
    short_en = models.CharField(max_length=200)
    title = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.code} {self.short_en}"


class Sector(models.Model):
    """An entry of ISIC Rev.4: section, division, group or class."""

    code = models.CharField(max_length=5, primary_key=True)
    level = models.CharField(max_length=10)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    section = models.CharField(max_length=1)
    title_en = models.CharField(max_length=300)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title_en}"


class ReferenceCounter(models.Model):
    """The last number given for a series such as "P" or "O-2026". See `portal.references`."""

    series = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)


# --- work in the background -----------------------------------------------------------------------------


class JobStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Job(models.Model):
    """Work for later: outbox, idempotency key and progress record in one row. See `portal.jobs`."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.QUEUED)
    run_after = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [CheckConstraint(name="job_status_known", condition=Q(status__in=JobStatus.values))]
        indexes = [
            models.Index(
                fields=["run_after"],
                name="job_due",
                condition=Q(status__in=[JobStatus.QUEUED, JobStatus.RUNNING]),
            )
        ]

    def __str__(self) -> str:
        return self.key


class PeriodicRun(models.Model):
    """One period of one periodic task. The constraint makes two beats do it once."""

    task = models.CharField(max_length=80)
    period = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [UniqueConstraint(fields=["task", "period"], name="periodic_run_once")]


# --- history ----------------------------------------------------------------------------------------------

SEAL = """
    PERFORM pg_advisory_xact_lock(7303014);
    SELECT position, hash INTO head FROM portal_auditseal ORDER BY position DESC LIMIT 1;
    body := concat_ws(chr(31), NEW.id::text,
        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), coalesce(NEW.by_id::text, ''),
        NEW.action, NEW.subject_type, NEW.subject_id, NEW.subject_label, NEW.note, NEW.changes::text);
    INSERT INTO portal_auditseal (position, event_id, previous, hash)
    VALUES (coalesce(head.position, 0) + 1, NEW.id, coalesce(head.hash, ''),
        encode(sha256(convert_to(coalesce(head.hash, '') || chr(31) || body, 'UTF8')), 'hex'));
    RETURN NULL;
"""


class AuditEvent(models.Model):
    """Who did what to which row. Appended with the change it tells of; nothing edits or deletes it.

    `by` is the person who really decided; empty means the system on its own.
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_constraint=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    changes = models.JSONField(default=dict, help_text='{"field": [before, after]}')

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                func="RAISE EXCEPTION 'the audit trail is append-only';",
            ),
            # At commit, so that the lock of the chain is held for the length of a commit only.
            pgtrigger.Trigger(
                name="seal",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=SEAL,
                declare=[("head", "record"), ("body", "text")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_label}"


class AuditSeal(models.Model):
    """One link of the hash chain over the audit trail, in the order of commits. Written by the trigger."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="seal", db_constraint=False)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


# --- limits -------------------------------------------------------------------------------------------------


class RateBucket(models.Model):
    """A token bucket, shared by all processes. See `portal.limits`."""

    key = models.CharField(max_length=120, primary_key=True)
    tokens = models.FloatField()
    updated_at = models.DateTimeField()


# --- files ------------------------------------------------------------------------------------------------


class AttachmentState(models.TextChoices):
    WAITING = "waiting", _("Waiting for the virus check")
    NOT_SCANNED = "not_scanned", _("Not checked for viruses")
    CLEAN = "clean", _("Checked for viruses")
    INFECTED = "infected", _("A virus was found")


class Attachment(models.Model):
    """A file that hangs on one row; who may see that row may read it. See `portal.attachments`."""

    READABLE = (AttachmentState.NOT_SCANNED, AttachmentState.CLEAN)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    about_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    about_id = models.PositiveBigIntegerField()
    about = GenericForeignKey("about_type", "about_id")
    kind = models.CharField(max_length=40, blank=True, help_text="What it is for, in the words of its app.")
    file = models.FileField(upload_to="attachments", max_length=120)
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="Bytes")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=AttachmentState)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="attachments")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["uploaded_at", "id"]
        constraints = [
            CheckConstraint(name="attachment_state_known", condition=Q(state__in=AttachmentState.values))
        ]
        indexes = [models.Index(fields=["about_type", "about_id"], name="attachment_about")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portal:attachment", args=[self.public_id])

    @property
    def is_readable(self) -> bool:
        return self.state in self.READABLE


# --- notices ----------------------------------------------------------------------------------------------


class NoticeKind(models.TextChoices):
    CASE = "case", _("Due diligence cases")
    CLEARANCE = "clearance", _("Clearances that end or change")
    OFFER = "offer", _("Offers from business")
    MATCH = "match", _("Matches of offers and needs")
    RECORD = "record", _("Partnership records")
    REPORT = "report", _("Progress reports that are due")
    NETWORK = "network", _("Meetings, groups and the library")


class MailChoice(models.TextChoices):
    AT_ONCE = "at_once", _("By mail, at once")
    DAILY = "daily", _("In one mail a day")
    NEVER = "never", _("Only here")


class Notice(models.Model):
    """One thing that one person is told, in the language that person reads. See `portal.notices`."""

    key = models.CharField(max_length=200, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    url = models.CharField(max_length=400, help_text="A path of this portal")
    stop_path = models.CharField(
        max_length=400, blank=True, help_text="Where one post ends mails of this sort, without signing in"
    )
    mail = models.CharField(max_length=8, choices=MailChoice, help_text="The choice when it was written")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            CheckConstraint(name="notice_kind_known", condition=Q(kind__in=NoticeKind.values)),
            CheckConstraint(name="notice_mail_known", condition=Q(mail__in=MailChoice.values)),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_of_user"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.subject


class NoticeChoice(models.Model):
    """How one person wants the mails of one kind; without a row it is at once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    mail = models.CharField(max_length=8, choices=MailChoice)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["user", "kind"], name="one_choice_per_kind"),
            CheckConstraint(name="notice_choice_known", condition=Q(mail__in=MailChoice.values)),
        ]


# --- keys of programs -------------------------------------------------------------------------------------


class ApiToken(models.Model):
    """A key with which a program acts as its owner. Only its hash is kept. See `portal.tokens`."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
