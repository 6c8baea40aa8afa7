"""Firms and individuals that the World Bank Group declared ineligible, as its JSON service or as CSV tables.

Source: worldbank.org, "Procurement: ineligible firms and individuals"; JSON element ZPROCSUPP.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import BinaryIO

from screening.lists.aside import Aside
from screening.lists.dates import exact_date
from screening.lists.json_records import read_items
from screening.lists.model import Address, Entry, ListedName, ListError, ListFile, NameType, gettext_noop
from screening.lists.places import countries, iso2
from screening.lists.rows import read_rows
from screening.lists.text import script_of

NO_LIST = gettext_noop("The file has no list of suppliers (response.ZPROCSUPP).")
NO_ID = gettext_noop("The entry has no id or no name.")
MISSING = gettext_noop("The list comes as several files, and the one with the entries is not among them.")

_FOOTNOTE = re.compile(r"\s*\*\s*\d+\s*$|\s*\*+\s*\d*\s*")
_OTHER_NAMES = re.compile(
    r"[\s,;(]+(?P<how>(?:also known as|a\.?/?k\.?/?a\.?|d\.?/?b\.?/?a\.?|doing business as|trading as|"
    r"f\.?/?k\.?/?a\.?|formerly known as|formerly|previously known as|name change(?:d)? from|n/k/a))"
    r"(?:\s*:\s*|\s+)",
    re.IGNORECASE,
)


def split_names(text: str, field: str) -> tuple[ListedName, ...]:
    """The names that the bank writes into one field: "X (f/k/a Y), a.k.a. Z *12" is X, formerly Y, also Z."""
    text = _FOOTNOTE.sub(" ", text)
    pieces = _OTHER_NAMES.split(text)
    found: dict[str, ListedName] = {}

    def add(name: str, type_: NameType) -> None:
        name = " ".join(name.split()).strip(" ,;")
        if name.count(")") > name.count("("):
            name = name.rstrip(") ,;")
        if any(character.isalnum() for character in name):
            found.setdefault(name.casefold(), ListedName(name, type_, script=script_of(name), field=field))

    add(pieces[0], "primary")
    for how, name in zip(pieces[1::2], pieces[2::2], strict=True):
        former = how.casefold().startswith(("f", "name", "prev"))
        add(name, "former" if former else "alias")
    return tuple(found.values())


def parse_json(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each supplier of the bank's JSON answer. It has no kind: a supplier may be a firm or a person.

    Raises ListError when the file is not that JSON, or a supplier lacks id or name.
    """
    about = about if about is not None else ListFile()
    suppliers = read_items(stream, ("response", "ZPROCSUPP"), absent=NO_LIST, file=file)
    for number, item in enumerate(suppliers, start=1):
        row = {key: str(value or "").strip() for key, value in item.items()} if isinstance(item, dict) else {}
        names = split_names(row.get("SUPP_NAME", ""), "SUPP_NAME")
        if not row.get("SUPP_ID") or not names:
            raise ListError("no_id", NO_ID, file, f"supplier {number}")
        street, city, region, postcode, country = (
            row.get(key, "")
            for key in ("SUPP_ADDR", "SUPP_CITY", "SUPP_STATE_CODE", "SUPP_ZIP_CODE", "COUNTRY_NAME")
        )
        text = ", ".join(part for part in (street, city, region, postcode, country) if part)
        address = Address(text, street, city, region, postcode, iso2(country))
        kept = (
            "DEBAR_FROM_DATE",
            "DEBAR_TO_DATE",
            "SUPP_TYPE_CODE",
            "INELIGIBLY_STATUS",
            "SUPP_PRE_ACRN",
            "SUPP_POST_ACRN",
        )
        yield about.count(
            Entry(
                source_id=row["SUPP_ID"],
                kind="unknown",
                names=names,
                countries=countries([row.get("COUNTRY_NAME", "")], "COUNTRY_NAME"),
                addresses=(address,) if address.text else (),
                programmes=tuple(filter(None, [row.get("DEBAR_REASON", "")])),
                listed_on=exact_date(row.get("DEBAR_FROM_DATE", "")),
                until=exact_date(row.get("DEBAR_TO_DATE", "")),
                reasons=row.get("DEBAR_REASON", ""),
                remarks=row.get("ADD_SUPP_INFO", ""),
                extra=tuple((key, row[key]) for key in kept if row.get(key)),
            )
        )


def parse_csv(files: Mapping[str, BinaryIO], about: ListFile | None = None) -> Iterator[Entry]:
    """Yield each entry of the CSV tables: a file of entries and optionally _addresses.csv and _aliases.csv.

    Raises ListError when the entries are missing or a row cannot be read.
    """
    about = about if about is not None else ListFile()
    main = [name for name in files if not name.endswith(("_addresses.csv", "_aliases.csv"))]
    if not main:
        raise ListError("missing_file", MISSING)
    with closing(Aside()) as aside:
        for name, stream in files.items():
            if name.endswith("_addresses.csv"):
                for _, row in read_rows(stream, needed=("entity_id", "text", "country_name"), file=name):
                    aside.add("address", row["entity_id"], (row["text"], row["country_name"]))
            elif name.endswith("_aliases.csv"):
                for _, row in read_rows(stream, needed=("entity_id", "name"), file=name):
                    aside.add("alias", row["entity_id"], row["name"])
        for entry in _table(main[0], files[main[0]], aside):
            yield about.count(entry)


def _table(file: str, stream: BinaryIO, aside: Aside) -> Iterator[Entry]:
    for line, row in read_rows(stream, needed=("id", "name", "program"), file=file):
        names = split_names(row["name"], "name")
        if not row["id"] or not names:
            raise ListError("no_id", NO_ID, file, f"line {line}")
        more = (name for text in aside.of("alias", row["id"]) for name in split_names(text, "aliases"))
        known = {name.text.casefold() for name in names}
        extra_names = tuple(
            ListedName(name.text, "alias", script=name.script, field=name.field)
            for name in more
            if name.text.casefold() not in known
        )
        where = aside.of("address", row["id"])
        yield Entry(
            source_id=row["id"],
            kind="unknown",
            names=names + extra_names,
            countries=countries([country for _, country in where], "country_name"),
            addresses=tuple(Address(text, country=iso2(country)) for text, country in where if text),
            programmes=tuple(filter(None, [row["program"]])),
            listed_on=exact_date(row.get("listed_at", "")),
            updated_on=exact_date(row.get("updated_at", "")),
            reasons=row["program"],
            remarks=row.get("summary", ""),
        )
