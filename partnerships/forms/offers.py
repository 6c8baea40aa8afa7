"""Shape of what is typed about an offer: one form a step, and the forms of the desk."""

import datetime
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.models import UNEntity
from partnerships import labels
from partnerships.matching import subregions
from partnerships.models import Company, ContributionKind, Need, ReasonCode, SizeClass
from portal import limits
from portal.forms import DateParts, HintedCheckboxes, HintedRadios
from portal.models import Goal, Region, Sector, Target
from portal.themes import Theme

LONGEST_TEXT = 20_000  # of one field as typed; each form has stricter limits of its own
YES_NO = [("yes", pgettext_lazy("answer", "Yes")), ("no", pgettext_lazy("answer", "No"))]

KIND_HINTS = {
    ContributionKind.IN_KIND_GOODS: _("Fit for use, not expired, with spare parts"),
    ContributionKind.IN_KIND_SERVICES: _("For example transport, storage or communications"),
    ContributionKind.PRO_BONO: _("Work of your specialists without a fee"),
    ContributionKind.STAFF_TIME: _("For example training or secondment"),
    ContributionKind.VOLUNTEERS: _("People who give their own time"),
    ContributionKind.CORE_COMPETENCY: _("What your business does best, done for or with a UN programme"),
    ContributionKind.MEDIA_SPACE: _("Advertising space, air time or reach"),
    ContributionKind.LICENCE: _("Use of a patent, software or data"),
    ContributionKind.INVESTMENT: _("Capital that is meant to be returned"),
}
OFFERED_KINDS = [
    (kind.value, kind.label)
    for kind in (
        ContributionKind.IN_KIND_GOODS,
        ContributionKind.IN_KIND_SERVICES,
        ContributionKind.CASH,
        ContributionKind.PRO_BONO,
        ContributionKind.EXPERTISE,
        ContributionKind.STAFF_TIME,
        ContributionKind.VOLUNTEERS,
        ContributionKind.CORE_COMPETENCY,
        ContributionKind.LICENCE,
        ContributionKind.MEDIA_SPACE,
        ContributionKind.INVESTMENT,
    )
]


# --- fields -----------------------------------------------------------------------------------------------


class GroupedCheckboxes(forms.CheckboxSelectMultiple):
    """Many checkboxes in groups that open and close; a group with a tick in it starts open."""

    template_name = "partnerships/offer_grouped_checkboxes.html"

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"]["groups"] = [
            {"label": label, "options": options, "chosen": sum(option["selected"] for option in options)}
            for label, options, _index in context["widget"]["optgroups"]
        ]
        return context


