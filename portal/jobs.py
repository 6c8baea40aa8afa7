"""Work in the background: the row is the truth, a Celery message only wakes a worker.

A job is written in the transaction of the change that causes it. Handlers are found by name: the kind
"screening.screen_company" is the function `screen_company` of `screening/tasks.py`. Handlers run in
one transaction with the mark "done", so their database effects happen exactly once however often a
worker dies; effects outside (mail, HTTP) may happen twice and carry a stable id.
"""

import traceback
from datetime import datetime, timedelta
from importlib import import_module

import structlog
from celery.exceptions import OperationalError
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import ChannelError

from portal.celery import app
from portal.models import Job, JobStatus, PeriodicRun

log = structlog.get_logger()

FULL = 2_000  # wake-ups in a queue beyond which the sweep adds none: its workers have enough to do
SCREENING = "screening."  # kinds with a queue of their own: their workers carry a large name tagger


class LeaseLost(Exception):
    """This attempt ran past its lease and another may have started: its effects must roll back."""


def enqueue(kind: str, *, key: str, run_after: datetime | None = None, **args) -> Job:
    """Record work in the caller's transaction. One key is only ever one job."""
    job, created = Job.objects.get_or_create(
        key=key, defaults={"kind": kind, "args": args, "run_after": run_after or timezone.now()}
    )
    if created and run_after is None:
        transaction.on_commit(lambda: wake(job), robust=True)  # the sweep finds a lost wake-up
    return job


def wake(job: Job) -> None:
    """Tell a worker; where the broker is away, the sweep will."""
    queue = "screening" if job.kind.startswith(SCREENING) else "default"
    try:
        run_job.apply_async(args=[job.pk], queue=queue, retry=False)
    except OperationalError as error:
        log.warning("wake-up lost", job=job.key, error=str(error))


def due(now: datetime) -> Q:
    return Q(status=JobStatus.QUEUED, run_after__lte=now) | Q(status=JobStatus.RUNNING, lease_until__lt=now)


def claim(job_id: int) -> Job | None:
    """Take the job for one lease; None if it is done, not due, or held by another worker."""
    now = timezone.now()
    won = Job.objects.filter(due(now), pk=job_id).update(
        status=JobStatus.RUNNING,
        attempts=F("attempts") + 1,
        lease_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS),
    )
    return Job.objects.get(pk=job_id) if won else None


@app.task(name="portal.run_job")
def run_job(job_id: int) -> None:
    job = claim(job_id)
    if job is None:
        return
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, status=JobStatus.RUNNING)
    if job.attempts > settings.JOB_MAX_ATTEMPTS:  # each earlier attempt died without a word
        mine.update(
            status=JobStatus.FAILED, finished_at=timezone.now(), error=job.error or "The worker died."
        )
        return
    try:
        with transaction.atomic():
            handler(job.kind)(**job.args)
            now = timezone.now()
            if not mine.filter(lease_until__gt=now).update(
                status=JobStatus.DONE, finished_at=now, lease_until=None, error=""
            ):
                raise LeaseLost(job.key)
    except LeaseLost:
        log.warning("job lease lost", job=job.key, attempt=job.attempts)
    except Exception:
        log.exception("job failed", job=job.key, attempt=job.attempts)
        is_last = job.attempts >= settings.JOB_MAX_ATTEMPTS
        mine.update(
            status=JobStatus.FAILED if is_last else JobStatus.QUEUED,
            run_after=timezone.now() + timedelta(seconds=15 * 4**job.attempts),
            lease_until=None,
            finished_at=timezone.now() if is_last else None,
            error=traceback.format_exc(limit=-8)[-4000:],
        )


def handler(kind: str):
    package, name = kind.split(".")
    return getattr(import_module(f"{package}.tasks"), name)


@app.task(name="portal.sweep")
def sweep() -> int:
    """Wake jobs that are due: lost messages, retries, jobs of workers that died. Returns how many.

    Each queue is filled up to FULL, the jobs due longest first. So the wake-ups of a long backlog, of which
    each pass repeats some, do not pile up in the broker, and the backlog of one queue keeps none of another.
    """
    now, count = timezone.now(), 0
    of_screening = Q(kind__startswith=SCREENING)
    try:
        for queue, kinds in (("screening", of_screening), ("default", ~of_screening)):
            room = max(0, FULL - waiting(queue))
            for job in Job.objects.filter(due(now), kinds).order_by("run_after")[:room]:
                wake(job)
                count += 1
    except OperationalError as error:
        log.warning("nothing swept", error=str(error))
    return count


def waiting(queue: str) -> int:
    """How many wake-ups lie in a queue. Raises OperationalError where the broker is away."""
    with app.connection_or_acquire() as connection:
        try:
            return connection.default_channel.queue_declare(queue, passive=True).message_count
        except ChannelError:  # a queue that is empty does not exist
            return 0
        except connection.connection_errors as error:
            raise OperationalError(str(error)) from error


def once_per_period(task: str, period: str) -> bool:
    """True for the first caller of this task in this period, in the caller's transaction."""
    _row, created = PeriodicRun.objects.get_or_create(task=task, period=period)
    return created


@app.task(name="portal.periodic")
def periodic() -> None:
    """Enqueue each app's daily work once a UTC day. An app lists its kinds in `tasks.DAILY`."""
    day = timezone.now().date().isoformat()
    for package in ("portal", "focalpoints", "partnerships", "screening"):
        for kind in import_module(f"{package}.tasks").DAILY:
            with transaction.atomic():
                if once_per_period(kind, day):
                    enqueue(kind, key=f"{kind}:{day}")
