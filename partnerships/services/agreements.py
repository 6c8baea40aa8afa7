"""What people do with agreements and requests to show the emblem."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from partnerships import labels
from partnerships.agreement_texts import library, merged
from partnerships.models import (
    AGREEMENT_MOVES,
    RUNNING,
    Agreement,
    AgreementStatus,
    EmblemRequest,
    Partnership,
    UNRole,
)
from partnerships.services.locks import locked_record
from partnerships.services.reporting import reporters_of
from portal.documents import Document
from portal.errors import RuleViolation, StaleEdit
from portal.history import changed_fields, move, record
from portal.models import User
from portal.notices import tell

S = AgreementStatus
TOLD_BEFORE = timedelta(days=60)  # of the last day of an agreement


@transaction.atomic
def draft_agreement(partnership: Partnership, *, by: User, template: str, clauses: list[str]) -> Agreement:
    """Begin an agreement from the current version of a template. Raises PermissionDenied."""
    partnership = locked_record(partnership, by)
    chosen = library()[0][template]
    agreement = Agreement.objects.create(
        partnership=partnership,
        kind=chosen.kind,
        template=chosen.code,
        template_version=chosen.current.version,
        clauses=clauses,
        expires_on=_day(partnership.end),
        created_by=by,
    )
    record(agreement, "drafted", by=by)
    return agreement


def _day(partial: str) -> date | None:
    return date.fromisoformat(partial) if len(partial) == 10 else None


@transaction.atomic
def edit_agreement(agreement: Agreement, *, by: User, version: int, values: Mapping[str, Any]) -> Agreement:
    """Change its terms. Raises PermissionDenied, StaleEdit, RuleViolation once it has ended."""
    locked_record(agreement.partnership, by)
    agreement = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    if version != agreement.version:
        raise StaleEdit(_("The agreement was changed in the meantime."))
    if agreement.status == S.TERMINATED:
        raise RuleViolation(_("A terminated agreement is not changed any more."))
    changes = changed_fields(agreement, values)
    if changes:
        for name, value in values.items():
            setattr(agreement, name, value)
        agreement.version += 1
        agreement.save()
        record(agreement, "changed", by=by, changes=changes)
    return agreement


def missing_for(agreement: Agreement, to: str) -> list[str]:
    """What an agreement lacks before it may enter a state, a sentence each."""
    gaps = []
    if to == S.SIGNED and not agreement.signed_on:
        gaps.append(_("Enter the day it was signed."))
    if to == S.PARTNER_REVIEW and not agreement.legal_officer_role:
        gaps.append(_("Name the legal officer who read it, by role."))
    if to == S.IN_FORCE and not agreement.in_force_on:
        gaps.append(_("Enter the day from which it is in force."))
    if to == S.RENEWED and (agreement.expires_on is None or agreement.expires_on <= timezone.localdate()):
        gaps.append(_("Enter its new last day."))
    return gaps


@transaction.atomic
def move_agreement(agreement: Agreement, *, to: str, by: User, note: str = "") -> Agreement:
    """Bring it to another state. The first signature is also entered on the record.

    Raises PermissionDenied; RuleViolation with what is missing.
    """
    partnership = locked_record(agreement.partnership, by)
    agreement = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    gaps = missing_for(agreement, to)
    if to == S.TERMINATED and not note.strip():
        gaps.append(_("Give the reason."))
    if gaps:
        raise RuleViolation(" ".join(gaps))
    _moved(agreement, to, by=by, note=note)
    if to == S.SIGNED and not partnership.agreement_signed and agreement.signed_on:
        partnership.agreement_kind = agreement.kind
        partnership.agreement_signed = agreement.signed_on.isoformat()
        partnership.version += 1
        partnership.save(update_fields=["agreement_kind", "agreement_signed", "version", "updated_at"])
        record(partnership, "agreement signed", by=by, note=str(agreement))
    return agreement


def _moved(agreement: Agreement, to: str, *, by: User | None, note: str = "") -> None:
    move(agreement, to, moves=AGREEMENT_MOVES, by=by, note=note)
    agreement.status_since = timezone.localdate()
    agreement.version += 1
    agreement.save(update_fields=["status_since", "version"])


def document_of(agreement: Agreement) -> Document:
    """The draft as a document with the words of its record, in English as its template is."""
    with translation.override("en"):
        return _document_of(agreement)


def _document_of(agreement: Agreement) -> Document:
    partnership = agreement.partnership
    lead = partnership.entity_roles.filter(role=UNRole.LEAD).select_related("entity").first()
    parties = list(partnership.parties.select_related("company"))
    words = {
        "title": partnership.title,
        "summary": partnership.summary,
        "entity": lead.entity.full_name if lead else "",
        "partners": ", ".join(map(str, parties)),
        "responsibilities": "; ".join(
            f"{party}: {party.responsibilities}" for party in parties if party.responsibilities
        ),
        "contributions": "; ".join(
            f"{part}{f' ({part.note})' if part.note else ''}" for part in partnership.contributions.all()
        ),
        "indicators": ", ".join(part.name for part in partnership.indicators.all()),
        "evaluation": partnership.evaluation_plan,
        "exchanges": "; ".join(
            f"{part.people_count} × {part.months} months, {part.get_kind_display()}: {part.task}"
            for part in partnership.exchanges.all()
        ),
        "start": labels.partial_date(str(agreement.in_force_on or partnership.start)),
        "end": labels.partial_date(str(agreement.expires_on or partnership.end)),
    }
    return merged(
        library()[0][agreement.template],
        agreement.template_version,
        agreement.clauses,
        {name: value for name, value in words.items() if value},
        reference=f"{partnership.reference}-A{agreement.pk}",
    )


# --- the emblem --------------------------------------------------------------------------------------------


@transaction.atomic
def request_emblem(partnership: Partnership, *, by: User, values: Mapping[str, Any]) -> EmblemRequest:
    partnership = locked_record(partnership, by)
    request = EmblemRequest.objects.create(partnership=partnership, requested_by=by, **values)
    record(request, "asked for", by=by)
    return request


@transaction.atomic
def decide_emblem(request: EmblemRequest, *, by: User, approve: bool, role: str, note: str) -> EmblemRequest:
    """Approve or refuse the use of the emblem. The person who asked is told.

    Raises PermissionDenied without the registry desk's role; RuleViolation for the own request, or for a
    refusal without a reason.
    """
    if not by.has_perm("partnerships.review_partnership"):
        raise PermissionDenied
    request = EmblemRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if request.requested_by_id == by.pk:
        raise RuleViolation(_("Somebody else has to decide on your own request."))
    if not approve and not note.strip():
        raise RuleViolation(_("Give the reason."))
    request.approver_role, request.note = role, note
    request.decided_by, request.decided_at = by, timezone.now()
    request.save(update_fields=["approver_role", "note", "decided_by", "decided_at"])
    move(request, "approved" if approve else "refused", moves=EmblemRequest.MOVES, by=by, note=note)
    tell(
        request.requested_by,
        "agreement_emblem",
        {"request": request, "partnership": request.partnership},
        key=f"emblem:{request.pk}",
        url=reverse("partnerships:agreement_list", args=[request.partnership.reference]),
        kind="record",
    )
    return request


# --- on its own --------------------------------------------------------------------------------------------


@transaction.atomic
def keep_agreements(today: date | None = None) -> int:
    """Once a day: agreements past their last day expire; who answers for them is told 60 days before.

    Returns how many expired.
    """
    today = today or timezone.localdate()
    running = Agreement.objects.filter(status__in=RUNNING).select_related("partnership")
    for agreement in running.filter(expires_on__range=(today, today + TOLD_BEFORE)):
        for person in reporters_of(agreement.partnership):
            tell(
                person,
                "agreement_ends",
                {"agreement": agreement, "partnership": agreement.partnership},
                key=f"agreement_ends:{agreement.pk}:{agreement.expires_on}",
                url=reverse("partnerships:agreement_detail", args=[agreement.pk]),
                kind="record",
            )
    ended = list(running.filter(expires_on__lt=today).select_for_update(no_key=True, of=("self",)))
    for agreement in ended:
        _moved(agreement, S.EXPIRED, by=None)
    return len(ended)
