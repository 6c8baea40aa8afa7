"""The consolidated list of the UN Security Council, official XML.

Source: scsanctions.un.org/resources/xml/en/consolidated.xml (schema sc-sanctions.xsd), read as of 27
February 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from screening.lists.dates import exact_date, partial_date
from screening.lists.model import (
    Address,
    Entry,
    Identifier,
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

NO_ID = gettext_noop("An entry has no DATAID or no name.")

QUALITIES: dict[str, NameType] = {
    "good": "alias",
    "a.k.a.": "alias",
    "f.k.a.": "former",
    "low": "weak",
    "": "alias",
}
DATE_TYPES = frozenset({"EXACT", "APPROXIMATELY", "BETWEEN", ""})
DOCUMENTS = (
    ("passport", ("passport", "passeport", "pasaporte")),
    ("national_id", ("national id", "identity", "identification", "tazkira", "id card", "id no")),
    ("tax", ("fiscal", "tax")),
    ("social_security", ("social security",)),
    ("driver_licence", ("driver",)),
)
_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


def parse(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each individual and entity; `about` receives the publisher's date, counts and unknown values.

    Raises ListError when the file is damaged, is another kind of file, or an entry lacks its id or name.
    """
    about = about if about is not None else ListFile()
    records = read_records(stream, root={"CONSOLIDATED_LIST"}, records={"INDIVIDUAL", "ENTITY"}, file=file)
    about.generated_on = exact_date(next(records).get("dateGenerated"))
    for node in records:
        yield about.count(_entry(node, about, file))


def _entry(node: Node, about: ListFile, file: str) -> Entry:
    reference, is_person = node.value("REFERENCE_NUMBER"), node.tag == "INDIVIDUAL"
    source_id = node.value("DATAID")
    place = f"entry {reference or source_id}" if reference or source_id else f"line {node.line}"
    names = _names(node, about, place)
    if not source_id or not names:
        raise ListError("no_id", NO_ID, file, place)
    prefix = node.tag
    addresses = tuple(
        address
        for item in node.all(f"{prefix}_ADDRESS")
        if (address := _address(item)) and (address.text or address.note)
    )
    updates = [day for text in node.values("LAST_DAY_UPDATED", "VALUE") if (day := exact_date(text))]
    extra = [("TITLE", text) for text in node.values("TITLE", "VALUE")]
    extra += [("DESIGNATION", text) for text in node.values("DESIGNATION", "VALUE")]
    extra += [
        (tag, text)
        for tag in ("GENDER", "SUBMITTED_BY", "SUBMITTED_ON", "VERSIONNUM")
        if (text := node.value(tag))
    ]
    return Entry(
        source_id=source_id,
        kind="person" if is_person else "organization",
        names=names,
        identifiers=tuple(_documents(node)),
        dates=tuple(_birth_dates(node, about, place)),
        nationalities=countries(node.values("NATIONALITY", "VALUE"), "NATIONALITY"),
        countries=countries(node.values(f"{prefix}_ADDRESS", "COUNTRY"), f"{prefix}_ADDRESS"),
        places=tuple(
            found
            for item in node.all("INDIVIDUAL_PLACE_OF_BIRTH")
            if (found := _address(item)) and found.text
        ),
        addresses=addresses,
        programmes=tuple(node.values("UN_LIST_TYPE")),
        listed_on=exact_date(node.value("LISTED_ON")),
        updated_on=max(updates, default=None),
        remarks=node.value("COMMENTS1"),
        reference=reference,
        extra=tuple(extra),
    )


def _names(node: Node, about: ListFile, place: str) -> tuple[ListedName, ...]:
    found: dict[str, ListedName] = {}

    def add(text: str, type_: NameType, field: str) -> None:
        text = " ".join(text.split()).strip(" ;,")
        if text and any(character.isalnum() for character in text):
            found.setdefault(text.casefold(), ListedName(text, type_, script=script_of(text), field=field))

    whole = " ".join(text for tag in _NAME_PARTS if (text := node.value(tag)))
    # Entities keep several names in one field, "BANK X (BX) ; OTHER NAME".
    for number, text in enumerate(re.split(r"\s*;\s+", whole)):
        add(text, "alias" if number else "primary", "FIRST_NAME" if node.tag == "ENTITY" else "NAME")
    add(node.value("NAME_ORIGINAL_SCRIPT"), "original_script", "NAME_ORIGINAL_SCRIPT")
    for alias in node.all(f"{node.tag}_ALIAS"):
        quality = alias.value("QUALITY")
        type_ = QUALITIES.get(quality.casefold())
        if type_ is None:
            about.warn_unknown("QUALITY", quality, place)
            type_ = "alias"
        for text in re.split(r"\s*;\s+", alias.value("ALIAS_NAME")):
            add(text, type_, f"{node.tag}_ALIAS/{quality}")
    return tuple(found.values())


def _birth_dates(node: Node, about: ListFile, place: str) -> Iterator[PartialDate]:
    for item in node.all("INDIVIDUAL_DATE_OF_BIRTH"):
        type_ = item.value("TYPE_OF_DATE").upper()
        if type_ not in DATE_TYPES:
            about.warn_unknown("TYPE_OF_DATE", type_, place)
        first, last = item.value("FROM_YEAR"), item.value("TO_YEAR")
        text = (
            item.value("DATE")
            or item.value("YEAR")
            or (f"{first} to {last}" if first and last else first or last)
        )
        if found := partial_date(text, approximate=type_ == "APPROXIMATELY"):
            yield found
    for alias in node.all("INDIVIDUAL_ALIAS"):
        if found := partial_date(alias.value("DATE_OF_BIRTH")):
            yield found


def _documents(node: Node) -> Iterator[Identifier]:
    for item in node.all("INDIVIDUAL_DOCUMENT"):
        value = item.value("NUMBER")
        if not value:
            continue
        label = item.value("TYPE_OF_DOCUMENT") or item.value("TYPE_OF_DOCUMENT2")
        folded = label.casefold()
        type_ = next((slug for slug, words in DOCUMENTS if any(word in folded for word in words)), "document")
        issuer = item.value("ISSUING_COUNTRY") or item.value("COUNTRY_OF_ISSUE")
        text = ", ".join(part for part in (label, issuer, item.value("NOTE")) if part)
        yield Identifier(type_, value, iso2(issuer), text, "INDIVIDUAL_DOCUMENT")


def _address(item: Node) -> Address:
    street, city, region = item.value("STREET"), item.value("CITY"), item.value("STATE_PROVINCE")
    postcode, country = item.value("ZIP_CODE"), item.value("COUNTRY")
    text = ", ".join(part for part in (street, city, region, postcode, country) if part)
    return Address(text, street, city, region, postcode, iso2(country), item.value("NOTE"))
