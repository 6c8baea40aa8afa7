"""Statistics: each figure at a stable address with its table, its CSV, how it is counted, and to embed."""

from dataclasses import replace
from itertools import chain

from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from partnerships import search, statistics
from partnerships.exports import LICENCE
from partnerships.filters import read
from partnerships.models import PartnershipType
from partnerships.statistics.drawn import share_text
from partnerships.statistics.facets import ranked_countries
from partnerships.views.registry import words_for
from portal.days import day_words
from portal.sheets import csv_lines

ON_FRONT = ["goals", "countries"]


@require_safe
@login_not_required
def statistics_index(request: HttpRequest) -> HttpResponse:
    wanted = search.Wanted()
    drawn = [in_full(request, statistics.FIGURES[slug], wanted) for slug in ON_FRONT]
    context = {
        "drawn": drawn,
        "figures": statistics.FIGURES.values(),
        "total": search.find(wanted, with_counts=False).total,
        "last_updated": search.last_updated(),
    }
    return render(request, "partnerships/statistics.html", context)


@require_safe
@login_not_required
def statistics_figure(request: HttpRequest, slug: str) -> HttpResponse:
    figure = figure_of(slug)
    wanted, ignored = wanted_of(request, figure)
    first, last = statistics.year_range()
    context = {
        **in_full(request, figure, wanted),
        "total": search.find(wanted, with_counts=False).total,
        "types": PartnershipType.choices,
        "type": next(iter(wanted.chosen.get("type", ())), ""),
        "years": [str(year) for year in range(first, last)],
        "since": request.GET.get("from", ""),
        "until": request.GET.get("to", ""),
        "chips": words_for(replace(wanted, chosen={k: v for k, v in wanted.chosen.items() if k != "year"})),
        "ignored": ignored,
        "list_url": statistics.registry_url(wanted),
        "last_updated": search.last_updated(),
    }
    return render(request, "partnerships/statistics_figure.html", context)


@require_safe
@login_not_required
def statistics_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The table of a figure, then where and when it was taken."""
    figure = figure_of(slug)
    wanted, _ignored = wanted_of(request, figure)
    drawn = figure.draw(wanted)
    address = reverse("partnerships:statistics_figure", args=[slug])
    if request.GET:
        address += "?" + request.GET.urlencode()
    about: list[list[object]] = [
        [],
        [_("Figure"), figure.title],
        [_("Counted"), figure.counted],
        [_("Taken from"), request.build_absolute_uri(address)],
        [_("Taken at"), timezone.now().isoformat(timespec="seconds")],
        [_("Licence"), LICENCE],
    ]
    response = StreamingHttpResponse(
        csv_lines(drawn.head, chain(drawn.rows, about)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{slug}-{timezone.now():%Y-%m-%d}.csv"'
    return response


@require_safe
@login_not_required
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"], "form-action": ["'none'"]})  # type: ignore[arg-type]  # typed for views without arguments
def statistics_embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The figure alone, for a frame on any site: no cookie is read, nothing can be sent from it."""
    figure = figure_of(slug)
    wanted, _ignored = wanted_of(request, figure)
    return render(request, "partnerships/statistics_embed.html", in_full(request, figure, wanted))


@require_safe
@login_not_required
def partnership_map(request: HttpRequest) -> HttpResponse:
    """Where: the map, the same as tiles by region, the same as a table."""
    figure = statistics.FIGURES["countries"]
    wanted, _ignored = wanted_of(request, figure)
    found = search.find(wanted)
    counts = found.counts.get("country", {})
    places = [
        {
            "name": str(country),
            "url": reverse("partnerships:country_detail", args=[country.pk]),
            "count": counts[country.pk],
            "share": share_text(counts[country.pk], found.total),
        }
        for country in ranked_countries(counts)
    ]
    context = {**in_full(request, figure, wanted), "places": places, "last_updated": search.last_updated()}
    return render(request, "partnerships/map.html", context)


def figure_of(slug: str) -> statistics.Figure:
    if slug not in statistics.FIGURES:
        raise Http404
    return statistics.FIGURES[slug]


def wanted_of(request: HttpRequest, figure: statistics.Figure) -> tuple[search.Wanted, list[str]]:
    """The records of a figure: the filters of the registry, and `from` and `to` for the start year.

    What the public sees, whoever asks, so that a figure is the same for everybody.
    """
    if not figure.takes_filters:
        return search.Wanted(), []
    asked = read(request.GET, request.user)
    wanted = replace(asked.wanted, sees_inside=False)
    years = [request.GET.get(name, "") for name in ("from", "to")]
    bounds = [int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None for year in years]
    if any(bounds):
        since, until = bounds[0] or 1900, bounds[1] or 2099
        span = [str(year) for year in range(max(since, 1900), min(until, 2099) + 1)]
        wanted = replace(wanted, chosen={**wanted.chosen, "year": span or ["none such"]})
    return wanted, asked.ignored


def in_full(request: HttpRequest, figure: statistics.Figure, wanted: search.Wanted) -> dict:
    """A figure as its templates take it."""
    drawn = figure.draw(wanted)
    end = "?" + request.GET.urlencode() if request.GET and figure.takes_filters else ""
    address = {
        name: reverse(f"partnerships:statistics_{name}", args=[figure.slug]) + end
        for name in ("figure", "csv", "embed")
    }
    return {
        "figure": figure,
        "drawn": drawn,
        "table": {"caption": drawn.headline, "head": drawn.head, "rows": drawn.rows},
        "url": address["figure"],
        "csv_url": address["csv"],
        "embed_url": request.build_absolute_uri(address["embed"]),
        "method_url": reverse("partnerships:statistics_figure", args=[figure.slug]) + "#method",
        "source": _("Source: Common Ground, registry of partnerships, %(day)s. %(licence)s.")
        % {"day": day_words(timezone.localdate()), "licence": LICENCE},
    }
