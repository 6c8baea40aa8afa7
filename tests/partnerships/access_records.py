from types import SimpleNamespace

from partnerships.models import Registration
from partnerships.services.registrations import token_of
from tests.access import Row

DESK = "login 403 403 403 403 403 403 403"  # the registry desk alone, which is none of the personas


def build(world: SimpleNamespace) -> None:
    """A registration somebody began in public."""
    world.registration = Registration.objects.create(reference="R-2026-7001", email="a@test.example")


def by_link(world: SimpleNamespace) -> list:
    return [token_of(world.registration)]


ROWS: dict[str, Row] = {
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
