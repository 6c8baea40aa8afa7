"""The UK Sanctions List, since 28 January 2026 the single official UK list, as XML or CSV.

Source: gov.uk, "The UK Sanctions List", UK-Sanctions-List.xml and .csv.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from itertools import groupby
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
    Relation,
    gettext_noop,
)
from screening.lists.places import countries, iso2
from screening.lists.rows import read_cells
from screening.lists.text import script_of
from screening.lists.xml_records import Node, read_records

NO_ID = gettext_noop("A designation has no Unique ID or no name.")
NO_HEADER = gettext_noop("The table has no row with the column names “Unique ID” and “Name 6”.")
KINDS: dict[str, Kind] = {"individual": "person", "entity": "organization", "ship": "vessel"}
NAME_TYPES: dict[str, NameType] = {
    "primary name": "primary",
    "primary": "primary",
    "primary name variation": "alias",
    "name variation": "alias",
    "variation": "alias",
    "alias": "alias",
    "aka": "alias",
}
# Numbers that the list writes into running text.
_IN_TEXT = (
    (
        "inn",
        re.compile(r"\b(?:INN|Tax (?:ID|Identification) (?:Number|No)\.?)\s*[:#]?\s*(\d{10}(?:\d{2})?)\b"),
    ),
    ("ogrn", re.compile(r"\bOGRN\s*[:#]?\s*(\d{13}(?:\d{2})?)\b")),
    ("kpp", re.compile(r"\bKPP\s*[:#]?\s*(\d{9})\b")),
    ("bic", re.compile(r"\b(?:BIC|SWIFT)(?:/BIC)?\s*[:#]?\s*([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b")),
    ("lei", re.compile(r"\bLEI\s*[:#]?\s*([A-Z0-9]{18}\d{2})\b")),
)


def parse(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each designation of the XML.

    Raises ListError when the file is damaged or another kind of file.
    """
    about = about if about is not None else ListFile()
    records = read_records(stream, root={"Designations"}, records={"Designation", "DateGenerated"}, file=file)
    next(records)
    for node in records:
        if node.tag == "DateGenerated":
            about.generated_on = exact_date(node.text)
        else:
            yield about.count(_entry(node, about, file))


def _kind(text: str, about: ListFile, place: str) -> Kind:
    kind = KINDS.get(text.casefold())
    if kind is None:
        about.warn_unknown("IndividualEntityShip", text, place)
    return kind or "unknown"


def _numbers(texts: list[str], type_: str, field: str) -> Iterator[Identifier]:
    """A registration number as written, and the numbers with a name of their own inside the text."""
    for text in texts:
        named = [
            Identifier(slug, found, text=text, field=field)
            for slug, pattern in _IN_TEXT
            for found in pattern.findall(text)
        ]
        yield from named or [Identifier(type_, text, text=text, field=field)]


def _typed(text: str, about: ListFile, place: str) -> NameType:
    type_ = NAME_TYPES.get(text.casefold())
    if type_ is None:
        about.warn_unknown("NameType", text, place)
    return type_ or "alias"


def _under(node: Node, *path: str) -> list[str]:
    """Texts at a path below IndividualDetails/Individual, EntityDetails/Entity or ShipDetails/Ship."""
    found = []
    for group, item in (
        ("IndividualDetails", "Individual"),
        ("EntityDetails", "Entity"),
        ("ShipDetails", "Ship"),
    ):
        found += node.values(group, item, *path)
        found += node.values(group, *path)
    return found


