from types import SimpleNamespace

from tests.access import Row
from tests.partnerships.factories import PartnershipFactory


def build(world: SimpleNamespace) -> None:
    """A public record of the own entity and company, and a draft of the own entity."""
    world.public = PartnershipFactory(reference="P-7001", is_public=True, companies=[world.company])
    world.draft = PartnershipFactory(reference="P-7002", companies=[world.company])


PUBLIC = "200"
# The draft of the own entity, to those who register records: the other entity does not even see it.
RECORD = "login 403 403 {own} 404 403 403 403 403"
COMPANY = "login 403 403 200 200 200 200 200 200"
ONLY_GET = ONLY_POST = (
    "login 405 405 405 405 405 405 405 405"  # who is not signed in is sent to do that first
)


def of_draft(world: SimpleNamespace) -> list:
    return [world.draft.reference]


def of_company(world: SimpleNamespace) -> list:
    return [world.company.public_id]


ROWS: dict[str, Row] = {
    "partnerships:partnership_list": Row(get=PUBLIC),
    "partnerships:partnership_export": Row(get=PUBLIC, args=lambda world: ["csv"]),
    "partnerships:partnership_detail": Row(get="404 404 404 301 404 404 404 404 404", args=of_draft),
    "partnerships:partnership_page": Row(
        get="404 404 404 200 404 404 404 404 404",
        args=lambda world: [world.draft.reference, world.draft.slug],
    ),
    "partnerships:company_detail": Row(get=PUBLIC, args=of_company),
    "partnerships:country_detail": Row(get=PUBLIC, args=lambda world: ["UGA"]),
    "partnerships:goal_detail": Row(get=PUBLIC, args=lambda world: [8]),
    "partnerships:entity_detail": Row(get=PUBLIC, args=lambda world: ["WFP"]),
    "partnerships:api_docs": Row(get=PUBLIC),
    "partnerships:api_schema": Row(get=PUBLIC),
    "partnerships:api_partnerships": Row(get=PUBLIC, post="401"),
    "partnerships:api_partnership": Row(get=PUBLIC, args=lambda world: [world.public.reference]),
    "partnerships:desk_partnerships": Row(get="login 403 403 200 200 403 403 403 403", post=ONLY_GET),
    "partnerships:partnership_new": Row(
        get="login 403 403 200 200 403 403 403 403", post="login 403 403 422 422 403 403 403 403"
    ),
    "partnerships:partnership_desk": Row(get=RECORD.format(own=200), post=ONLY_GET, args=of_draft),
    "partnerships:partnership_check": Row(get=RECORD.format(own=200), post=ONLY_GET, args=of_draft),
    "partnerships:partnership_step": Row(
        get=RECORD.format(own=200),
        post=RECORD.format(own=422),
        args=lambda world: [world.draft.reference, "identity"],
    ),
    "partnerships:partnership_company": Row(
        get=RECORD.format(own=200), post=RECORD.format(own=404), args=of_draft
    ),
    "partnerships:partnership_move": Row(
        get=ONLY_POST,
        post=RECORD.format(own=302),
        args=of_draft,
        post_data=lambda world: {"to": "abandoned"},
    ),
    "partnerships:partnership_transformational": Row(
        get=ONLY_POST, post=RECORD.format(own=403), args=of_draft
    ),
    "partnerships:partnership_publish": Row(
        get=ONLY_POST,
        post=RECORD.format(own=302),
        args=of_draft,
        post_data=lambda world: {"to": "un_system"},
    ),
    "partnerships:partnership_withdraw": Row(
        get=RECORD.format(own=200), post=RECORD.format(own=422), args=of_draft
    ),
    "partnerships:my_companies": Row(get="login 200 200 403 403 403 403 403 403", post=ONLY_GET),
    "partnerships:my_company_new": Row(
        get="login 200 200 200 200 200 403 200 403", post="login 422 422 422 422 422 403 422 403"
    ),
    "partnerships:my_company_edit": Row(
        get="login 200 403 200 200 200 403 200 403",
        post="login 422 403 422 422 422 403 422 403",
        args=of_company,
    ),
    "partnerships:company_list": Row(get=COMPANY, post=ONLY_GET),
    "partnerships:company_new": Row(
        get="login 200 200 200 200 200 403 200 403", post="login 422 422 422 422 422 403 422 403"
    ),
    "partnerships:company_desk": Row(get=COMPANY, post=ONLY_GET, args=of_company),
    "partnerships:company_edit": Row(
        get="login 200 403 200 200 200 403 200 403",
        post="login 422 403 422 422 422 403 422 403",
        args=of_company,
    ),
}
