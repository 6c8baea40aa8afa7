"""What a key may write of a record: its fields, places, goals, and its rows.

Rows are sent as whole lists: one with the `id` it was read with is changed in what it gives, one without is
added, one that is left out is removed. Only shape is checked here; rules are those of the services.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from focalpoints.models import UNEntity
from partnerships.models import (
    Company,
    Contribution,
    Indicator,
    Measurement,
    Milestone,
    Partnership,
    PartnershipParty,
)
from partnerships.services.partnerships import rows_of
from portal.models import Country, Region, Target

MOST_ROWS = 200  # of one kind


class RowInput(serializers.ModelSerializer):
    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """A new row needs what a row needs, also where the record itself is only changed in part."""
        there = self.context.get("rows", {}).get(self.Meta.kind, {})
        row = there.get(given.get("id"))
        if "id" in given and row is None:
            raise ValidationError({"id": _("The record has no such row.")})
        missing = [name for name, field in self.fields.items() if field.required and name not in given]
        if row is None and missing:
            raise ValidationError({name: _("This field is required.") for name in missing})
        self.check(lambda name: given[name] if name in given else getattr(row, name, None))
        return given

    def check(self, value) -> None:
        """Raises ValidationError where fields do not fit together; `value(name)` is given, or is there."""


class PartnerInput(RowInput):
    company = serializers.UUIDField(allow_null=True, required=False, help_text="`id` of a company.")

    def validate_company(self, public_id) -> Company | None:
        if public_id is None:
            return None
        found = Company.objects.visible_to(self.context["request"].user).filter(public_id=public_id).first()
        if found is None:
            raise ValidationError(_("There is no such company."))
        return found

    def check(self, value) -> None:
        if not value("company") and not value("description"):
            raise ValidationError({"description": _("Name a company, or describe the partner.")})

    class Meta:
        kind = "parties"
        model = PartnershipParty
        fields = [
            "id", "company", "description", "kind", "role", "responsibilities", "interests", "joined", "left",
        ]  # fmt: skip


class ContributionInput(RowInput):
    country: serializers.Field = serializers.PrimaryKeyRelatedField(
        queryset=Country.objects.all(), allow_null=True, required=False
    )

    def check(self, value) -> None:
        amount = value("amount")
        if amount is not None and amount <= 0:
            raise ValidationError({"amount": _("Enter an amount above zero.")})
        if amount is not None and not re.fullmatch("[A-Z]{3}", value("currency") or ""):
            raise ValidationError(
                {"currency": _("Enter the three letters of the currency, for example USD.")}
            )

    class Meta:
        kind = "contributions"
        model = Contribution
        fields = [
            "id", "kind", "giver", "receiver", "amount", "currency", "usd_value", "rate_on",
            "valuation_method", "bound", "quantity", "unit", "is_earmarked", "year", "as_of", "country",
            "status", "note",
        ]  # fmt: skip


class IndicatorInput(RowInput):
    class Meta:
        kind = "indicators"
        model = Indicator
        fields = [
            "id", "name", "level", "unit", "baseline", "baseline_on", "target", "target_on", "direction",
            "actual", "bound", "as_of", "sdg_indicator", "disaggregation", "source", "note",
        ]  # fmt: skip


class MeasurementInput(RowInput):
    """A result: the value of an indicator of the record on a day."""

    indicator = serializers.IntegerField(min_value=1, help_text="`id` of an indicator of the record.")

    def validate_indicator(self, pk: int) -> Indicator:
        found = self.context.get("rows", {}).get("indicators", {}).get(pk)
        if found is None:
            raise ValidationError(_("The record has no such indicator."))
        return found

    class Meta:
        kind = "measurements"
        model = Measurement
        fields = ["id", "indicator", "value", "on", "by", "evidence", "comment"]
        extra_kwargs = {"on": {"required": True, "allow_blank": False}}


class MilestoneInput(RowInput):
    class Meta:
        kind = "milestones"
        model = Milestone
        fields = ["id", "on", "text"]


def many(row: type[RowInput]) -> serializers.ListSerializer:
    return serializers.ListSerializer(child=row(), required=False, max_length=MOST_ROWS)


def chosen(model: type[Model]) -> serializers.Field:
    rows = model._default_manager.all()
    return serializers.PrimaryKeyRelatedField(many=True, queryset=rows, required=False)


class RecordInput(serializers.ModelSerializer):
    """Fields, places, goals and rows of a record; what is not given stays."""

    countries: serializers.Field = chosen(Country)
    regions: serializers.Field = chosen(Region)
    targets: serializers.Field = chosen(Target)
    partners = many(PartnerInput)
    contributions = many(ContributionInput)
    indicators = many(IndicatorInput)
    measurements = many(MeasurementInput)
    milestones = many(MilestoneInput)

    def validate_partners(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        named = [row["company"].pk for row in rows if row.get("company")]
        if len(named) != len(set(named)):
            raise ValidationError(_("A company can be named once."))
        return rows

    class Meta:
        model = Partnership
        fields = [
            "title", "short_title", "record_kind", "partnership_type", "summary", "problem", "approach",
            "un_added_value", "business_case", "local_needs_link", "mandate", "purposes", "modalities",
            "themes", "scope", "countries", "regions", "unnamed_country_count", "place_note", "targets",
            "start", "end", "is_open_ended", "date_note", "partners", "contributions", "indicators",
            "measurements", "milestones",
        ]  # fmt: skip


class NewRecordInput(RecordInput):
    entity: serializers.Field = serializers.PrimaryKeyRelatedField(queryset=UNEntity.objects.all())

    class Meta(RecordInput.Meta):
        fields = ["entity", *RecordInput.Meta.fields]


LISTS = ("countries", "regions", "targets")
ROWS = {  # name in the API → kind of the services
    "partners": "parties",
    "contributions": "contributions",
    "indicators": "indicators",
    "measurements": "measurements",
    "milestones": "milestones",
}


def rows_there(record: Partnership) -> dict[str, dict[int, Any]]:
    """{kind: {id: row}} of a record, for the rows of an input to refer to."""
    return {kind: {row.pk: row for row in rows_of(record, kind)} for kind in ROWS.values()}


def for_service(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was given as the arguments of `edit_partnership`."""
    return {
        "values": {name: value for name, value in values.items() if name not in (*LISTS, *ROWS, "entity")},
        "rows": {kind: values[name] for name, kind in ROWS.items() if name in values},
        **{name: values[name] for name in LISTS if name in values},
    }
