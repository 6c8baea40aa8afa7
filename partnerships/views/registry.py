"""The public registry: the list with its filters, and the same result as a file or feed."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partnerships import exports, labels, search
from partnerships.filters import FACETS, NOT, SORTS, read, sees_inside
from partnerships.models import Company, Partnership
from partnerships.reporting import Light
from partnerships.views.rows import as_rows
from portal.days import day_words
from portal.http import render_page
from portal.marks import joined

PAGE_SIZE = 25
SHORT_FACET = 6  # options of a facet before "All …"


@require_safe
@login_not_required
def partnership_list(request: HttpRequest) -> HttpResponse:
    """The list as the address says; htmx gets the results and filters only."""
    asked = read(request.GET, request.user)
    found, close_words, meant = understood(asked.wanted)
    wanted = found.wanted
    page = search.page_of(found, asked.sort, request.GET.get("page", ""), PAGE_SIZE)
    records = Partnership.objects.visible_to(request.user).for_rows().in_bulk(page.ids)
    query = request.GET.copy()
    for name in ("page", "more"):
        query.pop(name, None)
    chips = filter_chips(query, wanted, request.GET.get("q", "").strip())
    context = {
        "total": found.total,
        "rows": as_rows(records[pk] for pk in page.ids if pk in records),
        "words": request.GET.get("q", ""),
        "close_words": close_words,
        "facets": facet_options(request, query, found),
        "filter_count": len(chips) - bool(wanted.words),
        "is_unfolded": "more" in request.GET,
        "chips": chips,
        "sorts": sort_links(query, found, asked.sort),
        "sort": asked.sort,
        "downloads": downloads(query),
        "previous_url": page.previous and "?" + _with(query, page=page.previous),
        "next_url": page.next and "?" + _with(query, page=page.next),
        "showing": _("%(first)s to %(last)s of %(total)s")
        % {"first": page.first, "last": page.first + len(page.ids) - 1, "total": found.total},
        "all_count": found.listed,
        "ignored": asked.ignored,
        "ways_out": ways_out(query, wanted) if not found.total else [],
        "excluded": [(NOT + name, value) for name, values in wanted.excluded.items() for value in values],
        "leave_out": leave_out_links(query, wanted),
        "suggestions": in_place_of_words(query, meant),
        "save_url": reverse("partnerships:saved_new") + ("?" + query.urlencode() if query else ""),
        "last_updated": found.updated_at,
        "atom_url": reverse("partnerships:partnership_export", args=["atom"]) + "?" + query.urlencode(),
    }
    return render_page(
        request, "partnerships/partnership_list.html", context, partial="partnerships/_partnership_find.html"
    )


def understood(wanted: search.Wanted) -> tuple[search.Found, str, list[search.Suggestion]]:
    """What is found, the words as they were put right ("" if they were not), and the filters they may mean.

    Words that name a filter are not misspelt, even where no record says them in that language.
    """
    found, meant = search.find(wanted), search.suggest_filters(wanted)
    if found.total or meant or not wanted.words:
        return found, "", meant
    if close_words := search.corrected(wanted.words):
        close = search.find(replace(wanted, words=close_words))
        if close.total:
            return close, close_words, search.suggest_filters(close.wanted)
    return found, "", search.suggest_filters(wanted, is_wide=True)


@require_safe
@login_not_required
def partnership_export(request: HttpRequest, format: str) -> HttpResponse | StreamingHttpResponse:
    """What is on screen as a file or feed: all pages of it, with its source and date."""
    if format not in exports.FORMATS:
        raise Http404
    asked = read(request.GET, request.user)
    query = request.GET.copy()
    query.pop("page", None)
    address = request.build_absolute_uri(reverse("partnerships:partnership_list")) + (
        "?" + query.urlencode() if query else ""
    )
    found = search.find(asked.wanted, with_counts=False)
    return exports.answer(format, found, sort=asked.sort, address=address)


def _with(query: QueryDict, **changes: str) -> str:
    changed = query.copy()
    for name, value in changes.items():
        changed[name] = value
    return changed.urlencode()


def _less(query: QueryDict, name: str, value: str | None = None) -> str:
    """The address without one value of a filter, or without the whole filter."""
    changed = query.copy()
    left = [entry for entry in changed.getlist(name) if value is not None and entry != value]
    if left:
        changed.setlist(name, left)
    else:
        changed.pop(name, None)
    return "?" + changed.urlencode()


def facet_options(request: HttpRequest, query: QueryDict, found: search.Found) -> list[dict]:
    """Each facet as `components/facet.html` takes it: the values that records have, and those chosen."""
    opened, wanted, counts = request.GET.get("more", ""), found.wanted, found.counts
    more = "?" + (query.urlencode() + "&more=" if query else "more=")
    drawn = []
    for name, facet in FACETS.items():
        chosen, records = wanted.chosen.get(name, ()), counts.get(name, {})
        words = labels.words(name) if name != "company" else {}
        order = _facet_order(name, facet.is_by_count, records, words)
        values = sorted(dict.fromkeys([*records, *chosen]), key=order)
        is_long = len(values) > SHORT_FACET + 1 and name != opened
        is_cut = name == "company" and len(records) >= search.MOST_COMPANIES
        shown = [
            value
            for place, value in enumerate(values)
            if not is_long or place < SHORT_FACET or value in chosen
        ]
        if name == "company":
            words = company_names(shown)
        drawn.append(
            {
                "name": name,
                "legend": facet.title,
                "is_open": facet.is_open or bool(chosen) or name == opened,
                "options": [
                    {
                        "value": value,
                        "label": words[value],
                        "count": records.get(value, 0),
                        "is_on": value in chosen,
                    }
                    for value in shown
                ],
                "more_url": more + name if is_long else "",
                "more_label": (_("The first %(count)s") if is_cut else _("All %(count)s"))
                % {"count": len(values)},
            }
        )
    return [facet for facet in drawn if facet["options"]]


def _facet_order(name: str, is_by_count: bool, found: dict[str, int], words: dict[str, str]):
    """Most records first, or the natural order: years from the latest, choices as they are declared."""
    if name == "company":
        return lambda value: -found.get(value, 0)
    if is_by_count:
        return lambda value: (
            -found.get(value, 0),
            int(value) if value.isdigit() else 0,
            words[value],
        )
    if name == "year":
        return lambda value: -int(value) if value.isdigit() else 1
    declared = list(ORDER_OF.get(name, ()))
    return lambda value: declared.index(value) if value in declared else len(declared)


ORDER_OF = {
    "type": [value for value, _label in Partnership._meta.get_field("partnership_type").flatchoices],
    "status": [value for value, _label in Partnership._meta.get_field("status").flatchoices],
    "scope": [value for value, _label in Partnership._meta.get_field("scope").flatchoices],
    "reporting": list(labels.REPORTING),
    "light": Light.values,
    "group": list(labels.COUNTRY_GROUPS),
    "value": list(labels.VALUE_BANDS),
}


def filter_chips(query: QueryDict, wanted: search.Wanted, words: str) -> list[dict]:
    """The filters that are on, each with the address without it."""
    found = [{"label": f"“{words}”", "url": _less(query, "q")}] if words else []
    if wanted.since:
        found.append({"label": since_label(wanted), "url": _less(query, "updated_since")})
    for name, values in wanted.chosen.items():
        found += [{"label": value_label(name, value), "url": _less(query, name, value)} for value in values]
    for name, values in wanted.excluded.items():
        found += [
            {"label": _("Not: %s") % value_label(name, value), "url": _less(query, NOT + name, value)}
            for value in values
        ]
    return found


def leave_out_links(query: QueryDict, wanted: search.Wanted) -> list[dict]:
    """For each value that is on, the same list with that value left out instead."""
    links = []
    for name, values in wanted.chosen.items():
        for value in values:
            changed = QueryDict(_less(query, name, value).removeprefix("?"), mutable=True)
            changed.appendlist(NOT + name, value)
            links.append({"label": value_label(name, value), "url": "?" + changed.urlencode()})
    return links


def as_links(suggestions: Iterable[search.Suggestion]) -> list[dict]:
    """Suggestions with their words and addresses: a filter leads to its list, a record to its page."""
    registry = reverse("partnerships:partnership_list")
    return [
        _filter_link(found, f"{registry}?{urlencode({found.facet: found.value})}")
        if found.facet
        else {
            "label": found.label,
            "url": Partnership(reference=found.value, title=found.label).get_absolute_url(),
            "kind": _("Record"),
            "count": 0,
        }
        for found in suggestions
    ]


def in_place_of_words(query: QueryDict, filters: Iterable[search.Suggestion]) -> list[dict]:
    """Filters that the words of a search may mean, each with the same list narrowed by it instead."""
    links = []
    for found in filters:
        changed = query.copy()
        for name in ("q", found.facet, NOT + found.facet):
            changed.pop(name, None)
        changed[found.facet] = found.value
        links.append(_filter_link(found, "?" + changed.urlencode()))
    return links


def _filter_link(found: search.Suggestion, url: str) -> dict:
    label = found.label or labels.OF_FACET[found.facet](found.value)
    return {"label": label, "url": url, "kind": FACETS[found.facet].title, "count": found.count}


@require_safe
@login_not_required
def suggestions(request: HttpRequest) -> HttpResponse:
    """What a reader may mean who types `?q=`; a page of its own without script."""
    begun = request.GET.get("q", "")
    found = search.suggest(begun, sees_inside=sees_inside(request.user))
    context = {"words": begun, "suggestions": as_links(found)}
    return render_page(
        request, "partnerships/suggestions.html", context, partial="partnerships/_suggestions.html"
    )


def words_for(wanted: search.Wanted) -> list[str]:
    """A search in words, one for each of its filters."""
    return [chip["label"] for chip in filter_chips(QueryDict(mutable=True), wanted, wanted.words)]


def since_label(wanted: search.Wanted) -> str:
    return _("Changed since %(moment)s") % {"moment": day_words(localtime(wanted.since), "j F Y H:i")}


def company_names(public_ids: Collection[str]) -> dict[str, str]:
    found = Company.objects.filter(public_id__in=public_ids).values_list("public_id", "name")
    return {public_id: public_id for public_id in public_ids} | {str(key): name for key, name in found}


def value_label(name: str, value: str) -> str:
    if name == "company":
        return company_names([value])[value]
    return labels.OF_FACET[name](value)


def sort_links(query: QueryDict, found: search.Found, asked: str) -> list[dict]:
    current = found.order(asked)
    return [
        {"label": label, "url": "?" + _with(query, sort=name), "is_current": name == current}
        for name, label in SORTS.items()
        if name != "match" or found.order("match") == "match"
    ]


def downloads(query: QueryDict) -> list[dict]:
    end = "?" + query.urlencode() if query else ""
    return [
        {"label": label, "url": reverse("partnerships:partnership_export", args=[format]) + end}
        for format, label in exports.FORMATS.items()
    ]


def ways_out(query: QueryDict, wanted: search.Wanted) -> list[dict]:
    """For an empty result: each filter whose removal finds records, with how many."""
    found = []
    for name, count in search.without_each(wanted).items():
        if not count:
            continue
        without = query.copy()
        for part in (name, NOT + name):
            without.pop(part, None)
        labels_of = [f"“{wanted.words}”"] if name == "q" else []
        labels_of += [since_label(wanted)] if name == "updated_since" else []
        labels_of += [value_label(name, value) for value in wanted.chosen.get(name, ())]
        labels_of += [_("Not: %s") % value_label(name, value) for value in wanted.excluded.get(name, ())]
        found.append({"label": joined(labels_of), "count": count, "url": "?" + without.urlencode()})
    return sorted(found, key=lambda way: -way["count"])
