"""What the UN side does with an offer before it is matched: read, ask, pass on, decline."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from focalpoints.models import FocalPoint, UNEntity
from partnerships.models import (
    DRAFT_KEPT_DAYS,
    OFFER_MOVES,
    Offer,
    OfferQuestion,
    OfferStatus,
    ReasonCode,
)
from partnerships.services.offer_notices import (
    tell_business,
    tell_desk,
    tell_entity,
    tell_others_in_talks,
)
from partnerships.services.offers import forget_kept_drafts
from portal.errors import RuleViolation
from portal.history import move, record
from portal.models import AuditEvent, User

REPLY_DAYS = 30  # a question that nobody answers for so long ends the offer
ENDS_SOON_DAYS = 14  # the business is asked whether its offer stands for longer
ENDS_SOON = "asked whether it stands for longer"
HELD = (OfferStatus.ROUTED, OfferStatus.RESERVED, OfferStatus.MATCHED)


def lock_on_desk(offer: Offer, by: User) -> Offer:
    """The locked row, if this UN user may act on it now.

    The registry desk acts on every offer; a focal point on those that no other entity holds.
    """
    if not by.has_perm("partnerships.triage_offer"):
        raise PermissionDenied
    offer = Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk)
    if offer.submitted_at is None:
        raise PermissionDenied
    if offer.entity_id and not is_desk(by) and not works_for(by, offer.entity_id):
        raise PermissionDenied
    return offer


def is_desk(user: User) -> bool:
    return user.has_perm("partnerships.review_partnership")


def works_for(user: User, *entity_ids: str | None) -> bool:
    return FocalPoint.objects.of(user).filter(entity__in=[code for code in entity_ids if code]).exists()


@transaction.atomic
def take_offer(offer: Offer, *, by: User) -> Offer:
    """Become the one who reads it. Somebody else's offer may be taken over; the history shows it."""
    offer = lock_on_desk(offer, by)
    if offer.is_final:
        raise RuleViolation(_("The offer was answered already."))
    before, offer.triager = offer.triager, by
    offer.save(update_fields=["triager"])
    if offer.status == OfferStatus.SUBMITTED:
        move(offer, OfferStatus.TRIAGE, moves=OFFER_MOVES, by=by)
    elif before != by:
        record(offer, "taken over", by=by, changes={"triager": [str(before or ""), str(by)]})
    return offer


@transaction.atomic
def ask_business(offer: Offer, *, text: str, by: User) -> OfferQuestion:
    """Put a question to the business. The clock stands until they reply."""
    offer = take_offer(offer, by=by)
    if offer.status == OfferStatus.ROUTED:
        move(offer, OfferStatus.TRIAGE, moves=OFFER_MOVES, by=by)
    event = move(offer, OfferStatus.CLARIFICATION, moves=OFFER_MOVES, by=by)
    question = OfferQuestion.objects.create(offer=offer, text=text, asked_by=by)
    tell_business(offer, "question", event, question=question)
    return question


@transaction.atomic
def answer_enquiry(offer: Offer, *, reply: str, by: User) -> OfferQuestion:
    """Answer the question of the business. A second answer changes nothing and says so."""
    offer = lock_on_desk(offer, by)
    question = offer.questions.filter(asked_by_side=OfferQuestion.Side.BUSINESS, replied_at=None).first()
    if question is None:
        raise RuleViolation(_("There is no open question."))
    question.reply, question.replied_by, question.replied_at = reply, by, timezone.now()
    question.save(update_fields=["reply", "replied_by", "replied_at"])
    tell_business(offer, "answered", record(offer, "answered the business", by=by), question=question)
    return question


@transaction.atomic
def route_offer(
    offer: Offer, *, entity: UNEntity, office: FocalPoint | None = None, note: str, by: User
) -> Offer:
    """Pass an offer to a UN entity or one of its offices, or on to another. They and the business are told.

    Raises RuleViolation where the entity has nobody in the directory who would answer.
    """
    offer = lock_on_desk(offer, by)
    if offer.status == OfferStatus.SUBMITTED:
        offer = take_offer(offer, by=by)
    if (offer.entity_id, offer.office_id) == (entity.pk, office.pk if office else None):
        raise RuleViolation(_("%(entity)s has the offer already.") % {"entity": entity})
    if office and office.entity_id != entity.pk:
        raise RuleViolation(_("The office belongs to another UN entity."))
    if not FocalPoint.objects.active().filter(entity=entity).exists():
        raise RuleViolation(
            _("Nobody of %(entity)s is in the directory, so nobody would answer. Choose another entity.")
            % {"entity": entity}
        )
    before = offer.entity_id
    offer.entity, offer.office, offer.triager, offer.need = entity, office, None, None
    offer.save(update_fields=["entity", "office", "triager", "need"])
    changes = {"entity": [before or "", entity.pk], "office": ["", str(office or "")]}
    if offer.status == OfferStatus.ROUTED:
        event = record(offer, "passed on", by=by, note=note, changes=changes)
    else:
        event = move(offer, OfferStatus.ROUTED, moves=OFFER_MOVES, by=by, note=note)
        record(offer, "routed", by=by, changes=changes)
    tell_business(offer, "routed", event)
    tell_entity(offer, "for_entity", event)
    tell_others_in_talks(offer, event)
    return offer


