"""Shape of an offer as a business types it: one form a step, and the declaration."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import TextChoices
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnerships import labels
from partnerships.forms.choices import (
    LeiField,
    country_choices,
    country_groups,
    sector_choices,
    yes_no,
)
from partnerships.forms.wanted import GoalFields, WhatFields
from partnerships.models import CompactStatus, Company, SizeClass
from portal.forms import DateParts, GroupedCheckboxes, HintedRadios, UploadField, refuse_past
from portal.models import Sector
from portal.traps import TrappedForm

LONGEST_TEXT = 20_000  # of one field as typed; each form has stricter limits of its own


class StepForm(forms.Form):
    """One step of an offer. `heading` heads its page, `lead` says what it is for."""

    heading: str | Promise
    lead: str | Promise
    BESIDE: frozenset[str] = frozenset()  # fields that stand beside the one before them

    @classmethod
    def typed(cls, posted: Mapping[str, Any]) -> dict[str, list[str]]:
        """What was typed into this step's fields, as it can be kept and shown again."""
        names = set(cls.base_fields)
        return {
            key: [str(value)[:LONGEST_TEXT] for value in posted.getlist(key)]  # type: ignore[attr-defined]
            for key in posted
            if key in names or key.rpartition("_")[0] in names
        }

    @classmethod
    def from_answers(cls, data: dict[str, list[str]], **kwargs) -> "StepForm":
        """The step with kept answers, validated: its errors are what is left to do."""
        return cls(MultiValueDict(data), **kwargs)

    def folded_rows(self) -> list[list[forms.BoundField]]:
        """Rows that stand folded under the others, for those who need them."""
        return []

    def rows(self) -> list[list[forms.BoundField]]:
        """The fields in the order of the page; what belongs together stands in one row."""
        rows: list[list[forms.BoundField]] = []
        for field in self.visible_fields():
            if field.name in self.BESIDE:
                rows[-1].append(field)
            else:
                rows.append([field])
        return rows

    def values(self) -> dict[str, Any]:
        """Columns of the offer from valid answers."""
        return self.cleaned_data


