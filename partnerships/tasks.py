from focalpoints.models import FocalPoint
from partnerships.models import Offer
from partnerships.models.registrations import Registration
from partnerships.services import needs, offers
from portal.models import User
from partnerships.services.registrations import drop_old_drafts, send_registration_mail

DAILY: list[str] = ["partnerships.keep_offers", "partnerships.keep_needs", "partnerships.drop_old_registrations"]


def keep_offers() -> None:
    offers.keep_offers()


def keep_needs() -> None:
    needs.keep_needs()


def drop_old_registrations() -> None:
    drop_old_drafts()


def mail_registration(registration_id: int, notice: str) -> None:
    send_registration_mail(Registration.objects.get(pk=registration_id), notice)


def mail_offer(offer_id: int, notice: str, user_id: int, event_id: int) -> None:
    offers.mail_offer(Offer.objects.get(pk=offer_id), notice, User.objects.get(pk=user_id), event_id)


def mail_offer_to_entity(offer_id: int, notice: str, contact_id: int, event_id: int) -> None:
    offers.mail_offer_to_entity(
        Offer.objects.get(pk=offer_id), notice, FocalPoint.objects.get(pk=contact_id), event_id
    )
