"""The record of what happened: `record` an event, `move` a status. The only writers of AuditEvent."""

from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext as _

from portal.errors import RuleViolation
from portal.models import AuditEvent, User


def record(
    subject: models.Model,
    action: str,
    *,
    by: User | None,
    note: str = "",
    changes: Mapping[str, list[Any]] | None = None,
) -> AuditEvent:
    """Append one event in the caller's transaction. `changes` is {field: [before, after]}."""
    encoder = DjangoJSONEncoder()
    return AuditEvent.objects.create(
        by=by,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:300],
        note=note,
        changes={
            field: [value if _is_plain(value) else encoder.default(value) for value in pair]
            for field, pair in (changes or {}).items()
        },
    )


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool | list | dict)


def changed_fields(subject: models.Model, new_values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{field: [before, after]} for the given plain fields of `subject` that would change."""
    return {
        field: [getattr(subject, field), value]
        for field, value in new_values.items()
        if getattr(subject, field) != value
    }


def move(
    subject: models.Model, to: str, *, moves: Mapping[Any, set], by: User | None, note: str = ""
) -> AuditEvent:
    """Set the status of a locked row, if its table of moves allows it, and record the move.

    The only code that assigns a status. Raises RuleViolation for a move the table does not have.
    """
    before = subject.status  # type: ignore[attr-defined]
    if to not in moves[before]:
        labels = dict(subject._meta.get_field("status").flatchoices)  # type: ignore[union-attr]
        raise RuleViolation(
            _("This is “%(before)s” and cannot become “%(to)s”.")
            % {"before": labels.get(before, before), "to": labels.get(to, to)}
        )
    subject.status = to  # type: ignore[attr-defined]
    subject.save(update_fields=["status"])
    return record(subject, f"moved to {to}", by=by, note=note, changes={"status": [before, str(to)]})
