"""Shape of a progress report: its texts and decision, a row for each indicator, and files."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.forms.partnerships import PlainForm, short, text
from partnerships.models import ProgressReport, Verdict
from portal.forms import DateParts, HintedRadios, UploadField

VERDICT_HINTS = {
    Verdict.CONTINUE: _("It does what was agreed"),
    Verdict.CHANGE: _("Say below what changes"),
    Verdict.SCALE_UP: _("It works, and can take more money, people or places"),
    Verdict.REPLICATE: _("It works, and others can copy it"),
    Verdict.CLOSE: _("The record moves to closing, with your reason"),
}


class ReportForm(PlainForm):
    marks_optional = False  # a draft may leave all of it out; the page says what is needed to hand it in

    class Meta:
        model = ProgressReport
        fields = [
            "period_from", "period_until", "progress", "difficulties", "changes", "next_steps", "decision",
            "decision_note",
        ]  # fmt: skip
        widgets = {
            "period_from": DateParts,
            "period_until": DateParts,
            "progress": text(6),
            "difficulties": text(3),
            "changes": text(3),
            "next_steps": text(3),
            "decision_note": text(3),
        }
        help_texts = {
            "progress": _("What was planned for this period, and what came of it"),
            "difficulties": _("Others learn most from this"),
        }

    decision = forms.ChoiceField(
        label=_("Keep or end?"),
        choices=Verdict,
        required=False,
        widget=HintedRadios(hints=VERDICT_HINTS),
    )
    upload = UploadField(required=False, label=_("A document, if there is one"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begin, end = cleaned.get("period_from"), cleaned.get("period_until")
        if begin and end and end < begin:
            self.add_error("period_until", _("The period ends before it begins"))
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "upload"}


class ResultForm(forms.Form):
    """The value of one indicator at the end of the period."""

    marks_optional = False

    indicator = forms.IntegerField(widget=forms.HiddenInput)
    value = forms.DecimalField(
        label=_("Value at the end of the period"),
        max_digits=18,
        decimal_places=2,
        required=False,
        widget=short(),
    )
    comment = forms.CharField(
        label=_("What it rests on, or why there is none"), required=False, max_length=300
    )

    def __init__(self, *args, facts: Mapping[str, Mapping[str, Any]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fact = facts.get(str(self["indicator"].value()), {})


class ResultRows(forms.BaseFormSet):
    """A row for each indicator of the report, in its order; none is added or removed."""

    @property
    def typed(self) -> list[dict[str, Any]]:
        return [
            {
                "indicator": form.cleaned_data["indicator"],
                "value": ""
                if form.cleaned_data["value"] is None
                else f"{form.cleaned_data['value'].normalize():f}",
                "comment": form.cleaned_data["comment"],
            }
            for form in self.forms
        ]


def result_answer(row: Mapping[str, Any]) -> str:
    """The value of an indicator and what it rests on, in a line."""
    return "; ".join(filter(None, (row.get("value", ""), row.get("comment", ""))))


def result_rows(
    report: ProgressReport, data: Mapping | None, typed: Iterable[Mapping[str, Any]] = ()
) -> ResultRows:
    """The rows as the report has them, or, before that, as they were typed for another version of it."""
    made = forms.formset_factory(ResultForm, formset=ResultRows, extra=0, max_num=60, absolute_max=80)
    anew = {row["indicator"]: row for row in typed}
    merged = [{**row, **anew.get(row["indicator"], {})} for row in report.results]
    initial = [{name: row[name] for name in ("indicator", "value", "comment")} for row in merged]
    facts = {str(row["indicator"]): row for row in report.results}
    return cast(ResultRows, made(data, initial=initial, prefix="results", form_kwargs={"facts": facts}))
