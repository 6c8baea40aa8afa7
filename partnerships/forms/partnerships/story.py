"""What a record is about: its first page, its story, the questions of its type, and its relatives."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.forms.partnerships.base import (
    PARTIAL_HINT,
    EntityField,
    RecordForm,
    ReferenceField,
    RowForm,
    short,
    text,
)
from partnerships.models import TYPE_QUESTIONS, Partnership, PartnershipType, Translation
from portal.forms import HintedRadios

TYPE_HINTS = {
    PartnershipType.CORE_BUSINESS: _(
        "The company changes what it makes, buys or sells, and poor people gain"
    ),
    PartnershipType.SOCIAL_INVESTMENT: _("The company gives money, goods, time or skills"),
    PartnershipType.ADVOCACY_POLICY: _("The company speaks up for a cause, or takes part in making policy"),
}


class TranslationRow(RowForm):
    title, new_title, plural = _("Translation"), _("Add a translation"), _("In other languages")

    class Meta:
        model = Translation
        fields = ["language", "title", "summary"]
        widgets = {"summary": text(3)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        prefetch_related_objects([self.record], "translations")  # once for all rows
        taken = {self.record.language, *(row.language for row in self.record.translations.all())}
        language = cast(forms.ChoiceField, self.fields["language"])
        language.choices = [
            (code, label)
            for code, label in cast(Iterable[tuple[Any, Any]], language.choices)
            if code not in taken or code == self.initial.get("language")
        ]


class IdentityForm(RecordForm):
    heading = _("What it is")
    lead = _("The words that readers of the registry see first.")
    rows = {"translations": TranslationRow}
    has_rows_below = True

    class Meta:
        model = Partnership
        fields = [
            "title", "short_title", "partnership_type", "record_kind", "summary", "language", "idea_on",
            "start", "end", "is_open_ended", "date_note", "status_note",
        ]  # fmt: skip
        widgets = {
            "partnership_type": HintedRadios(hints=TYPE_HINTS),
            "summary": text(),
            "short_title": short(20, dir="auto"),
            "idea_on": short(),
            "start": short(),
            "end": short(),
        }
        help_texts = {
            "short_title": _("For narrow places, 60 letters at most"),
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
    rows = {}

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


class StoryForm(RecordForm):
    heading = _("Why and how")
    lead = _("The story behind the record: what is wrong, what is done about it, and what each side gains.")

    class Meta:
        model = Partnership
        fields = [
            "problem", "approach", "un_added_value", "business_case", "local_needs_link", "mandate",
            "further_note",
        ]  # fmt: skip
        widgets = {
            "problem": text(3),
            "approach": text(3),
            "un_added_value": text(3),
            "business_case": text(3),
            "local_needs_link": text(3),
            "further_note": text(2),
        }
        help_texts = {
            "local_needs_link": _("A local plan, a request of those concerned, a study"),
            "mandate": _("Of an intergovernmental body, for example A/RES/70/1"),
        }


class RelationsForm(RecordForm):
    heading = _("Related records")
    lead = _("An umbrella it belongs to, a partnership it follows, or one that it does again elsewhere.")

    class Meta:
        model = Partnership
        fields = ["parent", "predecessor", "replication_of", "came_from"]

    parent = ReferenceField(label=_("Umbrella it belongs to"), help_text=_("Its reference, such as P-0012"))
    predecessor = ReferenceField(label=_("What came before it"))
    replication_of = ReferenceField(label=_("What it was modelled on"))
