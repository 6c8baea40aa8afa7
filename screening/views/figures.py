"""Figures of the casework for reviewers, and the counts that everybody may read."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.http import SignedIn
from screening.labels import RATINGS
from screening.names.words import BANDS
from screening.queries import figures
from screening.queries.catalogue import catalogue_in_force


@require_safe
def case_reports(request: SignedIn) -> HttpResponse:
    if not request.user.has_perm("screening.view_case"):
        raise PermissionDenied
    reused, rated = figures.reuse()
    context = {
        "ages": figures.queue_ages(),
        "speed": figures.days_to_decision(),
        "false_positives": [
            {**row, "band": _(BANDS[row["band"]]), "percent": round(100 * row["share"])}
            for row in figures.false_positives()
        ],
        "overturned": figures.overturned(),
        "reused": reused,
        "rated": rated,
    }
    return render(request, "screening/case_reports.html", context)


@require_safe
@login_not_required
def public_figures(request: HttpRequest) -> HttpResponse:
    """Decisions by rating and year. Never a company, never a count that could point at one."""
    ratings = catalogue_in_force().ratings
    years: dict[int, dict[str, int | None]] = {}
    for row in figures.counts_by_rating():
        years.setdefault(row["year"], {})[row["rating"]] = row["count"]
    context = {
        "ratings": [RATINGS[code] for code in ratings],
        "years": [
            (year, [(code in counts, counts.get(code)) for code in ratings]) for year, counts in years.items()
        ],
        "smallest": figures.SMALLEST_SHOWN,
    }
    return render(request, "screening/public_figures.html", context)
