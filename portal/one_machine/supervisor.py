"""Starts the portal's processes in order, watches them, and stops them."""

import errno
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from portal.one_machine.broker import broker
from portal.one_machine.data_folder import Busy, CannotStart, DataFolder, is_given
from portal.one_machine.postgres import Postgres
from portal.one_machine.prepare import progress, release
from portal.one_machine.program import Program

ANSWER_WITHIN_SECONDS = 120
STOP_SECONDS = 4  # for a request or job that still runs; a job cut short is taken up again
DATABASE_STOP_SECONDS = 30
RUNNING_WELL_SECONDS = 60
LONGEST_PAUSE_SECONDS = 30
MEGABYTES_TO_GO_ON = 16

# What a command beside the running portal must know to be part of it.
SHARED = (
    "PORTAL_DATA",
    *("DATABASE_URL", "DATABASE_URL_FILE"),
    *("REDIS_URL", "REDIS_URL_FILE", "CELERY_BROKER_URL", "CELERY_FILESYSTEM_DIR"),
    *("SECRET_KEY", "SECRET_KEY_FILE"),
    *("EMAIL_URL", "EMAIL_URL_FILE"),
    *("DEMO", "PORT", "PORTAL_URL", "ALLOWED_HOSTS"),
)


class StopAsked(Exception):
    """Ctrl-C, or a signal that means the same."""


@dataclass
class Watched:
    program: Program
    started_at: float
    failures: int = 0
    start_again_at: float | None = None


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


