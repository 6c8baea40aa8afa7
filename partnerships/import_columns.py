"""What a file of records can hold: its columns, and how a cell becomes a value. No queries, no writes."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import openpyxl
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils.exceptions import InvalidFileException
from rigour.ids import LEI

from partnerships import iati
from partnerships.models import (
    ContributionKind,
    Modality,
    PartnerKind,
    PartnershipStatus,
    PartnershipType,
    Purpose,
    RecordKind,
    Scope,
)
from partnerships.models.dates import PARTIAL_DATE
from portal.errors import RuleViolation
from portal.themes import Theme
from portal.typed import plain_date, plain_number

MAX_ROWS = 20_000
MAX_COLUMNS = 100
AMBIGUOUS = re.compile(r"\d{1,3}\.\d{3}")  # "250.000": no table says in which language it was written
SEPARATORS = re.compile(r"[;|\n]")
STATUSES = [
    PartnershipStatus.IDEA,
    PartnershipStatus.DESIGN,
    PartnershipStatus.ACTIVE,
    PartnershipStatus.CLOSED,
]


class BadCell(Exception):
    """What is wrong with a cell, as a sentence."""


@dataclass(frozen=True)
class Known:
    """The codes of reference tables, read once for a whole file."""

    countries: Mapping[str, str]  # what may be written, folded, and the code it stands for
    targets: frozenset[str]
    entities: Mapping[str, str]


@dataclass(frozen=True)
class Column:
    name: str
    label: str | Promise
    parse: Callable[[str, Known], Any]
    is_required: bool = False
    is_public: bool = False  # required where the record is shown to everybody
    also: Sequence[str] = ()  # other headings it is recognised by


@dataclass(frozen=True)
class NamedCompany:
    """A company as a cell names it: "Fictional Works [KEN, 5493001KJTIIGC8Y1R12]"; "" where not said."""

    name: str
    country: str = ""
    lei: str = ""


@dataclass
class Row:
    """A row of a file: its line, the values of its good cells, and what is wrong with the others."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def blame(self, heading: str, cell: str, message: str) -> None:
        self.problems.append({"row": self.number, "column": heading, "value": cell[:80], "message": message})


# --- cells --------------------------------------------------------------------------------------------------


def text(limit: int) -> Callable[[str, Known], str]:
    def parse(cell: str, known: Known) -> str:
        if len(cell) > limit:
            raise BadCell(
                _("It has %(length)d letters; %(limit)d are the most.")
                % {"length": len(cell), "limit": limit}
            )
        return cell

    return parse


def one_of(choices: Iterable[tuple[str, str | Promise]]) -> Callable[[str, Known], str]:
    """A code, or its label in English or in the reader's language."""
    listed = list(choices)

    def parse(cell: str, known: Known) -> str:
        wanted = fold(cell)
        for code, label in listed:
            if wanted in (fold(code), fold(str(label))):
                return code
        raise BadCell(
            _("“%(value)s” is none of: %(codes)s.")
            % {"value": cell[:60], "codes": ", ".join(code for code, _label in listed)}
        )

    return parse


def many_of(choices: type[models.TextChoices]) -> Callable[[str, Known], list[str]]:
    single = one_of(choices.choices)
    return lambda cell, known: list(dict.fromkeys(single(part, known) for part in parts_of(cell)))


def parts_of(cell: str) -> list[str]:
    return [part.strip() for part in SEPARATORS.split(cell) if part.strip()]


def fold(words: str) -> str:
    return " ".join(words.replace("_", " ").split()).casefold()


def partial_date(cell: str, known: Known) -> str:
    cell = plain_date(cell)
    if not re.match(PARTIAL_DATE, cell):
        raise BadCell(_("Enter a year, a month as 2001-05, or a day as 2001-05-17."))
    if len(cell) == 10:
        try:
            date.fromisoformat(cell)
        except ValueError as error:
            raise BadCell(_("There is no such day.")) from error
    return cell


