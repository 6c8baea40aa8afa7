"""A mail server of our own that counts what it took and misbehaves on purpose.

Run as a process: `python -m tests.focalpoints.sink PORT JOURNAL [DROP_SHARE]`. Each accepted message is one
line "recipient message-id time" in JOURNAL; a connection dropped after the content was taken, before
the answer, is a line that begins with "!". Recipients speak: "soft…@" gets one 451, "hard…@" a 550, which
is a line that begins with "?". What comes on a dropped connection after the drop is not an answer and counts
for nothing.
"""

import asyncio
import random
import signal
import sys
import threading
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP

GONE = "421 4.3.0 Connection dropped"


class Sink:
    def __init__(self, journal: Path, drop_share: float = 0.0, seed: int = 7):
        self.journal = journal.open("a", buffering=1)
        self.drop_share = drop_share
        self.random = random.Random(seed)
        self.deferred: set[str] = set()

    async def handle_EHLO(
        self, server: SMTP, session, envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]]

    def _drops(self) -> bool:
        return self.random.random() < self.drop_share

    async def handle_MAIL(self, server: SMTP, session, envelope, address, options) -> str:
        if self._drops():
            server.transport.abort()
        if server.transport.is_closing():
            return GONE
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session, envelope, address, options) -> str:
        if self._drops():
            server.transport.abort()
        if server.transport.is_closing():  # the rest of a pipelined packet, whose sender hears nothing more
            return GONE
        if address.startswith("hard"):
            self.journal.write(f"? {address}\n")
            return "550 5.1.1 No such mailbox"
        if address.startswith("policy"):
            self.journal.write(f"? {address}\n")
            return "550 5.7.1 Not today"
        if address.startswith("soft") and address not in self.deferred:
            self.deferred.add(address)
            return "451 4.7.1 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:
        head = envelope.content.partition(b"\r\n\r\n")[0].decode()
        message_id = next(line.split(": ")[1] for line in head.split("\r\n") if line.startswith("Message-ID"))
        is_dropped = self._drops()
        mark = "! " if is_dropped else ""
        self.journal.write(f"{mark}{envelope.rcpt_tos[0]} {message_id} {time.time():.6f}\n")
        if is_dropped:
            server.transport.abort()
        return "250 OK"


class SinkServer:
    """The sink in a thread of this process, on a free port."""

    def __init__(self, journal: Path, drop_share: float = 0.0):
        handler = Sink(journal, drop_share)
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(
            self.loop.create_server(lambda: SMTP(handler, hostname="sink", loop=self.loop), "127.0.0.1", 0)
        )
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.server.close()
        self.loop.close()


async def serve(port: int, journal: Path, drop_share: float) -> None:
    handler = Sink(journal, drop_share)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="sink"), "127.0.0.1", port)
    loop.add_signal_handler(signal.SIGTERM, server.close)
    await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0))
