"""The whole portal on one machine: what `make run` starts, and the database of a `manage.py` command.

`python -m portal.one_machine` starts PostgreSQL, a broker, the web server, the workers, beat and a mail
sink, watches them and stops them; everything they keep lies in one data folder.
"""

import atexit
import os
import sys
import time

from portal.one_machine.data_folder import Busy, CannotStart, DataFolder, is_given
from portal.one_machine.postgres import Postgres

__all__ = ["CannotStart", "ensure_database"]

WAIT_FOR_OTHER_COMMAND_SECONDS = 60

# Commands that read no table. For the others a database is found or started.
NEED_NO_DATABASE = {
    "help",
    "version",
    "check",
    "collectstatic",
    "findstatic",
    "makemessages",
    "compilemessages",
    "startapp",
    "spectacular",
    "score_pairs",
    "screen_names",
    "rank_needs",
    "rate",
}


def ensure_database(argv: list[str]) -> None:
    """Put into the environment what a `manage.py` command lacks to reach database, broker and mail.

    Nothing happens where DATABASE_URL is set: a server says all of it. Else the command takes part in the
    portal that runs on the data folder; and where none runs, it has the embedded database to itself,
    stopped when the process ends. Raises CannotStart.
    """
    if is_given("DATABASE_URL"):
        return
    data = DataFolder.from_environment()
    if len(argv) < 2 or argv[1] in NEED_NO_DATABASE or {"-h", "--help"} & set(argv):
        _fill({"DATABASE_URL": "postgres:///portal", **alone(data)})
    elif environment := _running_portal(data):
        _fill(environment)
    else:
        postgres = Postgres(data)
        server = postgres.start()
        atexit.register(server.stop, patience_seconds=30)
        _fill({"DATABASE_URL": postgres.url, **alone(data)})


def alone(data: DataFolder) -> dict[str, str]:
    """The environment of a command without a portal: jobs wait in the database, mail is printed."""
    return {
        "PORTAL_DATA": str(data.path),
        "SECRET_KEY_FILE": str(data.secret_key_file()),
        "DEMO": "1",
        "CELERY_BROKER_URL": "memory://localhost",
        "EMAIL_URL": "consolemail://",
    }


def _fill(environment: dict[str, str]) -> None:
    for name, value in environment.items():
        if not is_given(name.removesuffix("_FILE")):
            os.environ[name] = value


def _running_portal(data: DataFolder) -> dict[str, str]:
    """The environment of the portal on this data folder; empty when this process holds the folder itself.

    Waits while a portal starts, and while another command has the database to itself.
    """
    give_up_at = time.monotonic() + WAIT_FOR_OTHER_COMMAND_SECONDS
    told = False
    while True:
        try:
            data.lock()
        except Busy as busy:
            if environment := data.running():
                return environment
            if time.monotonic() > give_up_at:
                raise
            if not told:
                sys.stderr.write(f"{busy} Waiting for it.\n")
                told = True
            time.sleep(0.2)
        else:
            data.forget_running()  # left by a portal that was killed
            return {}
