"""Shape of what is typed about a record: one form a step, with rows where a step holds several of a kind."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.forms.offers import GroupedCheckboxes, country_groups, target_groups
from partnerships.models import (
    TYPE_QUESTIONS,
    Contribution,
    Indicator,
    Milestone,
    Modality,
    Partnership,
    PartnershipEntity,
    PartnershipParty,
    PartnershipType,
    Purpose,
    Scope,
)
from portal.forms import HintedCheckboxes, HintedRadios
from portal.models import Country
from portal.templatetags.portal import amount
from portal.themes import Theme

TYPE_HINTS = {
    PartnershipType.CORE_BUSINESS: _(
        "The company changes what it makes, buys or sells, and poor people gain"
    ),
    PartnershipType.SOCIAL_INVESTMENT: _("The company gives money, goods, time or skills"),
    PartnershipType.ADVOCACY_POLICY: _("The company speaks up for a cause, or takes part in making policy"),
}
PARTIAL_HINT = _("As far as it is known: 2027, 2027-03 or 2027-03-01")


def short(width: int = 10, **attrs) -> forms.TextInput:
    return forms.TextInput(
        {"class": f"govuk-input--width-{width}", "dir": "ltr", "autocomplete": "off", **attrs}
    )


def text(rows: int = 4) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class EntityField(forms.ModelChoiceField):
    def label_from_instance(self, obj: UNEntity) -> str:
        return obj.full_name


class PlainForm(forms.ModelForm):
    """Says "Choose" in an empty select and names the field that was left out."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.required and "required" in field.error_messages:
                field.error_messages["required"] = _("Fill in “%(label)s”") % {"label": field.label}
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = _("Choose") if field.required else _("Not stated")
            elif isinstance(field, forms.TypedChoiceField) and isinstance(field.widget, forms.Select):
                blank = _("Choose") if field.required else _("Not stated")
                choices = cast(Iterable[tuple[Any, Any]], field.choices)
                field.choices = [(value, label if value != "" else blank) for value, label in choices]


class RecordForm(PlainForm):
    """A step of a record. `rows` are the kinds of rows on the same page, by the argument of the service."""

    heading: str | Promise = ""
    lead: str | Promise = ""
    rows: dict[str, type["RowForm"]] = {}

    def values(self) -> dict[str, Any]:
        """Arguments of services.edit_partnership from a valid form."""
        many: dict[str, Any] = {
            name: self.cleaned_data[name] for name in ("countries", "targets") if name in self.cleaned_data
        }
        plain = {name: value for name, value in self.cleaned_data.items() if name not in many}
        return {"values": plain, **many}


