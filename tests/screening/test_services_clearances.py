from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from focalpoints.models import UNEntity
from partnerships.models import Partnership, PartnershipParty
from portal.models import AuditEvent
from screening import queries
from screening.models import (
    HitOutcome,
    HitReason,
)
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


def test_own_refusal_outweighs_anothers_approval():
    company = CompanyFactory()
    wfp, undp = UNEntity.objects.get(code="WFP"), UNEntity.objects.get(code="UNDP")
    cleared(company, entity=wfp, outcome="declined")
    cleared(company, entity=undp)
    assert queries.clearance_for(company, entity=wfp).state == "declined"
    assert queries.clearance_for(company, entity=undp).is_valid


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


def test_partnership_names_what_is_missing():
    partnership = Partnership.objects.create(
        title="Freight", reference="P-9999", partnership_type="core_business"
    )
    never, ended, fine, open_again = (CompanyFactory(name=n) for n in ("Never", "Ended", "Fine", "Open"))
    for company in (never, ended, fine, open_again):
        PartnershipParty.objects.create(partnership=partnership, company=company)
    cleared(ended, until=date(2026, 1, 31))
    cleared(fine)
    cleared(open_again)
    HitFactory(company=open_again)
    gaps = queries.clearance_gaps(partnership)
    assert gaps == [
        "The clearance of Ended ended on 31 January 2026.",
        "Never has no clearance yet.",
        "Open has a new possible match on a list that nobody has decided.",
    ]


def test_lapsed_clearance_holds_partnerships_once(run_jobs, held):
    company = CompanyFactory()
    decision = cleared(company, until=timezone.localdate() - timedelta(days=1))
    clearances.end_lapsed_clearances()
    clearances.end_lapsed_clearances()
    assert run_jobs() == ["screening.end_clearance"]
    assert held == [company.pk]
    assert AuditEvent.objects.filter(action="ended", subject_id=str(decision.pk)).count() == 1


def test_newer_clearance_keeps_partnerships_going(run_jobs, held):
    company = CompanyFactory()
    cleared(company, until=timezone.localdate() - timedelta(days=1))
    cleared(company)
    clearances.end_lapsed_clearances()
    run_jobs()
    assert held == []


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
