"""Who leads, who does what, and what several entities look for together."""

from collections.abc import Iterable

from django.db.models import QuerySet, Sum

from focalpoints.models import FocalPoint, OfficeLevel, UNEntity
from partnerships.models import Appeal, Company, Duty, DutyDivision, LeadProposal, Need, NeedStatus
from portal.models import User


def lead_proposals(company: Company, user: User, entity: UNEntity | None = None) -> list[LeadProposal]:
    """The last proposals on who leads with a company, of one entity or of all; `may_answer` for this user."""
    mine = set(FocalPoint.objects.of(user).values_list("entity", flat=True))
    proposals = company.lead_proposals.between(entity) if entity else company.lead_proposals.all()
    found = list(proposals.select_related("lead", "proposer", "other")[:5])
    for proposal in found:
        is_open = proposal.outcome == LeadProposal.Outcome.OPEN
        proposal.may_answer = is_open and proposal.other_id in mine
    return found


def duties_of(entity: UNEntity) -> list[DutyDivision]:
    """Who does what in an entity, in the order of a partnership."""
    by_duty = {row.duty: row for row in entity.duties.all()}
    return [by_duty[duty] for duty in Duty.values if duty in by_duty]


def duty_matrix() -> list[tuple[UNEntity, list[DutyDivision | None]]]:
    """Entities that said who does what, each with one cell a duty in the order of `Duty`."""
    rows: dict[str, dict[str, DutyDivision]] = {}
    for row in DutyDivision.objects.select_related("entity"):
        rows.setdefault(row.entity_id, {})[row.duty] = row
    entities = {row.entity_id: row.entity for cells in rows.values() for row in cells.values()}
    return [(entities[code], [rows[code].get(duty) for duty in Duty.values]) for code in sorted(rows)]


def entities_to_divide(user: User) -> Iterable[UNEntity]:
    return UNEntity.objects.filter(pk__in=FocalPoint.objects.of(user).values("entity"))


def levels() -> list[tuple[str, str]]:
    return [(level.value, str(level.label)) for level in OfficeLevel]


def appeals() -> QuerySet[Appeal]:
    """Joint appeals that are open, newest first."""
    return Appeal.objects.open().select_related("lead")


def appeal_needs(appeal: Appeal, user) -> QuerySet[Need]:
    """The needs of an appeal that this reader may see, those still open first."""
    return (
        Need.objects.visible_to(user)
        .filter(appeal=appeal)
        .exclude(status=NeedStatus.DRAFT)
        .for_list()
        .order_by("entity__acronym", "pk")
    )


def appeal_total(needs: QuerySet[Need], currency: str):
    """What the needs of an appeal ask for in its currency, and what of that is met; None where none is."""
    asked = needs.order_by().filter(currency=currency)
    total = asked.aggregate(sum=Sum("value_amount"))["sum"]
    met = asked.filter(status=NeedStatus.MET).aggregate(sum=Sum("value_amount"))["sum"]
    return total, met
