from datetime import date

import pytest

from focalpoints.models import FocalPoint, UNEntity
from partnerships.forms.partnerships import STEPS
from partnerships.models import Company, CompanyMember, Partnership, PartnershipStatus, SelfCheck
from partnerships.queries import desk_rows
from partnerships.selfchecks import ITEMS, badge_of
from partnerships.services import gates
from partnerships.services import partnerships as services
from portal.models import Job
from screening.models import Condition
from tests.partnerships.factories import CompanyFactory, IndicatorFactory, PartnershipFactory, full_record
from tests.portal.factories import UserFactory
from tests.screening.factories import cleared

pytestmark = pytest.mark.django_db
DESK = "/desk/partnerships/"


@pytest.fixture
def clerk(sign_in):
    user = sign_in("focal_point")
    FocalPoint.objects.create(
        entity_id="WFP", user=user, role_title="Officer", office_place="Rome", unit_mailbox="u@test.example"
    )
    return user


def rows(name: str, *entries: dict, there: int = 0) -> dict:
    """Posted rows of one kind: those that were there first, then the new ones."""
    data = {
        f"{name}-TOTAL_FORMS": len(entries),
        f"{name}-INITIAL_FORMS": there,
        f"{name}-MIN_NUM_FORMS": 0,
        f"{name}-MAX_NUM_FORMS": 60,
    }
    for place, entry in enumerate(entries):
        data |= {f"{name}-{place}-{field}": value for field, value in entry.items()}
    return data


def text_of(response) -> str:
    return response.content.decode()


def test_a_focal_point_registers_a_record_of_each_type(client, clerk):
    for kind in ("core_business", "social_investment", "advocacy_policy"):
        response = client.post(
            DESK + "new/",
            {"entity": "WFP", "title": f"Of {kind}", "partnership_type": kind, "summary": "Words."},
        )
        record = Partnership.objects.get(title=f"Of {kind}")
        assert response["Location"] == f"{DESK}{record.reference}/"
        assert client.get(f"{DESK}{record.reference}/details/").status_code == 200


def test_what_to_do_next_stands_before_the_topics_and_leads_to_its_step(client, clerk):
    record = PartnershipFactory()
    page = text_of(client.get(f"{DESK}{record.reference}/"))
    assert page.index('id="next-title"') < page.index('id="steps-title"') < page.index('id="history-title"')
    assert f'<a href="{DESK}{record.reference}/benefits/">Write down the expected benefits' in page


def test_every_gap_names_a_step_that_is_there():
    empty = Partnership.objects.create(title="", summary="", partnership_type="core_business")
    gaps = services.missing_for_reach(empty, "public")
    for empty.status, to in services.ONWARDS.items():
        gaps += gates.missing_for(empty, to)
    assert len(gaps) > 14
    assert {gap.step for gap in gaps} <= {"", *STEPS}


def test_a_partner_whose_role_is_not_said_stands_open(client, clerk):
    record = PartnershipFactory(companies=[CompanyFactory(name="Fictional Cold Works")])
    address = f"{DESK}{record.reference}/parties/"
    opened = '<details class="cg-facet" open><summary><span><bdi>Fictional Cold Works'
    assert opened not in text_of(client.get(address))
    record.parties.update(role="")
    assert opened in text_of(client.get(address))


def test_a_translation_comes_after_the_words_it_translates_and_is_in_another_language(client, clerk):
    record = PartnershipFactory(language="ar")
    record.translations.create(language="fr", title="Titre", summary="Mots")
    page = client.get(f"{DESK}{record.reference}/identity/")
    assert text_of(page).index('id="id_title"') < text_of(page).index('id="id_translations-0-title"')
    kept, new = next(iter(page.context["formsets"])).forms
    offered = {code for code, _label in new.fields["language"].choices}
    assert "es" in offered
    assert not {"ar", "fr"} & offered
    assert "fr" in dict(kept.fields["language"].choices)


