"""What comes back after a sending: hard at once, soft at the third in thirty days, a complaint at once."""

import hashlib
import imaplib
import mailbox
import ssl
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import unquote, urlsplit

import structlog
from anymail.signals import AnymailTrackingEvent, EventType
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from focalpoints import links
from focalpoints.models import (
    SUBSCRIBER_MOVES,
    Bounce,
    BounceKind,
    Delivery,
    DeliveryStatus,
    Issue,
    Subscriber,
    SubscriberStatus,
    SuppressionReason,
)
from focalpoints.returned import NotAReport, read_returned
from focalpoints.services.subscribers import suppress, unsubscribe
from portal.history import move

log = structlog.get_logger()

SOFT_ENDS_AT = 3
SOFT_COUNTS_FOR = timedelta(days=30)
MAILS_A_TURN = 500
HARD_REFUSAL = r"^55[0-9] 5\.1\.[0-9]"


@transaction.atomic
def note_bounce(
    reader: Subscriber,
    kind: str,
    *,
    key: str,
    words: str,
    issue_id: int | None = None,
    at: datetime | None = None,
) -> bool:
    """Count one report about a reader and draw the consequence. False where `key` was counted before."""
    reader = Subscriber.objects.select_for_update(no_key=True).get(pk=reader.pk)
    delivery = Delivery.objects.filter(issue_id=issue_id, subscriber=reader).first() if issue_id else None
    _bounce, is_new = Bounce.objects.get_or_create(
        key=key[:120],
        defaults={
            "subscriber": reader,
            "delivery": delivery,
            "kind": kind,
            "words": words[:300],
            "at": at or timezone.now(),
        },
    )
    if not is_new:
        return False
    if delivery and kind != BounceKind.SOFT:
        came_back = DeliveryStatus.COMPLAINED if kind == BounceKind.COMPLAINT else DeliveryStatus.BOUNCED
        Delivery.objects.filter(
            pk=delivery.pk, status__in=[DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN]
        ).update(status=came_back, error=words[:300])
    if kind == BounceKind.COMPLAINT:
        _end(reader, SubscriberStatus.UNSUBSCRIBED, SuppressionReason.COMPLAINED)
    elif kind == BounceKind.HARD or _soft_count(reader) >= SOFT_ENDS_AT:
        _end(reader, SubscriberStatus.BOUNCED, SuppressionReason.BOUNCED)
    return True


def _soft_count(reader: Subscriber) -> int:
    """Soft bounces that still count: those since the reader last confirmed, at most thirty days old."""
    since = max(timezone.now() - SOFT_COUNTS_FOR, reader.confirmed_at or reader.created_at)
    return reader.bounces.filter(kind=BounceKind.SOFT, at__gte=since).count()


def _end(reader: Subscriber, status: str, reason: str) -> None:
    suppress(reader.email, reason)
    if reader.status == SubscriberStatus.CONFIRMED:
        reader.ended_at = timezone.now()
        reader.save(update_fields=["ended_at"])
        move(reader, status, moves=SUBSCRIBER_MOVES, by=None, note=reason)


def note_refusals(issue: Issue) -> None:
    """Count the addresses that the mail server itself refused as wrong while the issue went out."""
    refused = issue.deliveries.filter(status=DeliveryStatus.FAILED, error__regex=HARD_REFUSAL)
    for delivery in refused.select_related("subscriber"):
        note_bounce(
            delivery.subscriber,
            BounceKind.HARD,
            key=f"refused:{delivery.pk}",
            words=delivery.error,
            issue_id=issue.pk,
        )


def note_events(provider: str, events: Iterable[AnymailTrackingEvent]) -> Counter[str]:
    """Count what a mail provider reports. Returns how many of each kind were new.

    A provider's "deferred" is a soft bounce only once it gives up, which it reports as bounced.
    """
    counts: Counter[str] = Counter()
    for event in events:
        kind = _kind_of(event)
        reader, issue_id = _whom(event)
        if reader and event.event_type == EventType.UNSUBSCRIBED:
            unsubscribe(reader)
        if not (kind and reader):
            continue
        key = f"{provider}:{event.event_id or hashlib.sha256(repr(event.esp_event).encode()).hexdigest()}"
        words = event.mta_response or event.description or ""
        if note_bounce(reader, kind, key=key, words=str(words), issue_id=issue_id, at=event.timestamp):
            counts[kind] += 1
    return counts


