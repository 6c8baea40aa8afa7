import base64
import hashlib
import hmac
import imaplib
import json
import mailbox
import socket
import ssl
from collections import Counter
from datetime import timedelta
from threading import Thread

import pytest
import time_machine
from django.utils import timezone

from focalpoints import links, sender_domain
from focalpoints.models import Delivery, DeliveryStatus, Subscriber, SubscriberStatus, Suppression
from focalpoints.queries import newsletter as queries
from focalpoints.returned import NotAReport, read_returned
from focalpoints.services import bounces
from focalpoints.services import subscribers as subscriber_services
from tests.focalpoints.factories import IssueFactory, SubscriberFactory
from tests.portal.factories import as_a_person

pytestmark = pytest.mark.django_db


def report(quoted: str, *, status: str = "5.1.1", action: str = "failed", head: str = "") -> bytes:
    """A report of delivery as mail servers write them (RFC 3464), about the mail of a Message-ID."""
    return f"""From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail
{head}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver it.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; reader@test.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such user

--b
Content-Type: text/rfc822-headers

Message-ID: <{quoted}@example.org>
Subject: Water
--b--
""".replace("\n", "\r\n").encode()


def delivered(**fields) -> Delivery:
    issue = IssueFactory(status="sent", sending_at=timezone.now(), sent_at=timezone.now())
    return Delivery.objects.create(
        issue=issue, subscriber=SubscriberFactory(**fields), language="en", status=DeliveryStatus.SENT
    )


def key_of(delivery: Delivery) -> str:
    return links.message_key(delivery.issue_id, delivery.subscriber_id)


def status_of(reader: Subscriber) -> str:
    return Subscriber.objects.get(pk=reader.pk).status


# --- what a returned mail says --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", "hard"),
        ("5.1.10", "hard"),
        ("5.2.1", "hard"),
        ("5.2.2", "soft"),
        ("4.4.7", "soft"),
        ("x", "soft"),
    ],
)
def test_kinds_of_returned_mail(status, kind):
    found = read_returned(report(links.message_key(3, 7), status=status))
    assert (found.kind, found.issue_id, found.subscriber_id) == (kind, 3, 7)
    assert found.words.startswith(status)


def test_a_complaint_is_read():
    raw = (
        b"Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\n--b\r\n"
        b"Content-Type: message/rfc822\r\n\r\nMessage-ID: <%s@example.org>\r\n\r\nWords\r\n--b--\r\n"
        % links.message_key(3, 7).encode()
    )
    assert read_returned(raw).kind == "complaint"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00 garbage",
        b"Subject: Hello\r\n\r\nI am on holiday.",
        report("newsletter-3-7-0123456789abcdef"),  # a seal that somebody made up
        report("newsletter-3-7"),
        report("x", action="delayed"),
        report("x").partition(b"Reporting-MTA")[0],
        b"Content-Type: multipart/mixed; boundary=" + b"b" * 70_000 + b"\r\n\r\n--b",
        b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(4000)
        ),
        b"x" * 300_000,
    ],
    ids=range(10),
)
def test_every_other_mail_is_no_report(raw):
    with pytest.raises(NotAReport):
        read_returned(raw)


def test_a_sealed_key_of_one_reader_is_no_key_of_another():
    ours = links.message_key(3, 7)
    with pytest.raises(links.LinkBroken):
        links.read_message_key(ours.replace("-7-", "-8-"))


def read(capture) -> Counter:
    with capture(execute=True):
        return bounces.read_mailbox()


def test_the_mailbox_is_counted_and_emptied(settings, tmp_path, django_capture_on_commit_callbacks):
    folder = mailbox.Maildir(tmp_path / "returned", create=True)
    settings.BOUNCE_MAILBOX = str(tmp_path / "returned")
    gone, full = delivered(), delivered()
    for raw in (report(key_of(gone)), report(key_of(full), status="5.2.2"), b"Subject: Win money\r\n\r\nHi"):
        folder.add(raw)
    bounces.read_mailbox()
    assert len(mailbox.Maildir(tmp_path / "returned")) == 3, "nothing goes before the count is committed"
    assert read(django_capture_on_commit_callbacks) == {"hard": 1, "soft": 1, "other": 1}
    assert gone.subscriber.bounces.count() == 1, "read twice it counts once"
    assert len(mailbox.Maildir(tmp_path / "returned")) == 0
    assert (status_of(gone.subscriber), status_of(full.subscriber)) == ("bounced", "confirmed")
    gone.refresh_from_db()
    assert gone.status == DeliveryStatus.BOUNCED