def test_a_step_saves_and_leads_to_the_next(client, clerk):
    record = PartnershipFactory()
    base = f"{DESK}{record.reference}/"
    data = {"version": 1, "scope": "national", "countries": ["BGD", "KEN"], "place_note": "Khulna"}
    assert client.post(base + "places/", data)["Location"] == base + "goals/"
    assert set(record.countries.values_list("pk", flat=True)) == {"BGD", "KEN"}
    back = client.post(base + "places/", {**data, "version": 2, "second": "1"})
    assert back["Location"] == base


def test_rows_are_added_changed_and_removed_without_script(client, clerk):
    record = PartnershipFactory()
    base = f"{DESK}{record.reference}/"
    new = {"name": "Meals", "level": "output", "direction": "up", "baseline": "0", "target": "400"}
    empty = {"level": "output", "direction": "up"}
    none = rows("measurements", {})
    data = {"version": 1, "more": "indicators", **rows("indicators", new), **none}
    assert client.post(base + "results/", data)["Location"] == base + "results/#more"
    kept = record.indicators.get()
    measured = rows("measurements", {"indicator": kept.pk, "value": "35", "on": "2027-03"})
    changed = {"id": kept.pk, **new, "target": "500"}
    data = {"version": 2, **rows("indicators", changed, empty, there=1), **measured}
    client.post(base + "results/", data)
    kept.refresh_from_db()
    assert (kept.target, kept.actual, kept.as_of) == (500, 35, "2027-03")
    gone = {"id": kept.pk, **new, "DELETE": "on"}
    row = kept.measurements.get()
    still = rows(
        "measurements", {"id": row.pk, "indicator": kept.pk, "value": "35", "on": "2027-03"}, there=1
    )
    client.post(base + "results/", {"version": 3, **rows("indicators", gone, empty, there=1), **still})
    assert not record.indicators.exists()


@pytest.mark.parametrize("step", STEPS)
def test_each_topic_opens_and_its_answers_come_back(client, clerk, step):
    record = full_record(status=PartnershipStatus.CLOSING)
    assert client.get(f"{DESK}{record.reference}/{step}/").status_code == 200


def test_every_answer_stands_on_the_page_to_check(client, clerk):
    record = full_record(status=PartnershipStatus.CLOSING)
    page = text_of(client.get(f"{DESK}{record.reference}/check/"))
    for words in (
        "Post-harvest loss",
        "12",
        "P-6001",
        "Market price",
        "41.5",
        "sex",
        "Local ownership",
        "May 2026",
    ):
        assert words.lower() in page.lower(), words


def test_the_checks_are_kept_with_their_moment_and_the_desk_confirms(client, clerk, sign_in):
    record = PartnershipFactory()
    address = f"{DESK}{record.reference}/transformational/"
    items = ITEMS[SelfCheck.Kind.TRANSFORMATIONAL]
    answers = {f"{item}_mark": "on" for item in items} | {f"{item}_note": "Seen." for item in items}
    client.post(address, {"version": 1, **answers, "market_or_rule_change_note": ""})
    confirm = f"{DESK}{record.reference}/transformational/confirm/"
    assert client.post(confirm).status_code == 403
    sign_in("registry_desk")
    assert "It changes a market or a rule" in text_of(client.post(confirm, follow=True))
    client.post(address, {"version": 2, **answers})
    client.post(confirm)
    assert badge_of(record.self_checks.all())
    client.post(address, {"version": 3, **answers, "systemic_issue_note": "Changed."})
    assert not badge_of(record.self_checks.all())


def test_what_is_withheld_needs_a_reason(client, clerk):
    record = PartnershipFactory()
    address = f"{DESK}{record.reference}/publication/"
    data = {"version": 1, "withheld_fields": ["contributions"], **rows("sources")}
    assert client.post(address, data).status_code == 422
    assert client.post(address, {**data, "withheld_reason": "A partner asked."}).status_code == 302


