import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from partnerships.models import Company, CompanyMember
from partnerships.services import save_company
from partnerships.services.companies import adopt_company, may_edit
from portal.errors import RuleViolation, StaleEdit
from portal.models import AuditEvent, Country, Job
from tests.partnerships.factories import CompanyFactory, PartnershipFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db
LEI = "5493001KJTIIGC8Y1R12"


@pytest.fixture
def clerk():
    return UserFactory(roles=["focal_point"])


@pytest.fixture
def business():
    return UserFactory(roles=["business"])


def screenings() -> list[str]:
    return list(
        Job.objects.filter(kind="screening.screen_company").order_by("id").values_list("key", flat=True)
    )


def test_a_new_company_is_screened_and_belongs_to_the_business_user_who_made_it(business):
    company = save_company(
        None,
        by=business,
        values={"name": "Fictional Pumps"},
        names=[{"name": "FP", "kind": "trading"}],
        people=[{"name": "Ada Example", "role": "owner"}],
    )
    assert screenings() == [f"screen_company:{company.pk}:1"]
    assert company.members.get().role == CompanyMember.Role.OWNER
    assert company.people.get().name == "Ada Example"


def test_a_company_made_by_a_un_user_belongs_to_nobody(clerk):
    assert not save_company(None, by=clerk, values={"name": "Fictional Pumps"}).members.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"values": {"name": "Fictional Pumps Ltd"}},
        {"values": {"founded_year": 1999}},
        {"values": {"registration_number": "77"}},
        {"values": {"lei": LEI}},
        {"names": [{"name": "FP", "kind": "former"}]},
        {"people": [{"name": "Ada Example", "role": "owner"}]},
        {"people": [{"name": "Ada Example", "role": "director", "birth_year": 1970}]},
    ],
)
def test_a_change_of_what_is_screened_raises_the_version_and_screens_anew(clerk, change):
    company = CompanyFactory()
    saved = save_company(company, by=clerk, **{"values": {}, **change})
    assert (saved.version, saved.revision) == (2, 2)
    assert screenings() == [f"screen_company:{company.pk}:2"]


def test_the_country_is_screened_too(clerk):
    saved = save_company(CompanyFactory(), by=clerk, values={"country": Country.objects.get(pk="NOR")})
    assert saved.version == 2
    assert AuditEvent.objects.last().changes["country"] == [None, "NOR"]


def test_other_changes_leave_the_screening_alone(clerk):
    saved = save_company(CompanyFactory(), by=clerk, values={"about": "Makes pumps."})
    assert (saved.version, saved.revision) == (1, 2)
    assert screenings() == []


def test_saving_what_is_there_changes_nothing(clerk):
    company = CompanyFactory()
    save_company(company, by=clerk, values={"name": company.name}, names=[], people=[])
    assert Company.objects.get().revision == 1
    assert not AuditEvent.objects.exists()


def test_a_stale_form_is_refused(clerk):
    company = CompanyFactory()
    save_company(company, by=clerk, values={"about": "First"}, revision=1)
    with pytest.raises(StaleEdit):
        save_company(company, by=clerk, values={"about": "Second"}, revision=1)


def test_one_lei_is_one_company(clerk):
    CompanyFactory(name="First", lei=LEI)
    with pytest.raises(RuleViolation, match="First has this LEI already"):
        save_company(None, by=clerk, values={"name": "Second", "lei": LEI})


def test_a_company_of_the_archive_is_screened_once_somebody_works_with_it(clerk):
    company = CompanyFactory(is_from_archive=True)
    adopt_company(company, by=clerk)
    adopt_company(Company.objects.get(), by=clerk)
    assert screenings() == [f"screen_company:{company.pk}:2"]
    assert not Company.objects.get().is_from_archive


def test_a_business_user_changes_own_companies_only(business):
    other, own = CompanyFactory(), CompanyFactory()
    CompanyMember.objects.create(company=own, user=business, role=CompanyMember.Role.OWNER)
    assert may_edit(own, business)
    with pytest.raises(PermissionDenied):
        save_company(other, by=business, values={"name": "Taken over"})


@pytest.mark.parametrize("role", ["editor", "evaluator", "decider", "government"])
def test_others_make_no_companies(role):
    with pytest.raises(PermissionDenied):
        save_company(None, by=UserFactory(roles=[role]), values={"name": "Fictional Pumps"})


def test_a_company_whose_name_is_withheld_is_not_there_for_the_public():
    record = PartnershipFactory(is_public=True)
    company = CompanyFactory()
    record.parties.create(company=company)
    assert company in Company.objects.visible_to(AnonymousUser())
    record.withheld_fields, record.withheld_reason = ["parties"], "Until the agreement is signed."
    record.save(update_fields=["withheld_fields", "withheld_reason"])
    assert company not in Company.objects.visible_to(AnonymousUser())
    assert company in Company.objects.visible_to(UserFactory(roles=["focal_point"]))
