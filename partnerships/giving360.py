"""Cash contributions as grants of the 360Giving Data Standard.

Only cash with an amount and a date: the standard has no place for anything else. Source: 360Giving 1.4.3.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from partnerships.iati.codes import UNITED_NATIONS, channels
from partnerships.iati.writing import day_of
from partnerships.models import Contribution, ContributionKind, Partnership, UNRole, Withholdable

LEFT_OUT = {Contribution.Status.CANCELLED, Contribution.Status.PLANNED}


def grants(records: Iterable[Partnership], *, site: str) -> Iterator[dict[str, Any]]:
    """One grant for each cash contribution of records read by `iati.facts.for_iati`."""
    for record in records:
        if Withholdable.CONTRIBUTIONS in record.withheld_fields:
            continue
        for part in record.contributions.all():
            awarded = awarded_on(record, part)
            if part.kind == ContributionKind.CASH and part.amount and awarded and part.status not in LEFT_OUT:
                yield _grant(record, part, awarded, site)


def awarded_on(record: Partnership, part: Contribution) -> str:
    """The day a sum was agreed, as far as it is known; the first of a month or year. "" where nothing is."""
    known = part.as_of or (str(part.year) if part.year else "") or record.agreement_signed or record.start
    return day_of(known) if known else ""


def _grant(record: Partnership, part: Contribution, awarded: str, site: str) -> dict[str, Any]:
    address = f"{site}/partnerships/{record.reference}/"
    grant: dict[str, Any] = {
        "id": f"360G-{record.reference}-{part.pk}",
        "title": record.title,
        "description": part.note or record.summary,
        "currency": part.currency,
        "amountAwarded": float(part.amount or 0),
        "awardDate": awarded,
        "fundingOrganization": [_giver(record, part)],
        "recipientOrganization": [_receiver(record, part)],
        "url": address,
        "dataSource": f"{site}/data/360giving.json",
        "dateModified": record.updated_at.isoformat(timespec="seconds"),
    }
    if record.start and record.end:
        grant["plannedDates"] = [{"startDate": day_of(record.start), "endDate": day_of(record.end)}]
    places = [{"name": country.short_en, "countryCode": country.iso2} for country in record.countries.all()]
    if places:
        grant["beneficiaryLocation"] = places
    if record.targets.all():
        grant["classifications"] = [
            {"vocabulary": "SDG targets", "code": target.pk, "title": target.short_en}
            for target in record.targets.all()
        ]
    return grant


def _giver(record: Partnership, part: Contribution) -> dict[str, str]:
    """The company of the record that gives, where its name says so or it is the only one; else the words."""
    hidden = Withholdable.PARTIES in record.withheld_fields
    companies = [party.company for party in record.parties.all() if party.company and not hidden]
    named = [company for company in companies if company.name == part.giver]
    found = named or (companies if len(companies) == 1 and not part.giver else [])
    if found:
        company = found[0]
        code = f"XI-LEI-{company.lei}" if company.lei else f"360G-company-{company.public_id}"
        return {"id": code, "name": company.name}
    return {"id": f"360G-{record.reference}-giver", "name": part.giver or "Partner of the registry"}


def _receiver(record: Partnership, part: Contribution) -> dict[str, str]:
    lead = next((role for role in record.entity_roles.all() if role.role == UNRole.LEAD), None)
    if lead is None:
        return {"id": UNITED_NATIONS, "name": part.receiver or "United Nations"}
    return {"id": channels().get(lead.entity_id, UNITED_NATIONS), "name": lead.entity.name}
