"""What a business and the UN side do with an offer, from the first draft to the answer."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from focalpoints.models import FocalPoint, Task, UNEntity
from partnerships.models import (
    ANSWER_WORKING_DAYS,
    DRAFT_KEPT_DAYS,
    OFFER_MOVES,
    OFFER_STEPS,
    RESERVED_DAYS,
    Need,
    Offer,
    OfferMatch,
    OfferQuestion,
    OfferStatus,
    Partnership,
    PartnershipType,
    ReasonCode,
)
from partnerships.queries.offers import in_talks, match_of
from partnerships.services.companies import save_company
from partnerships.working_days import add_working_days, working_days_between
from portal.emails import send_mail
from portal.errors import RuleViolation, StaleEdit
from portal.history import move, record
from portal.jobs import enqueue
from portal.models import AuditEvent, User
from portal.references import next_reference

REPLY_DAYS = 30  # a question that nobody answers for so long ends the offer
MAILED_TO_BUSINESS = {"submitted", "question", "routed", "declined", "accepted", "expired"}

# --- the business -----------------------------------------------------------------------------------------


@transaction.atomic
def begin_offer(*, by: User) -> Offer:
    """A new draft. It names no company yet."""
    if not by.has_perm("partnerships.make_offer"):
        raise PermissionDenied
    offer = Offer.objects.create(
        reference=next_reference(f"O-{timezone.localdate():%Y}"),
        created_by=by,
        language=translation.get_language() or "en",
    )
    record(offer, "began", by=by)
    return offer


@transaction.atomic
def save_step(
    offer: Offer,
    step: str,
    *,
    answers: dict[str, list[str]],
    values: dict[str, Any] | None,
    version: int,
    by: User,
) -> Offer:
    """Keep a step as it was typed and, where it is valid (`values`), in the columns too.

    `version` is that of the step when its form was opened. Raises StaleEdit where somebody saved other
    answers to the same step since; the same answers sent twice are one save.
    """
    offer = _own_offer(offer, by)
    if offer.status != OfferStatus.DRAFT:
        raise RuleViolation(_("The offer was submitted and cannot be changed. Withdraw it to make another."))
    kept = offer.answers.get(step, {"version": 0, "data": None})
    if kept["data"] != answers and kept["version"] != version:
        raise StaleEdit(_("Somebody changed this step after you opened it."))
    if values is not None:
        answers = _apply(offer, answers, values, by)
    if kept["data"] != answers or kept["is_valid"] != (values is not None):
        offer.answers[step] = {
            "data": answers,
            "version": kept["version"] + 1,
            "saved_at": timezone.now().isoformat(timespec="seconds"),
            "is_valid": values is not None,
        }
        offer.version += 1
    offer.save()
    return offer


def _apply(
    offer: Offer, answers: dict[str, list[str]], values: dict[str, Any], by: User
) -> dict[str, list[str]]:
    """Put valid answers into the columns. A company that is new becomes a row, and the answer names it."""
    values = dict(values)
    if facts := values.pop("new_company", None):
        values["company"] = save_company(None, values=facts, by=by)
        answers = {"company": [str(values["company"].public_id)]}
    company = values.get("company")
    if company and not company.members.filter(user=by).exists():
        raise PermissionDenied
    for name in ("countries", "targets"):
        if name in values:
            getattr(offer, name).set(values.pop(name))
    for name, value in values.items():
        setattr(offer, name, value)
    return answers


@transaction.atomic
def submit_offer(offer: Offer, *, by: User) -> Offer:
    """Send a finished draft to the desk. A second submit changes nothing and answers the same offer."""
    offer = _own_offer(offer, by)
    if offer.submitted_at:
        return offer
    if any(not offer.answers.get(step, {}).get("is_valid") for step in OFFER_STEPS):
        raise RuleViolation(_("Some steps are not finished."))
    today = timezone.localdate()
    if offer.available_until and offer.available_until < today:
        raise RuleViolation(_("The last day of the offer is over. Change it under “Where and when”."))
    offer.submitted_at = timezone.now()
    offer.answer_due_on = add_working_days(today, ANSWER_WORKING_DAYS)
    offer.save(update_fields=["submitted_at", "answer_due_on"])
    event = move(offer, OfferStatus.SUBMITTED, moves=OFFER_MOVES, by=by)
    _tell_business(offer, "submitted", event)
    return offer


@transaction.atomic
def reply_to_question(offer: Offer, *, reply: str, by: User) -> OfferQuestion:
    """Answer the open question. The clock goes on with the working days it had left, one at least."""
    offer = _own_offer(offer, by)
    question = offer.questions.filter(replied_at=None).first()
    if question is None or offer.status != OfferStatus.CLARIFICATION:
        raise RuleViolation(_("There is no open question."))
    question.reply, question.replied_by, question.replied_at = reply, by, timezone.now()
    question.save(update_fields=["reply", "replied_by", "replied_at"])
    left = working_days_between(timezone.localdate(question.asked_at), _due(offer))
    offer.answer_due_on = add_working_days(timezone.localdate(), max(left, 1))
    offer.save(update_fields=["answer_due_on"])
    move(offer, OfferStatus.TRIAGE, moves=OFFER_MOVES, by=by)
    return question


@transaction.atomic
def withdraw_offer(offer: Offer, *, note: str, by: User) -> None:
    offer = _own_offer(offer, by)
    move(offer, OfferStatus.WITHDRAWN, moves=OFFER_MOVES, by=by, note=note)


def _own_offer(offer: Offer, by: User) -> Offer:
    """The locked row, if this business user may act for it."""
    if not by.has_perm("partnerships.make_offer") or not Offer.objects.of(by).filter(pk=offer.pk).exists():
        raise PermissionDenied
    return Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk)


def _due(offer: Offer):
    assert offer.answer_due_on is not None  # the table holds it for every submitted offer
    return offer.answer_due_on


# --- the desk ---------------------------------------------------------------------------------------------


def _on_desk(offer: Offer, by: User) -> Offer:
    """The locked row, if this UN user may act on it now.

    The registry desk acts on every offer; a focal point on those that no other entity holds.
    """
    if not by.has_perm("partnerships.triage_offer"):
        raise PermissionDenied
    offer = Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk)
    if offer.submitted_at is None:
        raise PermissionDenied
    if offer.entity_id and not _is_desk(by) and not _works_for(by, offer.entity_id):
        raise PermissionDenied
    return offer


def _is_desk(user: User) -> bool:
    return user.has_perm("partnerships.review_partnership")


def _works_for(user: User, entity_id: str) -> bool:
    return FocalPoint.objects.active().filter(user=user, entity_id=entity_id).exists()


@transaction.atomic
def take_offer(offer: Offer, *, by: User) -> Offer:
    """Become the one who reads it. Somebody else's offer may be taken over; the history shows it."""
    offer = _on_desk(offer, by)
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
    _tell_business(offer, "question", event)
    return question


