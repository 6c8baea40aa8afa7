import pytest
import time_machine

from partnerships.models import CompanyName, CompanyPerson
from portal.jobs import run_job
from portal.models import AuditEvent, Job
from screening import matching, queries
from screening.models import Case, CaseStatus, Hit, HitOutcome, HitReason, ListDifference, ScreeningRun
from screening.services import hits as hit_services
from screening.services import lists
from screening.services.screening import rescreen, screen_company
from tests.portal.factories import UserFactory
from tests.screening.factories import CompanyFactory, ListSourceFactory, list_xml, serve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]
FILLER = [f"Zanquil Works {n}" for n in range(20)]  # so that one entry more or less is under ten per cent


@pytest.fixture
def source():
    source = ListSourceFactory()
    serve(source, list_xml("Orsalla Maritime Trade Co", *FILLER))
    return source


@pytest.fixture
def company(source):
    return CompanyFactory(name="Orsala Maritime Trading LLC")


def screen_again(company):
    company.version += 1
    company.save()
    return screen_company(company.pk)


def dismiss(hit):
    analyst = UserFactory(roles=["analyst"])
    return hit_services.decide_hit(
        hit,
        version=hit.version,
        outcome=HitOutcome.FALSE_POSITIVE,
        reason=HitReason.OTHER_COUNTRY,
        comment="Another firm.",
        by=analyst,
    )


def test_misspelt_name_with_another_legal_form_is_a_hit_with_reasons(company):
    run = screen_company(company.pk)
    hit = Hit.objects.get(company=company)
    assert hit.entry_name == "Orsalla Maritime Trade Co"
    assert 0.5 < hit.score <= 1
    assert {word["relation"] for word in hit.explanation["words"]} >= {"same", "legal_form"}
    assert hit.explanation["parts"]
    assert run.is_complete
    assert run.found[0]["source_id"] == "e1"


def test_nothing_found_is_a_record_too(source):
    company = CompanyFactory(name="Halvorsen Cold Chain")
    run = screen_company(company.pk)
    assert (run.found, run.is_complete, list(run.list_versions.all())) == ([], True, [source.versions.get()])
    assert run.subject["company"]["names"] == ["Halvorsen Cold Chain"]
    assert not Case.objects.exists()
    assert queries.is_excluded(company) is False


def test_former_names_and_parents_are_screened(source):
    company = CompanyFactory(name="Brightwater Freight")
    CompanyName.objects.create(company=company, name="Orsala Maritime Trade", kind=CompanyName.Kind.FORMER)
    CompanyPerson.objects.create(
        company=company, name="Orsalla Maritime Trade", role=CompanyPerson.Role.PARENT, is_organization=True
    )
    screen_company(company.pk)
    assert sorted(Hit.objects.values_list("subject_role", flat=True)) == ["company", "parent"]


def test_same_inputs_are_screened_once(company):
    first = screen_company(company.pk)
    assert screen_company(company.pk) == first
    assert ScreeningRun.objects.count() == Hit.objects.count() == Case.objects.count() == 1


def test_hit_opens_one_case_by_nobody(company):
    screen_company(company.pk)
    case = Case.objects.get(company=company)
    assert (case.requested_by, case.status) == (None, CaseStatus.RESEARCH)
    event = AuditEvent.objects.get(subject_type="screening.case", subject_id=str(case.pk))
    assert (event.action, event.by) == ("opened by a hit", None)


def test_dismissal_holds_while_both_sides_are_the_same(company):
    screen_company(company.pk)
    dismiss(Hit.objects.get())
    screen_again(company)
    hit = Hit.objects.get()
    assert hit.outcome == HitOutcome.FALSE_POSITIVE
    assert hit.last_run.company_version == company.version


