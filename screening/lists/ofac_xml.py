"""OFAC's SDN and consolidated lists as XML: the advanced format (ALSD) and the older simple one.

Source: ofac.treasury.gov, sdn_advanced.xml and cons_advanced.xml ("Sanctions Data Model", Advanced Sanctions
List Standard); sdn.xml and consolidated.xml (element sdnList).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple
from datetime import date
from typing import BinaryIO

from screening.lists.aside import Aside
from screening.lists.dates import partial_date, us_date
from screening.lists.model import (
    Address,
    Country,
    Entry,
    Identifier,
    Kind,
    ListedName,
    ListError,
    ListFile,
    NameType,
    PartialDate,
    Relation,
    gettext_noop,
)
from screening.lists.ofac_remarks import DOCUMENTS
from screening.lists.places import countries, iso2
from screening.lists.text import script_of
from screening.lists.xml_records import Node, read_records

NO_ID = gettext_noop("A party has no id or no name.")
NOT_TWICE = gettext_noop("The advanced XML is read twice, and this stream cannot be rewound.")

KINDS: dict[str, Kind] = {
    "individual": "person",
    "entity": "organization",
    "vessel": "vessel",
    "aircraft": "aircraft",
}
ALIAS_TYPES: dict[str, NameType] = {
    "name": "primary",
    "a.k.a.": "alias",
    "f.k.a.": "former",
    "n.k.a.": "alias",
}
# Features that are facts of ours; every other feature is kept as it is written.
_BORN = ("Birthdate", "Organization Established Date", "Vessel Build Date", "Aircraft Manufacture Date")
_COUNTRIES = ("Nationality Country", "Citizenship Country", "Nationality of Registration")


def _document_type(label: str) -> str:
    return next((slug for start, slug in DOCUMENTS if label.startswith(start.rstrip(" #"))), "document")


# --- the simple format ------------------------------------------------------------------------------------


def parse_simple(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each entry of sdn.xml or consolidated.xml.

    Raises ListError when the file is damaged or another one.
    """
    about = about if about is not None else ListFile()
    records = read_records(stream, root={"sdnList"}, records={"sdnEntry", "publshInformation"}, file=file)
    next(records)
    for node in records:
        if node.tag == "publshInformation":
            about.generated_on = us_date(node.value("Publish_Date"))
        else:
            yield about.count(_simple_entry(node, about, file))


def _simple_entry(node: Node, about: ListFile, file: str) -> Entry:
    source_id = node.value("uid")
    place = f"entry {source_id}" if source_id else f"line {node.line}"
    kind = KINDS.get(node.value("sdnType").casefold())
    if kind is None:
        about.warn_unknown("sdnType", node.value("sdnType"), place)
        kind = "unknown"
    primary = _spoken(node, kind)
    names = {primary.casefold(): ListedName(primary, "primary", script=script_of(primary), field="sdnEntry")}
    for aka in (item for group in node.all("akaList") for item in group.all("aka")):
        type_ = ALIAS_TYPES.get(aka.value("type").casefold())
        if type_ is None:
            about.warn_unknown("aka/type", aka.value("type"), place)
            type_ = "alias"
        if aka.value("category") == "weak" and type_ == "alias":
            type_ = "weak"
        text = _spoken(aka, kind)
        names.setdefault(
            text.casefold(), ListedName(text, type_, script=script_of(text), field=f"aka/{aka.value('type')}")
        )
    names.pop("", None)
    if not source_id or not names:
        raise ListError("no_id", NO_ID, file, place)
    identifiers, dates, extra = [], [], []
    for item in (item for group in node.all("idList") for item in group.all("id")):
        label, value = item.value("idType"), item.value("idNumber")
        type_of = _document_type(label)
        if label.startswith("Organization Established Date") and (day := partial_date(value)):
            dates.append(day)
        elif value and (type_of != "document" or label == "Identification Number"):
            identifiers.append(Identifier(type_of, value, iso2(item.value("idCountry")), label, "idList/id"))
        elif label or value:
            extra.append((label, value))
    dates += [
        day
        for text in node.values("dateOfBirthList", "dateOfBirthItem", "dateOfBirth")
        if (day := partial_date(text))
    ]
    places = node.values("placeOfBirthList", "placeOfBirthItem", "placeOfBirth")
    addresses = [_simple_address(item) for group in node.all("addressList") for item in group.all("address")]
    vessel = [
        (child.tag, child.text) for group in node.all("vesselInfo") for child in group.children if child.text
    ]
    return Entry(
        source_id=source_id,
        kind=kind,
        names=tuple(names.values()),
        identifiers=tuple(identifiers),
        dates=tuple(dates),
        nationalities=countries(
            node.values("nationalityList", "nationality", "country")
            + node.values("citizenshipList", "citizenship", "country"),
            "nationality",
        ),
        countries=countries(node.values("addressList", "address", "country"), "address"),
        places=tuple(Address(text, country=iso2(text.rpartition(",")[2])) for text in places),
        addresses=tuple(address for address in addresses if address.text),
        programmes=tuple(node.values("programList", "program")),
        remarks=node.value("remarks"),
        extra=(*extra, *([("title", node.value("title"))] if node.value("title") else ()), *vessel),
    )


