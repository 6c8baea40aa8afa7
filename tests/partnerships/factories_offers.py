from datetime import date

import factory
from django.utils import timezone

from focalpoints.models import FocalPoint, UNEntity
from partnerships.models import Company, CompanyMember, Need, Offer
from tests.portal.factories import UserFactory


def a_business(name: str = "Fictional Pumps", **company):
    """A business user who owns a company; the company is `user.company`."""
    user = UserFactory(roles=["business"])
    user.company = Company.objects.create(
        **{"name": name, "country_id": "NOR", "registration_number": "1", "created_by": user} | company
    )
    CompanyMember.objects.create(company=user.company, user=user, role=CompanyMember.Role.OWNER)
    return user


def a_focal_point(entity: str = "UNICEF", *countries: str):
    """A user with the role of focal point who works for a UN entity."""
    user = UserFactory(roles=["focal_point"])
    point = FocalPoint.objects.create(
        entity_id=entity,
        user=user,
        role_title="Partnerships officer",
        office_place="Lilongwe",
        unit_mailbox=f"{entity.lower()}@test.example",
        tasks=["entry_point"],
    )
    point.countries.set(countries)
    return user


class OfferFactory(factory.django.DjangoModelFactory):
    """A draft that names its company: the maker's, or one of their own."""

    class Meta:
        model = Offer
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"O-2026-{n + 5001}")
    title = "Solar pumps"
    description = "New pumps with panels and spare parts."
    contribution_kinds = ["in_kind_goods"]
    themes = ["water"]
    is_fit_for_use = True
    is_tied_to_procurement = False
    created_by = factory.LazyFunction(a_business)
    company = factory.LazyAttribute(lambda offer: offer.created_by.company)

    @factory.post_generation
    def countries(self, create, extracted, **kwargs):
        self.countries.set(extracted or ["MWI"])

    @factory.post_generation
    def targets(self, create, extracted, **kwargs):
        self.targets.set(extracted or [])


class SubmittedFactory(OfferFactory):
    status = "submitted"
    submitted_at = factory.LazyFunction(timezone.now)
    answer_due_on = date(2030, 1, 1)


class NeedFactory(factory.django.DjangoModelFactory):
    """An open need of UNICEF in Malawi."""

    class Meta:
        model = Need
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"N-{n + 5001}")
    entity_id = "UNICEF"
    title = "Pumps for health centres"
    description = "Pumps with panels."
    contribution_kinds = ["in_kind_goods"]
    themes = ["water"]
    status = "open"
    published_at = factory.LazyFunction(timezone.now)
    created_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def countries(self, create, extracted, **kwargs):
        self.countries.set(["MWI"] if extracted is None else extracted)

    @factory.post_generation
    def targets(self, create, extracted, **kwargs):
        self.targets.set(extracted or [])


def entity(code: str) -> UNEntity:
    return UNEntity.objects.get(pk=code)


def fresh(row):
    row.refresh_from_db()
    return row
