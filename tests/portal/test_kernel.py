import pytest
from celery.exceptions import OperationalError
from django.db import connection, transaction

from portal import audit, jobs
from portal.errors import RuleViolation, TooMany
from portal.history import move, record
from portal.limits import take
from portal.models import AuditEvent, AuditSeal, Job, JobStatus
from portal.references import next_reference
from tests.conftest import allow_truncate
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def anchors_of_this_test(settings, tmp_path):
    settings.PORTAL_DATA = tmp_path


@pytest.mark.django_db(transaction=True)
def test_events_are_sealed_in_one_chain():
    user = UserFactory()
    for n in range(5):
        record(user, f"did {n}", by=user, changes={"name": ["a", "b"]})
    assert list(AuditSeal.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert list(audit.faults()) == []


def tamper_with(sql: str) -> None:
    """What the owner of the tables could do: switch the triggers off, change the past, switch them on."""
    with connection.cursor() as cursor:
        for table in ("portal_auditevent", "portal_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        for table in ("portal_auditevent", "portal_auditseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        allow_truncate(cursor)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (
            "UPDATE portal_auditevent SET note = 'x' WHERE id = (SELECT min(id) FROM portal_auditevent)",
            "changed",
        ),
        ("DELETE FROM portal_auditevent WHERE id = (SELECT min(id) FROM portal_auditevent)", "deleted"),
        ("DELETE FROM portal_auditseal WHERE position = 3", "missing"),
        (
            "DELETE FROM portal_auditseal WHERE position = (SELECT max(position) FROM portal_auditseal)",
            "no seal",
        ),
    ],
)
def test_tampering_is_named(tamper, said):
    user = UserFactory()
    for n in range(5):
        record(user, f"did {n}", by=user)
    tamper_with(tamper)
    assert said in next(iter(audit.faults()))


@pytest.mark.django_db(transaction=True)
def test_a_cut_tail_is_found_by_the_anchor():
    user = UserFactory()
    for n in range(3):
        record(user, f"did {n}", by=user)
    audit.write_anchor()
    tamper_with(
        "DELETE FROM portal_auditseal WHERE position = 3;"
        "DELETE FROM portal_auditevent WHERE id = (SELECT max(id) FROM portal_auditevent)"
    )
    assert "gone or differs" in next(iter(audit.faults()))


@pytest.mark.parametrize("sql", ["UPDATE portal_auditevent SET note = 'x'", "DELETE FROM portal_auditevent"])
def test_events_cannot_be_changed(sql):
    record(UserFactory(), "did", by=None)
    with pytest.raises(Exception, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEvent.objects.count() == 1


def test_events_cannot_be_truncated():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE portal_auditevent ENABLE TRIGGER USER")
        with pytest.raises(Exception, match="append-only"):
            cursor.execute("TRUNCATE portal_auditevent CASCADE")


def test_a_move_outside_the_table_is_refused():
    from partnerships.models import OFFER_MOVES, Offer, OfferStatus

    offer = Offer(status=OfferStatus.ACCEPTED)
    with pytest.raises(RuleViolation, match="Accepted"):
        move(offer, OfferStatus.DRAFT, moves=OFFER_MOVES, by=None)


def test_one_key_is_one_job():
    first = jobs.enqueue("portal.clean_up", key="once")
    assert jobs.enqueue("portal.clean_up", key="once") == first


def test_only_one_claim_wins():
    job = jobs.enqueue("portal.clean_up", key="once")
    assert jobs.claim(job.pk)
    assert jobs.claim(job.pk) is None


def test_a_sweep_fills_each_queue_and_leaves_none_behind_the_other(monkeypatch):
    lie: dict[str, list[int]] = {"screening": [], "default": []}
    monkeypatch.setattr(jobs, "FULL", 5)
    monkeypatch.setattr(jobs, "waiting", lambda queue: len(lie[queue]))
    monkeypatch.setattr(
        jobs,
        "wake",
        lambda job: lie["screening" if job.kind.startswith("screening.") else "default"].append(job.pk),
    )
    backlog = [jobs.enqueue("screening.screen_company", key=f"s{n}", company_id=n).pk for n in range(9)]
    retried = jobs.enqueue("portal.clean_up", key="retried").pk
    assert jobs.sweep() == 6
    for _pass in range(3):
        jobs.sweep()
    assert lie["screening"] == backlog[:5]
    assert set(lie["default"]) == {retried}
    assert len(lie["default"]) <= 5


def test_a_sweep_ends_where_the_broker_is_away(monkeypatch):
    def away(queue):
        raise OperationalError("no broker")

    monkeypatch.setattr(jobs, "waiting", away)
    jobs.enqueue("portal.clean_up", key="once")
    assert jobs.sweep() == 0


def test_a_job_runs_once_however_often_it_is_woken():
    job = jobs.enqueue("portal.clean_up", key="once")
    for _ in range(3):
        jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempts) == (JobStatus.DONE, 1)


def test_a_failing_job_waits_then_fails_for_good(monkeypatch):
    def broken():
        raise ValueError("the reason")

    monkeypatch.setattr("portal.tasks.clean_up", broken)
    job = jobs.enqueue("portal.clean_up", key="once")
    for attempt in range(1, 6):
        Job.objects.update(run_after=job.created_at)
        jobs.run_job(job.pk)
        job.refresh_from_db()
        assert job.attempts == attempt
        assert "the reason" in job.error
    assert job.status == JobStatus.FAILED
    assert job.finished_at


def test_a_late_worker_rolls_back(monkeypatch, settings):
    settings.JOB_LEASE_SECONDS = -1
    user = UserFactory()
    monkeypatch.setattr("portal.tasks.clean_up", lambda: record(user, "did", by=None))
    job = jobs.enqueue("portal.clean_up", key="once")
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.status == JobStatus.RUNNING
    assert not AuditEvent.objects.exists()


def test_periodic_work_is_enqueued_once_a_day():
    jobs.periodic()
    count = Job.objects.count()
    jobs.periodic()
    assert count >= 2
    assert Job.objects.count() == count


def test_references_have_no_gaps():
    assert [next_reference("T") for _ in range(3)] == ["T-0001", "T-0002", "T-0003"]


def test_a_bucket_runs_dry():
    for _ in range(3):
        take("key", burst=3, per_seconds=60)
    with pytest.raises(TooMany) as refusal:
        take("key", burst=3, per_seconds=60)
    assert refusal.value.wait_seconds == 20
