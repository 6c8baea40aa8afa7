"""Proof that the audit trail is whole.

Each event is sealed at commit by a hash over its content and the hash before it (see `AuditSeal`). A
chain cannot show that its own tail was cut, so the head is written every day, signed, to a file that
belongs on another disk: `PORTAL_DATA/audit-anchors.jsonl`.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

ROWS = """
SELECT seal.position, seal.previous, seal.hash, event.id,
    concat_ws(chr(31), event.id::text, to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        coalesce(event.by_id::text, ''), event.action, event.subject_type, event.subject_id,
        event.subject_label, event.note, event.changes::text)
FROM portal_auditseal seal LEFT JOIN portal_auditevent event ON event.id = seal.event_id
ORDER BY seal.position
"""


def faults() -> Iterator[str]:
    """Each thing wrong with the trail, in plain words, first row first; nothing when it is whole."""
    expected, previous, hashes = 1, "", {}
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        while rows := cursor.fetchmany(5000):
            for position, said_previous, said_hash, event_id, body in rows:
                if position != expected:
                    yield f"Seal {expected} is missing; the next one is {position}."
                if event_id is None:
                    yield f"The event of seal {position} was deleted."
                elif said_previous != previous:
                    yield f"Seal {position} does not follow the one before it."
                elif said_hash != _hash(previous, body):
                    yield f"Event {event_id} (seal {position}) was changed after it was written."
                expected, previous = position + 1, said_hash
                hashes[position] = said_hash
        cursor.execute(
            "SELECT event.id FROM portal_auditevent event "
            "LEFT JOIN portal_auditseal seal ON seal.event_id = event.id WHERE seal.event_id IS NULL"
        )
        for (event_id,) in cursor.fetchall():
            yield f"Event {event_id} has no seal: it was inserted around the trigger or its seal was cut."
    for anchor in anchors():
        if not hmac.compare_digest(anchor["mac"], _mac(anchor["position"], anchor["hash"])):
            yield f"The anchor of {anchor['at']} is not signed with this server's key."
        elif anchor["position"] and hashes.get(anchor["position"]) != anchor["hash"]:
            yield f"The anchor of {anchor['at']} names seal {anchor['position']}, which is gone or differs."


def write_anchor() -> dict:
    """Append the signed head of the chain to the anchor file. Returns the anchor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, hash FROM portal_auditseal ORDER BY position DESC LIMIT 1")
        position, head = cursor.fetchone() or (0, "")
    anchor = {
        "at": timezone.now().isoformat(),
        "position": position,
        "hash": head,
        "mac": _mac(position, head),
    }
    path = anchor_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(anchor) + "\n")
    return anchor


def anchors() -> list[dict]:
    path = anchor_file()
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def anchor_file() -> Path:
    return settings.PORTAL_DATA / "audit-anchors.jsonl"


def _hash(previous: str, body: str) -> str:
    return hashlib.sha256(f"{previous}\x1f{body}".encode()).hexdigest()


def _mac(position: int, head: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"audit:{position}:{head}".encode(), "sha256").hexdigest()
