"""Lists of readers who consented elsewhere: read in the background, with an answer for each row."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import ReaderImport, RowOutcome, Subscriber, SubscriberStatus, Suppression
from portal.errors import RuleViolation
from portal.history import record
from portal.jobs import enqueue
from portal.models import User

MOST_ROWS = 200_000
BATCH = 2000
CONSENT_ELSEWHERE = "elsewhere"  # in place of the version of our own text
Row = tuple[int, str, str]  # row number from 1 with the head, address, language


@transaction.atomic
def import_readers(
    content: str, *, consent_source: str, topics: Sequence[str], language: str, by: User
) -> ReaderImport:
    """Take a CSV with the column `email` and, where given, `language`; a job reads it.

    Raises PermissionDenied without the role; RuleViolation for a list without that column or with no row.
    """
    if not by.has_perm("focalpoints.edit_newsletter"):
        raise PermissionDenied
    if not consent_source.strip():
        raise RuleViolation(_("Say where these readers consented. Without consent nobody is added."))
    if next(_rows(content, language), None) is None:
        raise RuleViolation(_("The list has no rows below its head."))
    listed = ReaderImport.objects.create(
        consent_source=consent_source.strip(),
        topics=list(topics),
        language=language,
        content=content,
        created_by=by,
    )
    record(listed, "uploaded a list of readers", by=by, note=listed.consent_source)
    enqueue("focalpoints.read_readers", key=f"read_readers:{listed.pk}", import_id=listed.pk)
    return listed


def read_readers(import_id: int) -> None:
    """Add the readers of a list. Read again after a failure it adds nobody twice."""
    listed = ReaderImport.objects.select_for_update(no_key=True).get(pk=import_id)
    if listed.finished_at:
        return
    counts: Counter[str] = Counter()
    report: list[tuple[int, str]] = []
    seen: set[str] = set()
    rows = _rows(listed.content, listed.language)
    while batch := list(islice(rows, BATCH)):
        for number, outcome in _add_batch(listed, batch, seen):
            counts[outcome] += 1
            if outcome != RowOutcome.ADDED:
                report.append((number, outcome))
    listed.counts, listed.report, listed.content = dict(counts), report, ""
    listed.finished_at = timezone.now()
    listed.save(update_fields=["counts", "report", "content", "finished_at"])
    record(listed, "added readers", by=None, note=str(counts[RowOutcome.ADDED]))


def _rows(content: str, language: str) -> Iterator[Row]:
    head, _newline, _rest = content.partition("\n")
    delimiter = ";" if head.count(";") > head.count(",") else ","
    rows = csv.DictReader(io.StringIO(content, newline=""), delimiter=delimiter)
    names = {name.strip().lower(): name for name in rows.fieldnames or [] if name}
    if "email" not in names:
        raise RuleViolation(_("The first row must name a column “email”."))
    try:
        for number, row in enumerate(rows, 2):
            if number > MOST_ROWS + 1:
                raise RuleViolation(_("The list has more than %(n)d rows. Divide it.") % {"n": MOST_ROWS})
            address = (row[names["email"]] or "").strip().lower()
            spoken = (row[names["language"]] or "").strip().lower() if "language" in names else ""
            if address or spoken:
                yield number, address, spoken or language
    except csv.Error as error:
        raise RuleViolation(_("The list cannot be read: %(error)s") % {"error": error}) from error


def _add_batch(listed: ReaderImport, batch: Iterable[Row], seen: set[str]) -> list[tuple[int, str]]:
    """The outcome of each row of a batch; the readers among them are created."""
    outcomes, fresh = [], {}
    for number, address, language in batch:
        outcome = _fault(address, language, seen)
        seen.add(address)
        if outcome:
            outcomes.append((number, outcome))
        else:
            fresh[address] = (number, language)
    known = set(Subscriber.objects.filter(email__in=fresh).values_list("email", flat=True))
    hashes = {Suppression.hash_of(address): address for address in fresh}
    barred = Suppression.objects.filter(address_hash__in=hashes).values_list("address_hash", flat=True)
    suppressed = {hashes[found] for found in barred}
    now, new = timezone.now(), []
    for address, (number, language) in fresh.items():
        if address in suppressed:
            outcomes.append((number, RowOutcome.SUPPRESSED))
        elif address in known:
            outcomes.append((number, RowOutcome.KNOWN))
        else:
            outcomes.append((number, RowOutcome.ADDED))
            new.append(
                Subscriber(
                    email=address,
                    language=language,
                    topics=listed.topics,
                    status=SubscriberStatus.CONFIRMED,
                    confirmed_at=now,
                    consent_text=CONSENT_ELSEWHERE,
                    source=f"import {listed.pk}",
                )
            )
    Subscriber.objects.bulk_create(new)
    return sorted(outcomes)


def _fault(address: str, language: str, seen: set[str]) -> str:
    if address in seen:
        return RowOutcome.REPEATED
    try:
        validate_email(address)
    except ValidationError:
        return RowOutcome.NO_ADDRESS
    # The validator allows quoted names ("a b"@c.org), which no list of ours needs; the table refuses them.
    if any(c in address for c in '"<>,;:') or not address.isascii():
        return RowOutcome.NO_ADDRESS
    return "" if language in dict(settings.LANGUAGES) else RowOutcome.NO_LANGUAGE
