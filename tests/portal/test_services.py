import pytest
from django.core.exceptions import PermissionDenied

from portal import services
from portal.errors import RuleViolation
from portal.models import AuditEvent, Job, JobStatus
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_roles_are_given_with_a_record():
    admin, person = UserFactory(roles=["administrator"]), UserFactory(roles=["business"])
    services.set_roles(person, ["focal_point", "analyst"], by=admin)
    assert type(person).objects.get(pk=person.pk).roles == {"focal_point", "analyst"}
    event = AuditEvent.objects.get(action="changed roles")
    assert (event.by, event.changes) == (admin, {"roles": [["business"], ["analyst", "focal_point"]]})


def test_only_an_administrator_gives_roles():
    person = UserFactory(roles=["analyst"])
    with pytest.raises(PermissionDenied):
        services.set_roles(person, ["administrator"], by=person)


def test_the_last_step_down_is_refused():
    admin = UserFactory(roles=["administrator"])
    with pytest.raises(RuleViolation, match="yourself"):
        services.set_roles(admin, ["analyst"], by=admin)
    with pytest.raises(RuleViolation, match="own account"):
        services.set_active(admin, False, by=admin)


def test_a_failed_job_runs_again():
    admin = UserFactory(roles=["administrator"])
    job = Job.objects.create(key="k", kind="portal.clean_up", status=JobStatus.FAILED, attempts=5)
    services.retry_job(job, by=admin)
    job.refresh_from_db()
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)
    with pytest.raises(RuleViolation):
        services.retry_job(job, by=admin)


def test_a_profile_change_is_recorded_once():
    person = UserFactory(roles=["business"], name="Old", language="en")
    services.save_profile(person, name="New", language="ar")
    services.save_profile(person, name="New", language="ar")
    assert AuditEvent.objects.get().changes == {"name": ["Old", "New"], "language": ["en", "ar"]}
