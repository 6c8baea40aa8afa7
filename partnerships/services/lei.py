"""Whether a company's Legal Entity Identifier exists, is current and belongs to a like name."""

from django.conf import settings
from django.utils import timezone
from rigour.ids import LEI

from partnerships.gleif import LeiRecord, record_of
from partnerships.models import Company, LeiAnswer
from portal.history import record
from portal.jobs import enqueue
from screening.lists.model import ListedName
from screening.names.matching import Listed, Subject, compare


def look_up_lei(company: Company) -> None:
    """Have the register asked in the background: once for each version of a company and month.

    Nobody is asked where the server names no register.
    """
    if settings.LEI_API and LEI.is_valid(company.lei):
        key = f"ask_lei:{company.pk}:{company.version}:{timezone.localdate():%Y-%m}"
        enqueue("partnerships.ask_lei", key=key, company_id=company.pk)


def ask_lei(company: Company) -> None:
    """Ask the register and keep the answer with its moment. A job: RegisterSilent tries again later."""
    if not company.lei:
        return
    found = record_of(company.lei, address=settings.LEI_API)
    answer = {
        "lei": company.lei,
        "state": _state(found),
        "registered_name": found.names[0][:300] if found else "",
        "likeness": _likeness(company, found) if found else None,
        "asked_at": timezone.now(),
    }
    LeiAnswer.objects.update_or_create(company=company, defaults=answer)
    record(company, "LEI looked up", by=None, note=f"{company.lei}: {answer['state']}")


def _state(found: LeiRecord | None) -> str:
    if found is None:
        return LeiAnswer.State.UNKNOWN
    return LeiAnswer.State.CURRENT if found.is_current else LeiAnswer.State.LAPSED


def _likeness(company: Company, found: LeiRecord) -> float:
    """How alike the names are, the nearest pair of them: 0 to 1, by the matcher of the screening."""
    ours = (company.name, *company.names.values_list("name", flat=True))
    names = tuple(ListedName(name, "primary") for name in found.names)
    return compare(Subject("organization", ours), Listed("lei", company.lei, "organization", names)).score
