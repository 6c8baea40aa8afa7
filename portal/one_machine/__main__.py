"""`python -m portal.one_machine`: the whole portal, until Ctrl-C."""

import os
import signal
import sys

from portal.one_machine.data_folder import CannotStart, DataFolder
from portal.one_machine.supervisor import Supervisor
from portal.one_machine.tether import die_with_parent


def main() -> None:
    if sys.platform != "linux":
        raise CannotStart("This launcher is for Linux. Elsewhere use docker-compose.yml.")
    port = os.environ.setdefault("PORT", "8000")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CannotStart(f"PORT is {port!r}; it must be a number from 1 to 65535.")
    if "MAKELEVEL" in os.environ:  # a `make run` that is killed takes us along
        die_with_parent(os.getppid(), signal.SIGTERM)
    Supervisor(DataFolder.from_environment(), int(port)).run()


if __name__ == "__main__":
    try:
        main()
    except CannotStart as reason:
        sys.exit(str(reason))
