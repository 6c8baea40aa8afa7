"""The Denied Persons List of the US Bureau of Industry and Security, tab-separated.

Source: bis.gov, "Denied Persons List", dpl.txt.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from screening.lists.dates import us_date
from screening.lists.model import Address, Entry, ListedName, ListError, ListFile, gettext_noop
from screening.lists.places import countries, iso2
from screening.lists.rows import read_rows
from screening.lists.text import script_of

NO_NAME = gettext_noop("The row has no name.")
COLUMNS = (
    "Name", "Street_Address", "City", "State", "Country", "Postal_Code", "Effective_Date", "Expiration_Date",
    "Standard_Order", "Last_Update", "Action", "FR_Citation",
)  # fmt: skip


def parse(stream: BinaryIO, about: ListFile | None = None, file: str = "") -> Iterator[Entry]:
    """Yield each row: one denied party at one address. Firms and people are not told apart by the publisher.

    There are no ids: ours is a hash of name, address and order date. Raises ListError when columns or a name
    lack.
    """
    about = about if about is not None else ListFile()
    seen: dict[str, int] = {}
    for line, row in read_rows(stream, needed=COLUMNS, file=file, delimiter="\t"):
        name = " ".join(row["Name"].split())
        if not name:
            raise ListError("no_id", NO_NAME, file, f"line {line}")
        key = "|".join((name, row["Street_Address"], row["City"], row["Country"], row["Effective_Date"]))
        digest = sha256(key.casefold().encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        country = row["Country"] or ("US" if row["State"] else "")
        parts = (row["Street_Address"], row["City"], row["State"], row["Postal_Code"], country)
        yield about.count(
            Entry(
                source_id=digest if seen[digest] == 1 else f"{digest}-{seen[digest]}",
                kind="unknown",
                names=(ListedName(name, "primary", script=script_of(name), field="Name"),),
                countries=countries([country], "Country"),
                addresses=(Address(", ".join(part for part in parts if part), *parts[:4], iso2(country)),),
                programmes=("BIS Denied Persons",),
                listed_on=us_date(row["Effective_Date"]),
                updated_on=us_date(row["Last_Update"]),
                until=us_date(row["Expiration_Date"]),
                remarks=row["Action"],
                reasons=row["FR_Citation"],
                extra=(("Standard_Order", row["Standard_Order"]),),
            )
        )