def test_a_record_never_stands_above_itself(client, clerk):
    umbrella = PartnershipFactory(record_kind="umbrella")
    child = PartnershipFactory(parent=umbrella)
    address = f"{DESK}{umbrella.reference}/related/"
    assert client.post(address, {"version": 1, "parent": "P-9999"}).status_code == 422
    response = client.post(address, {"version": 1, "parent": child.reference})
    assert response.status_code == 409
    assert "cannot stand above itself" in text_of(response)


def test_a_wrong_row_is_named_and_nothing_is_saved(client, clerk):
    record = PartnershipFactory()
    wrong = {"kind": "cash", "amount": "5", "currency": "", "status": "agreed"}
    response = client.post(
        f"{DESK}{record.reference}/contributions/",
        {"version": 1, **rows("contributions", wrong), **rows("un_costs")},
    )
    assert response.status_code == 422
    assert "Enter the currency of the amount" in text_of(response)
    assert not record.contributions.exists()


def test_an_overtaken_form_answers_409_with_both_versions(client, clerk):
    record = PartnershipFactory()
    address = f"{DESK}{record.reference}/benefits/"
    client.post(address, {"version": 1, "expected_benefits": "Theirs", "expected_costs": "Same"})
    response = client.post(address, {"version": 1, "expected_benefits": "Mine", "expected_costs": "Same"})
    page = text_of(response)
    assert response.status_code == 409
    assert "Theirs" in page
    assert "Mine" in page
    assert 'name="version" value="2"' in page
    again = client.post(address, {"version": 2, "expected_benefits": "Mine", "expected_costs": "Same"})
    assert again.status_code == 302


def test_a_company_is_found_and_added_or_created_for_the_record(client, clerk):
    record, company = PartnershipFactory(), CompanyFactory(name="Quillfeather Pumps")
    address = f"{DESK}{record.reference}/company/"
    assert "Quillfeather" in text_of(client.get(address, {"q": "quilfether"}))
    partial = client.get(address, {"q": "quill"}, headers={"HX-Request": "true"})
    assert "<html" not in text_of(partial)
    client.post(address, {"company": company.pk})
    assert record.parties.get().company == company
    data = {
        "name": "Brand New Works", "kind": "company", "country": "KEN",
        **rows("names"), **rows("people", {"name": "Ada Example", "role": "owner"}),
    }  # fmt: skip
    response = client.post(f"/desk/companies/new/?record={record.reference}", data)
    assert response["Location"] == f"{DESK}{record.reference}/parties/"
    assert record.parties.filter(company__name="Brand New Works").exists()
    assert Job.objects.filter(kind="screening.screen_company").count() == 1


def test_what_is_missing_stands_where_the_button_would_be(client, clerk):
    record = PartnershipFactory()
    page = text_of(client.get(f"{DESK}{record.reference}/"))
    assert "Name at least one company or partner." in page
    assert "Move on to" not in page
    client.post(f"{DESK}{record.reference}/move/", {"to": "screening"})
    record.refresh_from_db()
    assert record.status == PartnershipStatus.IDEA


def test_a_withdrawn_record_is_gone_for_the_public(client, clerk):
    record = PartnershipFactory(is_public=True, status="active")
    assert client.post(f"{DESK}{record.reference}/withdraw/", {"reason": "Asked for."}).status_code == 302
    client.logout()
    assert client.get(record.get_absolute_url()).status_code == 410


def test_another_entity_sees_a_shared_record_and_cannot_work_on_it(client, clerk):
    record = PartnershipFactory(visibility="un_system", entities=["UNDP"])
    assert client.get(record.get_absolute_url()).status_code == 200
    assert client.get(f"{DESK}{record.reference}/").status_code == 403


@pytest.mark.parametrize("address", [DESK, "/desk/companies/"])
def test_desk_lists_stay_flat(client, clerk, assert_flat_queries, address):
    assert_flat_queries(lambda: client.get(address), lambda: PartnershipFactory(companies=[CompanyFactory()]))


