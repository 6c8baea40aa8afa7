from types import SimpleNamespace

from tests.access import Row
from tests.partnerships.factories import PartnershipFactory


def build(world: SimpleNamespace) -> None:
    """A public record of the own entity and company, and a draft of the own entity."""
    world.public = PartnershipFactory(reference="P-7001", is_public=True, companies=[world.company])
    world.draft = PartnershipFactory(reference="P-7002", companies=[world.company])


PUBLIC = "200"

ROWS: dict[str, Row] = {
    "partnerships:partnership_list": Row(get=PUBLIC),
    "partnerships:partnership_export": Row(get=PUBLIC, args=lambda world: ["csv"]),
    "partnerships:partnership_detail": Row(
        get="404 404 404 200 404 404 404 404", args=lambda world: [world.draft.reference]
    ),
    "partnerships:company_detail": Row(get=PUBLIC, args=lambda world: [world.company.public_id]),
    "partnerships:country_detail": Row(get=PUBLIC, args=lambda world: ["UGA"]),
    "partnerships:goal_detail": Row(get=PUBLIC, args=lambda world: [8]),
    "partnerships:entity_detail": Row(get=PUBLIC, args=lambda world: ["WFP"]),
    "partnerships:api_docs": Row(get=PUBLIC),
    "partnerships:api_schema": Row(get=PUBLIC),
    "partnerships:api_partnerships": Row(get=PUBLIC),
    "partnerships:api_partnership": Row(get=PUBLIC, args=lambda world: [world.public.reference]),
}
