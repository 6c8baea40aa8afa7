"""Signed links that go out in mail: whoever holds one may do the one thing it is for, without signing in."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse

# How long a link of each kind works; None is for ever. Unsubscribing must never fail for its age.
LIFETIMES: dict[str, timedelta | None] = {
    "confirm": timedelta(days=7),
    "preferences": timedelta(days=180),
    "unsubscribe": None,
    "entry_confirm": timedelta(days=60),
}


class LinkExpired(Exception):
    """The link was ours, but is too old."""


class LinkBroken(Exception):
    """Not a link of this portal, or cut off on its way."""


def token_for(kind: str, pk: int) -> str:
    return _signer(kind).sign(str(pk))


def link_for(kind: str, pk: int) -> str:
    """The path of a personal link; mails put the address of the portal before it."""
    return reverse(f"focalpoints:{kind}", args=[token_for(kind, pk)])


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


def _signer(kind: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=f"focalpoints.{kind}")