def amount(cell: str, known: Known) -> Decimal:
    if AMBIGUOUS.fullmatch(cell):
        raise BadCell(_("This can be read two ways. Write 250000, or 12.50 for a small amount."))
    try:
        value = Decimal(plain_number(cell, decimals=2))
    except InvalidOperation as error:
        raise BadCell(_("Enter a number, such as 250000 or 12.5.")) from error
    if not value.is_finite() or not 0 < value < 10**15:
        raise BadCell(_("Enter an amount above zero."))
    return value


def currency(cell: str, known: Known) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", cell):
        raise BadCell(_("Enter the three letters of the currency, for example USD."))
    return cell.upper()


def address(cell: str, known: Known) -> str:
    if not re.match(r"https?://[^\s/]+\.", cell) or len(cell) > 500:
        raise BadCell(_("Enter an address that begins with https://."))
    return cell


def countries(cell: str, known: Known) -> list[str]:
    return _known(parts_of(cell), known.countries, _("No country is called: %(values)s."))


def entity(cell: str, known: Known) -> str:
    return _known([cell], known.entities, _("No UN entity is called: %(values)s."))[0]


def _known(parts: list[str], known: Mapping[str, str], sentence: str) -> list[str]:
    unknown = [part for part in parts if fold(part) not in known]
    if unknown:
        raise BadCell(sentence % {"values": ", ".join(part[:40] for part in unknown)})
    return list(dict.fromkeys(known[fold(part)] for part in parts))


BRACKETS = re.compile(r"^(?P<name>.*?)\s*(?:\[(?P<more>[^\[\]]*)\])?$")


def _named(part: str) -> tuple[str, list[str]]:
    """A name, and what stands after it in brackets, cut at commas."""
    match = BRACKETS.match(part)
    name, more = (match["name"], match["more"] or "") if match else (part, "")
    if not 0 < len(name) <= 300:
        raise BadCell(_("Give each partner a name of up to 300 letters."))
    return name, [piece.strip() for piece in more.split(",") if piece.strip()]


def companies(cell: str, known: Known) -> list[NamedCompany]:
    """Companies, one a line; a country and an LEI may follow in brackets."""
    found = []
    for part in parts_of(cell):
        name, more = _named(part)
        lei = next((piece.upper() for piece in more if len(piece) == 20 and LEI.is_valid(piece.upper())), "")
        places = _known(
            [piece for piece in more if piece.upper() != lei],
            known.countries,
            _("Neither a country nor a valid LEI: %(values)s."),
        )
        if len(places) > 1:
            raise BadCell(_("Give one country for each partner."))
        found.append(NamedCompany(name, places[0] if places else "", lei))
    return list(dict.fromkeys(found))


_kind = one_of(PartnerKind.choices)


def others(cell: str, known: Known) -> list[tuple[str, str]]:
    """(description, kind) of partners that are no company, one a line; their kind may follow in brackets."""
    found = []
    for part in parts_of(cell):
        name, more = _named(part)
        found.append((name, _kind(more[0], known) if more else PartnerKind.NGO))
    return list(dict.fromkeys(found))


def targets(cell: str, known: Known) -> list[str]:
    found = [part.lower() for part in re.split(r"[;|,\s]+", cell) if part]
    unknown = [code for code in found if code not in known.targets]
    if unknown:
        raise BadCell(_("No SDG target has the number: %(values)s.") % {"values": ", ".join(unknown)[:80]})
    return list(dict.fromkeys(found))


