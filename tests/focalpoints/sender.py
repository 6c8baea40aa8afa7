"""Workers that send one issue, for tests that kill them: `python -m tests.focalpoints.sender ISSUE PIDS`.

A parent sets Django up and keeps two children alive; PIDS holds their process ids. It has no database
connection of its own. Each child sends until the parent is ended.
"""

import os
import signal
import sys
import time
from pathlib import Path

import django

django.setup()

from focalpoints.services import sending  # noqa: E402  (needs the set-up)

sending.CLAIM_SECONDS = 2
sending.RETRY_SECONDS = 0.2


def child(issue_id: int) -> None:
    while True:
        sending.deliver(issue_id, seconds=2)
        time.sleep(0.1)


def main(issue_id: int, pids: Path) -> None:
    alive: set[int] = set()

    def stop(*_args) -> None:
        for pid in alive:
            os.kill(pid, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    while True:
        while len(alive) < 2:
            pid = os.fork()
            if pid == 0:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                child(issue_id)
            alive.add(pid)
            pids.write_text("\n".join(map(str, alive)))
        died, _status = os.wait()
        alive.discard(died)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
