"""Handing mails to the mail server over one kept connection, and saying honestly how each ended.

Where the server offers pipelining (RFC 2920), the content of a message and the envelope of the next go out
in one packet, so a message costs one turn on the line. An envelope alone hands nothing over: a connection
that is closed before the content leaves nothing behind.
"""

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext as _

from focalpoints.models import DeliveryStatus
from focalpoints.moulds import wire_address
from portal.errors import RuleViolation

ACCEPTED: list[tuple[int, ...]] = [(250,), (250, 251), (354,)]  # MAIL, RCPT, DATA
Reply = tuple[int, bytes]


@dataclass(frozen=True)
class Outcome:
    status: str
    error: str = ""
    is_cut_off: bool = False  # the connection is gone
    retry_seconds: float = 0


SENT = Outcome(DeliveryStatus.SENT)


class Relay:
    """A connection to the mail server, as a context manager.

    Raises OSError or SMTPException where none opens.
    """

    def __enter__(self) -> "Relay":
        # smtplib by way of Django's back end, which knows the settings for TLS, sign-in and time-out.
        self.backend = get_connection()
        if not isinstance(self.backend, EmailBackend):
            raise RuleViolation(_("The newsletter needs an SMTP server; set EMAIL_URL to one."))
        self.backend.open()
        assert self.backend.connection is not None
        self.server: smtplib.SMTP = self.backend.connection
        self.server.ehlo_or_helo_if_needed()
        self.pipelines = self.server.has_extn("pipelining")
        self.sender = wire_address(settings.MAIL_RETURN_PATH or parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
        self.opened: tuple[str, Reply | None] | None = None  # whose envelope is open, and its refusal
        return self

    def __exit__(self, *_error) -> None:
        if self.opened is None:
            self.backend.close()
        else:  # a QUIT would be taken for content
            self.server.close()

    def hand_over(self, email: str, message: bytes, *, next_email: str = "") -> Outcome:
        """One message. With `next_email` the envelope of the message after it may be opened as well.

        Says "uncertain" only where the content left us and no answer came back.
        """
        try:
            refusal = self._open(email)
        except UnicodeEncodeError:
            return Outcome(DeliveryStatus.FAILED, "the address is not in ASCII")
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(DeliveryStatus.QUEUED, str(error)[:300], is_cut_off=True)
        if refusal is not None:
            return self._refused(*refusal)
        opens_next = next_email if self.pipelines and next_email.isascii() else ""
        try:
            self.server.send(message + b".\r\n" + (self._envelope(opens_next) if opens_next else b""))
            code, reply = self.server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(DeliveryStatus.UNCERTAIN, str(error)[:300], is_cut_off=True)
        outcome = SENT if code == 250 else self._answered(code, reply)
        if outcome.is_cut_off or not opens_next:
            return outcome
        try:
            self.opened = (opens_next, self._read_envelope())
        except (OSError, smtplib.SMTPException):  # of the next message nothing but its envelope has left us
            return Outcome(outcome.status, outcome.error, is_cut_off=True)
        return outcome

    def _open(self, email: str) -> Reply | None:
        """The envelope of a message, unless it is open already. Answers the first refusal, or None."""
        if self.opened is not None:
            (opened, refusal), self.opened = self.opened, None
            if opened != email:
                raise smtplib.SMTPServerDisconnected("an envelope for somebody else is open")
            return refusal
        if self.pipelines:
            self.server.send(self._envelope(email))
            return self._read_envelope()
        for command, codes in zip(self._commands(email), ACCEPTED, strict=True):
            code, reply = self.server.docmd(command)
            if code not in codes:
                return code, reply
        return None

    def _commands(self, email: str) -> list[str]:
        return [f"mail FROM:<{self.sender}>", f"rcpt TO:<{wire_address(email)}>", "data"]

    def _envelope(self, email: str) -> bytes:
        return "".join(f"{command}\r\n" for command in self._commands(email)).encode("ascii")

    def _read_envelope(self) -> Reply | None:
        replies = [self.server.getreply() for _command in ACCEPTED]
        refusal = next((r for r, codes in zip(replies, ACCEPTED, strict=True) if r[0] not in codes), None)
        if refusal is not None and replies[-1][0] == 354:  # RFC 2920, 3.1: it has no reader, so this ends it
            self.server.send(".\r\n")
            self.server.getreply()
        return refusal

    def _refused(self, code: int, reply: bytes) -> Outcome:
        """An envelope that was refused; the connection is ready for the next."""
        outcome = self._answered(code, reply)
        if not outcome.is_cut_off:
            with suppress(OSError, smtplib.SMTPException):
                self.server.rset()
        return outcome

    def _answered(self, code: int, reply: bytes) -> Outcome:
        """A refusal is an answer: 4xx may be tried again, 5xx never."""
        status = DeliveryStatus.FAILED if 500 <= code < 600 else DeliveryStatus.QUEUED
        return Outcome(status, f"{code} {reply.decode(errors='replace')}"[:300], is_cut_off=code in (421, -1))