@transaction.atomic
def route_offer(offer: Offer, *, entity: UNEntity, note: str, by: User) -> Offer:
    """Pass an offer to a UN entity, or on to another. Its first contacts and the business get a mail."""
    offer = _on_desk(offer, by)
    if offer.status == OfferStatus.SUBMITTED:
        offer = take_offer(offer, by=by)
    if offer.entity_id == entity.pk:
        raise RuleViolation(_("%(entity)s has the offer already.") % {"entity": entity})
    before = offer.entity_id
    offer.entity, offer.triager, offer.need = entity, None, None
    offer.save(update_fields=["entity", "triager", "need"])
    changes = {"entity": [before or "", entity.pk]}
    if offer.status == OfferStatus.ROUTED:
        event = record(offer, "passed on", by=by, note=note, changes=changes)
    else:
        event = move(offer, OfferStatus.ROUTED, moves=OFFER_MOVES, by=by, note=note)
        record(offer, "routed", by=by, changes=changes)
    _tell_business(offer, "routed", event)
    _tell_entity(offer, event)
    _tell_others_in_talks(offer, event)
    return offer


@transaction.atomic
def decline_offer(offer: Offer, *, reason_code: str, advice: str, by: User) -> None:
    """End an offer with a reason from the list and advice that the business reads."""
    _decline(_on_desk(offer, by), reason_code, advice, by)


