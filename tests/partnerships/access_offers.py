from types import SimpleNamespace

from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships.models import Appeal, KeptDraft, LeadProposal
from partnerships.services.members import SALT
from partnerships.services.offers import KEPT_DRAFT_SALT
from portal import attachments
from tests.access import Row
from tests.partnerships.factories_offers import NeedFactory, OfferFactory, SubmittedFactory


def build(world: SimpleNamespace) -> None:
    """The own company has a draft and an offer that WFP holds; WFP has an open need and a draft."""
    owner = world.users["business_own"]
    owner.company = world.company
    world.offer_draft = OfferFactory(reference="O-2026-9001", created_by=owner)
    world.offer = SubmittedFactory(
        reference="O-2026-9002", created_by=owner, status="routed", entity=world.entity
    )
    world.need = NeedFactory(
        reference="N-9001", entity_id=world.entity.pk, created_by=world.users["focal_own"]
    )
    world.need_draft = NeedFactory(
        reference="N-9002",
        entity_id=world.entity.pk,
        created_by=world.users["focal_own"],
        status="draft",
        published_at=None,
    )

    world.document = attachments.accept(
        SimpleUploadedFile("sheet.txt", b"weight: 80 kg"), about=world.offer_draft, by=owner, kind="offer"
    )
    world.kept = KeptDraft.objects.create(email="visitor@test.example", answers={})
    seats = world.company.invitations
    world.seat = seats.create(email="new@test.example", invited_by=owner)
    world.asking = seats.create(email=world.users["business_other"].email)
    world.appeal = Appeal.objects.create(
        reference="A-9001", title="Wells", lead=world.entity, created_by=world.users["focal_own"]
    )
    world.lead_proposal = LeadProposal.objects.create(
        company=world.company,
        proposer=world.entity,
        other=world.other_entity,
        lead=world.entity,
        proposed_by=world.users["focal_own"],
    )


def offer(world: SimpleNamespace) -> list:
    return [world.offer.reference]


def draft(world: SimpleNamespace) -> list:
    return [world.offer_draft.reference]


def step(world: SimpleNamespace) -> list:
    return [world.offer_draft.reference, "what"]


def need(world: SimpleNamespace) -> list:
    return [world.need.reference]


def need_draft(world: SimpleNamespace) -> list:
    return [world.need_draft.reference]


def kept(world: SimpleNamespace) -> list:
    return [signing.dumps(world.kept.pk, salt=KEPT_DRAFT_SALT)]


def seat(world: SimpleNamespace) -> list:
    return [signing.dumps(world.seat.pk, salt=SALT)]


def people(world: SimpleNamespace) -> list:
    return [world.company.public_id]


def member(world: SimpleNamespace) -> list:
    return [world.company.public_id, world.company.members.get().pk]


def asked(world: SimpleNamespace) -> list:
    return [world.company.public_id, world.asking.pk]


# In the order of PERSONAS: anonymous, business ×2, focal own, focal other, reviewer, decider, administrator,
# coordinator.
MINE = "login 200 404 404 404 404 404 404 404"
FIXED = "login 302 404 404 404 404 404 404 404"  # another holds the offer: its page says why
TRIAGE = "login 403 403 200 200 403 403 403 403"
READ = "login 403 403 200 200 404 404 404 200"  # who is named for a country of the offer too
POST_NEED = "login 403 403 200 200 403 403 403 403"
OWN_NEED = "login 403 403 200 404 403 403 403 403"
NO_POST = "login 405 405 405 405 405 405 405 405"
NO_GET = NO_POST

