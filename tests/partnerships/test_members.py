"""Companies and their people: what registers and domains say, invitations, requests, the last owner."""

import json
import re
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.formats import date_format

from partnerships.domains import domain_of, is_own_domain
from partnerships.models import Company, CompanyMember, LeiAnswer
from partnerships.queries.companies import companies_at_domain_of, register_checks
from partnerships.registers import register_of
from partnerships.services import members as services
from partnerships.services.companies import save_company, screen_company
from portal import jobs
from portal.errors import RuleViolation, TooMany
from portal.models import AuditEvent, Job, Notice, RateBucket
from tests.partnerships.factories_offers import a_business
from tests.portal.factories import UserFactory


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("Ann@Acme.example", "acme.example"),
        ("https://www.acme.example/about", "acme.example"),
        ("acme.example", "acme.example"),
        ("nothing", ""),
        ("", ""),
    ],
)
def test_the_domain_of_an_address(address, domain):
    assert domain_of(address) == domain


@pytest.mark.parametrize(
    ("email", "website", "is_own"),
    [
        ("a@acme.example", "https://www.acme.example/", True),
        ("a@mail.acme.example", "https://acme.example/", True),
        ("a@notacme.example", "https://acme.example/", False),
        ("a@gmail.com", "https://gmail.com/", False),
        ("a@acme.example", "", False),
    ],
)
def test_an_address_is_at_the_own_domain_or_not(email, website, is_own):
    assert is_own_domain(email, website) is is_own


@pytest.mark.parametrize(
    ("country", "number", "fits"),
    [
        ("NOR", "923 609 016", True),
        ("NOR", "923609017", False),
        ("GBR", "00445790", True),
        ("GBR", "SC123456", True),
        ("GBR", "12", False),
        ("FRA", "552 008 443", True),
    ],
)
def test_a_number_has_the_form_of_its_register_or_not(country, number, fits):
    register = register_of(country)
    assert register
    assert register.fits(number) is fits
    assert register_of("ATA") is None


def test_checks_say_what_to_look_at_and_refuse_nothing():
    company = Company(country_id="NOR", registration_number="1", lei="5493001KJTIIGC8Y1R12")
    found = {check.slug: check.state for check in register_checks(company, [])}
    assert found == {"lei": "ok", "number_odd": "wait", "no_website": "wait"}
    company = Company(country_id="NOR", registration_number="923609016", website="https://acme.example")
    found = {check.slug: check.state for check in register_checks(company, ["a@acme.example"])}
    assert found == {"number_fits": "ok", "own_domain": "ok"}


@pytest.fixture
def owner(db):
    return a_business(website="https://acme.example/")


def seat_of(owner, email, role="editor"):
    return services.invite_member(owner.company, email=email, role=role, by=owner)


def test_an_invitation_is_mailed_and_taken_once_by_the_invited_person(owner, client, run_jobs):
    person = UserFactory(roles=["business"])
    seat_of(owner, person.email)
    run_jobs()
    link = re.search(r"/invitation/\S+/", mail.outbox[-1].body)[0]
    assert mail.outbox[-1].to == [person.email]
    assert "Create an account" in client.get(link).content.decode()
    assert client.post(link).status_code == 302
    client.force_login(owner)
    assert "signed in with another address" in client.get(link).content.decode()
    assert client.post(link).status_code == 403
    client.force_login(person)
    assert client.post(link)["Location"] == "/my/company/"
    assert owner.company.members.get(user=person).role == "editor"
    assert client.post(link).status_code == 410
    assert Notice.objects.filter(user=person, kind="offer").count() == 1


def test_an_invitation_ends_after_14_days_and_is_not_sent_twice(owner):
    seat_of(owner, "new@test.example")
    with pytest.raises(RuleViolation):
        seat_of(owner, "NEW@test.example")
    RateBucket.objects.all().delete()  # the limit has the clock of the database
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert services.invitation_of("made up") is None
        assert seat_of(owner, "new@test.example")


def test_one_address_gets_one_invitation_a_day_whoever_sends_it(owner):
    seat_of(owner, "new@test.example")
    with pytest.raises(TooMany):
        seat_of(a_business(), "new@test.example")


