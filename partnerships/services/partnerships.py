"""What people do with records of the registry: register, edit, move through the states, publish, withdraw."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import UNEntity
from partnerships import reporting, search, selfchecks
from partnerships.models import (
    PARTNERSHIP_MOVES,
    Company,
    Measurement,
    Partnership,
    PartnershipEntity,
    PartnershipStatus,
    SelfCheck,
    UNRole,
    Visibility,
)
from partnerships.services.companies import adopt_company
from partnerships.services.gates import Gap, missing, missing_for
from partnerships.services.locks import locked_record
from portal.errors import RuleViolation, StaleEdit
from portal.history import changed_fields, move, record
from portal.marks import joined
from portal.models import User
from portal.references import next_reference
from screening.queries import clearance_gaps, clearances_for, is_cleared

S = PartnershipStatus
ROWS = {  # kinds of rows that belong to a record, by the argument of edit_partnership
    "entities": "entity_roles",
    "parties": "parties",
    "contributions": "contributions",
    "un_costs": "un_costs",
    "indicators": "indicators",
    "milestones": "milestones",
    "translations": "translations",
    "sources": "sources",
    "lessons": "lesson_rows",
    "exchanges": "exchanges",
}


def rows_of(partnership: Partnership, kind: str) -> models.QuerySet:
    """The rows of a record of one kind: those of ROWS, or the measurements of its indicators."""
    if kind == "measurements":
        of_record = Measurement.objects.filter(indicator__partnership=partnership)
        return of_record.select_related("indicator").order_by("indicator", "on", "pk")
    return getattr(partnership, ROWS[kind]).all()


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
    regions: Iterable | None = None,
    focal_points: Iterable | None = None,
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    self_check: Mapping[str, Any] | None = None,
) -> Partnership:
    """Change fields, places, targets, rows of the kinds `rows_of` knows, a check; what is not given stays.

    Rows with an `id` are changed, those without are added, those left out are removed. `self_check` is
    {"kind", "moment", "answers"}; a changed transformational check waits for the registry desk again.
    Raises PermissionDenied, StaleEdit when `version` is not the current one, RuleViolation for a withdrawn
    record or an active one that would gain a company without clearance.
    """
    partnership = locked_record(partnership, by)
    if version != partnership.version:
        raise StaleEdit(_("The record was changed in the meantime."))
    if partnership.status == S.WITHDRAWN:
        raise RuleViolation(_("A withdrawn record is not changed any more."))
    changes = changed_fields(partnership, values or {})
    for field, value in (values or {}).items():
        setattr(partnership, field, value)
    many = {"countries": countries, "targets": targets, "regions": regions, "focal_points": focal_points}
    for field, chosen in many.items():
        if chosen is not None:
            manager = getattr(partnership, field)
            before = sorted(manager.values_list("pk", flat=True))
            manager.set(chosen)
            after = sorted(manager.values_list("pk", flat=True))
            if before != after:
                changes[field] = [before, after]
    for kind, wanted in (rows or {}).items():
        before, after = _sync(partnership, kind, wanted)
        if before != after:
            changes[kind] = [before, after]
    if self_check and (answers := _save_check(partnership, by=by, **self_check)):
        changes["self_check"] = answers
    if not changes:
        return partnership
    _refuse_circles(partnership)
    if "measurements" in changes:
        bring_up_to_date(partnership)
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
    partnership = locked_record(partnership, by)
    if partnership.parties.filter(company=company).exists():
        raise RuleViolation(_("%(company)s is a partner already.") % {"company": company.name})
    there = [{"id": party.pk} for party in partnership.parties.all()]
    new = {"company": company, "kind": company.kind, "sector": company.sector}
    edit_partnership(partnership, by=by, version=partnership.version, rows={"parties": [*there, new]})


def _sync(
    partnership: Partnership, kind: str, wanted: Sequence[Mapping[str, Any]]
) -> tuple[list[str], list[str]]:
    """Bring the rows of a record in line with `wanted`. Returns them as texts before and after."""
    there = {row.pk: row for row in rows_of(partnership, kind)}
    before = [_row_text(row) for row in there.values()]
    kept = {row["id"] for row in wanted if row.get("id") in there}
    rows_of(partnership, kind).exclude(pk__in=kept).delete()
    model = rows_of(partnership, kind).model
    new = {} if model is Measurement else {"partnership": partnership}
    measured = set(partnership.indicators.values_list("pk", flat=True))
    for values in wanted:
        row = there.get(values.get("id")) or model(**new)
        for name, value in values.items():
            if name != "id":
                setattr(row, name, value)
        if model is Measurement and row.indicator_id not in measured:
            continue  # its indicator was removed with the same form
        row.save()
    return before, [_row_text(row) for row in rows_of(partnership, kind)]


def bring_up_to_date(partnership: Partnership) -> None:
    """An indicator shows its latest measurement as its result."""
    for indicator in partnership.indicators.prefetch_related("measurements"):
        measured = list(indicator.measurements.all())
        if measured:
            indicator.actual, indicator.as_of = measured[-1].value, measured[-1].on
            indicator.save(update_fields=["actual", "as_of"])


def _refuse_circles(partnership: Partnership) -> None:
    """Raises RuleViolation where a record would be above itself, or older than itself."""
    for field in ("parent", "predecessor", "replication_of"):
        seen, above = {partnership.pk}, getattr(partnership, field)
        while above is not None:
            if above.pk in seen:
                raise RuleViolation(
                    _("%(record)s leads back to this record, which cannot stand above itself.")
                    % {"record": getattr(partnership, field).reference}
                )
            seen.add(above.pk)
            above = getattr(above, field)


def _save_check(
    partnership: Partnership, *, by: User, kind: str, moment: str, answers: Mapping[str, Any]
) -> list[Any]:
    """Write a check down. Returns [before, after], empty where nothing changed."""
    check = partnership.self_checks.filter(kind=kind, moment=moment).first() or SelfCheck(
        partnership=partnership, kind=kind, moment=moment
    )
    before = check.answers
    if before == answers:
        return []
    check.answers, check.made_by, check.made_at, check.reviewed_by = answers, by, timezone.now(), None
    check.save()
    return [before, answers]


@transaction.atomic
def confirm_transformational(partnership: Partnership, *, by: User) -> SelfCheck:
    """The registry desk has read the check and agrees: the record may show the badge.

    Raises PermissionDenied; RuleViolation while an item is not met or has no note.
    """
    if not by.has_perm("partnerships.review_partnership"):
        raise PermissionDenied
    partnership = locked_record(partnership, by)
    check = partnership.self_checks.filter(kind=SelfCheck.Kind.TRANSFORMATIONAL).first()
    gaps = selfchecks.unmet(SelfCheck.Kind.TRANSFORMATIONAL, check.answers if check else {})
    if check is None or gaps:
        raise RuleViolation(_("Without a yes and what shows it: %(items)s.") % {"items": joined(gaps, ";")})
    check.reviewed_by = by
    check.save(update_fields=["reviewed_by"])
    record(partnership, "confirmed as transformational", by=by)
    return check


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
    partnership = locked_record(partnership, by)
    if to == S.NOT_ELIGIBLE and not by.has_perm("partnerships.review_partnership"):
        raise PermissionDenied
    if to in PARTNERSHIP_MOVES[partnership.status]:
        gaps = [str(gap) for gap in missing_for(partnership, to)]
        if to in NEED_REASON and not note.strip():
            gaps.append(_("Give the reason."))
        if gaps:
            raise RuleViolation(" ".join(gaps))
    return _moved(partnership, to, by=by, note=note.strip())


def _moved(partnership: Partnership, to: str, *, by: User | None, note: str) -> Partnership:
    move(partnership, to, moves=PARTNERSHIP_MOVES, by=by, note=note)
    partnership.version += 1
    if to not in reporting.REPORTING:
        partnership.next_report_on = None
    elif partnership.next_report_on is None and not partnership.is_imported:
        partnership.next_report_on = plan_next_report(partnership, since=timezone.localdate())
    partnership.save(update_fields=["version", "next_report_on", "updated_at"])
    search.reindex([partnership.pk])
    return partnership


def plan_next_report(partnership: Partnership, *, since: date) -> date:
    """The last day of the next report, one cycle after `since`."""
    companies = Company.objects.filter(party_in__partnership=partnership)
    ratings = {c.decision.rating for c in clearances_for(companies).values()}
    return reporting.after_months(since, reporting.cycle_months(partnership, ratings))


def withdraw_partnership(partnership: Partnership, *, by: User, reason: str) -> Partnership:
    """Take a record back for good. Its address then answers with the reason, which everybody can read."""
    return advance_partnership(partnership, to=S.WITHDRAWN, by=by, note=reason)


@transaction.atomic
def hold_partnerships(
    company: Company, note: str, by: User | None = None, *, entity: UNEntity | None = None
) -> list[Partnership]:
    """Put the active partnerships of a company on hold for which it is not cleared any more.

    With `entity` only those that this UN entity leads, since a clearance is its own. Called by screening when
    a clearance ends, is suspended or refused, also without a person. Returns those that were put on hold.
    """
    active = (
        Partnership.objects.select_for_update(no_key=True, of=("self",))
        .filter(status=S.ACTIVE, is_imported=False, parties__company=company)
        .order_by("pk")
    )
    if entity is not None:
        active = active.filter(entity_roles__entity=entity, entity_roles__role=UNRole.LEAD)
    return [
        _moved(partnership, S.ON_HOLD, by=by, note=note)
        for partnership in active
        if not is_cleared(company, partnership)
    ]


PUBLISHED_FROM = {S.DESIGN, S.AGREEMENT, S.ACTIVE, S.CLOSING, S.CLOSED, S.ON_HOLD}
REACH = [Visibility.DRAFT, Visibility.UN_SYSTEM, Visibility.PUBLIC]


@transaction.atomic
def publish_partnership(partnership: Partnership, *, to: str, by: User) -> Partnership:
    """Show a record to the UN system or to everybody. The way back is to withdraw it, with a reason.

    Raises PermissionDenied; RuleViolation before its companies were cleared, or for a narrower circle.
    """
    partnership = locked_record(partnership, by)
    before = partnership.visibility
    if REACH.index(Visibility(to)) <= REACH.index(Visibility(before)):
        raise RuleViolation(_("The record is shown to them already. To take it back, withdraw it."))
    if gaps := missing_for_reach(partnership, to):
        raise RuleViolation(" ".join(map(str, gaps)))
    if to == Visibility.PUBLIC:
        partnership.public_since = partnership.public_since or timezone.now()
    partnership.visibility = to
    partnership.version += 1
    partnership.save(update_fields=["visibility", "public_since", "version", "updated_at"])
    record(partnership, f"shown to {to}", by=by, changes={"visibility": [before, to]})
    search.reindex([partnership.pk])
    return partnership


def missing_for_reach(partnership: Partnership, to: str) -> list[Gap]:
    """What stands in the way of showing the record to that circle: what its readers would miss."""
    if to != Visibility.PUBLIC:
        return []
    return missing(
        (
            partnership.is_imported or partnership.status in PUBLISHED_FROM,
            _("A record becomes public after the screening of its companies."),
            "",
        ),
        (partnership.summary, _("Write a summary."), "identity"),
        (partnership.purposes, _("Choose at least one purpose."), "goals"),
        (partnership.targets.exists(), _("Choose at least one target."), "goals"),
        (partnership.parties.exists(), _("Name at least one company or partner."), "parties"),
    )
