"""Shape of what is typed about an offer after it was submitted, by its business and by the UN side."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from focalpoints.models import FocalPoint, OfficeLevel, UNEntity
from partnerships.models import Duty, DutyDivision, MisfitReason, Need, Offer, ReasonCode
from portal.forms import DateParts, offer_choices


class ReplyForm(forms.Form):
    reply = forms.CharField(label=_("Your reply"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


class EnquiryForm(forms.Form):
    text = forms.CharField(
        label=_("Your question"),
        max_length=2000,
        help_text=_("It goes to those who hold your offer; you are told when they answer"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RenewForm(forms.Form):
    until = forms.DateField(
        label=_("Until when shall the offer stand?"),
        widget=DateParts,
        error_messages={"required": _("Enter the last day of the offer")},
    )


class WithdrawForm(forms.Form):
    note = forms.CharField(
        label=_("Why?"),
        max_length=1000,
        required=False,
        help_text=_("It helps us to do better"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


# --- the desk ---------------------------------------------------------------------------------------------


class AskForm(forms.Form):
    text = forms.CharField(
        label=_("Question to the business"),
        max_length=2000,
        help_text=_("The clock stands until they reply. They read these words as you write them."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RouteForm(forms.Form):
    """To whom an offer goes: "UNICEF", or an office of it, "UNICEF/12"; `offices` comes from the triage."""

    to = forms.ChoiceField(
        label=_("To whom?"),
        help_text=_("By mandate and presence, best first; offices in or near the countries of the offer"),
    )
    note = forms.CharField(
        label=_("Note to the entity"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, offices: Sequence[tuple[UNEntity, Sequence[FocalPoint]]] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.targets: dict[str, tuple[UNEntity, FocalPoint | None]] = {}
        groups: list[tuple[str, list[tuple[str, str]]]] = []
        for entity, contacts in offices:
            self.targets[entity.pk] = (entity, None)
            choices = [(entity.pk, gettext("%(entity)s: first contact") % {"entity": entity.acronym})]
            for contact in contacts:
                self.targets[f"{entity.pk}/{contact.pk}"] = (entity, contact)
                choices.append((f"{entity.pk}/{contact.pk}", f"{contact.office_place}: {contact.role_title}"))
            groups.append((entity.full_name, choices))
        offer_choices(self, to=groups)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if chosen := self.targets.get(cleaned.pop("to", "")):
            cleaned["entity"], cleaned["office"] = chosen
        return cleaned


class LeadForm(forms.Form):
    """Which of two entities in talks with one company leads. `talks` are the offers the others hold."""

    lead = forms.ChoiceField(label=_("Who leads?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Why?"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, offer: Offer, talks: Sequence[Offer], **kwargs):
        super().__init__(*args, **kwargs)
        self.pairs: dict[str, tuple[UNEntity, UNEntity]] = {}
        choices = []
        others = {held.entity_id: held.entity for held in talks if held.entity_id != offer.entity_id}
        for other in others.values():
            if other is None or offer.entity is None:
                continue
            for lead, co_lead in ((offer.entity, other), (other, offer.entity)):
                value = f"{lead.pk}/{co_lead.pk}"
                self.pairs[value] = (other, lead)
                words = {"lead": lead.acronym, "co_lead": co_lead.acronym}
                choices.append((value, gettext("%(lead)s leads, %(co_lead)s co-leads") % words))
        offer_choices(self, lead=choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if chosen := self.pairs.get(cleaned.get("lead", "")):
            cleaned["other"], cleaned["lead"] = chosen
        return cleaned


class LeadAnswerForm(forms.Form):
    agree = forms.TypedChoiceField(
        label=_("Do you agree?"),
        choices=[("yes", _("We agree")), ("no", _("We do not agree"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Why?"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class DeclineForm(forms.Form):
    reason_code = forms.ChoiceField(label=_("Reason"), choices=ReasonCode, widget=forms.RadioSelect)
    advice = forms.CharField(
        label=_("Advice to the business"),
        max_length=2000,
        help_text=_("What they could change, or where the offer is better placed. They read these words."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class NeedChoiceForm(forms.Form):
    """Names the open need that an act is about; `needs` narrows the choice."""

    need = forms.ModelChoiceField(
        label=_("Need"), queryset=Need.objects.none(), to_field_name="reference", widget=forms.HiddenInput
    )

    def __init__(self, *args, needs=None, **kwargs):
        super().__init__(*args, **kwargs)
        open_needs = Need.objects.open() if needs is None else needs  # asked today, not at import
        offer_choices(self, need=open_needs)


class NotAFitForm(NeedChoiceForm):
    reason_code = forms.ChoiceField(
        label=_("Why it does not fit"), choices=[("", _("Choose a reason")), *MisfitReason.choices]
    )
    reason = forms.CharField(label=_("In your words"), max_length=300, required=False)


class AcceptForm(NeedChoiceForm):
    need = forms.ModelChoiceField(
        label=_("For which need?"),
        queryset=Need.objects.none(),
        to_field_name="reference",
        required=False,
        empty_label=_("None of the posted needs"),
    )
    note = forms.CharField(
        label=_("Word to the business"),
        max_length=1000,
        help_text=_("Who will write to them, and what comes first"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DutiesForm(forms.Form):
    """For each duty the office that does it, and a note; `rows` are those of now."""

    def __init__(self, *args, rows: Sequence[DutyDivision], **kwargs):
        super().__init__(*args, **kwargs)
        now = {row.duty: row for row in rows}
        levels = [("", gettext("Not said")), *OfficeLevel.choices]
        for duty, label in Duty.choices:
            row = now.get(duty)
            self.fields[duty] = forms.ChoiceField(
                label=label, choices=levels, required=False, initial=row.office_level if row else ""
            )
            self.fields[f"{duty}_note"] = forms.CharField(
                label=gettext("Note"), max_length=200, required=False, initial=row.note if row else ""
            )

    def division(self) -> dict[str, tuple[str, str]]:
        """{duty: (office level, note)} as `divide_duties` takes it."""
        typed = self.cleaned_data
        return {duty: (typed[duty], typed[f"{duty}_note"]) for duty in Duty.values}
