"""The archive: 43 real records restated from reports of the Secretary-General, each with its source.

They describe the past. None of them is screened, rated or remarked upon.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from partnerships import search
from partnerships.models import (
    Bound,
    Company,
    Contribution,
    ContributionKind,
    Indicator,
    Milestone,
    Origin,
    PartnerKind,
    Partnership,
    PartnershipEntity,
    PartnershipParty,
    PartnershipStatus,
    RecordKind,
    UNRole,
    Visibility,
)
from portal.models import ReferenceCounter

FILE = Path(__file__).resolve().parent.parent / "data" / "seed_partnerships.yaml"
STATUSES = {  # the word of the source → our status, and the word itself where ours says less
    "active": (PartnershipStatus.ACTIVE, ""),
    "completed": (PartnershipStatus.CLOSED, ""),
    "scaled_up": (PartnershipStatus.ACTIVE, "scaled up"),
    "in_development": (PartnershipStatus.DESIGN, "in development"),
}
REGIONS = {"Africa": "002", "Asia": "142", "Latin America": "419"}  # other names of regions stay words
PARTNER_KINDS = [  # what a partner is, by the words it is described with; the first that fits
    (PartnerKind.GOVERNMENT, r"\bgovernments?\b"),
    (PartnerKind.LOCAL_AUTHORITY, r"\bmunicipal|\blocal author"),
    (PartnerKind.FOUNDATION, r"\bfoundations?\b"),
    (PartnerKind.TRADE_UNION, r"workers' organ|trade union"),
    (PartnerKind.BUSINESS_ASSOCIATION, r"employers' organ|chamber|local networks"),
    (PartnerKind.ACADEMIA, r"academic|universit|educational"),
    (PartnerKind.IGO, r"organization for security|federation of red cross"),
    (PartnerKind.SME, r"small and medium"),
    (PartnerKind.COMPANY, r"compan|private sector|pension fund"),
    (PartnerKind.COMMUNITY, r"communit|farmers|producers|smallholder|donors|celebrit|volunteers"),
]


def load() -> str:
    """Load the archive where it is not yet loaded. Runs again without harm."""
    found = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["records"]
    known = set(Partnership.objects.filter(is_imported=True).values_list("reference", flat=True))
    entries = {f"P-{number:04d}": entry for number, entry in enumerate(found, start=1)}
    new = {reference: entry for reference, entry in entries.items() if reference not in known}
    if new:
        _create(new)
        counter, _created = ReferenceCounter.objects.get_or_create(series="P")
        ReferenceCounter.objects.filter(pk=counter.pk, last__lt=len(entries)).update(last=len(entries))
    return f"{len(entries)} records of the archive, {len(new)} new."


def _create(entries: dict[str, dict]) -> None:
    now = timezone.now()
    records = {
        record.reference: record
        for record in Partnership.objects.bulk_create(
            [_record(reference, entry, now) for reference, entry in entries.items()]
        )
    }
    pairs = [(records[reference], entry) for reference, entry in entries.items()]
    companies = _companies(entries.values())
    countries, targets = Partnership.countries.through, Partnership.targets.through
    regions = Partnership.regions.through
    regions.objects.bulk_create(
        regions(partnership=record, region_id=REGIONS[name])
        for record, entry in pairs
        for name in entry.get("regions", [])
        if name in REGIONS
    )
    countries.objects.bulk_create(
        countries(partnership=record, country_id=code)
        for record, entry in pairs
        for code in entry["countries"]
    )
    targets.objects.bulk_create(
        targets(partnership=record, target_id=code) for record, entry in pairs for code in entry["sdgs"]
    )
    PartnershipEntity.objects.bulk_create(
        PartnershipEntity(
            partnership=record,
            entity_id=part["code"],
            role=part["role"] if part["role"] in UNRole.values else UNRole.PARTICIPANT,
            note=part.get("note", "Co-sponsor" if part["role"] == "co_sponsor" else ""),
        )
        for record, entry in pairs
        for part in entry["un_entities"]
    )
    PartnershipParty.objects.bulk_create(
        party for record, entry in pairs for party in _parties(record, entry, companies)
    )
    Contribution.objects.bulk_create(
        _contribution(record, part) for record, entry in pairs for part in entry["contributions"]
    )
    Indicator.objects.bulk_create(
        _indicator(record, part)
        for record, entry in pairs
        for part in [*entry["results"], *entry.get("targets", [])]
    )
    Milestone.objects.bulk_create(moment for record, entry in pairs for moment in _milestones(record, entry))
    search.reindex(record.pk for record in records.values())


def _record(reference: str, entry: dict[str, Any], now) -> Partnership:
    status, status_word = STATUSES[entry["status_as_of"]["status"]]
    agreement = entry.get("agreement", {})
    renewal = {"yearly": "Renewable each year"}.get(agreement.get("renewable", ""), "")
    regions = [name for name in entry.get("regions", []) if name not in REGIONS]
    places = [entry.get("place_note", ""), entry.get("country_note", ""), ", ".join(regions)]
    date_notes = [entry.get("start_note", ""), entry.get("duration_note", "")]
    return Partnership(
        reference=reference,
        title=entry["name"],
        record_kind=entry.get("record_kind", RecordKind.PARTNERSHIP),
        partnership_type=entry["type"],
        purposes=entry["purposes"],
        modalities=entry["models"],
        scope=entry["scope"],
        place_note=_sentence("; ".join(filter(None, places))),
        mdgs=entry.get("mdgs", []),
        summary=entry["summary"],
        start=entry["start"] or "",
        end=entry["end"] or "",
        date_note=_sentence("; ".join(filter(None, date_notes))),
        came_from=_sentence(entry.get("came_from", "")),
        further_note="\n".join(_further(entry)),
        agreement_kind=agreement.get("kind", ""),
        agreement_signed=agreement.get("signed", ""),
        agreement_note=renewal,
        origin=Origin.ARCHIVE,
        status=status,
        status_as_of=entry["status_as_of"]["date"],
        status_note=status_word,
        visibility=Visibility.PUBLIC,
        public_since=now,
        is_imported=True,
        inferred_fields=entry["inferred"],
        source_document=entry["source"]["doc"],
        source_place=entry["source"]["place"],
        created_at=now,
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _further(entry: dict[str, Any]) -> Iterable[str]:
    """What the source says besides: plans, and results of the wider work, which are none of this record."""
    if entry.get("planned"):
        yield "Planned: " + "; ".join(entry["planned"]) + "."
    for result in entry.get("related_results", []):
        bound = {"more_than": "more than "}.get(result.get("bound", ""), "")
        yield f"Around it: {result['indicator']}, {bound}{result['actual']}."


def _companies(entries: Iterable[dict]) -> dict[str, Company]:
    """The companies that a source names, once each. Their country and sector are inferred."""
    named = {
        part["name"]: part for entry in entries for part in entry["companies"] if part.get("named", True)
    }
    known = {c.name: c for c in Company.objects.filter(is_from_archive=True, name__in=named)}
    made = Company.objects.bulk_create(
        Company(name=name, country_id=part.get("hq"), sector_id=part.get("isic"), is_from_archive=True)
        for name, part in named.items()
        if name not in known
    )
    return known | {company.name: company for company in made}


def _parties(record: Partnership, entry: dict, companies: dict[str, Company]) -> Iterable[PartnershipParty]:
    for part in entry["companies"]:
        company = companies[part["name"]] if part.get("named", True) else None
        yield PartnershipParty(
            partnership=record,
            company=company,
            description="" if company else part["name"],
            kind=PartnerKind.COMPANY,
            sector_id=part.get("isic"),
        )
    for name in entry["other_partners"]:
        kind = next(
            (kind for kind, words in PARTNER_KINDS if re.search(words, name.lower())), PartnerKind.NGO
        )
        yield PartnershipParty(partnership=record, description=name, kind=kind)


def _contribution(record: Partnership, part: dict[str, Any]) -> Contribution:
    amount = Decimal(part["amount"]) if "amount" in part else None
    usd = part.get("usd_approx") or (amount if part.get("currency") == "USD" else None)
    is_planned = part.get("planned", False)
    return Contribution(
        partnership=record,
        kind=ContributionKind(part["kind"]),
        giver=_sentence(part.get("from", "")),
        amount=amount,
        currency=part.get("currency", ""),
        usd_value=usd,
        bound=part.get("bound", Bound.EXACT),
        quantity=part.get("quantity"),
        unit=part.get("unit", ""),
        is_earmarked=part.get("earmarked"),
        year=part.get("year"),
        as_of=str(part.get("as_of", "")),
        country_id=part.get("country"),
        status=Contribution.Status.PLANNED if is_planned else Contribution.Status.STATED,
        note=_sentence(part.get("note", "")),
    )


def _indicator(record: Partnership, part: dict[str, Any]) -> Indicator:
    return Indicator(
        partnership=record,
        name=part["indicator"],
        level=part.get("level", Indicator.Level.OUTPUT),
        unit=part.get("unit", ""),
        baseline=part.get("baseline"),
        target=part.get("target"),
        actual=part.get("actual"),
        bound=part.get("bound") or (Bound.ABOUT if part.get("approx") else Bound.EXACT),
        as_of=str(part.get("as_of", "")),
        note=_sentence(part.get("target_note", "")),
    )


def _milestones(record: Partnership, entry: dict[str, Any]) -> Iterable[Milestone]:
    if entry.get("approached"):
        yield Milestone(partnership=record, on=entry["approached"], text="First approach")
    agreement = entry.get("agreement", {})
    if agreement.get("signed"):
        place = f" in {agreement['place']}" if agreement.get("place") else ""
        yield Milestone(partnership=record, on=agreement["signed"], text=f"Agreement signed{place}")
    for year in agreement.get("renewed", []):
        yield Milestone(partnership=record, on=year, text="Renewed for a year")
