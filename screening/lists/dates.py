"""Dates as publishers write them: a day, a month, a year, a span of years, or roughly one of these."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from screening.lists.model import PartialDate

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_CIRCA = re.compile(r"\b(circa|approximately|approx\.?|about|around|c\.|ca\.)\s*", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]\d\d:.*|[zZ]|[+-]\d\d:\d\d)?$")
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})$")
_WORDS = re.compile(r"(?:(\d{1,2})[ -])?([A-Za-z]{3,9})\.?[ -](\d{4})$")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$")
_SPAN = re.compile(r"(?:between )?(.*?\d{4})\s*(?:-|–|to|and)\s*(.*?\d{4})$", re.IGNORECASE)


def _span(year: int, month: int = 0, day: int = 0) -> tuple[date, date] | None:
    if not 1 <= year <= 9999 or month > 12:
        return None
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    length = monthrange(year, month)[1]
    if day > length:
        return None
    return date(year, month, day or 1), date(year, month, day or length)


def _simple(text: str) -> tuple[date, date] | None:
    if found := _ISO.match(text):
        return _span(int(found[1]), int(found[2] or 0), int(found[3] or 0))
    if found := _DAY_FIRST.match(text):  # "00/00/1971" is the UK list's way to say "some day of 1971"
        day, month = int(found[1]), int(found[2])
        return _span(int(found[3]), month, day if month else 0)
    if (found := _WORDS.match(text)) and (month := _MONTHS.get(found[2].casefold(), 0)):
        return _span(int(found[3]), month, int(found[1] or 0))
    if (found := _MONTH_FIRST.match(text)) and (month := _MONTHS.get(found[1].casefold(), 0)):
        return _span(int(found[3]), month, int(found[2]))
    return None


def partial_date(text: str, *, approximate: bool = False) -> PartialDate | None:
    """The days a text may mean, or None where it names no date.

    Reads "1971", "1971-04", "12 Apr 1971", "Apr 1971", "April 12, 1971", "12/04/1971" and "12.4.1971" (day
    first), "dd/mm/1971", "1958 to 1963", "circa 1971".
    """
    text = " ".join(text.split())
    plain, circa = _CIRCA.subn("", text)
    plain = plain.replace("dd/", "00/").replace("mm/", "00/").strip(" .,;")
    days = _simple(plain)
    if days is None and (found := _SPAN.match(plain)):
        first, last = _simple(found[1].strip()), _simple(found[2].strip())
        if first and last and first[0] <= last[1]:
            days = first[0], last[1]
    if days is None:
        return None
    return PartialDate(*days, text, approximate or bool(circa))


def exact_date(text: str) -> date | None:
    """The single day a text names, or None; an end in 2999 or 9999 means that there is none."""
    found = partial_date(text)
    if found is None or found.precision != "day" or found.first.year >= 2999:
        return None
    return found.first


def us_date(text: str) -> date | None:
    """The single day of a US date, "03/28/2025" or "3/4/2002", or of an ISO one; None for anything else."""
    if found := _US.match(text.strip()):
        days = _span(int(found[3]), int(found[1]), int(found[2]))
        return days[0] if days and days[0] == days[1] and days[0].year < 2999 else None
    return exact_date(text)


_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})$")
