"""Partnerships that anybody registers: open at any time, voluntary, read by the registry desk.

Source: A/58/227, paras. 18–24 (the registry of partnerships of the World Summit on Sustainable Development).
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.models.partnerships import Partnership
from portal.models import User

DRAFT_KEPT = timedelta(days=60)  # since the last answer; after that a registration that was never sent goes


class RegistrationStatus(models.TextChoices):
    DRAFT = "draft", _("Being filled in")
    SUBMITTED = "submitted", _("With the registry desk")
    CLARIFICATION = "clarification", _("A question is open")
    ACCEPTED = "accepted", _("In the registry")
    DECLINED = "declined", _("Not taken into the registry")


_S = RegistrationStatus
REGISTRATION_MOVES: dict[str, set[str]] = {
    _S.DRAFT: {_S.SUBMITTED},
    _S.SUBMITTED: {_S.CLARIFICATION, _S.ACCEPTED, _S.DECLINED},
    _S.CLARIFICATION: {_S.SUBMITTED, _S.DECLINED},
    _S.ACCEPTED: set(),
    _S.DECLINED: set(),
}


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, user):
        """The registry desk reads what was sent; the person who fills it in holds a link instead."""
        if user.has_perm("partnerships.review_partnership"):
            return self.exclude(status=RegistrationStatus.DRAFT)
        return self.none()


class Registration(models.Model):
    """What somebody without an account tells of a partnership. `answers` is {step: {field: value}}."""

    reference = models.CharField(max_length=20, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    answers = models.JSONField(default=dict)
    status = models.CharField(max_length=15, choices=RegistrationStatus, default=RegistrationStatus.DRAFT)
    message = models.TextField(blank=True, help_text="The desk's question, or the reason of a refusal.")
    partnership = models.OneToOneField(
        Partnership, models.PROTECT, null=True, blank=True, related_name="registration"
    )
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                name="registration_status_known", condition=Q(status__in=RegistrationStatus.values)
            ),
            CheckConstraint(
                name="registration_accepted_has_record",
                condition=~Q(status=RegistrationStatus.ACCEPTED) | Q(partnership__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.reference

    @property
    def title(self) -> str:
        return self.answers.get("what", {}).get("title", "")
