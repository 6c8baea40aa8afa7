"""What a record needs before it may enter a state, a sentence for each thing that is missing.

Source of the conditions: the registry's field list (partnership_states.rules), after A/66/320, paras. 45,
56, 61 and 75, and A/58/227, paras. 84 and 90.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from partnerships import selfchecks
from partnerships.models import Indicator, Partnership, PartnershipStatus, Scope, SelfCheck, UNRole
from portal.marks import joined
from screening.queries import clearance_gaps

S = PartnershipStatus


@dataclass(frozen=True)
class Gap:
    """What a record lacks, in a sentence, and the step where it is given; "" for a screening."""

    sentence: str
    step: str = ""

    def __str__(self) -> str:
        return self.sentence


def missing_for(partnership: Partnership, to: str) -> list[Gap]:
    """What the record lacks for that state; empty when it may move there."""
    gate = GATES.get((partnership.status, to)) or GATES.get(("", to))
    return gate(partnership) if gate else []


def _for_screening(partnership: Partnership) -> list[Gap]:
    leads = partnership.entity_roles.filter(role=UNRole.LEAD)
    return missing(
        (partnership.title, _("Give it a title."), "identity"),
        (leads.exists(), _("Name the UN entity that leads."), "parties"),
        (partnership.purposes, _("Choose at least one purpose."), "goals"),
        (partnership.parties.exists(), _("Name at least one company or partner."), "parties"),
        (
            partnership.expected_benefits and partnership.expected_costs,
            _("Write down the expected benefits and costs."),
            "benefits",
        ),
    )


def _for_design(partnership: Partnership) -> list[Gap]:
    return _uncleared(partnership) + missing(
        (
            partnership.benefits_outweigh is True,
            _("Conclude that the benefits outweigh the costs."),
            "benefits",
        )
    )


def _for_agreement(partnership: Partnership) -> list[Gap]:
    measured = partnership.indicators.exclude(level=Indicator.Level.INPUT).exclude(baseline=None)
    vague = vague_parties(partnership)
    return missing(
        (
            measured.exclude(target=None).exists(),
            _("Add an indicator above the level of inputs, with baseline and target."),
            "results",
        ),
        (partnership.evaluation_plan, _("Write the evaluation plan."), "evaluation"),
        (
            not vague,
            _("Say the role and responsibilities of: %(parties)s.") % {"parties": joined(vague)},
            "parties",
        ),
    )


def vague_parties(partnership: Partnership) -> list[str]:
    """The partners whose role or responsibilities nobody has written down."""
    parties = partnership.parties.select_related("company")
    return [str(party) for party in parties if not (party.role and party.responsibilities)]


def _for_active(partnership: Partnership) -> list[Gap]:
    return _uncleared(partnership) + missing(
        (
            partnership.agreement_signed or partnership.informal_note,
            _("Enter when the agreement was signed, or why there is none."),
            "agreement",
        )
    )


def _for_closing(partnership: Partnership) -> list[Gap]:
    return missing(
        (
            partnership.end or partnership.end_decision,
            _("Enter the end date, or the decision to end it."),
            "closing",
        )
    )


def _for_closed(partnership: Partnership) -> list[Gap]:
    return missing(
        (partnership.final_report, _("Write the final report."), "closing"),
        (
            partnership.lessons or partnership.lesson_rows.exists(),
            _("Write down the lessons learned."),
            "closing",
        ),
        (
            partnership.evaluation_findings or partnership.no_evaluation_reason,
            _("Enter the findings of the evaluation, or why there was none."),
            "evaluation",
        ),
    )


def _uncleared(partnership: Partnership) -> list[Gap]:
    return [Gap(sentence) for sentence in clearance_gaps(partnership)]


def missing(*conditions: tuple[Any, str, str]) -> list[Gap]:
    """Of (is it there, sentence, step) what is not there."""
    return [Gap(sentence, step) for is_met, sentence, step in conditions if not is_met]


GATES: dict[tuple[str, str], Callable[[Partnership], list[Gap]]] = {
    (S.IDEA, S.SCREENING): _for_screening,
    (S.SCREENING, S.DESIGN): _for_design,
    (S.DESIGN, S.AGREEMENT): _for_agreement,
    (S.AGREEMENT, S.ACTIVE): _for_active,
    (S.ON_HOLD, S.ACTIVE): _uncleared,
    ("", S.CLOSING): _for_closing,
    (S.CLOSING, S.CLOSED): _for_closed,
}


def remarks_on(partnership: Partnership) -> list[str]:
    """What a reader of the desk should notice, though it forbids nothing.

    Source: A/58/227, paras. 77 and 78: one body that brokers and implements stands in its own way.
    """
    roles: dict[str, set[str]] = {}
    for part in partnership.entity_roles.all():
        roles.setdefault(part.role, set()).add(part.entity_id)
    both = UNRole.FACILITATOR_BROKER in roles and {UNRole.IMPLEMENTER, UNRole.LEAD} & roles.keys()
    found = []
    if both and not partnership.un_role_note:
        found.append(
            _("The United Nations brokers and implements here. Say how the two roles are kept apart.")
        )
    if partnership.un_presence_needed is False:
        found.append(_("By its own note this needs no United Nations."))
    return found


def progress_of(partnership: Partnership, step: str) -> str:
    """How far a step of the registration is: "done", "part" or "not_started"."""
    answers = PROGRESS[step](partnership)
    if all(answers):
        return "done"
    return "part" if any(answers) else "not_started"


def _checked(kind: str) -> Callable[[Partnership], list]:
    def marks(partnership: Partnership) -> list:
        moment = selfchecks.moment_of(kind, partnership.status)
        made = next(
            (c for c in partnership.self_checks.all() if (c.kind, c.moment) == (kind, moment)),
            None,
        )
        answers = made.answers if made else {}
        return [answers.get(item, {}).get("mark") for item in selfchecks.ITEMS[kind]]

    return marks


PROGRESS: dict[str, Callable[[Partnership], list[Any]]] = {
    "identity": lambda p: [p.title, p.summary, p.start or p.date_note],
    "story": lambda p: [p.problem, p.approach, p.un_added_value, p.local_needs_link, p.mandate],
    "details": lambda p: [p.type_details],
    "parties": lambda p: [p.entity_roles.exists(), p.parties.exists(), not vague_parties(p)],
    "places": lambda p: [
        p.countries.exists() or p.regions.exists() or p.place_note or p.scope == Scope.GLOBAL
    ],
    "goals": lambda p: [p.purposes, p.targets.exists()],
    "related": lambda p: [p.parent_id or p.predecessor_id or p.replication_of_id or p.came_from],
    "contributions": lambda p: [p.contributions.exists()],
    "results": lambda p: [p.indicators.exists()],
    "benefits": lambda p: [p.expected_benefits, p.expected_costs, p.benefits_outweigh is not None],
    "evaluation": lambda p: [p.evaluation_plan, p.evaluation_kind, p.evaluation_due],
    "lasting": lambda p: [p.benefits_after_end, p.handover, p.local_owner],
    "characteristics": _checked(SelfCheck.Kind.CHARACTERISTICS),
    "transformational": _checked(SelfCheck.Kind.TRANSFORMATIONAL),
    "registration": _checked(SelfCheck.Kind.REGISTRATION),
    "agreement": lambda p: [p.agreement_signed or p.informal_note],
    "publication": lambda p: [p.status_as_of or p.sources.exists() or p.confidence],
    "closing": lambda p: [p.final_report, p.lessons or p.lesson_rows.exists()],
}
