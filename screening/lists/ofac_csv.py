"""OFAC's SDN and consolidated lists in the legacy CSV set: primary, aliases, addresses, and long remarks.

No header, "-0- " for nothing, a closing control-Z. The set marks neither weak aliases nor scripts (weak
aliases sit in the remarks), so the advanced XML is preferred where it can be fetched.
Source: ofac.treasury.gov, "Specially Designated Nationals List: data formats", legacy formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import BinaryIO

from screening.lists.aside import Aside
from screening.lists.model import (
    Address,
    Country,
    Entry,
    Kind,
    ListedName,
    ListError,
    ListFile,
    NameType,
    gettext_noop,
)
from screening.lists.ofac_remarks import Remarks, read_remarks
from screening.lists.places import countries, iso2
from screening.lists.rows import read_cells
from screening.lists.text import script_of

MISSING = gettext_noop("The list comes as several files, and %(missing)s is not among them.")
BAD_ID = gettext_noop("The row has no number as its id, but “%(value)s”.")
NO_NAME = gettext_noop("The entry has no name.")

ROLES = {
    "primary": ("sdn.csv", "cons_prim.csv"),
    "aliases": ("alt.csv", "cons_alt.csv"),
    "addresses": ("add.csv", "cons_add.csv"),
    "comments": ("sdn_comments.csv", "cons_comments.csv"),
}
KINDS: dict[str, Kind] = {
    "": "organization",
    "individual": "person",
    "vessel": "vessel",
    "aircraft": "aircraft",
}
ALIAS_TYPES: dict[str, NameType] = {"aka": "alias", "fka": "former", "nka": "alias"}


def parse(files: Mapping[str, BinaryIO], about: ListFile | None = None) -> Iterator[Entry]:
    """Yield each entry of a set of files, by name (sdn.csv, alt.csv, …; or cons_prim.csv, …).

    The comments file is optional. Raises ListError when a file is missing or a row cannot be read.
    """
    about = about if about is not None else ListFile()
    named = {role: (name, files[name]) for role, names in ROLES.items() for name in names if name in files}
    for role in ("primary", "aliases", "addresses"):
        if role not in named:
            raise ListError("missing_file", MISSING, missing=" / ".join(ROLES[role]))
    with closing(Aside()) as aside:
        for sort, width in (("aliases", 5), ("addresses", 6), ("comments", 2)):
            if sort in named:
                _put_aside(aside, sort, *named[sort], width=width)
        file, stream = named["primary"]
        for line, cells in read_cells(stream, file=file, width=12):
            values = [_plain(cell) for cell in cells]
            _check_id(values[0], file, line)
            if not values[1]:
                raise ListError("no_id", NO_NAME, file, f"line {line}")
            remark = "".join([cells[11].strip(), *(row[1] for row in aside.of("comments", values[0]))])
            aliases, addresses = aside.of("aliases", values[0]), aside.of("addresses", values[0])
            yield about.count(_entry(values, aliases, addresses, remark, about, file, line))


def _plain(cell: str) -> str:
    text = cell.strip()
    return "" if text == "-0-" else " ".join(text.split())


def _check_id(value: str, file: str, line: int) -> None:
    if not value.isdigit():
        raise ListError("no_id", BAD_ID, file, f"line {line}", value=value[:60])


def _put_aside(aside: Aside, sort: str, file: str, stream: BinaryIO, *, width: int) -> None:
    for line, cells in read_cells(stream, file=file, width=width):
        values = [_plain(cell) for cell in cells]
        _check_id(values[0], file, line)
        aside.add(sort, values[0], values)


def _name_in_order(name: str, kind: Kind) -> str:
    """ "SURNAME, Given" of people as it is spoken; other names keep their commas."""
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if kind == "person" and comma else name


def _entry(
    values: list[str],
    aliases: list[list[str]],
    addresses: list[list[str]],
    remark: str,
    about: ListFile,
    file: str,
    line: int,
) -> Entry:
    source_id, name, type_, programme, title, call_sign, vessel_type, tonnage, grt, flag, owner, _ = values
    kind = KINDS.get(type_.casefold())
    if kind is None:
        about.warn_unknown("SDN_Type", type_, f"{file}, line {line}")
        kind = "unknown"
    remarks = read_remarks(_plain(remark))
    where = tuple(_address(row) for row in addresses if any(row[2:5]))
    extra = zip(
        ("Title", "Call_Sign", "Vess_type", "Tonnage", "GRT", "Vess_flag", "Vess_owner"),
        (title, call_sign, vessel_type, tonnage, grt, flag, owner),
        strict=True,
    )
    return Entry(
        source_id=source_id,
        kind=kind,
        names=tuple(_names(name, kind, aliases, remarks, about)),
        identifiers=tuple(remarks.identifiers),
        dates=tuple(remarks.dates),
        nationalities=tuple(remarks.nationalities),
        countries=_countries(addresses, flag),
        places=tuple(remarks.places),
        addresses=where,
        programmes=tuple(part.strip(" []") for part in programme.split("] [") if part.strip(" []")),
        remarks=_plain(remark),
        relations=tuple(remarks.relations),
        extra=tuple((field, value) for field, value in extra if value),
    )


def _names(
    name: str, kind: Kind, aliases: list[list[str]], remarks: Remarks, about: ListFile
) -> Iterator[ListedName]:
    spoken = _name_in_order(name, kind)
    seen = {spoken.casefold()}
    yield ListedName(spoken, "primary", script=script_of(spoken), field="SDN_Name")
    for row in aliases:
        type_ = ALIAS_TYPES.get(row[2])
        if type_ is None:
            about.warn_unknown("alt_type", row[2], f"entry {row[0]}")
            type_ = "alias"
        spoken = _name_in_order(row[3], kind)
        if spoken and spoken.casefold() not in seen:
            seen.add(spoken.casefold())
            yield ListedName(spoken, type_, script=script_of(spoken), field=f"alt_name/{row[2]}")
    for item in remarks.names:
        spoken = _name_in_order(item.text, kind)
        if spoken.casefold() not in seen:
            seen.add(spoken.casefold())
            yield ListedName(spoken, item.type, script=item.script, field=item.field)


def _address(row: list[str]) -> Address:
    _, _, street, city, country, note = row
    text = ", ".join(part for part in (street, city, country) if part)
    return Address(text, street, city, country=iso2(country), note=note)


def _countries(addresses: list[list[str]], flag: str) -> tuple[Country, ...]:
    return countries([row[4] for row in addresses], "Country") + countries([flag], "Vess_flag")
