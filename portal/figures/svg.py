"""What the drawings share: numbers, text widths, axes, and the frame with its description."""

import math
import unicodedata
from decimal import Decimal

from django.utils import numberformat
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

WIDE, NARROW = 860, 358  # drawing widths in px; text in them is 14 to 15 px


def n(value: float) -> str:
    """A coordinate with at most one decimal and always a point."""
    return f"{value:.1f}".removesuffix(".0")


def count_text(value: float | Decimal) -> str:
    """A value as people read it in the language of the page: "641,000" in English, "641.000" in Arabic.

    Thousands are always parted, also where the language's own format would not.
    """
    return numberformat.format(
        value,
        get_format("DECIMAL_SEPARATOR"),
        decimal_pos=0 if value == int(value) else 2 if isinstance(value, Decimal) else 1,
        grouping=3,
        thousand_sep=get_format("THOUSAND_SEPARATOR") or ",",
        force_grouping=True,
    )


def text_width(text: str, size: float = 15) -> float:
    """About how wide a text is in px: full width for Chinese, a little over half for other letters."""
    return sum(size if unicodedata.east_asian_width(c) in "WF" else 0.56 * size for c in text)


def wrap(text: str, width: float) -> list[str]:
    """The text in lines of at most about `width` px, broken at spaces; Chinese between any letters."""
    lines: list[str] = []
    separator = " " if " " in text else ""
    for word in text.split(" ") if separator else list(text):
        if lines and text_width(lines[-1] + separator + word) <= width:
            lines[-1] += separator + word
        else:
            lines.append(word)
    return lines or [""]


def ticks(maximum: float) -> list[float]:
    """Zero and at most three round values up to `maximum`, 1, 2 or 5 times a power of ten apart."""
    if maximum <= 0:
        return [0]
    power = 10 ** math.floor(math.log10(maximum / 3))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= maximum / 3 * 0.999)
    if step < 1 and maximum >= 1 and maximum == int(maximum):
        step = 1
    return [step * i for i in range(int(maximum / step + 1e-9) + 1)]


class Canvas:
    """A drawing of a given width that mirrors where the page is written from the right."""

    def __init__(self, width: float):
        self.width = width
        self.is_mirrored = get_language_bidi()

    def x(self, x: float) -> str:
        return n(self.width - x if self.is_mirrored else x)

    def text(self, x: float, y: float, text: object, *, kind: str = "", anchor: str = "") -> SafeString:
        return format_html(
            '<text{}{} x="{}" y="{}">{}</text>',
            format_html(' class="{}"', kind) if kind else "",
            format_html(' text-anchor="{}"', anchor) if anchor else "",
            self.x(x),
            n(y),
            text,
        )

    def rect(self, x: float, y: float, width: float, height: float, kind: str) -> SafeString:
        start = x + width if self.is_mirrored else x
        return format_html(
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
            kind,
            self.x(start),
            n(y),
            n(width),
            n(height),
        )

    def path(self, kind: str, *points: tuple[float, float]) -> SafeString:
        steps = "L".join(f"{self.x(x)} {n(y)}" for x, y in points)
        return format_html('<path class="{}" d="M{}"/>', kind, steps)


def link(url: str, content: SafeString) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, content) if url else content


def frame(
    content: SafeString,
    *,
    size: tuple[float, float],
    kind: str,
    id: str,
    title: str,
    description: str,
    has_links: bool,
) -> SafeString:
    """The <svg> with its title and description. One with links is a group, else its links would be hidden."""
    return format_html(
        '<svg class="cg-svg {}" viewBox="0 0 {} {}" role="{}" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
        *(kind, n(size[0]), n(size[1]), "group" if has_links else "img", id, id),
        *(id, title, id, description, content),
    )
