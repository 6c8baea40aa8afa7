"""Gates with advice, who owns an offer, questions both ways, moderation, what the desk sees."""

import random
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from focalpoints.models import FocalPoint
from partnerships.models import (
    OFFER_ON_DESK,
    OFFER_STEPS,
    LeadProposal,
    Offer,
    ReasonCode,
)
from partnerships.moderation import signs_of_abuse
from partnerships.queries import matches as match_queries
from partnerships.queries.needs import acceptable_needs
from partnerships.queries.offer_figures import born_from_offers, offer_figures
from partnerships.queries.offers import desk_rows
from partnerships.queries.triage import ADVICE, advice_for, desk_offers, offices_for, triage_gates
from partnerships.services import matches, offers, triage
from portal.errors import RuleViolation, TooMany
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


def gate_states(offer: Offer) -> dict[str, tuple[str, str]]:
    entities = match_queries.ranked_entities(match_queries.offer_facts(offer))
    return {gate.name: (gate.state, gate.slug) for gate in triage_gates(offer, entities)}


# --- gates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "gate", "answer"),
    [
        ({"is_fit_for_use": False}, "lawful_and_fit", ("stop", "not_fit")),
        ({"is_tied_to_procurement": True}, "not_procurement", ("stop", "tied")),
        ({"is_tied_to_procurement": None}, "not_procurement", ("wait", "unknown")),
        ({}, "exclusion_precheck", ("wait", "unknown")),
        ({"themes": ["water"]}, "mandate_fit", ("ok", "mandate")),
        ({"themes": []}, "mandate_fit", ("stop", "no_mandate")),
        ({"value_amount": 500, "currency": "USD"}, "size", ("wait", "small")),
        ({"value_amount": 500, "currency": "EUR"}, "size", ("ok", "other_currency")),
        ({"value_amount": 50_000, "currency": "USD"}, "size", ("ok", "size_ok")),
    ],
)
def test_each_gate_answers(facts, gate, answer):
    assert gate_states(SubmittedFactory(**facts))[gate] == answer


def test_a_company_without_number_and_website_is_looked_at():
    offer = SubmittedFactory(created_by=a_business(registration_number=""))
    assert gate_states(offer)["complete"] == ("wait", "no_number")


def test_every_gate_has_a_reason_code_with_advice_in_the_language_of_the_business():
    offer = SubmittedFactory()
    for gate in triage_gates(offer, []):
        assert gate.reason_code in ADVICE
        assert advice_for(gate.reason_code, offer)
    assert advice_for(ReasonCode.OTHER, offer) == ""


def test_entities_outside_the_un_system_are_not_suggested():
    facts = match_queries.offer_facts(SubmittedFactory(themes=["humanitarian", "health"]))
    kinds = {found.kind for found, _match in match_queries.ranked_entities(facts, limit=80)}
    assert "partner_body" not in kinds


# --- an owner, always -------------------------------------------------------------------------------------


def test_an_offer_goes_to_an_office_in_its_country_first(desk):
    near, here = a_focal_point("UNICEF", "UGA"), a_focal_point("UNICEF", "MWI")
    offer = SubmittedFactory()
    (unicef, contacts), *_others = offices_for(offer, [(entity("UNICEF"), None)])
    assert unicef.pk == "UNICEF"
    assert [contact.user for contact in contacts] == [here, near]
    office = here.focal_points.get()
    offer = triage.route_offer(offer, entity=unicef, office=office, note="", by=desk)
    assert (offer.entity, offer.office) == (unicef, office)
    assert here.notices.filter(kind="offer").count() == 1
    assert not near.notices.exists()


def test_an_offer_is_not_passed_to_an_entity_that_nobody_answers_for(desk):
    with pytest.raises(RuleViolation):
        triage.route_offer(SubmittedFactory(), entity=entity("WMO"), note="", by=desk)


def test_an_offer_whose_holder_left_is_with_the_registry_desk_again(desk):
    focal = a_focal_point("UNICEF")
    offer = triage.route_offer(SubmittedFactory(), entity=entity("UNICEF"), note="", by=desk)
    FocalPoint.objects.filter(user=focal).update(left_on=timezone.localdate())
    taken = triage.take_offer(SubmittedFactory(), by=desk)
    desk.is_active = False
    desk.save()
    other = UserFactory(roles=["registry_desk"])
    triage.keep_offers()
    assert (fresh(offer).status, offer.entity, offer.triager) == ("triage", None, None)
    assert fresh(taken).triager is None
    assert other.notices.filter(subject__contains="registry desk again").count() == 2


