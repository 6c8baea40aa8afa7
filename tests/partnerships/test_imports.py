import csv
import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override

from focalpoints.models import FocalPoint, UNEntity
from partnerships import iati
from partnerships.demo import registry
from partnerships.iati.facts import for_iati
from partnerships.models import Company, Partnership, ProgressReport, RecordImport, RegistryEntry
from partnerships.services import imports as services
from portal.errors import RuleViolation
from portal.jobs import run_job
from portal.models import Job, ReferenceCounter
from screening.services import merging
from tests.partnerships.factories import CompanyFactory, PartnershipFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db
GOOD = {
    "title": "Cold store",
    "summary": "Keeps food fresh.",
    "type": "core_business",
    "purposes": "Operational delivery; advocacy",
    "countries": "Kenya; UGA; côte d’ivoire",
    "sdg targets": "2.3, 12.3",
    "start": "2020-05",
    "status": "active",
    "partners": "A cold firm",
    "other partners": "Growers’ union [community]",
    "amount": "250,000",
    "currency": "usd",
}


@pytest.fixture
def clerk(sign_in):
    user = sign_in("focal_point")
    FocalPoint.objects.create(
        entity_id="WFP", user=user, role_title="Officer", office_place="Rome", unit_mailbox="u@test.example"
    )
    return user


def file_of(*rows: dict) -> bytes:
    lines = io.StringIO()
    writer = csv.DictWriter(lines, [*GOOD], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return lines.getvalue().encode()


def uploaded(by, content: bytes, name: str = "records.csv", **fields) -> RecordImport:
    values = {"entity": UNEntity.objects.get(pk="WFP"), "visibility": "un_system", **fields}
    return services.upload_records(by=by, name=name, content=content, **values)


def checked(by, content: bytes, mode: str = "good", **fields) -> RecordImport:
    found = uploaded(by, content, **fields)
    found = services.map_columns(found, by=by, mapping=found.mapping, mode=mode)
    return services.check_import(found)


def loaded(by, content: bytes, **fields) -> RecordImport:
    return services.load_import(services.start_load(checked(by, content, **fields), by=by))


def undone(found: RecordImport, by) -> RecordImport:
    return services.undo_import(services.start_undo(found, by=by))


def test_headings_are_recognised_and_cells_become_values(clerk, run_jobs):
    found = loaded(clerk, file_of(GOOD))
    record = Partnership.objects.get()
    assert (record.title, record.status, record.start, record.origin) == (
        "Cold store",
        "active",
        "2020-05",
        "file",
    )
    assert record.purposes == ["operational_delivery", "advocacy"]
    assert set(record.countries.values_list("pk", flat=True)) == {"KEN", "UGA", "CIV"}
    assert set(record.targets.values_list("pk", flat=True)) == {"2.3", "12.3"}
    assert record.contributions.get().usd_value == 250000
    assert [str(party) for party in record.parties.all()] == ["A cold firm", "Growers’ union"]
    assert [party.kind for party in record.parties.all()] == ["company", "community"]
    assert (record.is_imported, record.import_batch, record.entity_roles.get().entity_id) == (
        True,
        found,
        "WFP",
    )
    run_jobs()
    assert RegistryEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("title", "", "It is empty"),
        ("type", "trade", "none of: core_business"),
        ("purposes", "advocacy; selling", "none of"),
        ("countries", "Kenya; Atlantis", "No country is called: Atlantis"),
        ("sdg targets", "2.3 99.9", "No SDG target has the number: 99.9"),
        ("start", "May 2020", "Enter a year"),
        ("start", "2020-02-30", "no such day"),
        ("amount", "much", "Enter a number"),
        ("amount", "-5", "above zero"),
        ("amount", "250.000", "two ways"),
        ("currency", "", "An amount needs its currency"),
        ("status", "withdrawn", "none of: idea"),
    ],
)
def test_each_bad_cell_is_named_with_its_row_and_column(clerk, cell, value, message):
    found = checked(clerk, file_of(GOOD, {**GOOD, cell: value}))
    assert (found.row_count, found.bad_row_count) == (2, 1)
    (problem,) = found.problems
    assert (problem["row"], problem["column"]) == (3, cell)
    assert message in problem["message"]
    assert not Partnership.objects.exists()


def test_cells_are_read_in_the_digits_of_any_script(clerk):
    found = loaded(clerk, file_of({**GOOD, "start": "٢٠٢٥/٣", "amount": "٢٥٠٬٠٠٠"}))
    record = Partnership.objects.get(import_batch=found)
    assert (record.start, record.contributions.get().amount) == ("2025-03", 250_000)


