"""Shape of a public registration: one form a topic. What a form gives is kept as JSON."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from focalpoints.models import UNEntity
from partnerships.forms.choices import country_groups, target_groups
from partnerships.forms.partnerships import short, text
from partnerships.forms.partnerships.base import PARTIAL_HINT, EntityField
from partnerships.forms.partnerships.story import TYPE_HINTS
from partnerships.models import Framework, PartnerKind, PartnershipType, Purpose, Scope, SelfCheck
from partnerships.models.dates import PartialDate
from partnerships.selfchecks import ITEMS
from portal.forms import GroupedCheckboxes, HintedCheckboxes, HintedRadios
from portal.themes import theme_groups
from portal.traps import TrappedForm


class StartForm(TrappedForm):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("We send a link with which you begin, leave and come back"),
    )


class Topic(forms.Form):
    """A topic of a registration. `cleaned()` is what is kept: texts, lists of codes, whether it is so."""

    heading: str | Promise = ""
    lead: str | Promise = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.required:
                field.error_messages["required"] = _("Fill in “%(label)s”") % {"label": field.label}

    def cleaned(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class WhoForm(Topic):
    heading = _("Who you are")
    lead = _("So that the registry desk can ask back. Your name is not published.")

    name = forms.CharField(label=_("Your name"), max_length=120)
    role = forms.CharField(label=_("Your role"), max_length=120)
    organization = forms.CharField(label=_("Your organization"), max_length=200)
    kind = forms.ChoiceField(label=_("What it is"), choices=PartnerKind)


class WhatForm(Topic):
    heading = _("The partnership")
    lead = _("In the words that readers of the registry will see.")

    title = forms.CharField(label=_("Title"), max_length=200)
    partnership_type = forms.ChoiceField(
        label=_("Type"), choices=PartnershipType, widget=HintedRadios(hints=TYPE_HINTS)
    )
    purposes = forms.MultipleChoiceField(label=_("Purposes"), choices=Purpose, widget=HintedCheckboxes)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=3000,
        widget=text(),
        help_text=_("Two or three sentences: what is done, by whom, for whom"),
    )
    start = PartialDate(label=_("Start"), required=False, widget=short(), help_text=PARTIAL_HINT)
    end = PartialDate(label=_("End"), required=False, widget=short(), help_text=PARTIAL_HINT)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start[: len(end)]:
            self.add_error("end", _("The end comes before the start"))
        return cleaned


class PartnersForm(Topic):
    heading = _("Who takes part")
    lead = _("At least one partner besides the United Nations.")

    entity = EntityField(
        label=_("UN entity that takes part"),
        queryset=UNEntity.objects.filter(is_current=True),
        empty_label=_("Choose"),
        help_text=_("The one that knows the partnership best; it will be asked"),
    )
    partners = forms.CharField(
        label=_("Partners"),
        max_length=5000,
        widget=text(5),
        help_text=_("One a line: name, and what each brings"),
    )
    lead_partner = forms.CharField(label=_("Who leads"), max_length=200, required=False)

    def cleaned(self) -> dict[str, Any]:
        return {**self.cleaned_data, "entity": self.cleaned_data["entity"].pk}


class WhereForm(Topic):
    heading = _("Where")
    lead = _("Countries decide who finds it. A worldwide one may name none.")

    scope = forms.ChoiceField(label=_("Scope"), choices=Scope, widget=forms.RadioSelect)
    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        choices=country_groups,
        required=False,
        help_text=_("Open a part of the world and tick its countries"),
        widget=GroupedCheckboxes,
    )


class GoalsForm(Topic):
    heading = _("Goals")
    lead = _("What it serves.")

    targets = forms.MultipleChoiceField(
        label=_("Targets of the Sustainable Development Goals"),
        choices=target_groups,
        widget=GroupedCheckboxes,
        error_messages={"required": _("Tick at least one target")},
    )
    themes = forms.MultipleChoiceField(
        label=_("Themes"), choices=theme_groups, required=False, widget=GroupedCheckboxes
    )
    frameworks = forms.MultipleChoiceField(
        label=_("Other frameworks it serves"), choices=Framework, required=False, widget=HintedCheckboxes
    )
    mandate = forms.CharField(label=_("Mandate or resolution it serves"), max_length=300, required=False)


class CriteriaForm(Topic):
    heading = _("Criteria of registration")
    lead = _("Nine things every partnership is held against. Tick what is so, and say what shows it.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for item, label in ITEMS[SelfCheck.Kind.REGISTRATION].items():
            self.fields[f"{item}_mark"] = forms.BooleanField(label=str(label), required=False)
            self.fields[f"{item}_note"] = forms.CharField(
                label=_("What shows it"), required=False, max_length=500, widget=text(2)
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for item in ITEMS[SelfCheck.Kind.REGISTRATION]:
            if cleaned.get(f"{item}_mark") and not cleaned.get(f"{item}_note"):
                self.add_error(f"{item}_note", _("Say what shows it"))
        return cleaned


TOPICS: dict[str, type[Topic]] = {
    "who": WhoForm,
    "what": WhatForm,
    "partners": PartnersForm,
    "where": WhereForm,
    "goals": GoalsForm,
    "criteria": CriteriaForm,
}


class AnswerForm(forms.Form):
    """What the registry desk decides on a registration."""

    ACCEPT, ASK, DECLINE = "accept", "ask", "decline"
    act = forms.ChoiceField(
        label=_("What to do with it"),
        choices=[
            (ACCEPT, _("Take it into the registry")),
            (ASK, _("Ask back")),
            (DECLINE, _("Decline")),
        ],
        widget=HintedRadios(
            hints={
                ACCEPT: _("It becomes a record of its UN entity, at the stage of an idea"),
                ASK: _("It goes back with your question; nothing that was typed is lost"),
                DECLINE: _("The reason goes to whoever registered it"),
            }
        ),
    )
    message = forms.CharField(label=_("Question or reason"), required=False, max_length=2000, widget=text(3))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("act") in (self.ASK, self.DECLINE) and not cleaned.get("message"):
            self.add_error("message", _("Write the question or the reason"))
        return cleaned
