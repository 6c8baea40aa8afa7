"""Tags that every template has: icons, block components, and the parts of scores.

Components are files in templates/components/; a component with content in it is a block tag here,
because an include cannot hold content. templates/components/README.md lists them all.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django import template
from django.forms import BaseForm
from django.template import defaultfilters
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal.days import form_of, with_time
from portal.figures.svg import count_text
from portal.forms import error_links
from portal.marks import days_in_order, joined, mark

register = template.Library()

# Eighteen line icons and a few for our own pages, on a 16 px grid.
ICONS = {
    "bell": '<path d="M4 11V7a4 4 0 0 1 8 0v4l1 1.2H3zM6.8 14h2.4"/>',
    "check": '<path d="M3 8.5l3.2 3.2L13 4.8"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.8V8l2.2 1.6"/>',
    "close": '<path d="M4 4l8 8M12 4l-8 8"/>',
    "desk": '<path d="M2.5 3.5h11v7h-11zM8 10.5v3M5 13.5h6"/>',
    "down": '<path d="M8 2.5v8M4.5 7.5L8 11l3.5-3.5M3 13.8h10"/>',
    "flag": '<path d="M4 14V2.5h8L10 5.5l2 3H4"/>',
    "globe": '<circle cx="8" cy="8" r="6"/><path d="M2 8h12M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12"/>',
    "grip": '<path d="M6 4v.1M10 4v.1M6 8v.1M10 8v.1M6 12v.1M10 12v.1"/>',
    "half": '<circle cx="8" cy="8" r="6"/><path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor"/>',
    "link": '<path d="M6.8 9.2l2.4-2.4M7.5 5l1.6-1.6a2.5 2.5 0 0 1 3.5 3.5L11 8.5M8.5 11l-1.6 1.6'
    'a2.5 2.5 0 0 1-3.5-3.5L5 7.5"/>',
    "lock": '<rect x="3.5" y="7" width="9" height="6.5"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>',
    "minus": '<path d="M3.5 8h9"/>',
    "next": '<path d="M3 8h10M9 4l4 4-4 4"/>',
    "none": '<circle cx="8" cy="8" r="6" stroke-dasharray="2.4 2.3"/>',
    "pause": '<circle cx="8" cy="8" r="6"/><path d="M6.5 6v4M9.5 6v4"/>',
    "person": '<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 14c.6-3.2 2.6-4.8 5.2-4.8s4.6 1.6 5.2 4.8"/>',
    "plus": '<path d="M3.5 8h9M8 3.5v9"/>',
    "previous": '<path d="M13 8H3M7 4L3 8l4 4"/>',
    "search": '<circle cx="7" cy="7" r="4.2"/><path d="M10.2 10.2L14 14"/>',
    "stop": '<path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z"/><path d="M8 5v3.6M8 10.9v.1"/>',
}
TURNING_ICONS = {"next", "previous"}  # arrows follow the reading direction; the others keep their face

# What a status looks like: tone and icon by slug, one meaning for the whole portal. A status not
# listed is neutral. Tones: ok (checked now), wait (due or open), stop (blocked, failed, late),
# hold (a paused clock), info, "" (neutral).
STATUS_LOOKS = {
    # begun, or under way
    "draft": ("info", "half"),
    "idea": ("", "none"),
    "planned": ("", "none"),
    "queued": ("", "clock"),
    "claimed": ("", "half"),
    "handing": ("", "half"),
    "running": ("info", "half"),
    "sending": ("info", "half"),
    "undoing": ("info", "half"),
    "scheduled": ("", "clock"),
    "in_progress": ("info", "half"),
    "partly_met": ("info", "half"),
    "active": ("", "half"),
    "closing": ("", "half"),
    "shown": ("", "none"),
    # somebody has to act
    "submitted": ("wait", "clock"),
    "triage": ("wait", "clock"),
    "open": ("wait", "clock"),
    "pending": ("wait", "clock"),
    "proposed": ("wait", "clock"),
    "reserved": ("wait", "clock"),
    "routed": ("wait", "clock"),
    "screening": ("wait", "clock"),
    "research": ("wait", "clock"),
    "assessment": ("wait", "clock"),
    "design": ("wait", "clock"),
    "agreement": ("wait", "clock"),
    "review": ("wait", "clock"),
    "decision": ("wait", "flag"),
    "inconclusive": ("wait", "half"),
    "uncertain": ("wait", "half"),
    "no_progress": ("wait", "clock"),
    "waiting": ("wait", "clock"),
    "legal_review": ("wait", "clock"),
    "partner_review": ("wait", "clock"),
    "uploaded": ("wait", "clock"),
    "checked": ("info", "check"),
    "amended": ("info", "half"),
    "found": ("wait", "clock"),
    "asked": ("wait", "clock"),
    "non_communicating": ("wait", "clock"),
    # the clock stands still
    "clarification": ("hold", "pause"),
    "paused": ("hold", "pause"),
    "deferred": ("hold", "pause"),
    "on_hold": ("hold", "pause"),
    # done
    "done": ("ok", "check"),
    "published": ("ok", "check"),
    "signed": ("ok", "check"),
    "in_force": ("ok", "check"),
    "renewed": ("ok", "check"),
    "answered": ("ok", "check"),
    "sent": ("ok", "check"),
    "confirmed": ("ok", "check"),
    "registered": ("ok", "check"),
    "accepted": ("ok", "check"),
    "approved": ("ok", "check"),
    "approved_with_conditions": ("info", "check"),
    "matched": ("ok", "check"),
    "met": ("ok", "check"),
    "serving": ("ok", "check"),
    "current": ("ok", "check"),
    "false_positive": ("ok", "check"),
    "completed": ("", "check"),
    "closed": ("", "check"),
    "upheld": ("", "check"),
    "overturned": ("info", "half"),
    # how firm a contribution is; a list that has come in
    "stated": ("", "none"),
    "pledged": ("", "none"),
    "agreed": ("", "check"),
    "received": ("info", "check"),
    # over, without blame
    "withdrawn": ("", "close"),
    "cancelled": ("", "close"),
    "abandoned": ("", "close"),
    "dropped": ("", "close"),
    "superseded": ("", "minus"),
    "retired": ("", "minus"),
    "terminated": ("", "close"),
    "suppressed": ("", "minus"),
    "unsubscribed": ("", "minus"),
    "set_aside": ("", "none"),
    # barred, refused, failed, late
    "true_match": ("stop", "stop"),
    "not_eligible": ("stop", "lock"),
    "declined": ("stop", "stop"),
    "complained": ("stop", "stop"),
    "delisted": ("stop", "close"),
    "refused": ("stop", "stop"),
    "failed": ("stop", "stop"),
    "bounced": ("stop", "stop"),
    "expired": ("stop", "clock"),
    # how far a step of a form is
    "not_started": ("", "none"),
    "part": ("wait", "half"),
    "to_fix": ("stop", "stop"),
    "locked": ("", "lock"),
    # ratings
    "low": ("", "flag"),
    "moderate": ("info", "flag"),
    "substantial": ("wait", "flag"),
    "high": ("stop", "flag"),
    "excluded": ("stop", "lock"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of ICONS, drawn in the text colour. The word beside it carries the meaning."""
    return format_html(
        '<svg class="cg-i{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>',
        " cg-i--turn" if name in TURNING_ICONS else "",
        mark_safe(ICONS[name]),  # noqa: S308 -- a constant of this module
    )


