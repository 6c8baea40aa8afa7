import os

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck

from partnerships import search
from partnerships.models import Partnership, RegistryEntry
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


def test_partners_contributions_and_places_are_written_with_the_record(client, key):
    company = CompanyFactory()
    made = create(
        client,
        key,
        partners=[{"company": str(company.public_id), "role": "Supplier"}, {"description": "Growers' union"}],
        contributions=[{"kind": "cash", "amount": "250.50", "currency": "EUR", "year": 2026}],
        regions=["202"],
        unnamed_country_count=3,
        place_note="Along the lake",
    )
    assert made.status_code == 201, made.json()
    found = made.json()
    assert [part["company"] and part["company"]["id"] for part in found["partners"]] == [
        str(company.public_id),
        None,
    ]
    assert (found["regions"], found["unnamed_country_count"]) == (["202"], 3)
    first = found["partners"][0]
    changed = change(
        client,
        key,
        made["Location"],
        made["ETag"],
        partners=[{"id": first["id"], "role": "Lead supplier"}],
        contributions=[{"id": found["contributions"][0]["id"], "status": "received"}, {"kind": "pro_bono"}],
        countries=["KEN"],
    )
    assert changed.status_code == 200, changed.json()
    now = changed.json()
    assert [(part["id"], part["role"]) for part in now["partners"]] == [(first["id"], "Lead supplier")]
    assert [(part["amount"], part["status"]) for part in now["contributions"]] == [
        ("250.50", "received"),
        (None, "pledged"),
    ]
    assert now["countries"] == ["KEN"]
    assert search.find(search.Wanted("", {"country": ["KEN"]}, sees_inside=True)).total == 0  # still a draft


def test_results_are_written_as_measurements_of_an_indicator(client, key):
    made = create(client, key, indicators=[{"name": "Stores built", "baseline": "0", "target": "10"}])
    (indicator,) = made.json()["indicators"]
    changed = change(
        client,
        key,
        made["Location"],
        made["ETag"],
        measurements=[{"indicator": indicator["id"], "value": "4", "on": "2026-10", "evidence": "A count"}],
    )
    assert changed.status_code == 200, changed.json()
    (now,) = changed.json()["indicators"]
    assert (now["id"], now["actual"], now["as_of"]) == (indicator["id"], "4.00", "2026-10")
    assert [(part["value"], part["evidence"]) for part in now["measurements"]] == [("4.00", "A count")]


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ({"partners": [{"role": "Nobody"}]}, "description"),
        ({"partners": [{"company": "00000000-0000-4000-8000-000000000000"}]}, "company"),
        ({"contributions": [{"kind": "cash", "amount": "5"}]}, "currency"),
        ({"contributions": [{"kind": "cash", "amount": "-5", "currency": "USD"}]}, "amount"),
        ({"contributions": [{"id": 1, "kind": "cash"}]}, "id"),
        ({"indicators": [{"unit": "stores"}]}, "name"),
        ({"measurements": [{"indicator": 1, "value": 1, "on": "2026"}]}, "indicator"),
    ],
)
def test_a_row_that_does_not_hold_together_is_named(client, key, rows, where):
    made = create(client, key)
    for refused in (create(client, key, **rows), change(client, key, made["Location"], made["ETag"], **rows)):
        assert refused.status_code == 400
        assert where in str(refused.json()["error"]["fields"])


def test_rows_of_another_record_stay_out_of_reach(client, key):
    theirs = ContributionFactory(partnership=PartnershipFactory(entities=["UNDP"]), note="Theirs")
    made = create(client, key)
    refused = change(
        client, key, made["Location"], made["ETag"], contributions=[{"id": theirs.pk, "note": "x"}]
    )
    assert refused.status_code == 400
    theirs.refresh_from_db()
    assert theirs.note == "Theirs"


def test_a_harvest_asks_only_for_what_changed(client):
    old, new = PartnershipFactory(is_public=True), PartnershipFactory(is_public=True)
    RegistryEntry.objects.filter(pk=old.pk).update(indexed_at="2026-01-01T00:00:00Z")
    found = client.get(API, {"updated_since": "2026-01-02T00:00:00Z"}).json()
    assert (found["count"], [part["reference"] for part in found["results"]]) == (1, [new.reference])
    assert client.get(API, {"updated_since": "2026-01-01"}).json()["count"] == 2
    assert client.get(API, {"updated_since": "yesterday"}).status_code == 400
    page = client.get("/partnerships/?updated_since=2026-01-02").content.decode()
    assert "Changed since 2 January 2026" in page
    assert client.get("/partnerships/?updated_since=0001-01-01T00:00:00%2B14:00").status_code == 200


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


def test_relatives_are_told_once_everybody_may_read_them(client, key):
    umbrella = PartnershipFactory(title="Quiet umbrella", record_kind="umbrella")
    record = PartnershipFactory(is_public=True, parent=umbrella)
    child = PartnershipFactory(is_public=True, title="Copy", replication_of=record, predecessor=record)
    PartnershipFactory(title="Quiet child", parent=record)
    PartnershipFactory(is_public=True, title="Taken back", status="withdrawn", predecessor=record)
    address = f"{API}{record.reference}/"
    first = client.get(address)
    told = [(one["link"], one["reference"], one["title"]) for one in first.json()["relatives"]]
    assert told == [("successors", child.reference, "Copy"), ("replications", child.reference, "Copy")]
    assert first.json()["relatives"][0]["url"].endswith(f"/partnerships/{child.reference}/")
    assert client.get(address, headers=key).json()["relatives"] == first.json()["relatives"]
    Partnership.objects.filter(pk=umbrella.pk).update(visibility="public", public_since=timezone.now())
    second = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert second.status_code == 200
    assert second.json()["relatives"][0]["link"] == "parent"


def test_exchanges_and_the_budget_of_the_evaluation_are_told(client):
    record = PartnershipFactory(is_public=True, evaluation_budget_usd=12000)
    record.exchanges.create(kind="to_un", people_count=2, months="3.5", task="Plan routes", place="Khulna")
    found = client.get(f"{API}{record.reference}/").json()
    (exchange,) = found["exchanges"]
    assert (exchange["task"], exchange["months"], exchange["paid_by"]) == ("Plan routes", "3.5", "partner")
    assert found["evaluation_budget_usd"] == "12000.00"
    assert "12,000" in client.get(record.get_absolute_url()).content.decode()
    Partnership.objects.update(withheld_fields=["contributions"], withheld_reason="Asked for.")
    assert client.get(f"{API}{record.reference}/").json()["exchanges"] == []


def test_a_page_of_the_api_stays_flat(client, assert_flat_queries):
    above = PartnershipFactory(is_public=True)

    def grow():
        PartnershipFactory(is_public=True, parent=above, predecessor=above).exchanges.create(
            people_count=1, months=1, task="Plan"
        )

    grow()
    assert_flat_queries(lambda: client.get(API), grow)


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
