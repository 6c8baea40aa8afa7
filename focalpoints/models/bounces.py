import hashlib

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models.newsletter import Delivery, Subscriber


class BounceKind(models.TextChoices):
    HARD = "hard", _("The address does not exist")
    SOFT = "soft", _("Could not be delivered for now")
    COMPLAINT = "complaint", _("Reported as unwanted")


class Bounce(models.Model):
    """A mail of the newsletter that came back, or a complaint about one. A report counts once, by `key`."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="bounces")
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="bounces")
    kind = models.CharField(max_length=10, choices=BounceKind)
    words = models.CharField(max_length=300, blank=True, help_text="What the other server said.")
    at = models.DateTimeField(default=timezone.now)
    key = models.CharField(max_length=120, unique=True)

    class Meta:
        constraints = [
            CheckConstraint(name="bounce_kind_known", condition=Q(kind__in=BounceKind.values)),
        ]
        indexes = [models.Index(fields=["subscriber", "at"], name="bounce_of_reader")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, reader {self.subscriber_id}"


class SuppressionReason(models.TextChoices):
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    BOUNCED = "bounced", _("Address bounces")
    COMPLAINED = "complained", _("Reported as unwanted")


class Suppression(models.Model):
    """An address that gets no newsletter whatever list it stands on, kept without the address itself.

    It outlives the erasure of a reader. Confirming anew lifts it; a complaint is never lifted by a form.
    """

    address_hash = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=15, choices=SuppressionReason)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            CheckConstraint(
                name="suppression_reason_known", condition=Q(reason__in=SuppressionReason.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address_hash[:12]}: {self.get_reason_display()}"

    @staticmethod
    def hash_of(email: str) -> str:
        """SHA-256 of the address in small letters, which the database can make for a whole audience too."""
        return hashlib.sha256(email.lower().encode()).hexdigest()