@register.filter
def tone_of(status: str) -> str:
    return STATUS_LOOKS.get(str(status), ("", "none"))[0]


@register.filter
def icon_of(status: str) -> str:
    return STATUS_LOOKS.get(str(status), ("", "none"))[1]


@register.simple_tag
def crumbs(*labels_and_urls: Any) -> SafeString:
    """Where this page is: label, url, label, url, …, and the page's own label without a url."""
    *above, here = labels_and_urls
    items = [{"label": label, "url": url} for label, url in zip(above[::2], above[1::2], strict=True)]
    return render_to_string("components/crumbs.html", {"items": items, "here": here})


def _block(name: str, content: str, **context: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", {"content": content, **context})


@register.simple_block_tag
def section(content: str, title: str, hint: str = "", id: str = "", tight: bool = False) -> SafeString:
    """A section with its title hanging in the margin."""
    return _block("section", content, title=title, hint=hint, id=id, tight=tight)


@register.simple_block_tag
def fact(content: str, term: str, note: str = "") -> SafeString:
    """One term and value of a `<dl class="cg-facts">`; `note` says where an inferred value comes from."""
    return _block("fact", content, term=term, note=note)


@register.simple_block_tag
def note(content: str, tone: str = "") -> SafeString:
    """A remark with an edge: tone "" (informative), "wait", "stop" or "plain"."""
    return _block("note", content, tone=tone)


@register.simple_block_tag
def empty(content: str, title: str, slim: bool = False) -> SafeString:
    """What stands where nothing is: says why, and what can be done next."""
    return _block("empty", content, title=title, slim=slim)


@register.simple_block_tag
def moment(content: str, when: Any, now: bool = False) -> SafeString:
    """One line of an `<ol class="cg-time">`; `now` marks the latest state known."""
    return _block("moment", content, when=when, now=now)


@register.simple_block_tag
def figure(
    content: str, title: str, unit: str = "", source: str = "", csv_url: str = "", **extra: Any
) -> SafeString:
    """A drawing with the sentence it shows, the same values as a table, and its source.

    `table` is {"caption", "head": [labels], "rows": [[cells]]}: the first cell of a row names it, the
    others are numbers. `method_url` explains the count, `is_map` adds the boundary note, `level` is the
    level of the heading (3).
    """
    return _block(
        "figure", content, title=title, unit=unit, source=source, csv_url=csv_url, **{"level": 3, **extra}
    )


register.simple_tag(error_links)


@register.inclusion_tag("components/form.html")
def whole_form(form: BaseForm, submit: str, **extra: Any) -> dict:
    """A form with its error summary, fields and buttons. See components/form.html for `extra`."""
    return {"form": form, "submit": submit, "method": "post", **extra}


@register.inclusion_tag("components/score_parts.html")
def score_parts(parts: Iterable[Mapping]) -> dict:
    """Parts of a score that a reader can add up: each with `label`, `got` and `of` (points).

    The longest bar belongs to the part that can give most; pale is what was not earned.
    """
    parts = list(parts)
    most = max((float(part["of"]) for part in parts), default=0) or 1
    rows = [
        {
            **part,
            "of_width": _svg(100 * float(part["of"]) / most),
            "got_width": _svg(100 * float(part["got"]) / most),
        }
        for part in parts
    ]
    return {"rows": rows}


@register.inclusion_tag("components/balance.html")
def balance(parts: Iterable[Mapping]) -> dict:
    """Signed parts of a score: each with `label` and `points`. Plus is filled, minus is hollow."""
    parts = [{"label": part["label"], "points": float(part["points"])} for part in parts]
    most = max((part["points"] for part in parts), default=0)
    least = min((part["points"] for part in parts), default=0)
    span = max(most, 0) - min(least, 0) or 1
    middle = 100 * -min(least, 0) / span
    rows = []
    for part in parts:
        width = 100 * abs(part["points"]) / span
        start = middle if part["points"] >= 0 else middle - width
        rows.append({**part, "start": _svg(start), "width": _svg(width)})
    return {"rows": rows, "middle": _svg(middle)}


def _svg(number: float) -> str:
    """A coordinate, always with a decimal point: the page's language must not turn it into a comma."""
    return f"{number:.1f}"


@register.filter
def marked_against(name: str, other: str) -> SafeString:
    """`name` with the letters that `other` does not have underlined: "Orsalla" against "Orsala".

    Nothing is underlined where they share no letter: they are written in two scripts.
    """
    spans = SequenceMatcher(a=other.casefold(), b=name.casefold(), autojunk=False).get_opcodes()
    is_shared = any(kind == "equal" for kind, *_places in spans)
    if not is_shared or len(name.casefold()) != len(name):  # folding ß or İ moves what stands behind
        return format_html("{}", name)
    pieces = (
        (mark_safe("<u>{}</u>") if kind != "equal" else "{}", name[a:b])
        for kind, _, _, a, b in spans
        if a < b
    )
    return mark_safe("".join(format_html(form, text) for form, text in pieces))  # noqa: S308 -- escaped above


@register.filter
def with_initials(name: str) -> SafeString:
    """The first letter of each word in bold; a name of one word, which is the initials, stays as it is."""
    words = name.split()
    if len(words) < 2:
        return format_html("{}", name)
    return format_html_join(" ", "<b>{}</b>{}", ((word[0], word[1:]) for word in words))


@register.filter
def signed(points: float) -> str:
    """A number with its sign, with a true minus: +18, −9, 0."""
    return f"{'+' if points > 0 else '−' if points < 0 else ''}{count_text(abs(points))}"


@register.filter
def amount(value: Decimal | int | None, currency: str = "") -> str:
    """Money or a count as text: 641000 with "USD" is "USD 641,000". None says that it is not stated."""
    if value is None:
        return "–"
    return f"{currency} {count_text(value)}".strip()


register.filter(joined)
register.filter("with_time", with_time, expects_localtime=True)
register.simple_tag(mark)


@register.filter
def words(names: Iterable[Any]) -> SafeString:
    """Names in a row with the language's comma, each isolated: a Latin name keeps its order in Arabic."""
    return format_html_join(mark(","), "<bdi>{}</bdi>", ((name,) for name in names))


@register.filter(is_safe=True)
@defaultfilters.stringfilter
def days_kept(text: str) -> str:
    """A sentence with days such as 2027-03-01 in it, which Arabic words around them would turn about."""
    return days_in_order(text)


@register.filter("date", expects_localtime=True, is_safe=False)
def date_in_words(day: Any, form: str | None = None) -> str:
    """Django's filter, with the form that the language has for one of English."""
    return defaultfilters.date(day, form and form_of(form))


# Django's two filters for texts that people wrote, with what it leaves out: the order of their own language.
@register.filter(needs_autoescape=True)
def linebreaks(text: Any, autoescape: bool = True) -> SafeString:
    """Paragraphs of a text, each from left to right or right to left as its first letter is."""
    html = defaultfilters.linebreaks_filter(text, autoescape=autoescape)
    return mark_safe(html.replace("<p>", '<p dir="auto">'))  # noqa: S308 -- escaped by Django's filter


@register.filter(needs_autoescape=True)
def linebreaksbr(text: Any, autoescape: bool = True) -> SafeString:
    """Lines of a text, isolated from what stands beside it."""
    html = defaultfilters.linebreaksbr(text, autoescape=autoescape)
    return format_html("<bdi>{}</bdi>", html) if html else html
