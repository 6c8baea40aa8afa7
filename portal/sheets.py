"""The one writer of CSV: what a spreadsheet opens must never run."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

# A cell that starts like this, also after spaces or quotes or in full width, is run by spreadsheets.
FORMULA = re.compile(r"^[\s\"'\u200b\ufeff]*[=+\-@\t\r＝＋－＠]")


def plain_cell(value: Any) -> Any:
    """The value as a cell that no spreadsheet takes for a formula: such text gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, str) and FORMULA.match(value):
        return "'" + value
    return value


def csv_lines(head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """CSV by RFC 4180 with a byte order mark, so that spreadsheets read UTF-8. Yields line by line."""
    buffer = io.StringIO("\ufeff")
    buffer.seek(1)
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in chain([head], rows):
        writer.writerow([plain_cell(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
