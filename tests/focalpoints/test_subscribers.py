from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.utils import timezone

from focalpoints import links
from focalpoints.models import Subscriber, SubscriberStatus
from portal.jobs import enqueue
from portal.models import AuditEvent
from tests.focalpoints.factories import SubscriberFactory
from tests.portal.factories import as_a_person

pytestmark = pytest.mark.django_db
WISH = {"email": "Reader@Test.example", "topics": ["quarterly"], "language": "fr", "agrees": "on"}


def path_in(message) -> str:
    address = next(line for line in message.body.splitlines() if line.startswith(settings.PORTAL_URL))
    return address.removeprefix(settings.PORTAL_URL)


def test_nothing_is_sent_before_the_second_step(client, run_jobs):
    client.post("/subscribe/", as_a_person(**WISH))
    run_jobs()
    reader = Subscriber.objects.get()
    assert (reader.email, reader.status, reader.consent_text) == ("reader@test.example", "pending", "2026-11")
    path = path_in(mail.outbox[0])
    client.get(path)
    reader.refresh_from_db()
    assert reader.status == SubscriberStatus.PENDING, "a scanner that follows the link confirms nothing"
    client.post(path)
    reader.refresh_from_db()
    assert reader.status == SubscriberStatus.CONFIRMED
    assert reader.confirmed_at
    assert client.post(path).status_code == 200


def test_known_and_unknown_addresses_get_the_same_answer(client, run_jobs):
    pages = []
    for status in (None, "pending", "confirmed", "unsubscribed", "bounced"):
        email = f"same{len(pages)}@test.example"
        if status:
            SubscriberFactory(email=email, status=status)
        response = client.post("/subscribe/", as_a_person(**WISH | {"email": email}))
        pages.append((response.status_code, response.content.decode().replace(email, "")))
    assert len(set(pages)) == 1
    run_jobs()
    assert len(mail.outbox) == 5


def test_a_stranger_changes_nothing_for_a_confirmed_reader(client, run_jobs):
    reader = SubscriberFactory(email="reader@test.example", topics=["policy"])
    client.post("/subscribe/", as_a_person(**WISH))
    run_jobs()
    reader.refresh_from_db()
    assert (reader.topics, reader.language) == (["policy"], "en")
    assert "/preferences/" in mail.outbox[0].body


def test_one_mail_a_day_to_an_address(client, run_jobs):
    for _ in range(3):
        client.post("/subscribe/", as_a_person(**WISH))
        run_jobs()
    assert len(mail.outbox) == 1
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        client.post("/subscribe/", as_a_person(**WISH))
        run_jobs()
    assert len(mail.outbox) == 2


def test_a_network_may_ask_ten_times_an_hour(client):
    answers = [
        client.post("/subscribe/", as_a_person(**WISH | {"email": f"r{n}@test.example"})).status_code
        for n in range(11)
    ]
    assert answers == [200] * 10 + [429]


def test_consent_is_asked_for(client):
    assert client.post("/subscribe/", as_a_person(**WISH | {"agrees": ""})).status_code == 422
    assert not Subscriber.objects.exists()


def test_one_click_unsubscribes_without_cookie_or_token(run_jobs):
    from django.test import Client

    reader = SubscriberFactory()
    path = links.link_for("unsubscribe", reader.pk)
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(path).status_code == 200
    reader.refresh_from_db()
    assert reader.status == SubscriberStatus.CONFIRMED
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    reader.refresh_from_db()
    assert reader.status == SubscriberStatus.UNSUBSCRIBED
    assert reader.ended_at
    with time_machine.travel(timezone.now() + timedelta(days=3000)):
        assert strict.get(path).status_code == 200


def test_preferences(client):
    reader = SubscriberFactory()
    path = links.link_for("preferences", reader.pk)
    assert client.post(path, {"topics": ["needs", "policy"], "language": "ar"}).status_code == 302
    reader.refresh_from_db()
    assert (reader.topics, reader.language) == (["needs", "policy"], "ar")
    client.post(path, {"language": "ar"})
    reader.refresh_from_db()
    assert reader.status == SubscriberStatus.UNSUBSCRIBED


@pytest.mark.parametrize("kind", ["confirm", "preferences"])
def test_an_expired_link_offers_a_new_one(client, run_jobs, kind):
    reader = SubscriberFactory(status="pending" if kind == "confirm" else "confirmed")
    path = links.link_for(kind, reader.pk)
    with time_machine.travel(timezone.now() + timedelta(days=200)):
        page = client.get(path)
        assert page.status_code == 410
        token = path.split("/")[2]
        assert f"/new-link/{kind}/{token}/" in page.content.decode()
        client.post(f"/new-link/{kind}/{token}/")
        run_jobs()
        assert mail.outbox[0].to == [reader.email]
        assert client.get(path_in(mail.outbox[0])).status_code == 200


@pytest.mark.parametrize("token", ["x", "1.2.3", "%00", "1" * 400, "a:b:c"])
@pytest.mark.parametrize("kind", ["confirm", "preferences", "unsubscribe", "new-link/confirm"])
def test_a_broken_link_says_so(client, kind, token):
    method = client.post if kind.startswith("new-link") else client.get
    assert method(f"/{kind}/{token}/").status_code in (400, 410)


def test_a_link_opens_only_what_it_was_made_for(client):
    reader = SubscriberFactory()
    token = links.token_for("confirm", reader.pk)
    assert client.post(f"/unsubscribe/{token}/").status_code == 410
    reader.refresh_from_db()
    assert reader.status == SubscriberStatus.CONFIRMED


def test_the_audit_trail_holds_no_address(client):
    reader = SubscriberFactory()
    client.post(links.link_for("unsubscribe", reader.pk))
    event = AuditEvent.objects.get(subject_type="focalpoints.subscriber")
    assert reader.email not in event.subject_label + event.note


def test_an_address_nobody_confirms_is_erased_after_thirty_days(run_jobs):
    long_ago = timezone.now() - timedelta(days=31)
    SubscriberFactory(email="old@test.example", status="pending", created_at=long_ago)
    SubscriberFactory(email="confirmed@test.example", created_at=long_ago)
    SubscriberFactory(email="gone@test.example", status="unsubscribed", created_at=long_ago)
    SubscriberFactory(
        email="asked-again@test.example",
        status="pending",
        created_at=long_ago,
        confirmation_sent_at=timezone.now() - timedelta(days=2),
    )
    enqueue("focalpoints.erase_unconfirmed", key="erase_unconfirmed:today")
    run_jobs()
    kept = set(Subscriber.objects.values_list("email", flat=True))
    assert kept == {"confirmed@test.example", "gone@test.example", "asked-again@test.example"}
