from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from focalpoints.models import FocalPoint, UNEntity
from partnerships.models import CompanyMember
from portal.errors import RuleViolation
from portal.models import AuditEvent, Notice
from screening import queries
from screening.models import Assessment, Case, CaseStatus, CompanyNote, Condition, SavedView
from screening.services import cases, queue, replies
from tests.portal.factories import UserFactory
from tests.screening.factories import CaseFactory, CompanyFactory, HitFactory, assessed, cleared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"], name="Analyst 7")


def asked_case(**values) -> Case:
    return CaseFactory(requested_by=UserFactory(roles=["focal_point"]), **values)


def test_queue_goes_by_escalation_return_lateness_score_and_date():
    today = timezone.localdate()
    later, soon = (CaseFactory(due_on=today + timedelta(days=days)) for days in (9, 3))
    scored = CaseFactory(due_on=today + timedelta(days=9))
    HitFactory(company=scored.company, score=0.9)
    late = CaseFactory(due_on=today - timedelta(days=1))
    returned = CaseFactory(returned_at=timezone.now())
    escalated = CaseFactory(escalated_at=timezone.now())
    snoozed = CaseFactory(snoozed_until=today + timedelta(days=1))
    until_list = CaseFactory(is_snoozed_for_list=True)
    assert list(Case.objects.awake().in_turn()) == [escalated, returned, late, scored, soon, later]
    assert {snoozed, until_list}.isdisjoint(Case.objects.awake())


def test_assigned_colleague_is_told_and_a_requester_never_examines(analyst):
    colleague = UserFactory(roles=["analyst"])
    case = queue.assign_case(CaseFactory(), to=colleague, by=analyst)
    assert case.analyst == colleague
    assert Notice.objects.get().user == colleague
    with pytest.raises(RuleViolation, match="asked for this case"):
        queue.assign_case(CaseFactory(requested_by=colleague), to=colleague, by=analyst)
    with pytest.raises(RuleViolation, match="does not examine"):
        queue.assign_case(CaseFactory(), to=UserFactory(roles=["decider"]), by=analyst)
    with pytest.raises(PermissionDenied):
        queue.assign_case(CaseFactory(), to=colleague, by=UserFactory(roles=["decider"]))


def test_snoozed_case_wakes_on_its_day_or_a_list_change(analyst):
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        case = queue.snooze_case(CaseFactory(), until=date(2026, 11, 23), for_list=False, by=analyst)
        assert case not in Case.objects.awake()
        clock.shift(timedelta(days=3))
        assert case in Case.objects.awake()
        with pytest.raises(RuleViolation, match="passed"):
            queue.snooze_case(case, until=date(2026, 11, 23), for_list=False, by=analyst)
    waiting = queue.snooze_case(CaseFactory(), until=None, for_list=True, by=analyst)
    assert queue.wake_for_list_change() == 1
    assert waiting in Case.objects.awake()


def test_escalation_is_told_to_deciders_once(analyst):
    decider = UserFactory(roles=["decider"])
    case = queue.escalate_case(CaseFactory(), reason="The press asks.", by=analyst)
    assert Notice.objects.get().user == decider
    with pytest.raises(RuleViolation, match="already"):
        queue.escalate_case(case, reason="Again.", by=analyst)


def test_clock_stands_still_while_others_owe_an_answer(analyst):
    company = CompanyFactory()
    member = UserFactory(roles=["business"])
    CompanyMember.objects.create(company=company, user=member, role="owner")
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:  # a Friday
        case = asked_case(company=company, due_on=date(2026, 12, 4), entity=UNEntity.objects.get(code="WFP"))
        first = queue.ask_question(case, to="company", text="Who owns it?", by=analyst)
        second = queue.ask_question(case, to="requester", text="How much money?", by=analyst)
        clock.shift(timedelta(days=4))  # Tuesday: two working days
        with pytest.raises(PermissionDenied):
            queue.answer_question(first, text="Us.", by=UserFactory(roles=["business"]))
        queue.answer_question(first, text="The Lassar family.", by=member)
        case.refresh_from_db()
        assert case.paused_on == date(2026, 11, 20)
        clock.shift(timedelta(days=1))
        queue.drop_question(second, by=analyst)
        case.refresh_from_db()
        assert (case.paused_on, case.due_on) == (None, date(2026, 12, 9))  # three working days later
        with pytest.raises(RuleViolation, match="closed already"):
            queue.answer_question(second, text="Late.", by=case.requested_by)


def test_question_needs_somebody_to_answer(analyst):
    with pytest.raises(RuleViolation, match="account"):
        queue.ask_question(asked_case(), to="company", text="?", by=analyst)
    with pytest.raises(RuleViolation, match="hit opened"):
        queue.ask_question(CaseFactory(), to="requester", text="?", by=analyst)


def test_labels_are_few_and_recorded(analyst):
    case = queue.label_case(CaseFactory(), add=["Textiles", " urgent "], by=analyst)
    assert case.labels == ["textiles", "urgent"]
    assert queue.label_case(case, drop=["urgent"], by=analyst).labels == ["textiles"]
    with pytest.raises(RuleViolation, match="ten labels"):
        queue.label_case(case, add=[f"l{n}" for n in range(11)], by=analyst)
    assert AuditEvent.objects.filter(action="labelled").count() == 2