class RowForm(PlainForm):
    """One row of a kind. A row that was there carries its `id`; an empty new one is left out."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title: str | Promise = ""  # of a row that is there
    new_title: str | Promise = ""  # of the empty row for one more
    plural: str | Promise = ""  # heads the rows of the kind

    @classmethod
    def initial_of(cls, row) -> dict[str, Any]:
        return {"id": row.pk, "label": str(row), **forms.model_to_dict(row, fields=cls._meta.fields)}

    @property
    def label(self) -> str:
        return self.initial.get("label", "")


class IdentityForm(RecordForm):
    heading = _("What it is")
    lead = _("The words that readers of the registry see first.")

    class Meta:
        model = Partnership
        fields = [
            "title", "partnership_type", "record_kind", "summary", "start", "end", "is_open_ended",
            "date_note",
        ]  # fmt: skip
        widgets = {
            "partnership_type": HintedRadios(hints=TYPE_HINTS),
            "summary": text(),
            "start": short(),
            "end": short(),
        }
        help_texts = {
            "summary": _("Two or three sentences: what is done, by whom, for whom"),
            "start": PARTIAL_HINT,
            "end": PARTIAL_HINT,
        }

    partnership_type = forms.ChoiceField(
        label=_("Type"), choices=PartnershipType, widget=HintedRadios(hints=TYPE_HINTS)
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start[: len(end)]:
            self.add_error("end", _("The end comes before the start"))
        if end and cleaned.get("is_open_ended"):
            self.add_error("is_open_ended", _("There is an end date above. Take one of the two away"))
        return cleaned


class NewForm(IdentityForm):
    """The first page of a registration: enough to give the record a reference."""

    heading = _("Register a partnership")
    lead = _("It starts as an idea that only your entity sees. Everything can be changed later.")

    class Meta(IdentityForm.Meta):
        fields = ["title", "partnership_type", "summary"]

    entity = EntityField(label=_("UN entity that leads"), queryset=UNEntity.objects.none())
    field_order = ["entity", "title", "partnership_type", "summary"]

    def __init__(self, *args, entities, **kwargs):
        super().__init__(*args, **kwargs)
        chooser = cast(forms.ModelChoiceField, self.fields["entity"])
        chooser.queryset = entities.filter(is_current=True)
        if len(chooser.queryset) == 1:
            chooser.initial = chooser.queryset[0]


class DetailsForm(RecordForm):
    """The questions of the record's type."""

    heading = _("About this type")
    lead = _("What a record of this type tells besides.")

    class Meta:
        model = Partnership
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for key, question in TYPE_QUESTIONS[self.instance.partnership_type].items():
            self.fields[key] = forms.CharField(
                label=str(question),
                required=False,
                max_length=2000,
                widget=text(3),
                initial=self.instance.type_details.get(key, ""),
            )

    def values(self) -> dict[str, Any]:
        answers = {key: answer for key, answer in self.cleaned_data.items() if answer}
        return {"values": {"type_details": self.instance.type_details | self.cleaned_data if answers else {}}}


class EntityRow(RowForm):
    title, new_title, plural = _("UN entity"), _("Add a UN entity"), _("UN entities")

    class Meta:
        model = PartnershipEntity
        fields = ["entity", "role", "office_level", "note"]
        labels = {"note": _("Place of the office, or a note")}

    entity = EntityField(label=_("UN entity"), queryset=UNEntity.objects.all())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].required = False

    @classmethod
    def initial_of(cls, row) -> dict[str, Any]:
        return super().initial_of(row) | {"label": row.entity_id}


