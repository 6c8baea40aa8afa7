"""What lists repeat by the dozen, written in Python: rows of results, goals, tags and facets.

A page of the registry shows three hundred of these. As nested includes they took Django 20 ms of it, so
their markup stands here and the files in templates/components/ only call it. Every text goes through `_e`.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.templatetags.portal import ICONS, icon, icon_of, tone_of

register = template.Library()

CURRENT_PAGE = ' aria-current="page"'
_ICONS = {"": ""} | {name: str(icon(name)) for name in ICONS}


def _e(text: Any) -> str:
    """`conditional_escape` in a fifth of its time: a text as it may stand in markup and in an attribute."""
    text = str(text)
    return text if isinstance(text, SafeString) else escape(text)


def _markup(*parts: str) -> SafeString:
    return SafeString("".join(parts))  # written in this module, every text in it escaped


@register.simple_tag
def links(items: Iterable[Mapping[str, Any]]) -> SafeString:
    """Items of a list of links: {url, label}."""
    return _markup(*(f'<li><a href="{_e(item["url"])}">{_e(item["label"])}</a></li>' for item in items))


@register.simple_tag
def nav(items: Iterable[Any]) -> SafeString:
    """See components/nav.html."""
    return _markup(
        *(
            f'<a href="{_e(item.url)}"{CURRENT_PAGE if item.is_current else ""}>{_e(item.label)}</a>'
            for item in items
        )
    )


@register.simple_tag
def tag(label: Any, tone: str = "", icon: str = "", bare: Any = False) -> SafeString:
    """See components/tag.html."""
    look = (f" cg-tag--{_e(tone)}" if tone else "") + (" cg-tag--bare" if bare else "")
    return _markup(f'<span class="cg-tag{look}">{_ICONS[icon]}<span>{_e(label)}</span></span>')


@register.simple_tag
def goal(number: Any, title: Any, url: str = "", full: Any = False) -> SafeString:
    """See components/goal.html."""
    return _markup(_goal(_e(_("Goal")), number, title, url, full))


def _goal(word: str, number: Any, title: Any, url: str, full: Any) -> str:
    number, title = _e(number), _e(title)
    name, link = ("a", f' href="{_e(url)}"') if url else ("span", "")
    hint, words = ("", f" {title}") if full else (f' title="{title}"', f'<span class="cg-vh"> {title}</span>')
    return (
        f'<{name}{link} class="cg-goal cg-g{number}"{hint}>'
        f'<span><span class="cg-vh">{word} </span><bdi>{number}</bdi>{words}</span></{name}>'
    )


@register.simple_tag
def goals(goals: Iterable[Mapping[str, Any]], full: Any = False) -> SafeString:
    """See components/goals.html."""
    word = _e(_("Goal"))
    tags = (_goal(word, entry["number"], entry["title"], entry.get("url", ""), full) for entry in goals)
    return _markup('<div class="cg-goals">', "\n".join(tags), "</div>")  # on paper they run like words


@register.simple_tag
def row(
    url: str,
    title: Any,
    summary: str = "",
    reference: str = "",
    by: str = "",
    meta: Iterable[Any] = (),
    status: str = "",
    status_label: Any = "",
    goals: Iterable[Mapping[str, Any]] = (),
    compare_url: str = "",
    level: int | str = 3,
) -> SafeString:
    """See components/row.html."""
    title, heading = _e(title), f"h{_e(level or 3)}"
    return _markup(
        f'<article class="cg-row"><div><{heading}><a href="{_e(url)}"><bdi>{title}</bdi></a></{heading}>',
        f'<p dir="auto">{_e(summary)}</p>' if summary else "",
        '\n<div class="cg-meta">',
        f"<span><bdi>{_e(reference)}</bdi></span>" if reference else "",
        f"<span><b>{_e(by)}</b></span>" if by else "",
        *(f"<span>{_e(text)}</span>" for text in meta),
        '</div></div>\n<div class="cg-row__side">',
        tag(status_label, tone_of(status), icon_of(status), bare=True) if status_label else "",
        _goals(goals) if goals else "",
        f'<a class="cg-add" href="{_e(compare_url)}">{_ICONS["plus"]}<span>{_e(_("Compare"))}'
        f'<span class="cg-vh">: {title}</span></span></a>'
        if compare_url
        else "",
        "</div></article>",
    )


_goals = goals  # `row` takes something of that name


@register.simple_tag
def rows(rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """Rows one after the other, each with what `row` takes."""
    return _markup(*(row(**entry) for entry in rows))


@register.simple_tag
def facet(
    name: str,
    legend: Any,
    options: Iterable[Mapping[str, Any]],
    is_open: Any = False,
    more_url: str = "",
    more_label: Any = "",
) -> SafeString:
    """See components/facet.html."""
    name, legend = _e(name), _e(legend)
    return _markup(
        f'<details class="cg-facet"{" open" if is_open else ""}><summary>{legend}</summary>\n',
        f'<fieldset><legend class="cg-vh">{legend}</legend><ul>',
        *(_option(name, option) for option in options),
        f'<li><a href="{_e(more_url)}">{_e(more_label)}</a></li>' if more_url else "",
        "</ul></fieldset></details>",
    )


def _option(name: str, option: Mapping[str, Any]) -> str:
    count = option.get("count")
    return (
        f'<li><label class="cg-opt{" cg-opt--none" if count == 0 else ""}"><input type="checkbox" '
        f'name="{name}" value="{_e(option["value"])}"{" checked" if option["is_on"] else ""}>'
        f"<span><bdi>{_e(option['label'])}</bdi></span>"
        f"<span>{'' if count is None else f'<bdi>{_e(count)}</bdi>'}</span></label></li>"
    )


@register.simple_tag
def facets(facets: Iterable[Mapping[str, Any]]) -> SafeString:
    """Groups of filters one after the other, each with what `facet` takes."""
    return _markup(*(facet(**entry) for entry in facets))
