"""Bars, columns and lines. Scales start at zero, values stand on the marks, zero is written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.figures.svg import NARROW, WIDE, Canvas, count_text, frame, link, n, text_width, ticks, wrap

HIGH, LOW = 320, 260  # heights of upright charts in px, wide and narrow
Drawing = tuple[SafeString, float]  # what is drawn, and its height in px


@dataclass(frozen=True)
class Item:
    """One bar or column. `key` is a short mark before the label, such as the number of a goal."""

    label: str
    value: float
    url: str = ""
    key: str = ""
    is_main: bool = False  # the one that the title speaks of
    value_text: str = ""  # shown instead of the plain number, such as "USD 641,000"

    @property
    def text(self) -> str:
        return self.value_text or count_text(self.value)


@dataclass(frozen=True)
class Series:
    """One line: its name at its end, and a value for each place along the axis (None where unknown)."""

    label: str
    values: Sequence[float | None]


def join(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 -- every part is made by format_html


def both(
    wide: Callable[[Canvas], Drawing],
    narrow: Callable[[Canvas], Drawing],
    *,
    has_links: bool,
    id: str,
    **text: str,
) -> SafeString:
    """The same figure for wide and for narrow screens."""
    drawings = []
    for width, draw, kind in ((WIDE, wide, "cg-svg--wide"), (NARROW, narrow, "cg-svg--narrow cg-svg--chart")):
        content, height = draw(Canvas(width))
        size = (width, height)
        drawings.append(frame(content, size=size, kind=kind, id=f"{id}-{width}", has_links=has_links, **text))
    return join(drawings)


def bars(items: Sequence[Item], *, id: str, title: str, description: str = "") -> SafeString:
    """Horizontal bars in the order given, each a link where it has a url. `id` is unique on the page."""
    return both(
        lambda canvas: _bars_wide(canvas, items),
        lambda canvas: _bars_narrow(canvas, items),
        has_links=any(item.url for item in items),
        id=id,
        title=title,
        description=description,
    )


def _bar_scale(items: Sequence[Item], start: float, width: float) -> tuple[float, float]:
    """Largest value, and px per unit so that the longest value text fits behind its bar."""
    largest = max((item.value for item in items), default=0)
    room = max((text_width(item.text) for item in items), default=0) + 16
    return largest, (width - start - room) / (largest or 1)


def _grid(
    canvas: Canvas, largest: float, start: float, scale: float, top: float, bottom: float
) -> SafeString:
    parts = []
    for tick in ticks(largest):
        x = start + tick * scale
        anchor = "start" if tick == 0 and start < 5 else "middle"
        parts.append(canvas.path("axis" if tick else "base", (x, top), (x, bottom)))
        parts.append(canvas.text(x, bottom + 20, count_text(tick), kind="q", anchor=anchor))
    return join(parts)


def _bars_wide(canvas: Canvas, items: Sequence[Item]) -> Drawing:
    keys = 30 if any(item.key for item in items) else 0
    labels = [wrap(item.label, 310 - keys) for item in items]
    longest = max((text_width(line) for lines in labels for line in lines), default=0)
    start = min(340, max(120, keys + longest + 20))
    largest, scale = _bar_scale(items, start, canvas.width)
    y, rows = 8.0, []
    for item, label in zip(items, labels, strict=True):
        height = 27 + 18 * (len(label) - 1)
        middle = y + height / 2
        first = middle + 4.5 - 9 * (len(label) - 1)
        parts = [canvas.text(0, first, item.key, kind="q")] if item.key else []
        parts += [canvas.text(keys, first + 18 * i, line) for i, line in enumerate(label)]
        length = item.value * scale
        parts.append(canvas.rect(start, middle - 9, length, 18, "bar-1" if item.is_main else "bar"))
        parts.append(canvas.text(start + length + 8, middle + 5, item.text, kind="v"))
        rows.append(link(item.url, join(parts)))
        y += height
    return join([_grid(canvas, largest, start, scale, 8, y + 2), *rows]), y + 30


def _bars_narrow(canvas: Canvas, items: Sequence[Item]) -> Drawing:
    largest, scale = _bar_scale(items, 1, canvas.width)
    y, rows = 8.0, []
    for item in items:
        label = wrap(f"{item.key} {item.label}".strip(), canvas.width - 10)
        parts = [canvas.text(7, y + 15 + 19 * i, line) for i, line in enumerate(label)]
        top = y + 21 + 19 * (len(label) - 1)
        length = item.value * scale
        parts.append(canvas.rect(1, top, length, 12, "bar-1" if item.is_main else "bar"))
        parts.append(canvas.text(1 + length + 6, top + 11, item.text, kind="v"))
        rows.append(link(item.url, join(parts)))
        y = top + 20
    return join([_grid(canvas, largest, 1, scale, 8, y), *rows]), y + 28


def columns(items: Sequence[Item], *, id: str, title: str, description: str = "") -> SafeString:
    """Upright columns along time, such as records by year; first item first in reading order."""
    return both(
        lambda canvas: (_columns(canvas, items, HIGH), HIGH),
        lambda canvas: (_columns(canvas, items, LOW), LOW),
        has_links=any(item.url for item in items),
        id=id,
        title=title,
        description=description,
    )


def _columns(canvas: Canvas, items: Sequence[Item], height: float) -> SafeString:
    largest = max((item.value for item in items), default=0)
    start = text_width(count_text(largest), 14) + 12
    top, floor = 24.0, height - 30
    scale = (floor - top) / (largest or 1)
    step = (canvas.width - start) / (len(items) or 1)
    parts = _levels(canvas, largest, start, floor, scale)
    every = _label_every([item.label for item in items], step)
    for i, item in enumerate(items):
        x, tall = start + i * step, item.value * scale
        drawing = [
            canvas.rect(x + step * 0.14, floor - tall, step * 0.72, tall, "bar-1" if item.is_main else "bar")
        ]
        if text_width(item.text) <= step:
            drawing.append(canvas.text(x + step / 2, floor - tall - 6, item.text, kind="v", anchor="middle"))
        if i % every == 0:
            drawing.append(canvas.text(x + step / 2, floor + 20, item.label, kind="q", anchor="middle"))
        parts.append(link(item.url, join(drawing)))
    return join(parts)


def _levels(canvas: Canvas, largest: float, start: float, floor: float, scale: float) -> list[SafeString]:
    parts = []
    for tick in ticks(largest):
        y = floor - tick * scale
        parts.append(canvas.path("axis" if tick else "base", (start, y), (canvas.width, y)))
        parts.append(canvas.text(0, y + 5, count_text(tick), kind="q"))
    return parts


def _label_every(labels: Sequence[str], step: float) -> int:
    """Show each first, second, third … label, so that they do not touch."""
    widest = max((text_width(label, 14) for label in labels), default=0) + 12
    return max(1, -int(-widest // step))


def lines(
    labels: Sequence[str], series: Sequence[Series], *, id: str, title: str, description: str = ""
) -> SafeString:
    """One to four lines over the same labels, each named at its end. A gap stays a gap."""
    if len(series) > 4:
        raise ValueError("At most four lines can be told apart.")
    return both(
        lambda canvas: (_lines(canvas, labels, series, HIGH), HIGH),
        lambda canvas: (_lines(canvas, labels, series, LOW), LOW),
        has_links=False,
        id=id,
        title=title,
        description=description,
    )


def _lines(canvas: Canvas, labels: Sequence[str], series: Sequence[Series], height: float) -> SafeString:
    largest = max((value for one in series for value in one.values if value is not None), default=0)
    start = text_width(count_text(largest), 14) + 12
    room = (
        min(canvas.width * 0.3, max(text_width(one.label) for one in series) + 14) if len(series) > 1 else 40
    )
    top, floor = 24.0, height - 30
    scale = (floor - top) / (largest or 1)
    step = (canvas.width - start - room) / max(1, len(labels) - 1)
    parts = _levels(canvas, largest, start, floor, scale)
    every = _label_every(labels, step)
    parts += [
        canvas.text(start + i * step, floor + 20, label, kind="q", anchor="middle")
        for i, label in enumerate(labels)
        if i % every == 0
    ]
    for number, one in enumerate(series, start=1):
        run: list[tuple[float, float]] = []
        for i, value in enumerate([*one.values, None]):
            if value is not None:
                run.append((start + i * step, floor - value * scale))
            elif run:
                parts.append(canvas.path(f"line line-{number}", *run, *(run if len(run) == 1 else ())))
                last, run = run[-1], []
        known = [value for value in one.values if value is not None]
        if known:
            mark = one.label if len(series) > 1 else count_text(known[-1])
            parts.append(
                format_html(
                    '<circle class="end end-{}" cx="{}" cy="{}" r="4"/>',
                    number,
                    canvas.x(last[0]),
                    n(last[1]),
                )
            )
            parts.append(canvas.text(last[0] + 9, last[1] + 5, mark, kind="v"))
    return join(parts)
