from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from focalpoints.models import FocalPoint
from partnerships import tasks
from partnerships.forms.registrations import TOPICS
from partnerships.models import Origin, Partnership, Registration, RegistrationStatus
from partnerships.selfchecks import ITEMS
from partnerships.services import registrations as services
from portal.errors import RuleViolation
from portal.models import Notice
from tests.portal.factories import UserFactory, as_a_person

pytestmark = pytest.mark.django_db
ANSWERS = {
    "who": {"name": "Ada Example", "role": "Director", "organization": "Growers’ Union", "kind": "ngo"},
    "what": {
        "title": "Seeds for all (fictional)",
        "partnership_type": "advocacy_policy",
        "purposes": ["advocacy"],
        "summary": "Seed banks in twelve villages.",
        "start": "2027",
        "end": "2029",
    },
    "partners": {"entity": "FAO", "partners": "Growers’ Union: seed\nA seed firm: money", "lead_partner": ""},
    "where": {"scope": "national", "countries": ["KEN"]},
    "goals": {"targets": ["2.5"], "themes": ["agriculture"], "frameworks": ["agenda_21"], "mandate": ""},
    "criteria": {
        f"{item}_{part}": value
        for item in ITEMS["registration"]
        for part, value in (("mark", True), ("note", "Seen."))
    },
}


@pytest.fixture
def desk():
    return UserFactory(roles=["registry_desk"])


def sent(**fields) -> Registration:
    registration = Registration.objects.create(
        **{"reference": "R-2026-0001", "email": "ada@test.example", "answers": ANSWERS, **fields}
    )
    return services.submit_registration(registration)


def test_somebody_without_an_account_registers_leaves_and_comes_back(client, run_jobs, desk):
    assert client.post("/register/", {"email": "not an address"}).status_code == 422
    client.post("/register/", as_a_person(email="Ada@test.example"))
    run_jobs()
    link = next(line for line in mail.outbox[0].body.splitlines() if "/register/" in line)
    path = "/register/" + link.split("/register/")[1]
    refused = client.post(path + "check/")
    assert refused.status_code == 409
    assert {topic["slug"] for topic in refused.context["missing"]} == set(services.REQUIRED)
    for step, answers in ANSWERS.items():
        page = client.get(f"{path}{step}/")
        assert page.status_code == 200
        data = {**answers, **({"second": "1"} if step == "where" else {})}
        response = client.post(f"{path}{step}/", {k: "on" if v is True else v for k, v in data.items()})
        assert response.status_code == 302, response.context["form"].errors
        assert (response["Location"] == path) == (step == "where")
    assert "Seeds for all" in client.get(path + "check/").content.decode()
    assert client.post(path + "check/").status_code == 302
    assert client.post(path + "check/").status_code == 302
    assert Registration.objects.get().status == RegistrationStatus.SUBMITTED
    assert client.post(f"{path}where/", ANSWERS["where"]).status_code == 409
    assert Notice.objects.get(user=desk).url == f"/desk/registrations/{Registration.objects.get().reference}/"


def test_a_link_that_is_none_of_ours_finds_nothing(client):
    assert client.get("/register/1.forged/").status_code == 404


def test_what_is_ticked_needs_something_that_shows_it(client):
    registration = Registration.objects.create(reference="R-1", email="a@test.example")
    path = f"/register/{services.token_of(registration)}/criteria/"
    response = client.post(path, {"voluntary_mark": "on"})
    assert response.status_code == 422
    assert "Say what shows it" in response.content.decode()


def test_the_desk_takes_it_in_as_an_idea_of_the_entity(desk):
    point = UserFactory(roles=["focal_point"])
    FocalPoint.objects.create(
        entity_id="FAO", user=point, role_title="Officer", office_place="Rome", unit_mailbox="u@test.example"
    )
    registration = sent()
    record = services.accept_registration(registration, by=desk)
    assert (record.status, record.visibility, record.origin) == ("idea", "draft", Origin.PUBLIC_FORM)
    assert record.entity_roles.get().entity_id == "FAO"
    assert [str(party) for party in record.parties.all()] == ["Growers’ Union: seed", "A seed firm: money"]
    assert record.self_checks.get().answers["voluntary"] == {"mark": 1, "note": "Seen."}
    assert Notice.objects.filter(user=point).count() == 1
    assert Partnership.objects.editable_by(point).get() == record
    with pytest.raises(RuleViolation):
        services.accept_registration(registration, by=desk)


def test_a_question_sends_it_back_and_nothing_is_lost(desk, run_jobs):
    registration = services.ask_back(sent(), by=desk, message="Which villages?")
    assert registration.status == RegistrationStatus.CLARIFICATION
    services.save_answers(registration, "where", {"scope": "local", "countries": ["KEN"]})
    again = services.submit_registration(registration)
    assert (again.status, again.answers["what"]) == (RegistrationStatus.SUBMITTED, ANSWERS["what"])
    run_jobs()
    assert any("Which villages?" in message.body for message in mail.outbox)


def test_a_refusal_says_why(desk, run_jobs, client):
    registration = sent()
    with pytest.raises(RuleViolation):
        services.decline_registration(registration, by=desk, message=" ")
    services.decline_registration(registration, by=desk, message="It sells a product.")
    run_jobs()
    assert "It sells a product." in mail.outbox[-1].body
    assert (
        "It sells a product." in client.get(f"/register/{services.token_of(registration)}/").content.decode()
    )


def test_only_the_registry_desk_answers(client, sign_in):
    registration = sent()
    with pytest.raises(PermissionDenied):
        services.accept_registration(registration, by=UserFactory(roles=["focal_point"]))
    sign_in("registry_desk")
    assert registration.reference in client.get("/desk/registrations/").content.decode()
    response = client.post(f"/desk/registrations/{registration.reference}/", {"act": "ask"})
    assert response.status_code == 422
    response = client.post(f"/desk/registrations/{registration.reference}/", {"act": "accept"})
    assert response["Location"].startswith("/desk/partnerships/P-")


def test_the_list_of_the_desk_stays_flat(client, sign_in, assert_flat_queries):
    sign_in("registry_desk")
    numbers = iter(range(100))
    assert_flat_queries(
        lambda: client.get("/desk/registrations/"), lambda: sent(reference=f"R-9-{next(numbers)}")
    )


def test_what_was_never_sent_goes_after_sixty_days():
    with time_machine.travel(timezone.now() - timedelta(days=61)):
        Registration.objects.create(reference="R-1", email="a@test.example")
        sent(reference="R-2")
    Registration.objects.create(reference="R-3", email="b@test.example")
    tasks.drop_old_registrations()
    assert set(Registration.objects.values_list("reference", flat=True)) == {"R-2", "R-3"}


def test_every_topic_has_its_answers():
    assert set(TOPICS) == set(services.REQUIRED) == set(ANSWERS)
