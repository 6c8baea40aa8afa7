"""The EU's consolidated list of financial sanctions (FSF), XML 1.1.

Source: webgate.ec.europa.eu/fsd/fsf, xmlFullSanctionsList_1_1, namespace http://eu.europa.ec/fpi/fsd/export.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from screening.lists.dates import exact_date, partial_date
from screening.lists.model import (
    Address,
    Entry,
    Identifier,
    Kind,
    ListedName,
    ListError,
    ListFile,
    NameType,
    PartialDate,
    gettext_noop,
)
from screening.lists.places import countries, iso2
from screening.lists.text import script_of
from screening.lists.xml_records import Node, read_records

NO_ID = gettext_noop("An entity has no euReferenceNumber and no logicalId, or no name.")
KINDS: dict[str, Kind] = {"person": "person", "enterprise": "organization"}
# The list repeats a name in some twenty EU languages. These are how the subject writes it; others are
# spellings.
OWN_LANGUAGES = frozenset({"", "EN", "RU", "AR", "FA", "ZH"})
DOCUMENTS = {
    "passport": "passport",
    "id": "national_id",
    "ssn": "social_security",
    "regnumber": "registration",
    "fiscalcode": "tax",
    "swiftbic": "bic",
    "imo": "imo",
    "electionid": "document",
    "travelcard": "document",
    "residentperm": "document",
    "drvlic": "driver_licence",
    "diplpass": "passport",
    "tradelic": "registration",
    "other": "document",
}


def parse(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each sanctioned entity. Raises ListError when the file is damaged or another kind of file."""
    about = about if about is not None else ListFile()
    records = read_records(stream, root={"export"}, records={"sanctionEntity"}, file=file)
    about.generated_on = exact_date(next(records).get("generationDate"))
    for node in records:
        yield about.count(_entry(node, about, file))


def _known(text: str) -> str:
    return "" if text.strip().upper() == "UNKNOWN" else text.strip()


def _entry(node: Node, about: ListFile, file: str) -> Entry:
    reference, logical = node.get("euReferenceNumber"), node.get("logicalId")
    place = f"entity {reference or logical}" if reference or logical else f"line {node.line}"
    names = tuple(_names(node))
    if not (reference or logical) or not names:
        raise ListError("no_id", NO_ID, file, place)
    code = next((item.get("code") for item in node.all("subjectType")), "")
    kind = KINDS.get(code)
    if kind is None:
        about.warn_unknown("subjectType", code, place)
        kind = "unknown"
    regulations = node.all("regulation")
    starts = [node.get("designationDate"), *(item.get("entryIntoForceDate") for item in regulations)]
    addresses = [_address(item) for item in node.all("address")]
    remarks = [item.text for item in node.all("remark") if item.text]
    extra = [
        (field, value)
        for alias in node.all("nameAlias")
        for field in ("title", "function", "gender")
        if (value := alias.get(field))
    ]
    extra += [("publicationUrl", text) for text in node.values("regulation", "publicationUrl")]
    return Entry(
        source_id=logical or reference,
        kind=kind,
        names=names,
        identifiers=tuple(_documents(node, about, place)),
        dates=tuple(_birth_dates(node)),
        nationalities=countries(
            [_known(item.get("countryDescription")) for item in node.all("citizenship")], "citizenship"
        ),
        countries=countries(
            [_known(item.get("countryDescription")) for item in node.all("address")], "address"
        ),
        places=tuple(found for item in node.all("birthdate") if (found := _address(item)).text),
        addresses=tuple(address for address in addresses if address.text),
        programmes=tuple(dict.fromkeys(code for item in regulations if (code := item.get("programme")))),
        listed_on=min(_days(starts), default=None),
        updated_on=max(_days([item.get("publicationDate") for item in regulations]), default=None),
        remarks="\n".join(remarks),
        reasons=node.get("designationDetails"),
        reference=", ".join(part for part in (reference, node.get("unitedNationId")) if part),
        extra=tuple(dict.fromkeys(extra)),
    )


def _days(texts: list[str]) -> list[date]:
    return [day for text in texts if (day := exact_date(text))]


def _names(node: Node) -> Iterator[ListedName]:
    seen: set[str] = set()
    for alias in node.all("nameAlias"):
        parts = (alias.get("firstName"), alias.get("middleName"), alias.get("lastName"))
        text = " ".join((alias.get("wholeName") or " ".join(part for part in parts if part)).split())
        if not text or text.casefold() in seen:
            continue
        language = alias.get("nameLanguage").upper()
        is_weak = alias.get("strong") == "false" or any(
            "low quality" in item.text.casefold() for item in alias.all("remark")
        )
        script = script_of(text)
        type_: NameType = "alias"
        if is_weak:
            type_ = "weak"
        elif script not in ("Latn", ""):
            type_ = "original_script"
        elif not seen and language in OWN_LANGUAGES:
            type_ = "primary"
        seen.add(text.casefold())
        yield ListedName(text, type_, language.lower(), script, "nameAlias")


def _birth_dates(node: Node) -> Iterator[PartialDate]:
    for item in node.all("birthdate"):
        first, last = item.get("yearRangeFrom"), item.get("yearRangeTo")
        year, month, day = item.get("year"), item.get("monthOfYear"), item.get("dayOfMonth")
        pieces = "-".join(part for part in (year, month, day if month else "") if part)
        text = item.get("birthdate") or (f"{first} to {last}" if first and last else "") or pieces
        if found := partial_date(text, approximate=item.get("circa") == "true"):
            yield found


def _documents(node: Node, about: ListFile, place: str) -> Iterator[Identifier]:
    for item in node.all("identification"):
        code = item.get("identificationTypeCode")
        if code not in DOCUMENTS:
            about.warn_unknown("identificationTypeCode", code, place)
        value = item.get("latinNumber") or item.get("number")
        if value:
            country = _known(item.get("countryIso2Code")) or _known(item.get("countryDescription"))
            text = item.get("identificationTypeDescription")
            yield Identifier(DOCUMENTS.get(code, "document"), value, iso2(country), text, "identification")


def _address(item: Node) -> Address:
    street, city, region = item.get("street"), item.get("city"), item.get("region")
    postcode, box = item.get("zipCode"), item.get("poBox")
    country, place = _known(item.get("countryDescription")), item.get("place")
    text = ", ".join(part for part in (street, box, place, city, region, postcode, country) if part)
    return Address(text, street, city, region, postcode, iso2(country))
