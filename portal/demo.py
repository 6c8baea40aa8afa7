"""The demonstration: accounts that anybody on this machine may use. Content lies in `portal/data/demo`."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from portal.models import User
from portal.roles import ROLES

DEMO_PASSWORD = "common-ground-demo"  # noqa: S105  (public on purpose; works in demo mode on loopback only)


@dataclass(frozen=True)
class DemoAccount:
    email: str
    name: str
    roles: tuple[str, ...]
    language: str = "en"

    @property
    def role_label(self) -> str:
        return ", ".join(str(ROLES[role].label) for role in self.roles)


DEMO_ACCOUNTS = [
    DemoAccount("focal@demo.example", "Focal point, WFP Bangladesh", ("focal_point",)),
    DemoAccount("focal.undp@demo.example", "Focal point, UNDP", ("focal_point",)),
    DemoAccount("desk@demo.example", "Registry desk", ("registry_desk",)),
    DemoAccount("analyst@demo.example", "Analyst 7", ("analyst",)),
    DemoAccount("decider@demo.example", "Decider 3", ("decider",)),
    DemoAccount("committee@demo.example", "Partnership committee", ("committee",)),
    DemoAccount("executive@demo.example", "Executive head", ("executive_head",)),
    DemoAccount("advisory@demo.example", "Advisory group", ("advisory_group",)),
    DemoAccount("legal@demo.example", "Legal officer", ("legal_officer",)),
    DemoAccount("steward@demo.example", "Catalogue steward", ("catalogue_steward",)),
    DemoAccount("editor@demo.example", "Newsletter editor", ("editor",)),
    DemoAccount("editor2@demo.example", "Second editor", ("editor",)),
    DemoAccount("business@demo.example", "Tamarind Bay Logistics", ("business",)),
    DemoAccount("business2@demo.example", "Halvorsen Cold Chain", ("business",)),
    DemoAccount("admin@demo.example", "Administrator", ("administrator",)),
    DemoAccount("auditor@demo.example", "Auditor", ("auditor",)),
]


@transaction.atomic
def create_demo_accounts() -> None:
    """Make the demo accounts that are missing. They exist in demo mode only."""
    if not settings.DEMO:
        raise RuntimeError("Demo accounts are made in demo mode only (DEMO=1).")
    password = make_password(DEMO_PASSWORD)  # once: Argon2 is slow on purpose
    for account in DEMO_ACCOUNTS:
        user, is_new = User.objects.get_or_create(
            email=account.email,
            defaults={
                "name": account.name,
                "language": account.language,
                "is_demo": True,
                "password": password,
            },
        )
        if is_new:
            EmailAddress.objects.create(user=user, email=account.email, verified=True, primary=True)
        user.groups.set(Group.objects.filter(name__in=account.roles))
