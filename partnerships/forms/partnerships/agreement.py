"""What was agreed in short, what the public may see, and where the record comes from."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partnerships.forms.partnerships.base import PARTIAL_HINT, RecordForm, RowForm, short, text
from partnerships.models import Milestone, Partnership, Source, StaffExchange, Withholdable
from portal.forms import HintedCheckboxes


class MilestoneRow(RowForm):
    title, new_title, plural = _("Moment"), _("Add a moment of the timeline"), _("Timeline")

    class Meta:
        model = Milestone
        fields = ["on", "text"]
        widgets = {"on": short()}
        help_texts = {"on": PARTIAL_HINT}

    def clean_on(self) -> str:
        if not self.cleaned_data["on"]:
            raise ValidationError(_("Enter when it happened"))
        return self.cleaned_data["on"]


class ExchangeRow(RowForm):
    title, new_title, plural = (
        _("Staff exchange"),
        _("Add a secondment or staff exchange"),
        _("People who change places"),
    )

    class Meta:
        model = StaffExchange
        fields = ["kind", "people_count", "months", "paid_by", "task", "place", "first_day"]
        widgets = {"people_count": short(4), "months": short(4)}


class AgreementForm(RecordForm):
    heading = _("Agreement")
    lead = _("When it was signed, or why there is none.")
    rows = {"milestones": MilestoneRow, "exchanges": ExchangeRow}

    class Meta:
        model = Partnership
        fields = ["agreement_kind", "agreement_signed", "agreement_note", "informal_note"]
        widgets = {"agreement_signed": short(), "informal_note": text(3)}
        help_texts = {"agreement_signed": PARTIAL_HINT}


class SourceRow(RowForm):
    title, new_title, plural = _("Document"), _("Add a document"), _("Documents it rests on")

    class Meta:
        model = Source
        fields = ["title", "url", "place", "is_public"]

    url = forms.URLField(label=_("Address"), max_length=500, required=False, assume_scheme="https")


class PublicationForm(RecordForm):
    heading = _("Sources and publication")
    lead = _("How the registry knows, and what the public does not get to see.")
    rows = {"sources": SourceRow}

    class Meta:
        model = Partnership
        fields = ["status_as_of", "confidence", "withheld_fields", "withheld_reason"]
        widgets = {"status_as_of": short()}
        labels = {"status_as_of": _("As of"), "confidence": _("How sure it is")}
        help_texts = {
            "status_as_of": PARTIAL_HINT,
            "withheld_reason": _("Shown in the place of what is withheld"),
        }

    withheld_fields = forms.MultipleChoiceField(
        label=_("Withheld from the public"),
        choices=Withholdable,
        required=False,
        help_text=_("People of the United Nations see it all the same"),
        widget=HintedCheckboxes,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("withheld_fields") and not cleaned.get("withheld_reason"):
            self.add_error("withheld_reason", _("Say why it is withheld"))
        return cleaned
