from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from focalpoints.models import UNEntity
from partnerships.models import CompanyMember
from portal.errors import RuleViolation, StaleEdit
from portal.models import AuditEvent
from screening.dossier import PARTS
from screening.lists.model import Country, Entry, ListedName
from screening.models import (
    Activity,
    Case,
    CompanyFact,
    Disclosure,
    ListEntry,
    ListVersion,
    VersionStatus,
)
from screening.queries.assessments import facts_of
from screening.services import dossier, standings
from tests.portal.factories import UserFactory
from tests.screening.factories import CaseFactory, CompanyFactory, ListSourceFactory, cleared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]

SAID = {"source": "Register", "source_url": "", "stated_on": date(2026, 11, 1)}
CONTROVERSY = {
    "title": "Spill",
    "on": date(2026, 10, 1),
    "theme": "environment",
    "severity": 4,
    "allegation": "alleged",
    **SAID,
}


@pytest.fixture
def member():
    user = UserFactory(roles=["business"])
    user.company = CompanyFactory()
    CompanyMember.objects.create(company=user.company, user=user, role="owner")
    return user


def test_new_statement_ends_the_old_one_which_stays(analyst):
    company = CompanyFactory()
    first = dossier.state_fact(company, "employees", value=40, by=analyst, **SAID)
    dossier.state_fact(company, "employees", value=60, by=analyst, **SAID)
    first.refresh_from_db()
    assert first.ended_at is not None
    assert facts_of(company).stated == {"employees": 60}
    assert CompanyFact.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        CompanyFact.objects.filter(pk=first.pk).update(ended_at=None)


def test_struck_statement_counts_no_more(analyst):
    company = CompanyFactory()
    activity = dossier.add_activity(
        company, by=analyst, sector_id="0710", role="producer", revenue_share=Decimal(5), **SAID
    )
    assert [item.isic for item in facts_of(company).activities] == ["0710"]
    dossier.strike(activity, note="Sold.", by=analyst)
    assert facts_of(company).activities == []
    with pytest.raises(RuleViolation, match="already"):
        dossier.strike(activity, note="Again.", by=analyst)


def test_grave_controversy_has_a_cleared_company_examined_again(analyst):
    company = CompanyFactory()
    dossier.add_controversy(company, by=analyst, **CONTROVERSY)
    assert not Case.objects.open().exists()  # nobody ever cleared it
    decision = cleared(company)
    dossier.add_controversy(company, by=analyst, **CONTROVERSY | {"severity": 3})
    assert not Case.objects.open().exists()
    dossier.add_controversy(company, by=analyst, **CONTROVERSY)
    dossier.add_compact_event(company, by=analyst, status="delisted", on=date(2026, 9, 1), **SAID)
    assert Case.objects.open().get().follows == decision.case


@pytest.mark.parametrize("role", ["decider", "business", "focal_point", "administrator"])
def test_only_analysts_state_facts(role):
    with pytest.raises(PermissionDenied):
        dossier.state_fact(CompanyFactory(), "employees", value=1, by=UserFactory(roles=[role]), **SAID)


ANSWERS = {
    "legal_form": "Ltd.",
    "employees": 40,
    "product_flags": [],
    "hq_country": ["BGD"],
    "operating_countries": ["BGD"],
    "state_owned_percent": 0,
    "is_pep_linked": False,
    "aml_self_certification": True,
    "procurement_interest_declared": False,
}


def test_an_empty_statement_is_not_sent_and_names_what_is_missing(client, member):
    company = member.company
    for revision, part in enumerate(PARTS):
        dossier.save_part(company, part.slug, revision=revision, values={}, activities=[], by=member)
    with pytest.raises(RuleViolation, match=r"Still to answer: .*Legal form.*Main activity.*any of these"):
        dossier.send_disclosure(company, by=member)
    client.force_login(member)
    here = reverse("screening:disclosure", args=[company.public_id])
    page = client.post(here)
    text = page.content.decode()
    assert (page.status_code, text.count("Answers missing")) == (422, len(PARTS))
    assert "Not sent: 10 answers are missing" in text
    for question in (
        "organization/#id_legal_form",
        "activities/#id_sector_0",
        "activities/#id_product_flags_0",
    ):
        assert f'href="{here}{question}"' in text
    assert not CompanyFact.objects.exists()


