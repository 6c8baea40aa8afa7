"""Two fictional records on their way, so that the desk of the demonstration has work on it."""

from focalpoints.models import UNEntity
from partnerships.models import Company, Partnership, PartnershipStatus
from partnerships.services import partnerships as services
from portal.models import User

MADE_BY = "focal@demo.example"


def load() -> str:
    """Register what is missing, as the focal point of WFP would. Needs the demo companies."""
    focal = User.objects.get(email=MADE_BY)
    new = [record for record in RECORDS if not Partnership.objects.filter(title=record["title"]).exists()]
    for record in new:
        _register(record, focal)
    return f"{len(RECORDS)} records on their way, {len(new)} new."


def _register(record: dict, focal: User) -> None:
    partnership = services.register_partnership(
        by=focal,
        entity=UNEntity.objects.get(pk="WFP"),
        values={name: record[name] for name in ("title", "partnership_type", "summary")},
    )
    partnership = services.edit_partnership(
        partnership,
        by=focal,
        version=partnership.version,
        values=record["values"],
        countries=["BGD"],
        targets=record["targets"],
        rows=record["rows"],
    )
    company = Company.objects.filter(is_demo=True, name__startswith=record["company"]).first()
    if company:
        services.add_company(partnership, company, by=focal)
        if record["goes_on"]:
            services.advance_partnership(partnership, to=PartnershipStatus.SCREENING, by=focal)


RECORDS: list[dict] = [
    {
        "title": "Cold store for school meals, Khulna (fictional)",
        "partnership_type": "core_business",
        "summary": "A cold store run by a logistics firm keeps vegetables for school kitchens fresh; "
        "what the kitchens do not need is sold, and that pays for the store.",
        "company": "Halvorsen Cold Chain",
        "goes_on": True,
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
        "goes_on": False,
        "targets": ["11.5"],
        "values": {
            "purposes": ["operational_delivery"],
            "themes": ["humanitarian", "logistics"],
            "scope": "national",
            "expected_benefits": "Food moves before the roads are flooded.",
        },
        "rows": {},
    },
]