def _kind_of(event: AnymailTrackingEvent) -> str:
    if event.event_type == EventType.COMPLAINED:
        return BounceKind.COMPLAINT
    if event.event_type in (EventType.BOUNCED, EventType.REJECTED):
        return BounceKind.HARD if event.reject_reason in ("invalid", "bounced") else BounceKind.SOFT
    return ""


def _whom(event: AnymailTrackingEvent) -> tuple[Subscriber | None, int | None]:
    """The reader, and the issue where the provider kept our Message-ID."""
    key = str(event.message_id or "").strip("<>").partition("@")[0]
    try:
        issue_id, subscriber_id = links.read_message_key(key)
    except links.LinkBroken:
        return Subscriber.objects.filter(email__iexact=event.recipient or "").first(), None
    return Subscriber.objects.filter(pk=subscriber_id).first(), issue_id


@transaction.atomic
def read_mailbox() -> Counter[str]:
    """Count the reports in the mailbox of returned mail and empty it. Returns how many mails of each kind.

    A mail leaves the mailbox once its count is committed; read twice it counts once.
    """
    counts: Counter[str] = Counter()
    if settings.BOUNCE_MAILBOX:
        names = []
        with _opened(settings.BOUNCE_MAILBOX) as returned:
            for name, raw in returned.mails():
                counts[_note_returned(raw)] += 1
                names.append(name)
        remove = partial(_remove_mails, settings.BOUNCE_MAILBOX, names)
        transaction.on_commit(remove, robust=True)  # what stays is read again
    return counts


def _note_returned(raw: bytes) -> str:
    try:
        report = read_returned(raw)
    except NotAReport as why:
        log.info("a mail among the returned ones is no report", why=str(why))
        return "other"
    reader = Subscriber.objects.filter(pk=report.subscriber_id).first()
    if reader:
        key = f"mailbox:{hashlib.sha256(raw).hexdigest()}"
        note_bounce(reader, report.kind, key=key, words=report.words, issue_id=report.issue_id)
    return report.kind


def _remove_mails(address: str, names: list[str]) -> None:
    with _opened(address) as returned:
        returned.remove(names)


@dataclass(frozen=True)
class Folder:
    """Returned mail in a Maildir folder; names are its keys."""

    maildir: mailbox.Maildir

    def mails(self) -> Iterator[tuple[str, bytes]]:
        for name in self.maildir.keys()[:MAILS_A_TURN]:
            yield name, self.maildir.get_bytes(name)

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            self.maildir.discard(name)


@dataclass(frozen=True)
class Inbox:
    """Returned mail behind IMAP; names are its UIDs."""

    server: imaplib.IMAP4

    def mails(self) -> Iterator[tuple[str, bytes]]:
        _answer, [uids] = self.server.uid("SEARCH", "ALL")
        for uid in (uids or b"").decode().split()[:MAILS_A_TURN]:
            _answer, [content, *_rest] = self.server.uid("FETCH", uid, "(BODY.PEEK[])")
            yield uid, content[1]

    def remove(self, names: Iterable[str]) -> None:
        for uid in names:
            self.server.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
        self.server.expunge()


@contextmanager
def _opened(address: str) -> Iterator[Folder | Inbox]:
    """The mailbox at `imaps://user:password@host/FOLDER`, or in a Maildir folder."""
    parts = urlsplit(address)
    if parts.scheme != "imaps":
        with closing(mailbox.Maildir(address, create=False)) as folder:
            yield Folder(folder)
        return
    # imaplib checks no certificate unless it is given a context that does.
    trusted = ssl.create_default_context()
    with imaplib.IMAP4_SSL(
        parts.hostname or "", parts.port or 993, ssl_context=trusted, timeout=20
    ) as server:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        server.select(unquote(parts.path.strip("/")) or "INBOX")
        yield Inbox(server)
