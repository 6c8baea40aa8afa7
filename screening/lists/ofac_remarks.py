"""What OFAC writes as free text into the remarks of its CSV files, read back into facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from screening.lists.dates import partial_date
from screening.lists.model import Address, Country, Identifier, ListedName, NameType, PartialDate, Relation
from screening.lists.places import country, iso2
from screening.lists.text import script_of

# The labels OFAC uses, with the slug of our identifier type; the first that fits wins.
DOCUMENTS: tuple[tuple[str, str], ...] = (
    ("Passport", "passport"),
    ("National ID", "national_id"),
    ("Cedula", "national_id"),
    ("D.N.I.", "national_id"),
    ("C.U.R.P.", "national_id"),
    ("Personal ID", "national_id"),
    ("Identification Number IMO", "imo"),
    ("Company Number IMO", "registration"),
    ("Vessel Registration Identification IMO", "imo"),
    ("Legal Entity Number", "lei"),
    ("Unified Social Credit Code (USCC)", "uscc"),
    ("Central Registration System Number", "registration"),
    ("Tax ID No.", "tax"),
    ("RUC #", "tax"),
    ("NIT #", "tax"),
    ("RIF #", "tax"),
    ("R.F.C.", "tax"),
    ("V.A.T. Number", "tax"),
    ("SSN", "social_security"),
    ("SWIFT/BIC", "bic"),
    ("MMSI", "mmsi"),
    ("D-U-N-S Number", "duns"),
    ("Driver's License", "driver_licence"),
    ("Registration Number", "registration"),
    ("Registration ID", "registration"),
    ("Business Registration", "registration"),
    ("Company Number", "registration"),
    ("Commercial Registry", "registration"),
    ("Matricula Mercantil", "registration"),
    ("Folio Mercantil", "registration"),
    ("C.R. No.", "registration"),
    ("Government Gazette Number", "registration"),
    ("Trade License", "registration"),
    ("License", "registration"),
    ("Identification Number", "document"),
    ("Aircraft Tail Number", "aircraft_registration"),
    ("Aircraft Manufacturer's Serial Number", "aircraft_serial"),
    ("Aircraft Construction Number", "aircraft_serial"),
    ("Aircraft Mode S Transponder Code", "aircraft_transponder"),
    ("Digital Currency Address", "wallet"),
)
_ALT = re.compile(r"^(?:alt\.|Alt\.|Former|Secondary) ")
_ISSUER = re.compile(r"\(([^()]*)\)\s*")
_WEAK = re.compile(r"(?:alt\. )?(a\.k\.a\.|f\.k\.a\.|n\.k\.a\.) '(.+)'$")


@dataclass(slots=True)
class Remarks:
    """What a remark says; `rest` are the parts that are no fact of ours, in their order."""

    names: list[ListedName] = field(default_factory=list)
    dates: list[PartialDate] = field(default_factory=list)
    places: list[Address] = field(default_factory=list)
    nationalities: list[Country] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def read_remarks(text: str) -> Remarks:
    """Split a remark on its semicolons and sort each part.

    Nothing is lost, what fits nowhere is in `rest`.
    """
    found = Remarks()
    for part in re.split(r";\s+(?![^(]*\))", text.strip()):
        plain = part.strip().rstrip(".").strip()
        if plain and not _sorted_in(found, _ALT.sub("", plain), plain):
            found.rest.append(plain)
    return found


def _sorted_in(found: Remarks, text: str, whole: str) -> bool:
    if weak := _WEAK.match(whole):
        type_: NameType = "former" if weak[1] == "f.k.a." else "weak"
        found.names.append(ListedName(weak[2], type_, script=script_of(weak[2]), field="remarks"))
        return True
    for label in ("DOB", "Organization Established Date"):
        if text.startswith(label + " ") and (day := partial_date(text.removeprefix(label))):
            found.dates.append(day)
            return True
    if text.startswith("POB "):
        place = text[4:].strip()
        found.places.append(Address(place, country=iso2(place.rpartition(",")[2])))
        return True
    for label in ("nationality", "citizen"):
        if text.startswith(label + " "):
            if known := country(text.removeprefix(label), f"remarks {label}"):
                found.nationalities.append(known)
            return True
    if text.startswith("Linked To: "):
        name = text.removeprefix("Linked To: ").strip()
        found.relations.append(Relation("linked_to", target_name=name, text=whole))
        return True
    for label, slug in DOCUMENTS:
        if text.startswith(label):
            value = text.removeprefix(label).lstrip(" .:#")
            value = (
                value.removeprefix("No").lstrip(" .:#")
                if label not in ("Digital Currency Address",)
                else value
            )
            issuer = ""
            if at := _ISSUER.search(value):
                issuer, value = at[1], value[: at.start()].strip()
            value = re.split(r"\s+(?:issued|expires)\s", value)[0].strip()
            if not value:
                return False
            found.identifiers.append(Identifier(slug, value, iso2(issuer), whole, "remarks"))
            return True
    return False
