"""The public pages of the criteria: what is asked, how it becomes a rating, and the rule to try."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from screening.labels import (
    ANSWERS,
    DEPTHS,
    EVIDENCE,
    RATINGS,
    TYPES,
    overlay_changes,
    rating_ladder,
    rating_scale,
    rule_lines,
)
from screening.queries.catalogue import catalogue_in_force
from screening.rating import BadAnswers, Catalogue, rate


def _groups(known: Catalogue) -> list[dict]:
    scales = known.data["scales"]
    return [
        {
            "type": kind,
            "label": label,
            "note": known.data["types"][kind],
            "criteria": [
                {
                    "item": criterion,
                    "evidence": EVIDENCE[criterion.evidence_mode],
                    "answers": [(answer, ANSWERS[answer]) for answer in scales[criterion.scale]],
                    "sources": [known.data["sources"][key] for key in criterion.sources],
                    "floor": [(ANSWERS[at], RATINGS[rating]) for at, rating in criterion.floor.items()],
                }
                for criterion in known.criteria.values()
                if criterion.type == kind
            ],
        }
        for kind, label in TYPES.items()
    ]


@require_safe
@login_not_required
def criteria(request: HttpRequest) -> HttpResponse:
    known = catalogue_in_force()
    return render(
        request,
        "screening/criteria.html",
        {
            "catalogue": known,
            "groups": _groups(known),
            "lines": rule_lines(known),
            "overlays": _overlay_table(known),
            "validity": [(RATINGS[row["code"]], row["validity_months"]) for row in known.data["ratings"]],
        },
    )


def _overlay_table(known: Catalogue) -> dict:
    """What each entity's overlay changes, one row a criterion or part of the rule."""
    changes = [overlay_changes(known, name) for name in known.overlays]
    places = sorted(
        {place for found in changes for place in found}, key=lambda row: (row not in known.criteria, row)
    )
    return {
        "names": [name.replace("_", " ").capitalize() for name in known.overlays],
        "rows": [
            (place, known.criteria.get(place), [found.get(place, "") for found in changes])
            for place in places
        ],
    }


@require_safe
@login_not_required
def try_rating(request: HttpRequest) -> HttpResponse:
    """The rule with anybody's answers. The address holds them, so that a result can be passed on."""
    known = catalogue_in_force()
    level = request.GET.get("level", "standard")
    overlay = request.GET.get("overlay", "")
    answers = {
        code: request.GET[code]
        for code, item in known.criteria.items()
        if request.GET.get(code) in known.data["scales"][item.scale]
    }
    problem, result = "", None
    if request.GET:
        try:
            result = rate(answers, level, overlay or None, using=known)
        except BadAnswers as error:
            problem = str(error)
    groups = _groups(known)
    for group in groups:
        for row in group["criteria"]:
            row["given"] = answers.get(row["item"].code, row["answers"][0][0])
    context = {
        "catalogue": known,
        "groups": groups,
        "level": level,
        "levels": [(code, DEPTHS[code]) for code in known.levels],
        "overlay": overlay,
        "overlays": [(name, name.replace("_", " ").capitalize()) for name in known.overlays],
        "problem": problem,
        "result": result,
        "result_label": RATINGS[result.rating] if result else "",
        "scale": rating_scale(result, known) if result else [],
        "ladder": rating_ladder(result) if result else [],
    }
    return render(request, "screening/try_rating.html", context, status=422 if problem else 200)
