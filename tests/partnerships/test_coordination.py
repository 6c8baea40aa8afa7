"""Matches of the night, and entities that work together: one that leads, coordinators, joint appeals."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from focalpoints.models import FocalPoint
from partnerships.models import (
    Appeal,
    LeadProposal,
    Need,
    Offer,
    OfferMatch,
)
from partnerships.queries import matches as match_queries
from partnerships.queries.coordination import appeal_needs, appeal_total, duties_of, duty_matrix
from partnerships.queries.offer_figures import offer_figures
from partnerships.services import coordination, matches, triage
from partnerships.services import needs as need_services
from portal.errors import RuleViolation
from portal.models import AuditEvent, Notice
from tests.partnerships.factories_offers import (
    NeedFactory,
    OfferFactory,
    SubmittedFactory,
    a_business,
    a_focal_point,
    entity,
    fresh,
)
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


# --- matches ------------------------------------------------------------------------------------------------


def good_pair(**need):
    return SubmittedFactory(targets=["6.1"]), NeedFactory(targets=["6.1"], **need)


def test_the_night_finds_good_pairs_tells_both_sides_once_and_pages_mark_them_shown(run_jobs):
    focal = a_focal_point("UNICEF")
    offer, need = good_pair()
    NeedFactory(contribution_kinds=["cash"])
    quiet = NeedFactory(targets=["6.1"], title="Quiet", visibility="un_system")
    for _night in range(2):
        matches.rank_all()
        run_jobs()
        assert matches.rank_some([offer.pk]) == 0
    match, _other = OfferMatch.objects.order_by("need_id")
    assert (match.need, match.outcome, match.shown_at) == (need, "found", None)
    assert focal.notices.filter(kind="match").count() == 2
    assert "Quiet" not in offer.created_by.notices.get(kind="match").body
    assert quiet.matches.get().shown_at is None
    ranking = match_queries.ranked_offers(need)
    matches.record_shown(ranking.shown)
    assert fresh(match).shown_at
    assert match.outcome == "shown"
    matches.record_shown(match_queries.ranked_offers(need).shown)
    matches.record_opened(offer, need)
    assert fresh(match).opened_at


def test_small_firms_and_firms_of_least_developed_countries_can_be_filtered_in():
    need = NeedFactory()
    SubmittedFactory(title="Small", created_by=a_business(size_class="small"))
    SubmittedFactory(title="Large", created_by=a_business(size_class="large"))
    SubmittedFactory(title="Malawian", created_by=a_business(country_id="MWI"))

    def titles(only):
        return {match.offer.title for match in match_queries.ranked_offers(need, only=only).shown}

    assert titles("") == {"Small", "Large", "Malawian"}
    assert titles("small") == {"Small"}
    assert titles("ldc") == {"Malawian"}


def test_a_need_for_un_users_is_matched_on_the_desk_and_hidden_from_business():
    offer, need = good_pair(visibility="un_system")
    facts = match_queries.offer_facts(offer)
    assert [m.need for m in match_queries.ranked_needs(offer, facts).shown] == [need]
    assert not match_queries.ranked_needs(offer, facts, only_public=True).shown
    assert not Need.objects.visible_to(offer.created_by).exists()
    assert Need.objects.visible_to(UserFactory(roles=["focal_point"])).exists()


def test_an_emergency_calls_the_standing_offers_that_fit(desk, run_jobs):
    focal = a_focal_point("UNICEF")
    ready = SubmittedFactory(is_standing=True, title="Ready pumps")
    SubmittedFactory(is_standing=True, contribution_kinds=["cash"], themes=["finance"])
    SubmittedFactory(title="Not kept ready")
    values = {
        "entity": entity("UNICEF"),
        "title": "Flood",
        "description": "Pumps",
        "contribution_kinds": ["in_kind_goods"],
        "themes": ["water"],
        "countries": ["MWI"],
        "targets": [],
        "urgency": "emergency",
    }
    need = need_services.write_need(None, values=values, version=0, by=focal)
    need_services.publish_need(need, by=focal)
    need_services.call_standing_offers(fresh(need))
    called = Notice.objects.filter(subject__startswith="Emergency").values_list("user", flat=True)
    assert set(called) == {ready.created_by_id}
    assert (fresh(ready).answer_due_on - timezone.localdate()).days <= 4
    assert OfferMatch.objects.get().offer == ready


# --- together -----------------------------------------------------------------------------------------------


def test_two_entities_agree_who_leads_and_the_draft_follows(desk):
    unicef, wfp = a_focal_point("UNICEF", "MWI"), a_focal_point("WFP", "MWI")
    user = a_business()
    mine, theirs = (SubmittedFactory(created_by=user) for _side in range(2))
    mine = triage.route_offer(mine, entity=entity("UNICEF"), note="", by=desk)
    propose = {"other": entity("WFP"), "lead": entity("WFP"), "note": "You know them."}
    with pytest.raises(RuleViolation):
        coordination.propose_lead(mine, **propose, by=unicef)
    triage.route_offer(theirs, entity=entity("WFP"), note="", by=desk)
    with pytest.raises(PermissionDenied):
        coordination.propose_lead(mine, **propose, by=wfp)
    proposal = coordination.propose_lead(mine, **propose, by=unicef)
    with pytest.raises(RuleViolation):
        coordination.propose_lead(mine, **propose, by=unicef)
    assert wfp.notices.filter(subject__contains="proposes who leads").count() == 1
    with pytest.raises(PermissionDenied):
        coordination.answer_lead(proposal, agree=True, note="", by=unicef)
    coordination.answer_lead(proposal, agree=True, note="Gladly.", by=wfp)
    with pytest.raises(RuleViolation):
        coordination.answer_lead(proposal, agree=False, note="", by=wfp)
    assert LeadProposal.objects.get().co_lead == entity("UNICEF")
    offer = matches.accept_offer(mine, need=None, note="We write.", by=unicef)
    roles = dict(offer.partnership.entity_roles.values_list("entity", "role"))
    assert roles == {"WFP": "lead", "UNICEF": "coordination"}
    assert offer.partnership.origin == "offer"
    assert offer.reference in offer.partnership.came_from


def test_the_entity_of_a_need_says_that_an_offer_does_not_fit_whoever_holds_it(client):
    unicef, wfp = a_focal_point("UNICEF"), a_focal_point("WFP")
    need, offer = NeedFactory(), SubmittedFactory(status="routed", entity=entity("WFP"))
    page, act = f"/desk/needs/{need.reference}/", f"/desk/offers/{offer.reference}/not-a-fit/"
    client.force_login(unicef)
    assert offer.title in client.get(page).content.decode()
    assert client.post(act, {"need": need.reference, "next": page})["Location"] == page, "says why first"
    assert not OfferMatch.objects.filter(outcome="declined").exists()
    words = {"need": need.reference, "reason_code": "quality", "reason": "Diesel pumps", "next": page}
    assert client.post(act, words)["Location"] == page
    assert match_queries.ranked_offers(need).shown == []
    shown = client.get(page).content.decode()
    assert "1 offer said not to fit" in shown
    assert "Diesel pumps" in shown
    match = OfferMatch.objects.get(offer=offer, need=need)
    assert (match.outcome, match.reason_code, match.decided_by) == ("declined", "quality", unicef)
    assert fresh(offer).status == "routed", "the offer stays with its entity"
    assert offer_figures().misfits == [("quality", "Quality or type is not right", 1)]
    with pytest.raises(RuleViolation, match="Take that back first"):
        matches.propose_match(offer, need=need, by=wfp)
    client.post(f"/desk/offers/{offer.reference}/fit-again/", {"need": need.reference, "next": page})
    assert [shown.offer for shown in match_queries.ranked_offers(need).shown] == [offer]
    with pytest.raises(PermissionDenied):
        matches.decline_match(
            offer, need=need, reason_code="other", reason="", by=a_focal_point("UNDP")
        )  # neither holds the offer nor posted the need


def a_coordinator(country: str):
    user = UserFactory(roles=["resident_coordinator"])
    point = FocalPoint.objects.create(
        entity_id="DCO", user=user, role_title="Coordinator", office_place="x", unit_mailbox="a@b.example"
    )
    point.countries.set([country])
    return user


def test_coordinators_hear_of_an_offer_for_their_country_read_it_and_cannot_act(client):
    focal, need, offer = a_focal_point("UNICEF", "MWI"), NeedFactory(), SubmittedFactory(countries=["ZMB"])
    coordinator, elsewhere = a_coordinator("MWI"), a_coordinator("PER")
    client.force_login(coordinator)
    page = f"/desk/offers/{offer.reference}/"
    assert client.get(page).status_code == 404, "offered for another country, matched with no need here"
    matches.reserve_offer(offer, need=need, by=focal)
    assert coordinator.notices.get().subject.endswith("in your country")
    assert not elsewhere.notices.exists()
    text = client.get(coordinator.notices.get().url).content.decode()
    assert offer.description in text
    assert "For your country" in text
    assert "/desk/offers/" + offer.reference + "/decline/" not in text
    assert "Propose this match" not in client.get(page + "matches/").content.decode()
    assert offer.title in client.get("/desk/offers/").content.decode()
    assert client.post(page + "decline/", {}).status_code == 403
    with pytest.raises(PermissionDenied):
        triage.decline_offer(offer, reason_code="other", advice="No", by=coordinator)
    client.force_login(elsewhere)
    assert client.get(page).status_code == 404


def test_a_coordinator_reads_no_draft_and_nothing_the_desk_doubts():
    coordinator = a_coordinator("MWI")
    OfferFactory()
    SubmittedFactory(suspicion="links")
    real = SubmittedFactory()
    assert list(Offer.objects.visible_to(coordinator)) == [real]


def test_a_joint_appeal_adds_up_the_needs_of_those_who_join():
    focal, stranger = a_focal_point("UNICEF"), a_focal_point("WFP")
    values = {"title": "Wells", "description": "For all", "target_amount": 900, "currency": "USD"}
    with pytest.raises(PermissionDenied):
        coordination.write_appeal(None, values={**values, "lead": entity("UNICEF")}, by=stranger)
    appeal = coordination.write_appeal(None, values={**values, "lead": entity("UNICEF")}, by=focal)
    for facts in ({"value_amount": 100}, {"value_amount": 200, "entity_id": "WFP", "status": "met"}):
        NeedFactory(appeal=appeal, currency="USD", **facts)
    NeedFactory(appeal=appeal, currency="EUR", value_amount=5)
    NeedFactory(appeal=appeal, currency="USD", value_amount=7, status="draft", published_at=None)
    needs = appeal_needs(appeal, UserFactory())
    assert len(needs) == 3
    assert appeal_total(needs, "USD") == (300, 200)
    assert Appeal.objects.open().get() == appeal


def test_an_entity_says_who_does_what():
    focal = a_focal_point("UNICEF")
    division = {"sign": ("country", "above USD 5,000"), "screen": ("hq", "")}
    with pytest.raises(PermissionDenied):
        coordination.divide_duties(entity("WFP"), division=division, by=focal)
    coordination.divide_duties(entity("UNICEF"), division=division, by=focal)
    coordination.divide_duties(entity("UNICEF"), division=division, by=focal)
    assert [row.duty for row in duties_of(entity("UNICEF"))] == ["screen", "sign"]
    assert [found.pk for found, _cells in duty_matrix()] == ["UNICEF"]
    assert AuditEvent.objects.filter(action="divided duties").count() == 1
    coordination.divide_duties(entity("UNICEF"), division={}, by=focal)
    assert duty_matrix() == []
