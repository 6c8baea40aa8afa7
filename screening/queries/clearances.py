"""What a decision means today: the one answer that partnerships and offers use. No writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import UNEntity
from partnerships.models import (
    Company,
    Contribution,
    FinancingModel,
    Modality,
    Partnership,
    Scope,
    UNRole,
)
from portal.days import day_words
from screening.models import (
    REFUSING,
    TIER_ORDER,
    Condition,
    Decision,
    DecisionOutcome,
    Hit,
    Tier,
)

STRATEGIC_FROM_USD = 1_000_000  # source: criteria.yaml, engagement_tiers


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

    With `entity` it is that entity's own decision: another's approval clears nothing for it, though its
    assessment can be used for the own decision. A refusal of a case that no entity asked for counts for all.
    With `tier`, an approval for a lighter engagement does not count. Without `entity`: the newest of anybody.
    Source: criteria.yaml, sharing.reuse; A/66/320, para. 35.
    """
    return clearances_for([company], entity=entity, tier=tier).get(company.pk)


def clearances_for(
    companies: Iterable[Company], entity: UNEntity | None = None, tier: str | None = None
) -> dict[int, Clearance]:
    """The clearance of each company that has one, by its id, in one query; as `clearance_for`."""
    decisions = _decisions_on(companies)
    found = {pk: _clearance(rows, entity=entity, tier=tier) for pk, rows in decisions.items()}
    return {pk: clearance for pk, clearance in found.items() if clearance}


def clearances_of(company: Company) -> list[Clearance]:
    """What each UN entity decided last on a company, newest first, in one query."""
    newest: dict[str | None, Decision] = {}
    for decision in _decisions_on([company]).get(company.pk, []):
        newest.setdefault(decision.entity_id, decision)
    return [found for row in newest.values() if (found := _clearance([row], entity=None, tier=None))]


def _decisions_on(companies: Iterable[Company]) -> dict[int, list[Decision]]:
    """Decisions by company, newest first. A deferral decides nothing yet and leaves what stood before."""
    rows: dict[int, list[Decision]] = {}
    found = Decision.objects.filter(company__in=[company.pk for company in companies])
    for decision in found.exclude(outcome=DecisionOutcome.DEFERRED).select_related("entity", "case"):
        rows.setdefault(decision.company_id, []).append(decision)
    return rows


def _clearance(decisions: list[Decision], *, entity: UNEntity | None, tier: str | None) -> Clearance | None:
    if entity is not None:
        decisions = [
            decision
            for decision in decisions
            if decision.entity_id == entity.pk
            or (decision.entity_id is None and decision.outcome in REFUSING)
        ]
    if tier is not None:
        enough = TIER_ORDER[TIER_ORDER.index(Tier(tier)) :]
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


# --- a record of the registry -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A company of a record, a UN entity that leads it, and that entity's clearance for it (None: none).

    `elsewhere` is a decision that does not clear it here: another entity's, or for a lighter engagement.
    """

    company: Company
    entity: UNEntity | None
    clearance: Clearance | None
    elsewhere: Clearance | None


def tier_of(partnership: Partnership) -> Tier:
    """The engagement that a record amounts to: light while nothing is given or agreed.

    Source: criteria.yaml, engagement_tiers.
    """
    given = partnership.contributions.exclude(
        status__in=[Contribution.Status.CANCELLED, Contribution.Status.PLANNED]
    )
    in_usd = given.aggregate(
        stated=Sum("usd_value"), dollars=Sum("amount", filter=Q(usd_value=None, currency="USD"))
    )
    is_wide = partnership.scope == Scope.GLOBAL or partnership.regions.count() > 1
    lends_the_name = partnership.financing_model in (
        FinancingModel.CAUSE_RELATED_MARKETING,
        FinancingModel.PRODUCT_LICENSING,
    )
    if (
        (in_usd["stated"] or 0) + (in_usd["dollars"] or 0) >= STRATEGIC_FROM_USD
        or is_wide
        or lends_the_name
        or Modality.STRATEGIC_GLOBAL in partnership.modalities
    ):
        return Tier.STRATEGIC
    is_agreed = partnership.agreement_kind or partnership.agreement_signed
    return Tier.STANDARD if is_agreed or given.exists() else Tier.LIGHT


def standings(partnership: Partnership) -> list[Standing]:
    """Each company of a record with each UN entity that leads it, in a fixed number of queries."""
    companies = list(Company.objects.filter(party_in__partnership=partnership).order_by("name").distinct())
    leads: list[UNEntity | None] = [
        role.entity for role in partnership.entity_roles.filter(role=UNRole.LEAD).select_related("entity")
    ]
    tier = tier_of(partnership)
    decisions = _decisions_on(companies)
    return [
        Standing(
            company,
            lead,
            _clearance(decisions.get(company.pk, []), entity=lead, tier=tier),
            _clearance(decisions.get(company.pk, []), entity=None, tier=None),
        )
        for company in companies
        for lead in leads or [None]
    ]


def is_cleared(company: Company, partnership: Partnership) -> bool:
    """Whether each UN entity that leads the record has a valid clearance of its own for this company."""
    rows = [row for row in standings(partnership) if row.company == company]
    return all(row.clearance is not None and row.clearance.is_valid for row in rows)


def clearance_gaps(partnership: Partnership) -> list[str]:
    """Why the record cannot become active, a sentence for each company and leading UN entity; else empty."""
    rows = standings(partnership)
    unresolved = set(
        Hit.objects.unresolved()
        .filter(company__in={row.company.pk for row in rows})
        .values_list("company_id", flat=True)
    )
    return [sentence for row in rows if (sentence := _gap(row, row.company.pk in unresolved))]


def _gap(row: Standing, has_open_hit: bool) -> str:
    """What is missing in one row; "" where the company is cleared."""
    values = {"company": row.company.name, "entity": row.entity}
    if row.clearance is None:
        return _elsewhere(row, values)
    if row.clearance.state == "lapsed" and row.clearance.valid_until:
        values["date"] = day_words(row.clearance.valid_until)
        return _("The clearance of %(company)s ended on %(date)s.") % values
    if row.clearance.state == "suspended":
        return _("The clearance of %(company)s is suspended.") % values
    if row.clearance.state == "declined":
        return _("%(company)s was declined.") % values
    if has_open_hit:
        return _("%(company)s has a new possible match on a list that nobody has decided.") % values
    return ""


def _elsewhere(row: Standing, values: dict) -> str:
    """No clearance here: the sentence says so, and names what another decision already gives."""
    other = row.elsewhere
    if other is None or not other.is_valid:
        return _("%(company)s has no clearance yet.") % values
    if row.entity in (None, other.decided_by_entity):
        values["tier"] = other.decision.get_tier_display()
        return _("%(company)s is cleared only for: %(tier)s. This record is a wider engagement.") % values
    values["other"] = other.decided_by_entity or _("no UN entity")
    words = _(
        "%(company)s is cleared for %(other)s, not yet for %(entity)s. "
        "Ask for an own decision: that assessment can be used for it."
    )
    return words % values


def overdue_conditions(partnership: Partnership) -> list[Condition]:
    """Conditions of the clearances a record rests on whose day has passed without being met."""
    cases = [row.clearance.decision.case_id for row in standings(partnership) if row.clearance]
    rows = Condition.objects.filter(case__in=cases, met_at=None, due_on__lt=timezone.localdate())
    return list(rows.select_related("case__company"))


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
