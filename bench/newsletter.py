"""Messages a second: the newsletter's ledger beside one task a message, in one run on this machine.

    python -m bench.newsletter [RECIPIENTS]

Both send to the same sink on loopback with two worker processes. "One task a message" is what a mailing
usually is: a job for each reader, whose handler loads its objects, renders the mail, opens a connection and
sends. It gets a twentieth of the readers, or it would take too long. Goals: 400 messages a second with the
ledger, 20 times one task a message. Needs PostgreSQL: DATABASE_URL, or the one that comes with the project.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time

from portal.one_machine.testing import ensure_test_database

WORKERS = 2
GOAL_PER_SECOND, GOAL_TIMES = 400, 20


def set_up() -> int:
    """Point the settings at a database and a sink of our own; return the port of the sink."""
    ensure_test_database()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "LOG_LEVEL": "ERROR",
    }
    os.environ.setdefault("PORTAL_DATA", tempfile.mkdtemp(prefix="portal-bench-"))
    import django

    django.setup()
    return port


def make_issue(number: int, readers: int):
    from django.utils import timezone

    from focalpoints.models import Issue, IssueItem, Subscriber
    from portal.models import User

    now = timezone.now()
    editor, _new = User.objects.get_or_create(email="editor@bench.example")
    Subscriber.objects.bulk_create(
        Subscriber(
            email=f"reader{number}-{n}@bench.example",
            topics=["policy" if number % 2 else "needs"],
            status="confirmed",
            confirmed_at=now,
            consent_text="2026-11",
        )
        for n in range(readers)
    )
    issue = Issue.objects.create(
        number=number,
        title="Water, energy and what lasts after a pilot",
        topic="policy" if number % 2 else "needs",
        status="sending",
        sending_at=now,
        created_by=editor,
    )
    text = "A partnership that **brings** [water](/directory/) to where people are.\n\n" * 3
    for position in range(12):
        IssueItem.objects.create(
            issue=issue, section="from_the_desk", position=position, title=f"Item {position}", text=text
        )
    return issue


def by_ledger(issue_id: int) -> None:
    from focalpoints.services import sending

    sending.deliver(issue_id, seconds=600)


def by_task(issue_id: int) -> None:
    """What each worker of one-task-a-message does, with the job ledger's own claim and finish."""
    from django.core.mail import EmailMultiAlternatives
    from django.utils import timezone

    from focalpoints.editions import edition
    from focalpoints.links import link_for
    from focalpoints.models import Issue, Subscriber
    from portal import jobs
    from portal.emails import render_mail
    from portal.models import Job, JobStatus

    for job_id in list(Job.objects.filter(kind="bench.mail").order_by("?").values_list("pk", flat=True)):
        job = jobs.claim(job_id)
        if job is None:
            continue
        issue, reader = Issue.objects.get(pk=issue_id), Subscriber.objects.get(pk=job.args["reader_id"])
        content = edition(issue, issue.items.all(), reader.language, base="http://localhost:8000")
        mail = render_mail(
            "newsletter_issue",
            {
                "issue": issue,
                "edition": content,
                "preferences_url": link_for("preferences", reader.pk),
                "unsubscribe_url": link_for("unsubscribe", reader.pk),
            },
            reader.language,
        )
        message = EmailMultiAlternatives(mail.subject, mail.text, to=[reader.email])
        message.attach_alternative(mail.html, "text/html")
        message.send()
        Job.objects.filter(pk=job.pk).update(status=JobStatus.DONE, finished_at=timezone.now())


def in_workers(work, issue_id: int) -> float:
    """Run `work` in two processes; the seconds until both have ended."""
    from django.db import connections

    connections.close_all()
    began = time.perf_counter()
    children = []
    for _ in range(WORKERS):
        pid = os.fork()
        if pid == 0:
            work(issue_id)
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    return time.perf_counter() - began


def main(readers: int) -> None:
    port = set_up()
    from django.db import connection
    from django.test.utils import setup_databases
    from django.urls import resolve

    from focalpoints.models import Subscriber
    from focalpoints.services import sending
    from portal.jobs import enqueue

    setup_databases(verbosity=0, interactive=False)
    resolve("/")  # the address table once, before the fork, for both ways
    sink = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port)])
    try:
        time.sleep(2)
        one_each = make_issue(1, max(readers // 20, 10))
        for reader in Subscriber.objects.filter(topics=["policy"]):
            enqueue("bench.mail", key=f"bench.mail:{reader.pk}", reader_id=reader.pk)
        task_rate = max(readers // 20, 10) / in_workers(by_task, one_each.pk)
        ledger_issue = make_issue(2, readers)
        with connection.cursor() as cursor:
            cursor.execute(
                sending.FREEZE,
                {"issue": ledger_issue.pk, "editions": ["en"], "topic": ledger_issue.topic},
            )
        ledger_rate = readers / in_workers(by_ledger, ledger_issue.pk)
        sent = ledger_issue.deliveries.filter(status="sent").count()
    finally:
        sink.kill()
        connection.close()
    assert sent == readers, f"{sent} of {readers} sent"
    print(f"{'way':<34}{'messages/s':>12}{'goal':>10}")
    print(f"{'one task a message, 2 workers':<34}{task_rate:>12.0f}{'':>10}")
    print(f"{'ledger, 2 workers':<34}{ledger_rate:>12.0f}{f'>= {GOAL_PER_SECOND}':>10}")
    print(f"{'times':<34}{ledger_rate / task_rate:>12.1f}{f'>= {GOAL_TIMES}':>10}")
    print(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