@transaction.atomic
def decline_offer(offer: Offer, *, reason_code: str, advice: str, by: User) -> None:
    """End an offer with a reason from the list and advice that the business reads."""
    _decline(lock_on_desk(offer, by), reason_code, advice, by)


def _decline(offer: Offer, reason_code: str, advice: str, by: User | None) -> None:
    offer.reason_code, offer.advice, offer.decided_at = reason_code, advice, timezone.now()
    offer.save(update_fields=["reason_code", "advice", "decided_at"])
    event = move(offer, OfferStatus.DECLINED, moves=OFFER_MOVES, by=by, note=advice)
    tell_business(offer, "declined", event)


@transaction.atomic
def clear_suspicion(offer: Offer, *, by: User) -> Offer:
    """Say that an offer which was held for a look is a real one: from now on it is treated like any other."""
    if not is_desk(by):
        raise PermissionDenied
    offer = lock_on_desk(offer, by)
    if offer.suspicion:
        record(offer, "found to be real", by=by, changes={"suspicion": [offer.suspicion, ""]})
        offer.suspicion = ""
        offer.save(update_fields=["suspicion"])
    return offer


def release(offer: Offer, by: User | None, note: str = "") -> None:
    """Nobody holds the offer for a need any more; its entity keeps it."""
    move(offer, OfferStatus.ROUTED, moves=OFFER_MOVES, by=by, note=note)
    offer.need, offer.reserved_until = None, None
    offer.save(update_fields=["need", "reserved_until"])


# --- what the system does each day --------------------------------------------------------------------------


@transaction.atomic
def keep_offers() -> None:
    """Give back what nobody holds, escalate what is late, end what is over, ask what ends soon."""
    today = timezone.localdate()
    locked = Offer.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    for offer in locked.filter(status=OfferStatus.RESERVED, reserved_until__lt=today):
        release(offer, None)
    for offer in locked.orphaned():
        _give_back(offer)
    waiting = locked.on_desk().exclude(status=OfferStatus.CLARIFICATION)
    for offer in waiting.filter(answer_due_on__lt=today, escalated_on=None):
        offer.escalated_on = today
        offer.save(update_fields=["escalated_on"])
        tell_desk(offer, "late", record(offer, "escalated to the registry desk", by=None))
    for offer in locked.on_desk().filter(available_until__lt=today).exclude(status=OfferStatus.MATCHED):
        tell_business(offer, "expired", move(offer, OfferStatus.EXPIRED, moves=OFFER_MOVES, by=None))
    asked = set(
        AuditEvent.objects.filter(action=ENDS_SOON, at__date=today).values_list("subject_id", flat=True)
    )
    for offer in locked.on_desk().filter(available_until=today + timedelta(days=ENDS_SOON_DAYS)):
        if str(offer.pk) not in asked:
            tell_business(offer, "ends_soon", record(offer, ENDS_SOON, by=None))
    for offer in locked.filter(
        status=OfferStatus.DRAFT, updated_at__lt=timezone.now() - timedelta(days=DRAFT_KEPT_DAYS)
    ):
        move(offer, OfferStatus.EXPIRED, moves=OFFER_MOVES, by=None)
    unanswered = OfferQuestion.objects.filter(
        asked_by_side=OfferQuestion.Side.UN,
        replied_at=None,
        asked_at__lt=timezone.now() - timedelta(days=REPLY_DAYS),
        offer__status=OfferStatus.CLARIFICATION,
    )
    for question in unanswered.select_related("offer__created_by"):
        with translation.override(question.offer.created_by.language):
            advice = _("We asked you a question and had no reply for 30 days. You can make the offer again.")
        _decline(locked.get(pk=question.offer_id), ReasonCode.NO_ANSWER, advice, None)
    forget_kept_drafts()


def _give_back(offer: Offer) -> None:
    """Who held the offer has left: it is with the registry desk again, which is told."""
    if offer.status in HELD:
        if offer.status != OfferStatus.ROUTED:
            release(offer, None)
        move(offer, OfferStatus.TRIAGE, moves=OFFER_MOVES, by=None)
    offer.triager, offer.entity, offer.office = None, None, None
    offer.save(update_fields=["triager", "entity", "office"])
    tell_desk(offer, "given_back", record(offer, "given back to the registry desk", by=None))