def country_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Countries by subregion of the world, the one matching knows, both in the order of letters."""
    regions = labels.reference(Region)
    groups: dict[str, list[tuple[str, str]]] = {}
    for country in labels.countries().values():
        region = regions.get(subregions()[country.pk])
        groups.setdefault(str(region or country), []).append((country.pk, str(country)))
    return sorted((label, sorted(found, key=lambda pair: pair[1])) for label, found in groups.items())


def target_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """SDG targets by goal."""
    goals = labels.reference(Goal)
    groups: dict[int, list[tuple[str, str]]] = {number: [] for number in sorted(goals)}
    for target in sorted(labels.reference(Target).values(), key=lambda target: target.position):
        groups[target.goal_id].append((target.pk, str(target)))
    return [(f"{number}. {goals[number]}", found) for number, found in groups.items()]


T = Theme
THEME_GROUPS = [
    (_("People"), [T.POVERTY, T.HEALTH, T.EDUCATION, T.CHILDREN, T.GENDER, T.REFUGEES, T.MIGRATION]),
    (_("Food and nature"), [T.FOOD_NUTRITION, T.AGRICULTURE, T.WATER, T.ENVIRONMENT, T.BIODIVERSITY]),
    (_("Climate, energy and disasters"), [T.CLIMATE, T.ENERGY, T.HUMANITARIAN, T.DISASTER_RISK]),
    (_("Work and business"), [T.LABOUR, T.ENTERPRISE, T.INDUSTRY, T.TRADE, T.FINANCE, T.TOURISM]),
    (_("Knowledge and technology"), [T.ICT, T.INNOVATION, T.DATA, T.SCIENCE, T.CULTURE]),
    (_("Places and transport"), [T.URBAN, T.HOUSING, T.INFRASTRUCTURE, T.TRANSPORT, T.LOGISTICS]),
    (_("Rights and institutions"), [T.HUMAN_RIGHTS, T.GOVERNANCE, T.ANTI_CORRUPTION, T.CRIME, T.PEACE]),
]


def theme_groups() -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """Themes in seven families, so that nobody reads a column of thirty-seven."""
    return [(label, [(theme.value, theme.label) for theme in themes]) for label, themes in THEME_GROUPS]


def country_choices() -> list[tuple[str, Any]]:
    found = sorted(((c.pk, str(c)) for c in labels.countries().values()), key=lambda pair: pair[1])
    return [("", _("Choose a country")), *found]


def sector_choices() -> list[tuple[str, Any]]:
    sections = [s for s in labels.reference(Sector).values() if s.level == "section"]
    return [
        ("", _("Choose an activity")),
        *((s.pk, s.title_en) for s in sorted(sections, key=lambda s: s.pk)),
    ]


def currency_field(**kwargs) -> forms.CharField:
    return forms.RegexField(
        r"^[A-Za-z]{3}$",
        label=_("Currency"),
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "autocomplete": "off", "dir": "ltr"}),
        error_messages={"invalid": _("Enter the three letters of the currency, for example USD")},
        **kwargs,
    )


def yes_no(label: Any, hints: Mapping[str, str | Promise] | None = None, **kwargs) -> forms.Field:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        coerce=lambda value: value == "yes",
        widget=HintedRadios(hints=dict(hints or {})),
        **kwargs,
    )


# --- steps ------------------------------------------------------------------------------------------------


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
    lei = forms.RegexField(
        r"^[A-Za-z0-9]{20}$",
        label=_("Legal Entity Identifier (LEI)"),
        required=False,
        help_text=_("20 letters and digits, if the company has one"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
        error_messages={"invalid": _("An LEI has 20 letters and digits")},
    )
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
        return super().rows()[:1] if self.companies else super().rows()

    def folded_rows(self) -> list[list[forms.BoundField]]:
        """The facts of a new company, where the person has companies to choose from."""
        return super().rows()[1:] if self.companies else []

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
        chosen = self.companies.get(self.cleaned_data["company"])
        if chosen:
            return {"company": chosen}
        facts = {name: self.cleaned_data[name] for name in self.OF_COMPANY}
        return {"new_company": {**facts, "lei": facts["lei"].upper()}}


class WhatStep(StepForm):
    heading = _("Your offer")
    lead = _("Say plainly what you can give. The UN office that answers will see these words.")
    BESIDE = frozenset({"unit", "currency"})

    title = forms.CharField(label=_("Short title"), max_length=80, help_text=_("Up to 80 characters"))
    contribution_kinds = forms.MultipleChoiceField(
        label=_("What kind of help is it?"),
        choices=OFFERED_KINDS,
        widget=HintedCheckboxes(hints=KIND_HINTS),
        error_messages={"required": _("Choose at least one kind of help")},
    )
    quantity = forms.DecimalField(
        label=_("How many?"),
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("A number. You can say “up to” in the description."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "dir": "ltr"}),
        error_messages={"invalid": _("Enter how many you can give, for example 400")},
    )
    unit = forms.CharField(
        label=_("Of what?"),
        max_length=40,
        required=False,
        help_text=_("The unit, for example pumps, tonnes, days"),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    description = forms.CharField(
        label=_("Describe it"),
        max_length=4000,
        help_text=_("What it is, its condition, what somebody needs to use it"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    value_amount = forms.DecimalField(
        label=_("What is it worth, about?"),
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("At what it costs you, without profit. It gives no advantage in the ranking."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "dir": "ltr"}),
        error_messages={"invalid": _("Enter an amount in digits, for example 25000")},
    )
    currency = currency_field(help_text=_("Three letters, for example USD"))

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("quantity") is not None and not cleaned.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("Say what you count, for example pumps"))
        if cleaned.get("value_amount") and not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Enter the currency of the amount, for example USD"))
        return cleaned

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "currency": self.cleaned_data["currency"].upper()}


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
        elif last and last < datetime.date.today():
            self.add_error("available_until", _("The last day is over. Enter a day to come"))
        return cleaned

    def values(self) -> dict[str, Any]:
        cleaned = dict(self.cleaned_data)
        is_any = cleaned.pop("reach") == Reach.ANY
        return {**cleaned, "is_any_country": is_any, "countries": [] if is_any else cleaned["countries"]}


class GoalsStep(StepForm):
    heading = _("Goals and themes")
    lead = _("They decide which UN entities see the offer: an entity answers for the themes of its mandate.")

    themes = forms.MultipleChoiceField(
        label=_("What is it about?"),
        choices=theme_groups,
        help_text=_("Tick what the offer is made for, rather than all it might touch"),
        widget=GroupedCheckboxes,
        error_messages={"required": _("Tick at least one theme")},
    )
    targets = forms.MultipleChoiceField(
        label=_("Targets of the Sustainable Development Goals"),
        choices=target_groups,
        required=False,
        help_text=_("If you know them. An office sees at once when you name the same target."),
        widget=GroupedCheckboxes,
    )


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


# --- bots -------------------------------------------------------------------------------------------------


class TrappedForm(forms.Form):
    """Holds what fills forms by itself: a field nobody sees, and a page answered faster than people read.

    The signed moment of the page serves a few posts only, so that one page cannot be replayed.
    """

    SECONDS_TO_READ = 2
    PAGE_LIVES_SECONDS = 12 * 3600
    POSTS_A_PAGE = 2  # the second is a double press

    fax_number = forms.CharField(required=False, widget=forms.HiddenInput)
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def page_token(self) -> str:
        """For the hidden field `opened` of a fresh page."""
        return signing.dumps([time.time(), secrets.token_urlsafe(8)], salt="offer-page")

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        try:
            opened_at, page = signing.loads(
                cleaned.get("opened", ""), salt="offer-page", max_age=self.PAGE_LIVES_SECONDS
            )
        except signing.BadSignature as unreadable:
            raise ValidationError(
                _("The page was open for too long. Press the button once more.")
            ) from unreadable
        if cleaned.get("fax_number") or time.time() - opened_at < self.SECONDS_TO_READ:
            raise ValidationError(
                _("This was sent faster than people read. Wait a moment and press the button once more.")
            )
        limits.take(f"offer-page:{page}", burst=self.POSTS_A_PAGE, per_seconds=self.PAGE_LIVES_SECONDS)
        return cleaned


# --- the business answers -----------------------------------------------------------------------------------


class ReplyForm(forms.Form):
    reply = forms.CharField(label=_("Your reply"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


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
    entity = forms.ModelChoiceField(
        label=_("To which UN entity?"), queryset=UNEntity.objects.filter(is_current=True)
    )
    note = forms.CharField(
        label=_("Note to the entity"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
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
        self.fields["need"].queryset = open_needs  # type: ignore[attr-defined]


class NotAFitForm(NeedChoiceForm):
    reason = forms.CharField(label=_("Why it does not fit"), max_length=300)


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