def test_only_an_owner_invites_and_changes_roles(owner):
    editor = UserFactory(roles=["business"])
    member = CompanyMember.objects.create(company=owner.company, user=editor)
    for act in (
        lambda: services.invite_member(owner.company, email="a@b.example", role="editor", by=editor),
        lambda: services.change_role(member, role="owner", by=editor),
        lambda: services.remove_member(owner.company.members.get(user=owner), by=editor),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_the_last_owner_neither_leaves_nor_becomes_editor(owner):
    seat = owner.company.members.get()
    with pytest.raises(RuleViolation):
        services.remove_member(seat, by=owner)
    with pytest.raises(RuleViolation):
        services.change_role(seat, role="editor", by=owner)
    second = CompanyMember.objects.create(company=owner.company, user=UserFactory(roles=["business"]))
    services.change_role(second, role="owner", by=owner)
    services.remove_member(seat, by=owner)
    assert [member.user for member in owner.company.members.all()] == [second.user]
    assert {"changed a role", "left"} <= set(AuditEvent.objects.values_list("action", flat=True))


def test_a_colleague_at_the_domain_asks_and_an_owner_lets_in(owner):
    colleague = UserFactory(roles=["business"], email="bo@acme.example")
    stranger = UserFactory(roles=["business"], email="bo@other.example")
    assert companies_at_domain_of(colleague) == [owner.company]
    assert companies_at_domain_of(stranger) == []
    with pytest.raises(RuleViolation):
        services.ask_to_join(owner.company, by=stranger)
    request = services.ask_to_join(owner.company, by=colleague)
    assert services.ask_to_join(owner.company, by=colleague) == request
    assert owner.notices.get().subject.startswith("Somebody asks to come in")
    with pytest.raises(PermissionDenied):
        services.answer_request(request, accept=True, by=colleague)
    services.answer_request(request, accept=True, by=owner)
    services.answer_request(request, accept=False, by=owner)
    assert owner.company.members.filter(user=colleague, role="editor").exists()
    assert companies_at_domain_of(colleague) == []


def test_people_are_managed_on_the_page(owner, client):
    client.force_login(owner)
    path = f"/my/people/{owner.company.public_id}/"
    assert client.post(path, {"email": "no address", "role": "editor"}).status_code == 422
    assert client.post(path, {"email": "new@test.example", "role": "editor"}).status_code == 302
    page = client.get(path).content.decode()
    assert "new@test.example" in page
    seat = owner.company.members.get()
    response = client.post(f"{path}{seat.pk}/", {"role": "out"}, follow=True)
    assert "A company needs an owner here" in response.content.decode()
    asking = owner.company.invitations.create(email=UserFactory(roles=["business"]).email)
    assert client.post(f"{path}asked/{asking.pk}/", {"accept": "1"}).status_code == 302
    assert owner.company.members.count() == 2


# --- the register of Legal Entity Identifiers ---------------------------------------------------------------

LEI_CODE = "5493001KJTIIGC8Y1R12"


class Register:
    """A stand-in on this machine: answers each request with the next of `answers` (status, record)."""

    def __init__(self):
        self.answers, self.asked = [], []
        register = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                register.asked.append(self.path)
                status, body = register.answers.pop(0)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/lei-records"


@pytest.fixture
def lei_register(settings):
    register = Register()
    settings.LEI_API = register.address
    yield register
    register.server.shutdown()
    register.server.server_close()


def lei_record(name: str, *, entity: str = "ACTIVE", registration: str = "ISSUED") -> dict:
    facts = {"entity": {"legalName": {"name": name}, "status": entity}}
    return {"data": {"attributes": facts | {"registration": {"status": registration}}}}


@pytest.mark.parametrize(
    ("status", "body", "slug"),
    [
        (200, lei_record("FICTIONAL PUMPS AKSJESELSKAP"), "lei_current"),
        (200, lei_record("Bank of Somewhere Else AG"), "lei_other_name"),
        (200, lei_record("Fictional Pumps AS", registration="LAPSED"), "lei_lapsed"),
        (200, lei_record("Fictional Pumps AS", entity="INACTIVE"), "lei_lapsed"),
        (404, {}, "lei_unknown"),
    ],
)
@pytest.mark.django_db
def test_an_lei_is_looked_up_and_the_answer_shown_with_its_day(
    client, lei_register, run_jobs, status, body, slug
):
    lei_register.answers = [(status, body)]
    owner = a_business(name="Fictional Pumps AS")
    save_company(owner.company, values={"lei": LEI_CODE}, by=owner)
    run_jobs()
    assert lei_register.asked == [f"/lei-records/{LEI_CODE}"]
    company = Company.objects.get(pk=owner.company.pk)
    check = next(check for check in register_checks(company, []) if check.slug.startswith("lei"))
    assert (check.slug, check.state) == (slug, "ok" if slug == "lei_current" else "wait")
    client.force_login(owner)
    page = client.get(f"/my/company/{company.public_id}/").content.decode()
    assert f"({date_format(timezone.localdate(), 'j F Y')})" in page
    screen_company(company)
    assert not Job.objects.filter(kind="partnerships.ask_lei", status="queued").exists(), "once a month"


@pytest.mark.django_db
def test_a_silent_register_is_asked_again_later_and_nobody_is_asked_without_an_address(
    lei_register, settings
):
    owner = a_business()
    lei_register.answers = [(503, {}), (200, b"{"), (200, b" " * 600_000)]
    save_company(owner.company, values={"lei": LEI_CODE}, by=owner)
    job = Job.objects.get(kind="partnerships.ask_lei")
    for waited in range(3):
        with time_machine.travel(timezone.now() + timedelta(hours=waited + waited * 2)):
            jobs.run_job(job.pk)
        job.refresh_from_db()
        assert (job.status, "RegisterSilent" in job.error) == ("queued", True)
    assert job.run_after > timezone.now()
    assert not LeiAnswer.objects.exists()
    settings.LEI_API = ""
    other = a_business(name="Fictional Ferries")
    save_company(other.company, values={"lei": "213800WSGIIZCXF1P572"}, by=other)
    assert Job.objects.filter(kind="partnerships.ask_lei").count() == 1
