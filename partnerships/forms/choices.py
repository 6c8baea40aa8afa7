"""Choices and fields that offers, needs and records share."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rigour.ids import LEI

from partnerships import labels
from partnerships.matching import subregions
from partnerships.models import ContributionKind
from portal.collation import groups_in_order, in_order
from portal.forms import HintedRadios
from portal.models import Goal, Region, Sector, Target

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


def country_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Countries by subregion of the world, the one matching knows, both in the order of letters."""
    regions = labels.reference(Region)
    groups: dict[str, list[tuple[str, str]]] = {}
    for country in labels.countries().values():
        region = regions.get(subregions()[country.pk])
        groups.setdefault(str(region or country), []).append((country.pk, str(country)))
    return groups_in_order(groups)


def target_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """SDG targets by goal."""
    goals = labels.reference(Goal)
    groups: dict[int, list[tuple[str, str]]] = {number: [] for number in sorted(goals)}
    for target in sorted(labels.reference(Target).values(), key=lambda target: target.position):
        groups[target.goal_id].append((target.pk, str(target)))
    return [(f"{number}. {goals[number]}", found) for number, found in groups.items()]


def country_choices() -> list[tuple[str, Any]]:
    found = in_order(labels.countries().values())
    return [("", _("Choose a country")), *((country.pk, str(country)) for country in found)]


def sector_choices() -> list[tuple[str, Any]]:
    sections = [s for s in labels.reference(Sector).values() if s.level == "section"]
    return [
        ("", _("Choose an activity")),
        *((s.pk, s.title_en) for s in sorted(sections, key=lambda s: s.pk)),
    ]


class CurrencyField(forms.RegexField):
    """Three letters of ISO 4217, typed in any case, kept and shown in capitals."""

    def __init__(self, **kwargs):
        super().__init__(
            r"^[A-Za-z]{3}$",
            label=_("Currency"),
            required=False,
            widget=forms.TextInput(
                attrs={"class": "govuk-input--width-4", "autocomplete": "off", "dir": "ltr"}
            ),
            help_text=_("Three letters, for example USD"),
            error_messages={"invalid": _("Enter the three letters of the currency, for example USD")},
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").upper()

    def prepare_value(self, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value


def yes_no(label: Any, hints: Mapping[str, str | Promise] | None = None, **kwargs) -> forms.Field:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        coerce=lambda value: value == "yes",
        widget=HintedRadios(hints=dict(hints or {})),
        **kwargs,
    )


class LeiField(forms.CharField):
    """A Legal Entity Identifier, in capitals without spaces; its two check digits must fit.

    Source: ISO 17442-1.
    """

    def __init__(self, **kwargs):
        width = forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off", "dir": "ltr"})
        super().__init__(
            **{
                "label": _("Legal Entity Identifier (LEI)"),
                "help_text": _("20 letters and digits, if the company has one"),
                "max_length": 30,  # people copy it in groups of four
                "required": False,
                "widget": width,
                **kwargs,
            }
        )

    def clean(self, value: Any) -> str:
        lei = super().clean(value).replace(" ", "").upper()
        if lei and len(lei) != 20:
            raise ValidationError(_("An LEI has 20 letters and digits"))
        if lei and not LEI.is_valid(lei):
            raise ValidationError(_("Check the LEI: its last two digits do not fit the others"))
        return lei
