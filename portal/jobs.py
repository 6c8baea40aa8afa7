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

from portal.celery import app
from portal.models import Job, JobStatus, PeriodicRun

log = structlog.get_logger()


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
    """Tell a worker; where the broker is away, the sweep will. Matching has a queue of its own: its workers
    carry a large name tagger.
    """
    queue = "screening" if job.kind.startswith("screening.") else "default"
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
    """Wake every job that is due: lost messages, retries, jobs of workers that died. Returns how many."""
    jobs = list(Job.objects.filter(due(timezone.now())).order_by("run_after")[:2000])
    for job in jobs:
        wake(job)
    return len(jobs)


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
