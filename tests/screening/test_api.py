import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from portal.services import make_token
from screening.models import MatchRequest
from screening.services import match_requests
from tests.portal.factories import UserFactory
from tests.screening.factories import ListSourceFactory, list_xml, serve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]
URL = "/api/v1/screening/match"


@pytest.fixture(autouse=True)
def worker(monkeypatch, run_jobs):
    """A worker that answers while the caller waits."""

    def wait(request, patience=0.0):
        run_jobs()
        request.refresh_from_db()
        return request

    monkeypatch.setattr(match_requests, "wait_for", wait)


@pytest.fixture
def source():
    source = ListSourceFactory()
    serve(source, list_xml("Orsalla Maritime Trade Co", "Quorvane Holding", persons=("Merin Tarvind",)))
    return source


@pytest.fixture
def focal():
    return UserFactory(roles=["focal_point"])


@pytest.fixture
def api(focal):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_token(focal, 'Test')}")
    return client


def asked(*queries):
    return {"queries": list(queries)}


def test_batch_is_answered_in_order_with_explanations(api, source):
    answer = api.post(
        URL,
        asked(
            {"name": "Halvorsen Cold Chain", "kind": "company"},
            {"name": "Orsala Maritime Trading LLC", "kind": "company", "country": "Norway"},
            {"name": "Tarvind, Merin", "kind": "person", "birth_year": 1970},
        ),
        format="json",
    )
    assert answer.status_code == 200, answer.json()
    nothing, company, person = answer.json()["results"]
    assert nothing == []
    (hit,) = company
    assert (hit["list_code"], hit["source_id"], hit["list_title"]) == (source.pk, "e1", source.title)
    assert 0.5 < hit["score"] <= 1
    assert {word["relation"] for word in hit["words"]} >= {"same", "legal_form"}
    assert sum(part["points"] for part in hit["parts"]) == pytest.approx(100 * hit["score"], abs=0.06)
    assert person[0]["source_id"] == "p1"
    assert answer.json()["list_versions"] == [f"{source.pk} v1"]


def test_answer_can_be_read_again_by_its_asker_only(api, source):
    url = api.post(URL, asked({"name": "Quorvane", "kind": "company"}), format="json").json()["url"]
    assert api.get(url).json()["results"]
    stranger = APIClient()
    stranger.force_authenticate(UserFactory(roles=["focal_point"]))
    assert stranger.get(url).status_code == 404


def test_confidential_list_answers_reviewers_only(api, source):
    source.is_confidential = True
    source.save()
    question = asked({"name": "Quorvane Holding", "kind": "company"})
    answer = api.post(URL, question, format="json").json()
    assert (answer["results"], answer["list_versions"]) == ([[]], [])
    analyst = APIClient()
    analyst.force_authenticate(UserFactory(roles=["analyst"]))
    assert analyst.post(URL, question, format="json").json()["results"][0]


@pytest.mark.parametrize(
    "body",
    [
        {},
        asked(),
        asked(*[{"name": "x", "kind": "company"}] * 101),
        asked({"name": "", "kind": "company"}),
        asked({"name": "x", "kind": "ship"}),
        asked({"name": "x", "kind": "company", "country": "Atlantis"}),
        asked({"name": "x", "kind": "company", "threshold": 0}),
        asked({"name": "x", "kind": "person", "birth_year": "young"}),
    ],
)
def test_bad_questions_say_what_is_wrong(api, body):
    answer = api.post(URL, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"]
    assert not MatchRequest.objects.exists()


def test_without_a_key_or_a_role_there_is_no_answer(client):
    assert client.post(URL, {}, content_type="application/json").status_code == 401
    business = APIClient()
    business.force_authenticate(UserFactory(roles=["business"]))
    assert business.post(URL, asked({"name": "x", "kind": "company"}), format="json").status_code == 403
    wrong = APIClient()
    wrong.credentials(HTTP_AUTHORIZATION="Bearer cg_nonsense")
    assert wrong.post(URL, {}, format="json").status_code == 401


def test_too_many_questions_are_told_to_wait(api, monkeypatch):
    from portal import limits

    taken = limits.take
    monkeypatch.setattr(limits, "take", lambda key, **_: taken(key, burst=1, per_seconds=3600))
    question = asked({"name": "Quorvane", "kind": "company"})
    assert api.post(URL, question, format="json").status_code == 200
    answer = api.post(URL, question, format="json")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_requests_are_answered_once_and_forgotten_after_a_week(api, source, focal):
    kept = match_requests.ask([{"name": "Quorvane", "kind": "company"}], by=focal)
    match_requests.answer(str(kept.pk))
    first = MatchRequest.objects.get().answered_at
    match_requests.answer(str(kept.pk))
    assert MatchRequest.objects.get().answered_at == first
    assert match_requests.forget_old() == 0
    MatchRequest.objects.update(at=first - match_requests.KEPT * 2)
    assert match_requests.forget_old() == 1


def address(api):
    return "/" + api.get("/api/v1/screening/reconcile/address").json()["address"].split("/", 3)[3]


def test_openrefine_reads_the_manifest_and_reconciles_a_batch(api, source):
    service = address(api)
    openrefine = APIClient()  # sends no key
    manifest = openrefine.get(service).json()
    assert manifest["versions"] == ["0.2"]
    assert {"name", "identifierSpace", "schemaSpace", "defaultTypes"} <= manifest.keys()
    queries = {
        "q0": {"query": "Quorvane Holdings", "type": "company", "limit": 3},
        "q1": {"query": "Merin Tarvind", "type": "person", "properties": [{"pid": "birth_year", "v": 1970}]},
        "q2": {"query": "Halvorsen Cold Chain"},
    }
    answer = openrefine.post(service, {"queries": json.dumps(queries)}).json()
    assert list(answer) == ["q0", "q1", "q2"]
    best = answer["q0"]["result"][0]
    assert (best["id"], best["name"]) == (f"{source.pk}:e2", "Quorvane Holding")
    assert 50 < best["score"] <= 100
    assert isinstance(best["match"], bool)
    assert answer["q1"]["result"][0]["id"] == f"{source.pk}:p1"
    by_get = openrefine.get(service, {"queries": json.dumps({"q": {"query": "Quorvane Holding"}})}).json()
    assert by_get["q"]["result"][0]["match"] is True


@pytest.mark.parametrize("queries", ["", "{", "[]", '{"q0": "x"}', '{"q0": {"query": ""}}'])
def test_reconciliation_refuses_what_is_no_query(api, queries):
    assert APIClient().post(address(api), {"queries": queries}).status_code == 400


def test_address_stops_with_its_day_and_with_its_person(api, focal):
    service = address(api)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert APIClient().get(service).status_code == 404
    focal.is_active = False
    focal.save()
    assert APIClient().get(service).status_code == 403
    assert APIClient().get("/api/v1/screening/reconcile/forged/").status_code == 404
