"""Passwords that others lost: a local list that no password may be on. Nothing is asked of another server.

`manage.py import_breached_passwords FILE` reads the list that is published as lines "SHA-1 in hex:count" in
the order of the hashes, and keeps the first eight bytes of each: a file that is searched by halving.
Source: OWASP ASVS 5.0.0, 6.2.12.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PREFIX_BYTES = 8


def list_file() -> Path:
    return settings.PORTAL_DATA / "breached-passwords.bin"


def write_list(lines: Iterable[str]) -> int:
    """Make the list anew in one step; returns how many. Raises ValueError with the number of a bad line."""
    unfinished, last, count = list_file().with_suffix(".new"), b"", 0
    with unfinished.open("wb") as file:
        for number, line in enumerate(lines, start=1):
            try:
                prefix = bytes.fromhex(line.partition(":")[0].strip())[:PREFIX_BYTES]
            except ValueError:
                raise ValueError(f"line {number} is not a hash") from None
            if len(prefix) < PREFIX_BYTES or prefix < last:
                raise ValueError(f"line {number} is not a hash in ascending order")
            file.write(prefix)
            last, count = prefix, count + 1
    if not count:
        raise ValueError("the list is empty")
    unfinished.replace(list_file())
    return count


def is_breached(password: str) -> bool:
    """Whether the list names this password; False where there is no list."""
    if not list_file().exists():
        return False
    wanted = int.from_bytes(hashlib.sha1(password.encode()).digest()[:PREFIX_BYTES])  # noqa: S324  (the list's)
    prefixes = np.memmap(list_file(), dtype=">u8", mode="r")
    place = bisect_left(prefixes, wanted)
    return place < len(prefixes) and int(prefixes[place]) == wanted


class BreachedPasswordValidator:
    def validate(self, password: str, user=None) -> None:
        if is_breached(password):
            raise ValidationError(
                _("This password is on a list of stolen ones. Choose another."), code="password_breached"
            )

    def get_help_text(self) -> str:
        return _("Your password can’t be one that was stolen elsewhere.")


class OwnWordsValidator:
    """No password is built on the words of this portal. Source: OWASP ASVS 5.0.0, 6.2.11."""

    WORDS = (
        "commonground",
        "common-ground",
        "common ground",
        "unitednations",
        "united nations",
        "partnership",
    )

    def validate(self, password: str, user=None) -> None:
        if any(word in password.lower() for word in self.WORDS):
            raise ValidationError(
                _("Leave out the words of this portal, which others try first."), code="password_own_words"
            )

    def get_help_text(self) -> str:
        return _("Your password can’t contain the name of this portal.")
