"""The smallest valid company and partnership; a test states the facts that matter to it."""

from datetime import date
from decimal import Decimal

import factory
from django.utils import timezone

from focalpoints.models import UNEntity
from partnerships import search
from partnerships.models import (
    Company,
    Contribution,
    Indicator,
    Lesson,
    Measurement,
    Milestone,
    Partnership,
    PartnershipEntity,
    PartnershipParty,
    PartnershipType,
    Purpose,
    SelfCheck,
    Source,
    Translation,
    UNCost,
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


def full_record(**fields) -> Partnership:
    """A record with something in every field and a row of every kind."""
    umbrella = PartnershipFactory(reference="P-6001", record_kind="umbrella", is_public=True)
    record = PartnershipFactory(
        **{
            "companies": [CompanyFactory(name="Fictional Cold Works", lei="5493001KJTIIGC8Y1R12")],
            "countries": ["KEN", "UGA"],
            "targets": ["2.3", "12.3"],
            "primary_target_id": "12.3",
            "parent": umbrella,
            "short_title": "Cold works",
            "problem": "Post-harvest loss",
            "mandate": "A/RES/70/1",
            "unnamed_country_count": 12,
            "ldc_share": Decimal("0.415"),
            "frameworks": ["agenda_21"],
            "financing_model": "grant",
            "themes": ["agriculture"],
            "modalities": ["project"],
            "start": "2026-01",
            "end": "2028",
            "idea_on": "2025-06",
            "expected_benefits": "Water.",
            "expected_costs": "40 staff days.",
            "transaction_cost_days": 12,
            "benefits_outweigh": True,
            "un_presence_needed": True,
            "balance_made_on": date(2025, 9, 1),
            "evaluation_plan": "By an outsider after two years.",
            "evaluation_kind": "independent",
            "stakeholders_heard": "Forty growers",
            "agreement_kind": "memorandum",
            "agreement_signed": "2026-05",
            "final_report": "Done.",
            "lessons": "Train earlier.",
            "evaluation_findings": "It works.",
            "local_owner": "Growers’ union",
            "type_details": {"jobs": "About 40"},
            **fields,
        }
    )
    record.regions.set(["202"])
    ContributionFactory(
        partnership=record,
        kind="cash",
        giver="Fictional Cold Works",
        receiver="WFP",
        amount=250000,
        currency="EUR",
        usd_value=280000,
        rate_on=date(2026, 5, 4),
        bound="more_than",
        status="received",
        year=2026,
    )
    ContributionFactory(
        partnership=record,
        kind="in_kind_goods",
        quantity=2,
        unit="cold rooms",
        valuation_method="market_price",
        status="received",
    )
    UNCost.objects.create(partnership=record, kind="staff", staff_days=30)
    indicator = IndicatorFactory(
        partnership=record,
        name="Losses",
        level="outcome",
        unit="per cent",
        direction="down",
        baseline=30,
        baseline_on="2026-01",
        target=20,
        target_on="2028",
        sdg_indicator="12.3.1",
        disaggregation=["sex"],
    )
    Measurement.objects.create(indicator=indicator, value=26, on="2027-01", by="WFP")
    Milestone.objects.create(partnership=record, on="2026-02", text="First store opened")
    Translation.objects.create(partnership=record, language="fr", title="Froid", summary="En bref.")
    Source.objects.create(partnership=record, title="Annual report", url="https://example.org/report")
    Lesson.objects.create(partnership=record, heading="local_ownership", text="Ask growers first.")
    SelfCheck.objects.create(
        partnership=record,
        kind=SelfCheck.Kind.CHARACTERISTICS,
        answers={"shared_aim": {"mark": 3, "note": "Written down."}},
        made_at=timezone.now(),
    )
    search.reindex([record.pk])
    return record
