import threading
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from focalpoints.models import FocalPoint, UNEntity
from portal.errors import RuleViolation, StaleEdit
from portal.history import move
from portal.models import AuditEvent, Job
from screening import queries
from screening.models import (
    CASE_FINAL,
    CASE_MOVES,
    Case,
    CaseStatus,
    Decision,
    DecisionOutcome,
    HitOutcome,
    HitReason,
)
from screening.services import cases, decisions, hits
from tests.portal.factories import UserFactory
from tests.screening.factories import (
    CaseFactory,
    CompanyFactory,
    HitFactory,
    RunFactory,
    assessed,
    settle,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]


@pytest.fixture
def focal():
    user = UserFactory(roles=["focal_point"])
    FocalPoint.objects.create(
        entity_id="WFP", user=user, role_title="Officer", office_place="Dhaka", unit_mailbox="u@test.example"
    )
    return user


def recommended(analyst, outcome="approved", **values) -> Case:
    """A case whose company was screened and found clean, with the analyst's word on it."""
    case = CaseFactory(**values)
    RunFactory(company=case.company)
    assessed(case, analyst)
    return cases.recommend_case(case, version=case.version, outcome=outcome, note="Clean.", by=analyst)


def decide(case, by, outcome="approved", **values):
    arguments = {"version": case.version, "note": "As recommended.", "has_no_conflict": True, **values}
    return decisions.decide_case(case, outcome=outcome, by=by, **arguments)


# --- requests ---------------------------------------------------------------------------------------------


def test_focal_point_asks_for_the_own_entity(focal):
    company = CompanyFactory()
    case = cases.request_case(
        company, entity=UNEntity.objects.get(code="WFP"), tier="light", purpose="Talks", by=focal
    )
    assert (case.status, case.requested_by, case.tier) == (CaseStatus.RESEARCH, focal, "light")
    assert Job.objects.get(kind="screening.screen_company").args == {"company_id": company.pk}
    assert case.due_on > timezone.localdate() + timedelta(days=10)
    with pytest.raises(PermissionDenied):
        cases.request_case(
            CompanyFactory(), entity=UNEntity.objects.get(code="UNDP"), tier="light", purpose="x", by=focal
        )


def test_request_takes_over_the_case_that_a_hit_opened(focal):
    case = CaseFactory()
    asked = cases.request_case(
        case.company, entity=UNEntity.objects.get(code="WFP"), tier="standard", purpose="Freight", by=focal
    )
    assert (asked.pk, asked.requested_by) == (case.pk, focal)
    with pytest.raises(RuleViolation, match="examined already"):
        cases.request_case(
            case.company, entity=UNEntity.objects.get(code="WFP"), tier="light", purpose="x", by=focal
        )


@pytest.mark.parametrize("role", ["business", "analyst", "decider", "administrator"])
def test_others_cannot_ask(role):
    with pytest.raises(PermissionDenied):
        cases.request_case(
            CompanyFactory(),
            entity=UNEntity.objects.get(code="WFP"),
            tier="light",
            purpose="x",
            by=UserFactory(roles=[role]),
        )


# --- review -----------------------------------------------------------------------------------------------


def test_next_case_is_the_most_urgent_free_one(analyst):
    today = timezone.localdate()
    CaseFactory(due_on=today + timedelta(days=9))
    urgent = CaseFactory(due_on=today - timedelta(days=1))
    CaseFactory(due_on=today - timedelta(days=5), analyst=UserFactory())
    CaseFactory(due_on=today - timedelta(days=5), requested_by=analyst)
    assert cases.take_next_case(by=analyst) == urgent
    urgent.refresh_from_db()
    assert urgent.analyst == analyst


def test_requester_does_not_examine(analyst):
    case = CaseFactory(requested_by=analyst)
    hit = HitFactory(company=case.company)
    with pytest.raises(RuleViolation, match="You asked"):
        cases.take_case(case, by=analyst)
    with pytest.raises(RuleViolation, match="You asked"):
        settle(hit, analyst)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(analyst=analyst)


