"""Shape of what is typed about a company, its other names and its people."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnerships.forms.choices import LeiField
from partnerships.forms.partnerships import PlainForm, Rows, short, text
from partnerships.models import Company, CompanyMember, CompanyName, CompanyPerson
from portal.countries import CountryField
from portal.forms import HintedRadios
from portal.models import Sector


class SectorField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Sector) -> str:
        return obj.title_en


class CompanyForm(PlainForm):
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Company
        fields = [
            "name", "kind", "country", "registration_number", "lei", "founded_year", "website", "address",
            "sector", "size_class", "about",
        ]  # fmt: skip
        widgets = {
            "registration_number": short(20),
            "founded_year": short(4),
            "about": text(),
        }
        help_texts = {
            "name": _("As it is registered, with the legal form"),
            "registration_number": _("From the trade register"),
            "about": _("In two or three sentences"),
        }

    lei = LeiField()
    website = forms.URLField(
        label=_("Website"), required=False, assume_scheme="https", widget=forms.URLInput({"dir": "ltr"})
    )
    sector = SectorField(
        label=_("Main activity"),
        queryset=Sector.objects.filter(level="section"),
        required=False,
    )
    country = CountryField(label=_("Country of registration"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = self.instance.revision
        sector = self.instance.sector
        if sector and sector.level != "section":  # keeps a finer sector that the archive inferred
            finer = Sector.objects.filter(Q(level="section") | Q(pk=sector.pk))
            cast(forms.ModelChoiceField, self.fields["sector"]).queryset = finer

    def clean_founded_year(self) -> int | None:
        year = self.cleaned_data["founded_year"]
        if year is not None and not 1200 <= year <= timezone.localdate().year:
            raise ValidationError(_("Enter the year with four digits, for example 1998"))
        return year


class NameRow(PlainForm):
    title, new_title, plural = _("Other name"), _("Add another name"), _("Other names")

    class Meta:
        model = CompanyName
        fields = ["name", "kind"]

    @classmethod
    def initial_of(cls, row) -> dict[str, Any]:
        return {"label": row.name, **forms.model_to_dict(row, fields=cls._meta.fields)}

    @property
    def label(self) -> str:
        return self.initial.get("label", "")


class PersonRow(PlainForm):
    title, new_title = _("Owner, director or parent"), _("Add an owner, director or parent company")
    plural = _("Owners, directors, parents")

    class Meta:
        model = CompanyPerson
        fields = ["name", "role", "is_organization", "share_percent", "country", "birth_year"]
        widgets = {"share_percent": short(4), "birth_year": short(4)}
        labels = {"is_organization": _("This is an organization, no person")}
        help_texts = {
            "birth_year": _("Tells people of the same name apart"),
            "share_percent": _("Of owners"),
        }

    country = CountryField(label=_("Nationality or country"), required=False)

    @classmethod
    def initial_of(cls, row) -> dict[str, Any]:
        return {"label": row.name, **forms.model_to_dict(row, fields=cls._meta.fields)}

    @property
    def label(self) -> str:
        return self.initial.get("label", "")

    def clean_birth_year(self) -> int | None:
        year = self.cleaned_data["birth_year"]
        if year is not None and not 1880 <= year <= timezone.localdate().year:
            raise ValidationError(_("Enter the year with four digits, for example 1961"))
        return year


def company_rows(company: Company | None, data: Mapping | None) -> dict[str, Rows]:
    """The other names and the people of a company as rows of a form."""

    def formset(kind, name: str, rows: Iterable) -> Rows:
        cls = forms.formset_factory(kind, formset=Rows, can_delete=True, extra=1, max_num=60, absolute_max=80)
        return cast(Rows, cls(data, initial=[kind.initial_of(row) for row in rows], prefix=name))

    names = company.names.order_by("pk") if company else []
    people = company.people.order_by("pk") if company else []
    return {"names": formset(NameRow, "names", names), "people": formset(PersonRow, "people", people)}


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address of a colleague"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=CompanyMember.Role,
        initial=CompanyMember.Role.EDITOR,
        widget=HintedRadios(
            hints={
                CompanyMember.Role.OWNER: _("Also changes the profile and decides who is in"),
                CompanyMember.Role.EDITOR: _("Makes offers, answers questions, follows them"),
            }
        ),
    )


class RoleForm(forms.Form):
    """A role for a colleague; OUT takes the seat."""

    OUT = "out"
    role = forms.ChoiceField(choices=[*CompanyMember.Role.choices, (OUT, _("No seat"))])
