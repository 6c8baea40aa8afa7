"""A submitted offer is corrected by its business until somebody has decided."""

import pytest
from django.core.exceptions import PermissionDenied

from partnerships.models import OFFER_CORRECTABLE, Offer, OfferStatus
from partnerships.services import offers as services
from partnerships.services import triage
from portal.errors import RuleViolation, StaleEdit
from portal.models import AuditEvent, Job, Notice
from tests.partnerships.factories_offers import SubmittedFactory, a_business, a_focal_point, entity, fresh
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db

WHAT = {
    "title": ["Solar pumps"],
    "contribution_kinds": ["in_kind_goods"],
    "quantity": ["400"],
    "unit": ["pumps"],
    "description": ["New pumps with panels and spare parts."],
}


def kept(data: dict) -> dict:
    return {"data": data, "version": 1, "saved_at": "2026-11-01T10:00:00+00:00", "is_valid": True}


@pytest.fixture
def offer() -> Offer:
    return SubmittedFactory(quantity=400, unit="pumps", answers={"what": kept(WHAT)})


def correct(offer: Offer, by=None, version: int = 1, **values) -> Offer:
    typed = {**WHAT, **{name: [str(value)] for name, value in values.items()}}
    return services.correct_offer(
        offer, "what", answers=typed, values=values, version=version, by=by or offer.created_by
    )


def test_both_wordings_are_kept_the_reader_is_told_and_it_is_ranked_anew(offer):
    desk = UserFactory(roles=["registry_desk"])
    triage.take_offer(offer, by=desk)
    due = fresh(offer).answer_due_on
    correct(offer, quantity=40, title="Solar pumps")
    correct(offer, quantity=40)  # says the same
    event = AuditEvent.objects.get(action="corrected")
    assert event.changes == {"quantity": ["400.00", 40]}
    assert (fresh(offer).quantity, offer.answer_due_on) == (40, due)
    assert Notice.objects.get(user=desk).subject == f"Offer {offer.reference} was corrected"
    assert Job.objects.get(kind="partnerships.rank_some").args == {"offer_ids": [offer.pk]}


def test_another_window_and_another_company_change_nothing(offer):
    correct(offer, title="Wind pumps")
    with pytest.raises(StaleEdit):
        correct(offer, title="Looms")
    with pytest.raises(PermissionDenied):
        correct(offer, by=a_business(), title="Looms")
    assert fresh(offer).title == "Wind pumps"


@pytest.mark.parametrize("status", [s for s in OfferStatus if s not in (*OFFER_CORRECTABLE, "draft")])
def test_after_a_decision_the_words_stand_and_it_says_whom_to_ask(offer, status):
    held = {"reserved_until": "2027-01-01", "reason_code": "other", "entity": entity("UNICEF")}
    Offer.objects.filter(pk=offer.pk).update(status=status, **held)
    with pytest.raises(RuleViolation, match=r"hold the offer|Make it again"):
        correct(offer, title="Looms")


def test_a_sign_of_abuse_that_a_correction_brings_holds_the_offer_again(offer):
    links = "New pumps: www.one.example www.two.example www.three.example"
    assert correct(offer, description=links).suspicion == "links"
    triage.clear_suspicion(offer, by=UserFactory(roles=["registry_desk"]))
    assert correct(offer, version=2, description=f"{links} too").suspicion == ""


def test_a_longer_time_is_where_a_correction_begins(offer):
    Offer.objects.filter(pk=offer.pk).update(answers={"where": kept({"available_until_year": ["2026"]})})
    until = fresh(offer).submitted_at.date().replace(month=1, day=31)
    until = until.replace(year=until.year + 1)
    services.renew_offer(offer, until=until, by=offer.created_by)
    where = fresh(offer).answers["where"]
    assert (where["data"]["available_until_year"], where["version"]) == ([str(until.year)], 2)


# --- pages ------------------------------------------------------------------------------------------------


def test_the_business_corrects_on_its_page_and_the_desk_reads_both(client, offer):
    client.force_login(offer.created_by)
    page = f"/my/offers/{offer.reference}/"
    assert f'href="{page}correct/"' in client.get(page).content.decode()
    assert f'href="{page}correct/what/"' in client.get(page + "correct/").content.decode()
    assert 'value="400"' in client.get(page + "correct/what/").content.decode()
    assert client.get(page + "correct/company/").status_code == 404
    wrong = client.post(page + "correct/what/", {"title": "Wind pumps", "version": 1})
    assert wrong.status_code == 422
    assert "Wind pumps" in wrong.content.decode()
    new = {**WHAT, "title": "Wind pumps", "version": 1}
    assert client.post(page + "correct/what/", new)["Location"] == page
    stale = client.post(page + "correct/what/", {**new, "title": "Looms"})
    assert stale.status_code == 409
    assert "Wind pumps" in stale.content.decode()
    assert "You corrected the offer" in client.get(page).content.decode()
    client.force_login(UserFactory(roles=["registry_desk"]))
    read = client.get(f"/desk/offers/{offer.reference}/").content.decode()
    assert "Corrected by the business" in read
    assert "Solar pumps" in read


def test_a_decided_offer_leads_back_to_its_page_with_the_reason(client, offer):
    Offer.objects.filter(pk=offer.pk).update(status="routed", entity=entity("UNICEF"))
    client.force_login(offer.created_by)
    answer = client.get(f"/my/offers/{offer.reference}/correct/what/", follow=True).content.decode()
    assert answer.count("decides on these words") == 2  # as the answer, and beside the words
    assert "/correct/" not in answer


def test_nobody_decides_on_words_they_have_not_read(client, offer):
    client.force_login(a_focal_point("UNICEF", "MWI"))
    page = f"/desk/offers/{offer.reference}/"
    assert "decline/?read=1" in client.get(page).content.decode()
    correct(offer, title="Wind pumps")
    typed = {"reason_code": "other", "advice": "Offer it to others."}
    answer = client.post(page + "decline/?read=1", typed)
    assert answer.status_code == 422
    assert "Offer it to others." in answer.content.decode()
    assert client.post(page + "decline/?read=2", typed).status_code == 302