def test_what_a_colleague_took_out_meanwhile_is_named(client, member, monkeypatch):
    """The statement was whole when the page read it, and no more when it was sent."""
    rows = [{"sector": "1410", "role": "manufacturer", "revenue_share": "80.5"}]
    for revision, part in enumerate(PARTS):
        values = {field.name: ANSWERS[field.name] for field in part.fields if field.name in ANSWERS}
        activities = rows if part.slug == "activities" else None
        dossier.save_part(
            member.company, part.slug, revision=revision, values=values, activities=activities, by=member
        )

    def overtaken(company, *, by):
        raise RuleViolation("Still to answer: Legal form.")

    monkeypatch.setattr(dossier, "send_disclosure", overtaken)
    client.force_login(member)
    page = client.post(reverse("screening:disclosure", args=[member.company.public_id]))
    assert page.status_code == 422
    assert "Still to answer: Legal form." in page.content.decode()


def test_a_part_is_put_aside_unfinished_and_not_gone_on_from(client, member):
    client.force_login(member)
    url = reverse("screening:disclosure_part", args=[member.company.public_id, "activities"])
    half = {"revision": 0, "hq_country": "KEN"}
    refused = client.post(url, {**half, "next": "1"})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert '<a href="#id_sector_0">Main activity – This field is required.</a>' in text
    assert "KEN</textarea>" in text
    assert client.post(url, {**half, "product_flags": ["none", "soy"]}).status_code == 422
    assert client.post(url, half).status_code == 302
    assert Disclosure.objects.get().values["product_flags"] is None


def test_statement_of_the_company_becomes_facts_when_sent(member):
    company = member.company
    draft = dossier.next_disclosure(company, by=member)
    assert not Disclosure.objects.exists()
    with pytest.raises(RuleViolation, match="Still to fill in"):
        dossier.send_disclosure(company, by=member)
    for part in PARTS:
        values = {field.name: ANSWERS[field.name] for field in part.fields if field.name in ANSWERS}
        rows = [{"sector": "1410", "role": "manufacturer", "revenue_share": "80.5"}]
        activities = rows if part.slug == "activities" else None
        draft = dossier.save_part(
            company, part.slug, revision=draft.revision, values=values, activities=activities, by=member
        )
    assert dossier.next_disclosure(company, by=member) == draft
    dossier.send_disclosure(company, by=member)
    fact = CompanyFact.objects.get(field="product_flags")
    assert (fact.field, fact.value, fact.is_disclosed, fact.by) == ("product_flags", [], True, member)
    assert Activity.objects.get().revenue_share == Decimal("80.5")
    with pytest.raises(RuleViolation, match="Still to fill in"):
        dossier.send_disclosure(company, by=member)
    assert dossier.next_disclosure(company, by=member).values == ANSWERS


def test_colleague_who_saved_meanwhile_makes_the_form_stale(member):
    dossier.save_part(member.company, "conduct", revision=0, values={}, by=member)
    with pytest.raises(StaleEdit):
        dossier.save_part(member.company, "conduct", revision=0, values={}, by=member)
    assert Disclosure.objects.get().revision == 1


def test_strangers_state_nothing_for_a_company(member):
    with pytest.raises(PermissionDenied):
        dossier.next_disclosure(CompanyFactory(), by=member)


def test_statement_is_filled_part_by_part_on_the_pages(client, member):
    client.force_login(member)
    here = reverse("screening:disclosure", args=[member.company.public_id])
    assert client.get("/my/screening/").status_code == 200
    for part in PARTS:
        url = reverse("screening:disclosure_part", args=[member.company.public_id, part.slug])
        data = {"revision": client.get(url).context["form"].initial["revision"]}
        if part.slug == "activities":
            data |= {"sector_0": "1410", "role_0": "", "operating_countries": "Atlantis"}
            page = client.post(url, data)
            assert page.status_code == 422
            assert "is no country we know" in page.content.decode()
            data |= {"role_0": "manufacturer", "operating_countries": "Bangladesh\nKEN"}
            data |= {"product_flags": ["none"], "hq_country": "BGD"}
        if part.slug == "conduct":
            data |= {"weps_signatory": "yes", "supplier_code_acknowledged_on": "2026-01-31"}
        typed = {
            "is_pep_linked": "no",
            "aml_self_certification": "yes",
            "procurement_interest_declared": "no",
        }
        data = {"legal_form": "Ltd.", "employees": "40", "state_owned_percent": "0", **typed, **data}
        assert client.post(url, {**data, "next": "1"}).status_code == 302, part.slug
    assert client.post(here).status_code == 302
    stated = facts_of(member.company).stated
    assert stated["operating_countries"] == ["BGD", "KEN"]
    assert (stated["weps_signatory"], stated["supplier_code_acknowledged_on"]) == (True, "2026-01-31")
    assert Disclosure.objects.get().sent_by == member
    late = client.post(url, data)  # of a tab that was open meanwhile
    assert (late.status_code, 'name="revision" value="0"' in late.content.decode()) == (409, True)