ROWS: dict[str, Row] = {
    "partnerships:offer_start": Row(get="200", post="422 422 422 403 403 403 403 403 403"),
    "partnerships:offer_tasks": Row(get=MINE, args=draft),
    "partnerships:offer_step": Row(get=MINE, post="login 422 404 404 404 404 404 404 404", args=step),
    "partnerships:offer_check": Row(get=MINE, post="login 422 404 404 404 404 404 404 404", args=draft),
    "partnerships:offer_submitted": Row(post=NO_POST, get=MINE, args=offer),
    "partnerships:my_offers": Row(post=NO_POST, get="login 200 200 403 403 403 403 403 403"),
    "partnerships:my_offer": Row(post=NO_POST, get=MINE, args=offer),
    "partnerships:my_offer_matches": Row(post=NO_POST, get=MINE, args=offer),
    "partnerships:my_offer_correct": Row(post=NO_POST, get=FIXED, args=offer),
    "partnerships:my_offer_correct_step": Row(
        get=FIXED, post=FIXED, args=lambda world: [world.offer.reference, "what"]
    ),
    "partnerships:my_offer_reply": Row(get=NO_GET, post="login 422 404 404 404 404 404 404 404", args=offer),
    "partnerships:my_offer_withdraw": Row(get=MINE, post="login 302 404 404 404 404 404 404 404", args=offer),
    "partnerships:offer_keep": Row(get="302", post="302"),
    "partnerships:offer_reopen": Row(get="200", post="302", args=kept),
    "partnerships:offer_documents": Row(get=MINE, post="login 422 404 404 404 404 404 404 404", args=draft),
    "partnerships:offer_document_remove": Row(
        get=NO_GET,
        post="login 302 404 404 404 404 404 404 404",
        args=lambda world: [world.document.public_id],
    ),
    "partnerships:offer_receipt": Row(
        post=NO_POST, get=MINE, args=lambda world: [world.offer.reference, "pdf"]
    ),
    "partnerships:my_offer_ask": Row(get=NO_GET, post="login 422 404 404 404 404 404 404 404", args=offer),
    "partnerships:my_offer_renew": Row(get=NO_GET, post="login 422 404 404 404 404 404 404 404", args=offer),
    "partnerships:my_offer_repeat": Row(get=NO_GET, post="login 409 404 404 404 404 404 404 404", args=offer),
    "partnerships:my_people": Row(
        get="login 200 404 403 403 403 403 403 403", post="login 422 404 403 403 403 403 403 403", args=people
    ),
    "partnerships:my_people_change": Row(
        get=NO_GET, post="login 404 404 403 403 403 403 403 403", args=member
    ),
    "partnerships:my_people_answer": Row(
        get=NO_GET, post="login 302 404 403 403 403 403 403 403", args=asked
    ),
    "partnerships:company_join": Row(get=NO_GET, post="login 302 302 403 403 403 403 403 403", args=people),
    "partnerships:invitation": Row(get="200", post="login 403 403 403 403 403 403 403 403", args=seat),
    "partnerships:need_widget": Row(get="200"),
    "partnerships:appeal_detail": Row(get="200", args=lambda world: [world.appeal.reference]),
    "partnerships:desk_appeal_new": Row(get=POST_NEED, post="login 403 403 422 422 403 403 403 403"),
    "partnerships:desk_appeal_edit": Row(
        get=OWN_NEED,
        post="login 403 403 422 404 403 403 403 403",
        args=lambda world: [world.appeal.reference],
    ),
    "partnerships:offer_report": Row(post=NO_POST, get=TRIAGE),
    "partnerships:offer_report_csv": Row(post=NO_POST, get=TRIAGE),
    "partnerships:lead_answer": Row(
        get=NO_GET,
        post="login 403 403 403 302 403 403 403 403",
        args=lambda world: [world.lead_proposal.pk],
    ),
    "partnerships:duties": Row(post=NO_POST, get="login 403 403 200 200 200 200 200 200"),
    "partnerships:duties_edit": Row(
        get="login 403 403 200 403 403 403 403 403",
        post="login 403 403 302 403 403 403 403 403",
        args=lambda world: [world.entity.pk],
    ),
    "partnerships:need_list": Row(get="200"),
    "partnerships:need_feed": Row(get="200"),
    "partnerships:need_detail": Row(get="404 404 404 200 404 404 404 404 404", args=need_draft),
    "partnerships:desk_needs": Row(post=NO_POST, get=POST_NEED),
    "partnerships:desk_need_new": Row(get=POST_NEED, post="login 403 403 422 422 403 403 403 403"),
    "partnerships:desk_need": Row(post=NO_POST, get=OWN_NEED, args=need),
    "partnerships:desk_need_edit": Row(get=OWN_NEED, post="login 403 403 422 404 403 403 403 403", args=need),
    "partnerships:desk_need_publish": Row(
        get=NO_GET, post="login 403 403 302 404 403 403 403 403", args=need_draft
    ),
    "partnerships:desk_need_settle": Row(get=NO_GET, post="login 403 403 422 404 403 403 403 403", args=need),
    "partnerships:desk_offers": Row(post=NO_POST, get="login 403 403 200 200 200 200 200 200"),
    "partnerships:desk_offer": Row(post=NO_POST, get=READ, args=offer),
    "partnerships:desk_offer_matches": Row(post=NO_POST, get=READ, args=offer),
    "partnerships:desk_offer_act": Row(
        get=NO_GET,
        post="login 403 403 302 403 403 403 403 403",
        args=lambda world: [world.offer.reference, "take"],
    ),
}
