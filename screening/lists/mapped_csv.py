"""Any table with a header, read by a mapping kept with the source: field of ours to column of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from screening.lists.dates import exact_date, partial_date
from screening.lists.model import (
    Address,
    Entry,
    Identifier,
    Kind,
    ListedName,
    ListError,
    ListFile,
    gettext_noop,
)
from screening.lists.places import countries, iso2
from screening.lists.rows import read_rows
from screening.lists.text import script_of

NO_ID = gettext_noop("The row has no id or no name.")
BAD_MAPPING = gettext_noop("The mapping names the field “%(field)s”, which does not exist.")
NEEDS = gettext_noop("The mapping must say which columns hold id and name.")
# Fields of a mapping. Those marked many may hold several values in one cell, separated by `separator`.
FIELDS = frozenset(
    {"id", "name", "kind", "listed_on", "updated_on", "until", "remarks", "reasons", "address"}
)
MANY = frozenset({"alias", "former", "weak", "country", "nationality", "birth_date", "programme"})
KIND_WORDS: dict[str, Kind] = {
    "person": "person",
    "individual": "person",
    "company": "organization",
    "entity": "organization",
    "organization": "organization",
    "organisation": "organization",
    "firm": "organization",
    "vendor": "unknown",
    "vessel": "vessel",
    "ship": "vessel",
    "aircraft": "aircraft",
}


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raises ListError for an unknown field or without id and name.

    "identifier:lei" maps an identifier's type.
    """
    for field in mapping:
        if field not in FIELDS | MANY and not field.startswith("identifier:"):
            raise ListError("bad_mapping", BAD_MAPPING, field=field)
    if not mapping.get("id") or not mapping.get("name"):
        raise ListError("bad_mapping", NEEDS)


def parse_with(
    stream: BinaryIO, mapping: Mapping[str, Any], about: ListFile | None = None, file: str = ""
) -> Iterator[Entry]:
    """`parse` by the mapping kept with a source.

    {"columns": {field: column}, "delimiter": ",", "separator": ";", "kind": "unknown"}; all but the columns
    may be left out.
    """
    delimiter = mapping.get("delimiter", ",")
    yield from parse(
        stream,
        mapping.get("columns", {}),
        about,
        file,
        delimiter="\t" if delimiter == "tab" else delimiter,
        separator=mapping.get("separator", ";"),
        kind=mapping.get("kind", "unknown"),
    )


def parse(
    stream: BinaryIO,
    mapping: Mapping[str, str],
    about: ListFile | None = None,
    file: str = "",
    *,
    delimiter: str = ",",
    separator: str = ";",
    kind: Kind = "unknown",
) -> Iterator[Entry]:
    """Yield each row. `kind` is the kind of rows that do not say theirs.

    Columns without a field go to `extra`.

    Raises ListError when the mapping is wrong, a column is missing, or a row has no id or name.
    """
    about = about if about is not None else ListFile()
    check_mapping(mapping)
    used = set(mapping.values())
    for line, row in read_rows(stream, needed=sorted(used), file=file, delimiter=delimiter):

        def one(field: str, row: dict[str, str] = row) -> str:
            return row.get(mapping.get(field, ""), "").strip()

        def many(field: str, row: dict[str, str] = row) -> list[str]:
            return [
                text.strip() for text in row.get(mapping.get(field, ""), "").split(separator) if text.strip()
            ]

        source_id, name = one("id"), " ".join(one("name").split())
        if not source_id or not any(character.isalnum() for character in name):
            raise ListError("no_id", NO_ID, file, f"line {line}")
        names = [ListedName(name, "primary", script=script_of(name), field=mapping["name"])]
        for type_ in ("alias", "former", "weak"):
            names += [
                ListedName(text, type_, script=script_of(text), field=mapping[type_]) for text in many(type_)
            ]
        found: Kind = kind
        if word := one("kind"):
            known = KIND_WORDS.get(word.casefold())
            if known is None:
                about.warn_unknown(mapping["kind"], word, f"line {line}")
            found = known or kind
        country = many("country")
        yield about.count(
            Entry(
                source_id=source_id,
                kind=found,
                names=tuple(names),
                identifiers=tuple(
                    Identifier(
                        field.partition(":")[2], value, iso2(country[0]) if country else "", field=column
                    )
                    for field, column in mapping.items()
                    if field.startswith("identifier:") and (value := row.get(column, ""))
                ),
                dates=tuple(day for text in many("birth_date") if (day := partial_date(text))),
                nationalities=countries(many("nationality"), mapping.get("nationality", "")),
                countries=countries(country, mapping.get("country", "")),
                addresses=(Address(one("address"), country=iso2(country[0]) if country else ""),)
                if one("address")
                else (),
                programmes=tuple(many("programme")),
                listed_on=exact_date(one("listed_on")),
                updated_on=exact_date(one("updated_on")),
                until=exact_date(one("until")),
                remarks=one("remarks"),
                reasons=one("reasons"),
                extra=tuple((column, value) for column, value in row.items() if column not in used and value),
            )
        )
