from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from partnerships.models import OFFER_FINAL, Offer, OfferMatch, OfferStatus
from partnerships.services import matches, triage
from partnerships.services import needs as need_services
from partnerships.services import offers as services
from partnerships.working_days import add_working_days, working_days_between
from portal.errors import RuleViolation, StaleEdit
from portal.models import AuditEvent, Job
from tests.partnerships.factories_offers import (
    NeedFactory,
    OfferFactory,
    SubmittedFactory,
    a_business,
    a_focal_point,
)
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


def save(offer, step, typed, values=None, version=0, by=None):
    return services.save_step(
        offer, step, answers=typed, values=values, version=version, by=by or offer.created_by
    )


def finish(offer: Offer) -> Offer:
    for step in ["company", "what", "where", "goals", "conduct"]:
        values = {"company": offer.created_by.company} if step == "company" else {}
        offer = save(offer, step, {"field": [step]}, values, by=offer.created_by)
    return offer


@pytest.fixture
def desk():
    return UserFactory(roles=["registry_desk"])


# --- drafts -----------------------------------------------------------------------------------------------


def test_an_offer_begins_with_a_reference_and_without_a_company():
    offer = services.begin_offer(by=a_business())
    assert offer.reference.startswith("O-")
    assert offer.company is None
    assert services.begin_offer(by=offer.created_by) == offer
    with pytest.raises(PermissionDenied):
        services.begin_offer(by=UserFactory(roles=["focal_point"]))


def test_what_is_typed_is_kept_even_where_it_is_not_valid():
    offer = services.begin_offer(by=a_business())
    offer = save(offer, "what", {"quantity": ["about 400"]})
    assert offer.answers["what"]["data"] == {"quantity": ["about 400"]}
    assert not offer.answers["what"]["is_valid"]
    assert offer.quantity is None


def test_valid_answers_reach_the_columns():
    offer = services.begin_offer(by=a_business())
    offer = save(offer, "where", {"a": ["b"]}, {"countries": ["MWI"], "is_standing": True})
    offer.refresh_from_db()
    assert offer.is_standing
    assert [country.pk for country in offer.countries.all()] == ["MWI"]


def test_a_new_company_belongs_to_its_maker_and_is_screened():
    offer = services.begin_offer(by=a_business())
    facts = {"name": "Fictional Looms", "country_id": "BGD"}
    offer = save(offer, "company", {"name": ["Fictional Looms"]}, {"new_company": facts})
    assert offer.company.members.get().user == offer.created_by
    assert offer.answers["company"]["data"] == {"company": [str(offer.company.public_id)]}
    assert Job.objects.filter(kind="screening.screen_company").exists()


def test_nobody_offers_for_a_company_of_others():
    offer = services.begin_offer(by=a_business())
    with pytest.raises(PermissionDenied):
        save(offer, "company", {"a": ["b"]}, {"company": a_business().company})


def test_a_step_saved_elsewhere_meanwhile_is_a_conflict_and_the_same_words_are_not():
    offer = services.begin_offer(by=a_business())
    save(offer, "what", {"title": ["Pumps"]}, version=0)
    with pytest.raises(StaleEdit):
        save(offer, "what", {"title": ["Looms"]}, version=0)
    again = save(offer, "what", {"title": ["Pumps"]}, version=0)
    assert again.answers["what"]["version"] == 1
    other_step = save(offer, "goals", {"themes": ["water"]}, version=0)
    assert other_step.answers["goals"]["version"] == 1


def test_only_the_company_sees_and_edits_its_draft():
    offer, stranger = OfferFactory(), a_business()
    assert not Offer.objects.visible_to(stranger).exists()
    assert not Offer.objects.visible_to(UserFactory(roles=["registry_desk"])).exists()
    with pytest.raises(PermissionDenied):
        save(offer, "what", {}, by=stranger)


# --- submit -----------------------------------------------------------------------------------------------


