"""What the triage asks of an offer, who owes its answer, and who else is in talks with the business."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from focalpoints.models import FocalPoint, UNEntity
from partnerships.domains import is_own_domain
from partnerships.matching import EntityMatch, subregions
from partnerships.models import Company, Offer, OfferQuerySet, OfferStatus, ReasonCode
from partnerships.queries.matches import takes_offers
from portal.models import User
from screening.queries import is_excluded

SMALL_VALUE_USD = 10_000  # below it a local network or country office answers first


@dataclass(frozen=True)
class Gate:
    """One question of the triage. `state`: ok, wait (somebody has to look), stop. `slug` words the answer.

    `reason_code` is that of a decline for which this gate is the cause.
    """

    name: str
    state: str
    slug: str
    reason_code: str
    values: dict[str, Any]

    @property
    def may_decline(self) -> bool:
        """Whether the answer is a reason to decline; while something is unknown it is none."""
        return self.state == "stop" or self.slug in ("no_number", "small")


def triage_gates(offer: Offer, entities: Sequence[tuple[UNEntity, EntityMatch]]) -> list[Gate]:
    """The filter of an offer, each gate with its answer.

    Source: A/66/320, para. 53; `offer.triage_gates` of the registry's field list, version 1.0.
    """
    excluded = is_excluded(offer.company) if offer.company else None
    tied = offer.is_tied_to_procurement
    acronyms = [entity.acronym for entity, _match in entities[:3]]
    mandate = ("ok", "mandate") if entities else ("stop", "no_mandate")
    return [
        Gate("complete", *_complete(offer), ReasonCode.INCOMPLETE, {}),
        Gate("lawful_and_fit", *_yes_no(offer.is_fit_for_use, "fit", "not_fit"), ReasonCode.NOT_FIT, {}),
        Gate(
            "not_procurement",
            *_yes_no(None if tied is None else not tied, "untied", "tied"),
            ReasonCode.PROCUREMENT,
            {},
        ),
        Gate(
            "exclusion_precheck",
            *_yes_no(None if excluded is None else not excluded, "not_listed", "listed"),
            ReasonCode.NOT_ELIGIBLE,
            {},
        ),
        Gate("mandate_fit", *mandate, ReasonCode.OUTSIDE_MANDATE, {"entities": acronyms}),
        Gate("size", *_size(offer), ReasonCode.TOO_SMALL, {"limit": SMALL_VALUE_USD}),
    ]


def _complete(offer: Offer) -> tuple[str, str]:
    """A real organization: it names a number or a website, best with a mail address at its own domain."""
    company = offer.company
    if company is None or not (company.lei or company.registration_number or company.website):
        return "wait", "no_number"
    return "ok", "own_domain" if is_own_domain(offer.created_by.email, company.website) else "registered"


def _size(offer: Offer) -> tuple[str, str]:
    if offer.value_amount is None:
        return "ok", "no_value"
    if offer.currency != "USD":
        return "ok", "other_currency"
    return ("wait", "small") if offer.value_amount < SMALL_VALUE_USD else ("ok", "size_ok")


def _yes_no(answer: bool | None, yes: str, no: str) -> tuple[str, str]:
    if answer is None:
        return "wait", "unknown"
    return ("ok", yes) if answer else ("stop", no)


ADVICE: dict[str, str | Promise] = {
    ReasonCode.INCOMPLETE: _(
        "Make the offer again with the registration number or the website of the company, how many you give "
        "and from when. Then we can answer it."
    ),
    ReasonCode.NOT_FIT: _(
        "The UN takes only what is new or works like new, is legal where it goes and keeps for the time of "
        "its use. Offer what meets this, or the money it is worth."
    ),
    ReasonCode.PROCUREMENT: _(
        "Sales and tenders are dealt with by procurement alone: register as a supplier at the "
        "United Nations Global Marketplace. An offer without that tie is welcome."
    ),
    ReasonCode.NOT_ELIGIBLE: _(
        "A rule on companies stands in the way. You may ask for the reason and reply to it; once it is "
        "settled, make the offer again."
    ),
    ReasonCode.OUTSIDE_MANDATE: _(
        "No UN entity works on this where you offer it. Look again at themes and countries: a wider choice "
        "may reach one. The Local Network of the UN Global Compact in your country brings companies "
        "together with local partners, and the board of needs says what is looked for now."
    ),
    ReasonCode.TOO_SMALL: _(
        "An offer of this size does more through the Local Network of the UN Global Compact or a country "
        "office near you, with less paper for both sides."
    ),
    ReasonCode.NO_NEED_NOW: _(
        "Nobody looks for this at present. Offers kept ready for emergencies are asked first when something "
        "happens: tick that choice when you make the offer again."
    ),
    ReasonCode.CONDITIONS: _("The conditions cannot be met. Make the offer again without them."),
    ReasonCode.NO_ANSWER: _("Our question was not answered. You can make the offer again at any time."),
}


def advice_for(reason_code: str, offer: Offer) -> str:
    """Words to begin the advice with, in the language of the business; "" for a reason that has none."""
    with translation.override(offer.created_by.language):
        return str(ADVICE.get(reason_code, ""))


# --- who answers ------------------------------------------------------------------------------------------


def desk_offers(user: User) -> OfferQuerySet:
    """Offers on the desk that this UN user answers for: the registry desk for those without an entity."""
    entities = FocalPoint.objects.of(user).values("entity")
    mine = Q(triager=user) | Q(entity__in=entities)
    if user.has_perm("partnerships.review_partnership"):
        mine |= Q(entity=None) | Q(escalated_on__isnull=False)
        return Offer.objects.on_desk().filter(mine)
    return Offer.objects.on_desk().filter(mine, suspicion="")


def offices_for(
    offer: Offer, entities: Sequence[tuple[UNEntity, EntityMatch]]
) -> list[tuple[UNEntity, list]]:
    """To whom an offer can go: ranked entities first, each with its offices in or near the offer's countries.

    Only entities that somebody answers for. An office of the countries themselves comes before one nearby.
    """
    contacts = FocalPoint.objects.active().select_related("entity").prefetch_related("countries")
    by_entity: dict[str, list[FocalPoint]] = {}
    for contact in contacts:
        if takes_offers(contact.entity):
            by_entity.setdefault(contact.entity_id, []).append(contact)
    wanted = {country.pk for country in offer.countries.all()}
    places = subregions()
    nearby = {places.get(code) for code in wanted} - {None}

    def distance(contact: FocalPoint) -> int:
        codes = {country.pk for country in contact.countries.all()}
        return 0 if codes & wanted else 1 if {places.get(code) for code in codes} & nearby else 2

    ranked = [entity.pk for entity, _match in entities]
    others = sorted(set(by_entity) - set(ranked))
    return [
        (
            by_entity[code][0].entity,
            sorted((c for c in by_entity[code] if distance(c) < 2), key=lambda c: (distance(c), str(c))),
        )
        for code in [*ranked, *others]
        if code in by_entity
    ]


HELD = (OfferStatus.ROUTED, OfferStatus.RESERVED, OfferStatus.MATCHED, OfferStatus.ACCEPTED)


def in_talks(company: Company | None, *, but: Offer | None = None) -> QuerySet[Offer]:
    """Offers of the company that some entity holds now: talk to that entity before you start."""
    held = Offer.objects.filter(
        company=company,
        entity__isnull=False,
        status__in=HELD,
    ).select_related("entity")
    return held.exclude(pk=but.pk) if but else held
