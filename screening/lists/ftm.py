"""FollowTheMoney JSON lines (entities.ftm.json) and the simple targets table, as OpenSanctions has them.

Sanctions, addresses, documents and ownership are entities of their own that point at the subject, so the
file is read twice. Source: followthemoney.tech; data.opensanctions.org, "entities.ftm.json",
"targets.simple.csv".
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple
from io import StringIO
from typing import Any, BinaryIO

from screening.lists.aside import Aside
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
from screening.lists.rows import read_rows
from screening.lists.text import script_of

BAD_LINE = gettext_noop("The line is not a JSON object with id, schema and properties.")
NO_NAME = gettext_noop("The subject %(id)s has no name.")
NOT_TWICE = gettext_noop("The file is read twice, and this stream cannot be rewound.")
MAX_LINE = 5_000_000  # bytes

KINDS: dict[str, Kind] = {
    "Person": "person",
    "Company": "organization",
    "Organization": "organization",
    "PublicBody": "organization",
    "LegalEntity": "unknown",
    "Vessel": "vessel",
    "Airplane": "aircraft",
}
NAME_PROPERTIES: dict[str, NameType] = {
    "name": "primary",
    "alias": "alias",
    "abbreviation": "alias",
    "previousName": "former",
    "weakAlias": "weak",
}
IDENTIFIERS = {
    "leiCode": "lei",
    "imoNumber": "imo",
    "innCode": "inn",
    "ogrnCode": "ogrn",
    "kppCode": "kpp",
    "swiftBic": "bic",
    "isinCode": "isin",
    "registrationNumber": "registration",
    "taxNumber": "tax",
    "vatCode": "tax",
    "passportNumber": "passport",
    "idNumber": "national_id",
    "socialSecurityNumber": "social_security",
    "uscCode": "uscc",
    "uniqueEntityId": "uei",
    "mmsi": "mmsi",
    "dunsCode": "duns",
}
_COUNTRIES = ("jurisdiction", "country", "mainCountry", "flag")
_LINKS = {
    "Ownership": ("asset", "owner", "owned_by"),
    "Directorship": ("organization", "director", "directed_by"),
    "Associate": ("person", "associate", "associate"),
    "Family": ("person", "relative", "family"),
    "Membership": ("organization", "member", "member"),
    "UnknownLink": ("subject", "object", "linked_to"),
    "Representation": ("client", "agent", "represented_by"),
}


def _lines(stream: BinaryIO, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE), b""), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            if not (item["id"] and item["schema"] and isinstance(item["properties"], dict)):
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ListError("bad_row", BAD_LINE, file, f"line {number}") from error
        yield number, item


class _Pointing:
    """What points at the subjects, by the id pointed at: sanctions, addresses, documents, links."""

    def __init__(self, aside: Aside) -> None:
        self.aside = aside

    def read(self, item: dict[str, Any]) -> None:
        schema, properties = item["schema"], item["properties"]
        if schema == "Sanction":
            kept = (
                "program",
                "programId",
                "reason",
                "startDate",
                "listingDate",
                "endDate",
                "modifiedAt",
                "authorityId",
            )
            for target in properties.get("entity", ()):
                self.aside.add("sanction", target, {name: properties.get(name, []) for name in kept})
        elif schema in ("Identification", "Passport"):
            country = next(iter(properties.get("country", ())), "")
            type_ = "passport" if schema == "Passport" else "document"
            for target in properties.get("holder", ()):
                for number in properties.get("number", ()):
                    label = ", ".join(properties.get("type", ()))
                    self.aside.add("document", target, (type_, number, iso2(country), label, schema))
        elif schema == "Address":
            full = next(iter(properties.get("full", ())), item.get("caption", ""))
            country = next(iter(properties.get("country", ())), "")
            city, street = (next(iter(properties.get(name, ())), "") for name in ("city", "street"))
            self.aside.add("address", item["id"], astuple(Address(full, street, city, country=iso2(country))))
        elif schema in _LINKS:
            near, far, kind = _LINKS[schema]
            role = ", ".join(properties.get("role", ()))
            for target in properties.get(near, ()):
                for other in properties.get(far, ()):
                    self.aside.add("relation", target, astuple(Relation(kind, target_id=other, text=role)))

    def sanctions(self, subject: str) -> list[dict[str, list[str]]]:
        return self.aside.of("sanction", subject)

    def documents(self, subject: str) -> list[Identifier]:
        return [Identifier(*parts) for parts in self.aside.of("document", subject)]

    def relations(self, subject: str) -> tuple[Relation, ...]:
        return tuple(Relation(*parts) for parts in self.aside.of("relation", subject))

    def addresses(self, address: str) -> list[Address]:
        return [Address(*parts) for parts in self.aside.of("address", address)]


def parse(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each subject: people, organizations, vessels and aircraft.

    Targets only, where the file marks any.

    Raises ListError with the line that is no entity, or when the stream cannot be rewound.
    """
    about = about if about is not None else ListFile()
    if not stream.seekable():
        raise ListError("not_seekable", NOT_TWICE, file)
    with closing(Aside()) as aside:
        pointing, has_targets = _Pointing(aside), False
        for _, item in _lines(stream, file):
            has_targets = has_targets or item.get("target") is True
            pointing.read(item)
        stream.seek(0)
        for number, item in _lines(stream, file):
            if item["schema"] in KINDS and (item.get("target") is True or not has_targets):
                yield about.count(_entry(item, pointing, file, number))


