"""What a decision needs, by rating, engagement and people; and what follows from it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from focalpoints.models import FocalPoint, UNEntity
from partnerships.models import CompanyMember, Partnership
from portal.errors import RuleViolation, StaleEdit
from portal.models import AuditEvent, Notice
from screening import queries
from screening.memo import checksum, memo_of
from screening.models import Case, JointNote, OverlayUse, Reply
from screening.queries.assessments import assessment_state
from screening.services import assessments, cases, clearances, decisions, replies
from tests.portal.factories import UserFactory
from tests.screening.factories import CaseFactory, CompanyFactory, HitFactory, RunFactory, assessed, cleared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]


def recommended(analyst, outcome="approved", plan=None, answers=None, **values) -> Case:
    case = CaseFactory(**values)
    RunFactory(company=case.company)
    assessed(case, analyst, plan, **(answers or {}))
    return cases.recommend_case(case, version=case.version, outcome=outcome, note="Seen.", by=analyst)


def decide(case, role="decider", outcome="approved", **values):
    arguments = {"version": case.version, "note": "So.", "has_no_conflict": True, **values}
    by = arguments.pop("by", None) or UserFactory(roles=[role])
    return decisions.decide_case(case, outcome=outcome, by=by, **arguments)


def entity(code="WFP") -> UNEntity:
    return UNEntity.objects.get(code=code)


# --- what a rating asks for -------------------------------------------------------------------------------

RATED = {
    "low": {},
    "moderate": {"R_GOV_01": "medium", "R_COR_01": "medium"},
    "substantial": {"R_COR_01": "high"},
    "high": {"R_CTR_01": "high"},
}


@pytest.mark.parametrize(
    ("rating", "tier", "level", "months"),
    [
        ("low", "standard", "L1", 24),
        ("moderate", "standard", "L2", 24),
        ("low", "strategic", "L2", 24),
        ("substantial", "standard", "L3", 12),
        ("high", "light", "L3", 6),
        ("high", "standard", "L4", 6),
    ],
)
def test_level_and_validity_follow_the_rating(analyst, rating, tier, level, months):
    case = recommended(analyst, answers=RATED[rating], tier=tier)
    assert case.assessment.rating == rating
    role = {"L1": "decider", "L2": "decider", "L3": "committee", "L4": "executive_head"}[level]
    if role != "decider":
        with pytest.raises(RuleViolation, match=f"level {level}"):
            decide(case)
    decision = decide(case, role)
    assert (decision.level, decision.rating) == (level, rating)
    assert decision.valid_until == decisions.add_months(timezone.localdate(), months)


@pytest.mark.parametrize(
    ("rating", "field", "words"),
    [
        ("low", "benefit_and_cost", "Benefit and cost"),
        ("moderate", "risk_note", "risks and their owner"),
        ("substantial", "mitigation_plan", "mitigation plan"),
        ("substantial", "country_office_opinion", "country office"),
        ("substantial", "monitoring_months", "every 6 months"),
        ("high", "exit_clause", "exit clause"),
        ("high", "monitoring_months", "every 3 months"),
    ],
)
def test_plan_must_hold_what_the_rating_asks_for(analyst, rating, field, words):
    empty = None if field == "monitoring_months" else ""
    with pytest.raises(RuleViolation, match=words):
        recommended(analyst, answers=RATED[rating], plan={field: empty})
    recommended(analyst, "declined", answers=RATED[rating], plan={field: empty})


def test_rating_is_only_overridden_towards_stricter_and_with_a_reason(analyst):
    case = recommended(analyst, answers=RATED["moderate"])
    with pytest.raises(RuleViolation, match="only be made stricter"):
        decide(case, rating="low", override_reason="Nice people.")
    with pytest.raises(RuleViolation, match="Say why"):
        decide(case, "committee", rating="substantial")
    decision = decide(case, "committee", rating="substantial", override_reason="The region.")
    assert (decision.computed_rating, decision.rating, decision.level) == ("moderate", "substantial", "L3")


def test_two_steps_stricter_goes_to_the_next_level(analyst):
    case = recommended(analyst)
    with pytest.raises(RuleViolation, match="level L4"):
        decide(case, "committee", rating="substantial", override_reason="The press.")


def test_file_is_sent_up_and_never_down(analyst):
    case, decider = recommended(analyst), UserFactory(roles=["decider"])
    case = decisions.send_up(case, version=case.version, note="Not for me.", by=decider)
    assert queries.required_level(case, case.assessment, "low") == "L2"
    case = decisions.send_up(case, version=case.version, note="Nor me.", by=decider)
    with pytest.raises(RuleViolation, match="level L3"):
        decide(case)
    assert decide(case, "committee").level == "L3"


def test_excluded_company_is_refused_by_l2_and_told_the_category(analyst):
    member = UserFactory(roles=["business"])
    company = CompanyFactory()
    CompanyMember.objects.create(company=company, user=member, role="owner")
    with pytest.raises(RuleViolation, match="exclusionary"):
        recommended(analyst, company=company, answers={"E_FRC_01": "met"})
    case = Case.objects.open().get(company=company)
    case = cases.recommend_case(case, version=case.version, outcome="not_eligible", note="x", by=analyst)
    with pytest.raises(RuleViolation, match="reasons"):
        decide(case, outcome="not_eligible")
    decision = decide(case, outcome="not_eligible", reason_codes=["exclusion"])
    assert (decision.level, decision.valid_until) == ("L2", None)
    notice = Notice.objects.get(user=member)
    assert notice.url == reverse("screening:outcome", args=[decision.public_id])
    assert "forced" not in notice.body.lower()


def test_not_eligible_is_for_the_excluded_and_the_database_knows(analyst):
    case = recommended(analyst)
    with pytest.raises(RuleViolation, match="rated as excluded"):
        decide(case, outcome="not_eligible", reason_codes=["exclusion"])
    decision = decide(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(decision).objects.filter(pk=decision.pk).update(rating="excluded", computed_rating="excluded")


def test_deferral_leaves_what_stood_before(analyst):
    company = CompanyFactory()
    before = cleared(company)
    decide(recommended(analyst, "deferred", company=company), outcome="deferred")
    assert queries.clearance_for(company).decision == before


def test_advisory_group_is_informed_of_a_high_rating_and_advises(client, analyst):
    member = UserFactory(roles=["advisory_group"])
    case = recommended(analyst, answers=RATED["high"])
    assert Notice.objects.get(user=member).url == "/cases/advice/"
    client.force_login(member)
    assert case.reference in client.get("/cases/advice/").content.decode()
    client.post("/cases/advice/", {"case": case.reference, "text": "Ask for an audit first."})
    assert case.advice.get().by == member
    other = recommended(analyst)
    with pytest.raises(PermissionDenied):
        replies.advise(other, text="x", by=member)


def test_facts_that_changed_since_the_recommendation_stop_the_decision(analyst):
    case = recommended(analyst)
    case.assessment.answers.filter(code="R-CTR-01").update(answer="high")
    with pytest.raises(RuleViolation, match="still the one recommended"):
        decide(case, "executive_head")


# --- assessment ---------------------------------------------------------------------------------------------


def test_overlay_of_the_entity_tightens_the_rating(analyst):
    OverlayUse.objects.create(entity=entity("UNICEF"), overlay="child_focused_fund")
    case = CaseFactory(entity=entity("UNICEF"))
    RunFactory(company=case.company)
    assessment = assessed(case, analyst, E_WPN_02="met")
    state = assessment_state(assessment)
    assert (state.rating.rating, state.rating.common_rating) == ("excluded", "low")


def test_unanswered_criteria_never_count_as_clear(analyst):
    case = CaseFactory()
    RunFactory(company=case.company)
    state = assessment_state(assessments.begin_assessment(case, by=analyst))
    assert state.rating.rating == "blocked"
    assert state.given["R-COR-01"].answer == "no_information"
    assert not state.given["E-FRC-01"].stored


def test_answers_need_evidence_and_two_sources_where_asked(analyst):
    case = CaseFactory()
    assessments.begin_assessment(case, by=analyst)

    def answer(code, value, evidence):
        values = {"answer": value, "evidence": evidence, "source_url": "", "source_on": None}
        return assessments.answer_criteria(case, version=case.version, answers={code: values}, by=analyst)

    with pytest.raises(RuleViolation, match="rests"):
        answer("R-COR-01", "none", " ")
    with pytest.raises(RuleViolation, match="cannot be answered so"):
        answer("R-COR-01", "clear", "x")
    with pytest.raises(RuleViolation, match="2 sources"):
        answer("E-FRC-01", "met", "https://a.example.org")
    with pytest.raises(RuleViolation, match="from lists or facts"):
        answer("P-REC-01", "demonstrated", "x")
    answer("E-FRC-01", "met", "https://a.example.org and https://b.example.org")
    with pytest.raises(StaleEdit):
        answer("R-COR-01", "none", "Searched.")


def test_assessment_in_force_serves_another_entity(analyst):
    first = recommended(analyst, entity=entity("WFP"), answers={"R_COR_01": "low"})
    decide(first)
    case = CaseFactory(company=first.company, entity=entity("UNDP"))
    reused = assessments.reuse_assessment(case, by=analyst)
    assert reused.began_with == first.assessment
    assert reused.answers.get(code="R-COR-01").answer == "low"
    assert not reused.answers.filter(code="R-COI-01").exists()  # asked for each engagement anew
    with pytest.raises(RuleViolation, match="in force"):
        assessments.reuse_assessment(CaseFactory(), by=analyst)


# --- replies, appeals, joint notes --------------------------------------------------------------------------


@pytest.fixture
def refusal():
    decision = cleared(CompanyFactory(), entity=entity("WFP"), outcome="declined")
    decision.member = UserFactory(roles=["business"])
    CompanyMember.objects.create(company=decision.company, user=decision.member, role="owner")
    return decision


def test_company_replies_within_thirty_days(refusal):
    send = {"kind": "reply", "text": "The owner has sold.", "by": refusal.member}
    with pytest.raises(PermissionDenied):
        replies.reply_to_decision(refusal, **send | {"by": UserFactory(roles=["business"])})
    reply = replies.reply_to_decision(refusal, **send)
    with pytest.raises(RuleViolation, match="awaits its answer"):
        replies.reply_to_decision(refusal, **send)
    replies.answer_reply(reply, status="upheld", answer="Seen.", by=refusal.by)
    with (
        time_machine.travel(timezone.now() + timedelta(days=31)),
        pytest.raises(RuleViolation, match="30 days"),
    ):
        replies.reply_to_decision(refusal, **send)


def test_appeal_is_decided_by_others_and_opens_a_new_case(refusal):
    appeal = replies.reply_to_decision(refusal, kind="appeal", text="Look again.", by=refusal.member)
    with pytest.raises(RuleViolation, match="no part"):
        replies.answer_reply(appeal, status="upheld", answer="No.", by=refusal.by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reply.objects.filter(pk=appeal.pk).update(status="upheld", answer="No.", answered_by=refusal.by)
    other = UserFactory(roles=["committee"])
    replies.answer_reply(appeal, status="overturned", answer="You are right.", by=other)
    assert Case.objects.open().get().follows == refusal.case
    assert queries.clearance_for(refusal.company).state == "declined"
    with pytest.raises(RuleViolation, match="once"):
        replies.reply_to_decision(refusal, kind="appeal", text="Again.", by=refusal.member)


def test_company_reads_outcomes_by_criterion_and_nothing_of_the_reviewers(client, analyst):
    member = UserFactory(roles=["business"])
    company = CompanyFactory()
    CompanyMember.objects.create(company=company, user=member, role="owner")
    case = recommended(analyst, "declined", company=company, answers=RATED["substantial"])
    decision = decide(case, "committee", "declined", reason_codes=["risk"])
    client.force_login(member)
    url = reverse("screening:outcome", args=[decision.public_id])
    text = client.get(url).content.decode()
    assert "R-COR-01" in text
    for secret in ("Searched, see", "Seen.", "So.", str(analyst)):
        assert secret not in text
    assert client.post(url, {"kind": "reply", "text": "Sold."}).status_code == 302
    assert client.post(url, {"kind": "reply", "text": "Sold."}).status_code == 409


def test_entities_that_differ_get_a_joint_note(client, analyst):
    company = CompanyFactory()
    focal = UserFactory(roles=["focal_point"])
    FocalPoint.objects.create(
        entity=entity("UNDP"), user=focal, role_title="O", office_place="X", unit_mailbox="u@test.example"
    )
    cleared(company, entity=entity("WFP"))
    case = recommended(analyst, "declined", company=company, entity=entity("UNDP"))
    decide(case, outcome="declined", reason_codes=["no_fit"])
    note = JointNote.objects.get()
    assert Notice.objects.filter(user=focal, url=reverse("screening:joint_note", args=[note.pk])).exists()
    client.force_login(focal)
    client.post(reverse("screening:joint_note", args=[note.pk]), {"text": "Outside our mandate."})
    assert note.remarks.get().by == focal
    with pytest.raises(PermissionDenied):
        decisions.remark_on(note, text="x", by=UserFactory(roles=["focal_point"]))


# --- clearances ---------------------------------------------------------------------------------------------


def test_reminders_come_at_90_30_7_and_0_days_once_each(run_jobs):
    focal = UserFactory(roles=["focal_point"])
    FocalPoint.objects.create(
        entity=entity(), user=focal, role_title="O", office_place="X", unit_mailbox="u@test.example"
    )
    decision = cleared(CompanyFactory(), entity=entity(), until=date(2027, 6, 30))
    told = []
    for day in ("2027-03-31", "2027-04-01", "2027-04-02", "2027-06-01", "2027-06-25", "2027-06-30"):
        with time_machine.travel(f"{day}T08:00:00Z"):
            clearances.remind_of_ends()
            clearances.remind_of_ends()
            run_jobs()
        told.append(Notice.objects.filter(user=focal, kind="clearance").count())
    assert told == [0, 1, 1, 2, 3, 4]
    assert Case.objects.open().get().follows == decision.case  # the review opens 30 days before


def test_lapsed_clearance_holds_the_records_of_its_entity_and_tells_its_focal_points():
    focal = UserFactory(roles=["focal_point"])
    FocalPoint.objects.create(
        entity=entity("UNDP"), user=focal, role_title="O", office_place="X", unit_mailbox="u@test.example"
    )
    company, yesterday = CompanyFactory(), timezone.localdate() - timedelta(days=1)
    decision = cleared(company, entity=entity("UNDP"), until=yesterday)
    cleared(company, entity=entity())
    for reference, code in (("P-9998", "UNDP"), ("P-9997", "WFP")):
        record = Partnership.objects.create(
            title="Freight", reference=reference, partnership_type="core_business", status="active"
        )
        record.parties.create(company=company)
        record.entity_roles.create(entity=entity(code))
    clearances.end_clearance(decision)
    states = dict(Partnership.objects.values_list("reference", "status"))
    assert states == {"P-9998": "on_hold", "P-9997": "active"}
    notice = Notice.objects.get(user=focal)
    assert (notice.kind, notice.url) == ("clearance", "/desk/partnerships/P-9998/")


def test_same_open_hits_do_not_reopen_what_was_withdrawn(analyst):
    case = CaseFactory()
    HitFactory(company=case.company)
    cases.withdraw_case(case, note="No longer needed.", by=analyst)
    assert cases.open_case_for_hits(case.company) is None
    fresh = HitFactory(company=case.company)
    AuditEvent.objects.create(
        action="found", subject_type="screening.hit", subject_id=str(fresh.pk), subject_label="x"
    )
    assert cases.open_case_for_hits(case.company) is not None


def test_page_of_the_advisory_group_stays_flat(client, analyst, assert_flat_queries):
    member = UserFactory(roles=["advisory_group"])
    client.force_login(member)
    rated = recommended(analyst, answers=RATED["high"]).assessment

    def grow():
        case = CaseFactory(entity=entity(), status="decision", analyst=analyst, recommendation="declined")
        rated.pk, rated.case = None, case
        rated.save()
        replies.advise(case, text="Wait.", by=member)

    assert_flat_queries(lambda: client.get("/cases/advice/"), grow=grow)


# --- memo ---------------------------------------------------------------------------------------------------


def test_memo_holds_the_record_and_its_checksum_and_exports_are_on_record(client, analyst):
    case = recommended(analyst, answers=RATED["moderate"])
    decide(case)
    memo = memo_of(Case.objects.get(pk=case.pk))
    assert checksum(list(memo.sections[:-1])) in memo.sections[-1].parts[0].text
    client.force_login(analyst)
    text = client.get(reverse("screening:memo", args=[case.reference])).content.decode()
    for words in ("R_med = 2 (R-COR-01, R-GOV-01)", "R_med &gt;= 2", "D-", "SHA-256"):
        assert words in text
    docx = client.get(reverse("screening:memo_file", args=[case.reference, "docx"]))
    assert docx.content[:2] == b"PK"
    assert client.get(reverse("screening:memo_file", args=[case.reference, "exe"])).status_code == 404
    assert AuditEvent.objects.filter(action="exported", note="docx", by=analyst).count() == 1


def test_memo_alone_is_enough_to_redo_the_rating(analyst):
    """All that a reader with a pencil needs: answers with their weight, signs, lines, overlay, matrix."""
    OverlayUse.objects.create(entity=entity(), overlay="environment_programme", set_by=analyst)
    case = recommended(analyst, answers={"S_FOS_01": "core", "R_COR_01": "no_information"}, entity=entity())
    assert (case.assessment.rating, case.assessment.common_rating) == ("substantial", "moderate")
    parts = {section.heading: section.parts for section in memo_of(case).sections}
    text = str(parts)
    for words in (
        "S-FOS-01 Coal, oil and gas (floor: Core → Moderate)",  # the common floor
        "S-FOS-01', 'Core → Substantial'",  # and what the overlay makes of it
        "R-CTR-01 Severe controversy in the last 24 months (critical)",
        "(anchor)",
        "“No information” counts as “Medium”",
        "R_med', 'risk factors at medium or no_information",
        "R_crit >= 1 → High\\nR_high >= 2 → High",
        "Low, Moderate, Substantial, High",
        "'Enhanced'",
    ):
        assert words in text, words
    follows = parts["What follows from a rating, for: Standard engagement"][0].rows
    assert ("Substantial", "12 months", "L3 Partnership committee of the entity") in follows
    assert ("Excluded", "–", "Nobody approves; L2 records the refusal") in follows


def test_after_a_hand_over_the_focal_points_of_the_entity_are_told(analyst):
    asker, successor = UserFactory(roles=["focal_point"]), UserFactory(roles=["focal_point"])
    place = {"entity": entity(), "office_place": "Rome", "unit_mailbox": "u@test.example", "role_title": "x"}
    entry = FocalPoint.objects.create(user=asker, **place)
    told = []
    for left_on in (None, timezone.localdate()):
        FocalPoint.objects.filter(pk=entry.pk).update(left_on=left_on)
        decision = decide(recommended(analyst, entity=entity(), requested_by=asker))
        notices = Notice.objects.filter(key__startswith=f"case_decided:{decision.pk}:")
        told.append(set(notices.values_list("user", flat=True)))
        FocalPoint.objects.get_or_create(user=successor, **place)
    assert told == [{asker.pk}, {successor.pk}]


def test_an_appeal_reaches_all_who_may_answer_it(client, refusal):
    others = [UserFactory(roles=[role]) for role in ("committee", "executive_head")]
    reader = UserFactory(roles=["auditor"])
    appeal = replies.reply_to_decision(refusal, kind="appeal", text="Look again.", by=refusal.member)
    page = reverse("screening:reply_answer", args=[appeal.pk])
    outcome = reverse("screening:outcome", args=[refusal.public_id])
    assert {notice.user for notice in Notice.objects.filter(url=outcome)} >= set(others)
    for user in others:
        assert page in [row.url for row in queries.desk_rows(user)]
    for user in (refusal.by, reader):
        assert page not in [row.url for row in queries.desk_rows(user)]
    client.force_login(refusal.by)
    assert "no part in the decision" in client.get(page).content.decode()
    client.force_login(refusal.member)
    text = client.get(outcome).content.decode()
    assert 'value="reply"' in text
    assert 'value="appeal"' not in text


def test_an_auditor_reads_a_case_and_writes_nothing(client, refusal):
    auditor = UserFactory(roles=["auditor"])
    client.force_login(auditor)
    address = reverse("screening:case_detail", args=[refusal.case.reference])
    note = reverse("screening:case_note", args=[refusal.case.reference])
    assert note not in client.get(address).content.decode()
    assert client.post(note, {"text": "From an auditor."}).status_code == 403


def test_conditions_of_a_refusal_were_proposed_only(client, analyst, refusal):
    condition = refusal.case.conditions.create(
        text="Show the audit.", owner="company", due_on=timezone.localdate(), evidence="The report"
    )
    client.force_login(analyst)
    met = reverse("screening:condition_met", args=[refusal.case.reference, condition.pk])
    page = client.get(reverse("screening:case_detail", args=[refusal.case.reference])).content.decode()
    assert condition.text in page
    assert met not in page
    with pytest.raises(RuleViolation, match="proposed only"):
        decisions.meet_condition(condition, note="Done.", by=analyst)
