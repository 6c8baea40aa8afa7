"""What a decision means today: the one answer that partnerships and offers use. No writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from focalpoints.models import UNEntity
from partnerships.models import Company, Partnership
from screening.models import (
    REFUSING,
    TIER_ORDER,
    Condition,
    Decision,
    DecisionOutcome,
    Hit,
)


@dataclass(frozen=True)
class Clearance:
    """What the latest decision on a company means today. `state` is valid, lapsed, suspended or declined."""

    decision: Decision
    outcome: str
    valid_until: date | None
    decided_on: date
    decided_by_entity: UNEntity | None
    conditions: tuple[str, ...]
    state: str

    @property
    def is_valid(self) -> bool:
        return self.state == "valid"

    @property
    def label(self) -> str:
        if self.state == "valid":
            return self.decision.get_outcome_display()
        return {
            "lapsed": _("Clearance ended"),
            "suspended": _("Clearance suspended"),
            "declined": self.decision.get_outcome_display(),
        }[self.state]


def clearance_for(
    company: Company, entity: UNEntity | None = None, tier: str | None = None
) -> Clearance | None:
    """The clearance of a company, valid or not; None where nobody has decided.

    With `entity`, that entity's own decisions come before those of others, so that a refusal of its own is
    not undone by another's approval. With `tier`, an approval for a lighter engagement does not count.
    """
    decisions = list(company.decisions.select_related("entity", "case"))
    return _clearance(decisions, entity=entity, tier=tier)


def clearances_for(companies: Iterable[Company]) -> dict[int, Clearance]:
    """The clearance of each company that has one, by its id, in one query."""
    ids = [company.pk for company in companies]
    decisions: dict[int, list[Decision]] = {}
    for decision in Decision.objects.filter(company__in=ids).select_related("entity", "case"):
        decisions.setdefault(decision.company_id, []).append(decision)
    found = {pk: _clearance(rows) for pk, rows in decisions.items()}
    return {pk: clearance for pk, clearance in found.items() if clearance}


def _clearance(
    decisions: list[Decision], *, entity: UNEntity | None = None, tier: str | None = None
) -> Clearance | None:
    """Of decisions, newest first. A deferral decides nothing yet and leaves what stood before."""
    decisions = [decision for decision in decisions if decision.outcome != DecisionOutcome.DEFERRED]
    if entity is not None:
        own = [decision for decision in decisions if decision.entity_id == entity.pk]
        decisions = own or decisions
    if tier is not None:
        enough = TIER_ORDER[TIER_ORDER.index(tier) :]  # type: ignore[arg-type]
        decisions = [
            decision for decision in decisions if decision.outcome in REFUSING or decision.tier in enough
        ]
    if not decisions:
        return None
    decision = decisions[0]
    if decision.outcome in REFUSING:
        state = "declined"
    elif decision.suspended_at:
        state = "suspended"
    elif decision.valid_until is None or decision.valid_until < timezone.localdate():
        state = "lapsed"
    else:
        state = "valid"
    return Clearance(
        decision=decision,
        outcome=decision.outcome,
        valid_until=decision.valid_until,
        decided_on=timezone.localtime(decision.at).date(),
        decided_by_entity=decision.entity,
        conditions=tuple(decision.conditions),
        state=state,
    )


def clearance_gaps(partnership: Partnership) -> list[str]:
    """Why the partnership cannot become active, a sentence for each company; empty when all are cleared."""
    companies = list(Company.objects.filter(party_in__partnership=partnership).order_by("name").distinct())
    clearances = clearances_for(companies)
    unresolved = set(
        Hit.objects.unresolved().filter(company__in=companies).values_list("company_id", flat=True)
    )
    gaps = []
    for company in companies:
        clearance = clearances.get(company.pk)
        values = {"company": company.name}
        if clearance is None:
            gaps.append(_("%(company)s has no clearance yet.") % values)
        elif clearance.state == "lapsed" and clearance.valid_until:
            values["date"] = date_format(clearance.valid_until, "j F Y")
            gaps.append(_("The clearance of %(company)s ended on %(date)s.") % values)
        elif clearance.state == "suspended":
            gaps.append(_("The clearance of %(company)s is suspended.") % values)
        elif clearance.state == "declined":
            gaps.append(_("%(company)s was declined.") % values)
        elif company.pk in unresolved:
            gaps.append(_("%(company)s has a new possible match on a list that nobody has decided.") % values)
    return gaps


def overdue_conditions(company: Company) -> list[Condition]:
    """Conditions of the clearance in force whose day has passed without being met."""
    clearance = clearance_for(company)
    if clearance is None or not clearance.is_valid:
        return []
    rows = Condition.objects.filter(case=clearance.decision.case, met_at=None)
    return list(rows.filter(due_on__lt=timezone.localdate()))


def is_excluded(company: Company) -> bool | None:
    """Whether an exclusionary criterion is met: True, False, or None where that is not known.

    A confirmed match on a list excludes. Unknown: never screened, or a possible match is still open.
    """
    hits = Hit.objects.filter(company=company)
    if hits.true_matches().exists():
        return True
    if hits.unresolved().exists() or not company.runs.exists():
        return None
    return False