COLUMNS = [
    Column("title", gettext_lazy("Title"), text(200), is_required=True, also=("name",)),
    Column("summary", gettext_lazy("Summary"), text(5000), is_required=True, also=("description",)),
    Column("partnership_type", gettext_lazy("Type"), one_of(PartnershipType.choices), is_required=True),
    Column("purposes", gettext_lazy("Purposes"), many_of(Purpose), is_required=True),
    Column("record_kind", gettext_lazy("Kind of record"), one_of(RecordKind.choices), also=("kind",)),
    Column("status", gettext_lazy("Status"), one_of([(code, code.label) for code in STATUSES])),
    Column("status_as_of", gettext_lazy("Status known as of"), partial_date, also=("as of",)),
    Column("scope", gettext_lazy("Scope"), one_of(Scope.choices)),
    Column("countries", gettext_lazy("Countries"), countries, also=("country", "countries iso3")),
    Column("place_note", gettext_lazy("Place, in words"), text(300), also=("place",)),
    Column("targets", gettext_lazy("SDG targets"), targets, is_public=True),
    Column("themes", gettext_lazy("Themes"), many_of(Theme)),
    Column("modalities", gettext_lazy("Form"), many_of(Modality)),
    Column("start", gettext_lazy("Start"), partial_date),
    Column("end", gettext_lazy("End"), partial_date),
    Column("entity", gettext_lazy("UN entity that leads"), entity, also=("un entities", "agency", "lead")),
    Column("partners", gettext_lazy("Companies"), companies, also=("partner", "companies", "partners")),
    Column("other_partners", gettext_lazy("Other partners"), others),
    Column("contribution_kind", gettext_lazy("Kind of contribution"), one_of(ContributionKind.choices)),
    Column("amount", gettext_lazy("Amount"), amount, also=("value",)),
    Column("currency", gettext_lazy("Currency"), currency),
    Column("source_title", gettext_lazy("Source"), text(200), also=("source",)),
    Column("source_url", gettext_lazy("Address of the source"), address, also=("url",)),
]
BY_NAME = {column.name: column for column in COLUMNS}


def guess(headings: Sequence[str]) -> dict[str, str]:
    """{field: heading} for the headings that say by themselves what they are."""
    found: dict[str, str] = {}
    for column in COLUMNS:
        names = {fold(column.name), fold(str(column.label)), *map(fold, column.also)}
        match = next((heading for heading in headings if fold(heading) in names), None)
        if match is not None and match not in found.values():
            found[column.name] = match
    return found


def rows_of(
    table: Iterable[tuple[int, Mapping[str, str]]],
    mapping: Mapping[str, str],
    known: Known,
    *,
    is_public: bool,
) -> Iterator[Row]:
    """Each row of a file with its values and its problems."""
    parsed: dict[tuple[str, str], Any] = {}  # cells repeat from row to row
    for number, cells in table:
        row = Row(number)
        for column in COLUMNS:
            heading = mapping.get(column.name, "")
            cell = cells.get(heading, "").strip() if heading else ""
            if not cell:
                if column.is_required or (column.is_public and is_public):
                    row.blame(heading or str(column.label), cell, _("It is empty."))
                continue
            value = parsed.get((column.name, cell))
            if value is None:
                value = parsed[column.name, cell] = _parsed(column, cell, known)
            if isinstance(value, BadCell):
                row.blame(heading, cell, str(value))
            else:
                row.values[column.name] = value
        _check_together(row, mapping, is_public=is_public)
        yield row


def _parsed(column: Column, cell: str, known: Known) -> Any:
    """The value of a cell, or what is wrong with it."""
    try:
        return column.parse(cell, known)
    except BadCell as problem:
        return problem


def _check_together(row: Row, mapping: Mapping[str, str], *, is_public: bool) -> None:
    values = row.values
    blamed = {problem["column"] for problem in row.problems}
    partners = mapping.get("partners", "")
    if is_public and partners not in blamed and not (values.get("partners") or values.get("other_partners")):
        row.blame(partners or str(BY_NAME["partners"].label), "", _("It is empty."))
    start, end = values.get("start"), values.get("end")
    if start and end and end < start[: len(end)]:
        row.blame(mapping["end"], end, _("The end comes before the start."))
    if values.get("amount") and not values.get("currency") and "currency" in mapping:
        row.blame(mapping["currency"], "", _("An amount needs its currency."))
    elif values.get("amount") and "currency" not in mapping:
        row.blame(mapping["amount"], str(values["amount"]), _("An amount needs its currency."))


# --- files --------------------------------------------------------------------------------------------------


