"""What people do with files of records: upload, say what each column is, check, load, undo.

Checking, loading and undoing are jobs. A load is one transaction, all rows chosen or none; so is its undo.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, Model, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from focalpoints.models import UNEntity
from partnerships import search
from partnerships.import_columns import (
    COLUMNS,
    Known,
    NamedCompany,
    Row,
    fold,
    guess,
    headings_of,
    rows_of,
    table_of,
)
from partnerships.models import (
    IMPORT_JOBS,
    IMPORT_MOVES,
    Company,
    Contribution,
    ContributionKind,
    ImportStatus,
    Origin,
    Partnership,
    PartnershipEntity,
    PartnershipParty,
    RecordImport,
    RegistryEntry,
    Source,
    UNRole,
    Visibility,
)
from partnerships.queries.imports import last_jobs
from partnerships.services.import_companies import CompanyBook
from partnerships.services.partnerships import own_entities
from portal.errors import RuleViolation
from portal.history import move, record
from portal.jobs import enqueue
from portal.models import Country, JobStatus, ReferenceCounter, Target, User
from portal.references import next_reference

S = ImportStatus
MAX_BYTES = 10 * 1024 * 1024
PROBLEMS_KEPT = 5_000
BATCH = 500
BROUGHT = (
    Contribution,
    PartnershipEntity,
    PartnershipParty,
    RegistryEntry,
    Source,
)  # by a load, with a record


@transaction.atomic
def upload_records(*, by: User, entity: UNEntity, name: str, content: bytes, visibility: str) -> RecordImport:
    """Keep a file and guess what its columns are.

    Raises PermissionDenied for another entity, or to show records to everybody without the registry desk's
    role; RuleViolation for a file that cannot be read.
    """
    if not by.has_perm("partnerships.register_partnership"):
        raise PermissionDenied
    if not own_entities(by).filter(pk=entity.pk).exists():
        raise PermissionDenied
    if visibility == Visibility.PUBLIC and not by.has_perm("partnerships.review_partnership"):
        raise PermissionDenied
    if len(content) > MAX_BYTES:
        raise RuleViolation(_("The file is larger than 10 MB. Split it."))
    headings = headings_of(name, content)
    found = RecordImport.objects.create(
        reference=next_reference(f"I-{timezone.now():%Y}"),
        file_name=name[-255:],
        content=content,
        headings=headings,
        mapping=guess(headings),
        entity=entity,
        visibility=visibility,
        by=by,
    )
    record(found, "uploaded", by=by)
    return found


@transaction.atomic
def map_columns(found: RecordImport, *, by: User, mapping: Mapping[str, str], mode: str) -> RecordImport:
    """Say which heading is which field, and have the file checked. Raises RuleViolation with the gaps."""
    found = _locked(found, by)
    used = [heading for heading in mapping.values() if heading]
    if twice := {heading for heading in used if used.count(heading) > 1}:
        raise RuleViolation(_("One column cannot be two things: %(names)s.") % {"names": ", ".join(twice)})
    missing = [str(column.label) for column in COLUMNS if column.is_required and not mapping.get(column.name)]
    if missing:
        raise RuleViolation(_("Choose the column of: %(fields)s.") % {"fields": ", ".join(missing)})
    move(found, S.CHECKING, moves=IMPORT_MOVES, by=by)
    found.mapping = {name: heading for name, heading in mapping.items() if heading in found.headings}
    found.mode = mode
    found.save(update_fields=["mapping", "mode"])
    _have_it_done(found, by)
    return found


def _have_it_done(found: RecordImport, by: User) -> None:
    """The job of the state the file is in."""
    name = IMPORT_JOBS[found.status]
    args: dict[str, Any] = {"language": get_language() or by.language} if found.status == S.CHECKING else {}
    key = f"{name}:{found.pk}:{timezone.now().isoformat()}"
    enqueue(f"partnerships.{name}", key=key, import_id=found.pk, **args)


@transaction.atomic
def try_again(found: RecordImport, *, by: User) -> RecordImport:
    """Begin work on a file anew that was given up after its last try. It had written nothing."""
    found = _locked(found, by)
    job = last_jobs([found]).get(found.pk)
    if job is None or job.status != JobStatus.FAILED:
        raise RuleViolation(_("Nothing has stopped: look at the page again."))
    _have_it_done(found, by)
    record(found, "tried again", by=by)
    return found


def check_import(found: RecordImport, *, language: str = "en") -> RecordImport:
    """Read every cell without writing a record: how many rows are good, and what is wrong with the others."""
    with transaction.atomic(), override(language):
        found = RecordImport.objects.select_for_update(no_key=True).get(pk=found.pk)
        if found.status != S.CHECKING:
            return found
        rows = bad = 0
        problems: list[dict[str, Any]] = []
        book = CompanyBook()
        try:
            for row in _rows(found, book):
                rows += 1
                bad += bool(row.problems)
                problems += row.problems[: PROBLEMS_KEPT - len(problems)]
        except RuleViolation as unreadable:
            problems = [{"row": rows + 2, "column": "", "value": "", "message": str(unreadable)}]
            bad = rows = max(rows, 1)
        found.row_count, found.bad_row_count, found.problems = rows, bad, problems
        found.companies = book.report()
        found.save(update_fields=["row_count", "bad_row_count", "problems", "companies"])
        move(found, S.CHECKED, moves=IMPORT_MOVES, by=None)
    return found


@transaction.atomic
def start_load(found: RecordImport, *, by: User, good_only: bool = False) -> RecordImport:
    """Have the checked rows loaded; with `good_only` the good ones, whatever was chosen before.

    Raises RuleViolation where the chosen mode leaves none.
    """
    found = _locked(found, by)
    if good_only:
        found.mode = RecordImport.Mode.GOOD
        found.save(update_fields=["mode"])
    if found.mode == RecordImport.Mode.ALL and found.bad_row_count:
        raise RuleViolation(
            _("%(count)d rows are not good, and all or none was chosen. Mend them, or load the good ones.")
            % {"count": found.bad_row_count}
        )
    if not found.good_count:
        raise RuleViolation(_("There is no good row to load."))
    move(found, S.LOADING, moves=IMPORT_MOVES, by=by)
    _have_it_done(found, by)
    return found


@transaction.atomic
def load_import(found: RecordImport) -> RecordImport:
    """Write the good rows, all in this transaction; the search learns of them in jobs of their own."""
    found = RecordImport.objects.select_for_update(no_key=True).get(pk=found.pk)
    if found.status != S.LOADING:
        return found
    book = CompanyBook()
    good = [row for row in _rows(found, book) if not row.problems]
    companies = book.take_up((named for row in good for named in row.values.get("partners", [])), found)
    references = _references(len(good))
    ids: list[int] = []
    for start in range(0, len(good), BATCH):
        ids += _create(found, good[start : start + BATCH], references[start : start + BATCH], companies)
    found.loaded_count = len(ids)
    found.save(update_fields=["loaded_count"])
    move(found, S.LOADED, moves=IMPORT_MOVES, by=None, note=str(len(ids)))
    for start in range(0, len(ids), BATCH):
        enqueue(
            "partnerships.reindex_import",
            key=f"reindex_import:{found.pk}:{start}",
            import_id=found.pk,
            first=ids[start],
            last=ids[start : start + BATCH][-1],
        )
    return found


def reindex_import(found: RecordImport, first: int, last: int) -> None:
    search.reindex(found.records.filter(pk__range=(first, last)).values_list("pk", flat=True))


@transaction.atomic
def start_undo(found: RecordImport, *, by: User) -> RecordImport:
    """Have every record of a load taken out again. Asked for twice, it is done once.

    Raises RuleViolation where somebody has worked on one since: that work would be lost.
    """
    found = _locked(found, by)
    if found.status == S.UNDOING:
        return found
    if worked_on := _worked_on(found):
        raise RuleViolation(undo_refusal(worked_on))
    move(found, S.UNDOING, moves=IMPORT_MOVES, by=by)
    _have_it_done(found, by)
    return found


@transaction.atomic
def undo_import(found: RecordImport) -> RecordImport:
    """Delete the records of a load, and the companies it added that nothing else names.

    Where somebody began to work on one after the undo was asked for, nothing is deleted and the last event
    of the file is "undo refused" with the references.
    """
    found = RecordImport.objects.select_for_update(no_key=True).get(pk=found.pk)
    if found.status != S.UNDOING:
        return found
    # Held whole, so that nothing is hung on a record between the look at it and its end.
    list(found.records.select_for_update().order_by("pk").values_list("pk"))
    if worked_on := _worked_on(found):
        move(found, S.LOADED, moves=IMPORT_MOVES, by=None)
        record(found, "undo refused", by=None, note=worked_on)
        return found
    found.records.all().delete()
    found.named_companies.filter(is_from_archive=True).exclude(_named_by(Company)).delete()
    move(found, S.UNDONE, moves=IMPORT_MOVES, by=None, note=str(found.loaded_count))
    return found


def undo_refusal(references: str) -> str:
    return _("Somebody has worked on %(references)s since. Withdraw those records one by one.") % {
        "references": references
    }


def _worked_on(found: RecordImport) -> str:
    """References of the first five records that hold what the file did not bring; "" for none."""
    touched = found.records.filter(Q(version__gt=1) | _named_by(Partnership, but=BROUGHT)).order_by("pk")
    return ", ".join(touched.values_list("reference", flat=True)[:5])


def _named_by(model: type[Company | Partnership], but: Collection[type[Model]] = ()) -> Q:
    """Rows that a row of another table names, those tables left out that are part of what was loaded."""
    found = Q()
    for relation in model._meta.related_objects:
        if relation.related_model not in but:
            naming = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            found |= Q(Exists(naming))
    return found


# --- from rows to records -----------------------------------------------------------------------------------


def _locked(found: RecordImport, by: User) -> RecordImport:
    if not RecordImport.objects.visible_to(by).filter(pk=found.pk).exists():
        raise PermissionDenied
    return RecordImport.objects.select_for_update(no_key=True).get(pk=found.pk)


def known_codes(by: User) -> Known:
    """What cells may name: countries by code or name in six languages, targets, the person's own entities."""
    names: dict[str, str] = {}
    for country in Country.objects.all():
        spellings = [country.iso3, country.iso2, country.short_en]
        spellings += [getattr(country, f"name_{code}") for code in ("en", "fr", "es", "ar", "ru", "zh")]
        names |= {fold(spelling): country.pk for spelling in spellings if spelling}
    entities: dict[str, str] = {}
    for entity in own_entities(by):
        entities |= {fold(name): entity.pk for name in (entity.pk, entity.acronym, entity.name)}
    return Known(names, frozenset(Target.objects.values_list("pk", flat=True)), entities)


