"""Who may do what: each role of the portal with its permissions.

A role is a Django group of the same name; `manage.py load_reference` brings the groups in line with this
table, so a change here is a change everywhere. A role says what somebody may do at all; which rows
they see is `visible_to(user)` on each QuerySet, and what a rule forbids is in the services.

Source: actors of A/66/320, A/58/227 and the 2006 background note.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    label: str | Promise
    is_un: bool
    permissions: tuple[str, ...] = ()


READ_INSIDE = ("focalpoints.view_people", "partnerships.view_inside")

ROLES: dict[str, Role] = {
    "business": Role(_("Company representative"), is_un=False, permissions=("partnerships.make_offer",)),
    "foundation": Role(_("Foundation or NGO representative"), is_un=False),
    "government": Role(_("Government viewer"), is_un=False),
    "local_network": Role(_("Local Network officer"), is_un=False),
    "focal_point": Role(
        _("Focal point"),
        is_un=True,
        permissions=(
            *READ_INSIDE,
            "partnerships.register_partnership",
            "partnerships.post_need",
            "partnerships.view_offer",
            "partnerships.triage_offer",
            "screening.request_case",
            "screening.view_clearance",
        ),
    ),
    "resident_coordinator": Role(
        _("Resident Coordinator office"),
        is_un=True,
        permissions=(*READ_INSIDE, "partnerships.view_offer", "screening.view_clearance"),
    ),
    "registry_desk": Role(
        _("Registry desk"),
        is_un=True,
        permissions=(
            *READ_INSIDE,
            "partnerships.register_partnership",
            "partnerships.review_partnership",
            "partnerships.post_need",
            "partnerships.view_offer",
            "partnerships.triage_offer",
            "partnerships.manage_companies",
            "screening.request_case",
            "screening.view_clearance",
        ),
    ),
    "analyst": Role(
        _("Screening analyst"),
        is_un=True,
        permissions=(
            *READ_INSIDE,
            "partnerships.manage_companies",
            "screening.view_case",
            "screening.view_clearance",
            "screening.review_hit",
            "screening.assess_case",
        ),
    ),
    "decider": Role(
        _("Second reviewer"),
        is_un=True,
        permissions=(
            *READ_INSIDE,
            "screening.view_case",
            "screening.view_clearance",
            "screening.decide_case",
        ),
    ),
    "legal_officer": Role(
        _("Legal officer"),
        is_un=True,
        permissions=(
            *READ_INSIDE,
            "partnerships.review_agreement",
            "screening.view_case",
            "screening.view_clearance",
        ),
    ),
    "committee": Role(
        _("Partnership committee member"),
        is_un=True,
        permissions=(
            *READ_INSIDE,
            "screening.view_case",
            "screening.view_clearance",
            "screening.decide_case",
        ),
    ),
    "executive_head": Role(
        _("Executive head"),
        is_un=True,
        permissions=(
            *READ_INSIDE,
            "screening.view_case",
            "screening.view_clearance",
            "screening.decide_case",
        ),
    ),
    "advisory_group": Role(
        _("Advisory group member"),
        is_un=True,
        permissions=(*READ_INSIDE, "screening.view_clearance", "screening.advise_case"),
    ),
    "editor": Role(
        _("Newsletter editor"),
        is_un=True,
        permissions=(*READ_INSIDE, "focalpoints.edit_newsletter", "focalpoints.manage_learning"),
    ),
    "trainer": Role(_("Trainer"), is_un=True, permissions=(*READ_INSIDE, "focalpoints.manage_learning")),
    "evaluator": Role(_("Evaluator"), is_un=True, permissions=READ_INSIDE),
    "catalogue_steward": Role(
        _("Catalogue steward"), is_un=True, permissions=(*READ_INSIDE, "screening.manage_catalogue")
    ),
    "administrator": Role(
        _("Administrator"),
        is_un=True,
        permissions=(
            *READ_INSIDE,
            "portal.manage_users",
            "portal.view_jobs",
            "portal.view_audit",
            "focalpoints.manage_directory",
            "focalpoints.manage_learning",
            "focalpoints.edit_newsletter",
            "partnerships.manage_companies",
            "screening.manage_lists",
        ),
    ),
    "auditor": Role(
        _("Auditor"),
        is_un=True,
        permissions=(
            *READ_INSIDE,
            "portal.view_audit",
            "portal.view_jobs",
            "screening.view_case",
            "screening.view_clearance",
        ),
    ),
}

UN_ROLES = frozenset(name for name, role in ROLES.items() if role.is_un)