def test_dismissal_falls_when_the_entry_changes(company, source):
    screen_company(company.pk)
    dismiss(Hit.objects.get())
    serve(source, list_xml("Orsalla Maritime Trade Co", *FILLER, e1="Also in Lusavia"))
    screen_company(company.pk)
    hit = Hit.objects.get()
    assert hit.outcome == ""
    assert hit.reopened["was"] == "false_positive"
    assert (hit.reopened["why"], hit.reopened["added"]) == ("entry", ["Also in Lusavia"])
    assert AuditEvent.objects.filter(action="reopened", subject_id=str(hit.pk)).exists()


def test_dismissal_falls_when_the_company_changes_what_is_screened(company):
    screen_company(company.pk)
    dismiss(Hit.objects.get())
    CompanyName.objects.create(company=company, name="Orsala Bunkering")
    screen_again(company)
    hit = Hit.objects.get()
    assert (hit.outcome, hit.reopened["why"], hit.reopened["added"]) == ("", "subject", ["Orsala Bunkering"])


def test_true_match_stays_when_the_entry_changes(company, source):
    screen_company(company.pk)
    hit = Hit.objects.get()
    hit_services.decide_hit(
        hit,
        version=hit.version,
        outcome=HitOutcome.TRUE_MATCH,
        reason=HitReason.FACTS_AGREE,
        comment="Same seat.",
        by=UserFactory(roles=["analyst"]),
    )
    serve(source, list_xml("Orsalla Maritime Trade Co", *FILLER, e1="Amended"))
    screen_company(company.pk)
    assert Hit.objects.get().outcome == HitOutcome.TRUE_MATCH
    assert queries.is_excluded(company) is True


def test_delisting_closes_the_hit_with_a_record(company, source):
    screen_company(company.pk)
    serve(source, list_xml("", *FILLER))
    screen_company(company.pk)
    hit = Hit.objects.get()
    assert hit.closed_at is not None
    assert AuditEvent.objects.filter(action="left the list", subject_id=str(hit.pk)).exists()
    assert not Hit.objects.unresolved().exists()


def test_entry_that_comes_back_opens_the_same_hit(company, source):
    screen_company(company.pk)
    serve(source, list_xml("", *FILLER))
    screen_company(company.pk)
    serve(source, list_xml("Orsalla Maritime Trade Co", *FILLER, day="2026-11-21"))
    screen_company(company.pk)
    assert Hit.objects.get().closed_at is None


def test_missing_required_list_makes_the_run_incomplete(company):
    ListSourceFactory(code="other", title="Other list")
    run = screen_company(company.pk)
    assert not run.is_complete
    assert queries.run_shortcomings(company, run) == ["Other list was not there."]


def test_list_that_grows_stale_is_a_new_incomplete_run():
    company = CompanyFactory()
    with time_machine.travel("2026-11-22T00:00:00Z"):
        serve(ListSourceFactory(stale_after_days=7), list_xml("Orsalla Maritime Trade Co"))
        assert screen_company(company.pk).is_complete
    with time_machine.travel("2026-12-22T00:00:00Z"):
        assert not screen_company(company.pk).is_complete


def test_change_after_the_run_asks_for_another(company, source):
    run = screen_company(company.pk)
    assert queries.run_shortcomings(company, run) == []
    serve(source, list_xml("Orsalla Maritime Trade Co", *FILLER, e1="x"))
    assert "A list changed" in queries.run_shortcomings(company, run)[0]
    company.version += 1
    assert "The company changed" in queries.run_shortcomings(company, run)[0]


def test_new_version_screens_its_changes_and_only_the_companies_they_meet(source, run_jobs):
    met, left_alone = CompanyFactory(name="Quorvane Holding"), CompanyFactory(name="Halvorsen Cold Chain")
    CompanyFactory(name="Quorvane Holding", is_from_archive=True)
    for company in (met, left_alone):
        screen_company(company.pk)
    names = ["Orsalla Maritime Trade Co", *FILLER, "Quorvan Holdings Ltd"]
    version = serve(source, list_xml(*names, e1="amended"))
    assert run_jobs() == ["screening.screen_changes", "screening.screen_company"]
    assert Hit.objects.get(company=met).entry_name == "Quorvan Holdings Ltd"
    assert left_alone.runs.count() == 1
    assert queries.run_shortcomings(left_alone, queries.latest_run(left_alone)) == []
    assert screen_company(left_alone.pk) == left_alone.runs.get()
    difference = version.difference
    assert (difference.part_count, difference.parts_done) == (1, 1)
    assert list(difference.affected.all()) == [met]


