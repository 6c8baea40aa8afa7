"""The public pages of the criteria: what is asked, how it becomes a rating, and the rule to try."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from screening.rating import BLOCKED, BadAnswers, Catalogue, Rating, catalogue, rate

TYPES = {
    "exclusionary": gettext_lazy("Exclusionary criteria"),
    "high_risk_sector": gettext_lazy("High-risk sectors"),
    "risk_factor": gettext_lazy("Risk factors"),
    "positive": gettext_lazy("Positive criteria"),
}
EVIDENCE = {
    "list_match": gettext_lazy("Answered from lists"),
    "company_rule": gettext_lazy("Computed from the company's facts"),
    "reviewer": gettext_lazy("Judged by a reviewer on evidence"),
    "disclosure": gettext_lazy("Stated by the company"),
}
ANSWERS = {
    "clear": gettext_lazy("Clear"),
    "unresolved": gettext_lazy("Unresolved"),
    "met": gettext_lazy("Met"),
    "none": gettext_lazy("None"),
    "minor": gettext_lazy("Minor"),
    "core": gettext_lazy("Core"),
    "low": gettext_lazy("Low"),
    "medium": gettext_lazy("Medium"),
    "high": gettext_lazy("High"),
    "no_information": gettext_lazy("No information"),
    "not_material": gettext_lazy("Not material"),
    "not_shown": gettext_lazy("Not shown"),
    "partial": gettext_lazy("Partial"),
    "demonstrated": gettext_lazy("Demonstrated"),
}
RATINGS = {
    "low": gettext_lazy("Low"),
    "moderate": gettext_lazy("Moderate"),
    "substantial": gettext_lazy("Substantial"),
    "high": gettext_lazy("High"),
    "excluded": gettext_lazy("Excluded"),
    BLOCKED: gettext_lazy("Blocked: an exclusion is open"),
}
STEPS = {
    "exclusion": (gettext_lazy("Exclusion"), gettext_lazy("A criterion that is met ends it here.")),
    "open_exclusion": (
        gettext_lazy("Open exclusion"),
        gettext_lazy("One that is unresolved blocks: nothing is rated until it is answered."),
    ),
    "base": (gettext_lazy("Base"), gettext_lazy("The first line that holds gives the rating.")),
    "credit": (
        gettext_lazy("Credit"),
        gettext_lazy("Three positives shown, one of them an anchor, lower it by one step."),
    ),
    "floor": (gettext_lazy("Sector floor"), gettext_lazy("A sector may set the least that is given.")),
    "entity": (
        gettext_lazy("Entity overlay"),
        gettext_lazy("A UN entity may be stricter than the common rule, never milder."),
    ),
}


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
    known = catalogue()
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
    known = catalogue()
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
            result = rate(answers, level, overlay or None)
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


def rating_scale(result: Rating, known: Catalogue) -> list[dict]:
    """For components/scale.html: the rating, and the common one where an entity's is stricter."""
    steps = []
    for code in known.ratings:
        is_common = code == result.common_rating and result.rating != result.common_rating
        state = "on" if code == result.rating else "was" if is_common else ""
        steps.append(
            {"label": RATINGS[code], "note": _("common rating") if is_common else "", "state": state}
        )
    return steps


def rating_ladder(result: Rating) -> list[dict]:
    """For components/ladder.html: each step with the line that held and the codes it counted."""
    ladder = []
    for step in result.steps:
        title, text = STEPS[step.name]
        codes = [
            f"{name} = {len(found)} ({', '.join(found)})" if found else f"{name} = 0"
            for name, found in step.counts.items()
        ]
        is_last = step is result.steps[-1]
        has_rating = step.name not in ("exclusion", "open_exclusion") or bool(step.line)
        ladder.append(
            {
                "title": title,
                "text": text,
                "codes": ([step.line] if step.line else []) + codes,
                "outcome": RATINGS[step.rating] if has_rating else _("Go on"),
                "status": ("locked" if step.rating == BLOCKED else step.rating) if has_rating else "",
                "bare": not is_last,
            }
        )
    return ladder