def test_first_to_decide_a_hit_becomes_the_analyst(analyst):
    case = CaseFactory()
    hit = settle(HitFactory(company=case.company), analyst)
    case.refresh_from_db()
    assert case.analyst == analyst
    assert (hit.outcome, hit.decided_by) == (HitOutcome.FALSE_POSITIVE, analyst)
    event = AuditEvent.objects.get(subject_type="screening.hit", action="decided")
    assert (event.by, event.changes["outcome"]) == (analyst, ["", "false_positive"])


def test_reason_must_fit_the_outcome(analyst):
    hit = HitFactory(company=CaseFactory().company)
    with pytest.raises(RuleViolation, match="fits"):
        settle(hit, analyst, HitOutcome.TRUE_MATCH, HitReason.OTHER_COUNTRY)


def test_hit_decided_by_a_colleague_meanwhile_is_stale(analyst):
    hit = HitFactory(company=CaseFactory().company)
    settle(hit, analyst)
    with pytest.raises(StaleEdit):
        settle(hit, UserFactory(roles=["analyst"]))


def test_undo_works_for_thirty_seconds_and_for_the_same_person(analyst):
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        hit = settle(HitFactory(company=CaseFactory().company), analyst)
        with pytest.raises(RuleViolation):
            hits.undo_hit(hit, by=UserFactory(roles=["analyst"]))
        clock.shift(30)
        assert hits.undo_hit(hit, by=analyst).outcome == ""
        hit = settle(hits.Hit.objects.get(pk=hit.pk), analyst)
        clock.shift(31)
        with pytest.raises(RuleViolation, match="passed"):
            hits.undo_hit(hit, by=analyst)


def test_revoked_outcome_says_why_and_opens_a_case_again(analyst):
    case = CaseFactory()
    hit = settle(HitFactory(company=case.company), analyst)
    Case.objects.filter(pk=case.pk).update(status=CaseStatus.WITHDRAWN)
    hit = hits.revoke_hit(hit, note="New evidence.", by=analyst)
    assert (hit.outcome, hit.reopened["why"], hit.reopened["note"]) == ("", "revoked", "New evidence.")
    assert Case.objects.open().filter(company=case.company).count() == 1


def test_recommendation_needs_every_hit_decided(analyst):
    case = CaseFactory()
    hit = HitFactory(company=case.company)
    with pytest.raises(RuleViolation, match="Every hit is decided"):
        cases.recommend_case(case, version=1, outcome="declined", note="x", by=analyst)
    settle(hit, analyst, HitOutcome.INCONCLUSIVE, HitReason.MORE_NEEDED)
    case.refresh_from_db()
    with pytest.raises(RuleViolation, match="No hit is left inconclusive"):
        cases.recommend_case(case, version=case.version, outcome="approved", note="x", by=analyst)
    assessed(case, analyst)
    case.refresh_from_db()
    cases.recommend_case(case, version=case.version, outcome="declined", note="x", by=analyst)


def test_conditions_are_needed_where_promised(analyst):
    case = CaseFactory()
    RunFactory(company=case.company)
    assessed(case, analyst)
    with pytest.raises(RuleViolation, match="condition with an owner"):
        cases.recommend_case(case, version=1, outcome="approved_with_conditions", note="x", by=analyst)
    condition = cases.add_condition(
        case, by=analyst, text="Supplier list", owner="company", due_on=date(2027, 2, 28), evidence=""
    )
    case = cases.recommend_case(case, version=1, outcome="approved_with_conditions", note="x", by=analyst)
    with pytest.raises(RuleViolation, match="can no longer be changed"):
        cases.remove_condition(condition, by=analyst)


# --- decisions --------------------------------------------------------------------------------------------