def test_entry_that_compares_as_before_is_not_compared_again(source, company, run_jobs, monkeypatch):
    screen_company(company.pk)
    compared = []

    def met(index, code, entry):
        compared.append(entry.primary_name)
        return set()

    monkeypatch.setattr(matching, "companies_met", met)
    serve(source, list_xml("Orsalla Maritime Trade Co", *FILLER, "Quorvane Holding", e1="other remarks"))
    run_jobs()
    assert compared == ["Quorvane Holding"]
    assert company.runs.count() == 2  # it has the changed entry as a hit


def test_part_of_a_difference_counts_once(source, run_jobs):
    company = CompanyFactory(name="Quorvane Holding")
    screen_company(company.pk)
    version = serve(source, list_xml("Orsalla Maritime Trade Co", *FILLER, "Quorvane Holding"))
    run_jobs()
    for job in Job.objects.filter(kind="screening.screen_changes"):
        run_job(job.pk)  # a message that comes twice
    assert ListDifference.objects.get(version=version).parts_done == 1
    assert Hit.objects.filter(company=company).count() == 1
    assert company.runs.count() == 2


def test_entry_that_leaves_a_list_closes_its_hit(company, source, run_jobs):
    screen_company(company.pk)
    serve(source, list_xml("", *FILLER))
    assert "A list changed" in queries.run_shortcomings(company, queries.latest_run(company))[0]
    run_jobs()
    assert Hit.objects.get().closed_at is not None
    assert queries.run_shortcomings(company, queries.latest_run(company)) == []


def test_runs_hold_over_several_versions(source, run_jobs):
    company = CompanyFactory(name="Halvorsen Cold Chain")
    run = screen_company(company.pk)
    for note in ("one", "two", "three"):
        serve(source, list_xml("Orsalla Maritime Trade Co", *FILLER, e1=note))
    assert queries.run_shortcomings(company, run) != []
    run_jobs()
    assert queries.run_shortcomings(company, run) == []
    assert company.runs.get() == run


def test_chunks_cover_every_company_once(source, monkeypatch):
    monkeypatch.setattr(lists, "RESCREEN_CHUNK", 2)
    companies = [CompanyFactory().pk for _ in range(5)]
    assert lists.rescreen_all("test") == 3
    assert rescreen(companies[2], companies[4]) == 2
    assert sorted(ScreeningRun.objects.values_list("company", flat=True)) == companies[2:4]


def test_closed_case_opens_again_for_a_new_hit_only(company, source):
    screen_company(company.pk)
    dismiss(Hit.objects.get())
    Case.objects.update(status=CaseStatus.WITHDRAWN)
    screen_again(company)
    assert Case.objects.count() == 1
    serve(source, list_xml("Orsalla Maritime Trade Co", "Orsala Maritime Traders", *FILLER[1:]))
    screen_company(company.pk)
    assert Case.objects.open().count() == 1


def test_real_list_finds_a_misspelt_entity(shared):
    with (shared / "lists" / "un" / "un_consolidated_2026-02-27.xml").open("rb") as file:
        lists.load_sources()
        source = lists.ListSource.objects.get(pk="un")
        version = lists.receive_file(source, file, name="un.xml", by=None)
        lists.load_version(version.pk)
    entry = queries.serving_entries(["un"]).get(name__startswith="KOREA KUMRYONG TRADING")
    company = CompanyFactory(name="Corea Kumryong Tradin Ltd.")
    screen_company(company.pk)
    hit = Hit.objects.filter(company=company).order_by("-score").first()
    assert hit is not None
    assert hit.entry_name == entry.name
