"""What the API tells of a record: every field of its page, without what is withheld or unpublished."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from partnerships import exports
from partnerships.models import (
    Company,
    Contribution,
    Indicator,
    Lesson,
    Measurement,
    Milestone,
    Partnership,
    PartnershipEntity,
    PartnershipParty,
    Source,
    StaffExchange,
    Translation,
    Withholdable,
)
from partnerships.queries.publication import ABOVE, BELOW, public_relatives, with_public_relatives


class EntitySerializer(serializers.ModelSerializer):
    code = serializers.CharField(source="entity_id")
    name = serializers.CharField(source="entity.name")

    class Meta:
        model = PartnershipEntity
        fields = ["code", "name", "role", "office_level", "office_country", "note"]


class CompanySerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="public_id")
    country = serializers.CharField(source="country_id", allow_null=True)

    class Meta:
        model = Company
        fields = ["id", "name", "country", "lei"]


class PartySerializer(serializers.ModelSerializer):
    company = CompanySerializer(allow_null=True)

    class Meta:
        model = PartnershipParty
        fields = [
            "id", "company", "description", "kind", "role", "responsibilities", "interests", "joined", "left",
            "sector",
        ]  # fmt: skip


class ContributionSerializer(serializers.ModelSerializer):
    country = serializers.CharField(source="country_id", allow_null=True)

    class Meta:
        model = Contribution
        fields = [
            "id", "kind", "giver", "receiver", "amount", "currency", "usd_value", "rate_on",
            "valuation_method", "bound", "quantity", "unit", "is_earmarked", "year", "as_of", "country",
            "status", "note",
        ]  # fmt: skip


class MeasurementSerializer(serializers.ModelSerializer):
    class Meta:
        model = Measurement
        fields = ["id", "value", "on", "by", "evidence", "comment"]


class IndicatorSerializer(serializers.ModelSerializer):
    measurements = MeasurementSerializer(many=True)

    class Meta:
        model = Indicator
        fields = [
            "id", "name", "level", "unit", "baseline", "baseline_on", "target", "target_on", "direction",
            "actual", "bound", "as_of", "sdg_indicator", "disaggregation", "source", "note", "measurements",
        ]  # fmt: skip


class MilestoneSerializer(serializers.ModelSerializer):
    class Meta:
        model = Milestone
        fields = ["id", "on", "text"]


class LessonSerializer(serializers.ModelSerializer):
    class Meta:
        model = Lesson
        fields = ["id", "heading", "text"]


class ExchangeSerializer(serializers.ModelSerializer):
    class Meta:
        model = StaffExchange
        fields = ["id", "kind", "people_count", "months", "paid_by", "task", "place", "first_day"]


class RelativeSerializer(serializers.ModelSerializer):
    """Another record and how this one is linked with it; only one that everybody may read is named."""

    link = serializers.ChoiceField(
        [*ABOVE, *BELOW],
        help_text="What the other one is: the umbrella of this one, one under it, and so on.",
    )
    url = serializers.HyperlinkedIdentityField(
        view_name="partnerships:partnership_detail", lookup_field="reference"
    )

    class Meta:
        model = Partnership
        fields = ["link", "reference", "url", "title"]


class SourceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Source
        fields = ["id", "title", "url", "place"]


class TranslationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Translation
        fields = ["language", "title", "summary"]


class PartnershipSerializer(serializers.ModelSerializer):
    url = serializers.HyperlinkedIdentityField(
        view_name="partnerships:partnership_detail", lookup_field="reference"
    )
    un_entities = EntitySerializer(source="entity_roles", many=True)
    partners = PartySerializer(source="parties", many=True)
    countries: serializers.Field = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    regions: serializers.Field = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    targets: serializers.Field = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    contributions = ContributionSerializer(many=True)
    indicators = IndicatorSerializer(many=True)
    milestones = MilestoneSerializer(many=True)
    exchanges = ExchangeSerializer(many=True)
    relatives = serializers.SerializerMethodField()
    lesson_rows = LessonSerializer(many=True)
    sources = serializers.SerializerMethodField()
    translations = TranslationSerializer(many=True)

    WITHHELD_KEYS: dict[str, dict[str, Any]] = {
        Withholdable.PARTIES: {"partners": []},
        Withholdable.CONTRIBUTIONS: {"contributions": [], "exchanges": []},
        Withholdable.PLACES: {"place_note": "", "regions": [], "unnamed_country_count": None},
        Withholdable.AGREEMENT: {
            "agreement_kind": "",
            "agreement_signed": "",
            "agreement_note": "",
            "informal_note": "",
        },
        Withholdable.RESULTS: {"indicators": [], "final_report": ""},
    }
    UNPUBLISHED = {"evaluation_findings": "", "stakeholders_heard": "", "evaluation_decision": ""}

    @extend_schema_field(RelativeSerializer(many=True))
    def get_relatives(self, record: Partnership) -> list[dict]:
        return list(RelativeSerializer(public_relatives(record), many=True, context=self.context).data)

    @extend_schema_field(SourceSerializer(many=True))
    def get_sources(self, record: Partnership) -> list[dict]:
        shown = [source for source in record.sources.all() if source.is_public]
        return list(SourceSerializer(shown, many=True).data)

    def to_representation(self, record: Partnership) -> dict:
        """Without what the record withholds; `withheld_fields` says what that is."""
        data = super().to_representation(record)
        for part in record.withheld_fields:
            data |= self.WITHHELD_KEYS[part]
        return data if record.evaluation_published else data | self.UNPUBLISHED

    class Meta:
        model = Partnership
        fields = [
            "reference", "url", "title", "short_title", "record_kind", "language", "translations", "summary",
            "problem", "approach", "un_added_value", "business_case", "local_needs_link", "mandate",
            "came_from", "relatives", "further_note",
            "partnership_type", "type_details", "purposes", "modalities", "financing_model", "themes",
            "targets", "primary_target", "mdgs", "frameworks", "framework_note",
            "scope", "countries", "regions", "unnamed_country_count", "place_note", "ldc_share",
            "un_entities", "un_role_note", "partners",
            "idea_on", "start", "end", "date_note", "is_open_ended",
            "agreement_kind", "agreement_signed", "agreement_note", "informal_note",
            "contributions", "exchanges", "indicators", "milestones",
            "evaluation_kind", "evaluation_due", "evaluation_plan", "evaluation_budget_usd",
            "no_evaluation_reason",
            "evaluation_published", "evaluation_findings", "stakeholders_heard", "evaluation_decision",
            "end_decision", "final_report", "lessons", "lesson_rows",
            "benefits_after_end", "handover", "local_owner",
            "status", "status_as_of", "status_note", "next_report_on",
            "is_imported", "inferred_fields", "origin", "confidence", "source_document", "source_place",
            "sources", "public_since", "withheld_fields", "withheld_reason", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


def for_api(records: QuerySet[Partnership]) -> QuerySet[Partnership]:
    """With every row the answer tells of."""
    return with_public_relatives(exports.for_export(records)).prefetch_related(
        "exchanges", "milestones", "regions", "indicators__measurements", "lesson_rows", "sources",
        "translations",
    )  # fmt: skip