def test_second_person_approves_for_two_years(analyst, decider, run_jobs, focal):
    case = recommended(analyst, requested_by=focal)
    with time_machine.travel("2026-11-20T10:00:00Z"):
        decision = decide(case, decider)
    case.refresh_from_db()
    assert (case.status, decision.outcome) == (CaseStatus.CLOSED, "approved")
    assert (decision.by, decision.analyst, str(decision.valid_until)) == (decider, analyst, "2028-11-20")
    run_jobs()
    run_jobs()
    assert [(m.to, m.subject) for m in mail.outbox] == [
        ([focal.email], f"Case {case.reference} is decided: {case.company.name}")
    ]
    assert "hit" not in mail.outbox[0].body


def test_conditions_go_into_the_decision_and_are_met_later(analyst, decider):
    case = CaseFactory()
    RunFactory(company=case.company)
    assessed(case, analyst)
    condition = cases.add_condition(
        case, by=analyst, text="Supplier list", owner="company", due_on=date(2027, 2, 28), evidence=""
    )
    case = cases.recommend_case(case, version=1, outcome="approved_with_conditions", note="x", by=analyst)
    with pytest.raises(RuleViolation, match="not decided yet"):
        decisions.meet_condition(condition, note="Here.", by=analyst)
    assert decide(case, decider, "approved_with_conditions").conditions == ["Supplier list"]
    decisions.meet_condition(condition, note="List of 3 March", by=analyst)
    condition.refresh_from_db()
    assert (condition.met_by, condition.met_note) == (analyst, "List of 3 March")


def test_analyst_and_requester_cannot_decide(analyst):
    both = UserFactory(roles=["analyst", "decider"])
    case = recommended(both)
    with pytest.raises(RuleViolation, match="Another person decides"):
        decide(case, both)
    case = recommended(analyst, requested_by=both)
    with pytest.raises(RuleViolation, match="Another person decides"):
        decide(case, both)


