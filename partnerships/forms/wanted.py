"""The fields that an offer and a need have in common, so that one can be held against the other."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.forms.choices import (
    KIND_HINTS,
    OFFERED_KINDS,
    CurrencyField,
    target_groups,
)
from portal.forms import GroupedCheckboxes, HintedCheckboxes
from portal.themes import theme_groups


class WhatFields(forms.Form):
    """What is given or looked for: kinds of help, how many of what, what it is worth."""

    title = forms.CharField(label=_("Short title"), max_length=80, help_text=_("Up to 80 characters"))
    contribution_kinds = forms.MultipleChoiceField(
        label=_("What kind of help is it?"),
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
        help_text=_("A number. You can say “up to” in the description."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "dir": "ltr"}),
        error_messages={"invalid": _("Enter how many, in digits, for example 400")},
    )
    unit = forms.CharField(
        label=_("Of what?"),
        max_length=40,
        required=False,
        help_text=_("The unit, for example pumps, tonnes, days"),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    description = forms.CharField(
        label=_("Describe it"),
        max_length=4000,
        help_text=_("What it is, its condition, what somebody needs to use it"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    value_amount = forms.DecimalField(
        label=_("What is it worth, about?"),
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("At what it costs you, without profit. It gives no advantage in the ranking."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "dir": "ltr"}),
        error_messages={"invalid": _("Enter an amount in digits, for example 25000")},
    )
    currency = CurrencyField()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("quantity") is not None and not cleaned.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("Say what you count, for example pumps"))
        if cleaned.get("value_amount") and not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Enter the currency of the amount, for example USD"))
        return cleaned


class GoalFields(forms.Form):
    """What it is about."""

    themes = forms.MultipleChoiceField(
        label=_("What is it about?"),
        choices=theme_groups,
        help_text=_("Tick what it is made for, rather than all it might touch"),
        widget=GroupedCheckboxes,
        error_messages={"required": _("Tick at least one theme")},
    )
    targets = forms.MultipleChoiceField(
        label=_("Targets of the Sustainable Development Goals"),
        choices=target_groups,
        required=False,
        help_text=_("If you know them: what names the same target is found first."),
        widget=GroupedCheckboxes,
    )
