"""Answers in words: what a page to check, or a page with two versions, shows of a form."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships import labels
from partnerships.forms.partnerships.base import PercentField, ReferenceField, RowForm
from partnerships.models.dates import PartialDate
from portal.marks import joined
from portal.templatetags.portal import amount


def in_words(field: forms.Field, value: Any) -> str:
    """A value as it is shown to its reader: labels for choices, names for rows, "" for nothing."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, ReferenceField | PercentField):
        return str(field.prepare_value(value))
    if isinstance(field, forms.ModelMultipleChoiceField):
        rows = field.queryset.filter(pk__in=[getattr(row, "pk", row) for row in value])  # type: ignore[union-attr]
        return joined(map(str, rows))
    if isinstance(field, forms.ModelChoiceField):
        row = value if hasattr(value, "pk") else field.queryset.filter(pk=value).first()  # type: ignore[union-attr]
        return str(row or "")
    if isinstance(field, forms.ChoiceField | forms.NullBooleanField):
        choices = getattr(field, "choices", None) or field.widget.choices
        return joined(_labels(choices, value if isinstance(value, list) else [value]))
    if isinstance(value, bool):
        return str(_("Yes")) if value else str(_("No"))
    if isinstance(field, PartialDate) or isinstance(value, date):
        return labels.partial_date(str(value))
    return amount(value) if isinstance(value, Decimal) else str(value)


def _labels(choices, values: list) -> list[str]:
    known: dict[str, Any] = {}
    for value, label in choices:
        known |= dict(label) if isinstance(label, list | tuple) else {value: label}
    known = {str(value): str(label) for value, label in known.items()}
    return [
        known.get(str(value).lower() if isinstance(value, bool) else str(value), str(value))
        for value in values
    ]


def answers(form: forms.BaseForm) -> list[tuple[str, str]]:
    """(label, answer) of each field: what was typed in a valid form, else what the record holds."""
    found = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name) if form.is_bound else form.get_initial_for_field(field, name)
        found.append((str(field.label), in_words(field, value)))
    return found


def row_answer(form: RowForm) -> str:
    """One row in a line: its label, and after it what the label does not say."""
    label = str(form.label)
    parts = [label] if label else []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name) if form.is_bound else form.get_initial_for_field(field, name)
        words = "" if name in ("id", "DELETE") else in_words(field, value)
        if words and words not in label:
            parts.append(f"{field.label}: {words}")
    return joined(parts, ";")