@time_machine.travel("2026-11-20 12:00")
def test_a_second_submit_changes_nothing(run_jobs):
    user = a_business()
    offer = finish(services.begin_offer(by=user))
    first = services.submit_offer(offer, by=user)
    second = services.submit_offer(offer, by=user)
    assert first.pk == second.pk
    assert second.answer_due_on == date(2026, 12, 4)
    assert Offer.objects.count() == 1
    run_jobs()
    assert [message.to for message in mail.outbox] == [[user.email]]
    assert "4 December 2026" in mail.outbox[0].body


def test_an_unfinished_offer_cannot_be_submitted():
    offer = services.begin_offer(by=a_business())
    with pytest.raises(RuleViolation):
        services.submit_offer(offer, by=offer.created_by)


def test_a_submitted_offer_keeps_its_words():
    offer = SubmittedFactory()
    with pytest.raises(RuleViolation):
        save(offer, "what", {"title": ["Other"]})


def test_mails_go_out_in_the_language_of_the_reader(run_jobs):
    user = a_business()
    user.language = "fr"
    user.save()
    services.submit_offer(finish(services.begin_offer(by=user)), by=user)
    run_jobs()
    assert mail.outbox[0].extra_headers["Content-Language"] == "fr"


# --- triage -----------------------------------------------------------------------------------------------


def test_taking_an_offer_makes_one_person_its_reader(desk):
    offer = triage.take_offer(SubmittedFactory(), by=desk)
    assert (offer.status, offer.triager) == ("triage", desk)


@time_machine.travel("2026-11-20 12:00", tick=False)
def test_a_question_stops_the_clock_until_the_reply(desk, run_jobs):
    offer = SubmittedFactory(answer_due_on=date(2026, 11, 25))
    triage.ask_business(offer, text="How heavy is one?", by=desk)
    run_jobs()
    assert "How heavy is one?" in mail.outbox[-1].body
    with time_machine.travel("2026-12-04 12:00"):
        services.reply_to_question(offer, reply="80 kg", by=offer.created_by)
    offer.refresh_from_db()
    assert (offer.status, offer.answer_due_on) == ("triage", date(2026, 12, 9))
    with pytest.raises(RuleViolation):
        services.reply_to_question(offer, reply="again", by=offer.created_by)


def test_an_offer_passed_to_an_entity_is_for_its_people(desk, run_jobs):
    focal, other = a_focal_point("UNICEF"), a_focal_point("UNDP")
    offer = triage.route_offer(SubmittedFactory(), entity=_entity("UNICEF"), note="", by=desk)
    assert (offer.status, offer.entity_id, offer.triager) == ("routed", "UNICEF", None)
    run_jobs()
    assert {message.to[0] for message in mail.outbox} == {offer.created_by.email, focal.email}
    with pytest.raises(PermissionDenied):
        triage.decline_offer(offer, reason_code="other", advice="No", by=other)
    triage.decline_offer(offer, reason_code="no_need_now", advice="Try the local network", by=focal)
    offer.refresh_from_db()
    assert (offer.status, offer.reason_code) == ("declined", "no_need_now")


def test_an_offer_can_be_passed_on_to_another_entity(desk):
    focal = a_focal_point("UNICEF")
    offer = triage.route_offer(SubmittedFactory(), entity=_entity("UNICEF"), note="", by=desk)
    a_focal_point("WFP")
    offer = triage.route_offer(offer, entity=_entity("WFP"), note="", by=focal)
    assert (offer.status, offer.entity_id) == ("routed", "WFP")
    with pytest.raises(RuleViolation):
        triage.route_offer(offer, entity=_entity("WFP"), note="", by=desk)


def test_a_business_user_has_no_place_on_the_desk():
    offer = SubmittedFactory()
    with pytest.raises(PermissionDenied):
        triage.take_offer(offer, by=offer.created_by)


