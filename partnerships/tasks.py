from focalpoints.models import FocalPoint
from partnerships.models import Offer
from partnerships.services import needs, offers
from portal.models import User

DAILY: list[str] = ["partnerships.keep_offers", "partnerships.keep_needs"]


def keep_offers() -> None:
    offers.keep_offers()


def keep_needs() -> None:
    needs.keep_needs()


def mail_offer(offer_id: int, notice: str, user_id: int, event_id: int) -> None:
    offers.mail_offer(Offer.objects.get(pk=offer_id), notice, User.objects.get(pk=user_id), event_id)


def mail_offer_to_entity(offer_id: int, notice: str, contact_id: int, event_id: int) -> None:
    offers.mail_offer_to_entity(
        Offer.objects.get(pk=offer_id), notice, FocalPoint.objects.get(pk=contact_id), event_id
    )
