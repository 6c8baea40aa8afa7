"""The mail of an issue: cast once a language, then only the personal parts are put in.

A personal message is bytes ready for SMTP. Its bodies are base64, so no line is too long, none begins with
a dot, and no server on the way has a reason to rewrite it.
"""

from binascii import b2a_base64
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy

from focalpoints.editions import Edition
from focalpoints.links import link_for
from focalpoints.models import Issue
from portal.emails import render_mail

# Stand-ins for the personal links while the mail is cast; letters and digits only, so nothing escapes them.
PREFERENCES, UNSUBSCRIBE = "0PERSONALPREFERENCES0", "0PERSONALUNSUBSCRIBE0"
WHY = gettext_lazy("You get this because you subscribed and confirmed. Nobody tracks whether you open it.")
BOUNDARY = "=-common-ground-newsletter"


@dataclass(frozen=True)
class Mould:
    head: bytes
    text: str
    html: str
    domain: str


def mould_of(issue: Issue, content: Edition, *, is_test: bool = False) -> Mould:
    """The mail of one edition with stand-ins for what differs from reader to reader."""
    mail = render_mail(
        "newsletter_issue",
        {
            "issue": issue,
            "edition": content,
            "is_test": is_test,
            "why": WHY,
            "archive_url": f"{settings.PORTAL_URL}/news/{issue.number}/",
            "preferences_url": f"{settings.PORTAL_URL}/{PREFERENCES}",
            "unsubscribe_url": f"{settings.PORTAL_URL}/{UNSUBSCRIBE}",
        },
        content.language,
    )
    head = EmailMessage(policy=SMTP)
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    head["From"] = Address(name, addr_spec=address)
    head["Subject"] = mail.subject
    if issue.sending_at:
        head["Date"] = format_datetime(issue.sending_at)
    head["Content-Language"] = content.language
    head["Precedence"] = "bulk"
    domain = address.partition("@")[2]
    head["List-Id"] = f"UN-Business Focal Point <newsletter.{domain}>"
    head["MIME-Version"] = "1.0"
    head_bytes = head.as_bytes().rstrip(b"\r\n") + b"\r\n"
    return Mould(head_bytes, mail.text, mail.html, domain)


def personal(mould: Mould, *, subscriber_id: int, email: str, key: str) -> bytes:
    """The message of one reader. `key` makes its Message-ID, the same for each try."""
    if any(ord(c) < 33 or c in '<>,;:"' for c in email):
        raise ValueError("This is not a plain address.")
    preferences = link_for("preferences", subscriber_id)
    unsubscribe = link_for("unsubscribe", subscriber_id)

    def part(kind: str, body: str) -> bytes:
        body = body.replace(f"/{PREFERENCES}", preferences).replace(f"/{UNSUBSCRIBE}", unsubscribe)
        encoded = b2a_base64(body.encode(), newline=False)
        lines = [encoded[start : start + 76] for start in range(0, len(encoded), 76)]
        head = (
            f"--{BOUNDARY}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n"
        )
        return head.encode() + b"\r\n".join(lines) + b"\r\n"

    # Written by hand: the standard library folds and encodes long addresses; one-click needs them plain.
    head = (
        f"To: {wire_address(email)}\r\n"
        f"Message-ID: <{key}@{mould.domain}>\r\n"
        f"List-Unsubscribe: <{settings.PORTAL_URL}{unsubscribe}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n'
    ).encode()
    end = f"--{BOUNDARY}--\r\n".encode()
    return mould.head + head + part("plain", mould.text) + part("html", mould.html) + end


def wire_address(email: str) -> str:
    """The address as SMTP takes it: the domain in its ASCII form."""
    local, _at, domain = email.rpartition("@")
    return f"{local}@{punycode(domain)}"
