"""What a UN office does with a need: write, publish, report how far it is met, close."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from focalpoints.models import FocalPoint, UNEntity
from partnerships.models import NEED_MOVES, NEED_OPEN, Need, NeedStatus, NeedVisibility, Offer, OfferStatus
from partnerships.queries.matches import standing_offers_for
from partnerships.services.matches import record_shown
from partnerships.services.offer_notices import tell_business
from partnerships.working_days import add_working_days
from portal.errors import RuleViolation, StaleEdit
from portal.history import changed_fields, move, record
from portal.jobs import enqueue
from portal.models import User
from portal.references import next_reference

EMERGENCY_WORKING_DAYS = 2  # an offer that an emergency calls is answered so soon
OF_OTHER_TABLES = ("countries", "targets")


@transaction.atomic
def write_need(need: Need | None, *, values: dict[str, Any], version: int, by: User) -> Need:
    """Make a draft, or change a need that is not closed. Raises StaleEdit when it changed since."""
    entity: UNEntity = values["entity"]
    if not _may_post(by, entity):
        raise PermissionDenied
    values = dict(values)
    links = {name: values.pop(name) for name in OF_OTHER_TABLES}
    if need is None:
        need = Need.objects.create(
            reference=next_reference("N"),
            created_by=by,
            language=translation.get_language() or "en",
            **values,
        )
        record(need, "wrote", by=by)
    else:
        need = _own_need(need, by)
        if need.status not in (NeedStatus.DRAFT, *NEED_OPEN):
            raise RuleViolation(_("A need that is met or closed cannot be changed."))
        if need.version != version:
            raise StaleEdit(_("Somebody changed this need after you opened it."))
        changes = changed_fields(need, values)
        changes.pop("entity", None)
        for name, value in values.items():
            setattr(need, name, value)
        need.version += 1
        need.save()
        record(need, "changed", by=by, changes=changes)
    for name, codes in links.items():
        getattr(need, name).set(codes)
    return need


@transaction.atomic
def publish_need(need: Need, *, by: User) -> Need:
    """Put a draft on the public board. A second time changes nothing."""
    need = _own_need(need, by)
    if need.status in NEED_OPEN:
        return need
    if need.needed_until and need.needed_until < timezone.localdate():
        raise RuleViolation(_("The last day of the need is over. Change it first."))
    if not need.contribution_kinds or not need.themes:
        raise RuleViolation(_("Name at least one kind of help and one theme first."))
    need.published_at = timezone.now()
    need.save(update_fields=["published_at", "updated_at"])
    move(need, NeedStatus.OPEN, moves=NEED_MOVES, by=by)
    if need.urgency == Need.Urgency.EMERGENCY:
        enqueue("partnerships.call_standing_offers", key=f"call_standing_offers:{need.pk}", need_id=need.pk)
    return need


@transaction.atomic
def call_standing_offers(need: Need) -> int:
    """An emergency: every standing offer that fits is told, examined anew and answered within two days.

    Returns how many. Source: A/66/320, para. 32, box 8 (help within 48 hours).
    """
    if need.status not in NEED_OPEN:
        return 0
    matches = standing_offers_for(need)
    record_shown(matches)
    soon = add_working_days(timezone.localdate(), EMERGENCY_WORKING_DAYS)
    for match in matches:
        offer = Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=match.offer_id)
        event = record(offer, "called for an emergency", by=None, note=need.reference)
        if offer.status != OfferStatus.CLARIFICATION and (offer.answer_due_on or soon) > soon:
            offer.answer_due_on = soon
            offer.save(update_fields=["answer_due_on"])
        enqueue(
            "screening.screen_company",
            key=f"screen_company:{offer.company_id}:need:{need.pk}",
            company_id=offer.company_id,
        )
        if need.visibility == NeedVisibility.PUBLIC:  # else the office itself asks
            tell_business(offer, "called", event, need=need)
    return len(matches)


@transaction.atomic
def settle_need(need: Need, *, status: str, note: str, by: User) -> Need:
    """Say that a need is partly met, met, or closed."""
    if status not in (NeedStatus.PARTLY_MET, NeedStatus.MET, NeedStatus.CLOSED):
        raise RuleViolation(_("Choose whether the need is partly met, met or closed."))
    need = _own_need(need, by)
    move(need, status, moves=NEED_MOVES, by=by, note=note)
    return need


@transaction.atomic
def keep_needs() -> None:
    """End the needs whose last day is over."""
    over = Need.objects.select_for_update(no_key=True, of=("self",), skip_locked=True).filter(
        status__in=NEED_OPEN, needed_until__lt=timezone.localdate()
    )
    for need in over:
        move(need, NeedStatus.EXPIRED, moves=NEED_MOVES, by=None)


def _may_post(user: User, entity: UNEntity) -> bool:
    return (
        user.has_perm("partnerships.post_need") and FocalPoint.objects.of(user).filter(entity=entity).exists()
    )


def _own_need(need: Need, by: User) -> Need:
    """The locked row, if this user posts for its entity."""
    if not _may_post(by, need.entity):
        raise PermissionDenied
    return Need.objects.select_for_update(no_key=True, of=("self",)).get(pk=need.pk)
