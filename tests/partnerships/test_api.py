import os

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck

from partnerships.models import Partnership
from portal.models import AuditEvent
from portal.services import make_token
from tests.focalpoints.factories import FocalPointFactory
from tests.partnerships.factories import CompanyFactory, ContributionFactory, PartnershipFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db
API = "/api/v1/partnerships/"
NEW = {
    "entity": "WFP",
    "title": "Grain stores",
    "summary": "Dry stores for harvests.",
    "partnership_type": "core_business",
    "countries": ["UGA"],
    "targets": ["2.3"],
}


@pytest.fixture
def key() -> dict[str, str]:
    """The header of a focal point of WFP."""
    user = UserFactory(roles=["focal_point"])
    FocalPointFactory(user=user, entity_id="WFP")
    return {"Authorization": f"Bearer {make_token(user, 'Test')}"}


@pytest.fixture
def kept_connection():
    """A request from outside ends its connection, and with it the transaction of a test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def create(client, key, **changes):
    return client.post(API, {**NEW, **changes}, content_type="application/json", headers=key)


def change(client, key, address, tag, **values):
    headers = key | ({"If-Match": tag} if tag else {})
    return client.patch(address, values, content_type="application/json", headers=headers)


def test_a_draft_is_opened_changed_and_kept_from_strangers(client, key):
    made = create(client, key)
    assert made.status_code == 201
    assert made.json()["countries"] == ["UGA"]
    address = made["Location"]
    assert client.get(address).status_code == 404
    read = client.get(address, headers=key)
    assert read["ETag"] == made["ETag"]
    changed = change(client, key, address, read["ETag"], title="Grain stores, larger", targets=["2.3", "8.7"])
    assert changed.status_code == 200
    assert changed.json()["title"] == "Grain stores, larger"
    assert changed["ETag"] != read["ETag"]
    assert AuditEvent.objects.filter(subject_type="partnerships.partnership", action="changed").exists()


def test_nobody_overwrites_what_they_have_not_seen(client, key):
    made = create(client, key)
    address = made["Location"]
    assert change(client, key, address, "", title="x").status_code == 428
    change(client, key, address, made["ETag"], title="First")
    late = change(client, key, address, made["ETag"], title="Second")
    assert late.status_code == 412
    assert late.json()["error"]["code"] == "precondition_failed"
    assert Partnership.objects.get().title == "First"


def test_writing_needs_a_key_and_the_right_entity(client, key):
    assert create(client, {}).status_code == 401
    assert create(client, {"Authorization": "Bearer cg_wrong"}).status_code == 401
    refused = create(client, key, entity="UNDP")
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "permission_denied"
    other = PartnershipFactory(is_public=True, entities=["UNDP"])
    tag = client.get(f"{API}{other.reference}/")["ETag"]
    assert change(client, key, f"{API}{other.reference}/", tag, title="Mine").status_code == 403


def test_wrong_values_are_named(client, key):
    refused = create(client, key, partnership_type="none", countries=["XXX"], start="soon")
    assert refused.status_code == 400
    assert set(refused.json()["error"]["fields"]) == {"partnership_type", "countries", "start"}


def test_a_read_record_answers_304_to_its_tag(client):
    record = PartnershipFactory(is_public=True)
    tag = client.get(f"{API}{record.reference}/")["ETag"]
    assert client.get(f"{API}{record.reference}/", headers={"If-None-Match": tag}).status_code == 304


def test_what_is_withheld_is_not_told(client):
    record = PartnershipFactory(is_public=True, companies=[CompanyFactory(name="Quiet Giver")])
    ContributionFactory(partnership=record, amount=7, currency="USD")
    Partnership.objects.filter(pk=record.pk).update(
        withheld_fields=["parties", "contributions"], withheld_reason="Asked for."
    )
    found = client.get(f"{API}{record.reference}/").json()
    assert (found["partners"], found["contributions"]) == ([], [])
    assert found["withheld_fields"] == ["parties", "contributions"]


def test_counts_take_the_filters(client):
    PartnershipFactory(is_public=True, countries=["UGA"])
    PartnershipFactory(is_public=True, countries=["KEN"])
    found = client.get("/api/v1/counts/", {"not_country": "UGA"}).json()
    assert found["total"] == 1
    assert found["counts"]["country"] == {"KEN": 1, "UGA": 1}
    assert client.get("/api/v1/counts/", {"country": "XX"}).status_code == 400


def test_too_many_reads_wait(client, monkeypatch):
    monkeypatch.setattr("partnerships.api.READS", 2)
    answers = [client.get("/api/v1/counts/") for _turn in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == "too_many_requests"
    assert answers[2]["Retry-After"]


def test_no_call_of_the_schema_ends_in_an_error_of_ours(key, kept_connection, monkeypatch):
    """As many calls of each operation as FUZZ_CALLS says."""
    monkeypatch.setattr("partnerships.api.take", lambda *args, **kwargs: None)
    PartnershipFactory(is_public=True, reference="P-0001")
    calls = []
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema?format=json", get_wsgi_application())
    for operation in schema.get_all_operations():

        @hypothesis.settings(
            max_examples=int(os.environ.get("FUZZ_CALLS", "15")),
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=operation.ok().as_strategy())
        def call(case):
            answer = case.call(headers=key)
            calls.append(answer.status_code)
            assert answer.status_code < 500, (case.method, case.path, case.query, case.body)

        call()
    assert len(calls) > 50