def _spoken(node: Node, kind: Kind) -> str:
    given, family = node.value("firstName"), node.value("lastName")
    if kind == "person" and not given:  # weak aliases hold the whole name as "SURNAME, Given"
        family, _, given = family.partition(", ")
    return " ".join(part for part in (given, family) if part)


def _simple_address(item: Node) -> Address:
    street = ", ".join(text for number in (1, 2, 3) if (text := item.value(f"address{number}")))
    city, region = item.value("city"), item.value("stateOrProvince")
    postcode, country = item.value("postalCode"), item.value("country")
    text = ", ".join(part for part in (street, city, region, postcode, country) if part)
    return Address(text, street, city, region, postcode, iso2(country))


# --- the advanced format ----------------------------------------------------------------------------------


class _References:
    """What the profiles refer to by id.

    The list names its values, countries and places once, before the parties.
    """

    def __init__(self, aside: Aside) -> None:
        self.values: dict[str, dict[str, str]] = defaultdict(dict)
        self.aside = aside

    def value(self, kind: str, id_: str) -> str:
        return self.values[kind].get(id_, "")

    def read(self, node: Node) -> None:
        if node.tag == "ReferenceValueSets":
            for group in node.children:
                for item in group.children:
                    self.values[item.tag][item.get("ID")] = " ".join(item.text.split())
        elif node.tag == "Location":
            self.aside.add("location", node.get("ID"), astuple(self._location(node)))
        elif node.tag == "IDRegDocument":
            label = self.value("IDRegDocType", node.get("IDRegDocTypeID"))
            country = self.value("Country", node.get("IssuedBy-CountryID"))
            if number := node.value("IDRegistrationNo"):
                document = Identifier(_document_type(label), number, iso2(country), label, "IDRegDocument")
                self.aside.add("document", node.get("IdentityID"), astuple(document))
        elif node.tag == "SanctionsEntry":
            days = [_point(item.all("Date")[0]) for item in node.all("EntryEvent") if item.all("Date")]
            known = [str(span[0]) for span in days if span]
            programmes = [text for item in node.all("SanctionsMeasure") if (text := item.value("Comment"))]
            self.aside.add("listing", node.get("ProfileID"), (min(known, default=""), programmes))
        elif node.tag == "ProfileRelationship":
            kind = self.value("RelationType", node.get("RelationTypeID"))
            relation = Relation(kind, target_id=node.get("To-ProfileID"), text=node.value("Comment"))
            self.aside.add("relation", node.get("From-ProfileID"), astuple(relation))

    def locations(self, id_: str) -> list[Address]:
        return [Address(*parts) for parts in self.aside.of("location", id_)]

    def documents(self, identity: str) -> list[Identifier]:
        return [Identifier(*parts) for parts in self.aside.of("document", identity)]

    def listings(self, profile: str) -> list[tuple[str, list[str]]]:
        """(day or "", programmes) of each time a profile was listed."""
        return self.aside.of("listing", profile)

    def relations(self, profile: str) -> tuple[Relation, ...]:
        return tuple(Relation(*parts) for parts in self.aside.of("relation", profile))

    def _location(self, node: Node) -> Address:
        parts: dict[str, str] = {}
        for part in node.all("LocationPart"):
            label = self.value("LocPartType", part.get("LocPartTypeID"))
            parts[label] = ", ".join(part.values("LocationPartValue", "Value"))
        country = next(
            (self.value("Country", item.get("CountryID")) for item in node.all("LocationCountry")), ""
        )
        country = country or next(
            (self.value("AreaCode", item.get("AreaCodeID")) for item in node.all("LocationAreaCode")), ""
        )
        street = ", ".join(text for number in (1, 2, 3) if (text := parts.get(f"ADDRESS{number}", "")))
        city, region = parts.get("CITY", ""), parts.get("STATE/PROVINCE", "")
        postcode, other = parts.get("POSTAL CODE", ""), parts.get("Unknown", "")
        text = ", ".join(part for part in (street, other, city, region, postcode, country) if part)
        return Address(text, street, city, region, postcode, iso2(country or other.rpartition(",")[2]))


