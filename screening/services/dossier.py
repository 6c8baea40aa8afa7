"""What is stated about a company: facts with source and date, and what the company says of itself.

Nothing is edited: a new statement ends the old one, which stays on record.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships.models import Company
from portal.errors import RuleViolation, StaleEdit
from portal.history import record
from portal.marks import joined
from portal.models import User
from screening.dossier import FIELDS, PARTS, unanswered
from screening.models import (
    SEVERE_FROM,
    Activity,
    CompactEvent,
    CompactStatus,
    CompanyFact,
    Controversy,
    Disclosure,
)
from screening.models.dossier import Sourced
from screening.services import locks, monitoring


@transaction.atomic
def state_fact(
    company: Company, field: str, *, value: Any, source: str, source_url: str = "", stated_on: date, by: User
) -> CompanyFact:
    """Put one field of the dossier on record, with who says so and as of when."""
    locks.may(by, "screening.assess_case")
    locks.lock_company(company)
    return _state(
        company, field, value, {"source": source, "source_url": source_url, "stated_on": stated_on, "by": by}
    )


@transaction.atomic
def import_facts(company: Company, rows: Sequence[Mapping[str, Any]], *, by: User) -> int:
    """Put many facts on record, all or none: {"field", "value", "source", "source_url", "stated_on"} each.

    What is on record already, with that value and source, is left alone. Returns how many were new.
    """
    locks.may(by, "screening.assess_case")
    locks.lock_company(company)
    new = 0
    for row in rows:
        said = {name: row[name] for name in ("source", "source_url", "stated_on")}
        same = CompanyFact.objects.current().filter(
            company=company, field=row["field"], value=row["value"], source=row["source"]
        )
        if not same.exists():
            _state(company, row["field"], row["value"], {**said, "by": by})
            new += 1
    return new


def _state(
    company: Company, field: str, value: Any, said: Mapping[str, Any], *, is_disclosed: bool = False
) -> CompanyFact:
    before = CompanyFact.objects.current().filter(company=company, field=field).first()
    if before is not None:
        _end(before)
    fact = CompanyFact.objects.create(
        company=company, field=FIELDS[field].name, value=value, is_disclosed=is_disclosed, **said
    )
    was = before.value if before else None
    record(company, "fact stated", by=said["by"], note=said["source"], changes={field: [was, value]})
    return fact


@transaction.atomic
def add_activity(company: Company, *, by: User, **values) -> Activity:
    """An activity by ISIC entry, with the company's part in it and its share of revenue, if known."""
    locks.may(by, "screening.assess_case")
    locks.lock_company(company)
    activity = Activity.objects.create(company=company, by=by, **values)
    record(company, "activity stated", by=by, note=str(activity))
    return activity


@transaction.atomic
def add_controversy(company: Company, *, by: User, **values) -> Controversy:
    """An allegation with its source. From severity 4 on a company that is cleared is examined again."""
    locks.may(by, "screening.assess_case")
    locks.lock_company(company)
    controversy = Controversy.objects.create(company=company, by=by, **values)
    record(company, "controversy stated", by=by, note=str(controversy))
    if controversy.severity >= SEVERE_FROM:
        monitoring.review_company(company, "controversy", note=str(controversy))
    return controversy


@transaction.atomic
def add_compact_event(company: Company, *, by: User, **values) -> CompactEvent:
    """A change of standing in the Global Compact. A loss of it has a cleared company examined again."""
    locks.may(by, "screening.assess_case")
    locks.lock_company(company)
    event = CompactEvent.objects.create(company=company, by=by, **values)
    record(company, "standing stated", by=by, note=str(event))
    if event.status != CompactStatus.ACTIVE:
        monitoring.review_company(company, "standing", note=str(event))
    return event


