"""Forms of the dossier: one question a field, made from `screening.dossier`."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.forms import DateParts, HintedCheckboxes
from portal.models import Country, Sector
from screening.dossier import MAIN_ACTIVITY, Choices, Field, Part
from screening.models import ActivityRole, AllegationStatus, CompactStatus, Theme

WEB = URLValidator(schemes=["http", "https"])
YES_NO = [("", _("Not stated")), ("yes", _("Yes")), ("no", _("No"))]
NONE = "none"  # of the products asked about
COUNTRY_HINT = _("One a line, by name or code")
DISCLOSED_ACTIVITIES = 4


class LinesField(forms.CharField):
    """A list of texts, one a line; at most 40 of 200 characters."""

    widget = forms.Textarea({"rows": 3})

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > 40 or any(len(line) > 200 for line in lines):
            raise ValidationError(_("Enter 40 lines at most, of 200 characters each"))
        return lines

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class CountriesField(LinesField):
    """Countries, one a line, by name or three-letter code; gives their codes."""

    def clean(self, value: Any) -> list[str]:
        codes = []
        for word in super().clean(value):
            country = Country.objects.filter(
                Q(iso3__iexact=word) | Q(short_en__iexact=word) | Q(name_en__iexact=word)
            ).first()
            if country is None:
                raise ValidationError(
                    _("“%(word)s” is no country we know. Enter its English name or code"),
                    params={"word": word},
                )
            codes.append(country.pk)
        return list(dict.fromkeys(codes))


class ProductsField(forms.MultipleChoiceField):
    """Some of the choices, or the one that says "none of these": an untouched list is no statement."""

    widget = HintedCheckboxes

    def __init__(self, *, choices: Choices, **kwargs):
        super().__init__(choices=[*choices, (NONE, _("None of these"))], **kwargs)

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        if NONE in chosen and len(chosen) > 1:
            raise ValidationError(_("Tick “None of these” alone, or what the company has to do with"))
        return chosen


def form_field(field: Field) -> forms.Field:
    """The question that a field of the dossier asks. Empty means: not stated."""
    common: dict[str, Any] = {"label": field.label, "help_text": field.hint, "required": False}
    if field.kind == "number":
        return forms.IntegerField(min_value=0, max_value=10**15, **common)
    if field.kind == "percent":
        return forms.IntegerField(min_value=0, max_value=100, **common)
    if field.kind == "year":
        return forms.IntegerField(min_value=1600, max_value=timezone.localdate().year, **common)
    if field.kind == "yes_no":
        return forms.TypedChoiceField(
            choices=YES_NO, coerce=lambda word: word == "yes", empty_value=None, **common
        )
    if field.kind == "date":
        return forms.DateField(widget=DateParts, **common)
    if field.kind == "url":
        return forms.URLField(assume_scheme="https", validators=[WEB], max_length=500, **common)
    if field.kind == "choice":
        return forms.ChoiceField(choices=[("", _("Not stated")), *field.choices], **common)
    if field.kind == "choices":
        return ProductsField(choices=field.choices, **common)
    if field.kind in ("lines", "countries"):
        kind = CountriesField if field.kind == "countries" else LinesField
        hint = field.hint or (
            _("One a line, by name or code") if field.kind == "countries" else _("One a line")
        )
        return kind(**{**common, "help_text": hint})
    return forms.CharField(max_length=200, **common)


def to_store(field: Field, value: Any) -> Any:
    """A cleaned value as the dossier keeps it: JSON; None where nothing was stated.

    "None of these" products is kept as an empty list, which is a statement.
    """
    if field.kind == "date":
        return value.isoformat() if value else None
    if value == [NONE]:
        return []
    return None if value in ("", None, []) else value


def to_show(field: Field, value: Any) -> Any:
    """A kept value as a form takes it."""
    if field.kind == "yes_no" and value is not None:
        return "yes" if value else "no"
    if field.kind == "choices" and value == []:
        return [NONE]
    return value


class SourceForm(forms.Form):
    """Who says so, and as of when: what every statement of the dossier carries."""

    source = forms.CharField(
        label=_("Source"),
        help_text=_("Who says so: a register, a report, a newspaper"),
        max_length=200,
        error_messages={"required": _("Say where you read this")},
    )
    source_url = forms.URLField(
        label=_("Link"), required=False, assume_scheme="https", validators=[WEB], max_length=500
    )
    stated_on = forms.DateField(
        label=_("As of"), widget=DateParts, error_messages={"required": _("Say of which day this is")}
    )

    def clean_stated_on(self):
        day = self.cleaned_data["stated_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day lies ahead"))
        return day


class FactForm(SourceForm):
    field_order = ["value", "source", "source_url", "stated_on"]

    def __init__(self, *args, field: Field, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["value"] = form_field(field)
        self.fields["value"].required = field.kind not in ("yes_no", "choice")
        self.order_fields(self.field_order)


class SectorField(forms.CharField):
    """An ISIC Rev.4 code, of a section or closer; gives the Sector."""

    def clean(self, value: Any) -> Sector | None:
        code = super().clean(value).strip().partition(" ")[0].upper()
        if not code:
            return None
        sector = Sector.objects.filter(pk=code).first()
        if sector is None:
            raise ValidationError(_("There is no activity with this code in ISIC Rev.4"))
        return sector


class ActivityForm(SourceForm):
    field_order = ["sector", "role", "revenue_share", "countries"]
    sector = SectorField(
        label=_("Activity"),
        help_text=_("Its code in ISIC Rev.4, such as 1410; begin to type to find it"),
        max_length=200,
        widget=forms.TextInput({"list": "isic", "autocomplete": "off"}),
        error_messages={"required": _("Enter the code of the activity")},
    )
    role = forms.ChoiceField(label=_("Its part in it"), choices=ActivityRole.choices)
    revenue_share = forms.DecimalField(
        label=_("Share of revenue, per cent"),
        help_text=_("Left empty, the share is unknown and counts as core"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
    )
    countries = CountriesField(
        label=_("Countries"), help_text=_("One a line, by name or code"), required=False
    )


class ControversyForm(SourceForm):
    field_order = ["title", "on", "theme", "severity", "allegation", "company_reply", "countries"]
    title = forms.CharField(
        label=_("What is alleged"),
        max_length=300,
        error_messages={"required": _("Say in one line what is alleged")},
    )
    on = forms.DateField(
        label=_("When it happened"), widget=DateParts, error_messages={"required": _("Say when")}
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        help_text=_("From 1, slight, to 5, grave. From 4 on, a cleared company is examined again"),
        choices=[(n, n) for n in range(1, 6)],
        coerce=int,
    )
    allegation = forms.ChoiceField(label=_("Status"), choices=AllegationStatus.choices)
    company_reply = forms.CharField(
        label=_("What the company says"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
    )
    countries = CountriesField(
        label=_("Countries"), help_text=_("One a line, by name or code"), required=False
    )

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day lies ahead"))
        return day


class CompactEventForm(SourceForm):
    field_order = ["status", "on", "reason", "participant_id", "report_due_on"]
    status = forms.ChoiceField(label=_("Standing"), choices=CompactStatus.choices)
    on = forms.DateField(label=_("Since"), widget=DateParts, error_messages={"required": _("Say since when")})
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)
    participant_id = forms.CharField(label=_("Participant number"), required=False, max_length=20)
    report_due_on = forms.DateField(label=_("Next report due"), required=False, widget=DateParts)


class DisclosureForm(forms.Form):
    """One part of what a company states about itself. Beside a few answers empty means: not stated.

    `is_partial`: it is put aside for later, so what is missing is no error.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, part: Part, activities: list[dict], is_partial: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.part = part
        self.is_partial = is_partial
        if part.slug == "activities":
            for number in range(DISCLOSED_ACTIVITIES):
                row = activities[number] if number < len(activities) else {}
                self._add_activity(number, row)
        for field in part.fields:
            self.fields[field.name] = form_field(field)
            self.fields[field.name].required = field.is_required

    def full_clean(self) -> None:
        asked = [field for name, field in self.fields.items() if field.required and name != "revision"]
        for field in asked:
            field.required = not self.is_partial
        super().full_clean()
        for field in asked:  # the labels still say so
            field.required = True

    def _add_activity(self, number: int, row: dict) -> None:
        label: Any = MAIN_ACTIVITY.label if number == 0 else _("Another activity")
        self.fields[f"sector_{number}"] = SectorField(
            label=label,
            help_text=_("Its code in ISIC Rev.4, such as 1410; begin to type to find it"),
            required=number == 0,
            max_length=200,
            initial=row.get("sector", ""),
            widget=forms.TextInput({"list": "isic", "autocomplete": "off"}),
        )
        self.fields[f"role_{number}"] = forms.ChoiceField(
            label=_("Your part in it"),
            required=False,
            choices=[("", _("Not stated")), *ActivityRole.choices],
            initial=row.get("role", ""),
        )
        self.fields[f"share_{number}"] = forms.DecimalField(
            label=_("Share of revenue, per cent"),
            required=False,
            min_value=Decimal(0),
            max_value=Decimal(100),
            max_digits=5,
            decimal_places=2,
            initial=row.get("revenue_share"),
        )

    def clean(self):
        data = super().clean() or {}
        if self.part.slug == "activities":
            for number in range(DISCLOSED_ACTIVITIES):
                if data.get(f"sector_{number}") and not data.get(f"role_{number}"):
                    self.add_error(f"role_{number}", _("Say what your part in it is"))
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {field.name: to_store(field, self.cleaned_data[field.name]) for field in self.part.fields}

    @property
    def activities(self) -> list[dict] | None:
        """The activities as `services.dossier.save_part` takes them; None where this part has none."""
        if self.part.slug != "activities":
            return None
        data = self.cleaned_data
        return [
            {
                "sector": data[f"sector_{n}"].pk,
                "role": data[f"role_{n}"],
                "revenue_share": None if data[f"share_{n}"] is None else f"{data[f'share_{n}']:f}",
            }
            for n in range(DISCLOSED_ACTIVITIES)
            if data.get(f"sector_{n}")
        ]
