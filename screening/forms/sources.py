"""What an administrator keeps about a list: where it comes from, who may see it, which column holds what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from portal.forms import offer_choices
from screening.fetching import is_public_address, is_public_host
from screening.lists import importers
from screening.lists.model import KINDS
from screening.models import EntryKind, ListSource

RESERVED = {"add"}  # pages beside those of the lists
TABLE = importers.MAPPED
READERS = {
    "un": _("United Nations Security Council, XML"),
    "ofac": _("OFAC, XML or the set of CSV files"),
    "eu": _("European Union, XML"),
    "uk": _("UK Sanctions List, XML or CSV"),
    "worldbank": _("World Bank, JSON or CSV"),
    "canada": _("Canada, XML"),
    "bis": _("BIS, tab-separated"),
    "ftm": _("FollowTheMoney, JSON lines or simple CSV"),
    TABLE: _("Any table with a header, by the columns below"),
}
COLUMNS = {
    "id": _("Id"),
    "name": _("Name"),
    "alias": _("Other names"),
    "former": _("Former names"),
    "weak": _("Weak aliases"),
    "kind": _("Person or organization"),
    "country": _("Countries"),
    "nationality": _("Nationalities"),
    "birth_date": _("Dates of birth or incorporation"),
    "address": _("Address"),
    "programme": _("Programmes"),
    "listed_on": _("Listed on"),
    "updated_on": _("Updated on"),
    "until": _("Listed until"),
    "reasons": _("Reasons"),
    "remarks": _("Remarks"),
}
DELIMITERS = {",": _("Comma"), ";": _("Semicolon"), "tab": _("Tabulator"), "|": _("Vertical bar")}
ABOUT = (
    "title", "publisher", "kind", "licence", "page_url", "criterion", "is_confidential", "stale_after_days",
    "expected_low", "expected_high",
)  # fmt: skip
NUMBERS = ("stale_after_days", "expected_low", "expected_high", "fetch_every_hours", "separator")
ORIGIN = ("importer", "url", "hosts", "fetch_every_hours")


class SourceForm(forms.ModelForm):
    """A list that is known already. `values` is what the services take."""

    kind = forms.ChoiceField(label=_("Kind"))
    importer = forms.ChoiceField(
        label=_("How the file is read"), choices=[("", _("Choose")), *READERS.items()]
    )
    url = forms.URLField(
        label=_("Address of the file"),
        required=False,
        assume_scheme="https",
        help_text=_("Only this host is ever asked, over https. Leave it empty if files are handed in."),
    )
    hosts = forms.CharField(
        label=_("Other hosts the address may lead to"),
        required=False,
        max_length=300,
        help_text=_("Names of hosts, with blanks between."),
    )
    page_url = forms.URLField(
        label=_("The publisher's page about the list"), required=False, assume_scheme="https"
    )
    expected_low = forms.IntegerField(
        label=_("Fewest entries that are believed"),
        required=False,
        min_value=0,
        help_text=_("A file with fewer is refused until a person has looked at it."),
    )
    expected_high = forms.IntegerField(
        label=_("Most entries that are believed"),
        required=False,
        min_value=0,
        help_text=_("A file with more is refused until a person has looked at it."),
    )
    fetch_every_hours = forms.IntegerField(
        label=_("Fetch every, in hours"),
        min_value=1,
        max_value=168,
        initial=24,
        help_text=_("From 1 to 168."),
    )
    delimiter = forms.ChoiceField(label=_("Cells are separated by"), choices=list(DELIMITERS.items()))
    separator = forms.CharField(
        label=_("Several values in one cell are separated by"), max_length=3, initial=";", strip=False
    )
    default_kind = forms.ChoiceField(
        label=_("A row that does not say its kind is"),
        choices=[(kind, EntryKind(kind).label) for kind in KINDS],
    )
    identifiers = forms.CharField(
        label=_("Identifiers"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line: the type, a colon, the column. “lei: LEI code”"),
    )

    class Meta:
        model = ListSource
        fields = [*ABOUT, *ORIGIN]
        labels = {
            "title": _("Title"),
            "publisher": _("Publisher"),
            "licence": _("Licence"),
            "criterion": _("Criterion that a true match meets"),
            "is_confidential": _("Only reviewers of screening may see its entries"),
            "stale_after_days": _("Out of date after, in days"),
        }
        help_texts = {
            "criterion": _("Its code, such as E-SAN-01. Empty: a match is for the reviewer to weigh."),
            "is_confidential": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mapping = self.instance.mapping
        columns = mapping.get("columns", {})
        for name, label in COLUMNS.items():
            self.fields[f"column_{name}"] = forms.CharField(
                label=label,
                required=False,
                max_length=100,
                initial=columns.get(name, ""),
                widget=forms.TextInput({"class": "govuk-input--width-20"}),
            )
        for name in NUMBERS:
            self.fields[name].widget.attrs["class"] = "govuk-input--width-5"
        self.initial.update({name: mapping[name] for name in ("delimiter", "separator") if name in mapping})
        self.initial["default_kind"] = mapping.get("kind", "unknown")
        self.initial["identifiers"] = "\n".join(
            f"{name.removeprefix('identifier:')}: {column}"
            for name, column in columns.items()
            if name.startswith("identifier:")
        )
        kinds = ListSource.Kind
        demonstration = [kinds.DEMONSTRATION] if self.instance.kind == kinds.DEMONSTRATION else []
        offered = [kinds.SANCTIONS, kinds.DEBARMENT, kinds.EXCLUSION, kinds.STANDING, *demonstration]
        offer_choices(self, kind=[(kind.value, kind.label) for kind in offered])

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        if url and not is_public_address(url):
            raise forms.ValidationError(
                _("Give an https address at a host with a public name, without port or user")
            )
        return url

    def clean_hosts(self) -> str:
        hosts = self.cleaned_data["hosts"].lower().split()
        if wrong := [host for host in hosts if not is_public_host(host)]:
            raise forms.ValidationError(
                _("“%(host)s” is no public name of a host"), params={"host": wrong[0]}
            )
        return " ".join(hosts)

    def clean_identifiers(self) -> dict[str, str]:
        """{"identifier:lei": column}."""
        found = {}
        for line in self.cleaned_data["identifiers"].splitlines():
            type_, colon, column = (part.strip() for part in line.partition(":"))
            if not line.strip():
                continue
            if not colon or not column or not type_.isidentifier():
                raise forms.ValidationError(
                    _("“%(line)s” is not a type, a colon and a column"), params={"line": line.strip()}
                )
            found[f"identifier:{type_.lower()}"] = column
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, high = data.get("expected_low"), data.get("expected_high")
        if (low is None) != (high is None):
            self.add_error("expected_high" if high is None else "expected_low", _("Give both or neither"))
        elif low is not None and low > high:
            self.add_error("expected_high", _("This must not be less than the fewest"))
        if data.get("importer") == TABLE:
            for name in ("column_id", "column_name"):
                if not data.get(name):
                    self.add_error(name, _("A table needs the columns of id and name"))
        return data

    @property
    def about(self) -> Iterator[BoundField]:
        return (self[name] for name in (*self.new_fields, *ABOUT))

    @property
    def origin(self) -> Iterator[BoundField]:
        return (self[name] for name in ORIGIN)

    @property
    def table(self) -> Iterator[BoundField]:
        columns = [f"column_{name}" for name in COLUMNS]
        return (self[name] for name in (*columns, "identifiers", "delimiter", "separator", "default_kind"))

    new_fields: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """Fields of ListSource; the mapping only where the file is a table."""
        data = self.cleaned_data
        columns = {name: data[f"column_{name}"] for name in COLUMNS if data[f"column_{name}"]}
        mapping = {
            "columns": columns | data["identifiers"],
            "delimiter": data["delimiter"],
            "separator": data["separator"],
            "kind": data["default_kind"],
        }
        values = {name: data[name] for name in (*ABOUT, *ORIGIN)}
        return values | {"mapping": mapping if data["importer"] == TABLE else {}}


class NewSourceForm(SourceForm):
    field_order = ["code"]
    new_fields = ("code",)
    code = forms.RegexField(
        r"^[a-z][a-z0-9_]{1,29}$",
        label=_("Code"),
        help_text=_("Small letters, digits and underscores. It names the list for good: afdb"),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code in RESERVED:
            raise forms.ValidationError(_("This code is taken"))
        return code