@transaction.atomic
def strike(row: Sourced, *, note: str, by: User) -> None:
    """Take a statement out of the dossier, with the reason; it stays on record."""
    locks.may(by, "screening.assess_case")
    company: Company = row.company  # type: ignore[attr-defined]
    locks.lock_company(company)
    row.refresh_from_db()
    if row.ended_at is not None:
        raise RuleViolation(_("This was replaced or struck already."))
    _end(row)
    record(company, "struck", by=by, note=f"{row}: {note}")


def _end(row: Sourced) -> None:
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])


# --- what the company says of itself ------------------------------------------------------------------------


def may_disclose(company: Company, by: User) -> bool:
    return company.members.filter(user=by).exists()


def next_disclosure(company: Company, *, by: User) -> Disclosure:
    """The draft of a company's own statement, or one not yet begun that holds what it stated last.

    Writes nothing: the first `save_part` begins the draft. Until then its revision is 0.
    """
    if not may_disclose(company, by):
        raise PermissionDenied
    existing = Disclosure.objects.filter(company=company, sent_at=None).first()
    if existing is not None:
        return existing
    stated = CompanyFact.objects.current().filter(company=company, is_disclosed=True)
    return Disclosure(
        company=company,
        values=dict(stated.values_list("field", "value")),
        activities=[
            {"sector": item.sector_id, "role": item.role, "revenue_share": _text(item.revenue_share)}
            for item in company.activities.current().filter(is_disclosed=True)
        ],
        begun_by=by,
        revision=0,
    )


def _text(share: Decimal | None) -> str | None:
    return None if share is None else f"{share:f}"


@transaction.atomic
def save_part(
    company: Company,
    part: str,
    *,
    revision: int,
    values: Mapping[str, Any],
    activities: Sequence[Mapping[str, Any]] | None = None,
    by: User,
) -> Disclosure:
    """Keep one part of the draft, whose `revision` was read; the first one begins it.

    Raises StaleEdit where a colleague saved meanwhile.
    """
    locks.lock_company(company)
    disclosure = next_disclosure(company, by=by)
    if disclosure.revision != revision:
        raise StaleEdit(_("A colleague saved this part since you opened it. Your words are kept below."))
    disclosure.values = {**disclosure.values, **values}
    if activities is not None:
        disclosure.activities = list(activities)
    disclosure.parts_done = sorted({*disclosure.parts_done, part})
    disclosure.revision += 1
    disclosure.save()
    return disclosure


@transaction.atomic
def send_disclosure(company: Company, *, by: User) -> Disclosure:
    """Put what the company states on record, as facts of today with the company as their source.

    Raises RuleViolation while a part was never saved or a question of `unanswered` is open.
    """
    locks.lock_company(company)
    disclosure = next_disclosure(company, by=by)
    if missing := [str(part.label) for part in PARTS if part.slug not in disclosure.parts_done]:
        raise RuleViolation(_("Still to fill in: %(parts)s.") % {"parts": joined(missing)})
    if open_questions := unanswered(disclosure.values, disclosure.activities):
        words = joined(str(field.label) for _part, field in open_questions)
        raise RuleViolation(_("Still to answer: %(questions)s.") % {"questions": words})
    today = timezone.localdate()
    said = {"source": _("The company itself"), "source_url": "", "stated_on": today, "by": by}
    current = dict(
        CompanyFact.objects.current().filter(company=company, is_disclosed=True).values_list("field", "value")
    )
    for field, value in disclosure.values.items():
        if value is not None and (field not in current or current[field] != value):
            _state(company, field, value, said, is_disclosed=True)
    for activity in company.activities.current().filter(is_disclosed=True):
        _end(activity)
    for row in disclosure.activities:
        Activity.objects.create(
            company=company,
            sector_id=row["sector"],
            role=row["role"],
            revenue_share=Decimal(row["revenue_share"]) if row["revenue_share"] else None,
            is_disclosed=True,
            **said,
        )
    disclosure.sent_by, disclosure.sent_at = by, timezone.now()
    disclosure.save(update_fields=["sent_by", "sent_at"])
    record(company, "disclosure sent", by=by)
    return disclosure
