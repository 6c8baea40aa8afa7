"""Which company stands for a merged double. No writes."""

from partnerships.models import Company
from screening.models import CompanyMerge


def survivor_of(company: Company) -> Company | None:
    """The company that a double was merged into, also over several merges; None where it stands for itself.

    A page of a double answers 301 with the page of the survivor, until the merge is undone.
    """
    found = None
    while merge := _merge_of(found or company):
        found = merge.kept
    return found


def _merge_of(gone: Company) -> CompanyMerge | None:
    return CompanyMerge.objects.filter(gone=gone, undone_at=None).select_related("kept").first()
