"""Who hears of what happens to an offer: the people of the business, of an entity, of a place. Each once."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from focalpoints.models import FocalPoint, OfficeLevel, Task
from partnerships.models import Need, Offer
from partnerships.queries.triage import in_talks
from portal.emails import send_mail
from portal.jobs import enqueue
from portal.models import AuditEvent, User
from portal.notices import tell


def tell_business(offer: Offer, notice: str, event: AuditEvent, **context) -> None:
    """A notice to everybody of the company, in their language."""
    people = User.objects.filter(company_memberships__company=offer.company_id, is_active=True)
    for user in people if offer.company_id else [offer.created_by]:
        tell(
            user,
            f"offer_{notice}",
            {"offer": offer, **context},
            key=f"offer_{notice}:{event.pk}",
            url=reverse("partnerships:my_offer", args=[offer.reference]),
            kind="offer",
        )


def tell_desk(offer: Offer, notice: str, event: AuditEvent, **context) -> None:
    """A notice to everybody of the registry desk."""
    for user in User.objects.filter(groups__name="registry_desk", is_active=True):
        tell_un_user(user, offer, notice, event, **context)


def tell_un_user(user: User, offer: Offer, notice: str, event: AuditEvent, **context) -> None:
    tell(
        user,
        f"offer_{notice}",
        {"offer": offer, **context},
        key=f"offer_{notice}:{event.pk}",
        url=reverse("partnerships:desk_offer", args=[offer.reference]),
        kind="offer",
    )


def tell_entity(offer: Offer, notice: str, event: AuditEvent, entity_id: str | None = None) -> None:
    """A notice to the office that holds the offer, else to the first contacts of its entity, or another."""
    if offer.office and entity_id in (None, offer.office.entity_id):
        _tell_contacts([offer.office], offer, notice, event)
        return
    contacts = FocalPoint.objects.active().filter(entity=entity_id or offer.entity_id)
    entry = contacts.filter(tasks__contains=[Task.ENTRY_POINT])
    _tell_contacts(entry or contacts[:1], offer, notice, event)


def _tell_contacts(contacts: Iterable[FocalPoint], offer: Offer, notice: str, event: AuditEvent) -> None:
    for contact in contacts:
        if contact.user:
            tell_un_user(contact.user, offer, notice, event)
        else:
            enqueue(
                "partnerships.mail_offer_to_unit",
                key=f"mail_offer_to_unit:{event.pk}:{contact.pk}",
                offer_id=offer.pk,
                notice=notice,
                contact_id=contact.pk,
                event_id=event.pk,
            )


def mail_offer_to_unit(offer: Offer, notice: str, contact: FocalPoint, event_id: int) -> None:
    """The mail to a unit mailbox, where nobody of the unit has an account."""
    send_mail(
        f"offer_{notice}",
        {"offer": offer, "contact": contact},
        to=contact.unit_mailbox,
        language=contact.languages[0] if contact.languages else "en",
        key=f"mail_offer_to_unit:{event_id}:{contact.pk}",
    )


def tell_others_in_talks(offer: Offer, event: AuditEvent) -> None:
    """Entities that hold another offer of the company hear that they are not alone."""
    others = in_talks(offer.company, but=offer).exclude(entity=offer.entity_id)
    for entity_id in set(others.values_list("entity", flat=True)):
        tell_entity(offer, "in_talks", event, entity_id)


def tell_places(offer: Offer, need: Need | None, event: AuditEvent) -> None:
    """The country offices of the entity and the Resident Coordinators hear who comes to their country.

    Source: A/66/320, paras. 30, 54 and 66.
    """
    countries = (need or offer).countries.all()
    here = FocalPoint.objects.active().filter(countries__in=countries).distinct()
    country_offices = Q(entity=offer.entity_id, office_level=OfficeLevel.COUNTRY)
    coordinators = Q(user__groups__name="resident_coordinator")
    contacts = here.filter(country_offices | coordinators).select_related("user")
    if offer.office_id:
        contacts = contacts.exclude(pk=offer.office_id)
    _tell_contacts(contacts, offer, "in_country", event)
