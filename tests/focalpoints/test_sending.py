import email
from contextlib import closing
from datetime import timedelta
from email import policy

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from focalpoints import links, moulds, relay
from focalpoints.editions import edition
from focalpoints.models import (
    Delivery,
    DeliveryStatus,
    Issue,
    IssueStatus,
    Subscriber,
    SubscriberStatus,
)
from focalpoints.queries import newsletter as queries
from focalpoints.services import issues as services
from focalpoints.services import sending
from focalpoints.services import subscribers as subscriber_services
from tests.focalpoints.factories import (
    IssueFactory,
    IssueItemFactory,
    SubscriberFactory,
    approved_issue,
)
from tests.portal.factories import as_a_person


def counts(issue: Issue) -> dict[str, int]:
    return {status: count for status, count in queries.progress(issue).counts.items() if count}


# --- the mail -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_mail_has_both_parts_and_the_headers_of_one_click(language, settings):
    issue = IssueFactory(
        title="Water – ماء", languages=["ar"], sending_at=timezone.now(), status=IssueStatus.SENDING
    )
    reader = SubscriberFactory(language=language)
    content = edition(issue, issue.items.all(), language, base=settings.PORTAL_URL)
    raw = moulds.personal(
        moulds.mould_of(issue, content), subscriber_id=reader.pk, email=reader.email, key="newsletter-1-1"
    )
    message = email.message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == "Water – ماء"
    assert message["To"] == reader.email
    assert message["Content-Language"] == language
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].strip("<>")
    text, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert address in text
    assert address in page
    assert "PERSONAL" not in text + page
    assert "Three records joined" in text
    assert f'lang="{language}"' in page
    assert "<img" not in page
    assert all(len(line) < 998 for line in raw.split(b"\r\n"))
    assert not any(line.startswith(b".") for line in raw.split(b"\r\n"))


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: x@y.example", "a b@c.example", "<a@b.example>", "a@b,c@d"]
)
def test_an_address_cannot_carry_a_header(address):
    with pytest.raises(ValueError, match="plain address"):
        moulds.personal(moulds.Mould(b"", "", "", "x"), subscriber_id=1, email=address, key="k")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["a@b.example\nBcc: x", "Name <a@b.example>", "a@b.example, c@d.example"])
def test_the_table_refuses_what_is_not_an_address(client, address):
    wish = as_a_person(email=address, topics="quarterly", language="en", agrees="on")
    response = client.post("/subscribe/", wish)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["email"])
    with pytest.raises(IntegrityError), transaction.atomic():
        SubscriberFactory(email=address)


# --- sending --------------------------------------------------------------------------------------


@pytest.fixture
def fast(monkeypatch):
    monkeypatch.setattr(sending, "RETRY_SECONDS", 0)


@pytest.mark.django_db(transaction=True)
def test_an_issue_goes_out_once_to_each_reader_of_its_topic(editors, smtp, run_jobs, settings):
    SubscriberFactory.create_batch(60)
    SubscriberFactory(language="fr")
    SubscriberFactory(topics=["policy"])
    SubscriberFactory(status=SubscriberStatus.PENDING, confirmed_at=None)
    SubscriberFactory(status=SubscriberStatus.UNSUBSCRIBED)
    issue = approved_issue(editors, languages=["fr"], falls_back=["fr"])
    sending.send_issue(issue, by=editors[0])
    assert set(run_jobs()) == {"focalpoints.send_lane"}
    issue.refresh_from_db()
    assert issue.status == IssueStatus.SENT
    assert issue.sent_at
    assert counts(issue) == {"sent": 61}
    recipients = [line.split()[0] for line in smtp()]
    assert len(recipients) == len(set(recipients)) == 61
    assert issue.deliveries.filter(language="fr").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pipelines", [True, False])
def test_a_soft_refusal_is_tried_again_and_a_hard_one_never(editors, smtp, fast, monkeypatch, pipelines):
    if not pipelines:
        monkeypatch.setattr("smtplib.SMTP.has_extn", lambda self, name: False)
    SubscriberFactory(email="soft1@test.example")
    SubscriberFactory(email="hard1@test.example")
    SubscriberFactory()
    issue = approved_issue(editors)
    sending.send_issue(issue, by=editors[0])
    sending.deliver(issue.pk, seconds=300)
    assert counts(issue) == {"sent": 2, "failed": 1}
    refused = issue.deliveries.get(status=DeliveryStatus.FAILED)
    assert refused.attempts == 1
    assert refused.error.startswith("550")
    assert issue.deliveries.get(subscriber__email="soft1@test.example").attempts == 2


