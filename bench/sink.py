"""The mail server of the newsletter bench: takes everything and counts it, at next to no cost.

Run as `python -m bench.sink PORT`. A measured mailing should wait for its own work, not for the server's.
"""

import asyncio
import signal
import sys

ANSWERS = {b"EHLO": b"250-bench\r\n250 PIPELINING\r\n", b"DATA": b"354 Go on\r\n", b"QUIT": b"221 Bye\r\n"}
END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    def connection_made(self, transport) -> None:
        self.transport, self.waiting, self.in_content = transport, b"", False
        transport.write(b"220 bench\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        answers = []
        while (found := self.waiting.find(END if self.in_content else b"\r\n")) >= 0:
            if self.in_content:
                self.waiting, self.in_content = self.waiting[found + len(END) :], False
                answers.append(b"250 Taken\r\n")
                continue
            command, self.waiting = self.waiting[:4].upper(), self.waiting[found + 2 :]
            answers.append(ANSWERS.get(command, b"250 OK\r\n"))
            self.in_content = command == b"DATA"
        self.transport.write(b"".join(answers))


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.close)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
