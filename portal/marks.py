"""Marks between texts that the portal joins, in the language of the page.

Arabic and Chinese have commas of their own. On a page from right to left each text is isolated as well, or
a Latin name takes along the marks and numbers beside it. The isolates are invisible characters, so a joined
text is still a text: it can be escaped, kept in a variable and stand in a title.

Source: Unicode Standard Annex 9, section 2.4 (explicit directional isolates).
"""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language, get_language_bidi

MARKS = {"ar": {",": "، ", ";": "؛ "}, "zh-hans": {",": "、", ";": "；"}}
AS_IT_STARTS, LEFT_TO_RIGHT, END, RIGHT_TO_LEFT = "\u2068", "\u2066", "\u2069", "\u200f"
NUMERIC_DAY = re.compile(r"(?<![\d-])\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{2}:\d{2}(?::\d{2}Z?)?)?(?![\d-])")


def mark(sign: str) -> str:
    """The comma (",") or semicolon (";") of the language, with the space that follows it."""
    return MARKS.get(get_language() or "", {}).get(sign, f"{sign} ")


def isolated(text: Any) -> str:
    """A text that keeps its own order beside others; on a page from left to right as it is."""
    return f"{AS_IT_STARTS}{text}{END}" if text and get_language_bidi() else str(text)


def joined(texts: Iterable[Any], sign: str = ",") -> str:
    """Texts in a row with the language's comma or semicolon, each in its own order, without empty ones.

    On a page from right to left a row begins with a mark that makes `dir="auto"` and `<bdi>` run that way
    too: they would go by the first letter, which is that of the first text.
    """
    begin, isolate, end = (RIGHT_TO_LEFT, AS_IT_STARTS, END) if get_language_bidi() else ("", "", "")
    pieces = [f"{isolate}{text}{end}" for text in texts if text not in ("", None)]
    return begin + mark(sign).join(pieces) if len(pieces) > 1 else "".join(pieces)


def days_in_order(text: str) -> str:
    """Numeric days such as 2027-03-01 inside a text, kept from turning into 01-03-2027 among Arabic words."""
    if not get_language_bidi():
        return text
    return NUMERIC_DAY.sub(lambda day: f"{LEFT_TO_RIGHT}{day[0]}{END}", text)
