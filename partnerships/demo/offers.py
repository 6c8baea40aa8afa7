"""The demonstration of offers and needs: fictional companies, and needs made up for real UN entities."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from focalpoints.models import UNEntity
from partnerships.models import (
    ANSWER_WORKING_DAYS,
    NEED_MOVES,
    OFFER_STEPS,
    Appeal,
    Company,
    CompanyMember,
    Need,
    NeedStatus,
    Offer,
)
from partnerships.services import coordination, triage
from partnerships.services import matches as match_services
from partnerships.services import offers as services
from partnerships.services.companies import save_company
from partnerships.working_days import add_working_days
from portal.history import move
from portal.models import User
from portal.references import next_reference

FILE = Path(__file__).resolve().parent.parent / "data" / "demo_offers.yaml"
MADE_BY = {"WFP": "focal@demo.example"}  # needs of other entities are made by the focal point of UNDP


def load() -> str:
    """Load what is missing; a second run changes nothing. Returns a line of what was loaded."""
    content = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    companies = {row["name"]: _company(row) for row in content["companies"]}
    if not Need.objects.filter(is_demo=True).exists():
        for row in content["needs"]:
            _need(row)
    if not Offer.objects.filter(is_demo=True).exists():
        for row in content["offers"]:
            _offer(row, companies[row["company"]])
    if not Appeal.objects.exists():
        for row in content["appeals"]:
            _appeal(row)
    for code, division in content["duties"].items():
        coordination.divide_duties(UNEntity.objects.get(pk=code), division=division, by=_desk())
    return f"{len(content['needs'])} needs and {len(content['offers'])} offers for the demonstration."


def _day(offset: int | None):
    return None if offset is None else timezone.localdate() + timedelta(days=offset)


def _company(row: dict[str, Any]) -> Company:
    row = dict(row)
    owner = User.objects.get(email=row.pop("owner"))
    people = row.pop("people", [])
    country, sector = row.pop("country"), row.pop("sector")
    company = Company.objects.filter(name=row["name"], is_demo=True).first()
    if company is None:
        values = {**row, "country_id": country, "sector_id": sector, "is_demo": True}
        company = save_company(None, values=values, people=people, by=owner)
    CompanyMember.objects.get_or_create(
        company=company, user=owner, defaults={"role": CompanyMember.Role.OWNER}
    )
    return company


def _common(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "is_demo": True,
        "title": row["title"],
        "description": row["description"],
        "contribution_kinds": row["kinds"],
        "quantity": row.get("quantity"),
        "unit": row.get("unit", ""),
        "themes": row["themes"],
    }


def _need(row: dict[str, Any]) -> None:
    by = User.objects.get(email=MADE_BY.get(row["entity"], "focal.undp@demo.example"))
    need = Need.objects.create(
        **_common(row),
        reference=next_reference("N"),
        entity_id=row["entity"],
        office_place=row["office_place"],
        needed_from=_day(row["from"]),
        needed_until=_day(row["until"]),
        urgency=row.get("urgency", "normal"),
        beneficiaries=row.get("beneficiaries", ""),
        constraints_note=row.get("constraints_note", ""),
        published_at=timezone.now(),
        created_by=by,
    )
    need.countries.set(row["countries"])
    need.targets.set(row["targets"])
    move(need, NeedStatus.OPEN, moves=NEED_MOVES, by=by)


def _desk() -> User:
    return User.objects.get(email="desk@demo.example")


def _appeal(row: dict[str, Any]) -> None:
    row = dict(row)
    titles, closes = row.pop("needs"), _day(row.pop("closes"))
    values = {**row, "lead": UNEntity.objects.get(pk=row["lead"]), "closes_on": closes}
    by = User.objects.get(email=MADE_BY["WFP"])
    appeal = coordination.write_appeal(None, values=values, by=by)
    Need.objects.filter(is_demo=True, title__in=titles).update(appeal=appeal)


def _offer(row: dict[str, Any], company: Company) -> None:
    """An offer brought to its state by the services, as people would, then dated back."""
    by = company.members.get(role=CompanyMember.Role.OWNER).user
    offer = services.begin_offer(by=by)
    for name, value in _common(row).items():
        setattr(offer, name, value)
    for name in ("value_amount", "lead_time_days"):
        setattr(offer, name, row.get(name))
    offer.company = company
    offer.currency = row.get("currency", "")
    offer.is_any_country = row.get("is_any_country", False)
    offer.accepts_subregion = row.get("accepts_subregion", True)
    offer.is_standing = row.get("is_standing", False)
    offer.available_from, offer.available_until = _day(row["from"]), _day(row["until"])
    offer.is_tied_to_procurement = row.get("is_tied_to_procurement", False)
    offer.is_fit_for_use, offer.wishes_emblem = True, False
    offer.answers = _answers(row, company)
    offer.save()
    offer.countries.set(row["countries"])
    offer.targets.set(row["targets"])
    if row["status"] == "draft":
        return
    services.submit_offer(offer, by=by)
    submitted = _day(row["submitted"])
    Offer.objects.filter(pk=offer.pk).update(
        submitted_at=timezone.now() + timedelta(days=row["submitted"]),
        answer_due_on=add_working_days(submitted, ANSWER_WORKING_DAYS),
    )
    desk = _desk()
    if row["status"] == "triage":
        triage.take_offer(offer, by=desk)
    elif row["status"] == "clarification":
        triage.ask_business(offer, text=row["question"], by=desk)
    elif row["status"] == "declined":
        triage.take_offer(offer, by=desk)
        triage.decline_offer(offer, reason_code=row["reason_code"], advice=row["advice"], by=desk)
    elif row["status"] == "routed":
        triage.route_offer(offer, entity=UNEntity.objects.get(pk=row["entity"]), note="", by=desk)
    elif row["status"] == "accepted":
        triage.take_offer(offer, by=desk)
        match_services.accept_offer(
            offer,
            need=Need.objects.get(title=row["need"], is_demo=True),
            note=row["note"],
            by=User.objects.get(email="focal@demo.example"),
        )
    elif row["status"] == "reserved":
        triage.take_offer(offer, by=desk)
        match_services.reserve_offer(
            offer,
            need=Need.objects.get(title=row["need"], is_demo=True),
            by=User.objects.get(email="focal@demo.example"),
        )


def _answers(row: dict[str, Any], company: Company) -> dict[str, dict]:
    """The steps as somebody would have typed them, so that the draft can be gone on with."""
    dates = {
        f"available_{name}_{part}": [str(getattr(_day(row[name]), part))]
        for name in ("from", "until")
        for part in ("day", "month", "year")
    }
    typed: dict[str, dict[str, list[str]]] = {
        "company": {"company": [str(company.public_id)]},
        "what": {
            "title": [row["title"]],
            "description": [row["description"]],
            "contribution_kinds": row["kinds"],
            "quantity": [str(row.get("quantity", ""))],
            "unit": [row.get("unit", "")],
            "value_amount": [str(row.get("value_amount", ""))],
            "currency": [row.get("currency", "")],
        },
        "where": {
            "reach": ["any" if row.get("is_any_country") else "named"],
            "countries": row["countries"],
            "accepts_subregion": ["on"] if row.get("accepts_subregion", True) else [],
            **dates,
        },
        "goals": {"themes": row["themes"], "targets": row["targets"]},
        "conduct": {
            "is_tied_to_procurement": ["yes" if row.get("is_tied_to_procurement") else "no"],
            "is_fit_for_use": ["yes"],
            "wishes_emblem": ["no"],
        },
    }
    if row["status"] == "draft":  # the last step is left for whoever tries the demonstration
        del typed["conduct"]
    now = timezone.now().isoformat(timespec="seconds")
    return {
        step: {"data": typed[step], "version": 1, "saved_at": now, "is_valid": True}
        for step in OFFER_STEPS
        if step in typed
    }