def _decline(offer: Offer, reason_code: str, advice: str, by: User | None) -> None:
    offer.reason_code, offer.advice, offer.decided_at = reason_code, advice, timezone.now()
    offer.save(update_fields=["reason_code", "advice", "decided_at"])
    event = move(offer, OfferStatus.DECLINED, moves=OFFER_MOVES, by=by, note=advice)
    _tell_business(offer, "declined", event)


# --- matches ----------------------------------------------------------------------------------------------


@transaction.atomic
def propose_match(offer: Offer, *, need: Need, by: User) -> Offer:
    """Put an offer before the entity of a need. That entity then accepts or declines."""
    offer = _held_for_need(offer, need, by)
    if offer.status not in (OfferStatus.ROUTED, OfferStatus.RESERVED):
        raise RuleViolation(_("The offer is part of a match already, or was answered."))
    _remember(offer, need, OfferMatch.Outcome.PROPOSED, by)
    _hand_to(offer, need, by)
    event = move(offer, OfferStatus.MATCHED, moves=OFFER_MOVES, by=by, note=need.reference)
    _tell_entity(offer, event)
    _tell_others_in_talks(offer, event)
    return offer


@transaction.atomic
def reserve_offer(offer: Offer, *, need: Need, by: User) -> Offer:
    """Hold an offer for a need for 30 days. Only people of the entity that posted the need may do so."""
    if not _works_for(by, need.entity_id):
        raise PermissionDenied
    offer = _held_for_need(offer, need, by)
    _remember(offer, need, OfferMatch.Outcome.RESERVED, by)
    offer.reserved_until = timezone.localdate() + timedelta(days=RESERVED_DAYS)
    _hand_to(offer, need, by)
    event = move(offer, OfferStatus.RESERVED, moves=OFFER_MOVES, by=by, note=need.reference)
    _tell_others_in_talks(offer, event)
    return offer


@transaction.atomic
def decline_match(offer: Offer, *, need: Need, reason: str, by: User) -> None:
    """Say that an offer and a need do not fit. The offer goes back to its entity if it was held for it."""
    offer = _on_desk(offer, by)
    _remember(offer, need, OfferMatch.Outcome.DECLINED, by, reason)
    if offer.need_id == need.pk and offer.status in (OfferStatus.MATCHED, OfferStatus.RESERVED):
        _release(offer, by, reason)
    else:
        record(offer, "match declined", by=by, note=f"{need.reference}: {reason}")


@transaction.atomic
def accept_offer(offer: Offer, *, need: Need | None, note: str, by: User) -> Offer:
    """Turn an offer into the draft of a partnership, led by the entity that holds the offer or the need."""
    if not by.has_perm("partnerships.register_partnership"):
        raise PermissionDenied
    offer = _held_for_need(offer, need, by) if need else _on_desk(offer, by)
    if offer.partnership_id:
        return offer
    if need:
        _remember(offer, need, OfferMatch.Outcome.ACCEPTED, by)
        _hand_to(offer, need, by)
    if offer.entity_id is None:
        raise RuleViolation(_("Pass the offer to a UN entity first: its lead answers for the partnership."))
    for step in (OfferStatus.TRIAGE, OfferStatus.ROUTED, OfferStatus.MATCHED):
        if step in OFFER_MOVES[offer.status]:
            move(offer, step, moves=OFFER_MOVES, by=by)
    offer.partnership = draft_from_offer(offer, need, by)
    offer.advice, offer.decided_at = note, timezone.now()
    offer.save(update_fields=["partnership", "advice", "decided_at"])
    event = move(offer, OfferStatus.ACCEPTED, moves=OFFER_MOVES, by=by, note=note)
    _tell_business(offer, "accepted", event)
    return offer


