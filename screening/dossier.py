"""The fields of a company's dossier that are kept as facts with source and date, and how they read.

What is screened (names, people, registry numbers) stands on the company itself; activities, controversies and
standings in the Global Compact are rows of their own. Source: criteria.yaml, company_fields.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.days import day_words
from portal.marks import joined
from portal.models import Country

Choices = tuple[tuple[str, str | Promise], ...]

PRODUCTS: Choices = (
    (
        "controversial_weapons",
        _("Mines, cluster munitions, nuclear, biological or chemical weapons"),
    ),
    ("conventional_weapons", _("Conventional weapons")),
    ("dual_use_military", _("Dual-use goods for the military")),
    ("replica_weapons_for_children", _("Replica weapons for children")),
    ("tobacco", _("Tobacco")),
    ("e_cigarettes", _("E-cigarettes")),
    ("alcohol", _("Alcohol")),
    ("gambling", _("Gambling")),
    ("adult_content", _("Adult content")),
    ("infant_formula", _("Infant formula")),
    ("banned_substances", _("Substances banned by treaty")),
    ("cites_species", _("Species protected by CITES")),
    ("nuclear_energy", _("Nuclear energy")),
    ("thermal_coal", _("Thermal coal")),
    ("palm_oil", _("Palm oil")),
    ("soy", _("Soy")),
    ("facial_recognition_surveillance", _("Surveillance by facial recognition")),
    ("private_detention", _("Private detention")),
)
TARGETS: Choices = (
    ("none", pgettext_lazy("climate targets", "None")),
    ("committed", _("Committed")),
    ("targets_set", _("Targets set and verified")),
)


@dataclass(frozen=True)
class Field:
    """`kind` is text, lines, number, percent, year, yes_no, date, url, choice, choices or countries."""

    name: str
    label: str | Promise
    kind: str = "text"
    choices: Choices = ()
    hint: str | Promise = ""
    is_required: bool = False  # of the company itself: a rule of the catalogue starts from it


@dataclass(frozen=True)
class Part:
    """A group of fields, which is also one step of the company's own disclosure."""

    slug: str
    label: str | Promise
    fields: tuple[Field, ...]


PARTS = (
    Part(
        "organization",
        _("The organization"),
        (
            Field("legal_form", _("Legal form"), is_required=True),
            Field("is_listed", _("Listed on a stock exchange"), "yes_no"),
            Field("exchange", _("Stock exchange")),
            Field("ticker", _("Ticker")),
            Field("isin", _("ISIN")),
            Field("employees", _("People employed"), "number", is_required=True),
            Field("employees_year", _("Year of that number"), "year"),
            Field("revenue_amount", _("Revenue"), "number", hint=_("In whole units")),
            Field("revenue_currency", _("Currency"), hint=_("Three letters, such as USD")),
            Field("revenue_year", _("Year of that revenue"), "year"),
        ),
    ),
    Part(
        "activities",
        _("What it does, and where"),
        (
            Field(
                "product_flags",
                _("Does it make, sell or run any of these?"),
                "choices",
                PRODUCTS,
                is_required=True,
            ),
            Field("hq_country", _("Country of the head office"), "countries", is_required=True),
            Field("operating_countries", _("Countries where it works"), "countries", is_required=True),
            Field("sourcing_countries", _("Countries it buys from"), "countries"),
        ),
    ),
    Part(
        "ownership",
        _("Who owns and runs it"),
        (
            Field(
                "state_owned_percent",
                _("Owned by a State, per cent"),
                "percent",
                hint=_("0 where no State owns any of it"),
                is_required=True,
            ),
            Field(
                "is_pep_linked",
                _("Is an owner or director a politically exposed person, or close to one?"),
                "yes_no",
                is_required=True,
            ),
            Field("subsidiaries", _("Subsidiaries"), "lines"),
            Field("joint_ventures", _("Joint ventures"), "lines"),
        ),
    ),
    Part(
        "conduct",
        _("Commitments and conduct"),
        (
            Field("weps_signatory", _("Signed the Women's Empowerment Principles"), "yes_no"),
            Field(
                "crbp_adopted",
                _("Adopted the Children's Rights and Business Principles"),
                "yes_no",
            ),
            Field("pri_signatory", _("Signed the Principles for Responsible Investment"), "yes_no"),
            Field("sbti_status", _("Science-based climate targets"), "choice", TARGETS),
            Field("hr_policy_url", _("Human rights policy"), "url"),
            Field("hrdd_report_url", _("Report on human rights due diligence"), "url"),
            Field("anticorruption_policy_url", _("Policy against corruption"), "url"),
            Field("sustainability_report_year", _("Year of the last sustainability report"), "year"),
            Field("assurance", _("Who assured that report")),
            Field("supplier_code_acknowledged_on", _("UN Supplier Code accepted on"), "date"),
            Field("self_assessment_on", _("Self-assessment under that code done on"), "date"),
            Field(
                "aml_self_certification",
                _("Certifies that it works against money laundering"),
                "yes_no",
                is_required=True,
            ),
        ),
    ),
    Part(
        "relations",
        _("Relations with the United Nations"),
        (
            Field("current_un_engagements", _("Current work with UN entities"), "lines"),
            Field("un_vendor_numbers", _("UN vendor numbers"), "lines"),
            Field("procurement_interest_declared", _("Wants to sell to the UN"), "yes_no", is_required=True),
            Field("conflicts_declared", _("Conflicts of interest"), "lines"),
            Field("past_un_decisions", _("Earlier decisions of UN entities on it"), "lines"),
        ),
    ),
)
FIELDS = {field.name: field for part in PARTS for field in part.fields}
MAIN_ACTIVITY = Field("sector_0", _("Main activity"), is_required=True)  # a row of its own, not a fact


def unanswered(values: Mapping[str, Any], activities: Sequence[Any]) -> list[tuple[Part, Field]]:
    """The questions that a company must answer in its statement and has not, with their parts.

    An empty list of products is an answer: none of them.
    """
    missing = []
    for part in PARTS:
        if part.slug == "activities" and not activities:
            missing.append((part, MAIN_ACTIVITY))
        missing += [
            (part, field) for field in part.fields if field.is_required and values.get(field.name) is None
        ]
    return missing


def in_words(field: Field, value: Any) -> str:
    """A stored value for a reader."""
    if value is None:
        return ""
    if field.kind == "yes_no":
        return str(_("Yes") if value else _("No"))
    if field.kind == "date":
        return day_words(date.fromisoformat(value))
    if field.kind == "percent":
        return f"{value}%"
    if field.kind in ("choice", "choices"):
        labels = dict(field.choices)
        chosen = [value] if field.kind == "choice" else value
        return joined((str(labels.get(code, code)) for code in chosen), ";") or str(_("None of those named"))
    if field.kind == "countries":
        return joined(country_names(value), ";") or str(_("None"))
    if field.kind == "lines":
        return joined(value, ";") or str(_("None"))
    return str(value)


def country_names(codes: Iterable[str]) -> list[str]:
    names = {country.pk: str(country) for country in Country.objects.filter(pk__in=list(codes))}
    return [names.get(code, code) for code in codes]
