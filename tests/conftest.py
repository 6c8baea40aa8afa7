"""Fixtures that every test may use. Tests run on a real PostgreSQL: DATABASE_URL, or one of our own."""

import gc
import itertools
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import django
import hypothesis
import pytest

os.environ.setdefault("SECRET_KEY", "tests-only-key-of-no-server-" + "x" * 32)
os.environ.setdefault("PORTAL_DATA", tempfile.mkdtemp(prefix="portal-tests-"))
os.environ["DEMO"] = os.environ["MAIL_CHECKS_DNS"] = "0"  # no demonstration, no name server
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
if not os.environ.get("DATABASE_URL"):
    from portal.one_machine.testing import ensure_test_database

    os.environ["DATABASE_URL"] = ensure_test_database()

django.setup()  # pytest-django looks for the settings before this file can name them

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"

# The same examples in every run, on a machine as slow as it likes.
hypothesis.settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("repeatable")


def pytest_collection_finish() -> None:
    """What is imported by now stays: walking through it over and over costs a fifth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Reference data once for the whole session; the audit table may be truncated between tests."""
    from django.db import connection

    from portal.reference import load_reference

    with django_db_blocker.unblock():
        load_reference()
        with connection.cursor() as cursor:
            allow_truncate(cursor)
            cursor.execute("TRUNCATE portal_auditseal, portal_auditevent")  # each test begins its own trail


def allow_truncate(cursor) -> None:
    """Transactional tests empty every table with TRUNCATE; the trigger against it has a test of its own."""
    cursor.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'portal_auditevent'::regclass "
        "AND tgname LIKE '%no_truncate%'"
    )
    cursor.execute(f"ALTER TABLE portal_auditevent DISABLE TRIGGER {cursor.fetchone()[0]}")


def run_database_url() -> str:
    """The address of the database of this run, for the processes of a test; a host may be a socket folder."""
    from django.db import connection

    database = connection.settings_dict
    user, word = (quote(str(database[key]), safe="") for key in ("USER", "PASSWORD"))
    host = str(database["HOST"])
    if host.startswith("/"):
        return f"postgres://{user}:{word}@/{host}/{database['NAME']}"
    return f"postgres://{user}:{word}@{host}:{database['PORT'] or 5432}/{database['NAME']}"


PORTS = itertools.count(20_000 + os.getpid() % 10_000)


def free_port() -> int:
    """A port for a server of this run, another each time, below those the system gives out by itself.

    So nothing else takes it between this look and the moment the server listens.
    """
    while True:
        port = next(PORTS)
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)):  # nobody answers
                return port


@pytest.fixture
def shared() -> Path:
    """The folder of real lists and labelled data beside the project; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the data folder ../shared, which is not part of the project")
    return SHARED


@pytest.fixture
def assert_flat_queries(db):
    """Fails when a second and third row make a page cost more queries than the first."""

    def check(call: Callable, grow: Callable) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        grow()
        call()  # warms what is kept per process
        with CaptureQueriesContext(connection) as before:
            call()
        grow()
        grow()
        with CaptureQueriesContext(connection) as after:
            call()
        assert len(after) <= len(before), "\n".join(q["sql"][:200] for q in after.captured_queries)

    return check


@pytest.fixture
def run_jobs():
    """Run every job that is due in this process, as a worker would, until none is left. Returns the kinds."""
    from django.db.models import Q
    from django.utils import timezone

    from portal import jobs
    from portal.models import Job

    def run() -> list[str]:
        kinds = []
        while due := list(Job.objects.filter(jobs.due(timezone.now())).order_by("id")):
            for job in due:
                jobs.run_job(job.pk)
                kinds.append(job.kind)
        failed = Job.objects.exclude(Q(error="")).values_list("key", "error")
        assert not failed, list(failed)
        return kinds

    return run


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Tests that want a real worker start one; elsewhere a wake-up goes nowhere and the row stays."""
    monkeypatch.setattr("portal.jobs.wake", lambda job: None)


@pytest.fixture(autouse=True)
def everybody_has_a_second_factor(monkeypatch):
    """So that tests of pages meet the page; the test of the rule itself takes this back."""
    monkeypatch.setattr("portal.middleware.is_mfa_enabled", lambda user: True)