class Mailserver:
    """A stand-in on this machine that speaks as much IMAP4rev1 (RFC 3501) as the reader asks for."""

    def __init__(self, mails: list[bytes]):
        self.mails = dict(enumerate(mails, 11))  # by UID
        self.deleted: set[int] = set()
        self.said: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        for _visit in range(2):  # one that reads, one that removes
            connection, _address = self.listener.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"* OK ready\r\n")
                for line in lines:
                    tag, _space, command = line.decode().strip().partition(" ")
                    self.said.append(command)
                    connection.sendall(self.answer(command) + f"{tag} OK done\r\n".encode())

    def answer(self, command: str) -> bytes:
        words = command.split()
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if words[0] == "SELECT":
            return f"* {len(self.mails)} EXISTS\r\n".encode()
        if words[:2] == ["UID", "SEARCH"] and self.mails:
            return f"* SEARCH {' '.join(map(str, self.mails))}\r\n".encode()
        if words[:2] == ["UID", "FETCH"]:
            uid = int(words[2])
            mail = self.mails[uid]
            return f"* 1 FETCH (UID {uid} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n"
        if words[:2] == ["UID", "STORE"]:
            self.deleted.add(int(words[2]))
        elif words[0] == "EXPUNGE":
            self.mails = {uid: mail for uid, mail in self.mails.items() if uid not in self.deleted}
        return b""


@pytest.fixture
def mailserver(settings, monkeypatch):
    """Opens a stand-in with these mails in its folder; TLS, which it does not speak, is left out."""
    opened, contexts = [], []

    def plain(host, port, *, ssl_context, timeout):
        contexts.append(ssl_context)
        return imaplib.IMAP4(host, port, timeout=timeout)

    def start(mails: list[bytes]) -> Mailserver:
        opened.append(Mailserver(mails))
        settings.BOUNCE_MAILBOX = f"imaps://reader%40portal:se%2Fcret@127.0.0.1:{opened[-1].port}/Returned"
        return opened[-1]

    monkeypatch.setattr(bounces.imaplib, "IMAP4_SSL", plain)
    yield start
    for server in opened:
        server.thread.join(timeout=10)
        server.listener.close()
    assert all(context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname for context in contexts)


def test_a_mailbox_behind_imap_is_counted_and_emptied(mailserver, django_capture_on_commit_callbacks):
    gone, full = delivered(), delivered()
    reports = [report(key_of(gone)), report(key_of(full), status="5.2.2"), b"Subject: Win money\r\n\r\nHi"]
    server = mailserver(reports)
    assert read(django_capture_on_commit_callbacks) == {"hard": 1, "soft": 1, "other": 1}
    assert server.mails == {}
    assert 'LOGIN reader@portal "se/cret"' in server.said
    assert "SELECT Returned" in server.said
    assert status_of(gone.subscriber) == "bounced"


def test_an_empty_mailbox_behind_imap_is_read(mailserver, django_capture_on_commit_callbacks):
    mailserver([])
    assert read(django_capture_on_commit_callbacks) == {}


# --- what follows ---------------------------------------------------------------------------------


def test_soft_bounces_end_a_reader_at_the_third_within_thirty_days():
    reader = SubscriberFactory(confirmed_at=timezone.now() - timedelta(days=400))
    now = timezone.now()
    for n, days_ago in enumerate((31, 20, 10)):
        bounces.note_bounce(reader, "soft", key=f"s{n}", words="full", at=now - timedelta(days=days_ago))
    assert not bounces.note_bounce(reader, "soft", key="s2", words="the same report again")
    assert status_of(reader) == SubscriberStatus.CONFIRMED
    assert bounces.note_bounce(reader, "soft", key="s3", words="full")
    assert status_of(reader) == SubscriberStatus.BOUNCED


def test_a_reader_who_confirms_anew_starts_afresh():
    reader = SubscriberFactory()
    bounces.note_bounce(reader, "hard", key="h", words="no such user")
    assert is_barred(reader)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        subscriber_services.confirm_reader(reader)
        for n in range(2):
            bounces.note_bounce(reader, "soft", key=f"s{n}", words="full")
    assert status_of(reader) == SubscriberStatus.CONFIRMED
    assert not is_barred(reader)


def is_barred(reader: Subscriber) -> bool:
    return Suppression.objects.filter(address_hash=Suppression.hash_of(reader.email.upper())).exists()


def test_whoever_complains_hears_nothing_any_more(client, run_jobs, mailoutbox):
    reader = SubscriberFactory()
    subscriber_services.unsubscribe(SubscriberFactory())
    bounces.note_bounce(reader, "complaint", key="c", words="")
    assert status_of(reader) == SubscriberStatus.UNSUBSCRIBED
    wish = {"email": reader.email, "topics": ["quarterly"], "language": "en", "agrees": "on"}
    assert client.post("/subscribe/", as_a_person(**wish)).status_code == 200
    run_jobs()
    assert mailoutbox == []