def test_companies_are_matched_by_lei_by_name_and_country_or_added_unscreened(clerk):
    by_lei = CompanyFactory(name="Quite Another Name", lei="5493001KJTIIGC8Y1R12")
    kenyan = CompanyFactory(name="Fictional Cold Ltd.", country_id="KEN")
    CompanyFactory(name="Fictional Cold Limited", country_id="UGA")
    cell = "Cold Works [5493001kjtiigc8y1r12]; FICTIONAL COLD LIMITED [Kenya]; Nobody Knows Us [Uganda]"
    content = file_of({**GOOD, "partners": cell}, {**GOOD, "partners": "nobody knows us [UGA]"})
    found = checked(clerk, content)
    assert [(line["name"], line["company"]) for line in found.companies] == [
        ("Nobody Knows Us", ""),
        ("nobody knows us", ""),
        ("Cold Works", str(by_lei.public_id)),
        ("FICTIONAL COLD LIMITED", str(kenyan.public_id)),
    ]
    services.load_import(services.start_load(found, by=clerk))
    first, second = Partnership.objects.order_by("pk")
    new = Company.objects.get(name="Nobody Knows Us")
    assert [party.company for party in first.parties.exclude(company=None)] == [by_lei, kenyan, new]
    assert second.parties.exclude(company=None).get().company == new
    assert (new.country_id, new.is_from_archive, new.import_batch) == ("UGA", True, found)
    assert not Job.objects.filter(kind="screening.screen_company").exists()
    undone(found, clerk)
    assert Company.objects.filter(name__startswith="Nobody").count() == 0
    assert Company.objects.count() == 3


def test_a_company_that_cannot_be_told_apart_is_named(clerk):
    for code in ("KEN", "UGA"):
        CompanyFactory(name="Fictional Cold", country_id=code)
    found = checked(clerk, file_of({**GOOD, "partners": "Fictional Cold"}))
    assert "Add country or LEI" in found.problems[0]["message"]
    found = checked(clerk, file_of({**GOOD, "partners": "Fictional Cold [Atlantis]"}))
    assert "Neither a country nor a valid LEI: Atlantis" in found.problems[0]["message"]


