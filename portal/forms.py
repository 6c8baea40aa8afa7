"""How plain Django forms become GOV.UK markup: one renderer, one bound field, three widgets.

FORM_RENDERER names PortalRenderer, so every form of the portal and of its packages uses it.
A form needs no classes: labels, hints (`help_text`), errors, ids and links between them come from here
and from templates/forms/ and templates/django/forms/widgets/.
"""

import datetime
from collections.abc import Iterable, Iterator
from inspect import isclass
from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.typed import plain_digits, plain_number

# What people may type in any of our six languages: the field takes the direction of its content.
FREE_TEXT = (forms.TextInput, forms.Textarea)
INPUT_CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.Select, "govuk-select"),
    (forms.Textarea, "govuk-textarea"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.widgets.Input, "govuk-input"),
]


def _words_of_django() -> Iterator[Any]:
    """Its own messages of fields and validators, as the objects that an error carries."""
    for module in (forms.fields, forms.models, validators):
        for kind in filter(isclass, vars(module).values()):
            if issubclass(kind, forms.Field):
                yield from kind.default_error_messages.values()
            elif module is validators:
                yield getattr(kind, "message", None)
    yield from validators.DecimalValidator.messages.values()


OVER = _("This day is over. Enter today or a day to come.")
# "Enter a number." says nothing away from its field; what this portal words itself does, but for one.
NAMELESS = frozenset(map(id, [*_words_of_django(), OVER]))


class PortalBoundField(BoundField):
    """Adds to each input its class, direction and keyboard; the field's own attributes win."""

    def build_widget_attrs(self, attrs: dict, widget: forms.Widget | None = None) -> dict:
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if self.is_group and not isinstance(widget, DateParts):
            attrs.pop("aria-invalid", None)  # said once by the group; a radio cannot say it
        if widget.is_hidden or self.is_group:
            return attrs
        if self.aria_describedby:
            attrs.setdefault("aria-describedby", self.aria_describedby)
        attrs["class"] = " ".join(filter(None, [self._class(widget), widget.attrs.get("class")]))
        attrs["placeholder"] = False  # hints stand above the field, where they stay while one types
        if type(widget) in FREE_TEXT:
            attrs["dir"] = widget.attrs.get("dir", "auto")
        if isinstance(self.field, forms.DecimalField | forms.FloatField):
            attrs["inputmode"] = "decimal"
        elif isinstance(self.field, forms.IntegerField):
            attrs["inputmode"] = "numeric"
        if isinstance(widget, forms.EmailInput):
            attrs["autocomplete"] = widget.attrs.get("autocomplete", "email")
        if isinstance(widget, forms.EmailInput | forms.URLInput):
            attrs["spellcheck"] = "false"
        return attrs

    @property
    def data(self) -> Any:
        """What was typed; a number or a date in plain digits, which is also how it comes back."""
        typed = super().data
        if isinstance(typed, str):
            if isinstance(self.field, forms.IntegerField):  # decimals are a kind of it
                return plain_number(typed, getattr(self.field, "decimal_places", 0))
            if isinstance(self.field, forms.DateField):
                return plain_digits(typed)
        return typed

    def _class(self, widget: forms.Widget) -> str:
        if isinstance(widget, forms.CheckboxInput):
            return "govuk-checkboxes__input"
        name = next((name for kind, name in INPUT_CLASSES if isinstance(widget, kind)), "")
        return f"{name} {name}--error" if name and self.errors else name

    @property
    def is_group(self) -> bool:
        """Several inputs under one question: radios, checkboxes, the parts of a date."""
        return bool(self.field.widget.use_fieldset) and not isinstance(self.field.widget, forms.FileInput)

    @property
    def is_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_optional(self) -> bool:
        """Whether the label says so. A form of filters sets `marks_optional = False`."""
        return not self.field.required and not self.is_checkbox and getattr(self.form, "marks_optional", True)


def focus_id(field: BoundField) -> str:
    """The id an error links to: the input, or the first of a group."""
    if isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


def error_links(form: forms.BaseForm, rows: Iterable[forms.BaseForm] = ()) -> list[dict]:
    """Every error of a form, and of its rows, as {"id" of the input ("" if of the whole form), "message"}.

    A message in words of Django's own is preceded by the label of its field.
    """
    links = [{"id": "", "message": message} for message in form.non_field_errors()]
    for field in form.visible_fields():
        for error in field.errors.as_data():
            message = str(next(iter(error)))
            text = f"{field.label} – {message}" if id(error.message) in NAMELESS else message
            links.append({"id": focus_id(field), "message": text})
    for field in form.hidden_fields():
        links += [{"id": "", "message": message} for message in field.errors]
    return links + [link for row in rows for link in error_links(row)]


class PortalRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"
    bound_field_class = PortalBoundField


class DateParts(forms.Widget):
    """A date as three inputs, day, month and year, in that order in every language.

    Answers "2027-02-28" to its DateField; what cannot be a date is kept as typed and refused by the field.
    """

    template_name = "forms/date_parts.html"
    use_fieldset = True
    PARTS = (("day", _("Day"), 2), ("month", _("Month"), 2), ("year", _("Year"), 4))

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        if isinstance(value, datetime.date):
            value = f"{value:%Y-%m-%d}"
        year, month, day = [*str(value or "").split("-"), "", "", ""][:3]
        context["widget"]["is_wrong"] = "aria-invalid" in context["widget"]["attrs"]
        typed = {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}
        context["widget"]["parts"] = [
            {
                "name": f"{name}_{part}",
                "id": f"{context['widget']['attrs'].get('id', name)}_{part}",
                "label": label,
                "width": width,
                "value": typed[part],
            }
            for part, label, width in self.PARTS
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        day, month, year = (
            str(data.get(f"{name}_{part}", "")).strip() for part, _label, _width in self.PARTS
        )
        if not (day or month or year):
            return data.get(name)  # an API or a test may send the date whole
        return f"{year}-{month:0>2}-{day:0>2}"

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and not any(f"{name}_{part}" in data for part, _label, _width in self.PARTS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_day"


class ChoiceCards(forms.RadioSelect):
    """Radios as cards, for a decision with consequences: each says what follows from it.

    `consequences` maps a value to that sentence, `keys` to the letter that chooses it. `hides_legend`
    leaves the question to the heading above the cards and to assistive technology.
    """

    template_name = "forms/choice_cards.html"

    def __init__(
        self,
        attrs=None,
        choices=(),
        *,
        consequences: dict | None = None,
        keys: dict | None = None,
        hides_legend: bool = False,
    ):
        super().__init__(attrs, choices)
        self.hides_legend = hides_legend
        self.consequences = consequences or {}
        self.keys = keys or {}

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None) -> dict:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        return {**option, "consequence": self.consequences.get(value, ""), "key": self.keys.get(value, "")}


class GroupedCheckboxes(forms.CheckboxSelectMultiple):
    """Many checkboxes in groups that open and close; a group with a tick in it starts open."""

    template_name = "forms/grouped_checkboxes.html"

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"]["groups"] = [
            {"label": label, "options": options, "chosen": sum(option["selected"] for option in options)}
            for label, options, _index in context["widget"]["optgroups"]
        ]
        return context


class Hinted(forms.widgets.ChoiceWidget):
    """Options, some with a hint under their label: `hints` maps a value to it."""

    def __init__(self, attrs=None, choices=(), *, hints: dict | None = None):
        super().__init__(attrs, choices)
        self.hints = hints or {}

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None) -> dict:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        return {**option, "hint": self.hints.get(value, "")}


class HintedCheckboxes(Hinted, forms.CheckboxSelectMultiple):
    pass


class HintedRadios(Hinted, forms.RadioSelect):
    pass


def refuse_past(form: forms.BaseForm, *names: str) -> None:
    """Refuse days that are over in fields that mean the future; a day the form began with may stay."""
    for name in names:
        day = form.cleaned_data.get(name)
        if day and day < timezone.localdate() and day != form.initial.get(name):
            form.add_error(name, ValidationError(OVER))


def offer_choices(form: forms.BaseForm, **choices: Any) -> None:
    """Say what may be chosen in fields of this form: rows, or pairs of value and label, by field name."""
    for name, offered in choices.items():
        field = form.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = offered
        else:
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered


class UploadField(forms.FileField):
    """A file as `portal.attachments.accept` takes it; the hint says what that is."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("File"))
        kwargs.setdefault("help_text", _("PDF, DOCX, XLSX, PNG, JPG, CSV or TXT, up to 20 MB."))
        kwargs.setdefault(
            "widget", forms.FileInput(attrs={"accept": ".pdf,.docx,.xlsx,.png,.jpg,.jpeg,.csv,.txt"})
        )
        super().__init__(max_length=255, **kwargs)
