from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy

from focalpoints import consent
from focalpoints.links import link_for
from focalpoints.models import (
    SUBSCRIBER_MOVES,
    Subscriber,
    SubscriberStatus,
    Suppression,
    SuppressionReason,
)
from portal.emails import send_mail
from portal.history import move
from portal.jobs import enqueue

WHY = gettext_lazy("You get this mail because somebody entered your address for the newsletter.")
ONE_MAIL_EACH = timedelta(days=1)
UNCONFIRMED_KEPT = timedelta(days=30)


@transaction.atomic
def subscribe(*, email: str, language: str, topics: Iterable[str], source: str = "form") -> None:
    """Note the wish and mail a link that confirms it, at most one mail a day to an address.

    Answers the same whether the address is new, waiting, confirmed or gone. Of a confirmed reader
    nothing changes: anybody could type that address; the mail then holds the link to the preferences.
    """
    try:
        with transaction.atomic():
            reader = Subscriber.objects.create(
                email=email.lower(),
                language=language,
                topics=list(topics),
                consent_text=consent.CURRENT,
                source=source,
            )
    except IntegrityError:
        reader = Subscriber.objects.select_for_update(no_key=True).get(email__iexact=email)
        if reader.status != SubscriberStatus.CONFIRMED:
            reader.language, reader.topics, reader.consent_text = language, list(topics), consent.CURRENT
            reader.save(update_fields=["language", "topics", "consent_text"])
    _queue_mail(reader)


@transaction.atomic
def send_new_link(subscriber_id: int) -> None:
    """Mail a fresh link to the holder of one that is too old. The same limit of one mail a day."""
    reader = Subscriber.objects.select_for_update(no_key=True).filter(pk=subscriber_id).first()
    if reader is not None:
        _queue_mail(reader)


def _queue_mail(reader: Subscriber) -> None:
    now = timezone.now()
    listed = Suppression.objects.filter(address_hash=Suppression.hash_of(reader.email))
    if listed.filter(reason=SuppressionReason.COMPLAINED).exists():
        return  # whoever reported us gets no mail, even if somebody types that address here
    if reader.confirmation_sent_at and now - reader.confirmation_sent_at < ONE_MAIL_EACH:
        return
    reader.confirmation_sent_at = now
    reader.save(update_fields=["confirmation_sent_at"])
    enqueue(
        "focalpoints.mail_reader",
        key=f"mail_reader:{reader.pk}:{now.isoformat()}",
        subscriber_id=reader.pk,
        sent_key=f"mail_reader:{reader.pk}:{now.isoformat()}",
    )


def mail_reader(reader: Subscriber, *, key: str) -> None:
    """The mail of the double opt-in; a reader who has confirmed gets the link to the preferences instead."""
    if reader.status == SubscriberStatus.CONFIRMED:
        template, path = "newsletter_preferences", link_for("preferences", reader.pk)
    else:
        template, path = "newsletter_confirm", link_for("confirm", reader.pk)
    send_mail(template, {"path": path, "why": WHY}, to=reader.email, language=reader.language, key=key)


@transaction.atomic
def confirm_reader(reader: Subscriber) -> Subscriber:
    """The second step of the opt-in. Done twice it changes nothing."""
    reader = Subscriber.objects.select_for_update(no_key=True).get(pk=reader.pk)
    if reader.status == SubscriberStatus.CONFIRMED:
        return reader
    reader.confirmed_at, reader.ended_at = timezone.now(), None
    reader.save(update_fields=["confirmed_at", "ended_at"])
    Suppression.objects.filter(address_hash=Suppression.hash_of(reader.email)).delete()
    move(reader, SubscriberStatus.CONFIRMED, moves=SUBSCRIBER_MOVES, by=None, note=reader.consent_text)
    return reader


def erase_unconfirmed() -> int:
    """Forget addresses that nobody confirmed within 30 days of the last mail. Returns how many."""
    waiting = Subscriber.objects.filter(status=SubscriberStatus.PENDING)
    asked_at = Coalesce("confirmation_sent_at", "created_at")
    old = waiting.annotate(asked_at=asked_at).filter(asked_at__lt=timezone.now() - UNCONFIRMED_KEPT)
    _total, by_model = old.delete()
    return by_model.get("focalpoints.Subscriber", 0)


@transaction.atomic
def set_preferences(reader: Subscriber, *, language: str, topics: Iterable[str]) -> Subscriber:
    """Change what a reader gets; without a topic they get nothing and are unsubscribed."""
    reader = Subscriber.objects.select_for_update(no_key=True).get(pk=reader.pk)
    reader.language, reader.topics = language, list(topics)
    reader.save(update_fields=["language", "topics"])
    return reader if reader.topics else unsubscribe(reader)


@transaction.atomic
def unsubscribe(reader: Subscriber) -> Subscriber:
    """Stop at once, in the middle of a sending too. Done twice it changes nothing."""
    reader = Subscriber.objects.select_for_update(no_key=True).get(pk=reader.pk)
    if reader.status != SubscriberStatus.UNSUBSCRIBED:
        reader.ended_at = timezone.now()
        reader.save(update_fields=["ended_at"])
        move(reader, SubscriberStatus.UNSUBSCRIBED, moves=SUBSCRIBER_MOVES, by=None)
        suppress(reader.email, SuppressionReason.UNSUBSCRIBED)
    return reader


def suppress(email: str, reason: str) -> None:
    """Keep an address off every list from now on; a complaint outweighs what stood there before."""
    row, is_new = Suppression.objects.get_or_create(
        address_hash=Suppression.hash_of(email), defaults={"reason": reason}
    )
    if not is_new and reason == SuppressionReason.COMPLAINED:
        row.reason = reason
        row.save(update_fields=["reason"])
