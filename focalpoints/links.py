"""Signed links that go out in mail: whoever holds one may do the one thing it is for, without signing in."""

import re
from datetime import timedelta
from functools import cache

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

# How long a link of each kind works; None is for ever. Unsubscribing must never fail for its age.
LIFETIMES: dict[str, timedelta | None] = {
    "confirm": timedelta(days=7),
    "preferences": timedelta(days=180),
    "unsubscribe": None,
    "entry_confirm": timedelta(days=60),
    "news_link": None,
}

MESSAGE_KEY = re.compile(r"newsletter-([0-9]{1,18})-([0-9]{1,18})-[0-9a-f]{16}")


class LinkExpired(Exception):
    """The link was ours, but is too old."""


class LinkBroken(Exception):
    """Not a link of this portal, or cut off on its way."""


def token_for(kind: str, pk: int) -> str:
    return _signer(kind).sign(str(pk))


def link_for(kind: str, pk: int) -> str:
    """The path of a personal link; mails put the address of the portal before it."""
    return _path(kind).replace("TOKEN", token_for(kind, pk))


@cache
def _path(kind: str) -> str:
    return reverse(f"focalpoints:{kind}", args=["TOKEN"])


def read_token(kind: str, token: str) -> int:
    """The id a link stands for. Raises LinkExpired or LinkBroken."""
    try:
        return int(_signer(kind).unsign(token, max_age=LIFETIMES[kind]))
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except (signing.BadSignature, ValueError) as error:
        raise LinkBroken from error


def read_expired_token(kind: str, token: str) -> int:
    """The id of a link whatever its age. Raises LinkBroken."""
    try:
        return int(_signer(kind).unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise LinkBroken from error


def message_key(issue_id: int, subscriber_id: int) -> str:
    """What stands before the @ of a Message-ID: the same for each try, and nobody else can make it up.

    A returned mail that quotes it is about a mail of ours.
    """
    named = f"{issue_id}-{subscriber_id}"
    seal = salted_hmac("focalpoints.message", named).hexdigest()[:16]
    return f"newsletter-{named}-{seal}"


def read_message_key(key: str) -> tuple[int, int]:
    """The issue and the reader of a Message-ID. Raises LinkBroken for one that is not ours."""
    found = MESSAGE_KEY.fullmatch(key)
    if found is None or not constant_time_compare(key, message_key(int(found[1]), int(found[2]))):
        raise LinkBroken
    return int(found[1]), int(found[2])


def _signer(kind: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=f"focalpoints.{kind}")