class Supervisor:
    def __init__(self, data: DataFolder, port: int):
        self.data = data
        self.port = port
        self.watched: list[Watched] = []  # in the order of their start
        self.is_new = False  # a database that nobody uses yet
        self.is_ready = False
        self.web_socket: socket.socket
        self.mail_socket: socket.socket | None = None

    def run(self) -> None:
        """Run the portal until a signal asks to stop. Raises CannotStart; leaves no process behind."""
        began_at = time.monotonic()
        try:
            lock = self.data.lock()
        except Busy as busy:
            address = f" at {self.data.running()['PORTAL_URL']}" if self.data.running() else ""
            raise CannotStart(
                f"{busy} If that is a running portal, use it{address}, or stop it first; "
                "for a second one set PORTAL_DATA and PORT."
            ) from busy
        ask_to_stop_on_signals()
        try:
            self._start()
            say(self._welcome(time.monotonic() - began_at))
            while True:
                self._watch()
        except StopAsked:
            say("Stopping.")
        finally:
            self._stop()
            os.close(lock)

    # --- start ----------------------------------------------------------------------------------------

    def _start(self) -> None:
        environment = os.environ
        self.data.forget_running()
        self.web_socket = listen(self.port)
        environment["PORTAL_DATA"] = str(self.data.path)
        environment.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        environment.setdefault("PORTAL_URL", f"http://localhost:{self.port}")
        environment.setdefault("DEMO", "1")
        if not is_given("SECRET_KEY"):
            environment["SECRET_KEY_FILE"] = str(self.data.secret_key_file())
        self._start_database_and_broker()
        if not is_given("EMAIL_URL"):
            self.mail_socket = listen(0)
            environment["EMAIL_URL"] = f"smtp://127.0.0.1:{self.mail_socket.getsockname()[1]}"
        self.data.note_running({name: environment[name] for name in SHARED if environment.get(name)})
        self._prepare_and_serve()
        # The web has the two cores to itself until it answers; a mail or a job waits for these meanwhile.
        if self.mail_socket:
            self._add(self._mail_sink(self.mail_socket))
        for program in self._workers():
            self._add(program)
        self.is_ready = True

    def _start_database_and_broker(self) -> None:
        """Start what the environment does not name already."""
        postgres = None if is_given("DATABASE_URL") else Postgres(self.data)
        sockets = postgres.sockets if postgres else self.data.make("sockets")
        broker_program, broker_environment = broker(self.data, sockets)
        os.environ.update(broker_environment)
        if broker_program:
            self._add(broker_program)
        if postgres:
            self.is_new = not postgres.cluster.exists()
            if self.is_new:
                say("First start: making the database.")
            try:
                self._adopt(postgres.start())
            except BaseException:
                if postgres.program:
                    postgres.program.stop(DATABASE_STOP_SECONDS)
                raise
            os.environ["DATABASE_URL"] = postgres.url

    def _prepare_and_serve(self) -> None:
        """Bring the database up to date; start the web once its tables are there, at once where it is new."""
        this_release = release()
        prepare, web = self._prepare(), self._web()
        give_up_at = time.monotonic() + ANSWER_WITHIN_SECONDS
        if progress(self.data).get("content") != this_release:
            prepare.start()
        try:
            while True:
                if web.process is None and (self.is_new or progress(self.data).get("schema") == this_release):
                    self._add(web)
                if prepare.is_running:  # however long a migration takes
                    give_up_at = time.monotonic() + ANSWER_WITHIN_SECONDS
                elif prepare.exit_code:
                    raise CannotStart(f"The database could not be prepared: {prepare.describe_end()}")
                elif (status := readiness(self.port)) == 200:
                    return
                elif status == 503 and prepare.process is None:  # a restored copy, older than the note
                    prepare.start()
                elif time.monotonic() > give_up_at:
                    raise CannotStart(f"The web does not answer. The logs are in {self.data.path / 'log'}.")
                self._watch(0.1)
        finally:
            prepare.stop(STOP_SECONDS)

    def _python(
        self,
        name: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        pass_fds: tuple[int, ...] = (),
    ) -> Program:
        return Program(
            name=name,
            argv=[sys.executable, "-m", *arguments],
            log=self.data.make("log") / f"{name}.log",
            environment=environment or {},
            pass_fds=pass_fds,
        )

    def _prepare(self) -> Program:
        return self._python("prepare", "portal.one_machine.prepare")

    def _web(self) -> Program:
        # The socket is ours and stays open: during a restart a visitor waits and is not refused.
        return self._python(
            "web",
            "gunicorn",
            "portal.wsgi:application",
            f"--bind=fd://{self.web_socket.fileno()}",
            "--config=python:portal.one_machine.forks",
            "--worker-class=gthread",
            "--workers=2",
            "--threads=4",
            "--timeout=60",
            "--graceful-timeout=3",
            "--no-control-socket",
            pass_fds=(self.web_socket.fileno(),),
        )

    def _mail_sink(self, listener: socket.socket) -> Program:
        return self._python(
            "mail",
            "portal.one_machine.mailsink",
            str(listener.fileno()),
            str(self.data.make("mail")),
            pass_fds=(listener.fileno(),),
        )

    def _workers(self) -> list[Program]:
        def worker(queue: str, processes: int, environment: Mapping[str, str] | None = None) -> Program:
            return self._python(
                f"worker-{queue}",
                "celery",
                "--app=portal",
                "worker",
                f"--queues={queue}",
                f"--hostname={queue}@%h",
                f"--concurrency={processes}",
                "--include=portal.one_machine.forks",
                "--loglevel=INFO",
                "--without-gossip",
                "--without-mingle",
                environment=environment,
            )

        schedule = f"--schedule={self.data.make('beat') / 'schedule'}"
        beat = self._python(
            "beat", "celery", "--app=portal", "beat", schedule, "--pidfile=", "--loglevel=INFO"
        )
        # Matching has a worker of its own: it carries a large name tagger, asked all over its memory. Large
        # pages make that a twentieth to an eighth quicker.
        large_pages = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
        return [worker("default", 2), worker("screening", 1, large_pages), beat]

    def _welcome(self, seconds: float) -> str:
        lines = [f"Ready after {seconds:.1f} s: {os.environ['PORTAL_URL']}"]
        prepared = progress(self.data)
        if accounts := prepared.get("accounts"):
            width = max(len(role) for role, _email in accounts)
            lines.append(f"Demo accounts, password {prepared['password']}:")
            lines += [f"  {role:<{width}}  {email}" for role, email in accounts]
        lines.append(f"Data, mail and logs are in {self.data.path}. Ctrl-C stops everything.")
        return "\n".join(lines)

    # --- watch and stop -------------------------------------------------------------------------------

    def _add(self, program: Program) -> None:
        program.start()
        self._adopt(program)

    def _adopt(self, program: Program) -> None:
        self.watched.append(Watched(program, started_at=time.monotonic()))

    def _watch(self, seconds: float = 5.0) -> None:
        """Wait, at most that long, for the end of a process; start again what ended.

        The pause before doubles from one second to half a minute, and begins anew after a good minute.
        Raises CannotStart where a process ends before the portal was ready, or the disk is full.
        """
        now = time.monotonic()
        for watched in self.watched:
            program = watched.program
            if program.exit_code is None:
                continue
            if watched.start_again_at is None:
                self.data.need_space(MEGABYTES_TO_GO_ON)
                if not self.is_ready:
                    raise CannotStart(f"The portal did not start: {program.describe_end()}")
                if now - watched.started_at > RUNNING_WELL_SECONDS:
                    watched.failures = 0
                pause_seconds = min(2**watched.failures, LONGEST_PAUSE_SECONDS)
                watched.failures += 1
                watched.start_again_at = now + pause_seconds
                say(f"Starting again in {pause_seconds} s: {program.describe_end()}")
            elif now >= watched.start_again_at:
                program.start()
                watched.started_at, watched.start_again_at = now, None
        due = [w.start_again_at - now for w in self.watched if w.start_again_at is not None]
        signal.sigtimedwait([signal.SIGCHLD], max(0.0, min([seconds, *due])))

    def _stop(self) -> None:
        """Stop beat, workers and web together, then what they stand on, the database last."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        programs = [watched.program for watched in reversed(self.watched)]
        base = [program for program in programs if program.name in ("broker", "postgres")]
        upper = [program for program in programs if program not in base]
        for program in upper:
            program.ask_to_stop()
        give_up_at = time.monotonic() + STOP_SECONDS
        for program in upper:
            program.stop(max(0.0, give_up_at - time.monotonic()))
        for program in base:
            program.stop(DATABASE_STOP_SECONDS)
        self.data.forget_running()


def ask_to_stop_on_signals() -> None:
    def stop(number, frame) -> None:
        raise StopAsked

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # `nohup` asked to outlive the terminal
        signal.signal(signal.SIGHUP, stop)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])  # `_watch` waits for it


def listen(port: int) -> socket.socket:
    """A listening socket on loopback; port 0 takes any free one. Raises CannotStart where it is taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    give_up_at = time.monotonic() + 2  # a portal killed a moment ago may still hold it
    while True:
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(512)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < give_up_at:
                time.sleep(0.1)
                continue
            listener.close()
            reason = (
                "is taken by another program"
                if error.errno == errno.EADDRINUSE
                else f"fails ({error.strerror})"
            )
            raise CannotStart(
                f"Port {port} {reason}. Choose another one, like: PORT=8001 make run"
            ) from error
        return listener


def readiness(port: int) -> int | None:
    """The status of /readyz; None while nothing answers."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip("*.") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
