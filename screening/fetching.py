"""Fetches a published list: from its fixed host only, over https, with limits on size and time."""

import http.client
import time
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from portal.errors import RuleViolation

MAX_BYTES = 400 * 1024 * 1024
MAX_SECONDS = 240  # in all; a job's lease is longer
SOCKET_SECONDS = 30
CHUNK = 1 << 16


@dataclass(frozen=True)
class Fetched:
    """`is_unchanged` is the publisher's word (304) that the file we have is the current one."""

    is_unchanged: bool
    etag: str = ""
    last_modified: str = ""


def fetch(url: str, into: IO[bytes], *, home: str, etag: str = "", last_modified: str = "") -> Fetched:
    """Write the file at `url` into an open file. `home` is the list's own address: no other host is asked.

    A redirect is not followed. Raises RuleViolation with a sentence for every failure.
    """
    asked, own = urlsplit(url), urlsplit(home)
    if asked.scheme != "https" or not own.hostname or asked.hostname != own.hostname or asked.port:
        raise RuleViolation(
            _("Only https://%(host)s is asked for this list.") % {"host": own.hostname or "…"}
        )
    headers = {"User-Agent": "CommonGround/1.0", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    path = f"{asked.path or '/'}{'?' + asked.query if asked.query else ''}"
    connection = http.client.HTTPSConnection(asked.hostname, timeout=SOCKET_SECONDS)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        if response.status == 304:
            return Fetched(is_unchanged=True, etag=etag, last_modified=last_modified)
        if response.status != 200:
            raise RuleViolation(_("The publisher answered with %(status)d.") % {"status": response.status})
        _copy(response, into)
        return Fetched(False, response.getheader("ETag") or "", response.getheader("Last-Modified") or "")
    except (OSError, http.client.HTTPException) as error:
        raise RuleViolation(
            _("The publisher could not be reached: %(reason)s.") % {"reason": error}
        ) from error
    finally:
        connection.close()


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
