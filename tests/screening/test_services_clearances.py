from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from focalpoints.models import UNEntity
from partnerships.models import Partnership, PartnershipEntity, PartnershipParty
from portal.models import AuditEvent
from screening import queries
from screening.models import Condition, HitOutcome, HitReason
from screening.services import clearances, hits
from tests.screening.factories import (
    CaseFactory,
    CompanyFactory,
    HitFactory,
    cleared,
    settle,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]


def test_clearance_says_what_the_latest_decision_means_today():
    company = CompanyFactory()
    assert queries.clearance_for(company) is None
    cleared(company, until=timezone.localdate() - timedelta(days=1))
    assert queries.clearance_for(company).state == "lapsed"
    cleared(company)
    assert queries.clearance_for(company).is_valid
    cleared(company, outcome="declined")
    assert queries.clearance_for(company).state == "declined"


def test_last_valid_day_counts():
    company = CompanyFactory()
    cleared(company, until=timezone.localdate())
    assert queries.clearance_for(company).is_valid


def test_clearance_of_an_entity_is_its_own_decision():
    company = CompanyFactory()
    wfp, undp, who = (UNEntity.objects.get(code=code) for code in ("WFP", "UNDP", "WHO"))
    cleared(company, entity=wfp, outcome="declined")
    cleared(company, entity=undp)
    assert queries.clearance_for(company, entity=wfp).state == "declined"
    assert queries.clearance_for(company, entity=undp).is_valid
    assert queries.clearance_for(company, entity=who) is None
    assert queries.clearance_for(company).decided_by_entity == undp
    cleared(company)  # a case that no entity asked for clears nobody
    assert queries.clearance_for(company, entity=who) is None
    cleared(company, outcome="declined")  # and a refusal there is one for all
    assert {queries.clearance_for(company, entity=unit).state for unit in (undp, who)} == {"declined"}


def test_lighter_engagement_does_not_clear_a_heavier_one():
    company = CompanyFactory()
    cleared(company, tier="light")
    assert queries.clearance_for(company, tier="light").is_valid
    assert queries.clearance_for(company, tier="strategic") is None


def test_clearances_of_many_cost_one_query(django_assert_num_queries):
    companies = [CompanyFactory() for _ in range(5)]
    for company in companies[:3]:
        cleared(company)
    with django_assert_num_queries(1):
        found = queries.clearances_for(companies)
    assert set(found) == {company.pk for company in companies[:3]}


def record_with(*companies, leads=("WFP",), **values) -> Partnership:
    partnership = Partnership.objects.create(
        title="Freight", reference="P-9999", partnership_type="core_business", **values
    )
    for company in companies:
        PartnershipParty.objects.create(partnership=partnership, company=company)
    for code in leads:
        PartnershipEntity.objects.create(partnership=partnership, entity_id=code, role="lead")
    return partnership


def test_partnership_names_what_is_missing():
    wfp, undp = (UNEntity.objects.get(code=code) for code in ("WFP", "UNDP"))
    names = ("Ended", "Fine", "Light", "Never", "Open", "Theirs")
    ended, fine, light, _never, open_again, theirs = companies = [CompanyFactory(name=n) for n in names]
    partnership = record_with(*companies, agreement_kind="memorandum")
    cleared(ended, until=date(2026, 1, 31), entity=wfp)
    cleared(fine, entity=wfp)
    cleared(light, entity=wfp, tier="light")
    cleared(open_again, entity=wfp)
    cleared(theirs, entity=undp)
    HitFactory(company=open_again)
    assert queries.clearance_gaps(partnership) == [
        "The clearance of Ended ended on 31 January 2026.",
        "Light is cleared only for: Light engagement. This record is a wider engagement.",
        "Never has no clearance yet.",
        "Open has a new possible match on a list that nobody has decided.",
        f"Theirs is cleared for {undp}, not yet for {wfp}. "
        "Ask for an own decision: that assessment can be used for it.",
    ]


