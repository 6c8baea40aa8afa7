"""Two rows of one company become one, with a way back. Screenings stay with the row they were made of."""

from django.apps import apps
from django.contrib.postgres.search import TrigramSimilarity
from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships.models import Company, CompanyName
from portal.errors import RuleViolation
from portal.history import record
from portal.jobs import enqueue
from portal.models import User
from screening.models import Case, CompanyMerge, Hit, ScreeningRun
from screening.services import locks

ALIKE = 0.55  # trigram similarity of two names, from 0 to 1, from which on they may be doubles
MOST = 20
# Evidence of a screening, and merges themselves, stay where they were made.
STAYS: tuple[type[models.Model], ...] = (ScreeningRun, Hit, CompanyMerge)


def possible_duplicates(company: Company) -> QuerySet[Company]:
    """Companies that may be this one: the same identifier, or a like name in the same or no country."""
    same = Q()
    if company.lei:
        same |= Q(lei=company.lei)
    if company.registration_number:
        same |= Q(registration_number=company.registration_number, country=company.country_id)
    like = Q(alike__gte=ALIKE)
    if company.country_id:
        like &= Q(country=company.country_id) | Q(country=None)
    found = Company.objects.filter(name__trigram_similar=company.name) | (
        Company.objects.filter(same) if same else Company.objects.none()
    )
    merged = CompanyMerge.objects.filter(undone_at=None).values("gone")
    return (
        found.exclude(pk=company.pk)
        .exclude(pk__in=merged)
        .annotate(alike=TrigramSimilarity("name", company.name))
        .filter(same | like if same else like)
        .select_related("country")
        .order_by("-alike", "pk")[:MOST]
    )


@transaction.atomic
def merge_companies(kept: Company, gone: Company, *, note: str, by: User) -> CompanyMerge:
    """Hang on `kept` whatever hangs on `gone`, and take its name over; what cannot move stays and is kept.

    Raises RuleViolation where both are examined now, or `gone` was merged already.
    """
    locks.may(by, "partnerships.manage_companies")
    if kept.pk == gone.pk:
        raise RuleViolation(_("These are one company already."))
    kept, gone = _both(kept, gone)
    if CompanyMerge.objects.filter(gone__in=[kept, gone], undone_at=None).exists():
        raise RuleViolation(_("One of the two was merged already. Undo that first."))
    if Case.objects.open().filter(company__in=[kept, gone]).count() > 1:
        raise RuleViolation(_("Both are examined now. Close or withdraw one of the cases first."))
    moved = {label: pks for label, pks in ((label, _move(label, gone, kept)) for label in _labels()) if pks}
    _row, added = CompanyName.objects.get_or_create(
        company=kept, name=gone.name, defaults={"kind": CompanyName.Kind.TRADING}
    )
    merge = CompanyMerge.objects.create(
        kept=kept,
        gone=gone,
        moved=moved,
        name_added=added,
        was_from_archive=gone.is_from_archive,
        note=note,
        by=by,
    )
    _archive(gone, True)
    _screen_again(kept)
    record(kept, "merged", by=by, note=f"{gone.name}: {note}", changes={"moved": [{}, moved]})
    return merge


@transaction.atomic
def undo_merge(merge: CompanyMerge, *, by: User) -> None:
    """Hang back what moved and still hangs on the kept company."""
    locks.may(by, "partnerships.manage_companies")
    kept, gone = _both(merge.kept, merge.gone)
    merge = CompanyMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        raise RuleViolation(_("This merge is undone already."))
    for label, pks in merge.moved.items():
        _move(label, kept, gone, only=pks)
    if merge.name_added:
        CompanyName.objects.filter(company=kept, name=gone.name).delete()
    _archive(gone, merge.was_from_archive)
    merge.undone_by, merge.undone_at = by, timezone.now()
    merge.save(update_fields=["undone_by", "undone_at"])
    for company in (kept, gone):
        _screen_again(company)
    record(kept, "merge undone", by=by, note=gone.name)


def _both(kept: Company, gone: Company) -> tuple[Company, Company]:
    """Both rows as they are now, locked in the order of their ids."""
    rows = {
        row.pk: row
        for row in Company.objects.select_for_update(no_key=True)
        .filter(pk__in=[kept.pk, gone.pk])
        .order_by("pk")
    }
    return rows[kept.pk], rows[gone.pk]


def _labels() -> list[str]:
    """Every foreign key to a company that moves, as "app.model.field"."""
    return [
        f"{field.model._meta.label_lower}.{field.name}"
        for relation in Company._meta.related_objects
        if (field := relation.field).model not in STAYS and isinstance(field, models.ForeignKey)
    ]


def _move(label: str, source: Company, target: Company, only: list | None = None) -> list:
    """Point rows of one kind from one company to the other; one that would be a double stays."""
    model_label, _dot, field = label.rpartition(".")
    manager = apps.get_model(model_label)._base_manager
    rows = manager.filter(**{field: source}).order_by("pk")
    moved = []
    for pk in rows.values_list("pk", flat=True) if only is None else only:
        try:
            with transaction.atomic():
                if manager.filter(pk=pk, **{field: source}).update(**{field: target}):
                    moved.append(pk)
        except IntegrityError:  # the target has such a row: both are kept where they are
            continue
    return moved


def _archive(company: Company, is_from_archive: bool) -> None:
    """A merged row is not screened any more."""
    company.is_from_archive = is_from_archive
    company.revision += 1
    company.save(update_fields=["is_from_archive", "revision", "updated_at"])


def _screen_again(company: Company) -> None:
    if company.is_from_archive:
        return
    company.version += 1
    company.revision += 1
    company.save(update_fields=["version", "revision", "updated_at"])
    key = f"screen_company:{company.pk}:{company.version}"
    enqueue("screening.screen_company", key=key, company_id=company.pk)