def headings_of(name: str, content: bytes) -> list[str]:
    """The headings of a file. Raises RuleViolation where it cannot be read."""
    headings, _rows = table_of(name, content)
    if not any(headings):
        raise RuleViolation(_("The first row has no headings."))
    if len(headings) > MAX_COLUMNS:
        raise RuleViolation(_("The file has more than %(count)d columns.") % {"count": MAX_COLUMNS})
    return headings


def first_row_of(name: str, content: bytes) -> dict[str, str]:
    """The first row of a file by heading, to show what each column holds; {} where there is none."""
    _headings, rows = table_of(name, content)
    return next((cells for _number, cells in rows), {})


def table_of(name: str, content: bytes) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    """Headings, and rows with their number as a spreadsheet counts them. Raises RuleViolation."""
    reader = {"csv": _csv_rows, "xlsx": _xlsx_rows, "xml": _iati_rows}.get(name.rpartition(".")[2].lower())
    if reader is None:
        raise RuleViolation(_("Use a file of CSV, XLSX or IATI (XML)."))
    lines = reader(content)
    headings = [heading.strip() for heading in next(lines, [])]
    while headings and not headings[-1]:  # spreadsheets pad their rows
        headings.pop()

    def rows() -> Iterator[tuple[int, dict[str, str]]]:
        count = 0
        for number, cells in enumerate(lines, start=2):
            if any(cell.strip() for cell in cells):
                count += 1
                if count > MAX_ROWS:
                    raise RuleViolation(_("The file has more than %(count)d rows.") % {"count": MAX_ROWS})
                yield number, dict(zip(headings, cells, strict=False))

    return headings, rows()


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    try:
        lines = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RuleViolation(_("The file is not in UTF-8. Save it as “CSV UTF-8”.")) from error
    first = lines.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=False)
    except csv.Error as error:
        raise RuleViolation(_("The file cannot be read as CSV: %(error)s.") % {"error": error}) from error


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise RuleViolation(_("The file cannot be read as XLSX.")) from error
    for row in book.worksheets[0].iter_rows(values_only=True, max_col=MAX_COLUMNS + 1):
        yield [_cell(value) for value in row]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _iati_rows(content: bytes) -> Iterator[list[str]]:
    """Activities of IATI as rows with our own column names as headings."""
    names = [column.name for column in COLUMNS]
    yield names
    try:
        for activity in iati.read(io.BytesIO(content)):
            cells = _iati_cells(activity)
            yield [cells.get(name, "") for name in names]
    except iati.NotIati as error:
        raise RuleViolation(_("The file cannot be read as IATI: %(error)s") % {"error": error}) from error


def _plain(name: str) -> str:
    """A name without what would cut the cell."""
    return SEPARATORS.sub(",", name).replace("[", "(").replace("]", ")")


def _in_brackets(party: iati.Party) -> str:
    more = ", ".join(filter(None, [party.country, party.lei]))
    return _plain(party.name) + (f" [{more}]" if more else "")


def _iati_cells(activity: iati.Activity) -> dict[str, str]:
    lead = next((part.code for part in activity.entities if part.role == "lead"), "")
    cash = next((part for part in activity.givings if part.amount is not None), None)
    cells = {
        name: getattr(activity, name)
        for name in (
            "title",
            "summary",
            "partnership_type",
            "record_kind",
            "status_as_of",
            "scope",
            "place_note",
        )
    }
    cells |= {
        name: "; ".join(getattr(activity, name))
        for name in ("purposes", "themes", "modalities", "countries", "targets")
    }
    return cells | {
        "status": activity.status,
        "start": activity.start,
        "end": activity.end,
        "entity": lead,
        "partners": "\n".join(_in_brackets(part) for part in activity.parties if part.is_company),
        "other_partners": "\n".join(
            f"{_plain(part.name)} [{part.kind}]" for part in activity.parties if not part.is_company
        ),
        "contribution_kind": cash.kind if cash else "",
        "amount": str(cash.amount) if cash else "",
        "currency": cash.currency if cash else "",
        "source_title": f"IATI {activity.reference}"[:200],
    }
