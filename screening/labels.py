"""The words of the criteria for readers, and a rating as the components `scale` and `ladder` take it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.models import Tier
from screening.rating import BLOCKED, Catalogue, Rating, Step

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
DEPTHS = {
    "basic": gettext_lazy("Basic"),
    "standard": gettext_lazy("Standard"),
    "enhanced": gettext_lazy("Enhanced"),
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


def step_codes(step: Step) -> list[str]:
    """What a step counted: "R_med = 2 (R-SUP-01, R-LAB-01)"."""
    return [
        f"{name} = {len(found)} ({', '.join(found)})" if found else f"{name} = 0"
        for name, found in step.counts.items()
    ]


def rating_ladder(result: Rating) -> list[dict]:
    """For components/ladder.html: each step with the line that held and the codes it counted."""
    ladder = []
    for step in result.steps:
        title, text = STEPS[step.name]
        codes = step_codes(step)
        is_last = step is result.steps[-1]
        has_rating = step.name not in ("exclusion", "open_exclusion") or bool(step.line)
        outcome = _("Blocked") if step.rating == BLOCKED else RATINGS[step.rating]
        ladder.append(
            {
                "title": title,
                "text": text,
                "codes": ([step.line] if step.line else []) + codes,
                "outcome": outcome if has_rating else _("Go on"),
                "status": ("locked" if step.rating == BLOCKED else step.rating) if has_rating else "",
                "bare": not is_last,
            }
        )
    return ladder


def rule_lines(known: Catalogue) -> list[dict]:
    """Every line of the rule, for a reader with a pencil: {"number", "title", "text", "lines"} a step."""
    steps = []
    for rule in known.steps:
        title, text = STEPS[rule["name"]]
        lines = [
            f"{option.get('if', 'otherwise')} → {RATINGS[option.get('rating') or BLOCKED]}"
            for option in rule.get("first_of", [rule])
            if "rating" in option
        ]
        steps.append(
            {
                "number": rule["step"],
                "title": title,
                "text": text,
                "lines": lines or [rule.get("if") or rule["do"]],
            }
        )
    return steps


def overlay_changes(known: Catalogue, name: str) -> dict[str, str]:
    """What an overlay tightens, in words: by the code of a criterion, or by the part of the rule."""
    changes = known.overlays[name]
    found: dict[str, str] = {}

    def add(place: str, words: str) -> None:
        found[place] = f"{found[place]}; {words}" if place in found else words

    for code in changes.get("activate_optional", ()):
        add(code, _("Switched on"))
    for row in changes.get("add_criterion", ()):
        add(row["code"], _("Added: %(title)s") % {"title": row["title"]})
    for item in changes.get("make_exclusionary", ()):
        add(item["criterion"], _("Excludes from “%(answer)s”") % {"answer": ANSWERS[item["at"]]})
    for code, floors in changes.get("raise_floor", {}).items():
        for at, rating in floors.items():
            add(code, f"{ANSWERS[at]} → {RATINGS[rating]}")
    for code, years in changes.get("extend_look_back", {}).items():
        add(code, _("Looks back %(years)d years") % {"years": years})
    for term, number in changes.get("lower_count_threshold", {}).items():
        add(term, _("Counts from %(number)d") % {"number": number})
    for rating, months in changes.get("shorten_validity", {}).items():
        add(_("Validity"), f"{RATINGS[rating]}: " + _("%(months)d months") % {"months": months})
    for tier, depth in changes.get("raise_dd_level", {}).items():
        add(_("Depth of work"), f"{Tier(tier).label}: {DEPTHS[depth]}")
    for tier, level in changes.get("restrict_decision_level", {}).items():
        add(_("Decision"), _("%(tier)s: from level %(level)s") % {"tier": Tier(tier).label, "level": level})
    return found