def _entry(node: Node, about: ListFile, file: str) -> Entry:
    source_id = node.value("UniqueID")
    place = f"designation {source_id}" if source_id else f"line {node.line}"
    names: dict[str, ListedName] = {}
    for group in node.all("Names"):
        for item in group.all("Name"):
            text = " ".join(part for number in range(1, 7) if (part := item.value(f"Name{number}")))
            type_ = _typed(item.value("NameType"), about, place)
            if text:
                names.setdefault(
                    text.casefold(), ListedName(text, type_, "en", script_of(text), "Names/Name")
                )
    for group in node.all("NonLatinNames"):
        for item in group.all("NonLatinName") or [group]:
            text, language = item.value("NameNonLatinScript"), item.value("NonLatinScriptLanguage")
            if text:
                names.setdefault(
                    text.casefold(),
                    ListedName(text, "original_script", language, script_of(text), "NonLatinNames"),
                )
    if not source_id or not names:
        raise ListError("no_id", NO_ID, file, place)
    ordered = sorted(names.values(), key=lambda name: name.type != "primary")
    identifiers = [
        *(
            Identifier("passport", text, field="PassportNumber")
            for text in _under(node, "PassportDetails", "Passport", "PassportNumber")
        ),
        *(
            Identifier("national_id", text, field="NationalIdentifierNumber")
            for text in _under(
                node, "NationalIdentifierDetails", "NationalIdentifier", "NationalIdentifierNumber"
            )
        ),
        *(Identifier("imo", text, field="IMONumber") for text in _under(node, "IMONumbers", "IMONumber")),
        *_numbers(
            _under(node, "BusinessRegistrationNumbers", "BusinessRegistrationNumber"),
            "registration",
            "BusinessRegistrationNumber",
        ),
    ]
    towns = _under(node, "BirthDetails", "Location", "TownOfBirth")
    born_in = _under(node, "BirthDetails", "Location", "CountryOfBirth")
    addresses = [_address(item) for group in node.all("Addresses") for item in group.all("Address")]
    kept = ("DesignationSource", "SanctionsImposed")
    extra = [(tag, text.strip()) for tag in kept for text in node.value(tag).split("|") if text.strip()]
    extra += [("Position", text) for text in _under(node, "Positions", "Position")]
    extra += [("Title", text) for text in _under(node, "Titles", "Title")]
    return Entry(
        source_id=source_id,
        kind=_kind(node.value("IndividualEntityShip"), about, place),
        names=tuple(ordered),
        identifiers=tuple(identifiers),
        dates=tuple(day for text in _under(node, "DOBs", "DOB") if (day := partial_date(text))),
        nationalities=countries(_under(node, "Nationalities", "Nationality"), "Nationality"),
        countries=countries(
            [
                *(
                    country
                    for group in node.all("Addresses")
                    for country in group.values("Address", "AddressCountry")
                ),
                *_under(node, "CurrentBelievedFlagOfShips", "CurrentBelievedFlagOfShip"),
            ],
            "AddressCountry",
        ),
        places=tuple(
            Address(", ".join((town, *born_in[:1])), city=town, country=iso2(born_in[0]) if born_in else "")
            for town in towns
        ),
        addresses=tuple(address for address in addresses if address.text),
        programmes=tuple(filter(None, [node.value("RegimeName")])),
        listed_on=exact_date(node.value("DateDesignated")),
        updated_on=exact_date(node.value("LastUpdated")),
        remarks=unescape(node.value("OtherInformation")),
        reasons=unescape(node.value("UKStatementofReasons")),
        relations=tuple(
            Relation(kind, target_name=text, text=text)
            for kind, path in (
                ("parent", ("ParentCompanies", "ParentCompany")),
                ("subsidiary", ("Subsidiaries", "Subsidiary")),
                ("owner", ("CurrentOwnerOperators", "CurrentOwnerOperator")),
            )
            for text in _under(node, *path)
        ),
        reference=node.value("UNReferenceNumber"),
        extra=tuple(extra),
    )


def _address(item: Node) -> Address:
    lines = [text for number in range(1, 7) if (text := item.value(f"AddressLine{number}"))]
    postcode, country = item.value("AddressPostalCode"), item.value("AddressCountry")
    text = ", ".join(part for part in (*lines, postcode, country) if part)
    return Address(text, ", ".join(lines), postcode=postcode, country=iso2(country))


