"""A throw-away database, for a test run or one command: `python -m portal.one_machine.testing COMMAND`."""

import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from portal.one_machine.data_folder import DataFolder
from portal.one_machine.postgres import Postgres


def ensure_test_database() -> str:
    """DATABASE_URL as set, else that of a new server without disk safety, which ends with this process."""
    if "DATABASE_URL" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="common-ground-test-"))
        folder.chmod(0o711)
        postgres = Postgres(DataFolder(folder), throw_away=True)
        server = postgres.start()

        def clear_up() -> None:
            server.stop(10)
            shutil.rmtree(folder)

        atexit.register(clear_up)
        os.environ["DATABASE_URL"] = postgres.url
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    return os.environ["DATABASE_URL"]


if __name__ == "__main__":
    ensure_test_database()
    sys.exit(subprocess.run(sys.argv[1:]).returncode)  # noqa: S603  (the developer's own command)
