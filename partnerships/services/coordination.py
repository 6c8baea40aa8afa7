"""How UN entities work together: who leads with a company, joint appeals, who does what in an entity.

Source: A/66/320, paras. 39, 54, 74 and 82.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import FocalPoint, Task, UNEntity
from partnerships.models import Appeal, Company, Duty, DutyDivision, LeadProposal, Offer
from partnerships.queries.triage import in_talks
from partnerships.services.triage import is_desk, works_for
from portal.errors import RuleViolation
from portal.history import record
from portal.models import AuditEvent, User
from portal.notices import tell
from portal.references import next_reference


@transaction.atomic
def propose_lead(offer: Offer, *, other: UNEntity, lead: UNEntity, note: str, by: User) -> LeadProposal:
    """Propose to another entity in talks with the company which of the two leads."""
    entity = offer.entity
    if entity is None or not works_for(by, entity.pk):
        raise PermissionDenied
    assert offer.company  # the table holds it for every submitted offer
    company = Company.objects.select_for_update(no_key=True).get(pk=offer.company.pk)
    if not in_talks(company, but=offer).filter(entity=other).exists() or other == entity:
        raise RuleViolation(_("%(entity)s is not in talks with this company.") % {"entity": other})
    if lead not in (entity, other):
        raise RuleViolation(_("One of the two entities leads."))
    open_ones = company.lead_proposals.between(entity, other).filter(outcome=LeadProposal.Outcome.OPEN)
    if open_ones.exists():
        raise RuleViolation(_("A proposal between you is open. Answer it first."))
    proposal = LeadProposal.objects.create(
        company=company, proposer=entity, other=other, lead=lead, note=note, proposed_by=by
    )
    event = record(company, "proposed who leads", by=by, note=f"{entity} – {other}: {lead}")
    _tell_entity(other, company, "lead_proposed", event, {"proposal": proposal})
    return proposal


@transaction.atomic
def answer_lead(proposal: LeadProposal, *, agree: bool, note: str, by: User) -> LeadProposal:
    """Agree or not, for the other entity. Once; a second answer raises RuleViolation."""
    proposal = LeadProposal.objects.select_for_update(no_key=True, of=("self",)).get(pk=proposal.pk)
    if not works_for(by, proposal.other_id):
        raise PermissionDenied
    if proposal.outcome != LeadProposal.Outcome.OPEN:
        raise RuleViolation(_("The proposal was answered already."))
    proposal.outcome = LeadProposal.Outcome.AGREED if agree else LeadProposal.Outcome.REFUSED
    proposal.answer_note, proposal.answered_by, proposal.answered_at = note, by, timezone.now()
    proposal.save(update_fields=["outcome", "answer_note", "answered_by", "answered_at"])
    words = f"{proposal.proposer} – {proposal.other}: {proposal.lead}"
    action = "agreed who leads" if agree else "did not agree who leads"
    event = record(proposal.company, action, by=by, note=words)
    _tell_entity(proposal.proposer, proposal.company, "lead_answered", event, {"proposal": proposal})
    return proposal


def _tell_entity(
    entity: UNEntity, company: Company, template: str, event: AuditEvent, context: dict[str, Any]
) -> None:
    """A notice to the first contacts of an entity who have an account."""
    held = Offer.objects.on_desk().filter(company=company, entity=entity).order_by("-pk").first()
    url = (
        reverse("partnerships:desk_offer", args=[held.reference])
        if held
        else reverse("partnerships:company_desk", args=[company.public_id])
    )
    contacts = FocalPoint.objects.active().filter(entity=entity, user__is_active=True).select_related("user")
    for contact in contacts.filter(tasks__contains=[Task.ENTRY_POINT]) or contacts[:1]:
        assert contact.user
        tell(
            contact.user,
            template,
            {"company": company, **context},
            key=f"{template}:{event.pk}",
            url=url,
            kind="match",
        )


# --- joint appeals ------------------------------------------------------------------------------------------


@transaction.atomic
def write_appeal(appeal: Appeal | None, *, values: Mapping[str, Any], by: User) -> Appeal:
    """Start a joint appeal, or change one of the own entity. Others join by posting a need under it."""
    lead: UNEntity = values["lead"] if appeal is None else appeal.lead
    if not by.has_perm("partnerships.post_need") or not works_for(by, lead.pk):
        raise PermissionDenied
    if appeal is None:
        appeal = Appeal.objects.create(reference=next_reference("A"), created_by=by, **values)
        record(appeal, "began", by=by)
        return appeal
    for name, value in values.items():
        if name != "lead":
            setattr(appeal, name, value)
    appeal.save()
    record(appeal, "changed", by=by)
    return appeal


# --- who does what ------------------------------------------------------------------------------------------


@transaction.atomic
def divide_duties(entity: UNEntity, *, division: Mapping[str, tuple[str, str]], by: User) -> None:
    """Say which office of an entity does each duty: {duty: (office level, note)}; "" for none."""
    if not (works_for(by, entity.pk) or is_desk(by)):
        raise PermissionDenied
    before = {row.duty: (row.office_level, row.note) for row in entity.duties.all()}
    for duty in Duty.values:
        level, note = division.get(duty, ("", ""))
        if level:
            entity.duties.update_or_create(duty=duty, defaults={"office_level": level, "note": note})
        else:
            entity.duties.filter(duty=duty).delete()
    after = {row.duty: (row.office_level, row.note) for row in DutyDivision.objects.filter(entity=entity)}
    changes = {
        duty: [" ".join(before.get(duty, ("", ""))), " ".join(after.get(duty, ("", "")))]
        for duty in Duty.values
        if before.get(duty) != after.get(duty)
    }
    if changes:
        record(entity, "divided duties", by=by, changes=changes)
