"""What a company says to a decision on it, and what the advisory group says of a case."""

from datetime import timedelta

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import User
from screening.models.cases import Case, Decision

REPLY_WITHIN = timedelta(days=30)  # source: criteria.yaml, sharing.company


class ReplyKind(models.TextChoices):
    REPLY = "reply", _("Reply")
    APPEAL = "appeal", _("Appeal")


class ReplyStatus(models.TextChoices):
    OPEN = "open", _("Awaits an answer")
    UPHELD = "upheld", _("The decision stands")
    OVERTURNED = "overturned", _("The company is examined again")


REPLY_MOVES: dict[str, set[str]] = {
    ReplyStatus.OPEN: {ReplyStatus.UPHELD, ReplyStatus.OVERTURNED},
    ReplyStatus.UPHELD: set(),
    ReplyStatus.OVERTURNED: set(),
}


class Reply(models.Model):
    """A company's word on a decision. A reply corrects or adds; an appeal asks other persons to look again.

    `first_decider` and `first_analyst` are those of the decision, so that the database can refuse an answer
    to an appeal by one of them.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="replies")
    kind = models.CharField(_("kind"), max_length=10, choices=ReplyKind)
    text = models.TextField(_("what you want to say"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    first_decider = models.ForeignKey(User, models.PROTECT, related_name="+")
    first_analyst = models.ForeignKey(User, models.PROTECT, related_name="+")
    status = models.CharField(max_length=15, choices=ReplyStatus, default=ReplyStatus.OPEN)
    answer = models.TextField(_("answer to the company"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "replies"
        constraints = [
            CheckConstraint(name="reply_status_known", condition=Q(status__in=ReplyStatus.values)),
            CheckConstraint(name="reply_kind_known", condition=Q(kind__in=ReplyKind.values)),
            UniqueConstraint(
                fields=["decision", "kind"], name="reply_one_open", condition=Q(status=ReplyStatus.OPEN)
            ),
            UniqueConstraint(
                fields=["decision"], name="reply_one_appeal", condition=Q(kind=ReplyKind.APPEAL)
            ),
            CheckConstraint(
                name="reply_answered_by_others",
                condition=Q(answered_by=None)
                | Q(kind=ReplyKind.REPLY)
                | (~Q(answered_by=F("first_decider")) & ~Q(answered_by=F("first_analyst"))),
            ),
            CheckConstraint(
                name="reply_answered_whole",
                condition=Q(status="open") | (Q(answered_by__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.decision.reference}"


class Advice(models.Model):
    """What a member of the advisory group recommends on a case with a high rating.

    Source: A/66/320, paras. 35 and 67.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="advice")
    text = models.TextField(_("what you advise"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "advice"

    def __str__(self) -> str:
        return self.text[:80]
