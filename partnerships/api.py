"""The read API: the public registry without an account, with the filters of the page. Under /api/v1/."""

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.pagination import BasePagination
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from partnerships import exports, search
from partnerships.filters import RegistryFilter, read
from partnerships.models import (
    Company,
    Contribution,
    Indicator,
    Milestone,
    Partnership,
    PartnershipEntity,
    PartnershipParty,
    PartnershipStatus,
    RegistryEntry,
    Visibility,
)

PAGE_SIZE = 25


class EntitySerializer(serializers.ModelSerializer):
    code = serializers.CharField(source="entity_id")
    name = serializers.CharField(source="entity.name")

    class Meta:
        model = PartnershipEntity
        fields = ["code", "name", "role", "office_level", "note"]


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
        fields = ["company", "description", "kind", "role"]


class ContributionSerializer(serializers.ModelSerializer):
    country = serializers.CharField(source="country_id", allow_null=True)

    class Meta:
        model = Contribution
        fields = [
            "kind", "giver", "amount", "currency", "usd_value", "bound", "quantity", "unit", "is_earmarked",
            "year", "as_of", "country", "status", "note",
        ]  # fmt: skip


class IndicatorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Indicator
        fields = ["name", "level", "unit", "baseline", "target", "actual", "bound", "as_of", "note"]


class MilestoneSerializer(serializers.ModelSerializer):
    class Meta:
        model = Milestone
        fields = ["on", "text"]


class PartnershipSerializer(serializers.ModelSerializer):
    url = serializers.HyperlinkedIdentityField(
        view_name="partnerships:partnership_detail", lookup_field="reference"
    )
    un_entities = EntitySerializer(source="entity_roles", many=True)
    partners = PartySerializer(source="parties", many=True)
    countries: serializers.Field = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    targets: serializers.Field = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    contributions = ContributionSerializer(many=True)
    indicators = IndicatorSerializer(many=True)
    milestones = MilestoneSerializer(many=True)

    class Meta:
        model = Partnership
        fields = [
            "reference", "url", "title", "record_kind", "partnership_type", "summary", "purposes",
            "modalities", "themes", "scope", "countries", "place_note", "targets", "mdgs", "un_entities",
            "partners", "start", "end", "date_note", "is_open_ended", "came_from", "further_note",
            "agreement_kind", "agreement_signed", "agreement_note", "contributions", "indicators",
            "milestones", "lessons", "status", "status_as_of", "status_note", "is_imported",
            "inferred_fields", "source_document", "source_place", "public_since", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


def for_api(records: QuerySet[Partnership]) -> QuerySet[Partnership]:
    return exports.for_export(records).prefetch_related("milestones")


class RegistryPagination(BasePagination):
    """Pages by keyset as on the registry page: `next` and `previous` are addresses, null at the ends."""

    def paginate_queryset(self, queryset, request, view=None) -> list[Any]:
        asked = read(request.query_params, AnonymousUser())
        found = search.find(asked.wanted, with_counts=False)
        self.count = found.total
        self.request = request
        self.page = search.page_of(found, asked.sort, request.query_params.get("page", ""), PAGE_SIZE)
        records = for_api(Partnership.objects.filter(pk__in=self.page.ids)).in_bulk()
        return [records[pk] for pk in self.page.ids if pk in records]

    def get_paginated_response(self, data) -> Response:
        return Response(
            {
                "count": self.count,
                "next": self._address(self.page.next),
                "previous": self._address(self.page.previous),
                "results": data,
            }
        )

    def _address(self, cursor: str) -> str | None:
        if not cursor:
            return None
        query = self.request.query_params.copy()
        query["page"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")

    def get_paginated_response_schema(self, schema) -> dict:
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer"},
                "next": address,
                "previous": address,
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view) -> list[dict]:
        return [{"name": "page", "in": "query", "required": False, "schema": {"type": "string"}}]


def _tag(*parts) -> str:
    text = "|".join(map(str, parts))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def list_tag(request: HttpRequest) -> str:
    return _tag(search.last_change(), request.get_full_path(), get_language())


def record_tag(request: HttpRequest, reference: str) -> str | None:
    found = public().filter(reference=reference).values_list("version", "status", "updated_at").first()
    return _tag(reference, *found) if found else None


def public() -> QuerySet[Partnership]:
    return Partnership.objects.filter(visibility=Visibility.PUBLIC)


class Gone(APIException):
    status_code = 410
    default_detail = "This record was withdrawn."
    default_code = "gone"


@method_decorator(condition(etag_func=list_tag), name="dispatch")
class PartnershipList(ListAPIView):
    """Public records that satisfy every filter.

    Several values of one filter widen it; further filters narrow the result.
    """

    authentication_classes: list = []  # the same answer for everybody, so that it can be kept in caches
    permission_classes = [AllowAny]
    serializer_class = PartnershipSerializer
    filterset_class = RegistryFilter
    pagination_class = RegistryPagination
    queryset = RegistryEntry.objects.all()


@method_decorator(condition(etag_func=record_tag), name="dispatch")
class PartnershipDetail(RetrieveAPIView):
    """One public record by its reference, such as P-0033. A withdrawn one answers 410."""

    authentication_classes: list = []
    permission_classes = [AllowAny]
    serializer_class = PartnershipSerializer
    lookup_field = "reference"
    queryset = Partnership.objects.none()

    def get_queryset(self) -> QuerySet[Partnership]:
        return for_api(public())

    def get_object(self) -> Partnership:
        record = super().get_object()
        if record.status == PartnershipStatus.WITHDRAWN:
            raise Gone
        return record


@require_safe
@login_not_required
def api_docs(request: HttpRequest) -> HttpResponse:
    """The API in words, drawn from its own schema: no script, so it prints and works everywhere."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    operations = [
        {
            "path": path,
            "summary": operation.get("description", ""),
            "parameters": [
                {"name": p["name"], "where": p["in"], "values": p["schema"].get("enum", [])}
                for p in operation.get("parameters", [])
            ],
        }
        for path, methods in schema["paths"].items()
        for operation in methods.values()
    ]
    context = {"operations": operations, "title": _("Data and API"), "formats": exports.FORMATS.items()}
    return render(request, "partnerships/api_docs.html", context)
