"""Canada's consolidated autonomous sanctions list (Special Economic Measures Act and others), official XML.

Source: international.gc.ca, "Consolidated Canadian Autonomous Sanctions List", XML; read as of May 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from screening.lists.dates import exact_date, partial_date
from screening.lists.model import Entry, Identifier, Kind, ListedName, ListError, ListFile, gettext_noop
from screening.lists.places import countries
from screening.lists.text import script_of
from screening.lists.xml_records import Node, read_records

NO_NAME = gettext_noop("An entry has neither a family or given name nor an entity or ship name.")
# A comma ends a name of a person; in "Trading Co., Ltd" it belongs to it.
_BETWEEN_PEOPLE = re.compile(r"\s*[;,|]\s*")
_BETWEEN_OTHERS = re.compile(r"\s*(?:[;|]|/\s)\s*")
_LANGUAGE = re.compile(
    r"^(?:Arabic|Belarusian|Burmese|Chinese|Persian|Farsi|Russian|Ukrainian|French|Spanish): *", re.I
)
KNOWN = frozenset(
    {
        "Country",
        "LastName",
        "GivenName",
        "EntityOrShip",
        "Entity",
        "DateOfBirthOrShipBuildDate",
        "DateOfBirth",
        "Schedule",
        "Item",
        "DateOfListing",
        "Aliases",
        "TitleOrShip",
        "Title",
        "ShipIMONumber",
    }
)


def parse(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each record. The publisher gives no ids: programme, schedule and item together are one.

    Raises ListError when the file is damaged, is another kind of file, or a record has no name.
    """
    about = about if about is not None else ListFile()
    records = read_records(stream, root={"data-set"}, records={"record"}, file=file)
    next(records)
    for node in records:
        yield about.count(_entry(node, about, file))


def _entry(node: Node, about: ListFile, file: str) -> Entry:
    place = f"line {node.line}"
    for child in node.children:
        if child.tag not in KNOWN:
            about.warn_unknown("record", child.tag, place)
    family, given = node.value("LastName"), node.value("GivenName")
    entity = node.value("EntityOrShip") or node.value("Entity")
    title = node.value("TitleOrShip") or node.value("Title")
    imo = node.value("ShipIMONumber")
    name = " ".join(part for part in (given, family) if part) or entity
    if not name:
        raise ListError("no_id", NO_NAME, file, place)
    kind: Kind = "person" if family or given else "vessel" if imo else "organization"
    programme, schedule, item = node.value("Country"), node.value("Schedule"), node.value("Item")
    names = [
        ListedName(
            name,
            "primary",
            script=script_of(name),
            field="GivenName LastName" if kind == "person" else "EntityOrShip",
        )
    ]
    between = _BETWEEN_PEOPLE if kind == "person" else _BETWEEN_OTHERS
    aliases = (_LANGUAGE.sub("", alias) for alias in re.split(between, node.value("Aliases")))
    names += [
        ListedName(alias, "alias", script=script_of(alias), field="Aliases")
        for alias in aliases
        if alias and alias.casefold() != name.casefold()
    ]
    born = partial_date(node.value("DateOfBirthOrShipBuildDate") or node.value("DateOfBirth"))
    return Entry(
        source_id="; ".join(part for part in (programme.partition(" / ")[0], schedule, item) if part),
        kind=kind,
        names=tuple(names),
        identifiers=(Identifier("imo", imo, field="ShipIMONumber"),) if imo else (),
        dates=(born,) if born else (),
        countries=countries([programme.partition(" / ")[0]], "Country") if kind != "vessel" else (),
        programmes=(programme,) if programme else (),
        listed_on=exact_date(node.value("DateOfListing")),
        reference=", ".join(part for part in (schedule, item) if part),
        extra=(("TitleOrShip", title),) if title else (),
    )
