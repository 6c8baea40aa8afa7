"""The published table of Global Compact participants, as changes of standing of the companies we know."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from partnerships.models import Company
from portal.history import record
from screening import matching
from screening.lists.dates import exact_date
from screening.lists.model import Entry
from screening.models import CompactEvent, CompactStatus, ListEntry, ListVersion
from screening.services import locks, monitoring

# The publisher's words, folded, and what they mean.
STATUSES = {
    "active": CompactStatus.ACTIVE,
    "non-communicating": CompactStatus.NON_COMMUNICATING,
    "noncommunicating": CompactStatus.NON_COMMUNICATING,
    "delisted": CompactStatus.DELISTED,
    "expelled": CompactStatus.DELISTED,
}


@transaction.atomic
def note_standings(version_id: int) -> int:
    """Add an event to each company whose standing in the table is new. Returns how many events.

    A participant is a company only where name and country agree; what nobody can tell adds nothing.
    """
    version = ListVersion.objects.select_related("source").get(pk=version_id)
    index = matching.index_of_companies()
    added = 0
    rows = ListEntry.objects.filter(version=version).order_by("source_id")
    for content in rows.values_list("content", flat=True).iterator(chunk_size=500):
        entry = Entry.from_dict(content)
        company_id = matching.same_company(index, entry)
        if company_id is not None:
            added += _note(version, entry, company_id)
    return added


def _note(version: ListVersion, entry: Entry, company_id: int) -> bool:
    told = {name.casefold(): value for name, value in entry.extra}
    status = STATUSES.get(told.get("status", "").strip().casefold())
    stated_on = version.published_on or timezone.localdate(version.received_at)
    if status is None:
        return False
    facts = {
        "status": status,
        "on": _since(status, entry, told) or stated_on,
        "reason": entry.reasons[:200],
        "participant_id": entry.source_id[:20],
        "report_due_on": exact_date(told.get("next_report_due", "")),
    }
    last = CompactEvent.objects.current().filter(company=company_id).first()
    if last is not None and facts["on"] <= last.on:
        facts["on"] = last.on  # the newer table overrules, also where it dates the change back
    if last is not None and all(getattr(last, name) == value for name, value in facts.items()):
        return False
    company = locks.lock_company(Company(pk=company_id))
    event = CompactEvent.objects.create(
        company=company,
        source=version.source.title,
        source_url=version.source.page_url,
        stated_on=stated_on,
        **facts,
    )
    record(event, "noted from the published table", by=None, note=str(version))
    if status != CompactStatus.ACTIVE and (last is None or last.status != status):
        monitoring.review_company(company, "standing", note=str(event))
    return True


def _since(status: str, entry: Entry, told: dict[str, str]) -> date | None:
    if status == CompactStatus.DELISTED:
        return entry.until
    return exact_date(told.get("status_since", "")) or entry.listed_on
