import uuid
from types import SimpleNamespace

from django.utils import timezone

from partnerships.models import Agreement, ProgressReport, RecordImport, Registration
from partnerships.services.registrations import token_of
from tests.access import Row
from tests.partnerships.factories import PartnershipFactory

DESK = "login 403 403 403 403 403 403 403 403"  # the registry desk alone, which is none of the personas

# Files of one's own, to those who register records.
CLERKS = "login 403 403 {own} {other} 403 403 403 403"
ONLY_GET = "login 405 405 405 405 405 405 405 405"  # who is not signed in is sent to do that first
# A public record: the other entity sees it and may not work on it.
OWN = "login 403 403 {own} 403 403 403 403 403"


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
    world.agreement = Agreement.objects.create(
        partnership=world.reported, kind="memorandum", template="memorandum", template_version=2
    )
    world.file = RecordImport.objects.create(
        reference="I-2026-7001",
        file_name="records.csv",
        content=b"title",
        headings=["title"],
        entity=world.entity,
        by=world.users["focal_own"],
    )
    world.registration = Registration.objects.create(reference="R-2026-7001", email="a@test.example")


def by_link(world: SimpleNamespace) -> list:
    return [token_of(world.registration)]


def of_agreement(world: SimpleNamespace) -> list:
    return [world.agreement.pk]


def of_import(world: SimpleNamespace) -> list:
    return [world.file.reference]


def of_reported(world: SimpleNamespace) -> list:
    return [world.reported.reference]


ROWS: dict[str, Row] = {
    "partnerships:data_iati": Row(get="200"),
    "partnerships:data_giving": Row(get="200"),
    "partnerships:record_iati": Row(get="200", args=of_reported),
    "partnerships:record_giving": Row(get="200", args=of_reported),
    "partnerships:report_index": Row(get="200"),
    "partnerships:report_detail": Row(get="200", args=lambda world: [world.reported.reference, 1]),
    "partnerships:report_edit": Row(
        get=OWN.format(own=200), post=OWN.format(own=422), args=lambda world: [world.reported.reference]
    ),
    "partnerships:report_file_remove": Row(
        get="login 405 405 405 405 405 405 405 405",
        post=OWN.format(own=404),
        args=lambda world: [world.reported.reference, uuid.UUID(int=1)],
    ),
    "partnerships:agreement_list": Row(get=OWN.format(own=200), post=OWN.format(own=422), args=of_reported),
    "partnerships:agreement_review": Row(get="login 403 403 403 403 403 403 403 403", post=ONLY_GET),
    "partnerships:agreement_templates": Row(get=CLERKS.format(own=200, other=200), post=ONLY_GET),
    "partnerships:agreement_detail": Row(
        get=CLERKS.format(own=200, other=404), post=CLERKS.format(own=409, other=404), args=of_agreement
    ),
    "partnerships:agreement_document": Row(
        get=CLERKS.format(own=200, other=404),
        post=ONLY_GET,
        args=lambda world: [*of_agreement(world), "docx"],
    ),
    "partnerships:agreement_move": Row(
        get=ONLY_GET,
        post=CLERKS.format(own=302, other=404),
        args=of_agreement,
        post_data=lambda world: {"to": "signed"},
    ),
    "partnerships:emblem_new": Row(get=OWN.format(own=200), post=OWN.format(own=422), args=of_reported),
    "partnerships:emblem_decide": Row(get=DESK, post=DESK, args=lambda world: [1]),
    "partnerships:import_list": Row(
        get=CLERKS.format(own=200, other=200), post=CLERKS.format(own=422, other=422)
    ),
    "partnerships:import_template": Row(get=CLERKS.format(own=200, other=200), post=ONLY_GET),
    "partnerships:import_detail": Row(
        get=CLERKS.format(own=200, other=404), post=CLERKS.format(own=422, other=404), args=of_import
    ),
    "partnerships:import_problems": Row(get=CLERKS.format(own=200, other=404), post=ONLY_GET, args=of_import),
    "partnerships:import_act": Row(
        get=ONLY_GET,
        post=CLERKS.format(own=302, other=404),
        args=lambda world: [*of_import(world), "load"],
    ),
    "partnerships:register": Row(get="200", post="422"),
    "partnerships:registration": Row(get="200", args=by_link),
    "partnerships:registration_check": Row(get="200", post="409", args=by_link),
    "partnerships:registration_step": Row(
        get="200", post="422", args=lambda world: [*by_link(world), "what"]
    ),
    "partnerships:desk_registrations": Row(get=DESK, post=ONLY_GET),
    "partnerships:desk_registration": Row(
        get=DESK, post=DESK, args=lambda world: [world.registration.reference]
    ),
}
