"""The API under /api/v1/: reading the public registry without an account, writing with a key.

Lists take the filters of the page. What is written goes through the services of the pages, so every rule
holds here too. A change names the version it is based on (`If-Match` with the `ETag` it read), so nobody
overwrites what they have not seen.
"""

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.http import parse_etags
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotAuthenticated
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.pagination import BasePagination
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships import exports, search
from partnerships.api_input import NewRecordInput, RecordInput, for_service, rows_there
from partnerships.api_output import PartnershipSerializer, for_api
from partnerships.filters import RegistryFilter, read
from partnerships.models import (
    Partnership,
    PartnershipStatus,
    RegistryEntry,
)
from partnerships.queries.publication import public_relatives
from partnerships.services import partnerships as services
from portal.errors import StaleEdit
from portal.limits import address_prefix, take
from portal.models import User
from portal.tokens import TokenAuthentication

PAGE_SIZE = 25


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


def record_tag(record: Partnership) -> str:
    """Of a record read by `for_api`. Its relatives are part of the answer: one may become public, or go."""
    relatives = [(other.link, other.reference, other.title) for other in public_relatives(record)]
    return _tag(
        record.reference,
        record.version,
        record.status,
        record.visibility,
        record.updated_at,
        relatives,
    )


class Gone(APIException):
    status_code = 410
    default_detail = "This record was withdrawn."
    default_code = "gone"


READS, WRITES = 600, 60  # calls a minute from one network, and with one key


class PreconditionFailed(APIException):
    status_code = 412
    default_detail = gettext_lazy(
        "The record has changed since you read it. Read it again and repeat your change."
    )
    default_code = "precondition_failed"


class PreconditionRequired(APIException):
    status_code = 428
    default_detail = gettext_lazy("Send If-Match with the ETag of the record you read.")
    default_code = "precondition_required"


class RegistryView(GenericAPIView):
    """Reading is free, writing needs a key; both are limited."""

    authentication_classes = [TokenAuthentication]

    def get_permissions(self) -> list[BasePermission]:
        method = self.request.method or ""
        writes = method not in SAFE_METHODS and hasattr(self, method.lower())  # else 405, whoever asks
        return [IsAuthenticated() if writes else AllowAny()]

    def initial(self, request: Request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in SAFE_METHODS:
            take(f"api:{address_prefix(request)}", burst=READS, per_seconds=60)
        else:
            take(f"api:user:{request.user.pk}", burst=WRITES, per_seconds=60)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Authorization"])
        return response


class PartnershipList(RegistryView, ListAPIView):
    """Public records that satisfy every filter.

    Several values of one filter widen it; further filters narrow the result; a filter with `not_` before
    its name leaves out.
    """

    serializer_class = PartnershipSerializer
    filterset_class = RegistryFilter
    pagination_class = RegistryPagination
    queryset = RegistryEntry.objects.all()

    @method_decorator(condition(etag_func=list_tag))
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=NewRecordInput,
        responses={201: PartnershipSerializer},
        description="Open a draft of your entity.",
    )
    def post(self, request: Request) -> Response:
        form = NewRecordInput(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        given = for_service(form.validated_data)
        with transaction.atomic():
            record = services.register_partnership(
                by=owner(request), entity=form.validated_data["entity"], values=given.pop("values")
            )
            record = services.edit_partnership(record, by=owner(request), version=record.version, **given)
        response = answer_with(record, request, status=201)
        response["Location"] = reverse("partnerships:api_partnership", args=[record.reference])
        return response


class PartnershipDetail(RegistryView, RetrieveAPIView):
    """One record by its reference, such as P-0033; with a key also what its owner sees. Withdrawn: 410."""

    serializer_class = PartnershipSerializer
    lookup_field = "reference"
    queryset = Partnership.objects.none()

    def get_queryset(self) -> QuerySet[Partnership]:
        return for_api(Partnership.objects.visible_to(self.request.user))

    def get_object(self) -> Partnership:
        record = super().get_object()
        if record.status == PartnershipStatus.WITHDRAWN:
            raise Gone
        return record

    def get(self, request: Request, *args, **kwargs):
        record = self.get_object()
        tag = record_tag(record)
        unchanged = get_conditional_response(request, etag=tag)
        return unchanged or answer_with(record, request)

    @extend_schema(
        request=RecordInput,
        responses=PartnershipSerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)],
        description="Change a record of your entity: fields, places, goals, partners, contributions, "
        "indicators, results (`measurements`). What is not given stays. Of a list of rows, one with its `id` "
        "is changed, one without is added, one left out is removed.",
    )
    def patch(self, request: Request, *args, **kwargs) -> Response:
        record = self.get_object()
        asked = request.headers.get("If-Match", "")
        if not asked:
            raise PreconditionRequired
        if record_tag(record) not in parse_etags(asked):
            raise PreconditionFailed
        known = {"request": request, "rows": rows_there(record)}
        form = RecordInput(record, data=request.data, partial=True, context=known)
        form.is_valid(raise_exception=True)
        try:
            record = services.edit_partnership(
                record, by=owner(request), version=record.version, **for_service(form.validated_data)
            )
        except StaleEdit as stale:
            raise PreconditionFailed from stale
        return answer_with(record, request)


def owner(request: Request) -> User:
    """Whose key it is; the permissions of the view let nobody else write."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def answer_with(record: Partnership, request: Request, status: int = 200) -> Response:
    fresh = for_api(Partnership.objects.filter(pk=record.pk)).get()
    data = PartnershipSerializer(fresh, context={"request": request}).data
    return Response(data, status=status, headers={"ETag": record_tag(fresh)})


class Counts(RegistryView):
    """How many public records satisfy the filters, and how many of them have each value of each filter."""

    serializer_class = None
    filterset_class = RegistryFilter
    queryset = RegistryEntry.objects.all()

    @extend_schema(
        responses=inline_serializer(
            "Counts",
            {
                "total": serializers.IntegerField(),
                "counts": serializers.DictField(
                    child=serializers.DictField(child=serializers.IntegerField())
                ),
            },
        ),
        filters=True,
    )
    def get(self, request: Request) -> Response:
        self.filter_queryset(self.get_queryset())  # raises for a value that is none
        found = search.find(read(request.query_params, AnonymousUser()).wanted)
        return Response({"total": found.total, "counts": found.counts})


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
