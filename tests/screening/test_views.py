import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from focalpoints.models import UNEntity
from portal.models import AuditEvent, User
from screening import queries
from screening.labels import TYPES
from screening.models import Case, CaseStatus, Decision, Hit, HitOutcome
from screening.rating import DEFAULTS
from screening.services import cases, decisions
from screening.services.catalogue import load_catalogue
from tests.portal.factories import UserFactory
from tests.screening.factories import (
    CaseFactory,
    CompanyFactory,
    HitFactory,
    ListSourceFactory,
    RunFactory,
    assessed,
    list_xml,
    serve,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"], name="Analyst 7")


def address(name, case, *more):
    return reverse(f"screening:{name}", args=[case.reference, *more])


def awaiting(analyst):
    case = CaseFactory(company=CompanyFactory(name="Amberfield Weaving"))
    RunFactory(company=case.company)
    assessed(case, analyst)
    return cases.recommend_case(case, version=1, outcome="approved", note="Clean.", by=analyst)


def decider_and_analyst(user):
    user.groups.add(Group.objects.get(name="analyst"))
    return User.objects.get(pk=user.pk)


DECISION = {"outcome": "approved", "note": "My carefully typed reason.", "has_no_conflict": "on"}


def test_queue_stays_flat(client, analyst, assert_flat_queries):
    client.force_login(analyst)
    assert_flat_queries(
        lambda: client.get("/cases/"),
        grow=lambda: HitFactory(company=CaseFactory(entity=UNEntity.objects.get(code="WFP")).company),
    )


def test_case_file_and_hit_stay_flat(client, analyst, assert_flat_queries):
    client.force_login(analyst)
    case = CaseFactory()
    hit = HitFactory(company=case.company)

    def grow():
        HitFactory(company=case.company, last_run=hit.last_run)

    assert_flat_queries(lambda: client.get(address("case_detail", case)), grow=grow)
    assert_flat_queries(lambda: client.get(address("hit_review", case, hit.pk)), grow=grow)


@pytest.mark.parametrize("query", ["?status=nonsense&page=-5&q=%27%22", "?analyst=x", "?status=all&page=999"])
def test_bad_filters_are_ignored(client, analyst, query):
    client.force_login(analyst)
    CaseFactory()
    assert client.get(f"/cases/{query}").status_code == 200


def test_queue_filters_by_words_and_person(client, analyst):
    client.force_login(analyst)
    mine = CaseFactory(company=CompanyFactory(name="Halvorsen"), analyst=analyst)
    other = CaseFactory(company=CompanyFactory(name="Meghna"))
    for query, shown, hidden in [
        ("analyst=me", mine, other),
        ("analyst=nobody", other, mine),
        ("q=halv", mine, other),
    ]:
        page = client.get(f"/cases/?{query}", headers={"HX-Request": "true"})
        text = page.content.decode()
        assert shown.reference in text
        assert hidden.reference not in text
        assert "<html" not in text


def test_requester_sees_state_and_nothing_of_what_was_found(client):
    focal = UserFactory(roles=["focal_point"])
    case = CaseFactory(requested_by=focal)
    hit = HitFactory(company=case.company, entry_name="Very Secret Entry")
    client.force_login(focal)
    page = client.get(address("case_detail", case))
    assert page.status_code == 200
    assert b"Very Secret Entry" not in page.content
    assert client.get(address("hit_review", case, hit.pk)).status_code == 404
    assert client.get(address("case_decide", case)).status_code == 404


def test_deciding_a_hit_opens_the_next_and_can_be_undone(client, analyst):
    client.force_login(analyst)
    case = CaseFactory()
    first = HitFactory(company=case.company, score=0.9)
    second = HitFactory(company=case.company, last_run=first.last_run, score=0.7)
    answer = client.post(
        address("hit_review", case, first.pk),
        {"outcome": "false_positive", "reason": "other_country", "comment": "Elsewhere.", "version": 1},
    )
    assert answer["Location"] == address("hit_review", case, second.pk)
    assert "Undo within 30 seconds" in client.get(answer["Location"]).content.decode()
    client.post(address("hit_undo", case, first.pk))
    first.refresh_from_db()
    assert (first.outcome, first.reopened["why"]) == ("", "undone")


def test_reason_of_another_outcome_is_refused_beside_its_field(client, analyst):
    client.force_login(analyst)
    case = CaseFactory()
    hit = HitFactory(company=case.company)
    page = client.post(
        address("hit_review", case, hit.pk),
        {"outcome": "true_match", "reason": "other_country", "comment": "Hm.", "version": 1},
    )
    assert page.status_code == 422
    assert b"Choose a reason that fits" in page.content


def test_stale_hit_form_answers_409_with_the_words_kept(client, analyst):
    client.force_login(analyst)
    case = CaseFactory()
    hit = HitFactory(company=case.company)
    Hit.objects.filter(pk=hit.pk).update(version=5)
    data = {"outcome": "true_match", "reason": "facts_agree", "comment": "Typed for long.", "version": 1}
    page = client.post(address("hit_review", case, hit.pk), data)
    assert page.status_code == 409
    assert b"Typed for long." in page.content
    assert b'name="version" value="5"' in page.content
    assert Hit.objects.get(pk=hit.pk).outcome == ""


def test_second_decider_sees_the_first_decision_and_own_words(client, analyst, decider):
    case = awaiting(analyst)
    decisions.decide_case(
        case, version=case.version, outcome="approved", note="Fine.", has_no_conflict=True, by=decider
    )
    client.force_login(UserFactory(roles=["decider"]))
    page = client.post(address("case_decide", case), DECISION | {"version": case.version})
    assert page.status_code == 409
    assert b"My carefully typed reason." in page.content
    assert b"before you" in page.content
    assert Decision.objects.count() == 1


def test_decision_is_recorded(client, analyst, decider):
    case = awaiting(analyst)
    client.force_login(decider)
    assert b"Record the decision" in client.get(address("case_decide", case)).content
    answer = client.post(address("case_decide", case), DECISION | {"version": case.version})
    assert answer.status_code == 302
    assert queries.clearance_for(case.company).is_valid


@pytest.mark.parametrize("way", ["case_send_back", "case_send_up"])
def test_stale_case_is_not_sent_on_and_both_sides_are_shown(client, analyst, decider, way):
    case = awaiting(analyst)
    old = case.version
    cases.send_back_case(case, version=old, note="Who owns it?", by=decider)
    case.refresh_from_db()
    case = cases.recommend_case(case, version=case.version, outcome="approved", note="So.", by=analyst)
    client.force_login(UserFactory(roles=["decider"]))
    page = client.post(address(way, case), {"note": "My long question.", "version": old})
    text = page.content.decode()
    assert page.status_code == 409
    assert "My long question." in text
    assert "Recommended; awaits a decision" in text
    assert f'name="version" value="{case.version}"' in text
    assert client.post(address(way, case), {"note": "", "version": old}).status_code == 422
    answer = client.post(address(way, case), {"note": "My long question.", "version": case.version})
    assert answer.status_code == 302


def test_analyst_calls_a_case_back(client, analyst):
    case = awaiting(analyst)
    client.force_login(analyst)
    assert client.post(address("case_send_back", case), {"note": "One more look."}).status_code == 422
    data = {"note": "One more look.", "version": case.version}
    assert client.post(address("case_send_back", case), data).status_code == 302
    case.refresh_from_db()
    assert case.status == CaseStatus.ASSESSMENT


def test_after_a_decision_the_next_one_opens_with_its_heading_focused(client, analyst, decider):
    first, own, second = awaiting(analyst), awaiting(decider_and_analyst(decider)), awaiting(analyst)
    client.force_login(decider)
    data = DECISION | {"version": first.version}
    page = client.post(address("case_decide", first), data, follow=True)
    assert page.redirect_chain == [(address("case_decide", second), 302)]
    text = page.content.decode()
    assert "decided, Approved." in text
    assert '<h1 tabindex="-1" autofocus>' in text
    assert own.analyst == decider


@pytest.mark.parametrize("missing", ["outcome", "note", "has_no_conflict"])
def test_decision_needs_outcome_reason_and_statement(client, analyst, decider, missing):
    case = awaiting(analyst)
    client.force_login(decider)
    data = DECISION | {"version": case.version}
    del data[missing]
    assert client.post(address("case_decide", case), data).status_code == 422
    assert not Decision.objects.exists()


def test_blocked_decision_says_what_is_missing_and_has_no_button(client, decider):
    case = CaseFactory()
    client.force_login(decider)
    text = client.get(address("case_decide", case)).content.decode()
    assert "once the analyst has recommended" in text
    assert "Record the decision" not in text


def test_analyst_is_told_that_another_person_decides(client):
    both = UserFactory(roles=["analyst", "decider"])
    case = awaiting(both)
    client.force_login(both)
    text = client.get(address("case_decide", case)).content.decode()
    assert "You examined this case. Another person decides." in text
    assert "Record the decision" not in text


def test_view_of_a_case_is_on_record(client, decider):
    case = CaseFactory()
    client.force_login(decider)
    client.get(address("case_detail", case))
    client.get(address("case_decide", case))
    assert AuditEvent.objects.filter(action="viewed", subject_id=str(case.pk), by=decider).count() == 1


def test_conditions_are_added_and_removed(client, analyst):
    client.force_login(analyst)
    case = CaseFactory()
    data = {"text": "Supplier list", "owner": "company", "due_on": "2099-02-28", "evidence": "List"}
    assert client.post(address("condition_add", case), data).status_code == 302
    condition = case.conditions.get()
    assert client.post(address("condition_add", case), data | {"due_on": "2001-01-01"}).status_code == 422
    client.post(address("condition_remove", case, condition.pk))
    assert not case.conditions.exists()


def test_next_case_is_taken_with_one_press(client, analyst):
    case = CaseFactory()
    client.force_login(analyst)
    assert client.post("/cases/next/")["Location"] == address("case_detail", case)
    assert client.post("/cases/next/")["Location"] == "/cases/"


def test_list_page_shows_a_refused_file_and_why(client):
    source = ListSourceFactory()
    serve(source, list_xml("Quorvane Holding", "Zanquil Works"))
    serve(source, list_xml("Quorvane Holding", "Zanquil Works")[:-60], name="cut.xml")
    client.force_login(UserFactory(roles=["administrator"]))
    text = client.get(reverse("screening:version_detail", args=[source.pk, 2])).content.decode()
    assert "ends before the list does" in text
    assert "cut.xml, line" in text
    assert "Use this version" not in text


def test_upload_goes_to_a_job(client, run_jobs):
    source = ListSourceFactory()
    client.force_login(UserFactory(roles=["administrator"]))
    file = SimpleUploadedFile("list.xml", list_xml("Quorvane Holding"))
    answer = client.post(reverse("screening:list_upload", args=[source.pk]), {"file": file})
    assert answer["Location"] == reverse("screening:version_detail", args=[source.pk, 1])
    run_jobs()
    assert queries.serving_entries([source.pk]).count() == 1


def test_case_from_hits_to_decision_on_the_pages_alone(client, analyst, decider):
    case = CaseFactory()
    hit = HitFactory(company=case.company)
    RunFactory(company=case.company)
    client.force_login(analyst)
    client.post(
        address("hit_review", case, hit.pk),
        {"outcome": "false_positive", "reason": "common_name", "comment": "No.", "version": 1},
    )
    assert Hit.objects.get(pk=hit.pk).outcome == HitOutcome.FALSE_POSITIVE
    load_catalogue()
    client.post(address("assessment_begin", case))
    shared = {"shared_evidence": "Searched the press and registers on this day: nothing."}
    for _round in range(2):
        for kind in TYPES:
            page = client.get(address("assessment_group", case, kind))
            form = page.context["form"]
            answers = {f"{row.criterion.code}-answer": DEFAULTS[row.criterion.scale] for row in form.rows}
            data = {**shared, **answers, "version": form.initial["version"]}
            assert client.post(address("assessment_group", case, kind), data).status_code == 302
    version = Case.objects.get(pk=case.pk).version
    plan = {"benefit_and_cost": "Worth it.", "has_no_conflict": "on", "version": version}
    assert client.post(address("assessment_plan", case), plan).status_code == 302
    text = client.get(address("assessment", case)).content.decode()
    assert "Rating: Low" in text
    version = Case.objects.get(pk=case.pk).version
    client.post(
        address("case_recommend", case), {"outcome": "approved", "note": "Clean.", "version": version}
    )
    client.force_login(decider)
    version = Case.objects.get(pk=case.pk).version
    client.post(address("case_decide", case), DECISION | {"version": version})
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
