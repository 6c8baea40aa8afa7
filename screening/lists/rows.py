"""Rows of a large CSV or tab-separated file, one at a time, with their line numbers and hard limits.

A list that is damaged anywhere is refused as a whole (`read_rows`); of a table of questions the rows that
cannot be read are told, and the rest goes on (`readable_rows`).
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TypeVar

from screening.lists.model import ListError, gettext_noop

T = TypeVar("T")

MAX_CELL = 1_000_000  # characters
CHUNK = 1 << 16

UTF16 = gettext_noop("The file is in UTF-16; save it as UTF-8 first.")
NOT_TEXT = gettext_noop("The file is not a text table: it contains zero bytes.")
BAD_CELL = gettext_noop("The row cannot be read: %(detail)s.")
WIDTH = gettext_noop("The row has %(found)d cells, the list has %(expected)d.")
NO_COLUMNS = gettext_noop("The table lacks the columns %(columns)s. It has: %(found)s.")
EMPTY_FILE = gettext_noop("The file is empty.")


def _lines(stream: BinaryIO, file: str) -> Iterator[str]:
    """Text lines: UTF-8, and Windows-1252 for lines that are not."""
    number, rest = 0, b""
    chunk = stream.read(CHUNK)
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ListError("encoding", UTF16, file)
    chunk = chunk.removeprefix(codecs.BOM_UTF8)
    while chunk or rest:
        parts = (rest + chunk).split(b"\n")
        last = not chunk
        rest = b"" if last else parts.pop()
        if len(rest) > MAX_CELL:
            raise ListError("too_big", BAD_CELL, file, f"line {number + 1}", detail="a line without an end")
        for part in parts:
            number += 1
            if b"\0" in part:
                raise ListError("not_text", NOT_TEXT, file, f"line {number}")
            try:
                yield part.decode("utf-8") + "\n"
            except UnicodeDecodeError:  # OFAC and others still publish Windows-1252
                yield part.decode("cp1252", "replace") + "\n"
        if last:
            return
        chunk = stream.read(CHUNK)


def read_cells(
    stream: BinaryIO, *, file: str = "", delimiter: str = ",", width: int = 0
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of a table without a header; blank rows and a closing control-Z are left out.

    `width` is the number of cells every row must have. Raises ListError with the line otherwise.
    """
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(_lines(stream, file), delimiter=delimiter, strict=False)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ListError("bad_row", BAD_CELL, file, f"line {reader.line_num}", detail=error) from error
        if not any(cell.strip("\x1a \t\r") for cell in cells):
            continue
        if width and len(cells) != width:
            raise ListError(
                "bad_row", WIDTH, file, f"line {reader.line_num}", found=len(cells), expected=width
            )
        yield reader.line_num, cells


def read_rows(
    stream: BinaryIO, *, needed: Sequence[str], file: str = "", delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row by column name) of a table with a header; cells are stripped.

    Raises ListError when a `needed` column is missing, or a row has other cells than the header: a file that
    was cut off often ends in such a row.
    """
    cells = read_cells(stream, file=file, delimiter=delimiter)
    _, header = next(cells, (0, []))
    names = [name.strip() for name in header]
    if not names:
        raise ListError("empty", EMPTY_FILE, file)
    if missing := [name for name in needed if name not in names]:
        raise ListError(
            "wrong_schema",
            NO_COLUMNS,
            file,
            "line 1",
            columns=", ".join(missing),
            found=", ".join(names)[:300],
        )
    for line, row in cells:
        if len(row) != len(names):
            raise ListError("bad_row", WIDTH, file, f"line {line}", found=len(row), expected=len(names))
        yield line, {name: cell.strip() for name, cell in zip(names, row, strict=True)}


def readable_rows(
    path: Path,
    *,
    needed: Sequence[str],
    read: Callable[[dict[str, str | None]], T],
    wrong: Callable[[str], object],
) -> Iterator[T]:
    """Yield what `read` makes of each row of a table with a header.

    `wrong` is told of each row that is damaged or makes `read` raise ValueError, by file and line.
    Raises OSError where the file cannot be opened, ListError when a `needed` column is missing.
    """
    csv.field_size_limit(MAX_CELL)
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as text:
        reader = csv.DictReader(text)
        names = [name.strip() for name in reader.fieldnames or ()]
        if missing := [name for name in needed if name not in names]:
            columns, found = ", ".join(missing), ", ".join(names)[:300]
            raise ListError("wrong_schema", NO_COLUMNS, path.name, "line 1", columns=columns, found=found)
        reader.fieldnames = names
        while True:
            try:
                row = next(reader)
                _check_text(row)
                answer = read(row)
            except StopIteration:
                return
            except (csv.Error, ValueError) as error:
                wrong(f"{path.name}, line {reader.line_num}: {error}")
            else:
                yield answer


def _check_text(row: dict[str, str | None]) -> None:
    for value in row.values():
        if isinstance(value, str) and "\ufffd" in value:
            raise ValueError("the row is not in UTF-8.")
        if isinstance(value, str) and "\0" in value:
            raise ValueError("the row contains a zero byte.")
