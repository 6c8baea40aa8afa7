from datetime import timedelta

import pytest
from django.utils import timezone

from focalpoints.models import Resource, TrainingSeat
from focalpoints.services import learning as services
from portal.errors import RuleViolation
from tests.focalpoints.factories import ResourceFactory, TrainingFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_internal_items_are_for_un_users(client):
    inside, public = ResourceFactory(is_internal=True), ResourceFactory()
    page = client.get("/library/").content.decode()
    assert public.title in page
    assert inside.title not in page
    client.force_login(UserFactory(roles=["focal_point"]))
    assert inside.title in client.get("/library/").content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [("q=secondment", 1), ("kind=toolkit", 1), ("theme=water", 1), ("kind=xx", 2), ("", 2)],
)
def test_library_filters(client, query, count):
    ResourceFactory(title="Secondment template", kind="toolkit", themes=["water"])
    ResourceFactory()
    assert f"<b>{count}</b>" in client.get(f"/library/?{query}").content.decode()


def test_a_newer_version_supersedes_and_both_are_found(client):
    editor = UserFactory(roles=["editor"])
    old = ResourceFactory(title="Guidelines 2000")
    client.force_login(editor)
    data = {
        "title": "Guidelines 2009",
        "kind": "guideline",
        "language": "en",
        "summary": "New",
        "status": "current",
    }
    assert client.post("/library/new/", data | {"supersedes": old.pk}).status_code == 302
    old.refresh_from_db()
    assert old.status == Resource.Status.SUPERSEDED
    assert "This has been superseded." in client.get(f"/library/{old.pk}/").content.decode()
    with pytest.raises(RuleViolation):
        services.save_resource(old, {"summary": "x", "supersedes": old}, by=editor)


def test_one_opinion_a_person(client):
    resource = ResourceFactory()
    user = UserFactory(roles=["focal_point"])
    services.give_opinion(resource, is_useful=True, comment="Good", by=user)
    services.give_opinion(resource, is_useful=False, comment="<b>Old</b>", by=user)
    page = client.get(f"/library/{resource.pk}/").content.decode()
    assert "0 of 1 said yes." in page
    assert "Old" not in page
    client.force_login(user)
    assert "Old" in client.get(f"/library/{resource.pk}/").content.decode()


def test_seats_wait_and_a_certificate_has_its_day(client):
    training = TrainingFactory(seats=1)
    first, second = UserFactory(roles=["focal_point"]), UserFactory(roles=["focal_point"])
    trainer = UserFactory(roles=["trainer"])
    seat = services.take_seat(training, organization="Unit", by=first)
    assert services.take_seat(training, organization="Unit", by=second).status == "waiting"
    with pytest.raises(RuleViolation, match="not ended"):
        services.complete_seat(seat, by=trainer)
    training.starts_on = training.ends_on = timezone.localdate() - timedelta(days=1)
    training.save()
    services.complete_seat(seat, by=trainer)
    client.force_login(first)
    assert training.title in client.get(f"/trainings/{training.pk}/certificate/").content.decode()
    client.force_login(second)
    assert client.get(f"/trainings/{training.pk}/certificate/").status_code == 404
    assert TrainingSeat.objects.get(user=first).completed_on == training.ends_on
    with pytest.raises(RuleViolation, match="begun"):
        services.take_seat(training, organization="Unit", by=trainer)


def test_lists_stay_flat(client, assert_flat_queries):
    assert_flat_queries(lambda: client.get("/library/"), grow=ResourceFactory)
    assert_flat_queries(lambda: client.get("/trainings/"), grow=TrainingFactory)
