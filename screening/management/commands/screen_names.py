"""Screen names from a file against the lists in use."""

from __future__ import annotations

import json
import multiprocessing
import os
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from screening import matching, queries
from screening.lists import importers
from screening.lists.dates import partial_date
from screening.lists.model import Identifier, ListError
from screening.lists.places import iso2
from screening.lists.rows import readable_rows
from screening.names import Index, Match, Subject, scorer, warm

NEEDED = ("query_id", "name", "kind")
BATCH = 250  # queries that one process answers before it takes the next
KINDS = {"company": "organization", "organization": "organization", "person": "person"}


class Command(BaseCommand):
    help = (
        "Screen names. Reads a CSV with the columns query_id, name, kind (company or person) and optionally "
        "country, birth_date, identifiers (JSON object, or type:value pairs separated by semicolons). Writes "
        "one JSON line per query: query_id and hits, best first, each with list, id (the publisher's own), "
        "name, score and band. A row that cannot be read is reported by its line and left out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queries", type=Path)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument(
            "--lists", default="", help="codes separated by commas; all lists in use if left out"
        )
        parser.add_argument("--threshold", type=float, default=None, help="lowest score of a hit, 0 to 1")
        parser.add_argument(
            "--processes",
            type=int,
            default=len(os.sched_getaffinity(0)),
            help="that answer at once, all cores if left out",
        )
        parser.add_argument(
            "--files", type=Path, help="read lists from this folder (un.xml, ofac/, …), not from the database"
        )

    def handle(self, *args: Any, out: Path, lists: str, threshold: float | None, **options: Any) -> None:
        if threshold is not None and not 0 < threshold <= 1:
            raise CommandError("The threshold is a score above 0 and up to 1.")
        codes = [code.strip() for code in lists.split(",") if code.strip()]
        folder, path = options["files"], options["queries"]
        if not path.is_file():
            raise CommandError(f"{path} cannot be read: it is no file.")
        index = _from_files(folder, codes) if folder else _in_use(codes)
        warm()
        asked = 0
        wrong: list[str] = []
        rows = readable_rows(path, needed=NEEDED, read=_asked, wrong=lambda text: self._tell(text, wrong))
        try:
            with out.open("w", encoding="utf-8") as target:
                for line in _answers(index, rows, threshold, options["processes"]):
                    target.write(line + "\n")
                    asked += 1
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read or written: {error.strerror}.") from error
        except ListError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{asked} names screened against {index.entries_count} listed parties from a score of "
            f"{scorer().threshold if threshold is None else threshold}, {len(wrong)} rows left out."
        )

    def _tell(self, text: str, wrong: list[str]) -> None:
        wrong.append(text)
        self.stderr.write(text)


Asked = tuple[str, Subject]  # the query's id, and whom it asks about


def _asked(row: dict[str, str | None]) -> Asked:
    return (row["query_id"] or "").strip(), read_subject(row)


def _answers(index: Index, asked: Iterable[Asked], threshold: float | None, processes: int) -> Iterator[str]:
    """A JSON line for each query, in their order; more than one batch is shared out among processes."""
    asked = iter(asked)
    batches = iter(lambda: list(islice(asked, BATCH)), [])
    first = next(batches, [])
    _Worker.start(index, threshold)
    if processes < 2 or len(first) < BATCH:
        yield from _Worker.answer(first)
        for batch in batches:
            yield from _Worker.answer(batch)
        return
    # Forked, so that all share the index and the taggers, which are in memory by now.
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from _Worker.answer(first)
        for lines in pool.imap(_Worker.answer, batches):
            yield from lines


class _Worker:
    """What a process needs to answer, set before it is forked."""

    index: Index
    threshold: float | None

    @classmethod
    def start(cls, index: Index, threshold: float | None) -> None:
        cls.index, cls.threshold = index, threshold

    @classmethod
    def answer(cls, batch: list[Asked]) -> list[str]:
        lines = []
        for query_id, subject in batch:
            hits = [_hit(match) for match in cls.index.search(subject, threshold=cls.threshold)]
            lines.append(json.dumps({"query_id": query_id, "hits": hits}, ensure_ascii=False))
        return lines


def _in_use(codes: list[str]) -> Index:
    versions = queries.serving_versions()
    known = [version.source_id for version in versions]
    if unknown := [code for code in codes if code not in known]:
        raise CommandError(
            f"No list in use has the code {', '.join(unknown)}. In use: {', '.join(known) or 'none'}."
        )
    chosen = [version for version in versions if not codes or version.source_id in codes]
    if not chosen:
        raise CommandError("No list is in use. Import one with manage.py import_list.")
    return matching.index_of(chosen)


def _from_files(folder: Path, codes: list[str]) -> Index:
    try:
        found = importers.find(folder, codes)
        return Index.build(
            (code, entry)
            for code, path in found
            for entry in importers.read_path(importers.FAMILY_OF.get(code, code), path)
        )
    except (ListError, OSError) as error:
        raise CommandError(str(error)) from error


def read_subject(row: dict[str, str | None]) -> Subject:
    """The subject of a row. Raises ValueError with a plain sentence."""
    values = {key: (value or "").strip() for key, value in row.items() if key}
    if not values["query_id"]:
        raise ValueError("query_id is empty.")
    if not any(character.isalnum() for character in values["name"]):
        raise ValueError("name is empty.")
    if "\n" in values["name"]:
        raise ValueError("name runs over several lines; perhaps a quotation mark is not closed.")
    kind = KINDS.get(values["kind"].casefold())
    if kind is None:
        raise ValueError(f"kind is “{values['kind']}”; it must be company or person.")
    born = values.get("birth_date", "")
    date = partial_date(born) if born else None
    if born and date is None:
        raise ValueError(f"birth_date “{born}” is no date.")
    country = values.get("country", "")
    code = iso2(country)
    if country and not code:
        raise ValueError(f"country “{country}” is not known.")
    return Subject(
        kind=kind,
        names=(values["name"],),
        countries=(code,) if code else (),
        identifiers=tuple(_identifiers(values.get("identifiers", ""), code)),
        dates=(date,) if date else (),
    )


def _identifiers(text: str, country: str) -> list[Identifier]:
    if text.startswith("{"):
        try:
            pairs = list(json.loads(text).items())
        except json.JSONDecodeError as error:
            raise ValueError("identifiers is not valid JSON.") from error
    else:
        parts = [part.partition(":") for part in text.split(";") if part.strip()]
        if any(not colon for _, colon, _ in parts):
            raise ValueError("identifiers must be a JSON object or type:value pairs.")
        pairs = [(type_.strip(), value.strip()) for type_, _, value in parts]
    return [
        Identifier(type_.casefold(), str(item), country)
        for type_, value in pairs
        for item in (value if isinstance(value, list) else [value])
    ]


def _hit(match: Match) -> dict[str, Any]:
    return {
        "list": match.list_code,
        "id": match.source_id,
        "name": match.name_matched,
        "score": round(match.score, 4),
        "band": match.band,
    }