def test_whatever_is_done_an_open_offer_is_always_on_somebodys_desk(desk):
    """A hundred random acts; after each, some active person finds every open offer among their own."""
    chance = random.Random(6)
    people = [desk, a_focal_point("UNICEF", "MWI"), a_focal_point("WFP", "MWI")]
    user, needs = a_business(), [NeedFactory(), NeedFactory(entity_id="WFP")]
    rows = [SubmittedFactory(created_by=user, description=f"Pumps {i}") for i in range(4)]

    def act(offer: Offer) -> None:
        by, need = chance.choice(people), chance.choice(needs)
        chance.choice(
            [
                lambda: triage.take_offer(offer, by=by),
                lambda: triage.route_offer(offer, entity=need.entity, note="", by=by),
                lambda: triage.ask_business(offer, text="?", by=by),
                lambda: offers.reply_to_question(offer, reply="!", by=user),
                lambda: matches.propose_match(offer, need=need, by=by),
                lambda: matches.reserve_offer(offer, need=need, by=by),
                lambda: matches.decline_match(offer, need=need, reason_code="other", reason="no", by=by),
            ]
        )()

    done = 0
    for _turn in range(120):
        try:
            act(fresh(chance.choice(rows)))
            done += 1
        except (RuleViolation, PermissionDenied):
            continue
        owned = {pk for person in people for pk in desk_offers(person).values_list("pk", flat=True)}
        assert set(Offer.objects.filter(status__in=OFFER_ON_DESK).values_list("pk", flat=True)) <= owned
    assert done > 20


# --- questions both ways, longer, again ---------------------------------------------------------------------


def test_a_business_asks_and_is_answered_once(desk):
    offer = SubmittedFactory()
    user = offer.created_by
    offers.ask_un(offer, text="Who reads it?", by=user)
    assert desk.notices.get().subject.startswith("The business asks")
    with pytest.raises(RuleViolation):
        offers.ask_un(offer, text="Well?", by=user)
    with pytest.raises(PermissionDenied):
        offers.ask_un(offer, text="?", by=a_business())
    triage.answer_enquiry(offer, reply="The desk.", by=desk)
    assert "The desk." in user.notices.get().body
    with pytest.raises(RuleViolation):
        triage.answer_enquiry(offer, reply="again", by=desk)
    triage.ask_business(offer, text="How heavy?", by=desk)
    offers.ask_un(offer, text="Why?", by=user)
    assert fresh(offer).status == "clarification"


def test_an_offer_stands_for_longer_and_its_people_are_asked_before_it_ends(desk):
    today = timezone.localdate()
    offer = SubmittedFactory(available_until=today + timedelta(days=14))
    triage.keep_offers()
    triage.keep_offers()
    assert offer.created_by.notices.filter(subject__contains="stands until").count() == 1
    for wrong in (today, offer.available_until, today + timedelta(days=900)):
        with pytest.raises(RuleViolation):
            offers.renew_offer(offer, until=wrong, by=offer.created_by)
    offers.renew_offer(offer, until=today + timedelta(days=200), by=offer.created_by)
    assert fresh(offer).available_until == today + timedelta(days=200)


def test_an_offer_that_ended_is_made_again_without_its_dates():
    offer = SubmittedFactory(status="expired", targets=["6.1"])
    offer.answers = {step: {"data": {}, "version": 4, "is_valid": True} for step in ("what", "where")}
    offer.save()
    draft = offers.repeat_offer(offer, by=offer.created_by)
    assert (draft.status, draft.title, draft.renewed_from) == ("draft", offer.title, offer)
    assert draft.answers["what"]["is_valid"]
    assert not draft.answers["where"]["is_valid"]
    assert draft.available_until is None
    with pytest.raises(RuleViolation):
        offers.repeat_offer(SubmittedFactory(), by=Offer.objects.latest("pk").created_by)


