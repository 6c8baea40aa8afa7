"""Shape of agreements, of requests to show the emblem, and of their decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.agreement_texts import library
from partnerships.forms.partnerships import PlainForm, text
from partnerships.models import Agreement, EmblemRequest
from portal.forms import DateParts, HintedCheckboxes, HintedRadios, UploadField


class DraftForm(forms.Form):
    """Which template, and which clauses beside those that are always there."""

    template = forms.ChoiceField(label=_("Template"), choices=(), widget=HintedRadios)
    clauses = forms.MultipleChoiceField(
        label=_("Clauses"), choices=(), required=False, widget=HintedCheckboxes
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        templates, clauses = library()
        self.fields["template"] = forms.ChoiceField(
            label=_("Template"),
            choices=[(one.code, one.title) for one in templates.values()],
            widget=HintedRadios(
                hints={
                    one.code: _("Version %(version)d of %(day)s")
                    % {"version": one.current.version, "day": one.current.since}
                    for one in templates.values()
                }
            ),
        )
        self.fields["clauses"] = forms.MultipleChoiceField(
            label=_("Clauses"),
            choices=[(one.code, one.title) for one in clauses.values() if not one.always],
            required=False,
            help_text=_("Those on immunities and endorsement are always there"),
            widget=HintedCheckboxes(hints={one.code: one.blank for one in clauses.values()}),
        )


class TermsForm(PlainForm):
    class Meta:
        model = Agreement
        fields = [
            "legal_officer_role", "signed_on", "place", "in_force_on", "expires_on", "renewal_rule",
            "emblem_use", "exclusivity", "exit_clause",
        ]  # fmt: skip
        widgets = {
            "signed_on": DateParts,
            "in_force_on": DateParts,
            "expires_on": DateParts,
            "emblem_use": text(2),
            "exclusivity": text(2),
            "exit_clause": text(2),
        }

    upload = UploadField(required=False, label=_("The paper, or a draft of it"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begin, end = cleaned.get("in_force_on"), cleaned.get("expires_on")
        if begin and end and end < begin:
            self.add_error("expires_on", _("It ends before it begins"))
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "upload"}


class EmblemForm(PlainForm):
    class Meta:
        model = EmblemRequest
        fields = ["purpose", "medium", "first_day", "last_day"]
        widgets = {"purpose": text(3), "first_day": DateParts, "last_day": DateParts}
        help_texts = {"medium": _("For example a web page, a label, a stand")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begin, end = cleaned.get("first_day"), cleaned.get("last_day")
        if begin and end and end < begin:
            self.add_error("last_day", _("It ends before it begins"))
        return cleaned


class EmblemDecisionForm(forms.Form):
    approve = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Approve")), ("no", _("Refuse"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    role = forms.CharField(label=_("Your role"), max_length=120)
    note = forms.CharField(label=_("Conditions or reason"), required=False, max_length=1000, widget=text(2))