def test_database_refuses_one_pair_of_eyes(analyst, decider):
    decision = decide(recommended(analyst), decider)
    for column in ("by", "has_no_conflict"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(**{column: analyst if column == "by" else False})


@pytest.mark.parametrize("role", ["analyst", "focal_point", "business", "administrator", "auditor"])
def test_only_deciders_decide(analyst, role):
    with pytest.raises(PermissionDenied):
        decide(recommended(analyst), UserFactory(roles=[role]))


def test_conflict_of_interest_statement_is_needed(analyst, decider):
    with pytest.raises(RuleViolation, match="no conflict"):
        decide(recommended(analyst), decider, has_no_conflict=False)


def test_true_match_blocks_approval_and_not_refusal(analyst, decider, held):
    case = CaseFactory()
    settle(HitFactory(company=case.company), analyst, HitOutcome.TRUE_MATCH, HitReason.FACTS_AGREE)
    assessed(case, analyst)
    case.refresh_from_db()
    for outcome in ("approved", "approved_with_conditions"):
        with pytest.raises(RuleViolation, match="true match"):
            cases.recommend_case(case, version=case.version, outcome=outcome, note="x", by=analyst)
    case = cases.recommend_case(case, version=case.version, outcome="declined", note="Listed.", by=analyst)
    with pytest.raises(RuleViolation, match="true match"):
        decide(case, decider, "approved")
    with pytest.raises(RuleViolation, match="reasons that the company is told"):
        decide(case, decider, "declined")
    decision = decide(case, decider, "declined", reason_codes=["exclusion"])
    assert (decision.rating, decision.level, decision.valid_until) == ("excluded", "L2", None)
    assert held == [case.company_id]


def test_incomplete_run_never_clears(analyst, decider):
    case = CaseFactory()
    RunFactory(
        company=case.company,
        is_complete=False,
        gaps=[{"code": "missing", "list": "un", "title": "UN list", "as_of": None}],
    )
    with pytest.raises(RuleViolation, match="complete"):
        cases.recommend_case(case, version=1, outcome="approved", note="x", by=analyst)


def test_company_that_changed_since_the_run_is_not_cleared(analyst, decider):
    case = recommended(analyst)
    case.company.version += 1
    case.company.save()
    with pytest.raises(RuleViolation, match="complete"):
        decide(case, decider)


def test_nothing_is_decided_without_a_recommendation(analyst, decider):
    case = CaseFactory()
    RunFactory(company=case.company)
    with pytest.raises(RuleViolation, match="examined"):
        decide(case, decider, "declined")
    assessed(case, analyst)
    case.refresh_from_db()
    with pytest.raises(RuleViolation, match="recommended"):
        decide(case, decider, "declined")


def test_decider_can_send_a_case_back(analyst, decider):
    case = cases.send_back_case(recommended(analyst), version=2, note="Who owns it?", by=decider)
    assert case.status == CaseStatus.ASSESSMENT
    assert case.returned_at is not None
    assert AuditEvent.objects.filter(action="moved to assessment", note="Who owns it?", by=decider).exists()


def test_new_hit_calls_a_case_back(analyst):
    case = recommended(analyst)
    HitFactory(company=case.company)
    cases.open_case_for_hits(case.company)
    case.refresh_from_db()
    assert case.status == CaseStatus.RESEARCH


@pytest.mark.parametrize("status", [s for s in CaseStatus if CaseStatus.CLOSED not in CASE_MOVES[s]])
def test_only_a_case_that_awaits_its_decision_closes(status, analyst):
    case = CaseFactory(status=status, analyst=analyst, recommendation="approved")
    with pytest.raises(RuleViolation):
        move(case, CaseStatus.CLOSED, moves=CASE_MOVES, by=None)


def test_one_open_case_a_company():
    case = CaseFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseFactory(company=case.company)
    assert set(CASE_FINAL) == {"closed", "withdrawn"}


@pytest.mark.django_db(transaction=True)
def test_two_deciders_at_once_one_wins():
    analyst = UserFactory(roles=[])
    deciders = [UserFactory(roles=[]) for _ in range(2)]
    for user in (analyst, *deciders):
        user.is_superuser = True
        user.save()
    case = recommended(analyst)
    both, answers = threading.Barrier(3, timeout=300), {}  # who fails leaves the others waiting no longer

    def decide_each_round(by):
        for number in range(200):
            both.wait()
            try:
                decision = decide(case, by, version=number, note=f"The words of {by.pk}")
                answers[by.pk] = decision.by_id
            except StaleEdit:
                answers[by.pk] = "stale"
            both.wait()
        connection.close()

    threads = [threading.Thread(target=decide_each_round, args=[user]) for user in deciders]
    for thread in threads:
        thread.start()
    for number in range(200):
        Decision.objects.all().delete()
        Case.objects.filter(pk=case.pk).update(status=CaseStatus.DECISION, closed_at=None, version=number)
        both.wait()
        both.wait()
        decision = Decision.objects.get()
        assert set(answers.values()) == {"stale", decision.by_id}
        assert decision.note == f"The words of {decision.by_id}"
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2026-11-22", 24, "2028-11-22"), ("2026-08-31", 6, "2027-02-28"), ("2026-12-31", 12, "2027-12-31")],
)
def test_months_end_within_their_month(start, months, end):
    assert decisions.add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


def test_view_is_noted_once_an_hour(decider):
    case = CaseFactory()
    viewed = AuditEvent.objects.filter(action="viewed", subject_id=str(case.pk))
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        cases.note_view(case, by=decider)
        clock.shift(3500)
        cases.note_view(case, by=decider)
        assert viewed.count() == 1
        clock.shift(200)
        cases.note_view(case, by=decider)
    assert viewed.count() == 2


def test_every_outcome_is_blocked_by_something():
    case = CaseFactory()
    blocked = {
        outcome for check in queries.decision_checks(case) if not check.is_met for outcome in check.blocks
    }
    assert blocked == set(DecisionOutcome.values)
