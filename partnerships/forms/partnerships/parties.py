"""Who takes part, where, and for which goals."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from focalpoints.models import FocalPoint, UNEntity
from partnerships import labels
from partnerships.forms.choices import country_groups, target_groups
from partnerships.forms.partnerships.base import (
    PARTIAL_HINT,
    EntityField,
    PercentField,
    RecordForm,
    RowForm,
    short,
    text,
)
from partnerships.models import (
    Framework,
    Modality,
    Partnership,
    PartnershipEntity,
    PartnershipParty,
    Purpose,
    Scope,
)
from portal.collation import groups_in_order
from portal.forms import GroupedCheckboxes, HintedCheckboxes
from portal.models import Region, Target
from portal.themes import theme_groups


class EntityRow(RowForm):
    title, new_title, plural = _("UN entity"), _("Add a UN entity"), _("UN entities")

    class Meta:
        model = PartnershipEntity
        fields = ["entity", "role", "office_level", "office_country", "note"]
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
        fields = ["description", "kind", "role", "responsibilities", "interests", "joined", "left"]
        labels = {"description": _("Name or description")}
        widgets = {
            "responsibilities": text(2),
            "interests": text(2),
            "joined": short(),
            "left": short(),
        }
        help_texts = {"joined": PARTIAL_HINT, "left": PARTIAL_HINT}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.initial.get("is_company"):
            del self.fields["description"]
            self.fields["kind"].widget = forms.HiddenInput()
        self.is_unfinished = not (self.initial.get("role") and self.initial.get("responsibilities"))

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
        fields = ["focal_points", "un_role_note"]
        widgets = {"un_role_note": text(2)}
        help_texts = {
            "un_role_note": _(
                "Needed where one UN entity brings the partners together and does the work as well"
            )
        }

    focal_points = forms.ModelMultipleChoiceField(
        label=_("Focal points who answer for it"),
        queryset=FocalPoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        chooser = cast(forms.ModelMultipleChoiceField, self.fields["focal_points"])
        chooser.queryset = (
            FocalPoint.objects.active()
            .filter(entity__partnership_roles__partnership=self.instance)
            .select_related("entity")
            .distinct()
        )


def region_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Parts of the world under their continent."""
    regions = labels.reference(Region)
    groups: dict[str, list[tuple[str, str]]] = {}
    for region in regions.values():
        parent = regions.get(region.parent_id or "")
        groups.setdefault(str(parent or region), []).append((region.pk, str(region)))
    return groups_in_order(groups)


class PlacesForm(RecordForm):
    heading = _("Where")
    lead = _("Countries decide who finds the record. A worldwide one may name none.")

    class Meta:
        model = Partnership
        fields = [
            "scope", "countries", "unnamed_country_count", "regions", "place_note", "ldc_share",
        ]  # fmt: skip
        widgets = {"unnamed_country_count": short(4)}
        help_texts = {
            "unnamed_country_count": _("Where a source says “in 60 countries” and names some of them")
        }

    scope = forms.ChoiceField(label=_("Scope"), choices=Scope, widget=forms.RadioSelect)
    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        choices=country_groups,
        required=False,
        help_text=_("Open a part of the world and tick its countries"),
        widget=GroupedCheckboxes,
    )
    regions = forms.MultipleChoiceField(
        label=_("Regions"),
        choices=region_groups,
        required=False,
        help_text=_("Where it works in a whole region rather than in single countries"),
        widget=GroupedCheckboxes,
    )
    ldc_share = PercentField(
        label=_("Share for least developed countries, per cent"),
        help_text=_("Of its money, goods and time"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["countries"] = _codes(self.instance, "countries")
        self.initial["regions"] = _codes(self.instance, "regions")


class GoalsForm(RecordForm):
    heading = _("Goals and purposes")
    lead = _("What it serves, and what it does for that.")

    class Meta:
        model = Partnership
        fields = [
            "purposes", "targets", "primary_target", "themes", "modalities", "financing_model", "frameworks",
            "framework_note",
        ]  # fmt: skip

    purposes = forms.MultipleChoiceField(label=_("Purposes"), choices=Purpose, widget=HintedCheckboxes)
    targets = forms.MultipleChoiceField(
        label=_("Targets of the Sustainable Development Goals"),
        choices=target_groups,
        required=False,
        widget=GroupedCheckboxes,
    )
    primary_target = forms.ModelChoiceField(
        label=_("Main target"), queryset=Target.objects.all(), required=False
    )
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        choices=theme_groups,
        required=False,
        widget=GroupedCheckboxes,
    )
    modalities = forms.MultipleChoiceField(
        label=_("Form"), choices=Modality, required=False, widget=HintedCheckboxes
    )
    frameworks = forms.MultipleChoiceField(
        label=_("Other frameworks it serves"), choices=Framework, required=False, widget=HintedCheckboxes
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["targets"] = _codes(self.instance, "targets")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        main = cleaned.get("primary_target")
        if main and main.pk not in cleaned.get("targets", []):
            self.add_error("primary_target", _("Tick the main target above as well"))
        return cleaned


def _codes(record: Partnership, field: str) -> list[str]:
    return list(getattr(record, field).values_list("pk", flat=True)) if record.pk else []
