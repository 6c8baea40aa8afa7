"""Numbers and dates as people type them, in the digits and separators of their language, made plain."""

import re
import unicodedata

from django.utils.formats import get_format

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’٬]")  # between groups of digits
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")


def plain_digits(text: str) -> str:
    """The text with the decimal digits of any script as 0 to 9: "٢٠٢٧" is "2027"."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)


def plain_number(text: str, decimals: int | None = None) -> str:
    """What a number field reads: "250 000", "٢٥٠٬٠٠٠" and "250,000.00" without what groups their digits.

    One comma or dot before three last digits groups them where a number has fewer `decimals` than three, and
    otherwise where the language of the page groups so: "1,200" in English, "1.200" in Arabic. What is no
    number stays as it is, for the field to refuse.
    """
    typed = _SPACES.sub("", plain_digits(text.strip())).replace("٫", get_format("DECIMAL_SEPARATOR"))
    marks = re.findall(r"[.,]", typed)
    if not marks or not re.fullmatch(r"[+-]?[0-9][0-9.,]*", typed):
        return typed if typed.lstrip("+-").isdigit() else text
    if len(set(marks)) == 2:
        decimal = marks[-1]
        return typed.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    groups = len(marks) > 1 or marks[0] == get_format("THOUSAND_SEPARATOR")
    if _GROUPED.fullmatch(typed) and (groups or (decimals is not None and decimals < 3)):
        return typed.replace(marks[0], "")
    return typed.replace(",", ".")


def plain_date(text: str) -> str:
    """A date by its parts, year first, as far as it is known: "٢٠٢٧/٣/١" is "2027-03-01".

    Anything else comes back with plain digits only.
    """
    typed = plain_digits(text.strip())
    found = re.fullmatch(r"([0-9]{4})(?:[-/.]([0-9]{1,2}))?(?:[-/.]([0-9]{1,2}))?", typed)
    return "-".join(part.zfill(2) for part in found.groups() if part) if found else typed
