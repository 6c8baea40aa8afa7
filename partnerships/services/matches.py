"""What becomes of an offer and a need that fit: found, shown, proposed, held, accepted, declined."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import FocalPoint, OfficeLevel, Task, UNEntity
from partnerships.models import (
    OFFER_MOVES,
    RESERVED_DAYS,
    LeadProposal,
    MisfitReason,
    Need,
    NeedVisibility,
    Offer,
    OfferMatch,
    OfferStatus,
    Origin,
    Partnership,
    PartnershipType,
    UNRole,
)
from partnerships.queries.matches import ShownMatch, match_of, newly_found
from partnerships.services.offer_notices import tell_business, tell_entity, tell_others_in_talks, tell_places
from partnerships.services.triage import is_desk, lock_on_desk, release, works_for
from portal.errors import RuleViolation
from portal.history import move, record
from portal.jobs import enqueue
from portal.models import User
from portal.notices import tell
from portal.references import next_reference

OFFERS_A_JOB = 200


@transaction.atomic
def propose_match(offer: Offer, *, need: Need, by: User) -> Offer:
    """Put an offer before the entity of a need. That entity then accepts or declines."""
    offer = _held_for_need(offer, need, by)
    if offer.status not in (OfferStatus.ROUTED, OfferStatus.RESERVED):
        raise RuleViolation(_("The offer is part of a match already, or was answered."))
    _remember(offer, need, OfferMatch.Outcome.PROPOSED, by)
    _hand_to(offer, need, by)
    event = move(offer, OfferStatus.MATCHED, moves=OFFER_MOVES, by=by, note=need.reference)
    tell_entity(offer, "for_entity", event)
    tell_others_in_talks(offer, event)
    return offer


@transaction.atomic
def reserve_offer(offer: Offer, *, need: Need, by: User) -> Offer:
    """Hold an offer for a need for 30 days. Only people of the entity that posted the need may do so."""
    if not works_for(by, need.entity_id):
        raise PermissionDenied
    offer = _held_for_need(offer, need, by)
    _remember(offer, need, OfferMatch.Outcome.RESERVED, by)
    offer.reserved_until = timezone.localdate() + timedelta(days=RESERVED_DAYS)
    _hand_to(offer, need, by)
    event = move(offer, OfferStatus.RESERVED, moves=OFFER_MOVES, by=by, note=need.reference)
    tell_business(offer, "reserved", event)
    tell_places(offer, need, event)
    tell_others_in_talks(offer, event)
    return offer


@transaction.atomic
def decline_match(offer: Offer, *, need: Need, reason_code: str, reason: str, by: User) -> None:
    """Say that an offer and a need do not fit: the need lists it no more, the offer stays with its entity.

    May do: whoever may answer the offer, and the entity of the need whoever holds the offer. An offer that
    was held for this need is held no longer.
    """
    offer = _lock_pair(offer, need, by)
    if offer.is_final:
        raise RuleViolation(_("The offer was answered already."))
    _remember(offer, need, OfferMatch.Outcome.DECLINED, by, reason_code, reason)
    why = " ".join(filter(None, [f"{MisfitReason(reason_code).label}.", reason]))
    if offer.need_id == need.pk and offer.status in (OfferStatus.MATCHED, OfferStatus.RESERVED):
        release(offer, by, why)
    else:
        record(offer, "match declined", by=by, note=f"{need.reference}: {why}")
    record(need, "match declined", by=by, note=f"{offer.reference}: {why}")


@transaction.atomic
def reconsider_match(offer: Offer, *, need: Need, by: User) -> None:
    """Take back that an offer and a need do not fit. Done twice it changes nothing."""
    offer = _lock_pair(offer, need, by)
    declined = OfferMatch.objects.filter(offer=offer, need=need, outcome=OfferMatch.Outcome.DECLINED)
    if declined.update(
        outcome=OfferMatch.Outcome.SHOWN, reason_code="", reason="", decided_by=None, decided_at=None
    ):
        record(offer, "match considered again", by=by, note=need.reference)
        record(need, "match considered again", by=by, note=offer.reference)


def _lock_pair(offer: Offer, need: Need, by: User) -> Offer:
    """The locked offer, for somebody who may say whether it fits this need."""
    if not by.has_perm("partnerships.triage_offer"):
        raise PermissionDenied
    if not works_for(by, need.entity_id):
        return lock_on_desk(offer, by)
    offer = Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk)
    if offer.submitted_at is None:
        raise PermissionDenied
    return offer


@transaction.atomic
def accept_offer(offer: Offer, *, need: Need | None, note: str, by: User) -> Offer:
    """Turn an offer into the draft of a partnership, led by the entity that holds the offer or the need."""
    if not by.has_perm("partnerships.register_partnership"):
        raise PermissionDenied
    offer = _held_for_need(offer, need, by) if need else lock_on_desk(offer, by)
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
    tell_business(offer, "accepted", event)
    tell_places(offer, need, event)
    return offer


def draft_from_offer(offer: Offer, need: Need | None, by: User) -> Partnership:
    """The draft of a partnership with what the offer and the need say.

    Its title says what is given and what for. Led by the entity that holds the offer, or as two entities in
    talks with the company have agreed.
    """
    assert offer.entity  # the caller sees to it
    assert offer.company  # and the table to this
    came_from = _("Through this portal: offer %(offer)s") % {"offer": offer.reference}
    if need:
        came_from = _("%(offer)s, for need %(need)s") % {"offer": came_from, "need": need.reference}
    partnership = Partnership.objects.create(
        reference=next_reference("P"),
        title=f"{offer.title}: {need.title}"[:200] if need else offer.title,
        language=(need or offer).language,
        origin=Origin.OFFER,
        inferred_fields=["partnership_type"],
        partnership_type=PartnershipType.SOCIAL_INVESTMENT,
        themes=offer.themes,
        came_from=came_from,
        summary="\n\n".join(filter(None, [need.description if need else "", offer.description])),
        created_by=by,
    )
    lead, co_lead = agreed_roles(offer)
    office = offer.office if lead == offer.entity else None
    level = office.office_level if office else OfficeLevel.HQ
    partnership.entity_roles.create(entity=lead, office_level=level, note=str(office or "")[:200])
    if co_lead:
        partnership.entity_roles.create(entity=co_lead, role=UNRole.COORDINATION, note=_("Co-lead"))
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


def agreed_roles(offer: Offer) -> tuple[UNEntity, UNEntity | None]:
    """Who leads and who co-leads, by the last agreement of the entity that holds the offer."""
    assert offer.entity
    agreed = (
        LeadProposal.objects.between(offer.entity)
        .filter(company=offer.company, outcome=LeadProposal.Outcome.AGREED)
        .select_related("lead", "proposer", "other")
        .first()
    )
    return (agreed.lead, agreed.co_lead) if agreed else (offer.entity, None)


def _held_for_need(offer: Offer, need: Need, by: User) -> Offer:
    """The locked offer, on the way to this need: with the desk, its entity, or the entity of the need."""
    if not by.has_perm("partnerships.triage_offer"):
        raise PermissionDenied
    locked = Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk)
    if not (is_desk(by) or works_for(by, locked.entity_id, need.entity_id)) or locked.submitted_at is None:
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
    if offer.entity_id != need.entity_id:
        offer.office = None
    offer.need, offer.entity, offer.triager = need, need.entity, None
    offer.save(update_fields=["need", "entity", "office", "triager", "reserved_until"])


def _remember(
    offer: Offer, need: Need, outcome: str, by: User, reason_code: str = "", reason: str = ""
) -> None:
    """Write down what became of a pair, with the score of the moment.

    Raises RuleViolation where a gate is closed, or where somebody said that the two do not fit.
    """
    match = match_of(offer, need)
    if outcome != OfferMatch.Outcome.DECLINED:
        if match.closed:
            raise RuleViolation(
                _("A gate stands between this offer and this need. Look at what was ruled out.")
            )
        if OfferMatch.objects.filter(offer=offer, need=need, outcome=OfferMatch.Outcome.DECLINED).exists():
            raise RuleViolation(_("Somebody said that the two do not fit. Take that back first."))
    decided = {
        "outcome": outcome,
        "reason_code": reason_code,
        "reason": reason,
        "decided_by": by,
        "decided_at": timezone.now(),
    }
    found = {"score": match.score, "parts": {part.name: part.points for part in match.parts}}
    OfferMatch.objects.update_or_create(
        offer=offer, need=need, defaults=decided, create_defaults=decided | found
    )


def record_shown(matches: Iterable[ShownMatch]) -> None:
    """Keep which pairs were on a page, with the score of the first time."""
    now, matches = timezone.now(), list(matches)
    OfferMatch.objects.bulk_create(
        [_row(match, outcome=OfferMatch.Outcome.SHOWN, shown_at=now) for match in matches],
        ignore_conflicts=True,
    )
    unseen = [match.record.pk for match in matches if match.record and match.record.shown_at is None]
    if unseen:
        found = OfferMatch.objects.filter(pk__in=unseen)
        found.filter(outcome=OfferMatch.Outcome.FOUND).update(outcome=OfferMatch.Outcome.SHOWN)
        found.update(shown_at=now)


def _row(match: ShownMatch, **state) -> OfferMatch:
    return OfferMatch(
        offer_id=match.offer_id,
        need_id=match.need_id,
        score=match.score,
        parts={part.name: part.points for part in match.parts},
        **state,
    )


def record_opened(offer: Offer, need: Need) -> None:
    """Keep when somebody first went from one side of a match to the other."""
    OfferMatch.objects.filter(offer=offer, need=need, opened_at=None).update(opened_at=timezone.now())


# --- all against all ----------------------------------------------------------------------------------------


def rank_all() -> None:
    """Plan the ranking of every open offer against every open need, some hundred offers a job."""
    day = timezone.localdate()
    keys = list(Offer.objects.on_desk().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), OFFERS_A_JOB):
        chunk = keys[start : start + OFFERS_A_JOB]
        enqueue("partnerships.rank_some", key=f"rank_some:{day}:{chunk[0]}", offer_ids=chunk)


@transaction.atomic
def rank_some(offer_ids: list[int]) -> int:
    """Keep the good new matches of some offers and tell both sides. Returns how many."""
    found = newly_found(Offer.objects.on_desk().filter(pk__in=offer_ids, suspicion=""))
    OfferMatch.objects.bulk_create([_row(match) for match in found], ignore_conflicts=True)
    day = timezone.localdate()
    by_need: dict[int, list[ShownMatch]] = {}
    for match in found:
        by_need.setdefault(match.need_id, []).append(match)
    for need in Need.objects.filter(pk__in=by_need).select_related("entity"):
        _tell_need(need, by_need[need.pk], day)
    by_offer: dict[int, list[ShownMatch]] = {}
    for match in found:
        if match.need.visibility == NeedVisibility.PUBLIC:  # a business hears of no other
            by_offer.setdefault(match.offer_id, []).append(match)
    for offer in Offer.objects.filter(pk__in=by_offer):
        _tell_offer(offer, by_offer[offer.pk], day)
    return len(found)


def _tell_need(need: Need, matches: list[ShownMatch], day) -> None:
    """One notice a day to the first contacts of the entity that posted the need."""
    contacts = (
        FocalPoint.objects.active().filter(entity=need.entity_id, user__is_active=True).select_related("user")
    )
    for contact in contacts.filter(tasks__contains=[Task.ENTRY_POINT]) or contacts[:1]:
        assert contact.user
        tell(
            contact.user,
            "match_for_need",
            {"need": need, "matches": matches[:5], "count": len(matches)},
            key=f"match_for_need:{need.pk}:{day}",
            url=reverse("partnerships:desk_need", args=[need.reference]),
            kind="match",
        )


def _tell_offer(offer: Offer, matches: list[ShownMatch], day) -> None:
    """One notice a day to the people of the business."""
    for user in User.objects.filter(company_memberships__company=offer.company_id, is_active=True):
        tell(
            user,
            "match_for_offer",
            {"offer": offer, "matches": matches[:5], "count": len(matches)},
            key=f"match_for_offer:{offer.pk}:{day}",
            url=reverse("partnerships:my_offer_matches", args=[offer.reference]),
            kind="match",
        )