@pytest.mark.django_db(transaction=True)
def test_refused_are_retried_on_request_and_nobody_else(editors, smtp, run_jobs, fast):
    SubscriberFactory(email="policy1@test.example")
    SubscriberFactory()
    issue = approved_issue(editors)
    sending.send_issue(issue, by=editors[0])
    run_jobs()
    Subscriber.objects.filter(email="policy1@test.example").update(email="mended@test.example")
    assert sending.retry_failed(Issue.objects.get(pk=issue.pk), by=editors[0]) == 1
    run_jobs()
    assert counts(issue) == {"sent": 2}
    assert [line.split()[0] for line in smtp()][-1] == "mended@test.example"
    assert len(smtp()) == 3, "two messages taken, one refused"
    issue.refresh_from_db()
    assert issue.status == IssueStatus.SENT


@pytest.mark.django_db(transaction=True)
def test_an_address_that_the_server_knows_not_is_not_tried_again(editors, smtp, run_jobs):
    gone = SubscriberFactory(email="hard1@test.example")
    SubscriberFactory()
    issue = approved_issue(editors)
    sending.send_issue(issue, by=editors[0])
    run_jobs()
    gone.refresh_from_db()
    assert gone.status == SubscriberStatus.BOUNCED
    assert sending.retry_failed(Issue.objects.get(pk=issue.pk), by=editors[0]) == 0


@pytest.mark.django_db(transaction=True)
def test_rates_hold_back_what_is_beyond_them(editors, smtp, settings):
    settings.MAIL_PER_SECOND_TO = {"slow.example": 1000.0, "held.example": 0.01}
    for n in range(4):
        SubscriberFactory(email=f"a{n}@slow.example")
        SubscriberFactory(email=f"b{n}@held.example")
    issue = approved_issue(editors)
    sending.send_issue(issue, by=editors[0])
    with closing(sending.Ledger(issue.pk)) as ledger:
        claimed = [row.domain for row in ledger.claim()]
        assert (claimed.count("slow.example"), claimed.count("held.example")) == (4, 1)
        held = issue.deliveries.filter(status="queued", run_after__gt=timezone.now())
        assert held.count() == 3
        assert 0 < ledger.seconds_until_due() <= 100
        ledger.give_back()
        settings.MAIL_PER_SECOND_TO, settings.MAIL_PER_SECOND = {}, 3.0
        assert len(ledger.claim()) == 3


@pytest.mark.django_db(transaction=True)
def test_the_envelope_that_waits_for_a_reader_who_left_is_thrown_away(editors, smtp, monkeypatch):
    SubscriberFactory.create_batch(3)
    issue = approved_issue(editors)
    sending.send_issue(issue, by=editors[0])
    real, left = relay.Relay.hand_over, []

    def leaving(self, email, message, *, next_email=""):
        outcome = real(self, email, message, next_email=next_email)
        if not left:
            left.append(next_email)
            subscriber_services.unsubscribe(Subscriber.objects.get(email=next_email))
        return outcome

    monkeypatch.setattr(relay.Relay, "hand_over", leaving)
    sending.deliver(issue.pk, seconds=300)
    assert counts(issue) == {"sent": 2, "suppressed": 1}
    assert len(smtp()) == 2
    assert left[0] not in "".join(smtp())


