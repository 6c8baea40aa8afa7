"""The public pages of the criteria: what is asked, how it becomes a rating, and the rule to try."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from screening.labels import ANSWERS, EVIDENCE, RATINGS, STEPS, TYPES, rating_ladder, rating_scale
from screening.queries.catalogue import catalogue_in_force
from screening.rating import BLOCKED, BadAnswers, Catalogue, rate


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
            "lines": _rule_lines(known),
            "overlays": _overlay_table(known),
            "validity": [(RATINGS[row["code"]], row["validity_months"]) for row in known.data["ratings"]],
        },
    )


def _rule_lines(known: Catalogue) -> list[dict]:
    """Every line of the rule, for a reader with a pencil."""
    steps = []
    for rule in known.steps:
        title, text = STEPS[rule["name"]]
        lines = [
            f"{option.get('if', 'otherwise')} → {RATINGS[option.get('rating') or BLOCKED]}"
            for option in rule.get("first_of", [rule])
            if "rating" in option
        ]
        steps.append({"title": title, "text": text, "lines": lines or [rule.get("if") or rule["do"]]})
    return steps


def _overlay_table(known: Catalogue) -> dict:
    """What each entity's overlay changes, one row a criterion."""
    rows: dict[str, dict[str, str]] = {}
    for name, changes in known.overlays.items():
        for code in changes.get("activate_optional", ()):
            rows.setdefault(code, {})[name] = _("Switched on")
        for item in changes.get("make_exclusionary", ()):
            rows.setdefault(item["criterion"], {})[name] = _("Excludes from “%(answer)s”") % {
                "answer": ANSWERS[item["at"]]
            }
        for code, floors in changes.get("raise_floor", {}).items():
            rows.setdefault(code, {})[name] = "; ".join(
                f"{ANSWERS[at]} → {RATINGS[rating]}" for at, rating in floors.items()
            )
        for code, years in changes.get("extend_look_back", {}).items():
            rows.setdefault(code, {})[name] = _("Looks back %(years)d years") % {"years": years}
    names = list(known.overlays)
    return {
        "names": [name.replace("_", " ").capitalize() for name in names],
        "rows": [
            (known.criteria[code], [cells.get(name, "") for name in names])
            for code, cells in sorted(rows.items())
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
        "levels": [(code, code.capitalize()) for code in known.levels],
        "overlay": overlay,
        "overlays": [(name, name.replace("_", " ").capitalize()) for name in known.overlays],
        "problem": problem,
        "result": result,
        "result_label": RATINGS[result.rating] if result else "",
        "scale": rating_scale(result, known) if result else [],
        "ladder": rating_ladder(result) if result else [],
    }
    return render(request, "screening/try_rating.html", context, status=422 if problem else 200)