def test_an_erased_reader_who_left_is_not_in_an_audience_again():
    """The same question in SQL and in Python: an address that comes back by another way stays out."""
    from django.db import connection

    from focalpoints.services.sending import FREEZE

    reader = SubscriberFactory(email="left@test.example")
    subscriber_services.unsubscribe(reader)
    Subscriber.objects.filter(pk=reader.pk).delete()
    SubscriberFactory(email="LEFT@test.example")
    stays = SubscriberFactory()
    issue = IssueFactory()
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, {"issue": issue.pk, "editions": ["en"], "topic": "quarterly"})
    assert [delivery.subscriber for delivery in issue.deliveries.all()] == [stays]


# --- providers ------------------------------------------------------------------------------------


def mailgun(event: dict, key: str = "signing-key") -> dict:
    stamp, token = "1700000000", "t" * 50
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": {"id": "e1", "timestamp": 1700000000.0, **event},
    }


@pytest.fixture
def by_mailgun(settings):
    settings.MAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "signing-key"}


def post(client, payload: dict, provider: str = "mailgun", **headers):
    return client.post(f"/mail-events/{provider}/", json.dumps(payload), "application/json", headers=headers)


def test_a_signed_bounce_counts_once(client, by_mailgun):
    delivery = delivered()
    event = {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "recipient": delivery.subscriber.email,
        "message": {"headers": {"message-id": f"{key_of(delivery)}@example.org"}},
        "delivery-status": {"code": 550, "message": "No such user"},
    }
    assert post(client, mailgun(event)).json() == {"hard": 1}
    assert post(client, mailgun(event)).json() == {}
    assert status_of(delivery.subscriber) == SubscriberStatus.BOUNCED
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.BOUNCED


def test_unsigned_and_unknown_reports_are_refused(client, by_mailgun, settings):
    reader = SubscriberFactory()
    event = {"event": "complained", "recipient": reader.email, "message": {"headers": {"message-id": "x"}}}
    assert post(client, mailgun(event, key="another")).status_code == 400
    assert post(client, mailgun(event), provider="postmark").status_code == 404
    assert status_of(reader) == SubscriberStatus.CONFIRMED
    assert post(client, mailgun(event)).json() == {"complaint": 1}
    assert status_of(reader) == SubscriberStatus.UNSUBSCRIBED


@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailInsecureWebhookWarning")
def test_a_provider_without_signatures_needs_the_secret(client, settings):
    settings.MAIL_PROVIDER, settings.ANYMAIL = "postmark", {}
    reader = SubscriberFactory()
    event = {"RecordType": "SpamComplaint", "ID": 7, "Email": reader.email, "MessageID": "x"}
    assert post(client, event, "postmark").status_code == 403
    settings.ANYMAIL = {"WEBHOOK_SECRET": "user:long-secret"}
    assert post(client, event, "postmark").status_code == 400
    word = base64.b64encode(b"user:long-secret").decode()
    assert post(client, event, "postmark", authorization=f"Basic {word}").json() == {"complaint": 1}


# --- the sender in DNS ----------------------------------------------------------------------------

SOUND = {
    "example.org": ["google-site-verification=x", "v=spf1 include:_spf.example.net -all"],
    "mail._domainkey.example.org": ["v=DKIM1; k=rsa; p=MIGf"],
    "_dmarc.example.org": ["v=DMARC1; p=quarantine"],
}


@pytest.fixture
def dns(settings, monkeypatch):
    """The answers of DNS, by name."""
    from django.core.cache import cache

    cache.clear()
    settings.MAIL_CHECKS_DNS, settings.MAIL_DKIM_SELECTOR = True, "mail"
    settings.DEFAULT_FROM_EMAIL = "Common Ground <portal@example.org>"
    answers = dict(SOUND)
    monkeypatch.setattr(sender_domain, "txt_records", lambda name: answers.get(name, []))
    yield answers
    cache.clear()


def sender_gate() -> tuple[str, str]:
    gate = queries._sender_gates()[0]
    return gate.state, str(gate.label)


def test_a_sound_sender_passes(dns):
    assert sender_gate() == ("ok", "SPF, DKIM and DMARC of example.org stand")


@pytest.mark.parametrize(
    ("name", "rows", "missing"),
    [
        ("example.org", ["v=spf1 +all"], "SPF"),
        ("example.org", [], "SPF"),
        ("mail._domainkey.example.org", ["v=DKIM1; p="], "DKIM"),
        ("_dmarc.example.org", ["v=DMARC2"], "DMARC"),
    ],
)
def test_a_missing_record_stops_the_issue(dns, name, rows, missing):
    dns[name] = rows
    assert sender_gate() == ("stop", f"{missing} of example.org missing")


def test_a_silent_dns_stops_too(dns, monkeypatch):
    def silent(name):
        raise sender_domain.DnsSilent

    monkeypatch.setattr(sender_domain, "txt_records", silent)
    assert sender_gate() == ("stop", "DNS does not answer for example.org")
