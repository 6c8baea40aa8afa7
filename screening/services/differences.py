"""Screening only what changed: the entries that a list added or changed against the index of companies."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from portal.jobs import enqueue
from screening import matching, queries
from screening.lists.model import Entry
from screening.models import Hit, ListChange, ListDifference, ListEntry, ListVersion
from screening.names import MATCHER_VERSION

PART = 500  # changed entries in one job


def screen_difference(version: ListVersion, before: ListVersion) -> ListDifference:
    """Queue the comparison of a version's changes with every company. Within the switch of the version.

    Companies with a hit on an entry that left or changed are affected without a comparison.
    """
    changes = version.changes.exclude(kind=ListChange.Kind.REMOVED)
    parts = -(-changes.count() // PART)
    difference = ListDifference.objects.create(
        version=version,
        before=before,
        matcher=MATCHER_VERSION,
        part_count=parts,
        finished_at=None if parts else timezone.now(),
    )
    gone = version.changes.exclude(kind=ListChange.Kind.ADDED).values("source_id")
    hits = Hit.objects.live().filter(source=version.source_id, source_entry_id__in=gone)
    _affect(difference, set(hits.values_list("company_id", flat=True)))
    for part in range(parts):
        enqueue(
            "screening.screen_changes",
            key=f"screen_changes:{difference.pk}:{part}",
            difference_id=difference.pk,
            part=part,
        )
    return difference


@transaction.atomic
def screen_changes(difference_id: int, part: int) -> int:
    """Compare one part of the changed entries with the companies; each that meets one is screened anew.

    Returns how many companies that are. In one transaction with the job: a part counts once.
    """
    difference = ListDifference.objects.select_related("version").get(pk=difference_id)
    version = difference.version
    changes = version.changes.exclude(kind=ListChange.Kind.REMOVED).order_by("id")
    ids = list(changes.values_list("source_id", flat=True)[part * PART : (part + 1) * PART])
    rows = ListEntry.objects.filter(source_id__in=ids).order_by("source_id")
    before = dict(rows.filter(version=difference.before_id).values_list("source_id", "content"))
    index = matching.index_of_companies()
    met: set[int] = set()
    for key, content in rows.filter(version=version).values_list("source_id", "content"):
        entry = Entry.from_dict(content)
        if key in before and matching.compares_alike(Entry.from_dict(before[key]), entry):
            continue  # its remarks, say: it meets whom it met, and those are affected already
        met |= matching.companies_met(index, version.source_id, entry)
    _affect(difference, met)
    ListDifference.objects.filter(pk=difference.pk).update(parts_done=F("parts_done") + 1)
    ListDifference.objects.filter(pk=difference.pk, parts_done=F("part_count")).update(
        finished_at=timezone.now()
    )
    return len(met)


def _affect(difference: ListDifference, companies: set[int]) -> None:
    """Have these companies screened against every list: what they had found no longer holds."""
    known = queries.screened_companies().filter(pk__in=companies).values_list("pk", flat=True)
    for company_id in known:
        difference.affected.add(company_id)
        enqueue(
            "screening.screen_company",
            key=f"screen_company:{company_id}:difference:{difference.pk}",
            company_id=company_id,
        )
