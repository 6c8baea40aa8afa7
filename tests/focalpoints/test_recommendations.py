from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from docx import Document as Docx

from focalpoints.models import RECOMMENDATION_MOVES, Recommendation, RecommendationStatus, UNEntity
from focalpoints.services import recommendations as services
from portal.errors import RuleViolation
from portal.models import Notice
from tests.focalpoints.factories import FocalPointFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


def focal_point(entity: str):
    return FocalPointFactory(entity_id=entity, user=UserFactory(roles=["focal_point"])).user


def entity(code: str) -> UNEntity:
    return UNEntity.objects.get(pk=code)


@pytest.fixture
def wfp():
    return focal_point("WFP")


@pytest.fixture
def undp():
    return focal_point("UNDP")


@pytest.fixture
def recommendation(wfp):
    return services.propose(
        title="One legal template",
        text="Let us use one template.",
        addressee="Legal Counsel",
        entity=entity("WFP"),
        community=None,
        by=wfp,
    )


def test_one_signs_for_ones_own_entity_and_once(recommendation, wfp, undp):
    with pytest.raises(PermissionDenied):
        services.sign(recommendation, entity=entity("UNICEF"), by=undp)
    first = services.sign(recommendation, entity=entity("UNDP"), by=undp)
    again = services.sign(recommendation, entity=entity("UNDP"), by=focal_point("UNDP"))
    assert again == first
    with pytest.raises(PermissionDenied):
        services.unsign(first, by=wfp)
    services.unsign(first, by=undp)
    assert [row.entity_id for row in recommendation.signatures.all()] == ["WFP"]


def test_signed_words_are_not_changed(recommendation, wfp, undp):
    services.change_words(recommendation, title="One template", by=wfp)
    services.sign(recommendation, entity=entity("UNDP"), by=undp)
    with pytest.raises(RuleViolation, match="signed these words"):
        services.change_words(recommendation, title="Two templates", by=wfp)
    with pytest.raises(PermissionDenied):
        services.withdraw(recommendation, by=undp)
    recommendation.refresh_from_db()
    assert recommendation.title == "One template"


def test_from_proposal_to_reply(client, recommendation, wfp, undp):
    path = f"/recommendations/{recommendation.pk}/"
    client.force_login(wfp)
    assert client.post(path + "send/").status_code == 409
    client.force_login(undp)
    assert client.post(path + "sign/", {"entity": "UNDP"}).status_code == 302
    assert client.post(path + "sign/", {"entity": "UNDP"}).status_code == 409
    assert client.post(path + "send/").status_code == 403
    client.force_login(wfp)
    assert client.post(path + "send/").status_code == 302
    assert client.post(path + "reply/", {"reply": " "}).status_code == 422
    assert client.post(path + "reply/", {"reply": "We <b>agree</b>"}).status_code == 302
    page = client.get(path).content.decode()
    assert "We agree" in page
    recommendation.refresh_from_db()
    assert recommendation.status == RecommendationStatus.ANSWERED
    assert Notice.objects.filter(user=undp).count() == 2
    with pytest.raises(RuleViolation):
        services.unsign(recommendation.signatures.first(), by=wfp)


def test_a_recommendation_is_a_letter(client, recommendation, wfp):
    client.force_login(wfp)
    path = f"/recommendations/{recommendation.pk}/letter/"
    assert client.get(path + "pdf/").content.startswith(b"%PDF")
    letter = Docx(BytesIO(client.get(path + "docx/").content))
    words = [paragraph.text for paragraph in letter.paragraphs]
    assert "Let us use one template." in words
    assert "World Food Programme (WFP)" in words
    assert client.get(path + "exe/").status_code == 404


@pytest.mark.parametrize(
    "status",
    [s for s in RecommendationStatus if RecommendationStatus.WITHDRAWN not in RECOMMENDATION_MOVES[s]],
)
def test_what_is_over_is_not_withdrawn(recommendation, wfp, status):
    Recommendation.objects.update(status=status, sent_on="2026-01-01", reply="Yes")
    with pytest.raises(RuleViolation):
        services.withdraw(recommendation, by=wfp)


def test_a_reply_and_its_status_belong_together(recommendation):
    with pytest.raises(IntegrityError), transaction.atomic():
        Recommendation.objects.update(status="answered", sent_on="2026-01-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Recommendation.objects.update(status="sent")


def test_proposed_through_its_form_by_focal_points_only(client, wfp):
    client.force_login(wfp)
    data = {"title": "Share screening", "addressee": "UNSDG", "text": "Once for all.", "entity": "WFP"}
    assert client.post("/recommendations/new/", data | {"entity": "UNDP"}).status_code == 422
    response = client.post("/recommendations/new/", data)
    assert "World Food Programme" in client.get(response.url).content.decode()
    client.force_login(UserFactory(roles=["decider"]))
    assert client.post("/recommendations/new/", data).status_code == 422
    assert "New recommendation" not in client.get("/recommendations/").content.decode()
    assert "Share screening" not in client.get("/recommendations/?status=sent").content.decode()


def test_recommendations_stay_flat(client, wfp, assert_flat_queries):
    entities = iter(["UNDP", "UNICEF", "UNHCR", "FAO", "ILO", "WHO"])

    def grow():
        values = {"title": "x", "text": "x", "addressee": "x", "community": None, "by": wfp}
        recommendation = services.propose(entity=entity("WFP"), **values)
        code = next(entities)
        services.sign(recommendation, entity=entity(code), by=focal_point(code))

    client.force_login(wfp)
    assert_flat_queries(lambda: client.get("/recommendations/"), grow=grow)