class PartyRow(RowForm):
    title, new_title, plural = (
        _("Partner"),
        _("Add a partner that is no company of the registry"),
        _("Partners"),
    )

    class Meta:
        model = PartnershipParty
        fields = ["description", "kind", "role", "responsibilities"]
        labels = {"description": _("Name or description")}
        widgets = {"responsibilities": text(2)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.initial.get("is_company"):
            del self.fields["description"]
            self.fields["kind"].widget = forms.HiddenInput()

    @classmethod
    def initial_of(cls, row) -> dict[str, Any]:
        return super().initial_of(row) | {"is_company": row.company_id is not None}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "description" in self.fields and not cleaned.get("description"):
            self.add_error("description", _("Enter a name or description"))
        return cleaned


class PartiesForm(RecordForm):
    heading = _("Who takes part")
    lead = _("UN entities with their part and office, and the partners with theirs.")
    rows = {"entities": EntityRow, "parties": PartyRow}

    class Meta:
        model = Partnership
        fields = ["came_from"]


class PlacesForm(RecordForm):
    heading = _("Where")
    lead = _("Countries decide who finds the record. A worldwide one may name none.")

    class Meta:
        model = Partnership
        fields = ["scope", "countries", "place_note"]

    scope = forms.ChoiceField(label=_("Scope"), choices=Scope, widget=forms.RadioSelect)
    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        choices=country_groups,
        required=False,
        help_text=_("Open a part of the world and tick its countries"),
        widget=GroupedCheckboxes,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["countries"] = _codes(self.instance, "countries")


class GoalsForm(RecordForm):
    heading = _("Goals and purposes")
    lead = _("What it serves, and what it does for that.")

    class Meta:
        model = Partnership
        fields = ["purposes", "targets", "themes", "modalities"]

    purposes = forms.MultipleChoiceField(label=_("Purposes"), choices=Purpose, widget=HintedCheckboxes)
    targets = forms.MultipleChoiceField(
        label=_("Targets of the Sustainable Development Goals"),
        choices=target_groups,
        required=False,
        widget=GroupedCheckboxes,
    )
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        choices=[(_("All themes"), Theme.choices)],
        required=False,
        widget=GroupedCheckboxes,
    )
    modalities = forms.MultipleChoiceField(
        label=_("Form"), choices=Modality, required=False, widget=HintedCheckboxes
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["targets"] = _codes(self.instance, "targets")


def _codes(record: Partnership, field: str) -> list[str]:
    return list(getattr(record, field).values_list("pk", flat=True)) if record.pk else []


class ContributionRow(RowForm):
    title, new_title, plural = _("Contribution"), _("Add a contribution"), _("Contributions")

    class Meta:
        model = Contribution
        fields = [
            "kind", "giver", "amount", "currency", "usd_value", "quantity", "unit", "is_earmarked", "year",
            "country", "status", "note",
        ]  # fmt: skip
        widgets = {
            "amount": short(),
            "currency": short(4, maxlength=3),
            "usd_value": short(),
            "quantity": short(),
            "year": short(4),
        }
        labels = {"note": _("What it is for")}
        help_texts = {
            "currency": _("Three letters, for example USD"),
            "usd_value": _("At the rate of its day; left empty for sums in USD"),
        }

    is_earmarked = forms.NullBooleanField(
        label=_("Earmarked"),
        required=False,
        widget=forms.Select(choices=[("", _("Not stated")), ("true", _("Yes")), ("false", _("No"))]),
    )
    country = forms.ModelChoiceField(label=_("Place"), queryset=Country.objects.all(), required=False)

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"].strip().upper()
        if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise ValidationError(_("Enter the three letters of the currency, for example USD"))
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        amount = cleaned.get("amount")
        if amount is not None and amount <= 0:
            self.add_error("amount", _("Enter an amount above zero"))
        elif amount and not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Enter the currency of the amount"))
        if amount and cleaned.get("currency") == "USD":
            cleaned["usd_value"] = amount
        return cleaned


class ContributionsForm(RecordForm):
    heading = _("Contributions")
    lead = _("What each side brings. Cash and contributions in kind are never added up.")
    rows = {"contributions": ContributionRow}

    class Meta:
        model = Partnership
        fields: list[str] = []


class IndicatorRow(RowForm):
    title, new_title, plural = _("Indicator"), _("Add an indicator"), _("Indicators")

    class Meta:
        model = Indicator
        fields = ["name", "level", "unit", "baseline", "target", "actual", "as_of", "note"]
        widgets = {"baseline": short(), "target": short(), "actual": short(), "as_of": short()}
        labels = {"actual": _("Result so far")}
        help_texts = {
            "level": _("An input is what goes in; it is never shown as a result"),
            "as_of": PARTIAL_HINT,
        }


class ResultsForm(RecordForm):
    heading = _("Results and indicators")
    lead = _("What will show that it works: at least one indicator with baseline and target.")
    rows = {"indicators": IndicatorRow}

    class Meta:
        model = Partnership
        fields = ["evaluation_plan"]
        widgets = {"evaluation_plan": text()}
        help_texts = {"evaluation_plan": _("Who evaluates, when, and with which money")}


class BalanceForm(RecordForm):
    heading = _("Benefits and costs")
    lead = _("Written down before anything is agreed: would it be worth it, and does it need the UN?")

    class Meta:
        model = Partnership
        fields = ["expected_benefits", "expected_costs", "benefits_outweigh"]
        widgets = {"expected_benefits": text(), "expected_costs": text()}
        help_texts = {"expected_costs": _("Money, staff days and risks of each side")}

    benefits_outweigh = forms.NullBooleanField(
        label=_("Conclusion"),
        required=False,
        widget=forms.Select(
            choices=[
                ("", _("Not yet drawn")),
                ("true", _("The benefits outweigh the costs")),
                ("false", _("The costs outweigh the benefits")),
            ]
        ),
    )


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


class AgreementForm(RecordForm):
    heading = _("Agreement")
    lead = _("When it was signed, or why there is none.")
    rows = {"milestones": MilestoneRow}

    class Meta:
        model = Partnership
        fields = ["agreement_kind", "agreement_signed", "agreement_note", "informal_note"]
        widgets = {"agreement_signed": short(), "informal_note": text(3)}
        help_texts = {"agreement_signed": PARTIAL_HINT}


class ClosingForm(RecordForm):
    heading = _("Closing")
    lead = _("What came of it, and what others can learn. An end without success is worth telling.")

    class Meta:
        model = Partnership
        fields = ["end_decision", "final_report", "lessons", "evaluation_findings", "no_evaluation_reason"]
        widgets = {
            "end_decision": text(2),
            "final_report": text(8),
            "lessons": text(),
            "evaluation_findings": text(),
            "no_evaluation_reason": text(2),
        }


STEPS: dict[str, type[RecordForm]] = {
    "identity": IdentityForm,
    "details": DetailsForm,
    "parties": PartiesForm,
    "places": PlacesForm,
    "goals": GoalsForm,
    "contributions": ContributionsForm,
    "results": ResultsForm,
    "benefits": BalanceForm,
    "agreement": AgreementForm,
    "closing": ClosingForm,
}


class Rows(forms.BaseFormSet):
    """The rows of one kind on a page: those there are, and one empty row for one more."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if index is not None and index < self.initial_form_count():
            form.fields["DELETE"].label = _("Remove this")
        elif "DELETE" in form.fields:
            del form.fields["DELETE"]

    @property
    def kept(self) -> list[dict[str, Any]]:
        """The rows to keep, in order, as values of their model."""
        known = self.initial_form_count()
        return [
            {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
            for place, form in enumerate(self.forms)
            if (place < known and not form.cleaned_data.get("DELETE"))
            or (place >= known and form.has_changed())
        ]


def rows_formset(kind: type[RowForm], name: str, record: Partnership, manager, data: Mapping | None) -> Rows:
    formset = forms.formset_factory(kind, formset=Rows, can_delete=True, extra=1, max_num=60, absolute_max=80)
    return cast(Rows, formset(data, initial=[kind.initial_of(row) for row in manager.all()], prefix=name))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=text(3),
        error_messages={"required": _("Give the reason")},
    )


# --- answers in words ---------------------------------------------------------------------------------------


def in_words(field: forms.Field, value: Any) -> str:
    """A value as it is shown to its reader: labels for choices, names for rows, "" for nothing."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, forms.ModelChoiceField):
        row = value if hasattr(value, "pk") else field.queryset.filter(pk=value).first()  # type: ignore[union-attr]
        return str(row or "")
    if isinstance(field, forms.ChoiceField | forms.NullBooleanField):
        choices = getattr(field, "choices", None) or field.widget.choices
        return ", ".join(_labels(choices, value if isinstance(value, list) else [value]))
    if isinstance(value, bool):
        return str(_("Yes")) if value else str(_("No"))
    return amount(value) if isinstance(value, Decimal) else str(value)


def _labels(choices, values: list) -> list[str]:
    known: dict[str, Any] = {}
    for value, label in choices:
        known |= dict(label) if isinstance(label, list | tuple) else {value: label}
    known = {str(value): str(label) for value, label in known.items()}
    return [
        known.get(str(value).lower() if isinstance(value, bool) else str(value), str(value))
        for value in values
    ]


def answers(form: forms.BaseForm) -> list[tuple[str, str]]:
    """(label, answer) of each field: what was typed in a valid form, else what the record holds."""
    found = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name) if form.is_bound else form.get_initial_for_field(field, name)
        found.append((str(field.label), in_words(field, value)))
    return found


def row_answer(form: RowForm) -> str:
    """One row in a line: its label, and after it what the label does not say."""
    label = str(form.label)
    parts = [label] if label else []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name) if form.is_bound else form.get_initial_for_field(field, name)
        words = "" if name in ("id", "DELETE") else in_words(field, value)
        if words and words not in label:
            parts.append(f"{field.label}: {words}")
    return "; ".join(parts)
