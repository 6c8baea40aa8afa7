"""What every form about a record is made of: a step, its rows, and the fields they share."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.models import Partnership
from portal.forms import DateParts

PARTIAL_HINT = _("As far as it is known: 2027, 2027-03 or 2027-03-01")
YES_NO = [("", _("Not stated")), ("true", _("Yes")), ("false", _("No"))]
# Arguments of services.edit_partnership that are sets of rows of other tables.
MANY = ("countries", "targets", "regions", "focal_points")


def short(width: int = 10, **attrs) -> forms.TextInput:
    return forms.TextInput(
        {"class": f"govuk-input--width-{width}", "dir": "ltr", "autocomplete": "off", **attrs}
    )


def text(rows: int = 4) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


def yes_no(label: Any, *choices: tuple[str, str | Promise]) -> forms.NullBooleanField:
    """A question that may stay open. `choices` are the words for "", "true" and "false"."""
    return forms.NullBooleanField(
        label=label, required=False, widget=forms.Select(choices=list(choices) or YES_NO)
    )


class EntityField(forms.ModelChoiceField):
    def label_from_instance(self, obj: UNEntity) -> str:
        return obj.full_name


class PlainForm(forms.ModelForm):
    """Says "Choose" in an empty select and names the field that was left out."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.required and "required" in field.error_messages:
                field.error_messages["required"] = _("Fill in “%(label)s”") % {"label": field.label}
            if isinstance(field, forms.ModelMultipleChoiceField):
                continue
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = _("Choose") if field.required else _("Not stated")
            elif isinstance(field, forms.DateField) and not isinstance(field.widget, DateParts):
                field.widget = DateParts()
            elif isinstance(field, forms.TypedChoiceField) and isinstance(field.widget, forms.Select):
                blank = _("Choose") if field.required else _("Not stated")
                choices = cast(Iterable[tuple[Any, Any]], field.choices)
                field.choices = [(value, label if value != "" else blank) for value, label in choices]


class PercentField(forms.DecimalField):
    """A share from 0 to 1, typed and shown in per cent."""

    def __init__(self, **kwargs):
        super().__init__(
            min_value=0,
            max_value=100,
            max_digits=4,
            decimal_places=1,
            required=False,
            widget=short(4),
            **kwargs,
        )

    def clean(self, value):
        percent = super().clean(value)
        return None if percent is None else percent / 100

    def prepare_value(self, value):
        return f"{value * 100:.1f}".removesuffix(".0") if hasattr(value, "as_tuple") else value


class ReferenceField(forms.CharField):
    """Another record of the registry, by its reference. Who sees the link is for the page that shows it."""

    def __init__(self, **kwargs):
        super().__init__(required=False, max_length=20, widget=short(), **kwargs)

    def clean(self, value: str) -> Partnership | None:
        reference = super().clean(value).strip().upper()
        if not reference:
            return None
        record = Partnership.objects.exclude(status="withdrawn").filter(reference=reference).first()
        if record is None:
            raise ValidationError(_("No record has the reference %(reference)s") % {"reference": reference})
        return record

    def prepare_value(self, value):
        if isinstance(value, int):
            return Partnership.objects.values_list("reference", flat=True).get(pk=value)
        return getattr(value, "reference", value)

    def has_changed(self, initial, data) -> bool:
        return self.prepare_value(initial) != (data or None)


class RecordForm(PlainForm):
    """A step of a record. `rows` are the kinds of rows on the same page, by the argument of the service.

    They stand above the fields, where most of the step is; `has_rows_below` turns that about.
    """

    heading: str | Promise = ""
    lead: str | Promise = ""
    rows: dict[str, type["RowForm"]] = {}
    has_rows_below = False

    def values(self) -> dict[str, Any]:
        """Arguments of services.edit_partnership from a valid form."""
        many: dict[str, Any] = {name: self.cleaned_data[name] for name in MANY if name in self.cleaned_data}
        plain = {name: value for name, value in self.cleaned_data.items() if name not in many}
        return {"values": plain, **many}


class RowForm(PlainForm):
    """One row of a kind. A row that was there carries its `id`; an empty new one is left out."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title: str | Promise = ""  # of a row that is there
    new_title: str | Promise = ""  # of the empty row for one more
    plural: str | Promise = ""  # heads the rows of the kind
    is_unfinished = False  # whether a row that is there asks for more

    def __init__(self, *args, record: Partnership, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = record

    @classmethod
    def initial_of(cls, row) -> dict[str, Any]:
        return {"id": row.pk, "label": str(row), **forms.model_to_dict(row, fields=cls._meta.fields)}

    @property
    def label(self) -> str:
        return self.initial.get("label", "")


class Rows(forms.BaseFormSet):
    """The rows of one kind on a page: those there are, and one empty row for one more."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if index is not None and index < self.initial_form_count():
            form.fields["DELETE"].label = _("Remove this")
        elif "DELETE" in form.fields:
            del form.fields["DELETE"]

    @property
    def plural(self) -> str | Promise:
        return self.form.plural

    @property
    def kept(self) -> list[dict[str, Any]]:
        """The rows to keep, in order, as values of their model."""
        known = self.initial_form_count()
        return [
            {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
            for place, form in enumerate(self.forms)
            if (place < known and not form.cleaned_data.get("DELETE"))
            or (place >= known and form.has_changed())
        ]


def rows_formset(
    kind: type[RowForm], name: str, record: Partnership, rows: QuerySet, data: Mapping | None
) -> Rows:
    formset = forms.formset_factory(kind, formset=Rows, can_delete=True, extra=1, max_num=60, absolute_max=80)
    initial = [kind.initial_of(row) for row in rows]
    return cast(Rows, formset(data, initial=initial, prefix=name, form_kwargs={"record": record}))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=text(3),
        error_messages={"required": _("Give the reason")},
    )