def test_a_visitors_draft_comes_back_by_a_link_once_a_day(client, run_jobs):
    offers.keep_draft({"what": {"data": {"title": ["Pumps"]}, "version": 1}}, email="A@Visitor.example")
    with pytest.raises(TooMany):
        offers.keep_draft({}, email="a@visitor.example")
    run_jobs()
    link = re.search(r"/offer/reopen/\S+/", mail.outbox[0].body)[0]
    assert mail.outbox[0].to == ["a@visitor.example"]
    assert "Open the draft" in client.get(link).content.decode()
    assert "offer_draft" not in client.session
    assert client.post(link)["Location"] == "/offer/draft/"
    assert client.session["offer_draft"]["what"]["data"]["title"] == ["Pumps"]
    assert client.get("/offer/reopen/made-up/").status_code == 410
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert client.get(link).status_code == 410
        triage.keep_offers()
    assert offers.kept_answers("made up") is None


# --- moderation -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "same", "today", "signs"),
    [
        ("Four hundred solar pumps with panels and spare parts", False, 1, []),
        ("Buy www.a.com www.b.com https://c.com now, the best of all", False, 1, ["links"]),
        ("!!!", False, 1, ["no_words"]),
        ("Four hundred solar pumps with panels", True, 9, ["repeated", "many"]),
    ],
)
def test_signs_of_abuse(text, same, today, signs):
    assert signs_of_abuse(text, same_text_elsewhere=same, offers_today=today) == signs


def test_an_odd_offer_waits_for_a_look_of_the_desk(desk):
    steps = {step: {"data": {}, "version": 1, "is_valid": True} for step in OFFER_STEPS}
    odd = OfferFactory(title="Buy", description="www.a.com www.b.com www.c.com", answers=steps)
    offers.submit_offer(odd, by=odd.created_by)
    assert fresh(odd).suspicion == "links"
    assert odd in desk_offers(desk)
    focal = a_focal_point("UNICEF")
    assert odd not in desk_offers(focal)
    assert match_queries.ranked_offers(NeedFactory()).total == 0
    with pytest.raises(PermissionDenied):
        triage.clear_suspicion(odd, by=focal)
    triage.clear_suspicion(odd, by=desk)
    assert fresh(odd).suspicion == ""


# --- what the desk sees ------------------------------------------------------------------------------------


def test_the_report_counts_outcomes_days_and_partnerships_born(desk):
    focal = a_focal_point("UNICEF")
    long_ago = timezone.now() - timedelta(days=30)
    matches.accept_offer(SubmittedFactory(), need=NeedFactory(), note="x", by=focal)
    late = SubmittedFactory(submitted_at=long_ago)
    triage.take_offer(late, by=desk)
    triage.decline_offer(late, reason_code="no_need_now", advice="x", by=desk)
    SubmittedFactory(answer_due_on=timezone.localdate() - timedelta(days=1))
    figures = offer_figures()
    assert (figures.answered, figures.in_time, figures.waiting, figures.late) == (2, 1, 1, 1)
    assert [(code, count) for code, _label, count in figures.reasons] == [("no_need_now", 1)]
    assert ("accepted", 1) in [(code, count) for code, _label, count in figures.matches]
    assert [offer.need is not None for offer in born_from_offers(desk)] == [True]


def test_what_waits_stands_on_the_desk_of_who_owes_it(desk):
    unicef, user = a_focal_point("UNICEF"), a_business()
    offer = triage.route_offer(
        SubmittedFactory(created_by=user, title="Pumps"), entity=entity("UNICEF"), note="", by=desk
    )
    offers.ask_un(offer, text="When?", by=user)
    LeadProposal.objects.create(
        company=offer.company,
        proposer=entity("WFP"),
        other=entity("UNICEF"),
        lead=entity("WFP"),
        proposed_by=desk,
    )
    titles = [row.title for row in desk_rows(unicef)]
    assert titles == ["Answer a question of the business: Pumps", "Who leads with Fictional Pumps?"]
    offer.company.invitations.create(email="bo@test.example")
    assert [row.title for row in desk_rows(user)][-1] == "Somebody asks to come in: bo@test.example"


def test_an_offer_is_taken_up_for_own_needs_best_first(desk):
    focal, offer = a_focal_point("UNICEF"), SubmittedFactory()
    needs = [NeedFactory(entity_id=code) for code in ("UNICEF", "WFP", "UNICEF")]
    ranked = [needs[2].pk, needs[1].pk, needs[0].pk]
    assert list(acceptable_needs(offer, ranked, focal)) == [needs[2], needs[0]]
    assert list(acceptable_needs(offer, ranked, desk)) == [needs[2], needs[1], needs[0]]
    assert not acceptable_needs(offer, [], desk)