_TAGS = {
    "ReferenceValueSets",
    "DateOfIssue",
    "Location",
    "IDRegDocument",
    "DistinctParty",
    "ProfileRelationship",
    "SanctionsEntry",
}


def parse(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each party of sdn_advanced.xml or cons_advanced.xml.

    Sanctions and relations stand behind the parties, so the file is read twice: first everything that
    parties refer to, then the parties. Raises ListError when the file is damaged, another kind of file, or
    cannot be rewound.
    """
    about = about if about is not None else ListFile()
    if not stream.seekable():
        raise ListError("not_seekable", NOT_TWICE, file)
    with closing(Aside()) as aside:
        references = _References(aside)
        for node in read_records(stream, root={"Sanctions"}, records=_TAGS, file=file):
            if node.tag == "DateOfIssue" and (span := _point(node)):
                about.generated_on = span[0]
            references.read(node)
        stream.seek(0)
        for node in read_records(stream, root={"Sanctions"}, records={"DistinctParty"}, file=file):
            if node.tag == "DistinctParty":
                for profile in node.all("Profile"):
                    yield about.count(_party(profile, references, about, file))


def _point(node: Node) -> tuple[date, date] | None:
    """The days a Year/Month/Day element may mean."""
    text = "-".join(part for tag in ("Year", "Month", "Day") if (part := node.value(tag)))
    found = partial_date(text)
    return (found.first, found.last) if found else None


def _period(node: Node) -> PartialDate | None:
    """A DatePeriod: from the first day of Start/From to the last of End/To.

    Approximate where the list says so.
    """
    points = []
    for side in ("Start", "End"):
        for item in node.all(side):
            for edge in (*item.all("From"), *item.all("To")):
                if span := _point(edge):
                    points.append(span)
    if not points:
        return None
    first, last = min(span[0] for span in points), max(span[1] for span in points)
    circa = any(item.get("Approximate") == "true" for side in ("Start", "End") for item in node.all(side))
    text = str(first) if first == last else f"{first} to {last}"
    return PartialDate(first, last, text, circa)


def _party(profile: Node, references: _References, about: ListFile, file: str) -> Entry:
    source_id = profile.get("ID")
    place = f"profile {source_id}" if source_id else f"line {profile.line}"
    subtype = references.value("PartySubType", profile.get("PartySubTypeID"))
    kind = KINDS.get(subtype.casefold())
    if kind is None:  # "Unknown" is the subtype of people and entities; the party type tells them apart
        kind = _kind_of_type(profile, references)
        if kind == "unknown":
            about.warn_unknown("PartySubType", subtype, place)
    identities = profile.all("Identity")
    names = tuple(_names(identities, kind, references, about, place))
    if not source_id or not names:
        raise ListError("no_id", NO_ID, file, place)
    facts = _features(profile, references)
    listings = references.listings(source_id)
    days = [date.fromisoformat(day) for day, _ in listings if day]
    documents = [item for identity in identities for item in references.documents(identity.get("ID"))]
    return Entry(
        source_id=source_id,
        kind=kind,
        names=names,
        identifiers=(*documents, *facts.identifiers),
        dates=tuple(facts.dates),
        nationalities=countries(facts.nationalities, "Feature"),
        countries=tuple(_countries_of(facts.addresses)),
        places=tuple(facts.places),
        addresses=tuple(facts.addresses),
        programmes=tuple(dict.fromkeys(code for _, codes in listings for code in codes)),
        listed_on=min(days, default=None),
        relations=references.relations(source_id),
        remarks=profile.value("Comment"),
        extra=tuple(facts.extra),
    )


def _kind_of_type(profile: Node, references: _References) -> Kind:
    # PartySubType elements name their party type by id; the reference sets hold it as an attribute we do not
    # keep, so the parts of the name decide: only people have a family name.
    labels = {
        references.value("NamePartType", group.get("NamePartTypeID"))
        for identity in profile.all("Identity")
        for groups in identity.all("NamePartGroups")
        for master in groups.all("MasterNamePartGroup")
        for group in master.all("NamePartGroup")
    }
    if labels & {"Last Name", "First Name", "Maiden Name", "Patronymic", "Matronymic"}:
        return "person"
    if "Vessel Name" in labels:
        return "vessel"
    if "Aircraft Name" in labels:
        return "aircraft"
    return "organization" if "Entity Name" in labels else "unknown"


_GIVEN_FIRST = (
    "First Name",
    "Middle Name",
    "Patronymic",
    "Nickname",
    "Matronymic",
    "Maiden Name",
    "Last Name",
)


def _names(
    identities: list[Node], kind: Kind, references: _References, about: ListFile, place: str
) -> Iterator[ListedName]:
    found: dict[str, ListedName] = {}
    for identity in identities:
        groups = {
            group.get("ID"): references.value("NamePartType", group.get("NamePartTypeID"))
            for item in identity.all("NamePartGroups")
            for master in item.all("MasterNamePartGroup")
            for group in master.all("NamePartGroup")
        }
        for alias in identity.all("Alias"):
            label = references.value("AliasType", alias.get("AliasTypeID"))
            type_ = ALIAS_TYPES.get(label.casefold())
            if type_ is None:
                about.warn_unknown("AliasType", label, place)
                type_ = "alias"
            if alias.get("LowQuality") == "true":
                type_ = "weak"
            elif type_ == "primary" and alias.get("Primary") != "true":
                type_ = "alias"
            for documented in alias.all("DocumentedName"):
                text, script = _documented(documented, groups, kind, references)
                if not text:
                    continue
                is_foreign = script not in ("Latn", "") and type_ in ("primary", "alias")
                found.setdefault(
                    text.casefold(),
                    ListedName(
                        text,
                        "original_script" if is_foreign else type_,
                        script=script,
                        field=f"Alias/{label}",
                    ),
                )
    yield from sorted(found.values(), key=lambda name: name.type != "primary")


def _documented(node: Node, groups: dict[str, str], kind: Kind, references: _References) -> tuple[str, str]:
    parts = []
    for part in node.all("DocumentedNamePart"):
        for value in part.all("NamePartValue"):
            label = groups.get(value.get("NamePartGroupID"), "")
            parts.append((label, " ".join(value.text.split())))
    if kind == "person" and all(label in _GIVEN_FIRST for label, _ in parts):
        parts.sort(key=lambda part: _GIVEN_FIRST.index(part[0]))
    text = " ".join(value for _, value in parts if value)
    return text, script_of(text)


class _Facts:
    def __init__(self) -> None:
        self.dates: list[PartialDate] = []
        self.nationalities: list[str] = []
        self.identifiers: list[Identifier] = []
        self.addresses: list[Address] = []
        self.places: list[Address] = []
        self.extra: list[tuple[str, str]] = []


def _features(profile: Node, references: _References) -> _Facts:
    facts = _Facts()
    for feature in profile.all("Feature"):
        label = references.value("FeatureType", feature.get("FeatureTypeID"))
        for version in feature.all("FeatureVersion") or [feature]:
            periods = [span for item in version.all("DatePeriod") if (span := _period(item))]
            places = [
                place
                for item in version.all("VersionLocation")
                for place in references.locations(item.get("LocationID"))
            ]
            details = [
                text
                for item in version.all("VersionDetail")
                if (
                    text := " ".join(item.text.split())
                    or references.value("DetailReference", item.get("DetailReferenceID"))
                )
            ]
            if label in _BORN and periods:
                facts.dates += periods
            elif label in _COUNTRIES and places:
                facts.nationalities += [place.country or place.text for place in places]
            elif label == "Place of Birth":
                facts.places += [
                    Address(text, country=iso2(text.rpartition(",")[2])) for text in details
                ] + places
            elif label == "Location":
                facts.addresses += [place for place in places if place.text]
            elif details and (slug := _document_type(label)) != "document":
                facts.identifiers += [Identifier(slug, text, text=label, field="Feature") for text in details]
            else:
                facts.extra += [
                    (label, text)
                    for text in (
                        *details,
                        *(span.text for span in periods),
                        *(place.text for place in places),
                    )
                ]
    return facts


def _countries_of(addresses: list[Address]) -> Iterator[Country]:
    yield from countries([address.country for address in addresses], "Location")
