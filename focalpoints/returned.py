"""What a returned mail says: reports of delivery (RFC 3464) and of abuse (RFC 5965).

Anybody can write to the mailbox of returned mail, so a report counts only where it quotes the Message-ID of
a mail of ours, whose seal nobody can make up. What it says beyond that is shown and never run or followed.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from focalpoints import links
from focalpoints.models import BounceKind

LARGEST = 256 * 1024  # bytes; a report quotes a mail, and ours are smaller
# RFC 3463: the address is wrong (5.1.x) or its mailbox is closed (5.2.1). All else may pass, as a full one.
HARD = re.compile(r"5\.(1\.\d{1,3}|2\.1)")
MESSAGE_ID = re.compile(r"<([^<>@\s]{1,120})@[^<>@\s]{1,255}>")


@dataclass(frozen=True)
class Returned:
    kind: str
    issue_id: int
    subscriber_id: int
    words: str


class NotAReport(Exception):
    """Not a report about a mail of ours; its text says why."""


def read_returned(raw: bytes) -> Returned:
    """The report in a mail. Raises NotAReport for every other mail, however it is made."""
    if len(raw) > LARGEST:
        raise NotAReport("larger than any report")
    try:
        parts = list(message_from_bytes(raw).walk())
    except RecursionError as error:  # thousands of parts in parts
        raise NotAReport("nested too deeply") from error
    kind, words = _verdict(parts)
    issue_id, subscriber_id = _about(parts)
    return Returned(kind, issue_id, subscriber_id, words)


def _verdict(parts: list[Message]) -> tuple[str, str]:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            return BounceKind.COMPLAINT, "complaint"
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else []:
                if isinstance(block, Message) and _word(block, "Action").lower() == "failed":
                    status = _word(block, "Status")
                    kind = BounceKind.HARD if HARD.fullmatch(status) else BounceKind.SOFT
                    return kind, f"{status} {_word(block, 'Diagnostic-Code')}".strip()[:300]
    raise NotAReport("no recipient that failed")


def _about(parts: list[Message]) -> tuple[int, int]:
    """The mail that is quoted: its head, or the whole of it."""
    for part in parts:
        quoted = _word(part, "Message-ID")
        if part.get_content_type() == "text/rfc822-headers":
            quoted = str(part.get_payload())
        for found in MESSAGE_ID.finditer(quoted):
            try:
                return links.read_message_key(found[1])
            except links.LinkBroken:
                continue
    raise NotAReport("it quotes no mail of ours")


def _word(part: Message, name: str) -> str:
    """A header on one line, printable; empty where it is missing."""
    return "".join(c for c in " ".join(str(part.get(name, "")).split()) if c.isprintable())