def _rows(found: RecordImport, book: CompanyBook) -> Iterator[Row]:
    _headings, table = table_of(found.file_name, bytes(found.content))
    is_public = found.visibility == Visibility.PUBLIC
    for row in rows_of(table, found.mapping, known_codes(found.by), is_public=is_public):
        book.check(row, found.mapping.get("partners", ""))
        yield row


def _references(count: int) -> list[str]:
    """So many references of the series P in a row, without a gap."""
    counter, _created = ReferenceCounter.objects.select_for_update().get_or_create(series="P")
    ReferenceCounter.objects.filter(pk=counter.pk).update(last=F("last") + count)
    return [f"P-{counter.last + place:04d}" for place in range(1, count + 1)]


PLAIN = (
    "title", "summary", "partnership_type", "purposes", "record_kind", "status", "status_as_of", "scope",
    "place_note", "themes", "modalities", "start", "end",
)  # fmt: skip


def _create(
    found: RecordImport,
    rows: Sequence[Row],
    references: Sequence[str],
    companies: Mapping[NamedCompany, Company],
) -> list[int]:
    now = timezone.now()
    made = Partnership.objects.bulk_create(
        Partnership(
            reference=reference,
            visibility=found.visibility,
            public_since=now if found.visibility == Visibility.PUBLIC else None,
            origin=Origin.FILE,
            is_imported=True,
            import_batch=found,
            created_by=found.by,
            **{name: row.values[name] for name in PLAIN if name in row.values},
        )
        for row, reference in zip(rows, references, strict=True)
    )
    pairs = [(partnership, row.values) for partnership, row in zip(made, rows, strict=True)]
    countries, targets = Partnership.countries.through, Partnership.targets.through
    countries.objects.bulk_create(
        countries(partnership=one, country_id=code)
        for one, values in pairs
        for code in values.get("countries", [])
    )
    targets.objects.bulk_create(
        targets(partnership=one, target_id=code)
        for one, values in pairs
        for code in values.get("targets", [])
    )
    PartnershipEntity.objects.bulk_create(
        PartnershipEntity(partnership=one, entity_id=values.get("entity", found.entity_id), role=UNRole.LEAD)
        for one, values in pairs
    )
    PartnershipParty.objects.bulk_create(
        PartnershipParty(partnership=one, company=company, kind=company.kind, sector_id=company.sector_id)
        for one, values in pairs
        for company in {
            companies[named].pk: companies[named] for named in values.get("partners", [])
        }.values()
    )
    PartnershipParty.objects.bulk_create(
        PartnershipParty(partnership=one, description=description, kind=kind)
        for one, values in pairs
        for description, kind in values.get("other_partners", [])
    )
    Contribution.objects.bulk_create(
        Contribution(
            partnership=one,
            kind=values.get("contribution_kind", ContributionKind.CASH),
            amount=values["amount"],
            currency=values["currency"],
            usd_value=values["amount"] if values["currency"] == "USD" else None,
            status=Contribution.Status.STATED,
        )
        for one, values in pairs
        if values.get("amount")
    )
    Source.objects.bulk_create(
        Source(partnership=one, title=values.get("source_title") or found.file_name[:200], url=url)
        for one, values in pairs
        for url in [values.get("source_url", "")]
        if url or values.get("source_title")
    )
    return [one.pk for one in made]
