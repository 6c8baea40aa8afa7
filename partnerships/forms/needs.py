"""Shape of a need as a UN office types it, of a joint appeal, and of how a need is settled."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships import labels
from partnerships.forms.choices import CurrencyField, country_groups
from partnerships.forms.wanted import GoalFields, WhatFields
from partnerships.models import Appeal, Need, NeedStatus, NeedVisibility
from portal.forms import ChoiceCards, DateParts, GroupedCheckboxes, HintedRadios, offer_choices, refuse_past
from portal.models import Sector


def section_choices() -> list[tuple[str, str]]:
    """Sections of ISIC Rev.4 by letter."""
    sections = [s for s in labels.reference(Sector).values() if s.level == "section"]
    return [(s.pk, s.title_en) for s in sorted(sections, key=lambda s: s.pk)]


class NeedForm(WhatFields, GoalFields):
    field_order = (
        "version", "entity", "office_place", "contact_role", "title", "description", "contribution_kinds",
        "quantity", "unit", "value_amount", "currency", "themes", "targets", "countries", "needed_from",
        "needed_until", "urgency", "beneficiaries", "constraints_note", "preferred_sectors", "appeal",
        "visibility",
    )  # fmt: skip

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    entity = forms.ModelChoiceField(label=_("UN entity"), queryset=UNEntity.objects.none(), empty_label=None)
    office_place = forms.CharField(
        label=_("Office"), max_length=80, required=False, help_text=_("For example Dhaka")
    )
    contact_role = forms.CharField(
        label=_("Who answers questions?"),
        max_length=120,
        required=False,
        help_text=_("A role, no name: for example supply officer"),
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

    preferred_sectors = forms.MultipleChoiceField(
        label=_("Lines of business looked for"),
        choices=section_choices,
        required=False,
        help_text=_("Shown to businesses; an offer from another line counts as much"),
        widget=forms.CheckboxSelectMultiple,
    )
    appeal = forms.ModelChoiceField(
        label=_("Part of a joint appeal?"),
        queryset=Appeal.objects.none(),
        required=False,
        empty_label=_("No"),
    )
    visibility = forms.ChoiceField(
        label=_("Who may see it?"),
        choices=NeedVisibility,
        initial=NeedVisibility.PUBLIC,
        widget=HintedRadios(
            hints={
                NeedVisibility.PUBLIC: _("On the public board, in the feed and in embedded lists"),
                NeedVisibility.UN_SYSTEM: _("Offers are held against it, but no business sees it"),
            }
        ),
    )

    def __init__(self, *args, entities, **kwargs):
        super().__init__(*args, **kwargs)
        offer_choices(self, entity=entities)
        offer_choices(self, appeal=Appeal.objects.open())
        self.fields["value_amount"].help_text = _("As you estimate it")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("needed_from"), cleaned.get("needed_until")
        if first and last and last < first:
            self.add_error("needed_until", _("The need must end after it starts"))
        refuse_past(self, "needed_from", "needed_until")
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

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


class AppealForm(forms.ModelForm):
    class Meta:
        model = Appeal
        fields = ["title", "description", "lead", "target_amount", "currency", "closes_on"]
        widgets = {
            "description": forms.Textarea(attrs={"rows": 5}),
            "target_amount": forms.TextInput(attrs={"class": "govuk-input--width-10", "dir": "ltr"}),
        }

    currency = CurrencyField()
    closes_on = forms.DateField(label=_("Last day"), required=False, widget=DateParts)

    def __init__(self, *args, entities, **kwargs):
        super().__init__(*args, **kwargs)
        offer_choices(self, lead=entities)
        self.fields["lead"].empty_label = None  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("target_amount") and not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Enter the currency of the amount, for example USD"))
        refuse_past(self, "closes_on")
        return cleaned
