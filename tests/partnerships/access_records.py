import uuid
from types import SimpleNamespace

from django.utils import timezone

from partnerships.models import ProgressReport, Registration
from partnerships.services.registrations import token_of
from tests.access import Row
from tests.partnerships.factories import PartnershipFactory

DESK = "login 403 403 403 403 403 403 403"  # the registry desk alone, which is none of the personas

# A public record: the other entity sees it and may not work on it.
OWN = "login 403 403 {own} 403 403 403 403"


def build(world: SimpleNamespace) -> None:
    """A public record of the own entity with a report, and a registration somebody began in public."""
    world.reported = PartnershipFactory(reference="P-7010", is_public=True, status="active")
    ProgressReport.objects.create(
        partnership=world.reported,
        number=1,
        period_from="2025-01-01",
        period_until="2026-01-01",
        decision="continue",
        submitted_at=timezone.now(),
    )
    world.registration = Registration.objects.create(reference="R-2026-7001", email="a@test.example")


def by_link(world: SimpleNamespace) -> list:
    return [token_of(world.registration)]


ROWS: dict[str, Row] = {
    "partnerships:report_detail": Row(get="200", args=lambda world: [world.reported.reference, 1]),
    "partnerships:report_edit": Row(
        get=OWN.format(own=200), post=OWN.format(own=422), args=lambda world: [world.reported.reference]
    ),
    "partnerships:report_file_remove": Row(
        get="login 405 405 405 405 405 405 405",
        post=OWN.format(own=404),
        args=lambda world: [world.reported.reference, uuid.UUID(int=1)],
    ),
    "partnerships:register": Row(get="200", post="422"),
    "partnerships:registration": Row(get="200", args=by_link),
    "partnerships:registration_check": Row(get="200", post="409", args=by_link),
    "partnerships:registration_step": Row(
        get="200", post="422", args=lambda world: [*by_link(world), "what"]
    ),
    "partnerships:desk_registrations": Row(get=DESK, post="login 405 405 405 405 405 405 405"),
    "partnerships:desk_registration": Row(
        get=DESK, post=DESK, args=lambda world: [world.registration.reference]
    ),
}
