from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import GeneratedField
from django.db.models.functions import Cast, NullIf, Substr
from django.utils.translation import gettext_lazy as _

from portal.typed import plain_date

PARTIAL_DATE = r"^(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?$"
SHAPE = RegexValidator(PARTIAL_DATE, _("Enter a year, a month as 2001-05, or a day as 2001-05-17."))


class PartialDate(forms.CharField):
    """What is typed for a `PartialDateField`, in any digits."""

    def __init__(self, **kwargs):
        kwargs.setdefault("validators", [SHAPE])
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return plain_date(super().to_python(value) or "")


class PartialDateField(models.CharField):
    """A date as far as it is known: "", "2001", "2001-05" or "2001-05-17". Sorts as text."""

    def __init__(self, *args, **kwargs):
        kwargs |= {"max_length": 10, "blank": True}
        kwargs.setdefault("validators", [SHAPE])
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        return plain_date(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PartialDate, **kwargs})


def year_of(field: str) -> GeneratedField:
    return GeneratedField(
        expression=Cast(NullIf(Substr(field, 1, 4), models.Value("")), models.IntegerField()),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