def _entity(code):
    from focalpoints.models import UNEntity

    return UNEntity.objects.get(pk=code)


# --- matches ----------------------------------------------------------------------------------------------


def test_an_accepted_match_becomes_the_draft_of_a_partnership(run_jobs):
    focal, need = a_focal_point("UNICEF"), NeedFactory()
    offer = matches.accept_offer(SubmittedFactory(), need=need, note="Ms A writes to you.", by=focal)
    assert offer.status == "accepted"
    assert offer.partnership.title == "Solar pumps: Pumps for health centres"
    assert offer.partnership.entities.get().pk == "UNICEF"
    assert offer.partnership.parties.get().company == offer.company
    assert OfferMatch.objects.get().outcome == "accepted"
    again = matches.accept_offer(offer, need=need, note="", by=focal)
    assert again.partnership_id == offer.partnership_id
    run_jobs()
    assert "Ms A writes to you." in mail.outbox[-1].body


def test_an_offer_without_an_entity_cannot_be_accepted(desk):
    with pytest.raises(RuleViolation):
        matches.accept_offer(SubmittedFactory(), need=None, note="", by=desk)


def test_holding_an_offer_is_for_the_people_of_the_need_and_ends_after_30_days(desk):
    offer, need = SubmittedFactory(), NeedFactory()
    with pytest.raises(PermissionDenied):
        matches.reserve_offer(offer, need=need, by=desk)
    offer = matches.reserve_offer(offer, need=need, by=a_focal_point("UNICEF"))
    assert offer.reserved_until == timezone.localdate() + timedelta(days=30)
    other = NeedFactory(entity_id="UNDP")
    with pytest.raises(RuleViolation):
        matches.propose_match(offer, need=other, by=desk)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        triage.keep_offers()
    offer.refresh_from_db()
    assert (offer.status, offer.need) == ("routed", None)


def test_a_declined_match_gives_the_offer_back(desk):
    offer, need = SubmittedFactory(), NeedFactory()
    offer = matches.reserve_offer(offer, need=need, by=a_focal_point("UNICEF"))
    matches.decline_match(offer, need=need, reason_code="quality", reason="Too heavy", by=desk)
    offer.refresh_from_db()
    assert (offer.status, offer.need, offer.reserved_until) == ("routed", None, None)
    assert OfferMatch.objects.get().outcome == "declined"


def test_a_match_behind_a_closed_gate_cannot_be_proposed(desk):
    a_focal_point("UNICEF")
    offer = triage.route_offer(SubmittedFactory(), entity=_entity("UNICEF"), note="", by=desk)
    with pytest.raises(RuleViolation):
        matches.propose_match(offer, need=NeedFactory(contribution_kinds=["cash"]), by=desk)


def test_two_entities_that_court_one_company_hear_of_each_other(desk, run_jobs):
    unicef, _wfp = a_focal_point("UNICEF"), a_focal_point("WFP")
    user = a_business()
    first, second = SubmittedFactory(created_by=user), SubmittedFactory(created_by=user)
    triage.route_offer(first, entity=_entity("UNICEF"), note="", by=desk)
    triage.route_offer(second, entity=_entity("WFP"), note="", by=desk)
    run_jobs()
    warned = [message.to[0] for message in mail.outbox if "in talks" in message.subject]
    assert warned == [unicef.email]


# --- each day -----------------------------------------------------------------------------------------------


def test_late_offers_are_escalated_once(desk, run_jobs):
    offer = SubmittedFactory(answer_due_on=timezone.localdate() - timedelta(days=1))
    triage.keep_offers()
    triage.keep_offers()
    run_jobs()
    offer.refresh_from_db()
    assert offer.escalated_on == timezone.localdate()
    assert [message.to for message in mail.outbox] == [[desk.email]]


