from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from focalpoints.models import Broker, BrokerRequest
from focalpoints.services import brokers as services
from portal.errors import RuleViolation
from portal.models import Country, Notice
from tests.focalpoints.factories import BrokerFactory, FocalPointFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


def un_user():
    return UserFactory(roles=["focal_point"])


ENTRY = {
    "entity": "WFP",
    "place": "Dhaka",
    "skills": ["facilitation"],
    "languages": ["en", "bn"],
    "experience": "Ten years with food companies.",
    "is_listed": "on",
}


def test_one_puts_oneself_on_the_roster_and_rests(client):
    user = FocalPointFactory(user=un_user(), office_place="Dhaka").user
    client.force_login(user)
    assert 'value="Dhaka"' in client.get("/brokers/me/").content.decode()
    assert client.post("/brokers/me/", ENTRY | {"skills": []}).status_code == 422
    assert client.post("/brokers/me/", ENTRY | {"days_a_month": "40"}).status_code == 422
    assert client.post("/brokers/me/", ENTRY).status_code == 302
    client.force_login(un_user())
    broker = Broker.objects.get()
    assert user.name in client.get("/brokers/").content.decode()
    client.force_login(user)
    client.post("/brokers/me/", {name: value for name, value in ENTRY.items() if name != "is_listed"})
    client.force_login(un_user())
    assert user.name not in client.get("/brokers/").content.decode()
    assert client.get(f"/brokers/{broker.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "count"),
    [("skill=negotiation", 1), ("language=fr", 1), ("country=BGD", 1), ("is_free=yes", 1), ("skill=x", 2)],
)
def test_the_roster_is_narrowed(client, query, count):
    BrokerFactory(available_from=timezone.localdate() + timedelta(days=9))
    broker = BrokerFactory(skills=["negotiation"], languages=["fr"])
    broker.countries.add(Country.objects.get(pk="BGD"))
    client.force_login(un_user())
    assert f"<b>{count}</b>" in client.get(f"/brokers/?{query}").content.decode()


def test_a_request_is_between_two_people(client):
    broker, asks, stranger = BrokerFactory(), un_user(), un_user()
    client.force_login(asks)
    response = client.post(f"/brokers/{broker.pk}/", {"what": "A partnership in two languages"})
    assert client.post(f"/brokers/{broker.pk}/", {"what": "Again"}).status_code == 409
    assert client.get(response.url).status_code == 200
    assert Notice.objects.get().user == broker.user
    client.force_login(stranger)
    assert client.get(response.url).status_code == 404
    with pytest.raises(PermissionDenied):
        services.answer(BrokerRequest.objects.get(), accepts=True, words="x", by=asks)
    client.force_login(broker.user)
    assert client.post(response.url, {"accepts": "yes", "words": ""}).status_code == 422
    assert client.post(response.url, {"accepts": "yes", "words": "With pleasure"}).status_code == 302
    assert Notice.objects.filter(user=asks).count() == 1
    client.force_login(asks)
    assert "With pleasure" in client.get(response.url).content.decode()
    assert client.post(response.url + "withdraw/").status_code == 409


def test_nobody_asks_oneself_or_somebody_who_rests():
    broker = BrokerFactory()
    with pytest.raises(RuleViolation, match="you"):
        services.ask(broker, {"what": "x"}, by=broker.user)
    Broker.objects.update(is_listed=False)
    with pytest.raises(RuleViolation, match="roster"):
        services.ask(broker, {"what": "x"}, by=un_user())


def test_the_roster_stays_flat(client, assert_flat_queries):
    me = un_user()
    client.force_login(me)

    def grow():
        services.ask(BrokerFactory(), {"what": "Help"}, by=me)

    assert_flat_queries(lambda: client.get("/brokers/"), grow=grow)