def test_each_leading_entity_needs_its_own_decision(django_assert_max_num_queries):
    company = CompanyFactory(name="Shared")
    partnership = record_with(company, leads=("WFP", "UNDP"))
    cleared(company, entity=UNEntity.objects.get(code="WFP"))
    assert len(queries.clearance_gaps(partnership)) == 1
    cleared(company, entity=UNEntity.objects.get(code="UNDP"))
    with django_assert_max_num_queries(7):
        assert queries.clearance_gaps(partnership) == []


@pytest.mark.parametrize(
    ("values", "amounts", "tier"),
    [
        ({}, [], "light"),
        ({"agreement_kind": "memorandum"}, [], "standard"),
        ({}, [("EUR", None)], "standard"),
        ({}, [("USD", None), ("EUR", 600_000)], "strategic"),
        ({"scope": "global"}, [], "strategic"),
        ({"financing_model": "cause_related_marketing"}, [], "strategic"),
    ],
)
def test_engagement_of_a_record_follows_what_it_is(values, amounts, tier):
    partnership = record_with(leads=(), **values)
    for currency, usd_value in amounts:
        partnership.contributions.create(kind="cash", amount=400_000, currency=currency, usd_value=usd_value)
    partnership.contributions.create(kind="cash", amount=9_000_000, currency="USD", status="cancelled")
    assert queries.tier_of(partnership) == tier


def test_overdue_conditions_are_those_the_record_rests_on():
    company, today = CompanyFactory(), timezone.localdate()
    own = cleared(company, entity=UNEntity.objects.get(code="WFP"), outcome="approved_with_conditions")
    other = cleared(company, entity=UNEntity.objects.get(code="UNDP"), outcome="approved_with_conditions")
    late, _elsewhere = (
        Condition.objects.create(case=decision.case, text="List", due_on=today - timedelta(days=1))
        for decision in (own, other)
    )
    Condition.objects.create(case=own.case, text="Plan", due_on=today)
    assert queries.overdue_conditions(record_with(company)) == [late]


def test_lapsed_clearance_holds_partnerships_once(run_jobs, held):
    company = CompanyFactory()
    decision = cleared(company, until=timezone.localdate() - timedelta(days=1))
    clearances.end_lapsed_clearances()
    clearances.end_lapsed_clearances()
    assert run_jobs() == ["screening.end_clearance"]
    assert held == [company.pk]
    assert AuditEvent.objects.filter(action="ended", subject_id=str(decision.pk)).count() == 1


@pytest.mark.parametrize(("newer", "is_held"), [("WFP", False), ("UNDP", True)])
def test_only_the_own_newer_clearance_keeps_partnerships_going(run_jobs, held, newer, is_held):
    company, wfp = CompanyFactory(), UNEntity.objects.get(code="WFP")
    cleared(company, entity=wfp, until=timezone.localdate() - timedelta(days=1))
    cleared(company, entity=UNEntity.objects.get(code=newer))
    clearances.end_lapsed_clearances()
    run_jobs()
    assert bool(held) == is_held


def test_true_match_suspends_a_clearance_after_the_time_to_undo(analyst, run_jobs, held):
    company = CompanyFactory()
    cleared(company)
    hit = HitFactory(company=company)
    CaseFactory(company=company)
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        settle(hit, analyst, HitOutcome.TRUE_MATCH, HitReason.FACTS_AGREE)
        assert run_jobs() == []
        clock.shift(31)
        assert run_jobs() == ["screening.suspend_clearances"]
    assert queries.clearance_for(company).state == "suspended"
    assert held == [company.pk]


def test_undone_match_suspends_nothing(analyst, run_jobs, held):
    company = CompanyFactory()
    cleared(company)
    hit = HitFactory(company=company)
    CaseFactory(company=company)
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        hits.undo_hit(settle(hit, analyst, HitOutcome.TRUE_MATCH, HitReason.FACTS_AGREE), by=analyst)
        clock.shift(60)
        run_jobs()
    assert queries.clearance_for(company).is_valid
    assert held == []


def test_exclusion_is_known_open_or_unknown(analyst):
    company = CompanyFactory()
    assert queries.is_excluded(company) is None
    CaseFactory(company=company)
    hit = HitFactory(company=company)
    assert queries.is_excluded(company) is None
    settle(hit, analyst, HitOutcome.TRUE_MATCH, HitReason.FACTS_AGREE)
    assert queries.is_excluded(company) is True
