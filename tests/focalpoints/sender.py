"""Workers that send one issue, for tests that kill them.

Run as `python -m tests.focalpoints.sender ISSUE PIDS CLAIM_SECONDS`. A parent sets Django up and keeps two
children alive; PIDS holds their process ids. It has no database connection of its own. Each child sends
until the parent is ended.
"""

import os
import signal
import sys
import time
from pathlib import Path

import django

django.setup()

from focalpoints.services import sending  # noqa: E402  (needs the set-up)

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
            written = pids.with_suffix(".new")
            written.write_text("\n".join(map(str, alive)))
            written.replace(pids)  # whole at any moment: the test reads it to choose whom to kill
        died, _status = os.wait()
        alive.discard(died)


if __name__ == "__main__":
    sending.CLAIM_SECONDS = int(sys.argv[3])
    main(int(sys.argv[1]), Path(sys.argv[2]))