def test_a_paused_clock_is_not_late(desk):
    offer = SubmittedFactory(answer_due_on=timezone.localdate())
    triage.ask_business(offer, text="?", by=desk)
    with time_machine.travel(timezone.now() + timedelta(days=5)):
        triage.keep_offers()
    offer.refresh_from_db()
    assert offer.escalated_on is None


def test_a_question_without_a_reply_ends_the_offer_after_30_days(desk):
    offer = SubmittedFactory()
    triage.ask_business(offer, text="?", by=desk)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        triage.keep_offers()
    offer.refresh_from_db()
    assert (offer.status, offer.reason_code) == ("declined", "no_answer")


def test_offers_and_drafts_whose_time_is_over_expire():
    over = SubmittedFactory(available_until=timezone.localdate() - timedelta(days=1))
    draft = OfferFactory()
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        triage.keep_offers()
    assert set(Offer.objects.values_list("status", flat=True)) == {"expired"}
    assert {over.pk, draft.pk} == set(Offer.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("status", [s for s in OfferStatus if s in OFFER_FINAL])
def test_an_answered_offer_stays_answered(desk, status):
    offer = SubmittedFactory(status=status, reason_code="other")
    for act in (
        lambda: triage.take_offer(offer, by=desk),
        lambda: triage.ask_business(offer, text="?", by=desk),
        lambda: triage.decline_offer(offer, reason_code="other", advice="", by=desk),
        lambda: services.withdraw_offer(offer, note="", by=offer.created_by),
    ):
        with pytest.raises(RuleViolation):
            act()


def test_every_act_leaves_its_event(desk):
    offer = SubmittedFactory()
    triage.ask_business(offer, text="?", by=desk)
    actions = AuditEvent.objects.filter(subject_type="partnerships.offer").values_list("action", flat=True)
    assert list(actions) == ["moved to triage", "moved to clarification"]


# --- needs ------------------------------------------------------------------------------------------------


def need_values(**values):
    return {
        "entity": _entity("UNICEF"),
        "title": "Pumps",
        "description": "Pumps",
        "contribution_kinds": ["in_kind_goods"],
        "themes": ["water"],
        "countries": ["MWI"],
        "targets": ["6.1"],
        **values,
    }


def test_a_focal_point_posts_needs_of_the_own_entity_only():
    focal = a_focal_point("UNICEF")
    need = need_services.write_need(None, values=need_values(), version=0, by=focal)
    assert (need.status, need.published_at) == ("draft", None)
    need = need_services.publish_need(need, by=focal)
    assert need.status == "open"
    assert need_services.publish_need(need, by=focal).published_at == need.published_at
    for stranger in (a_focal_point("UNDP"), UserFactory(roles=["registry_desk"])):
        with pytest.raises(PermissionDenied):
            need_services.write_need(need, values=need_values(), version=1, by=stranger)


def test_a_need_changed_meanwhile_is_a_conflict():
    focal = a_focal_point("UNICEF")
    need = need_services.write_need(None, values=need_values(), version=0, by=focal)
    need_services.write_need(need, values=need_values(title="Other"), version=1, by=focal)
    with pytest.raises(StaleEdit):
        need_services.write_need(need, values=need_values(title="Third"), version=1, by=focal)


def test_needs_end_when_met_or_over():
    focal = a_focal_point("UNICEF")
    need = NeedFactory()
    need_services.settle_need(need, status="met", note="", by=focal)
    with pytest.raises(RuleViolation):
        need_services.write_need(need, values=need_values(), version=1, by=focal)
    over = NeedFactory(needed_until=timezone.localdate() - timedelta(days=1))
    need_services.keep_needs()
    over.refresh_from_db()
    assert over.status == "expired"


# --- working days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 10, date(2026, 12, 4)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (date(2026, 11, 22), 1, date(2026, 11, 24)),
    ],
)
def test_working_days(day, count, then):
    assert add_working_days(day, count) == then
    if count and day.weekday() < 5:
        assert working_days_between(day, then) == count
        assert working_days_between(then, day) == -count