@pytest.mark.django_db(transaction=True)
def test_links_of_a_mail_are_counted_in_total_and_lead_on(editors, smtp, client, settings):
    SubscriberFactory()
    issue = approved_issue(editors, words=None)
    IssueItemFactory(issue=issue, url="/needs/", title="Needs", text="See [the UN](https://www.un.org/en/).")
    sending.send_issue(issue, by=editors[0])
    link = issue.links.get(address="https://www.un.org/en/")
    with time_machine.travel(timezone.now(), tick=False):  # a link is signed with the second it was made in
        path = links.link_for("news_link", link.pk)
        page = sending._mould({}, issue.pk, "en").html
    assert f'href="{settings.PORTAL_URL}{path}"' in page
    assert "https://www.un.org/en/" in sending._mould({}, issue.pk, "en").text
    for _ in range(2):
        assert client.get(path).url == "https://www.un.org/en/"
    client.head(path)
    link.refresh_from_db()
    assert link.click_count == 2
    assert client.get("/news/go/1.x.y/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_pause_resume_and_unsubscribe_take_hold_before_the_next_message(editors, smtp, run_jobs, monkeypatch):
    SubscriberFactory.create_batch(10)
    issue = approved_issue(editors)
    sending.send_issue(issue, by=editors[0])
    real, seen = relay.Relay.hand_over, []

    def pausing(self, email, message, **more):
        seen.append(email)
        if len(seen) == 4:
            sending.pause_issue(issue, by=editors[0])
        return real(self, email, message, **more)

    monkeypatch.setattr(relay.Relay, "hand_over", pausing)
    sending.deliver(issue.pk, seconds=300)
    assert counts(issue) == {"sent": 4, "queued": 6}
    with closing(sending.Ledger(issue.pk)) as ledger:
        assert ledger.seconds_until_due() is None, "a worker does not wait for an issue that stands still"
    gone = issue.deliveries.filter(status="queued").first().subscriber
    subscriber_services.unsubscribe(gone)
    sending.resume_issue(issue, by=editors[0])
    run_jobs()
    assert counts(issue) == {"sent": 9, "suppressed": 1}
    assert gone.email not in "".join(smtp())


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_rest_is_never_sent(editors, smtp, run_jobs):
    SubscriberFactory.create_batch(3)
    issue = approved_issue(editors)
    sending.send_issue(issue, by=editors[0])
    sending.pause_issue(issue, by=editors[0])
    sending.cancel_sending(issue, by=editors[0])
    run_jobs()
    assert counts(issue) == {"cancelled": 3}
    assert smtp() == []


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_worker_held_is_sent_or_uncertain(editors, smtp, run_jobs):
    SubscriberFactory.create_batch(3)
    issue = approved_issue(editors)
    sending.send_issue(issue, by=editors[0])
    first, second, _third = issue.deliveries.order_by("id")
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(pk=first.pk).update(status="handing", claimed_until=past)
    Delivery.objects.filter(pk=second.pk).update(status="claimed", claimed_until=past)
    run_jobs()
    assert counts(issue) == {"sent": 2, "uncertain": 1}
    assert sending.retry_failed(Issue.objects.get(pk=issue.pk), by=editors[0]) == 0


@pytest.mark.django_db(transaction=True)
def test_a_silent_server_loses_nothing(editors, settings, run_jobs):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    settings.MAIL_CHECKS_DNS = False
    SubscriberFactory()
    issue = approved_issue(editors)
    sending.send_issue(issue, by=editors[0])
    run_jobs()
    issue.refresh_from_db()
    assert issue.status == IssueStatus.SENDING
    assert counts(issue) == {"queued": 1}


@pytest.mark.django_db(transaction=True)
def test_a_scheduled_issue_starts_at_its_hour_and_not_before(editors, smtp, run_jobs):
    SubscriberFactory()
    hour = timezone.now() + timedelta(hours=2)
    issue = approved_issue(editors, planned_for=hour)
    services.schedule_issue(issue, by=editors[0])
    run_jobs()
    issue.refresh_from_db()
    assert issue.status == IssueStatus.SCHEDULED
    with time_machine.travel(hour + timedelta(minutes=1)):
        run_jobs()
    issue.refresh_from_db()
    assert issue.sending_at


@pytest.mark.django_db(transaction=True)
def test_a_test_goes_to_the_editor_alone(editors, smtp, client):
    SubscriberFactory()
    issue = IssueFactory(created_by=editors[0])
    client.force_login(editors[0])
    assert client.post(f"/newsletter/{issue.number}/test/").status_code == 302
    assert [line.split()[0] for line in smtp()] == [editors[0].email]
    # Its links are nobody's.
    token = links.token_for("unsubscribe", 0)
    assert client.post(f"/unsubscribe/{token}/").status_code == 200


@pytest.mark.django_db
def test_the_sending_page_adds_up(client, editors):
    issue = approved_issue(editors)
    Issue.objects.filter(pk=issue.pk).update(status="sent", sending_at=timezone.now(), sent_at=timezone.now())
    for status in ("sent", "uncertain", "failed"):
        Delivery.objects.create(issue=issue, subscriber=SubscriberFactory(), language="en", status=status)
    client.force_login(editors[0])
    page = client.get(f"/newsletter/{issue.number}/").content.decode()
    assert "3 of 3" in page
    assert "Try the refused again" in page
    assert "hx-get" not in page
