"""Takes every mail the portal sends and keeps it as a file: nothing leaves the machine.

Run as `python -m portal.one_machine.mailsink FD FOLDER`, with a listening socket as open file FD.
"""

import asyncio
import errno
import os
import socket
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    def __init__(self, folder: Path):
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one mail, with the envelope's addresses as headers: blind copies show only there."""
        headers = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\r\n"
        path = self.folder / f"{time.time_ns()}.eml"
        try:
            with open(
                os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(headers.encode() + (envelope.original_content or b""))
        except OSError as error:
            if error.errno == errno.ENOSPC:
                return "452 4.3.1 The disk is full"
            raise
        path.with_suffix(".new").rename(path)
        return "250 2.0.0 Kept"


async def serve(listener: socket.socket, folder: Path) -> None:
    sink = Sink(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(sink, hostname="localhost", enable_SMTPUTF8=True), sock=listener
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])))