def test_closed_case_is_reopened_as_a_new_one_that_names_it(analyst):
    decision = cleared(CompanyFactory(), entity=UNEntity.objects.get(code="WFP"))
    fresh = cases.reopen_case(decision.case, note="A new owner.", by=analyst)
    assert (fresh.follows, fresh.entity, fresh.status) == (
        decision.case,
        decision.entity,
        CaseStatus.RESEARCH,
    )
    with pytest.raises(RuleViolation, match="open already"):
        cases.reopen_case(decision.case, note="Again.", by=analyst)


def test_notes_follow_the_company(client, analyst):
    decision = cleared(CompanyFactory())
    queue.add_note(decision.case, text="Met its director in Nairobi.", by=analyst)
    fresh = cases.reopen_case(decision.case, note="x", by=analyst)
    client.force_login(analyst)
    assert b"Met its director" in client.get(reverse("screening:case_detail", args=[fresh.reference])).content
    assert not CompanyNote.objects.visible_to(UserFactory(roles=["focal_point"])).exists()


def test_many_cases_are_labelled_at_once_and_each_refusal_says_why(client, analyst):
    client.force_login(analyst)
    good, bad = CaseFactory(), CaseFactory(requested_by=analyst)
    data = {"act": "assign", "to": analyst.pk, "case": [good.reference, bad.reference]}
    page = client.post("/cases/bulk/", data, follow=True).content.decode()
    assert "1 case done" in page
    assert f"{bad.reference}: Analyst 7 asked for this case" in page
    assert b"Choose a colleague" in client.post("/cases/bulk/", data | {"to": ""}, follow=True).content
    assert b"Choose at least one" in client.post("/cases/bulk/", data | {"case": []}, follow=True).content


def test_view_of_the_queue_is_kept_and_removed(client, analyst):
    client.force_login(analyst)
    case = CaseFactory(labels=["textiles"])
    hidden = CaseFactory()
    answer = client.post("/cases/views/", {"name": "Cloth", "query": "label=textiles&page=7"})
    assert answer["Location"] == "/cases/?label=textiles"
    text = client.get(answer["Location"]).content.decode()
    assert case.reference in text
    assert hidden.reference not in text
    other = SavedView.objects.create(user=UserFactory(), name="Other", query="")
    assert client.post(f"/cases/views/{other.pk}/remove/").status_code == 404
    client.post(f"/cases/views/{SavedView.objects.get(user=analyst).pk}/remove/")
    assert not analyst.case_views.exists()


def test_small_acts_on_the_pages_return_with_what_was_done(client, analyst):
    client.force_login(analyst)
    case = CaseFactory()

    def act(name, **data):
        url = reverse(f"screening:{name}", args=[case.reference])
        return client.post(url, data, follow=True).content.decode()

    assert "escalated" in act("case_escalate", note="The press asks.")
    assert "Say until when" in act("case_snooze")
    assert "snoozed" in act("case_snooze", for_list="on")
    assert "back in the queue" in act("case_wake")
    assert "hit opened this case" in act("case_ask", to="requester", text="How much?")
    assert client.get(reverse("screening:case_glance", args=[case.reference])).status_code == 200
    assert client.get(reverse("screening:case_next", args=[case.reference])).status_code == 302


def test_desk_shows_conditions_of_the_own_entity_and_what_awaits_advice(analyst):
    focal, today = UserFactory(roles=["focal_point"]), timezone.localdate()
    wfp = UNEntity.objects.get(code="WFP")
    FocalPoint.objects.create(
        entity=wfp, user=focal, role_title="x", office_place="Rome", unit_mailbox="u@test.example"
    )
    for entity in (wfp, UNEntity.objects.get(code="UNDP")):
        decision = cleared(CompanyFactory(), entity=entity, outcome="approved_with_conditions")
        for text, days in (("Late", -1), ("Soon", 5), ("Far", 90)):
            due_on = today + timedelta(days=days)
            Condition.objects.create(case=decision.case, text=f"{text} {entity.pk}", due_on=due_on)
    rows = queries.desk_rows(focal)
    assert [(row.title, row.state) for row in rows] == [
        ("Condition: Late WFP", "Overdue"),
        ("Condition: Soon WFP", "Open"),
    ]
    member = UserFactory(roles=["advisory_group"])
    case = CaseFactory(status=CaseStatus.DECISION, analyst=analyst, recommendation="declined")
    assessment = assessed(CaseFactory(), analyst)
    Assessment.objects.filter(pk=assessment.pk).update(case=case, rating="high", rated_at=timezone.now())
    assert [row.title for row in queries.desk_rows(member)] == [f"Advise on: {case.company.name}"]
    replies.advise(case, text="Not now.", by=member)
    assert queries.desk_rows(member) == []


def test_answer_to_a_question_stands_beside_its_criterion(client, analyst):
    case = asked_case()
    assessed(case, analyst)
    with pytest.raises(RuleViolation, match="no criterion"):
        queue.ask_question(case, to="requester", text="?", code="R-NIX-01", by=analyst)
    question = queue.ask_question(case, to="requester", text="Which mills?", code="r-cor-01", by=analyst)
    queue.answer_question(question, text="Three in Sylhet.", by=case.requested_by)
    client.force_login(analyst)
    page = client.get(reverse("screening:assessment_group", args=[case.reference, "risk_factor"]))
    row = next(row for row in page.context["rows"] if row["criterion"].code == "R-COR-01")
    assert row["asked"] == [question]
    assert "Three in Sylhet." in page.content.decode()
