"""Asks the register of Legal Entity Identifiers: one fixed host, a short answer, a short wait.

Source: GLEIF API 1.0, `GET /lei-records/{lei}`.
"""

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 10
MAX_BYTES = 512 * 1024


class RegisterSilent(Exception):
    """The register did not answer, or not in the way it says it does: worth another try later."""


@dataclass(frozen=True)
class LeiRecord:
    """`is_current`: the entity exists and the registration of its LEI is kept up."""

    names: tuple[str, ...]  # the legal name first
    is_current: bool


def record_of(lei: str, *, address: str) -> LeiRecord | None:
    """The record of an LEI, None where the register has none. `address` is that of its records.

    Redirects are not followed. Raises RegisterSilent.
    """
    register = urlsplit(address)
    kind = http.client.HTTPSConnection if register.scheme == "https" else http.client.HTTPConnection
    connection = kind(str(register.hostname), register.port, timeout=SECONDS)
    try:
        headers = {"Accept": "application/vnd.api+json", "User-Agent": "CommonGround/1.0"}
        connection.request("GET", f"{register.path.rstrip('/')}/{lei}", headers=headers)
        response = connection.getresponse()
        if response.status == 404:
            return None
        body = response.read(MAX_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise RegisterSilent(str(error)) from error
    finally:
        connection.close()
    if response.status != 200 or len(body) > MAX_BYTES:
        raise RegisterSilent(f"status {response.status}, {len(body)} bytes")
    return _read(body)


def _read(body: bytes) -> LeiRecord:
    try:
        facts = json.loads(body)["data"]["attributes"]
        entity = facts["entity"]
        others = [*(entity.get("otherNames") or []), *(entity.get("transliteratedOtherNames") or [])]
        return LeiRecord(
            names=(entity["legalName"]["name"], *(other["name"] for other in others)),
            is_current=entity["status"] == "ACTIVE" and facts["registration"]["status"] == "ISSUED",
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RegisterSilent(f"unreadable: {error}") from error
