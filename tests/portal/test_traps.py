import time

import pytest
import time_machine
from django.core import mail
from django.test import Client

from focalpoints.models import Subscriber
from partnerships.models import Registration
from portal.models import User
from portal.traps import SECONDS_TO_READ, page_token
from tests.partnerships.factories_offers import a_business
from tests.portal.factories import as_a_person

pytestmark = pytest.mark.django_db
FORMS = {
    "/account/signup/": {
        "name": "Ada",
        "email": "ada@firm.example",
        "password1": "five plain words here now",
    },
    "/subscribe/": {"email": "ada@firm.example", "topics": "quarterly", "language": "en", "agrees": "on"},
    "/register/": {"email": "ada@firm.example"},
}


@pytest.mark.parametrize(("path", "words"), FORMS.items())
def test_a_public_form_holds_machines_and_lets_people_through(client, path, words):
    page = client.get(path).content.decode()
    assert 'name="fax_number"' in page
    assert 'name="opened" value="' in page
    with time_machine.travel(time.time(), tick=False):
        of_a_machine = [
            {},
            {"opened": "made up"},
            {"opened": page_token(time.time() - SECONDS_TO_READ / 2)},
            {**as_a_person(), "fax_number": "1"},
            {"opened": page_token(time.time() - 86_400)},
        ]
        for trap in of_a_machine:
            assert client.post(path, {**words, **trap}).status_code in (200, 422)
    kept = [
        User.objects.filter(email="ada@firm.example"),
        Subscriber.objects.all(),
        Registration.objects.all(),
    ]
    assert not any(rows.exists() for rows in kept)
    assert not mail.outbox
    client.post(path, as_a_person(**words))
    assert any(rows.exists() for rows in kept)


def test_one_page_serves_a_double_press_and_no_more(client):
    words = as_a_person(email="ada@firm.example")
    answers = [client.post("/register/", words).status_code for _press in range(3)]
    assert answers == [200, 200, 429]


def test_signing_up_twice_a_day_mails_once(run_jobs):
    for _try in range(2):
        Client().post("/account/signup/", as_a_person(**FORMS["/account/signup/"]))
    run_jobs()
    assert len([message for message in mail.outbox if "confirm-email" in message.body]) == 1


def test_who_has_signed_in_may_be_quick_and_is_still_no_form_filler(client):
    client.force_login(a_business())
    for path in ("/offer/", "/register/", "/subscribe/"):
        words = {**FORMS.get(path, {}), "opened": page_token()}
        assert client.post(path, {**words, "fax_number": "1"}).status_code == 422, path
        assert client.post(path, words).status_code in (200, 302), path