def with_bad_ones(count: int, bad: int) -> tuple[bytes, set[int]]:
    """A file of so many rows, and the numbers of those whose start is no date."""
    places = {count // bad * place for place in range(bad)}
    rows = (
        {**GOOD, "title": f"Store {n}", **({"start": "soon"} if n in places else {})} for n in range(count)
    )
    return file_of(*rows), {place + 2 for place in places}


def test_ten_thousand_rows_with_fifty_bad_ones_are_named_and_none_is_loaded(clerk):
    content, bad = with_bad_ones(10_000, 50)
    found = checked(clerk, content, mode="all")
    assert (found.row_count, found.bad_row_count, found.good_count) == (10_000, 50, 9_950)
    assert {problem["row"] for problem in found.problems} == bad
    assert {problem["column"] for problem in found.problems} == {"start"}
    with pytest.raises(RuleViolation, match="50 rows are not good"):
        services.start_load(found, by=clerk)
    assert not Partnership.objects.exists()


def test_the_good_rows_are_loaded_where_that_was_chosen_and_undone(clerk):
    content, bad = with_bad_ones(600, 3)
    found = loaded(clerk, content)
    assert Partnership.objects.count() == found.loaded_count == 597
    assert not Partnership.objects.filter(title__in=[f"Store {n - 2}" for n in bad]).exists()
    undone(found, clerk)
    assert not Partnership.objects.exists()


def test_the_good_rows_are_offered_where_all_or_none_was_chosen(client, clerk, run_jobs):
    content, _bad = with_bad_ones(6, 2)
    found = checked(clerk, content, mode="all")
    address = f"/desk/imports/{found.reference}/"
    page = client.get(address).content.decode()
    assert "Load the 4 good rows, without the others" in page
    assert "Mend the rows below in your file" in page
    client.post(f"{address}load/", {"good": "1"})
    run_jobs()
    assert Partnership.objects.count() == 4


def test_what_is_wrong_is_said_in_the_language_of_the_page(clerk):
    with override("fr"):
        found = uploaded(clerk, file_of({**GOOD, "amount": "much"}))
        services.map_columns(found, by=clerk, mapping=found.mapping, mode="all")
    assert Job.objects.get(kind="partnerships.check_import").args["language"] == "fr"


def test_a_load_that_fails_leaves_nothing(clerk, monkeypatch):
    found = services.start_load(checked(clerk, file_of(*[GOOD] * 3)), by=clerk)
    before = ReferenceCounter.objects.filter(series="P").values_list("last", flat=True).first()
    monkeypatch.setattr(services, "BATCH", 2)
    real, calls = services._create, []

    def second_batch_fails(*args):
        calls.append(1)
        if len(calls) == 2:
            raise ValueError("disk full")
        return real(*args)

    monkeypatch.setattr(services, "_create", second_batch_fails)
    with pytest.raises(ValueError, match="disk full"):
        services.load_import(found)
    assert not Partnership.objects.exists()
    assert ReferenceCounter.objects.filter(series="P").values_list("last", flat=True).first() == before


def test_a_load_runs_once_however_often_its_job_does(clerk):
    found = services.start_load(checked(clerk, file_of(GOOD)), by=clerk)
    services.load_import(found)
    services.load_import(found)
    assert Partnership.objects.count() == 1


def test_undo_refuses_where_somebody_has_worked_since(clerk):
    found = loaded(clerk, file_of(GOOD, GOOD))
    Partnership.objects.filter(pk=Partnership.objects.first().pk).update(version=2)
    with pytest.raises(RuleViolation, match="Somebody has worked on P-"):
        services.start_undo(found, by=clerk)
    assert Partnership.objects.count() == 2


def test_undo_refuses_where_something_hangs_on_a_record_or_names_it(clerk):
    found = loaded(clerk, file_of(GOOD))
    record = Partnership.objects.get()
    child = PartnershipFactory(parent=record)
    with pytest.raises(RuleViolation, match=record.reference):
        services.start_undo(found, by=clerk)
    child.delete()
    report = ProgressReport.objects.create(
        partnership=record, number=1, period_from="2026-01-01", period_until="2026-02-01"
    )
    with pytest.raises(RuleViolation, match=record.reference):
        services.start_undo(found, by=clerk)
    report.delete()
    undone(found, clerk)
    assert list(Partnership.objects.all()) == []


def test_what_is_worked_on_after_undo_was_asked_for_keeps_the_whole_load(client, clerk):
    found = services.start_undo(loaded(clerk, file_of(GOOD, GOOD)), by=clerk)
    record = Partnership.objects.last()
    Partnership.objects.filter(pk=record.pk).update(version=2)
    assert services.undo_import(found).status == "done"
    assert Partnership.objects.count() == 2
    page = client.get(f"/desk/imports/{found.reference}/").content.decode()
    assert "Nothing was taken out." in page
    assert f"Somebody has worked on {record.reference} since." in page


def test_an_undo_asked_for_twice_is_one_and_one_that_dies_leaves_all(clerk, monkeypatch):
    found = loaded(clerk, file_of(GOOD, GOOD))
    services.start_undo(services.start_undo(found, by=clerk), by=clerk)
    job = Job.objects.get(kind="partnerships.undo_import")

    def dies(*args, **kwargs):
        raise OSError("killed")

    with monkeypatch.context() as last_step:
        last_step.setattr(services, "move", dies)
        run_job(job.pk)
    found.refresh_from_db()
    assert (found.status, Partnership.objects.count(), Company.objects.count()) == ("undoing", 2, 1)
    Job.objects.update(run_after=timezone.now())
    run_job(job.pk)
    run_job(job.pk)
    found.refresh_from_db()
    assert (found.status, Partnership.objects.count(), Company.objects.count()) == ("withdrawn", 0, 0)


def test_undo_leaves_a_company_that_something_else_names(clerk):
    found = loaded(clerk, file_of(GOOD))
    company = Company.objects.get(name="A cold firm")
    kept = CompanyFactory()
    merging.merge_companies(kept, company, note="The same firm.", by=UserFactory(roles=["registry_desk"]))
    undone(found, clerk)
    assert set(Company.objects.all()) == {company, kept}


def test_spreadsheets_and_iati_are_read_as_well(clerk, shared):
    book = openpyxl.Workbook()
    book.active.append([*GOOD])
    book.active.append([*GOOD.values()])
    content = io.BytesIO()
    book.save(content)
    assert checked(clerk, content.getvalue(), name="records.xlsx").bad_row_count == 0
    registry.load()
    records = for_iati(Partnership.objects.order_by("pk"))
    content = b"".join(
        iati.write([iati.activity_of(r) for r in records], site="https://a.example", at=timezone.now())
    )
    desk = UserFactory(roles=["registry_desk"])
    found = checked(desk, content, name="iati.xml")
    assert (found.row_count, found.bad_row_count) == (43, 0), found.problems


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"%PDF", "Use a file of CSV"),
        ("a.csv", "títle".encode("latin-1"), "not in UTF-8"),
        ("a.csv", b"", "no headings"),
        ("a.xlsx", b"no spreadsheet", "cannot be read as XLSX"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(clerk, name, content, message):
    with pytest.raises(RuleViolation, match=message):
        uploaded(clerk, content, name=name)


def test_a_file_that_breaks_off_says_so_in_its_report(clerk):
    content = b'<iati-activities version="2.03"><iati-activity>'
    found = checked(clerk, content, name="a.xml")
    assert "cannot be read as IATI" in found.problems[0]["message"]
    with pytest.raises(RuleViolation, match="no good row"):
        services.start_load(found, by=clerk)


def test_columns_must_be_said_once_and_the_required_ones_at_all(clerk):
    found = uploaded(clerk, file_of(GOOD))
    with pytest.raises(RuleViolation, match="Choose the column of: Title"):
        services.map_columns(found, by=clerk, mapping={**found.mapping, "title": ""}, mode="all")
    with pytest.raises(RuleViolation, match="One column cannot be two things"):
        services.map_columns(found, by=clerk, mapping={**found.mapping, "summary": "title"}, mode="all")


def test_nobody_loads_for_another_entity_or_publishes_alone(clerk):
    with pytest.raises(PermissionDenied):
        uploaded(clerk, file_of(GOOD), entity=UNEntity.objects.get(pk="UNDP"))
    with pytest.raises(PermissionDenied):
        uploaded(clerk, file_of(GOOD), visibility="public")
    other = UserFactory(roles=["focal_point"])
    with pytest.raises(PermissionDenied):
        services.start_load(checked(clerk, file_of(GOOD)), by=other)


def test_the_way_of_a_file_through_the_pages(client, clerk, run_jobs):
    assert client.get("/desk/imports/").status_code == 200
    content = file_of(GOOD, {**GOOD, "start": '=cmd("x")'})
    upload = SimpleUploadedFile("records.csv", content, content_type="text/csv")
    response = client.post("/desk/imports/", {"entity": "WFP", "visibility": "draft", "file": upload})
    address = response["Location"]
    found = RecordImport.objects.get()
    page = client.get(address).content.decode()
    assert "title (Cold store)" in page
    response = client.post(address, {**found.mapping, "title": "", "mode": "good"})
    assert (response.status_code, "Choose the column of: Title." in response.content.decode()) == (422, True)
    response = client.post(address, {**found.mapping, "mode": "good"})
    assert response.status_code == 302
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in part
    assert "<html" not in part
    run_jobs()
    page = client.get(address).content.decode()
    assert "Enter a year" in page
    assert '<th scope="row">Row 3</th>' in page
    problems = client.get(f"{address}problems.csv").content.decode()
    assert "'=cmd" in problems
    client.post(f"{address}load/")
    run_jobs()
    assert "1 record was loaded." in client.get(address).content.decode()
    client.post(f"{address}undo/")
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in part
    run_jobs()
    assert "Every record of the file is out again." in client.get(address).content.decode()
    assert not Partnership.objects.exists()
    assert client.get("/desk/imports/template.csv").content.decode().startswith("\ufefftitle,summary")


def test_the_list_of_files_stays_flat(client, clerk, assert_flat_queries):
    assert_flat_queries(lambda: client.get("/desk/imports/"), lambda: uploaded(clerk, file_of(GOOD)))


def test_imports_belong_to_the_records(client, clerk):
    page = client.get("/desk/imports/").content.decode()
    assert '<a href="/desk/partnerships/" aria-current="page">' in page


def given_up(found: RecordImport) -> Job:
    """The last job of the file, as the fifth try leaves it."""
    job = Job.objects.filter(args__import_id=found.pk).latest("pk")
    Job.objects.filter(pk=job.pk).update(status="failed", attempts=5, error="Lost.")
    return job


def test_work_that_was_given_up_says_so_and_can_be_begun_again(client, clerk):
    found = services.start_load(checked(clerk, file_of(GOOD)), by=clerk)
    here = f"/desk/imports/{found.reference}/"
    with pytest.raises(RuleViolation):
        services.try_again(found, by=clerk)
    job = given_up(found)
    page = client.get(here).content.decode()
    assert "Loading did not work, five times. Nothing was loaded." in page
    assert job.key in page
    assert "hx-trigger" not in page.partition("<main")[2]
    assert "Stopped" in client.get("/desk/imports/").content.decode()
    assert client.post(f"{here}again/").status_code == 302
    again = Job.objects.filter(kind="partnerships.load_import").latest("pk")
    assert again.pk != job.pk
    run_job(again.pk)
    found.refresh_from_db()
    assert (found.status, found.loaded_count) == ("done", 1)
    loaded_page = client.get(here).content.decode()
    assert "1 record was loaded." in loaded_page
    assert "being loaded" not in loaded_page


def test_an_undo_that_stopped_left_every_record_and_a_try_is_told(client, clerk):
    found = services.start_undo(loaded(clerk, file_of(GOOD)), by=clerk)
    job = given_up(found)
    here = f"/desk/imports/{found.reference}/"
    assert "All of them are still there." in client.get(here).content.decode()
    Job.objects.filter(pk=job.pk).update(status="queued", attempts=1)
    assert "A first try did not work." in client.get(here).content.decode()
