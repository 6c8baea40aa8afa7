"""Score pairs of names from a file; no database."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from screening.lists.dates import partial_date
from screening.lists.model import Identifier, ListedName, ListError, PartialDate
from screening.lists.places import iso2
from screening.lists.rows import readable_rows
from screening.names import Listed, Subject, compare_pairs, warm

AT_ONCE = 100  # pairs, which the scorer takes together
NEEDED = ("pair_id", "query_name", "candidate_names")
KINDS = {"person": "person", "company": "organization", "organization": "organization"}
# Keys of the identifier columns that are not simply the type of an identifier.
TYPES = {
    "ssn": "social_security",
    "drivers_license": "driver_licence",
    "tax_id": "tax",
    "registration_number": "registration",
    "company_number": "registration",
}


class Command(BaseCommand):
    help = (
        "Score pairs. Reads a CSV with the columns pair_id, query_name, candidate_names (JSON list) and "
        "optionally schema, query_country, candidate_country, query_identifiers, candidate_identifiers (JSON "
        "objects); writes pair_id,score (0 to 1, 6 decimals). A row that cannot be read is reported by its "
        "line and left out."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pairs", type=Path)
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *args: Any, pairs: Path, out: Path, **options: Any) -> None:
        warm()
        scored = 0
        wrong: list[str] = []
        rows = readable_rows(
            pairs, needed=NEEDED, read=_identified, wrong=lambda text: self._tell(text, wrong)
        )
        try:
            with out.open("w", newline="", encoding="utf-8") as target:
                writer = csv.writer(target)
                writer.writerow(["pair_id", "score"])
                while batch := list(islice(rows, AT_ONCE)):
                    matches = compare_pairs([sides for _, sides in batch])
                    for (pair_id, _), match in zip(batch, matches, strict=True):
                        writer.writerow([pair_id, f"{match.score:.6f}"])
                    scored += len(batch)
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read or written: {error.strerror}.") from error
        except ListError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{scored} pairs scored, {len(wrong)} rows left out.")

    def _tell(self, text: str, wrong: list[str]) -> None:
        wrong.append(text)
        self.stderr.write(text)


def _identified(row: dict[str, str | None]) -> tuple[str, tuple[Subject, Listed]]:
    return row["pair_id"] or "", read_pair(row)


def read_pair(row: dict[str, str | None]) -> tuple[Subject, Listed]:
    """The two sides of a row. Raises ValueError with a plain sentence."""
    name = (row.get("query_name") or "").strip()
    names = _json(row, "candidate_names", list)
    if not name or not names or not all(isinstance(item, str) and item.strip() for item in names):
        raise ValueError("query_name or candidate_names is empty.")
    kind = KINDS.get((row.get("schema") or "").strip().casefold(), "unknown")
    countries, their_countries = _countries(row, "query_country"), _countries(row, "candidate_country")
    ours, our_dates = _facts(_json(row, "query_identifiers", dict), countries)
    theirs, their_dates = _facts(_json(row, "candidate_identifiers", dict), their_countries)
    return (
        Subject(kind, (name,), countries, ours, our_dates),
        Listed(
            "",
            row.get("pair_id") or "",
            kind,
            tuple(ListedName(item, "alias" if number else "primary") for number, item in enumerate(names)),
            their_countries,
            theirs,
            their_dates,
        ),
    )


def _json(row: dict[str, str | None], column: str, type_: type) -> Any:
    text = (row.get(column) or "").strip()
    if not text:
        return type_()
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{column} is not valid JSON.") from error
    if not isinstance(value, type_):
        raise ValueError(f"{column} is not a JSON {'list' if type_ is list else 'object'}.")
    return value


def _countries(row: dict[str, str | None], column: str) -> tuple[str, ...]:
    texts = (row.get(column) or "").replace("|", ";").split(";")
    return tuple(code for text in texts if (code := iso2(text)))


def _facts(
    values: dict[str, Any], countries: tuple[str, ...]
) -> tuple[tuple[Identifier, ...], tuple[PartialDate, ...]]:
    """Identifiers and dates of one side. An identifier takes the side's country where there is just one."""
    identifiers, dates = [], []
    country = countries[0] if len(countries) == 1 else ""
    for key, value in values.items():
        for text in value if isinstance(value, list) else [value]:
            if "date" in key or key in ("dob", "incorporated"):
                if found := partial_date(str(text)):
                    dates.append(found)
                continue
            type_ = key.casefold().removesuffix("_number")
            type_ = TYPES.get(type_, TYPES.get(key.casefold(), type_))
            identifiers.append(Identifier(type_, str(text), "" if type_ == "email_address" else country))
    return tuple(identifiers), tuple(dates)
