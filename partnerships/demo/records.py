"""Fictional records on their way and at work, so that the desk of the demonstration has work on it."""

from datetime import timedelta

from django.utils import timezone

from focalpoints.models import UNEntity
from partnerships import search
from partnerships.models import AgreementStatus, Company, Partnership, PartnershipStatus, Verdict, Visibility
from partnerships.services import agreements, reporting
from partnerships.services import partnerships as services
from portal.models import User

MADE_BY = "focal@demo.example"
LATE_BY_DAYS = 120


def load() -> str:
    """Register what is missing, as the focal point of WFP would. Needs the demo companies."""
    focal = User.objects.get(email=MADE_BY)
    new = [record for record in RECORDS if not Partnership.objects.filter(title=record["title"]).exists()]
    for record in new:
        _register(record, focal)
    return f"{len(RECORDS)} records on their way, {len(new)} new."


def _register(record: dict, focal: User) -> None:
    partnership = _open(record, focal)
    company = Company.objects.filter(is_demo=True, name__startswith=record["company"]).first()
    if record["company"] and company:
        services.add_company(partnership, company, by=focal)
    for to in record["states"]:
        partnership = services.advance_partnership(partnership, to=to, by=focal)
    if template := record.get("agreement"):
        draft = agreements.draft_agreement(partnership, by=focal, template=template, clauses=["exit"])
        agreements.move_agreement(draft, to=AgreementStatus.LEGAL_REVIEW, by=focal)
    if partnership.status == PartnershipStatus.ACTIVE:
        partnership = services.publish_partnership(partnership, to=Visibility.PUBLIC, by=focal)
        if report := record.get("report"):
            _report(partnership, report, focal)
        else:
            _let_it_be_late(partnership)


def _report(partnership: Partnership, texts: dict, focal: User) -> None:
    draft = reporting.next_report(partnership)
    results = [{**row, "value": texts["value"]} for row in draft.results]
    values = {"progress": texts["progress"], "decision": Verdict.CONTINUE}
    report = reporting.save_report(
        partnership, by=focal, number=draft.number, version=draft.version, values=values, results=results
    )
    reporting.submit_report(report, by=focal)


def _let_it_be_late(partnership: Partnership) -> None:
    """As it would stand some months after a report that nobody wrote."""
    late = timezone.localdate() - timedelta(days=LATE_BY_DAYS)
    Partnership.objects.filter(pk=partnership.pk).update(next_report_on=late)
    search.reindex([partnership.pk])


def _open(record: dict, focal: User) -> Partnership:
    partnership = services.register_partnership(
        by=focal,
        entity=UNEntity.objects.get(pk="WFP"),
        values={name: record[name] for name in ("title", "partnership_type", "summary")},
    )
    return services.edit_partnership(
        partnership,
        by=focal,
        version=partnership.version,
        values=record["values"],
        countries=["BGD"],
        targets=record["targets"],
        rows=record["rows"],
    )


TO_WORK = [
    PartnershipStatus.SCREENING,
    PartnershipStatus.DESIGN,
    PartnershipStatus.AGREEMENT,
    PartnershipStatus.ACTIVE,
]
_AT_WORK = {
    "purposes": ["operational_delivery"],
    "scope": "local",
    "start": "2025-03",
    "end": "2028-02",
    "expected_benefits": "Fewer losses along the coast.",
    "expected_costs": "20 staff days of WFP a year.",
    "benefits_outweigh": True,
    "evaluation_plan": "By an outsider in the second year.",
    "informal_note": "Each party does its own part; nothing is paid between them.",
}

RECORDS: list[dict] = [
    {
        "title": "Cold store for school meals, Khulna (fictional)",
        "partnership_type": "core_business",
        "summary": "A cold store run by a logistics firm keeps vegetables for school kitchens fresh; "
        "what the kitchens do not need is sold, and that pays for the store.",
        "company": "Halvorsen Cold Chain",
        "states": [PartnershipStatus.SCREENING],
        "agreement": "memorandum",
        "targets": ["2.1", "2.2", "12.3"],
        "values": {
            "purposes": ["operational_delivery"],
            "themes": ["food_nutrition", "logistics", "children"],
            "scope": "local",
            "place_note": "Khulna",
            "start": "2027-01",
            "end": "2029-12",
            "expected_benefits": "Fresh vegetables in 40 school kitchens; a third less is thrown away.",
            "expected_costs": "60 staff days of WFP, two cold rooms and power from the company.",
            "benefits_outweigh": True,
            "evaluation_plan": "Independent, after two years, paid from the budget of the partnership.",
            "type_details": {
                "value_chain": "Cooling between farm and kitchen",
                "jobs": "About 25 in the store",
            },
        },
        "rows": {
            "contributions": [
                {"kind": "in_kind_goods", "quantity": 2, "unit": "cold rooms", "status": "pledged"},
                {"kind": "staff_time", "note": "Training of kitchen staff", "status": "pledged"},
            ],
            "indicators": [
                {
                    "name": "School kitchens served",
                    "level": "output",
                    "unit": "kitchens",
                    "baseline": 0,
                    "target": 40,
                },
                {
                    "name": "Vegetables thrown away",
                    "level": "outcome",
                    "unit": "per cent",
                    "baseline": 30,
                    "target": 20,
                },
            ],
        },
    },
    {
        "title": "Relief transport on call, Chattogram (fictional)",
        "partnership_type": "social_investment",
        "summary": "Lorries and drivers at two days' notice when a cyclone is announced.",
        "company": "Tamarind Bay Logistics",
        "states": [],
        "targets": ["11.5"],
        "values": {
            "purposes": ["operational_delivery"],
            "themes": ["humanitarian", "logistics"],
            "scope": "national",
            "expected_benefits": "Food moves before the roads are flooded.",
        },
        "rows": {},
    },
    {
        "title": "Seed banks of the lower delta (fictional)",
        "partnership_type": "social_investment",
        "summary": "Growers keep seed that stands salt water, and lend it to each other after a flood.",
        "company": "",
        "states": TO_WORK,
        "targets": ["2.5", "13.1"],
        "report": {"progress": "Nine of twelve seed banks lend; two more open in spring.", "value": "9"},
        "values": {
            **_AT_WORK,
            "themes": ["agriculture", "climate"],
            "problem": "After each flood growers wait a season for seed.",
            "local_needs_link": "Asked for by the growers' own association.",
        },
        "rows": {
            "parties": [
                {
                    "description": "Fictional growers' association",
                    "kind": "community",
                    "role": "Keeper",
                    "responsibilities": "Keeps and lends the seed.",
                }
            ],
            "contributions": [{"kind": "expertise", "note": "Seed that stands salt", "status": "agreed"}],
            "indicators": [
                {
                    "name": "Seed banks that lend",
                    "level": "output",
                    "unit": "seed banks",
                    "baseline": 0,
                    "target": 12,
                }
            ],
        },
    },
    {
        "title": "Radio for fishing weather (fictional)",
        "partnership_type": "advocacy_policy",
        "summary": "Local stations read the forecast at sea in the evening, in the words of the harbours.",
        "company": "",
        "states": TO_WORK,
        "targets": ["13.1"],
        "values": {**_AT_WORK, "themes": ["climate", "disaster_risk"]},
        "rows": {
            "parties": [
                {
                    "description": "Fictional union of stations",
                    "kind": "media",
                    "role": "Speaker",
                    "responsibilities": "Reads the forecast each evening.",
                }
            ],
            "indicators": [
                {
                    "name": "Harbours reached",
                    "level": "output",
                    "unit": "harbours",
                    "baseline": 0,
                    "target": 30,
                }
            ],
        },
    },
]
