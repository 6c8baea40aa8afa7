from collections.abc import Iterable

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.forms import DateParts, offer_choices
from screening.labels import ANSWERS
from screening.queries.assessments import Given
from screening.rating import Catalogue

PROTOCOLS = URLValidator(schemes=["http", "https"])


class AnswersForm(forms.Form):
    """The answers to a group of criteria, with the evidence for each, or one for all that have none."""

    marks_optional = False  # an answer may come later, and nothing here can be left out for good

    shared_evidence = forms.CharField(
        label=_("Evidence for all below that have none of their own"),
        help_text=_("For example: which sources you searched, on which day, with what result"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
    )
    shared_url = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https", validators=[PROTOCOLS]
    )
    source_on = forms.DateField(label=_("Sources read on"), required=False, widget=DateParts)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, rows: Iterable[Given], known: Catalogue, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = [row for row in rows if row.origin != "automatic"]
        for row in self.rows:
            code, stored = row.criterion.code, row.stored
            scale = known.data["scales"][row.criterion.scale]
            self.fields[f"{code}-answer"] = forms.ChoiceField(
                label=_("Answer"),
                required=False,
                choices=[("", _("Not answered")), *((answer, ANSWERS[answer]) for answer in scale)],
                initial=stored.answer if stored else row.proposed.answer if row.proposed else "",
            )
            self.fields[f"{code}-evidence"] = forms.CharField(
                label=_("Evidence"),
                required=False,
                max_length=4000,
                widget=forms.Textarea({"rows": 2}),
                initial=stored.evidence if stored else row.proposed.why if row.proposed else "",
            )
            self.fields[f"{code}-source_url"] = forms.URLField(
                label=_("Link"),
                required=False,
                max_length=500,
                assume_scheme="https",
                validators=[PROTOCOLS],
                initial=stored.source_url if stored else "",
            )

    def fields_of(self, code: str) -> list:
        return [self[f"{code}-{name}"] for name in ("answer", "evidence", "source_url")]

    def clean_source_on(self):
        day = self.cleaned_data["source_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day lies ahead. Enter the day on which you read it"))
        return day

    def clean(self):
        data = super().clean() or {}
        for row in self.rows:
            code = row.criterion.code
            has_evidence = data.get(f"{code}-evidence", "").strip() or data.get("shared_evidence", "").strip()
            if data.get(f"{code}-answer") and not has_evidence:
                self.add_error(f"{code}-evidence", _("Say on what this answer rests"))
            elif data.get(f"{code}-evidence") and not data.get(f"{code}-answer"):
                self.add_error(f"{code}-answer", _("Choose the answer that this evidence gives"))
        return data

    @property
    def answers(self) -> dict[str, dict]:
        """What was answered: by code, as `services.assessments.answer_criteria` takes it."""
        data = self.cleaned_data
        return {
            row.criterion.code: {
                "answer": data[f"{row.criterion.code}-answer"],
                "evidence": data[f"{row.criterion.code}-evidence"] or data["shared_evidence"],
                "source_url": data[f"{row.criterion.code}-source_url"] or data["shared_url"],
                "source_on": data["source_on"]
                or (row.stored.source_on if row.stored else timezone.localdate()),
            }
            for row in self.rows
            if data[f"{row.criterion.code}-answer"]
        }


class PlanForm(forms.Form):
    """What goes with the rating: why it is worth it, what is done about the risks, and how one gets out."""

    marks_optional = False  # the hints say from which rating on each is needed

    depth = forms.ChoiceField(
        label=_("Depth of work"), required=False, help_text=_("More than the rule asks for, never less")
    )
    benefit_and_cost = forms.CharField(
        label=_("Benefit and cost"),
        help_text=_("What the engagement brings, to whom, and what it costs the Organization"),
        required=False,
        max_length=8000,
        widget=forms.Textarea({"rows": 3}),
    )
    risk_note = forms.CharField(
        label=_("Risks, and who owns them"),
        help_text=_("Needed from “moderate”"),
        required=False,
        max_length=8000,
        widget=forms.Textarea({"rows": 3}),
    )
    mitigation_plan = forms.CharField(
        label=_("Mitigation plan, with dates"),
        help_text=_("Needed from “substantial”"),
        required=False,
        max_length=8000,
        widget=forms.Textarea({"rows": 3}),
    )
    monitoring_months = forms.TypedChoiceField(
        label=_("Monitoring"),
        help_text=_("At least every 6 months at “substantial”, every 3 at “high”"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("None planned")),
            (12, _("Every 12 months")),
            (6, _("Every 6 months")),
            (3, _("Every 3 months")),
        ],
    )
    country_office_opinion = forms.CharField(
        label=_("Opinion of the country office"),
        help_text=_("Needed at “substantial”: who said what, and when"),
        required=False,
        max_length=8000,
        widget=forms.Textarea({"rows": 2}),
    )
    exit_clause = forms.CharField(
        label=_("Exit clause"),
        help_text=_("Needed at “high”: on what the Organization leaves, and how"),
        required=False,
        max_length=8000,
        widget=forms.Textarea({"rows": 2}),
    )
    has_no_conflict = forms.BooleanField(
        label=_("I have no conflict of interest in this case"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, depths: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        offer_choices(self, depth=[("", _("As the rule asks")), *depths])
