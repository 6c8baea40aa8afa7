"""What people do with records of the registry: register, edit, advance through the states, publish, withdraw.

Source of the states and their conditions: the registry's field list (partnership_states.rules), after
A/66/320, paras. 45, 56, 61 and 75, and A/58/227, paras. 84 and 90.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import UNEntity
from partnerships import search
from partnerships.models import (
    PARTNERSHIP_MOVES,
    Company,
    Indicator,
    Partnership,
    PartnershipEntity,
    PartnershipStatus,
    Scope,
    UNRole,
    Visibility,
)
from partnerships.services.companies import adopt_company
from portal.errors import RuleViolation, StaleEdit
from portal.history import changed_fields, move, record
from portal.models import User
from portal.references import next_reference
from screening.queries import clearance_gaps

S = PartnershipStatus
ROWS = {  # kinds of rows that belong to a record, by the argument of edit_partnership
    "entities": "entity_roles",
    "parties": "parties",
    "contributions": "contributions",
    "indicators": "indicators",
    "milestones": "milestones",
}


def own_entities(user: User) -> models.QuerySet[UNEntity]:
    """The UN entities somebody may register records for: the registry desk for all, a focal point the own."""
    if user.has_perm("partnerships.review_partnership"):
        return UNEntity.objects.all()
    return UNEntity.objects.filter(focal_points__user=user, focal_points__left_on=None).distinct()


@transaction.atomic
def register_partnership(*, by: User, entity: UNEntity, values: Mapping[str, Any]) -> Partnership:
    """Open a record as an idea, seen by its authors only. `entity` leads it.

    Raises PermissionDenied for somebody who may not register records of that entity.
    """
    if not by.has_perm("partnerships.register_partnership"):
        raise PermissionDenied
    if not own_entities(by).filter(pk=entity.pk).exists():
        raise PermissionDenied
    partnership = Partnership.objects.create(reference=next_reference("P"), created_by=by, **values)
    PartnershipEntity.objects.create(partnership=partnership, entity=entity, role=UNRole.LEAD)
    record(partnership, "registered", by=by)
    return partnership


@transaction.atomic
def edit_partnership(
    partnership: Partnership,
    *,
    by: User,
    version: int,
    values: Mapping[str, Any] | None = None,
    countries: Iterable | None = None,
    targets: Iterable | None = None,
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> Partnership:
    """Change fields, places, targets and rows of the kinds in ROWS; what is not given stays.

    Rows with an `id` are changed, those without are added, those left out are removed.
    Raises PermissionDenied, StaleEdit when `version` is not the current one, RuleViolation for a withdrawn
    record or an active one that would gain a company without clearance.
    """
    partnership = _locked(partnership, by)
    if version != partnership.version:
        raise StaleEdit(_("The record was changed in the meantime."))
    if partnership.status == S.WITHDRAWN:
        raise RuleViolation(_("A withdrawn record is not changed any more."))
    changes = changed_fields(partnership, values or {})
    for field, value in (values or {}).items():
        setattr(partnership, field, value)
    for field, chosen in (("countries", countries), ("targets", targets)):
        if chosen is not None:
            manager = getattr(partnership, field)
            before = sorted(manager.values_list("pk", flat=True))
            manager.set(chosen)
            after = sorted(manager.values_list("pk", flat=True))
            if before != after:
                changes[field] = [before, after]
    for kind, wanted in (rows or {}).items():
        before, after = _sync(partnership, getattr(partnership, ROWS[kind]), wanted)
        if before != after:
            changes[kind] = [before, after]
    if not changes:
        return partnership
    if "parties" in changes and not partnership.is_imported:
        for company in Company.objects.filter(party_in__partnership=partnership, is_from_archive=True):
            adopt_company(company, by=by)
        if partnership.status in (S.ACTIVE, S.CLOSING) and (gaps := clearance_gaps(partnership)):
            raise RuleViolation(" ".join(gaps))
    partnership.version += 1
    partnership.save()
    record(
        partnership,
        "changed",
        by=by,
        changes={name: [_plain(v) for v in pair] for name, pair in changes.items()},
    )
    search.reindex([partnership.pk])
    return partnership


@transaction.atomic
def add_company(partnership: Partnership, company: Company, *, by: User) -> None:
    """Make a company of the registry a partner. Raises RuleViolation where it is one already."""
    partnership = _locked(partnership, by)
    if partnership.parties.filter(company=company).exists():
        raise RuleViolation(_("%(company)s is a partner already.") % {"company": company.name})
    there = [{"id": party.pk} for party in partnership.parties.all()]
    new = {"company": company, "kind": company.kind, "sector": company.sector}
    edit_partnership(partnership, by=by, version=partnership.version, rows={"parties": [*there, new]})


def _locked(partnership: Partnership, by: User) -> Partnership:
    if not Partnership.objects.editable_by(by).filter(pk=partnership.pk).exists():
        raise PermissionDenied
    return Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)


def _sync(
    partnership: Partnership, manager, wanted: Sequence[Mapping[str, Any]]
) -> tuple[list[str], list[str]]:
    """Bring the rows of a record in line with `wanted`. Returns them as texts before and after."""
    there = {row.pk: row for row in manager.all()}
    before = [_row_text(row) for row in there.values()]
    kept = {row["id"] for row in wanted if row.get("id") in there}
    manager.exclude(pk__in=kept).delete()
    for values in wanted:
        fields = {name: value for name, value in values.items() if name != "id"}
        row = there.get(values.get("id")) or manager.model(partnership=partnership)
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
    return before, [_row_text(row) for row in manager.all()]


def _row_text(row: models.Model) -> str:
    """A row in a line: what the history keeps of it."""
    left_out = {"id", "partnership"}
    values = (
        (field.name, field.value_from_object(row))
        for field in row._meta.concrete_fields
        if field.name not in left_out
    )
    return "; ".join(f"{name}={value}" for name, value in values if value not in (None, "", False))


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value


# --- states -----------------------------------------------------------------------------------------------


def missing_for(partnership: Partnership, to: str) -> list[str]:
    """What the record lacks for that state, a sentence each; empty when it may move there."""
    gate = GATES.get((partnership.status, to)) or GATES.get(("", to))
    return gate(partnership) if gate else []


def _for_screening(partnership: Partnership) -> list[str]:
    leads = partnership.entity_roles.filter(role=UNRole.LEAD)
    return _missing(
        (partnership.title, _("Give it a title.")),
        (leads.exists(), _("Name the UN entity that leads.")),
        (partnership.purposes, _("Choose at least one purpose.")),
        (partnership.parties.exists(), _("Name at least one company or partner.")),
        (
            partnership.expected_benefits and partnership.expected_costs,
            _("Write down the expected benefits and costs."),
        ),
    )


def _for_design(partnership: Partnership) -> list[str]:
    return clearance_gaps(partnership) + _missing(
        (partnership.benefits_outweigh is True, _("Conclude that the benefits outweigh the costs."))
    )


def _for_agreement(partnership: Partnership) -> list[str]:
    measured = partnership.indicators.exclude(level=Indicator.Level.INPUT).exclude(baseline=None)
    vague = _vague(partnership)
    return _missing(
        (
            measured.exclude(target=None).exists(),
            _("Add an indicator above the level of inputs, with baseline and target."),
        ),
        (partnership.evaluation_plan, _("Write the evaluation plan.")),
        (
            not vague,
            _("Say the role and responsibilities of: %(parties)s.") % {"parties": ", ".join(vague)},
        ),
    )


def _vague(partnership: Partnership) -> list[str]:
    """The partners whose role or responsibilities nobody has written down."""
    parties = partnership.parties.select_related("company")
    return [str(party) for party in parties if not (party.role and party.responsibilities)]


def _for_active(partnership: Partnership) -> list[str]:
    return clearance_gaps(partnership) + _missing(
        (
            partnership.agreement_signed or partnership.informal_note,
            _("Enter when the agreement was signed, or why there is none."),
        )
    )


def _for_closing(partnership: Partnership) -> list[str]:
    return _missing(
        (partnership.end or partnership.end_decision, _("Enter the end date, or the decision to end it."))
    )


def _for_closed(partnership: Partnership) -> list[str]:
    return _missing(
        (partnership.final_report, _("Write the final report.")),
        (partnership.lessons, _("Write down the lessons learned.")),
        (
            partnership.evaluation_findings or partnership.no_evaluation_reason,
            _("Enter the findings of the evaluation, or why there was none."),
        ),
    )


def _missing(*conditions: tuple[Any, str]) -> list[str]:
    return [sentence for is_met, sentence in conditions if not is_met]


GATES: dict[tuple[str, str], Callable[[Partnership], list[str]]] = {
    (S.IDEA, S.SCREENING): _for_screening,
    (S.SCREENING, S.DESIGN): _for_design,
    (S.DESIGN, S.AGREEMENT): _for_agreement,
    (S.AGREEMENT, S.ACTIVE): _for_active,
    (S.ON_HOLD, S.ACTIVE): clearance_gaps,
    ("", S.CLOSING): _for_closing,
    (S.CLOSING, S.CLOSED): _for_closed,
}
ONWARDS: dict[str, str] = {  # the next state on the usual way
    S.IDEA: S.SCREENING,
    S.SCREENING: S.DESIGN,
    S.DESIGN: S.AGREEMENT,
    S.AGREEMENT: S.ACTIVE,
    S.ACTIVE: S.CLOSING,
    S.CLOSING: S.CLOSED,
    S.ON_HOLD: S.ACTIVE,
}
NEED_REASON = {S.ON_HOLD, S.ABANDONED, S.WITHDRAWN, S.NOT_ELIGIBLE}


@transaction.atomic
def advance_partnership(partnership: Partnership, *, to: str, by: User, note: str = "") -> Partnership:
    """Move a record to another state, onwards, back or aside.

    Raises PermissionDenied; RuleViolation with a sentence for each thing that is missing.
    """
    partnership = _locked(partnership, by)
    if to == S.NOT_ELIGIBLE and not by.has_perm("partnerships.review_partnership"):
        raise PermissionDenied
    if to in PARTNERSHIP_MOVES[partnership.status]:
        gaps = missing_for(partnership, to)
        if to in NEED_REASON and not note.strip():
            gaps = [*gaps, _("Give the reason.")]
        if gaps:
            raise RuleViolation(" ".join(gaps))
    return _moved(partnership, to, by=by, note=note.strip())


def _moved(partnership: Partnership, to: str, *, by: User | None, note: str) -> Partnership:
    move(partnership, to, moves=PARTNERSHIP_MOVES, by=by, note=note)
    partnership.version += 1
    partnership.save(update_fields=["version", "updated_at"])
    search.reindex([partnership.pk])
    return partnership


def withdraw_partnership(partnership: Partnership, *, by: User, reason: str) -> Partnership:
    """Take a record back for good. Its address then answers with the reason, which everybody can read."""
    return advance_partnership(partnership, to=S.WITHDRAWN, by=by, note=reason)


@transaction.atomic
def hold_partnerships(company: Company, note: str, by: User | None = None) -> list[Partnership]:
    """Put every active partnership of a company on hold: its clearance lapsed or was suspended.

    Called by screening, also without a person. Returns those that were put on hold.
    """
    active = (
        Partnership.objects.select_for_update(no_key=True, of=("self",))
        .filter(status=S.ACTIVE, is_imported=False, parties__company=company)
        .order_by("pk")
    )
    return [_moved(partnership, S.ON_HOLD, by=by, note=note) for partnership in active]


PUBLISHED_FROM = {S.DESIGN, S.AGREEMENT, S.ACTIVE, S.CLOSING, S.CLOSED, S.ON_HOLD}
REACH = [Visibility.DRAFT, Visibility.UN_SYSTEM, Visibility.PUBLIC]


@transaction.atomic
def publish_partnership(partnership: Partnership, *, to: str, by: User) -> Partnership:
    """Show a record to the UN system or to everybody. The way back is to withdraw it, with a reason.

    Raises PermissionDenied; RuleViolation before its companies were cleared, or for a narrower circle.
    """
    partnership = _locked(partnership, by)
    before = partnership.visibility
    if REACH.index(Visibility(to)) <= REACH.index(Visibility(before)):
        raise RuleViolation(_("The record is shown to them already. To take it back, withdraw it."))
    if gaps := missing_for_reach(partnership, to):
        raise RuleViolation(" ".join(gaps))
    if to == Visibility.PUBLIC:
        partnership.public_since = partnership.public_since or timezone.now()
    partnership.visibility = to
    partnership.version += 1
    partnership.save(update_fields=["visibility", "public_since", "version", "updated_at"])
    record(partnership, f"shown to {to}", by=by, changes={"visibility": [before, to]})
    search.reindex([partnership.pk])
    return partnership


def missing_for_reach(partnership: Partnership, to: str) -> list[str]:
    """What stands in the way of showing the record to that circle: what its readers would miss."""
    if to != Visibility.PUBLIC:
        return []
    return _missing(
        (
            partnership.is_imported or partnership.status in PUBLISHED_FROM,
            _("A record becomes public after the screening of its companies."),
        ),
        (partnership.summary, _("Write a summary.")),
        (partnership.purposes, _("Choose at least one purpose.")),
        (partnership.targets.exists(), _("Choose at least one target.")),
        (partnership.parties.exists(), _("Name at least one company or partner.")),
    )


def progress_of(partnership: Partnership, step: str) -> str:
    """How far a step of the registration is: "done", "part" or "not_started"."""
    answers = {
        "identity": lambda p: [p.title, p.summary, p.start or p.date_note],
        "details": lambda p: [p.type_details],
        "parties": lambda p: [p.entity_roles.exists(), p.parties.exists(), not _vague(p)],
        "places": lambda p: [p.countries.exists() or p.place_note or p.scope == Scope.GLOBAL],
        "goals": lambda p: [p.purposes, p.targets.exists()],
        "contributions": lambda p: [p.contributions.exists()],
        "results": lambda p: [p.indicators.exists(), p.evaluation_plan],
        "benefits": lambda p: [p.expected_benefits, p.expected_costs, p.benefits_outweigh is not None],
        "agreement": lambda p: [p.agreement_signed or p.informal_note],
        "closing": lambda p: [p.final_report, p.lessons, p.evaluation_findings or p.no_evaluation_reason],
    }[step](partnership)
    if all(answers):
        return "done"
    return "part" if any(answers) else "not_started"
