"""The access matrix: who gets what from each route. A route without a row fails the build.

Each app declares its rows in `tests/<app>/access.py`:

    def build(world): ...            # makes the rows its routes need, on top of the shared world
    ROWS = {
        "screening:case_detail": Row(
            args=lambda world: [world.case.reference],
            get="login 404 404 200 404 200 200 404 404",   # one answer a persona, in the order of PERSONAS
            post="login 403 403 403 403 302 403 403 403",  # who is let in, with no data
        ),
    }

An answer is a status code; "login" is a redirect to the sign-in page; one word alone stands for all.
A method that is not declared must answer 405 for everybody who may GET. Put `post_data` where an empty
form would not reach the rule.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

PERSONAS = [
    "anonymous",
    "business_own",
    "business_other",
    "focal_own",
    "focal_other",
    "reviewer",
    "decider",
    "administrator",
    "coordinator",
]


@dataclass(frozen=True)
class Row:
    get: str = "405"
    post: str = "405"
    args: Callable[[SimpleNamespace], list] = lambda world: []
    post_data: Callable[[SimpleNamespace], dict] = field(default=lambda world: {})

    def answers(self, method: str) -> list[str]:
        words = getattr(self, method).split()
        words = words * len(PERSONAS) if len(words) == 1 else words
        assert len(words) == len(PERSONAS), f"{len(words)} answers for {len(PERSONAS)} personas"
        return words


def base_world() -> SimpleNamespace:
    """The personas with what they belong to: WFP and one company are "own", UNDP and another are "other".

    The coordinator is of the Resident Coordinator office of Malawi, the country of the offers.
    """
    from focalpoints.models import FocalPoint, UNEntity
    from partnerships.models import Company, CompanyMember
    from tests.portal.factories import UserFactory

    world = SimpleNamespace(users={"anonymous": None})
    for persona, role in [
        ("business_own", "business"),
        ("business_other", "business"),
        ("focal_own", "focal_point"),
        ("focal_other", "focal_point"),
        ("reviewer", "analyst"),
        ("decider", "decider"),
        ("administrator", "administrator"),
        ("coordinator", "resident_coordinator"),
    ]:
        world.users[persona] = UserFactory(roles=[role], name=persona)
    world.entity = UNEntity.objects.get(code="WFP")
    world.other_entity = UNEntity.objects.get(code="UNDP")
    for persona, entity in [("focal_own", world.entity), ("focal_other", world.other_entity)]:
        FocalPoint.objects.create(
            entity=entity,
            user=world.users[persona],
            role_title="Partnerships officer",
            office_place="Dhaka",
            unit_mailbox="unit@test.example",
        )
    coordination = FocalPoint.objects.create(
        entity=UNEntity.objects.get(code="DCO"),
        user=world.users["coordinator"],
        role_title="Head of the Resident Coordinator office",
        office_level="country",
        office_place="Lilongwe",
        unit_mailbox="rco@test.example",
    )
    coordination.countries.add("MWI")
    for name, persona in [("company", "business_own"), ("other_company", "business_other")]:
        company = Company.objects.create(name=f"Fictional {name}", created_by=world.users[persona])
        CompanyMember.objects.create(
            company=company, user=world.users[persona], role=CompanyMember.Role.OWNER
        )
        setattr(world, name, company)
    return world
