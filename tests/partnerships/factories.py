"""The smallest valid company and partnership; a test states the facts that matter to it."""

import factory
from django.utils import timezone

from focalpoints.models import UNEntity
from partnerships import search
from partnerships.models import (
    Company,
    Contribution,
    Indicator,
    Partnership,
    PartnershipEntity,
    PartnershipParty,
    PartnershipType,
    Purpose,
    Visibility,
)
from portal.models import Country, Target


class CompanyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Fictional Works {n}")


class PartnershipFactory(factory.django.DjangoModelFactory):
    """A draft at the stage of an idea. `entities`, `companies`, `countries`, `targets` take codes or rows."""

    class Meta:
        model = Partnership
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"P-{n + 5001}")
    title = factory.Sequence(lambda n: f"Fictional partnership {n}")
    partnership_type = PartnershipType.CORE_BUSINESS
    purposes = [Purpose.OPERATIONAL_DELIVERY]
    summary = "What it does, in a sentence."
    public_since = factory.Maybe("is_public", factory.LazyFunction(timezone.now), None)
    visibility = factory.Maybe("is_public", Visibility.PUBLIC, Visibility.DRAFT)

    class Params:
        is_public = False

    @factory.post_generation
    def entities(self, create, extracted, **kwargs):
        for code in extracted if extracted is not None else ["WFP"]:
            PartnershipEntity.objects.create(partnership=self, entity=UNEntity.objects.get(code=code))

    @factory.post_generation
    def companies(self, create, extracted, **kwargs):
        for company in extracted or []:
            PartnershipParty.objects.create(
                partnership=self, company=company, role="Supplier", responsibilities="Delivers on time."
            )

    @factory.post_generation
    def countries(self, create, extracted, **kwargs):
        self.countries.set(Country.objects.filter(iso3__in=extracted or []))

    @factory.post_generation
    def targets(self, create, extracted, **kwargs):
        self.targets.set(Target.objects.filter(code__in=extracted or []))

    @factory.post_generation
    def listed(self, create, extracted, **kwargs):
        """Last, so that the entry knows everything above."""
        search.reindex([self.pk])


class ContributionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contribution

    partnership = factory.SubFactory(PartnershipFactory)
    kind = "cash"


class IndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Indicator

    partnership = factory.SubFactory(PartnershipFactory)
    name = "People reached"
