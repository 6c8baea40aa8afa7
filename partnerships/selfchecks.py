"""The three checks a record is held against: what each asks, and when it counts as met.

Source: A/58/227, box on the characteristics of successful partnerships, and paras. 20–22 (criteria of
registration); A/66/320, paras. 26 and 27, box 5 (transformational). In the words of this registry.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnerships.models import PartnershipStatus, SelfCheck

Kind, Moment = SelfCheck.Kind, SelfCheck.Moment
MARKS = [
    (1, _("1 Not at all")),
    (2, _("2 In part")),
    (3, _("3 Mostly")),
    (4, _("4 In full")),
]

ITEMS: dict[str, dict[str, Promise]] = {
    Kind.CHARACTERISTICS: {
        "shared_aim": _("All partners share one clear aim"),
        "added_value": _("Together they do what none could do alone"),
        "roles": _("Roles and responsibilities are clear"),
        "ownership": _("Those it is for take part and own it"),
        "equality": _("Partners large and small have a say"),
        "transparency": _("Decisions and money can be seen by all"),
        "accountability": _("Each partner answers for its part"),
        "resources": _("Money, people and time are secured"),
        "leadership": _("Somebody leads, and each partner backs it at the top"),
        "learning": _("Progress is measured and the plan changes with it"),
        "lasting": _("What it brings can last without the partnership"),
    },
    Kind.TRANSFORMATIONAL: {
        "systemic_issue": _("It tackles a systemic issue"),
        "core_competencies": _("It uses what each partner does best"),
        "right_stakeholders": _("The right stakeholders take part"),
        "scale_and_lasting_impact": _("It can reach scale, and its effect lasts"),
        "market_or_rule_change": _("It changes a market or a rule"),
    },
    Kind.REGISTRATION: {
        "voluntary": _("It is voluntary and takes the place of no commitment of governments"),
        "new_or_added_value": _("It is new, or adds value to what there is"),
        "three_dimensions": _("It joins the economic, social and environmental sides of development"),
        "predictable_resources": _("Its resources are identified and can be relied upon"),
        "technology_and_capacity": _("It shares technology or builds capacity where that is needed"),
        "sector_and_region_balance": _("It is balanced between sectors and regions"),
        "transparent_and_accountable": _("It is transparent and accountable to its partners"),
        "publicly_announced": _("It has been announced in public"),
        "within_mandate_no_diversion": _(
            "It lies within the mandate of its UN entity and diverts no resources from it"
        ),
    },
}

BEFORE_WORK = {
    PartnershipStatus.IDEA,
    PartnershipStatus.SCREENING,
    PartnershipStatus.DESIGN,
    PartnershipStatus.AGREEMENT,
}


def moment_of(kind: str, status: str) -> str:
    """When a check is being made: the characteristics three times in a record's life, the others once."""
    if kind != Kind.CHARACTERISTICS or status in BEFORE_WORK:
        return Moment.DESIGN
    at_work = {PartnershipStatus.ACTIVE, PartnershipStatus.ON_HOLD}
    return Moment.MIDTERM if status in at_work else Moment.END


def unmet(kind: str, answers: Mapping[str, Any]) -> list[str]:
    """The items without a "yes" and a note that says why, as texts; empty when the check is met."""
    return [
        str(label)
        for item, label in ITEMS[kind].items()
        if not (answers.get(item, {}).get("mark") and answers.get(item, {}).get("note"))
    ]


def trend(checks: Iterable[SelfCheck]) -> dict[str, Any]:
    """The characteristics at each moment they were marked, as a table: {"moments": [...], "rows": [...]}."""
    made = {check.moment: check for check in checks if check.kind == Kind.CHARACTERISTICS}
    moments = [moment for moment in Moment.values if moment in made]
    return {
        "moments": [Moment(moment).label for moment in moments],
        "rows": [
            {
                "label": label,
                "marks": [
                    {"moment": Moment(moment).label, "mark": made[moment].answers.get(item, {}).get("mark")}
                    for moment in moments
                ],
                "note": made[moments[-1]].answers.get(item, {}).get("note", "") if moments else "",
            }
            for item, label in ITEMS[Kind.CHARACTERISTICS].items()
        ],
    }


def badge_of(checks: Iterable[SelfCheck]) -> bool:
    """Whether a record may call itself transformational: every item met, and read by the registry desk."""
    return any(
        check.kind == Kind.TRANSFORMATIONAL and check.reviewed_by_id and not unmet(check.kind, check.answers)
        for check in checks
    )