def draft_from_offer(offer: Offer, need: Need | None, by: User) -> Partnership:
    """The draft of a partnership with what the offer and the need say, led by the entity that holds it."""
    assert offer.entity  # the caller sees to it
    assert offer.company  # and the table to this
    partnership = Partnership.objects.create(
        reference=next_reference("P"),
        title=(need or offer).title,
        partnership_type=PartnershipType.SOCIAL_INVESTMENT,
        themes=offer.themes,
        came_from=_("Through this portal: offer %(offer)s") % {"offer": offer.reference},
        summary="\n\n".join(filter(None, [need.description if need else "", offer.description])),
        created_by=by,
    )
    partnership.entity_roles.create(entity=offer.entity)
    partnership.parties.create(company=offer.company)
    partnership.countries.set(need.countries.all() if need else offer.countries.all())
    partnership.targets.set(need.targets.all() if need else offer.targets.all())
    for kind in offer.contribution_kinds:
        is_first = kind == offer.contribution_kinds[0]
        partnership.contributions.create(
            kind=kind,
            giver=offer.company.name,
            amount=(offer.value_amount or None) if is_first else None,
            currency=offer.currency if is_first and offer.value_amount else "",
            quantity=offer.quantity if is_first else None,
            unit=offer.unit if is_first else "",
        )
    record(partnership, "drafted from an offer", by=by, note=offer.reference)
    return partnership


def _held_for_need(offer: Offer, need: Need, by: User) -> Offer:
    """The locked offer, on the way to this need: with the desk, its entity, or the entity of the need."""
    if not by.has_perm("partnerships.triage_offer"):
        raise PermissionDenied
    locked = Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk)
    allowed = _is_desk(by) or any(
        _works_for(by, entity) for entity in (locked.entity_id, need.entity_id) if entity
    )
    if not allowed or locked.submitted_at is None:
        raise PermissionDenied
    if (
        locked.status == OfferStatus.RESERVED
        and locked.need_id != need.pk
        and locked.entity_id != need.entity_id
    ):
        raise RuleViolation(
            _("The offer is held for another need until %(date)s.") % {"date": locked.reserved_until}
        )
    return locked


def _hand_to(offer: Offer, need: Need, by: User) -> None:
    """The entity of the need holds the offer from now on."""
    if offer.status == OfferStatus.SUBMITTED:
        move(offer, OfferStatus.TRIAGE, moves=OFFER_MOVES, by=by)
    if offer.status == OfferStatus.TRIAGE:
        move(offer, OfferStatus.ROUTED, moves=OFFER_MOVES, by=by, note=need.entity_id)
    offer.need, offer.entity, offer.triager = need, need.entity, None
    offer.save(update_fields=["need", "entity", "triager", "reserved_until"])


def _release(offer: Offer, by: User | None, note: str = "") -> None:
    """Nobody holds the offer for a need any more; its entity keeps it."""
    move(offer, OfferStatus.ROUTED, moves=OFFER_MOVES, by=by, note=note)
    offer.need, offer.reserved_until = None, None
    offer.save(update_fields=["need", "reserved_until"])


def _remember(offer: Offer, need: Need, outcome: str, by: User, reason: str = "") -> None:
    """Write down what became of a pair, with the score of the moment. Raises where a gate is closed."""
    match = match_of(offer, need)
    if match.closed and outcome != OfferMatch.Outcome.DECLINED:
        raise RuleViolation(_("A gate stands between this offer and this need. Look at what was ruled out."))
    OfferMatch.objects.update_or_create(
        offer=offer,
        need=need,
        defaults={"outcome": outcome, "reason": reason, "decided_by": by, "decided_at": timezone.now()},
        create_defaults={
            "score": match.score,
            "parts": {part.name: part.points for part in match.parts},
            "outcome": outcome,
            "reason": reason,
            "decided_by": by,
            "decided_at": timezone.now(),
        },
    )


def record_shown(offer: Offer, matches) -> None:
    """Keep which needs were shown for an offer, with the score of the first time."""
    OfferMatch.objects.bulk_create(
        [
            OfferMatch(
                offer=offer,
                need_id=match.need_id,
                score=match.score,
                parts={part.name: part.points for part in match.parts},
            )
            for match in matches
        ],
        ignore_conflicts=True,
    )


def record_opened(offer: Offer, need: Need) -> None:
    """Keep when somebody first looked at a need from the ranking of an offer."""
    OfferMatch.objects.filter(offer=offer, need=need, opened_at=None).update(opened_at=timezone.now())


# --- what the system does each day --------------------------------------------------------------------------


