"""Mails in the reader's language, as text and HTML from one source.

A notice is one file, templates/emails/<template>.txt: the subject, an empty line, then paragraphs. A line
that is only an address becomes a button, lines that begin with "- " a list. A mail with a drawn layout,
such as the newsletter, brings its own <template>.html as well, which extends emails/base.html.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import translation


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str


@cache
def inliner() -> css_inline.CSSInliner:
    """Moves the styles of emails/base.html to the elements, where mail readers look. Fetches nothing."""
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


def compose(template: str, context: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Subject and body of a notice as plain text; raises ValueError where the template has no subject."""
    with translation.override(language):
        context = {"portal_url": settings.PORTAL_URL, "product_name": settings.PRODUCT_NAME, **context}
        subject, _empty, body = render_to_string(f"emails/{template}.txt", context).strip().partition("\n\n")
    if not body or "\n" in subject:
        raise ValueError(f"emails/{template}.txt must begin with one subject line and an empty line.")
    return subject, body.strip()


def render_mail(template: str, context: Mapping[str, Any], language: str) -> Mail:
    """Subject, text and HTML of a mail."""
    subject, body = compose(template, context, language)
    with translation.override(language):
        context = {"portal_url": settings.PORTAL_URL, "product_name": settings.PRODUCT_NAME, **context}
        context |= {"subject": subject, "blocks": blocks(body)}
        try:
            html = render_to_string(f"emails/{template}.html", context)
        except TemplateDoesNotExist:
            html = render_to_string("emails/notice.html", context)
        text = render_to_string("emails/base.txt", {**context, "body": body})
    return Mail(subject, text.strip() + "\n", inliner().inline(html))


def blocks(body: str) -> list[dict]:
    """The parts of a notice: {"kind": "text" | "list" | "link", "lines": [str]}, split at empty lines."""
    found = []
    for part in body.strip().split("\n\n"):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if not lines:
            continue
        if all(line.startswith("- ") for line in lines):
            found.append({"kind": "list", "lines": [line[2:] for line in lines]})
        elif len(lines) == 1 and lines[0].startswith(("https://", "http://")) and " " not in lines[0]:
            found.append({"kind": "link", "lines": lines})
        else:
            found.append({"kind": "text", "lines": lines})
    return found


def message_id(key: str) -> str:
    """A Message-ID that is the same for every try of the same job, so that a repeat is seen as one."""
    host = urlsplit(settings.PORTAL_URL).hostname or "localhost"
    return f"<{quote(key, safe='')}@{host}>"


def send_mail(
    template: str,
    context: Mapping[str, Any],
    *,
    to: str,
    language: str,
    key: str,
    stop_path: str = "",
) -> None:
    """Send one mail to one address; raises what the mail server raises, so that its job tries again.

    With `stop_path` the reader's mail program offers to end such mails with one click (RFC 8058).
    """
    mail = render_mail(template, context, language)
    one_click = {
        "List-Unsubscribe": f"<{settings.PORTAL_URL}{stop_path}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        settings.DEFAULT_FROM_EMAIL,
        [to],
        headers={
            "Message-ID": message_id(key),
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
            **(one_click if stop_path else {}),
        },
    )
    message.attach_alternative(mail.html, "text/html")
    message.send()
