"""What the history says of a record, or of a file of records."""

from django.db.models import QuerySet

from partnerships.models import Partnership, RecordImport
from portal.models import AuditEvent


def events_of(record: Partnership | RecordImport) -> QuerySet[AuditEvent]:
    """Every event of a row, the oldest first."""
    return AuditEvent.objects.filter(
        subject_type=record._meta.label_lower, subject_id=str(record.pk)
    ).order_by("id")


def moves_of(record: Partnership) -> QuerySet[AuditEvent]:
    """Its changes of status."""
    return events_of(record).filter(action__startswith="moved to ")


def last_move(record: Partnership, status: str) -> AuditEvent | None:
    return moves_of(record).filter(action=f"moved to {status}").last()
