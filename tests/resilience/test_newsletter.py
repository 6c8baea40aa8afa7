"""The newsletter under fire: workers killed, connections dropped at every phase, readers who leave meanwhile.

Prints what was expected and what was found. NEWSLETTER_RECIPIENTS=50000 is the long run.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from focalpoints.models import Delivery, Issue, IssueStatus, Subscriber, Topic
from focalpoints.queries.newsletter import progress
from focalpoints.services import sending, subscribers
from portal.reference import load_reference
from tests.conftest import free_port, run_database_url
from tests.focalpoints.factories import IssueFactory
from tests.portal.factories import UserFactory

pytestmark = [pytest.mark.resilience, pytest.mark.django_db(transaction=True)]

PROJECT = Path(__file__).resolve().parents[2]
RECIPIENTS = int(os.environ.get("NEWSLETTER_RECIPIENTS", "5000"))
KILLS, UNSUBSCRIBES = 10, 100
CLAIM_SECONDS = 2  # how long a row of a killed worker waits
DROP_SHARE = 0.003  # of messages, at each of three phases: about a third of the connections of 50


def start(*command: str, **more: str) -> subprocess.Popen:
    environment = {**os.environ, "DATABASE_URL": run_database_url(), "LOG_LEVEL": "ERROR", **more}
    return subprocess.Popen([sys.executable, "-m", *command], cwd=PROJECT, env=environment)


@pytest.fixture
def sink(tmp_path):
    port = free_port()
    journal = tmp_path / "journal"
    process = start("tests.focalpoints.sink", str(port), str(journal), str(DROP_SHARE))
    yield port, journal
    process.kill()
    process.wait()


def test_the_ledger_survives_kills_drops_and_leavers(sink, settings, tmp_path):
    port, journal = sink
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # for the gate: a server is set up
    load_reference()
    first, second = UserFactory(roles=["editor"]), UserFactory(roles=["editor"])
    kinds = ["soft"] * 3 + ["hard"] + ["reader"] * 96
    Subscriber.objects.bulk_create(
        Subscriber(
            email=f"{kinds[n % 100]}{n}@test.example",
            topics=[Topic.QUARTERLY],
            status="confirmed",
            confirmed_at=timezone.now(),
            consent_text="2026-11",
        )
        for n in range(RECIPIENTS)
    )
    issue = IssueFactory(
        created_by=first, submitted_by=first, approved_by=second, status=IssueStatus.APPROVED
    )
    sending.send_issue(issue, by=first)
    assert issue.deliveries.count() == RECIPIENTS

    pids = tmp_path / "pids"
    began = time.monotonic()
    sender = start(
        "tests.focalpoints.sender",
        str(issue.pk),
        str(pids),
        str(CLAIM_SECONDS),
        EMAIL_URL=f"smtp://127.0.0.1:{port}",
    )
    rng = random.Random(4)
    left: dict[str, datetime] = {}
    killed = 0
    try:
        while open_count(issue) and time.monotonic() - began < 300 + RECIPIENTS / 50:
            time.sleep(0.1)
            done_share = 1 - open_count(issue) / RECIPIENTS
            if killed < KILLS and done_share >= (killed + 0.5) / (KILLS + 1):
                victim = int(rng.choice(pids.read_text().split()))
                with suppress(
                    ProcessLookupError
                ):  # buried a moment ago, and another one not yet written down
                    os.kill(victim, signal.SIGKILL)
                    killed += 1
            if not left and done_share > 0.2:
                queued = issue.deliveries.filter(status="queued").order_by("?")[:UNSUBSCRIBES]
                for delivery in queued.select_related("subscriber"):
                    subscribers.unsubscribe(delivery.subscriber)
                    left[delivery.subscriber.email] = timezone.now()
                sending.pause_issue(issue, by=first)
                paused_at, taken_by_then = timezone.now(), len(journal.read_text().splitlines())
                time.sleep(1)
                # What was marked before the pause may still arrive, on a slow disk much later: one message
                # a worker, and one of a worker just killed. A mark made after it is a fault.
                assert not issue.deliveries.filter(
                    claimed_until__gt=paused_at + timedelta(seconds=CLAIM_SECONDS)
                ), "a paused issue stands still"
                assert len(journal.read_text().splitlines()) - taken_by_then <= 3
                sending.resume_issue(issue, by=first)
    finally:
        sender.terminate()
        sender.wait()
    seconds = time.monotonic() - began

    counts = progress(Issue.objects.get(pk=issue.pk)).counts
    lines = [line.split() for line in journal.read_text().splitlines()]
    taken = [(line[1:] if line[0] == "!" else line) for line in lines if line[0] != "?"]
    received = Counter(recipient for recipient, _message_id, _at in taken)
    drops_after_data = sum(line[0] == "!" for line in lines)
    # A reader who left while his message was on its way may get it; a mark made after he left is a fault.
    marked = issue.deliveries.filter(subscriber__email__in=[r for r, _id, _at in taken if r in left])
    late = [
        email
        for email, until in marked.values_list("subscriber__email", "claimed_until")
        if until - timedelta(seconds=CLAIM_SECONDS) > left[email]
    ]
    refusals = Counter(line[1] for line in lines if line[0] == "?")
    found = {status: count for status, count in counts.items() if count}
    sys.stdout.write(
        f"\nnewsletter: {RECIPIENTS} recipients, {killed} kills, {drops_after_data} drops after DATA,"
        f" {len(left)} left meanwhile: {found} in {seconds:.0f} s\n"
    )
    assert killed == KILLS
    assert not open_count(issue)
    assert sum(counts.values()) == RECIPIENTS
    assert [recipient for recipient, count in received.items() if count > 1] == []
    assert len({message_id for _r, message_id, _at in taken}) == len(taken)
    assert counts["uncertain"] <= drops_after_data + killed
    assert counts["sent"] <= len(taken) <= counts["sent"] + counts["uncertain"]
    assert late == []
    assert counts["suppressed"] >= 0.5 * len(left)
    refused = dict(
        issue.deliveries.filter(subscriber__email__in=refusals).values_list("subscriber__email", "status")
    )
    # A worker killed while it heard the refusal leaves the row uncertain, which is never tried again either.
    # One who leaves between the envelope and the mark is suppressed though his address was refused.
    assert set(refused.values()) <= {"failed", "uncertain", "suppressed"}
    assert list(refused.values()).count("failed") == counts["failed"] > 0
    # A 5xx that is written down is never tried again; what only a killed worker heard may be asked again.
    assert sum(refusals.values()) - len(refusals) <= killed


def open_count(issue: Issue) -> int:
    return issue.deliveries.filter(status__in=Delivery.OPEN).count()
