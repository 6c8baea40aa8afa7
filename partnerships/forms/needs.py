"""Shape of a need as a UN office types it, and of how it is settled."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.forms.offers import (
    KIND_HINTS,
    OFFERED_KINDS,
    GroupedCheckboxes,
    country_groups,
    currency_field,
    target_groups,
    theme_groups,
)
from partnerships.models import Need, NeedStatus
from portal.forms import ChoiceCards, DateParts, HintedCheckboxes, HintedRadios


class NeedForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    entity = forms.ModelChoiceField(label=_("UN entity"), queryset=UNEntity.objects.none(), empty_label=None)
    office_place = forms.CharField(
        label=_("Office"), max_length=80, required=False, help_text=_("For example Dhaka")
    )
    title = forms.CharField(
        label=_("Title"), max_length=160, help_text=_("What is needed, for whom, where: up to 160 characters")
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=4000,
        help_text=_("Businesses see these words. Say what it must do and what is there already."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    contribution_kinds = forms.MultipleChoiceField(
        label=_("What kinds of help serve?"),
        choices=OFFERED_KINDS,
        widget=HintedCheckboxes(hints=KIND_HINTS),
        error_messages={"required": _("Choose at least one kind of help")},
    )
    quantity = forms.DecimalField(
        label=_("How many?"),
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "dir": "ltr"}),
        error_messages={"invalid": _("Enter a number, for example 240")},
    )
    unit = forms.CharField(
        label=_("Of what?"),
        max_length=40,
        required=False,
        help_text=_("The unit, for example pumps, tonnes, days"),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    value_amount = forms.DecimalField(
        label=_("Estimated value"),
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "dir": "ltr"}),
    )
    currency = currency_field()
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        choices=theme_groups,
        widget=GroupedCheckboxes,
        error_messages={"required": _("Tick at least one theme")},
    )
    targets = forms.MultipleChoiceField(
        label=_("SDG targets"), choices=target_groups, required=False, widget=GroupedCheckboxes
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        choices=country_groups,
        required=False,
        help_text=_("None ticked means anywhere"),
        widget=GroupedCheckboxes,
    )
    needed_from = forms.DateField(label=_("Needed from"), required=False, widget=DateParts)
    needed_until = forms.DateField(label=_("Needed until"), required=False, widget=DateParts)
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"),
        choices=Need.Urgency,
        initial=Need.Urgency.NORMAL,
        widget=HintedRadios(
            hints={
                Need.Urgency.EMERGENCY: _("Shown first; offers kept ready for emergencies are told at once")
            }
        ),
    )
    beneficiaries = forms.CharField(label=_("Who benefits?"), max_length=200, required=False)
    constraints_note = forms.CharField(
        label=_("What an offer must respect"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, entities, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["entity"].queryset = entities  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("needed_from"), cleaned.get("needed_until")
        if first and last and last < first:
            self.add_error("needed_until", _("The need must end after it starts"))
        if cleaned.get("quantity") is not None and not cleaned.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("Say what you count, for example pumps"))
        if cleaned.get("value_amount") and not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Enter the currency of the amount, for example USD"))
        return cleaned

    def values(self) -> dict[str, Any]:
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return {**values, "currency": values["currency"].upper()}

    @staticmethod
    def initial_of(need: Need) -> dict[str, Any]:
        fields = [name for name in NeedForm.base_fields if name not in ("countries", "targets")]
        return {name: getattr(need, name) for name in fields} | {
            "countries": [country.pk for country in need.countries.all()],
            "targets": [target.pk for target in need.targets.all()],
        }


class SettleForm(forms.Form):
    status = forms.ChoiceField(
        label=_("How does it stand?"),
        choices=[
            (NeedStatus.PARTLY_MET, NeedStatus.PARTLY_MET.label),
            (NeedStatus.MET, NeedStatus.MET.label),
            (NeedStatus.CLOSED, NeedStatus.CLOSED.label),
        ],
        widget=ChoiceCards(
            consequences={
                NeedStatus.PARTLY_MET: _("Stays on the board for the rest"),
                NeedStatus.MET: _("Leaves the board, with thanks to those who gave"),
                NeedStatus.CLOSED: _("Leaves the board without being met"),
            }
        ),
    )
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
