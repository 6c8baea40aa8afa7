from types import SimpleNamespace

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


# anonymous, business own, business other, focal own, focal other, reviewer, decider, administrator
MINE = "login 200 404 404 404 404 404 404"
TRIAGE = "login 403 403 200 200 403 403 403"
POST_NEED = "login 403 403 200 200 403 403 403"
OWN_NEED = "login 403 403 200 404 403 403 403"
NO_POST = "login 405 405 405 405 405 405 405"
NO_GET = NO_POST

ROWS: dict[str, Row] = {
    "partnerships:offer_start": Row(get="200", post="422 422 422 403 403 403 403 403"),
    "partnerships:offer_tasks": Row(get=MINE, args=draft),
    "partnerships:offer_step": Row(get=MINE, post="login 422 404 404 404 404 404 404", args=step),
    "partnerships:offer_check": Row(get=MINE, post="login 422 404 404 404 404 404 404", args=draft),
    "partnerships:offer_submitted": Row(post=NO_POST, get=MINE, args=offer),
    "partnerships:my_offers": Row(post=NO_POST, get="login 200 200 403 403 403 403 403"),
    "partnerships:my_offer": Row(post=NO_POST, get=MINE, args=offer),
    "partnerships:my_offer_matches": Row(post=NO_POST, get=MINE, args=offer),
    "partnerships:my_offer_reply": Row(get=NO_GET, post="login 422 404 404 404 404 404 404", args=offer),
    "partnerships:my_offer_withdraw": Row(get=MINE, post="login 302 404 404 404 404 404 404", args=offer),
    "partnerships:need_list": Row(get="200"),
    "partnerships:need_feed": Row(get="200"),
    "partnerships:need_detail": Row(get="404 404 404 200 404 404 404 404", args=need_draft),
    "partnerships:desk_needs": Row(post=NO_POST, get=POST_NEED),
    "partnerships:desk_need_new": Row(get=POST_NEED, post="login 403 403 422 422 403 403 403"),
    "partnerships:desk_need": Row(post=NO_POST, get=OWN_NEED, args=need),
    "partnerships:desk_need_edit": Row(get=OWN_NEED, post="login 403 403 422 404 403 403 403", args=need),
    "partnerships:desk_need_publish": Row(
        get=NO_GET, post="login 403 403 302 404 403 403 403", args=need_draft
    ),
    "partnerships:desk_need_settle": Row(get=NO_GET, post="login 403 403 422 404 403 403 403", args=need),
    "partnerships:desk_offers": Row(post=NO_POST, get=TRIAGE),
    "partnerships:desk_offer": Row(post=NO_POST, get=TRIAGE, args=offer),
    "partnerships:desk_offer_matches": Row(post=NO_POST, get=TRIAGE, args=offer),
    "partnerships:desk_offer_act": Row(
        get=NO_GET,
        post="login 403 403 302 403 403 403 403",
        args=lambda world: [world.offer.reference, "take"],
    ),
}
