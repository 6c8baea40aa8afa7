"""The public registry: the list with its filters, and the same result as a file or feed."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partnerships import exports, labels, search
from partnerships.filters import FACETS, SORTS, RegistryFilter
from partnerships.models import Company, Partnership
from partnerships.views.rows import as_rows
from portal.http import render_page

PAGE_SIZE = 25
SHORT_FACET = 6  # options of a facet before "All …"


@require_safe
@login_not_required
def partnership_list(request: HttpRequest) -> HttpResponse:
    """The list as the address says; htmx gets the results and filters only."""
    filters, ignored = RegistryFilter.lenient(request)
    wanted = filters.wanted
    numbers = search.numbers_of(wanted.chosen)
    total, counts = search.facet_counts(wanted, numbers)
    close_words = search.corrected(wanted.words) if wanted.words and not total else ""
    if close_words:
        close = search.Wanted(close_words, wanted.chosen, wanted.sees_inside)
        close_total, close_counts = search.facet_counts(close, numbers)
        if close_total:
            wanted, total, counts = close, close_total, close_counts
        else:
            close_words = ""
    page = search.page_of(
        search.matching(wanted, numbers), wanted, filters.order, request.GET.get("page", ""), PAGE_SIZE
    )
    records = Partnership.objects.visible_to(request.user).for_list().in_bulk(page.ids)
    query = request.GET.copy()
    for name in ("page", "more"):
        query.pop(name, None)
    context = {
        "total": total,
        "rows": as_rows(records[pk] for pk in page.ids if pk in records),
        "words": request.GET.get("q", ""),
        "close_words": close_words,
        "facets": facet_options(request, query, wanted, counts),
        "filter_count": sum(len(values) for values in wanted.chosen.values()) + bool(wanted.words),
        "chips": chips(query, wanted, request.GET.get("q", "").strip()),
        "sorts": sort_links(query, filters),
        "sort": filters.form.cleaned_data.get("sort", ""),
        "downloads": downloads(query),
        "previous_url": page.previous and "?" + _with(query, page=page.previous),
        "next_url": page.next and "?" + _with(query, page=page.next),
        "showing": _("%(first)s to %(last)s of %(total)s")
        % {"first": page.first, "last": page.first + len(page.ids) - 1, "total": total},
        "all_count": search.listed_count(wanted.sees_inside),
        "ignored": ignored,
        "ways_out": ways_out(query, wanted) if not total else [],
        "atom_url": reverse("partnerships:partnership_export", args=["atom"]) + "?" + query.urlencode(),
    }
    return render_page(
        request, "partnerships/partnership_list.html", context, partial="partnerships/_partnership_find.html"
    )


@require_safe
@login_not_required
def partnership_export(request: HttpRequest, format: str) -> HttpResponse | StreamingHttpResponse:
    """What is on screen as a file or feed: all pages of it, with its source and date."""
    if format not in exports.FORMATS:
        raise Http404
    filters, _ignored = RegistryFilter.lenient(request)
    query = request.GET.copy()
    query.pop("page", None)
    address = request.build_absolute_uri(reverse("partnerships:partnership_list")) + (
        "?" + query.urlencode() if query else ""
    )
    return exports.answer(format, filters.qs, sort=filters.order, wanted=filters.wanted, address=address)


def _with(query: QueryDict, **changes: str) -> str:
    changed = query.copy()
    for name, value in changes.items():
        changed[name] = value
    return changed.urlencode()


def _less(query: QueryDict, name: str, value: str | None = None) -> str:
    """The address without one value of a filter, or without the whole filter."""
    changed = query.copy()
    left = [entry for entry in changed.getlist(name) if value is not None and entry != value]
    changed.setlist(name, left)
    if not left:
        del changed[name]
    return "?" + changed.urlencode()


def facet_options(request: HttpRequest, query: QueryDict, wanted: search.Wanted, counts: dict) -> list[dict]:
    """Each facet as `components/facet.html` takes it: the values that records have, and those chosen."""
    opened = request.GET.get("more", "")
    drawn = []
    for name, facet in FACETS.items():
        if not facet.is_shown:
            continue
        chosen, found = wanted.chosen.get(name, ()), counts.get(name, {})
        values = sorted({*found, *chosen}, key=_facet_order(name, facet.is_by_count, found))
        is_long = len(values) > SHORT_FACET + 1 and name != opened
        shown = [
            value
            for place, value in enumerate(values)
            if not is_long or place < SHORT_FACET or value in chosen
        ]
        drawn.append(
            {
                "name": name,
                "legend": facet.title,
                "is_open": facet.is_open or bool(chosen) or name == opened,
                "options": [
                    {
                        "value": value,
                        "label": labels.OF_FACET[name](value),
                        "count": found.get(value, 0),
                        "is_on": value in chosen,
                    }
                    for value in shown
                ],
                "more_url": "?" + _with(query, more=name) if is_long else "",
                "more_label": _("All %(count)s") % {"count": len(values)},
            }
        )
    return [facet for facet in drawn if facet["options"]]


def _facet_order(name: str, is_by_count: bool, found: dict[str, int]):
    """Most records first, or the natural order: years from the latest, choices as they are declared."""
    if is_by_count:
        return lambda value: (
            -found.get(value, 0),
            int(value) if value.isdigit() else 0,
            labels.OF_FACET[name](value),
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
    "group": list(labels.COUNTRY_GROUPS),
    "value": list(labels.VALUE_BANDS),
}


def chips(query: QueryDict, wanted: search.Wanted, words: str) -> list[dict]:
    """The filters that are on, each with the address without it."""
    found = [{"label": f"“{words}”", "url": _less(query, "q")}] if words else []
    for name, values in wanted.chosen.items():
        found += [{"label": value_label(name, value), "url": _less(query, name, value)} for value in values]
    return found


def value_label(name: str, value: str) -> str:
    if name == "company":
        company = Company.objects.filter(public_id=value).only("name").first()
        return company.name if company else value
    return labels.OF_FACET[name](value)


def sort_links(query: QueryDict, filters: RegistryFilter) -> list[dict]:
    return [
        {"label": label, "url": "?" + _with(query, sort=name), "is_current": name == filters.order}
        for name, label in SORTS.items()
        if name != "match" or filters.wanted.words
    ]


def downloads(query: QueryDict) -> list[dict]:
    end = "?" + query.urlencode() if query else ""
    return [
        {"label": label, "url": reverse("partnerships:partnership_export", args=[format]) + end}
        for format, label in exports.FORMATS.items()
    ]


def ways_out(query: QueryDict, wanted: search.Wanted) -> list[dict]:
    """For an empty result: each filter whose removal finds records, with how many. One count a filter."""
    found = []
    for name in (["q"] if wanted.words else []) + list(wanted.chosen):
        count = search.matching(wanted.without(name)).count()
        if count:
            label = (
                f"“{wanted.words}”"
                if name == "q"
                else ", ".join(value_label(name, value) for value in wanted.chosen[name])
            )
            found.append({"label": label, "count": count, "url": _less(query, name)})
    return sorted(found, key=lambda way: -way["count"])
