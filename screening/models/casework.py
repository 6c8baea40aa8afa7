"""What goes on around a case: questions to others, notes that stay with the company, a person's views."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.models import Company
from portal.models import User
from screening.models.cases import Case, WaitingOn


class Question(models.Model):
    """Something the analyst must know from others. While one is open, the clock of the case stands still."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="questions")
    to = models.CharField(_("to"), max_length=15, choices=WaitingOn)
    code = models.CharField(_("criterion"), max_length=20, blank=True)
    text = models.TextField(_("question"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True, help_text="When the analyst went on without an answer.")

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            CheckConstraint(name="question_to_known", condition=Q(to__in=WaitingOn.values)),
            CheckConstraint(
                name="question_answered_whole",
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class CompanyNoteQuerySet(models.QuerySet["CompanyNote"]):
    def visible_to(self, user):
        return self if user.has_perm("screening.view_case") else self.none()


class CompanyNote(models.Model):
    """A reviewer's note on a company. It follows the company to later cases."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="screening_notes")
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, related_name="+", help_text="Where it was written."
    )
    text = models.TextField(_("note"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = CompanyNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.text[:80]


class SavedView(models.Model):
    """A person's own way to look at the queue: the filters of its address under a name."""

    user = models.ForeignKey(User, models.CASCADE, related_name="case_views")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [UniqueConstraint(fields=["user", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
