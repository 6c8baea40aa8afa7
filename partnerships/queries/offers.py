"""Lists of offers for the people who follow them, and what waits on whose desk."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from focalpoints.models import FocalPoint
from partnerships.models import (
    OFFER_ON_DESK,
    Company,
    CompanyInvitation,
    CompanyMember,
    LeadProposal,
    Need,
    Offer,
    OfferQuestion,
    OfferStatus,
)
from partnerships.queries.triage import desk_offers
from portal.desk import DeskRow
from portal.marks import joined
from portal.models import AuditEvent, User

TOLD = [  # besides the moves
    "began",
    "made again",
    "corrected",
    "passed on",
    "renewed",
    "asked the UN side",
    "answered the business",
    "called for an emergency",
    "escalated to the registry desk",
]


def timeline(offer: Offer) -> list[AuditEvent]:
    """The moves of an offer that its business may see, oldest first. Internal notes are not read here."""
    return list(
        AuditEvent.objects.filter(
            Q(action__startswith="moved to ") | Q(action__in=TOLD),
            subject_type="partnerships.offer",
            subject_id=str(offer.pk),
        ).order_by("id")
    )


def history(subject: Offer | Need) -> QuerySet[AuditEvent]:
    """Everything that happened to a row, newest first, for UN users."""
    return (
        AuditEvent.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
        .select_related("by")
        .order_by("-id")
    )


def companies_of(user: User) -> QuerySet[Company]:
    """Companies a business user may make offers for."""
    return Company.objects.of_member(user).order_by("name")


def entities_of(user: User) -> list[str]:
    """Codes of the UN entities a user works for."""
    return list(FocalPoint.objects.of(user).values_list("entity", flat=True).distinct())


def open_needs(limit: int) -> QuerySet[Need]:
    """Open needs, what is urgent first, then the newest."""
    return (
        Need.objects.open()
        .public()
        .for_list()
        .annotate(is_urgent=Q(urgency=Need.Urgency.EMERGENCY))
        .order_by("-is_urgent", "-published_at")[:limit]
    )


def desk_rows(user: User) -> list[DeskRow]:
    """What of offers waits for this user, and what others owe an answer to."""
    if user.has_perm("partnerships.triage_offer"):
        asked = OfferQuestion.objects.filter(
            offer=OuterRef("pk"), asked_by_side=OfferQuestion.Side.BUSINESS, replied_at=None
        )
        offers = desk_offers(user).select_related("company").annotate(has_enquiry=Exists(asked))
        rows = [_triage_row(offer, offer.has_enquiry) for offer in offers.order_by("answer_due_on")]
        return [*rows, *map(_lead_row, proposals_to_answer(user))]
    if user.has_perm("partnerships.make_offer"):
        offers = (
            Offer.objects.of(user)
            .filter(status__in=[OfferStatus.DRAFT, *OFFER_ON_DESK])
            .select_related("company", "entity")
        )
        return [*map(_business_row, offers), *map(_seat_row, seats_to_answer(user))]
    return []


def proposals_to_answer(user: User) -> QuerySet[LeadProposal]:
    """Proposals on who leads that wait for an entity of this user."""
    mine = FocalPoint.objects.of(user).values("entity")
    waiting = LeadProposal.objects.filter(outcome=LeadProposal.Outcome.OPEN, other__in=mine)
    return waiting.select_related("proposer", "other", "company")


def seats_to_answer(user: User) -> QuerySet[CompanyInvitation]:
    """People who ask to come into a company that this user owns."""
    owned = CompanyMember.objects.filter(user=user, role=CompanyMember.Role.OWNER).values("company")
    waiting = CompanyInvitation.objects.filter(company__in=owned, invited_by=None, answered_at=None)
    return waiting.select_related("company")


def _lead_row(proposal: LeadProposal) -> DeskRow:
    return DeskRow(
        title=_("Who leads with %(company)s?") % {"company": proposal.company},
        url=reverse("partnerships:company_desk", args=[proposal.company.public_id]),
        detail=f"{proposal.proposer} – {proposal.other}",
        who=_("You"),
        state=proposal.get_outcome_display(),
    )


def _seat_row(seat: CompanyInvitation) -> DeskRow:
    return DeskRow(
        title=_("Somebody asks to come in: %(email)s") % {"email": seat.email},
        url=reverse("partnerships:my_people", args=[seat.company.public_id]),
        detail=str(seat.company),
        who=_("You"),
        state=_("Open"),
    )


def _triage_row(offer: Offer, has_enquiry: bool) -> DeskRow:
    waits = offer.status == OfferStatus.CLARIFICATION and not has_enquiry
    asked, waiting = _("Answer a question of the business: %(title)s"), _("Answer an offer: %(title)s")
    return DeskRow(
        title=(asked if has_enquiry else waiting) % {"title": offer.title},
        url=reverse("partnerships:desk_offer", args=[offer.reference]),
        detail=joined([offer.reference, offer.company]),
        who=_("Company") if waits else _("You"),
        state=offer.get_status_display(),
        due_on=None if waits else offer.answer_due_on,
        is_waiting=waits,
    )


def _business_row(offer: Offer) -> DeskRow:
    is_draft, is_asked = offer.status == OfferStatus.DRAFT, offer.status == OfferStatus.CLARIFICATION
    title = offer.title or _("Offer without a title yet")
    if is_draft:
        title = _("Finish your offer: %(title)s") % {"title": title}
    elif is_asked:
        title = _("Answer a question: %(title)s") % {"title": title}
    name = "partnerships:offer_tasks" if is_draft else "partnerships:my_offer"
    return DeskRow(
        title=title,
        url=reverse(name, args=[offer.reference]),
        detail=joined([offer.reference, offer.company]),
        who=_("You") if is_draft or is_asked else str(offer.entity or _("Registry desk")),
        state=offer.get_status_display(),
        due_on=offer.kept_until if is_draft else offer.answer_due_on,
        is_waiting=not (is_draft or is_asked),
    )