class CompanyStep(StepForm):
    heading = _("Your company")
    lead = _("The UN checks every company it works with. Use the names under which it is registered.")

    company = forms.ChoiceField(label=_("For which company is the offer?"), widget=HintedRadios)
    name = forms.CharField(
        label=_("Legal name"),
        max_length=300,
        required=False,
        help_text=_("As in the register of companies, with its legal form"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.TypedChoiceField(
        label=_("Country of registration"),
        choices=country_choices,
        required=False,
        empty_value=None,
        coerce=lambda pk: labels.countries()[pk],
    )
    registration_number = forms.CharField(
        label=_("Registration number"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    lei = LeiField()
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    sector = forms.TypedChoiceField(
        label=_("Main activity"),
        choices=sector_choices,
        required=False,
        empty_value=None,
        coerce=lambda pk: labels.reference(Sector)[pk],
    )
    size_class = forms.ChoiceField(
        label=_("Size"), choices=[("", _("Choose a size")), *SizeClass.choices], required=False
    )

    contact_role = forms.CharField(
        label=_("Who should we write to?"),
        max_length=80,
        required=False,
        help_text=_("The role in your company, for example head of partnerships"),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you can work in"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    OF_COMPANY = ("name", "country", "registration_number", "lei", "website", "sector", "size_class")

    def __init__(self, *args, companies: Iterable[Company] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.companies = {str(company.public_id): company for company in companies}
        chosen = self.fields["company"]
        chosen.choices = [  # type: ignore[attr-defined]
            *((public_id, company.name) for public_id, company in self.companies.items()),
            ("new", _("Another company")),
        ]
        if not self.companies:
            chosen.widget = forms.HiddenInput()
            chosen.initial = "new"
            self.fields["name"].required = self.fields["country"].required = True

    def rows(self) -> list[list[forms.BoundField]]:
        rows = super().rows()
        return [row for row in rows if row[0].name not in self.OF_COMPANY] if self.companies else rows

    def folded_rows(self) -> list[list[forms.BoundField]]:
        """The facts of a new company, where the person has companies to choose from."""
        rows = super().rows()
        return [row for row in rows if row[0].name in self.OF_COMPANY] if self.companies else []

    @property
    def folded_label(self) -> str | Promise:
        return _("Facts of another company")

    @property
    def is_fold_open(self) -> bool:
        return self["company"].value() == "new"

    @property
    def is_new(self) -> bool:
        return self.cleaned_data.get("company") not in self.companies

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if self.is_new:
            if not cleaned.get("name") and "name" not in self.errors:
                self.add_error("name", _("Enter the legal name of the company"))
            if not cleaned.get("country") and "country" not in self.errors:
                self.add_error("country", _("Choose the country where the company is registered"))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Either the company, or the facts of a new one."""
        contact = {name: self.cleaned_data[name] for name in ("contact_role", "languages")}
        if chosen := self.companies.get(self.cleaned_data["company"]):
            return {"company": chosen, **contact}
        return {"new_company": {name: self.cleaned_data[name] for name in self.OF_COMPANY}, **contact}


class WhatStep(WhatFields, StepForm):
    heading = _("Your offer")
    lead = _("Say plainly what you can give. The UN office that answers will see these words.")
    BESIDE = frozenset({"unit", "currency"})


class Reach(TextChoices):
    NAMED = "named", _("In the countries I name")
    ANY = "any", _("In any country")


class WhereStep(StepForm):
    heading = _("Where and when")
    lead = _("Offices look for what reaches their country in time.")

    reach = forms.ChoiceField(label=_("Where can you help?"), choices=Reach, widget=forms.RadioSelect)
    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        choices=country_groups,
        help_text=_("Open a part of the world and tick its countries"),
        widget=GroupedCheckboxes,
        error_messages={"required": _("Tick at least one country, or choose “In any country”")},
    )
    accepts_subregion = forms.BooleanField(
        label=_("Countries nearby are fine too"),
        required=False,
        help_text=_("We then also show the offer to offices in the same part of the world"),
    )
    available_from = forms.DateField(
        label=_("From when?"),
        widget=DateParts,
        error_messages={"required": _("Enter the first day, for example 1 3 2027")},
    )
    available_until = forms.DateField(
        label=_("Until when does the offer stand?"),
        widget=DateParts,
        error_messages={"required": _("Enter the last day of the offer")},
    )
    lead_time_days = forms.IntegerField(
        label=_("Days you need to deliver"),
        min_value=0,
        max_value=1000,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "dir": "ltr"}),
    )
    is_standing = forms.BooleanField(
        label=_("Keep it ready for emergencies"),
        required=False,
        help_text=_("An office may then ask you at 48 hours' notice, as long as the offer stands"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["countries"].required = self["reach"].value() != Reach.ANY

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        first, last = cleaned.get("available_from"), cleaned.get("available_until")
        if first and last and last < first:
            self.add_error("available_until", _("The offer must end after it starts"))
        refuse_past(self, "available_from", "available_until")
        return cleaned

    def values(self) -> dict[str, Any]:
        cleaned = dict(self.cleaned_data)
        is_any = cleaned.pop("reach") == Reach.ANY
        return {**cleaned, "is_any_country": is_any, "countries": [] if is_any else cleaned["countries"]}


class GoalsStep(GoalFields, StepForm):
    heading = _("Goals and themes")
    lead = _("They decide which UN entities see the offer: an entity answers for the themes of its mandate.")


class ConductStep(StepForm):
    heading = _("Conduct questions")
    lead = _("A partnership is no sale. These questions keep the two apart.")

    is_tied_to_procurement = yes_no(
        _("Is the offer tied to a tender, a contract or an order?"),
        {"yes": _("Such an offer goes to procurement instead; a partnership gives no advantage there")},
    )
    is_fit_for_use = yes_no(
        _("Is all of it fit for use, legal where it goes, and not expired?"),
        {"no": _("The UN cannot take goods that are past their date or that nobody can use")},
    )
    wishes_emblem = yes_no(
        _("Would you like to use the name or emblem of the UN?"),
        {"yes": _("Each entity decides on this apart, in writing")},
    )
    compact_status = forms.ChoiceField(
        label=_("Does your company take part in the UN Global Compact?"),
        choices=[("", _("Choose an answer")), *CompactStatus.choices],
        required=False,
        help_text=_("It is looked up. Taking part gives no advantage."),
    )
    expects_in_return = forms.CharField(
        label=_("What do you expect in return?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    conditions = forms.CharField(
        label=_("Does the offer have conditions?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


STEPS: dict[str, type[StepForm]] = {
    "company": CompanyStep,
    "what": WhatStep,
    "where": WhereStep,
    "goals": GoalsStep,
    "conduct": ConductStep,
}


class SubmitForm(forms.Form):
    is_declared = forms.BooleanField(
        label=_(
            "I may speak for the company, the answers are true, and the UN may check the company, "
            "its owners and directors against published lists."
        ),
        error_messages={"required": _("Confirm this to submit the offer")},
    )


class DocumentForm(forms.Form):
    file = UploadField(label=_("Add a file"))


class KeepForm(TrappedForm):
    """Where to send the way back to a draft."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send one link, and nothing else"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
