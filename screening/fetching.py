"""Fetches a published list: from its fixed hosts only, over https, with limits on size and time."""

import http.client
import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import IO
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _

from portal.errors import RuleViolation

MAX_BYTES = 400 * 1024 * 1024
MAX_SECONDS = 240  # in all; a job's lease is longer
SOCKET_SECONDS = 30
MAX_REDIRECTS = 3
CHUNK = 1 << 16


def is_public_address(url: str) -> bool:
    """May a list be kept at this address: https, a host with a public name, no port, no user?

    A number in place of the name, or a name of the inside ("localhost", "db.internal"), is no publisher.
    """
    try:
        asked = urlsplit(url)
        has_port = asked.port is not None
    except ValueError:
        return False
    return asked.scheme == "https" and not has_port and not asked.username and is_public_host(asked.hostname)


def is_public_host(name: str | None) -> bool:
    labels = (name or "").lower().split(".")
    return (
        len(labels) > 1
        and all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", label) for label in labels)
        and not labels[-1].isdigit()
        and labels[-1] not in {"local", "localhost", "internal", "lan", "home", "arpa", "test", "invalid"}
    )


class Unreachable(RuleViolation):
    """The publisher did not answer, or not now: worth another try later."""


@dataclass(frozen=True)
class Fetched:
    """`is_unchanged` is the publisher's word (304) that the file we have is the current one."""

    is_unchanged: bool
    etag: str = ""
    last_modified: str = ""


def fetch(
    url: str,
    into: IO[bytes],
    *,
    home: str,
    hosts: Collection[str] = (),
    etag: str = "",
    last_modified: str = "",
) -> Fetched:
    """Write the file at `url` into an open file.

    `home` is the list's own address: only its host is asked, and only `hosts` are followed to. Raises
    Unreachable where another try may help, RuleViolation with a sentence for every other failure.
    """
    own = urlsplit(home).hostname
    allowed = {own, *hosts} - {None}
    headers = {"User-Agent": "CommonGround/1.0", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    for _hop in range(MAX_REDIRECTS + 1):
        asked = urlsplit(url)
        if asked.scheme != "https" or asked.hostname not in allowed or asked.port or asked.username:
            raise RuleViolation(_("Only https://%(host)s is asked for this list.") % {"host": own or "…"})
        connection = http.client.HTTPSConnection(str(asked.hostname), timeout=SOCKET_SECONDS)
        try:
            path = f"{asked.path or '/'}{'?' + asked.query if asked.query else ''}"
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            if response.status in (301, 302, 303, 307, 308):
                url = urljoin(url, response.getheader("Location") or "")
                continue
            if response.status == 304:
                return Fetched(is_unchanged=True, etag=etag, last_modified=last_modified)
            if response.status != 200:
                kind = (
                    Unreachable if response.status in (408, 429) or response.status >= 500 else RuleViolation
                )
                raise kind(_("The publisher answered with %(status)d.") % {"status": response.status})
            _copy(response, into)
            return Fetched(False, response.getheader("ETag") or "", response.getheader("Last-Modified") or "")
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(
                _("The publisher could not be reached: %(reason)s.") % {"reason": error}
            ) from error
        finally:
            connection.close()
    raise RuleViolation(_("The publisher's address leads on and on."))


def _copy(response: http.client.HTTPResponse, into: IO[bytes]) -> None:
    end, size = time.monotonic() + MAX_SECONDS, 0
    while chunk := response.read(CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise RuleViolation(_("The file is larger than any published list."))
        if time.monotonic() > end:
            raise RuleViolation(
                _("The file took longer than %(seconds)d seconds.") % {"seconds": MAX_SECONDS}
            )
        into.write(chunk)