def parse_csv(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each designation of the CSV, whose rows repeat for every name, address and birth date.

    A line before the column names gives the date of the report. The rows of one Unique ID stand together.
    Raises ListError when there is no row of column names, or a designation has no id or name.
    """
    about = about if about is not None else ListFile()
    cells = read_cells(stream, file=file)
    header: list[str] = []
    for _, row in cells:
        names = [name.strip() for name in row]
        if "Unique ID" in names and "Name 6" in names:
            header = names
            break
        about.generated_on = about.generated_on or next(
            (day for cell in row if (day := _report_date(cell))), None
        )
    if not header:
        raise ListError("wrong_schema", NO_HEADER, file)
    rows = ((line, dict(zip(header, (cell.strip() for cell in row), strict=False))) for line, row in cells)
    for source_id, group in groupby(rows, key=lambda item: item[1].get("Unique ID", "")):
        found = list(group)
        yield about.count(_entry_of_rows(source_id, [row for _, row in found], found[0][0], about, file))


def _report_date(cell: str) -> date | None:
    return exact_date(cell.rpartition(":")[2].strip())


def _entry_of_rows(
    source_id: str, rows: list[dict[str, str]], line: int, about: ListFile, file: str
) -> Entry:
    place = f"designation {source_id}" if source_id else f"line {line}"

    def values(*columns: str) -> list[str]:
        return list(
            dict.fromkeys(text for row in rows for column in columns if (text := row.get(column, "")))
        )

    names: dict[str, ListedName] = {}
    for row in rows:
        text = " ".join(part for number in range(1, 7) if (part := row.get(f"Name {number}", "")))
        if text:
            type_ = _typed(row.get("Name type", ""), about, place)
            names.setdefault(text.casefold(), ListedName(text, type_, "en", script_of(text), "Name 1-6"))
        if text := row.get("Name non-latin script", ""):
            language = row.get("Non-latin script language", "")
            names.setdefault(
                text.casefold(),
                ListedName(text, "original_script", language, script_of(text), "Name non-latin script"),
            )
    if not source_id or not names:
        raise ListError("no_id", NO_ID, file, place)
    addresses: dict[str, Address] = {}
    for row in rows:
        lines = [text for number in range(1, 7) if (text := row.get(f"Address Line {number}", ""))]
        postcode, country = row.get("Address Postal Code", ""), row.get("Address Country", "")
        text = ", ".join(part for part in (*lines, postcode, country) if part)
        if text:
            addresses.setdefault(
                text, Address(text, ", ".join(lines), postcode=postcode, country=iso2(country))
            )
    first = rows[0]
    extra = [(field, text) for field in ("Designation source", "Position", "Title") for text in values(field)]
    extra += [
        ("Sanctions Imposed", part.strip())
        for part in first.get("Sanctions Imposed", "").split("|")
        if part.strip()
    ]
    return Entry(
        source_id=source_id,
        kind=_kind(first.get("Designation Type") or first.get("Individual, Entity, Ship", ""), about, place),
        names=tuple(sorted(names.values(), key=lambda name: name.type != "primary")),
        identifiers=(
            *(Identifier("passport", text, field="Passport number") for text in values("Passport number")),
            *(
                Identifier("national_id", text, field="National Identifier number")
                for text in values("National Identifier number")
            ),
            *(Identifier("imo", text, field="IMO number") for text in values("IMO number")),
            *_numbers(
                values("Business registration number (s)", "Business registration number(s)"),
                "registration",
                "Business registration number (s)",
            ),
        ),
        dates=tuple(day for text in values("D.O.B") if (day := partial_date(text))),
        nationalities=countries(values("Nationality(/ies)"), "Nationality(/ies)"),
        countries=countries(values("Address Country", "Current believed flag of ship"), "Address Country"),
        places=tuple(
            Address(
                ", ".join(part for part in (town, first.get("Country of birth", "")) if part),
                city=town,
                country=iso2(first.get("Country of birth", "")),
            )
            for town in values("Town of birth")
        ),
        addresses=tuple(addresses.values()),
        programmes=tuple(values("Regime Name")),
        listed_on=exact_date(first.get("Date Designated", "")),
        updated_on=exact_date(first.get("Last Updated", "")),
        remarks=unescape(first.get("Other Information", "")),
        reasons=unescape(first.get("UK Statement of Reasons", "")),
        relations=tuple(
            Relation(kind, target_name=text, text=text)
            for kind, column in (
                ("parent", "Parent company"),
                ("subsidiary", "Subsidiaries"),
                ("owner", "Current owner/operator (s)"),
            )
            for text in values(column)
        ),
        reference=first.get("UN Reference Number", ""),
        extra=tuple(extra),
    )