@transaction.atomic
def keep_offers() -> None:
    """Escalate what is late, end what is over, give back what was held for too long."""
    today = timezone.localdate()
    locked = Offer.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    waiting = locked.on_desk().exclude(status=OfferStatus.CLARIFICATION)
    for offer in waiting.filter(answer_due_on__lt=today, escalated_on=None):
        offer.escalated_on = today
        offer.save(update_fields=["escalated_on"])
        event = record(offer, "escalated to the registry desk", by=None)
        for user in User.objects.filter(groups__name="registry_desk", is_active=True):
            _mail(offer, "late", event, user)
    for offer in locked.on_desk().filter(available_until__lt=today).exclude(status=OfferStatus.MATCHED):
        _tell_business(offer, "expired", move(offer, OfferStatus.EXPIRED, moves=OFFER_MOVES, by=None))
    for offer in locked.filter(
        status=OfferStatus.DRAFT, updated_at__lt=timezone.now() - timedelta(days=DRAFT_KEPT_DAYS)
    ):
        move(offer, OfferStatus.EXPIRED, moves=OFFER_MOVES, by=None)
    unanswered = OfferQuestion.objects.filter(
        replied_at=None,
        asked_at__lt=timezone.now() - timedelta(days=REPLY_DAYS),
        offer__status=OfferStatus.CLARIFICATION,
    )
    for question in unanswered.select_related("offer"):
        advice = _("We asked you a question and had no reply for 30 days. You can make the offer again.")
        _decline(locked.get(pk=question.offer_id), ReasonCode.NO_ANSWER, advice, None)
    for offer in locked.filter(status=OfferStatus.RESERVED, reserved_until__lt=today):
        _release(offer, None)


# --- mails ------------------------------------------------------------------------------------------------


def _tell_business(offer: Offer, notice: str, event: AuditEvent) -> None:
    """A mail to everybody of the company, each once for this event, in their language."""
    assert notice in MAILED_TO_BUSINESS
    for user in User.objects.filter(company_memberships__company=offer.company_id, is_active=True):
        _mail(offer, notice, event, user)


def _mail(offer: Offer, notice: str, event: AuditEvent, user: User) -> None:
    enqueue(
        "partnerships.mail_offer",
        key=f"mail_offer:{event.pk}:{user.pk}",
        offer_id=offer.pk,
        notice=notice,
        user_id=user.pk,
        event_id=event.pk,
    )


def _tell_entity(
    offer: Offer, event: AuditEvent, notice: str = "for_entity", entity_id: str | None = None
) -> None:
    """A mail to the first contacts of the entity that holds the offer, or of another, by unit mailbox."""
    contacts = FocalPoint.objects.active().filter(entity=entity_id or offer.entity_id)
    entry = contacts.filter(tasks__contains=[Task.ENTRY_POINT])
    for contact in entry or contacts[:1]:
        enqueue(
            "partnerships.mail_offer_to_entity",
            key=f"mail_offer_to_entity:{event.pk}:{contact.pk}",
            offer_id=offer.pk,
            notice=notice,
            contact_id=contact.pk,
            event_id=event.pk,
        )


def _tell_others_in_talks(offer: Offer, event: AuditEvent) -> None:
    """Entities that hold another offer of the company hear that they are not alone."""
    others = in_talks(offer.company, but=offer).exclude(entity=offer.entity_id)
    for entity_id in set(others.values_list("entity", flat=True)):
        _tell_entity(offer, event, "in_talks", entity_id)


def mail_offer(offer: Offer, notice: str, user: User, event_id: int) -> None:
    """Send a notice about an offer to one person. The text is that of the offer as it stands now."""
    send_mail(
        f"offer_{notice}",
        {
            "offer": offer,
            "user": user,
            "question": offer.questions.order_by("-id").first(),
        },
        to=user.email,
        language=user.language,
        key=f"mail_offer:{event_id}:{user.pk}",
    )


def mail_offer_to_entity(offer: Offer, notice: str, contact: FocalPoint, event_id: int) -> None:
    send_mail(
        f"offer_{notice}",
        {"offer": offer, "contact": contact},
        to=contact.unit_mailbox,
        language=contact.languages[0] if contact.languages else "en",
        key=f"mail_offer_to_entity:{event_id}:{contact.pk}",
    )