def test_dossier_pages_show_value_source_and_date_and_stay_flat(client, analyst, assert_flat_queries):
    case = CaseFactory()
    client.force_login(analyst)
    url = reverse("screening:fact_edit", args=[case.reference, "sbti_status"])
    data = {"value": "targets_set", "source": "Targets register", "stated_on": "2026-11-01"}
    assert client.post(url, data | {"source": ""}).status_code == 422
    ahead = timezone.localdate() + timedelta(days=3)
    assert client.post(url, data | {"stated_on": ahead.isoformat()}).status_code == 422
    assert client.post(url, data).status_code == 302
    text = client.get(reverse("screening:dossier", args=[case.reference])).content.decode()
    assert "Targets set and verified" in text
    assert "Targets register" in text
    assert_flat_queries(
        lambda: client.get(reverse("screening:dossier", args=[case.reference])),
        grow=lambda: dossier.add_controversy(case.company, by=analyst, **CONTROVERSY | {"severity": 2}),
    )


def test_loss_of_standing_in_the_published_table_has_a_cleared_company_examined_once():
    company = CompanyFactory(name="Tamarind Bay Logistics Ltd.", country_id="BGD")
    cleared(company, entity=UNEntity.objects.get(code="WFP"))
    told = {"status": "Active"}
    for status in ("Active", "Delisted", "Delisted"):
        told["status"] = status
        version = ListVersion.objects.create(
            source=ListSourceFactory(is_required=False), number=1, status=VersionStatus.SERVING,
            file="lists/none", size=0, sha256="0" * 64,
        )  # fmt: skip
        entry = Entry(
            "P-1",
            "organization",
            (ListedName(company.name, "primary"),),
            countries=(Country("bd", "bgd", "Bangladesh"),),
            until=date(2026, 11, 1) if status == "Delisted" else None,
            extra=tuple(told.items()),
        )
        ListEntry.objects.create(
            version=version, source_id="P-1", kind="organization", name=company.name,
            content=entry.as_dict(), fingerprint="f",
        )  # fmt: skip
        standings.note_standings(version.pk)
        assert standings.note_standings(version.pk) == 0  # what is known already adds nothing
    assert [event.status for event in company.compact_events.order_by("pk")] == ["active", "delisted"]
    case = Case.objects.open().get(company=company)
    assert AuditEvent.objects.filter(action="opened by monitoring", subject_id=str(case.pk)).count() == 1


FACTS = """field,value,source,source_url,stated_on
employees,420,Register,https://register.example.org/1,2026-10-01
is_listed,no,Register,,2026-10-01
product_flags,palm_oil; soy,Annual report,,2026-09-30
operating_countries,Kenya; BGD,Annual report,,2026-09-30
supplier_code_acknowledged_on,2026-01-15,Letter,,2026-01-20
"""


def test_facts_come_from_a_table_all_or_none(client, analyst):
    case = CaseFactory()
    client.force_login(analyst)
    url = reverse("screening:facts_import", args=[case.reference])

    def send(text: str | bytes):
        content = text.encode() if isinstance(text, str) else text
        return client.post(url, {"file": SimpleUploadedFile("facts.csv", content)}, follow=True)

    bad = send(FACTS + "ticker,ABC,,,2026-10-01\nshoe_size,42,Register,,2099-01-01\n")
    assert bad.status_code == 422
    text = bad.content.decode()
    assert "Line 7: This field is required." in text
    assert "Line 8: “shoe_size” is no field of the dossier" in text
    assert not CompanyFact.objects.exists()
    assert "5 facts are new on record." in send("\ufeff" + FACTS).content.decode()
    assert "0 facts are new on record." in send(FACTS).content.decode()
    stated = dict(CompanyFact.objects.current().values_list("field", "value"))
    assert stated == {
        "employees": 420,
        "is_listed": False,
        "product_flags": ["palm_oil", "soy"],
        "operating_countries": ["KEN", "BGD"],
        "supplier_code_acknowledged_on": "2026-01-15",
    }
    for broken in (b"\xff\xfe", "field;value\na;b\n", "", FACTS.splitlines()[0], "x" * 200_001):
        assert send(broken).status_code == 422