def _entry(item: dict[str, Any], pointing: _Pointing, file: str, line: int) -> Entry:
    source_id, properties = item["id"], item["properties"]
    names: dict[str, ListedName] = {}
    caption = item.get("caption") or ""
    for field, type_ in NAME_PROPERTIES.items():
        values = sorted(properties.get(field, ()), key=lambda text: text != caption)
        for text in values:
            script = script_of(text)
            kind: NameType = "alias" if type_ == "primary" and names else type_
            if script not in ("Latn", "") and kind == "alias":
                kind = "original_script"
            names.setdefault(text.casefold(), ListedName(text, kind, script=script, field=field))
    if not names:
        raise ListError("no_id", NO_NAME, file, f"line {line}", id=source_id)
    sanctions = pointing.sanctions(source_id)

    def of(*fields: str) -> list[str]:
        return [text for sanction in sanctions for field in fields for text in sanction[field]]

    starts = [day for text in of("listingDate", "startDate") if (day := exact_date(text))]
    ends = [day for text in of("endDate") if (day := exact_date(text))]
    changes = [
        day for text in (*of("modifiedAt"), item.get("last_change") or "") if (day := exact_date(text))
    ]
    births = (*properties.get("birthDate", ()), *properties.get("incorporationDate", ()))
    nearby = [place for id_ in properties.get("addressEntity", ()) for place in pointing.addresses(id_)]
    return Entry(
        source_id=source_id,
        kind=KINDS[item["schema"]],
        names=tuple(names.values()),
        identifiers=(
            *(
                Identifier(type_, value, field=field)
                for field, type_ in IDENTIFIERS.items()
                for value in properties.get(field, ())
            ),
            *pointing.documents(source_id),
        ),
        dates=tuple(born for text in births if (born := partial_date(text))),
        nationalities=countries(
            [*properties.get("nationality", ()), *properties.get("citizenship", ())], "nationality"
        ),
        countries=countries([text for field in _COUNTRIES for text in properties.get(field, ())], "country"),
        places=tuple(Address(text) for text in properties.get("birthPlace", ())),
        addresses=(*(Address(text) for text in properties.get("address", ())), *nearby),
        programmes=tuple(dict.fromkeys(of("program", "programId"))),
        listed_on=min(starts, default=None),
        updated_on=max(changes, default=None),
        until=max(ends, default=None),
        remarks="\n".join(properties.get("notes", ())),
        reasons="\n".join(of("reason")),
        relations=pointing.relations(source_id),
        reference=", ".join(dict.fromkeys(of("authorityId"))),
        extra=tuple(("topics", text) for text in properties.get("topics", ())),
    )


def _split(cell: str) -> list[str]:
    """The values of a cell: separated by semicolons, quoted like CSV where a value holds one itself."""
    rows = list(csv.reader(StringIO(cell), delimiter=";"))
    return [text.strip() for row in rows for text in row if text.strip()]


def parse_targets(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each row of targets.simple.csv. Raises ListError when columns, an id or a name lack."""
    about = about if about is not None else ListFile()
    needed = ("id", "schema", "name", "aliases", "birth_date", "countries", "identifiers")
    for line, row in read_rows(stream, needed=needed, file=file):
        if not row["id"] or not row["name"]:
            raise ListError("no_id", NO_NAME, file, f"line {line}", id=row["id"] or "?")
        kind = KINDS.get(row["schema"])
        if kind is None:
            about.warn_unknown("schema", row["schema"], f"line {line}")
            kind = "unknown"
        names = [ListedName(row["name"], "primary", script=script_of(row["name"]), field="name")]
        for text in _split(row["aliases"]):
            script = script_of(text)
            names.append(
                ListedName(
                    text,
                    "alias" if script in ("Latn", "") else "original_script",
                    script=script,
                    field="aliases",
                )
            )
        yield about.count(
            Entry(
                source_id=row["id"],
                kind=kind,
                names=tuple(names),
                identifiers=tuple(
                    Identifier("document", text, field="identifiers") for text in _split(row["identifiers"])
                ),
                dates=tuple(day for text in _split(row["birth_date"]) if (day := partial_date(text))),
                countries=countries(_split(row["countries"]), "countries"),
                addresses=tuple(Address(text) for text in _split(row.get("addresses", ""))),
                programmes=tuple(_split(row.get("program_ids", "")) or _split(row.get("sanctions", ""))),
                listed_on=exact_date(row.get("first_seen", "")),
                updated_on=exact_date(row.get("last_change", "")),
                extra=tuple(
                    (field, row[field]) for field in ("dataset", "phones", "emails") if row.get(field)
                ),
            )
        )
