"""What is measured, how it is evaluated, what lasts, and what was learned."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.forms.partnerships.base import PARTIAL_HINT, RecordForm, RowForm, short, text
from partnerships.models import Indicator, Lesson, Measurement, Partnership
from portal.forms import HintedCheckboxes, offer_choices


class IndicatorRow(RowForm):
    title, new_title, plural = _("Indicator"), _("Add an indicator"), _("Indicators")

    class Meta:
        model = Indicator
        fields = [
            "name", "level", "unit", "direction", "baseline", "baseline_on", "target", "target_on", "actual",
            "bound", "as_of", "sdg_indicator", "disaggregation", "source", "note",
        ]  # fmt: skip
        widgets = {
            "baseline": short(),
            "baseline_on": short(),
            "target": short(),
            "target_on": short(),
            "actual": short(),
            "as_of": short(),
            "sdg_indicator": short(5),
        }
        labels = {"actual": _("Result so far"), "as_of": _("Date of the result")}
        help_texts = {
            "level": _("An input is what goes in; it is never shown as a result"),
            "actual": _("Filled in from the measurements where there are any"),
            "as_of": PARTIAL_HINT,
            "sdg_indicator": _("Where it is one of the global list, for example 8.5.2"),
        }

    disaggregation = forms.MultipleChoiceField(
        label=_("Told apart by"),
        choices=Indicator.Disaggregation,
        required=False,
        widget=HintedCheckboxes,
    )


class MeasurementRow(RowForm):
    title, new_title, plural = _("Measurement"), _("Add a measurement"), _("Measurements")

    class Meta:
        model = Measurement
        fields = ["indicator", "value", "on", "by", "evidence", "comment"]
        widgets = {"value": short(), "on": short()}
        help_texts = {
            "on": PARTIAL_HINT,
            "evidence": _("A report, a count, a survey, and where it can be seen"),
        }

    indicator = forms.ModelChoiceField(label=_("Indicator"), queryset=Indicator.objects.none())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_choices(self, indicator=self.record.indicators.all())
        self.fields["on"].required = True

    @classmethod
    def initial_of(cls, row) -> dict[str, Any]:
        return super().initial_of(row) | {"label": f"{row.indicator}, {row.on}"}


class ResultsForm(RecordForm):
    heading = _("Results and indicators")
    lead = _("What will show that it works: at least one indicator with baseline and target.")
    rows = {"indicators": IndicatorRow, "measurements": MeasurementRow}

    class Meta:
        model = Partnership
        fields: list[str] = []


class EvaluationForm(RecordForm):
    heading = _("Evaluation")
    lead = _("Planned before anything is signed; what was found is added when it is done.")

    class Meta:
        model = Partnership
        fields = [
            "evaluation_plan", "evaluation_kind", "evaluation_due", "evaluation_budget_usd",
            "stakeholders_heard", "evaluation_findings", "evaluation_decision", "evaluation_published",
            "no_evaluation_reason",
        ]  # fmt: skip
        widgets = {
            "evaluation_plan": text(),
            "evaluation_due": short(),
            "evaluation_budget_usd": short(),
            "stakeholders_heard": text(2),
            "evaluation_findings": text(),
            "no_evaluation_reason": text(2),
        }
        help_texts = {
            "evaluation_plan": _("Who evaluates, when, and with which money"),
            "evaluation_due": PARTIAL_HINT,
            "stakeholders_heard": _("One a line: who was asked, and how many"),
            "evaluation_decision": _("What the partners decide on it: keep or end"),
        }


class SustainabilityForm(RecordForm):
    heading = _("What lasts")
    lead = _("What stays when the partners have gone, and who looks after it.")

    class Meta:
        model = Partnership
        fields = ["benefits_after_end", "handover", "local_owner"]
        widgets = {"benefits_after_end": text(3), "handover": text(3)}
        help_texts = {
            "local_owner": _("An office, an association, a firm: whoever answers for it afterwards")
        }


class LessonRow(RowForm):
    title, new_title, plural = _("Lesson"), _("Add a lesson"), _("Lessons by heading")

    class Meta:
        model = Lesson
        fields = ["heading", "text"]
        labels = {"heading": _("What it is about")}
        widgets = {"text": text(3)}


class ClosingForm(RecordForm):
    heading = _("Closing")
    lead = _("What came of it, and what others can learn. An end without success is worth telling.")
    rows = {"lessons": LessonRow}

    class Meta:
        model = Partnership
        fields = ["end_decision", "final_report", "lessons"]
        labels = {"lessons": _("Lessons learned, in short")}
        widgets = {"end_decision": text(2), "final_report": text(8), "lessons": text()}