def test_a_record_on_the_desk_stays_flat(client, clerk, assert_flat_queries):
    record = PartnershipFactory(companies=[CompanyFactory()], status="screening")

    def grow():
        record.parties.create(company=CompanyFactory())
        IndicatorFactory(partnership=record)

    assert_flat_queries(lambda: client.get(f"{DESK}{record.reference}/"), grow)


def test_desk_rows_name_the_next_act(clerk):
    PartnershipFactory(title="Cold store")
    PartnershipFactory(title="Waits", status="screening")
    PartnershipFactory(title="Of others", entities=["UNDP"])
    PartnershipFactory(title="At work", status="active")
    found = {row.title.split(": ")[1]: row.is_waiting for row in desk_rows(clerk)}
    assert found == {"Cold store": False, "Waits": True}


# --- companies ----------------------------------------------------------------------------------------------


def company_data(**fields) -> dict:
    return {
        "name": "Fictional Pumps",
        "kind": "company",
        "country": "KEN",
        **rows("names"),
        **rows("people"),
        **fields,
    }


def test_a_business_user_keeps_the_own_company(client, sign_in):
    user = sign_in("business")
    response = client.post("/my/company/new/", company_data())
    assert response["Location"] == "/my/company/"
    company = Company.objects.get()
    assert company.members.get().user == user
    page = client.post(
        f"/my/company/{company.public_id}/", company_data(name="Fictional Pumps Ltd", revision=1)
    )
    assert page.status_code == 302
    company.refresh_from_db()
    assert (company.name, company.version) == ("Fictional Pumps Ltd", 2)
    stale = client.post(f"/my/company/{company.public_id}/", company_data(name="Older", revision=1))
    assert stale.status_code == 409
    assert "Fictional Pumps Ltd" in text_of(stale)


def test_a_name_that_is_there_already_is_shown_before_a_second_is_made(client, clerk):
    CompanyFactory(name="Fictional Pump Works")
    response = client.post("/desk/companies/new/", company_data(name="Fictional Pumps Works"))
    assert response.status_code == 422
    assert "Is it one of these?" in text_of(response)
    assert client.post("/desk/companies/new/", company_data(confirmed="1")).status_code == 302


def test_a_wrong_lei_is_told_from_a_right_one(client, clerk):
    wrong = client.post("/desk/companies/new/", company_data(lei="5493001KJTIIGC8Y1R13"))
    assert "Check the LEI" in text_of(wrong)
    right = client.post("/desk/companies/new/", company_data(lei="5493 001KJTIIGC8Y1R12"))
    assert right.status_code == 302
    assert Company.objects.get().lei == "5493001KJTIIGC8Y1R12"


def test_a_business_user_never_sees_companies_of_others(client, sign_in):
    sign_in("business")
    other = CompanyFactory(name="Hidden Works")
    CompanyMember.objects.create(company=other, user=UserFactory(roles=["business"]))
    assert client.get(f"/my/company/{other.public_id}/").status_code == 404
    assert "Hidden" not in text_of(client.post("/my/company/new/", company_data(name="Hidden Work")))


def test_the_desk_says_whose_clearance_is_missing_and_which_condition_is_late(client, sign_in):
    company = CompanyFactory()
    record = PartnershipFactory(companies=[company], entities=["WFP"], status="screening")
    sign_in("registry_desk")
    cleared(company, entity=UNEntity.objects.get(pk="UNDP"))
    assert (
        "On file, but not enough here:"
        in client.get(f"/desk/partnerships/{record.reference}/").content.decode()
    )
    here = cleared(company, entity=UNEntity.objects.get(pk="WFP"), outcome="approved_with_conditions")
    Condition.objects.create(case=here.case, text="Send the audit", due_on=date(2026, 1, 31))
    page = client.get(f"/desk/partnerships/{record.reference}/").content.decode()
    assert "a condition is overdue since 31 January 2026: Send the audit" in page
