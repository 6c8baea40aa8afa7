"""The three checks of a record, one form each."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.forms.partnerships.base import RecordForm
from partnerships.models import Partnership, SelfCheck
from partnerships.selfchecks import ITEMS, MARKS, moment_of

Kind = SelfCheck.Kind


class CheckForm(RecordForm):
    """A mark and a note for each item of a check, at the moment the record is in."""

    kind: str

    class Meta:
        model = Partnership
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.moment = moment_of(self.kind, self.instance.status)
        made = self.instance.self_checks.filter(kind=self.kind, moment=self.moment).first()
        answers = made.answers if made else {}
        for item, label in ITEMS[self.kind].items():
            there = answers.get(item, {})
            self.fields[f"{item}_mark"] = self.mark_field(label, there.get("mark"))
            self.fields[f"{item}_note"] = forms.CharField(
                label=self.note_label,
                required=False,
                max_length=500,
                initial=there.get("note", ""),
                widget=forms.Textarea({"rows": 2}),
            )

    note_label = _("What shows it")

    @staticmethod
    def mark_field(label, mark: int | None) -> forms.Field:
        """An item that is met or not; not ticked means not met."""
        return forms.BooleanField(label=label, required=False, initial=bool(mark))

    def values(self) -> dict[str, Any]:
        answers = {
            item: {
                "mark": int(self.cleaned_data[f"{item}_mark"] or 0),
                "note": self.cleaned_data[f"{item}_note"],
            }
            for item in ITEMS[self.kind]
        }
        return {"self_check": {"kind": self.kind, "moment": self.moment, "answers": answers}}


class CharacteristicsForm(CheckForm):
    heading = _("Characteristics of a good partnership")
    lead = _("How it stands today, from 1 to 4. Asked at the design, halfway and at the end.")
    kind = Kind.CHARACTERISTICS
    note_label = _("Why")

    @staticmethod
    def mark_field(label, mark: int | None) -> forms.Field:
        choices = [("", _("Not yet marked")), *MARKS]
        return forms.TypedChoiceField(
            label=label, choices=choices, coerce=int, required=False, initial=mark or ""
        )


class TransformationalForm(CheckForm):
    heading = _("Is it transformational?")
    lead = _(
        "Five things make it so, each with what shows it. The registry desk reads them before it says so."
    )
    kind = Kind.TRANSFORMATIONAL


class RegistrationForm(CheckForm):
    heading = _("Criteria of registration")
    lead = _("Nine things that a voluntary partnership of the registry is held against.")
    kind = Kind.REGISTRATION
