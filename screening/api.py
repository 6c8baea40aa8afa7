"""Matching for programs of the UN: our own endpoint, and the W3C reconciliation service that OpenRefine asks.

Source of the second: W3C Entity Reconciliation Community Group, Reconciliation Service API 0.2, 2023-04-10.
"""

import json
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal import limits
from portal.models import User
from screening.lists.places import iso2
from screening.models import MatchRequest
from screening.services import match_requests

BATCH = 100  # names in one request
RECONCILE_SALT = "screening.reconcile"
RECONCILE_SECONDS = 24 * 3600  # how long an address for OpenRefine works
TYPES = [
    {"id": "company", "name": "Company or organization"},
    {"id": "person", "name": "Person"},
]


class MayAsk(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perm(match_requests.MAY_ASK)


class IdentifierSerializer(serializers.Serializer):
    type = serializers.SlugField(max_length=30)
    value = serializers.CharField(max_length=100)


class QuerySerializer(serializers.Serializer):
    """One name to compare. `country` is a name or ISO code, `birth_year` also that of the founding."""

    name = serializers.CharField(max_length=300)
    kind = serializers.ChoiceField(choices=["company", "person"])
    other_names = serializers.ListField(
        child=serializers.CharField(max_length=300), required=False, max_length=10
    )
    country = serializers.CharField(max_length=80, required=False, allow_blank=True)
    birth_year = serializers.IntegerField(min_value=1700, max_value=2100, required=False)
    identifiers = IdentifierSerializer(many=True, required=False)
    threshold = serializers.FloatField(min_value=0.3, max_value=1, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=50, required=False)

    def validate_country(self, value: str) -> str:
        code = iso2(value)
        if value and not code:
            raise serializers.ValidationError(_("This country is not known."))
        return code


class MatchRequestSerializer(serializers.Serializer):
    queries = serializers.ListField(child=QuerySerializer(), allow_empty=False, max_length=BATCH)


class MatchSerializer(serializers.Serializer):
    """A listed party that resembles a name, and why: `words` that met, `facts` beside, signed `parts`."""

    list_code = serializers.CharField()
    list_title = serializers.CharField()
    source_id = serializers.CharField(help_text="The publisher's own id.")
    score = serializers.FloatField(help_text="From 0 to 1.")
    band = serializers.CharField()
    band_words = serializers.CharField()
    name_asked = serializers.CharField()
    name_matched = serializers.CharField()
    name_type = serializers.CharField()
    words = serializers.ListField(child=serializers.DictField())
    facts = serializers.ListField(child=serializers.DictField())
    parts = serializers.ListField(child=serializers.DictField())


class MatchAnswerSerializer(serializers.Serializer):
    """`results` has one list of matches for each query, in their order; null while a worker is at it."""

    id = serializers.UUIDField()
    url = serializers.CharField(help_text="Where the answer can be read again, for seven days.")
    matcher = serializers.CharField(help_text="Version; scores of different versions do not compare.")
    list_versions = serializers.ListField(child=serializers.CharField())
    results = serializers.ListField(child=MatchSerializer(many=True), allow_null=True)


def _person(request: Request) -> User:
    return cast("User", request.user)


def _answer(request: MatchRequest) -> Response:
    content = {
        "id": str(request.pk),
        "url": reverse("screening:api_match_answer", args=[request.pk]),
        "matcher": request.matcher,
        "list_versions": request.list_versions,
        "results": request.answers,
    }
    return Response(content, status=200 if request.answered_at else 202)


class Match(APIView):
    """Compare up to 100 names with the lists in use. 120 requests an hour for one person."""

    permission_classes = [MayAsk]

    @extend_schema(
        request=MatchRequestSerializer, responses={200: MatchAnswerSerializer, 202: MatchAnswerSerializer}
    )
    def post(self, request: Request) -> Response:
        limits.take(f"match:{_person(request).pk}", burst=120, per_seconds=3600)
        asked = MatchRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        kept = match_requests.ask(asked.validated_data["queries"], by=_person(request))
        return _answer(match_requests.wait_for(kept))


class MatchAnswer(APIView):
    """The answer to an own request of the last seven days."""

    permission_classes = [MayAsk]

    @extend_schema(responses={200: MatchAnswerSerializer, 202: MatchAnswerSerializer})
    def get(self, request: Request, pk: str) -> Response:
        return _answer(get_object_or_404(MatchRequest, pk=pk, by=_person(request)))


# --- reconciliation ---------------------------------------------------------------------------------------


class ReconcileAddress(APIView):
    """An address of the reconciliation service for OpenRefine, which cannot send keys. Good for one day."""

    permission_classes = [MayAsk]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        signed = signing.dumps(_person(request).pk, salt=RECONCILE_SALT)
        path = reverse("screening:api_reconcile", args=[signed])
        until = timezone.now() + timedelta(seconds=RECONCILE_SECONDS)
        return Response({"address": settings.PORTAL_URL + path, "valid_until": until.isoformat()})


class Reconcile(APIView):
    """Manifest without queries, candidates with them: {"q0": {"query": "…", "type": "company"}}."""

    authentication_classes: list = []
    permission_classes = [AllowAny]
    parser_classes = [FormParser, MultiPartParser, JSONParser]

    def _user(self, signed: str) -> User:
        try:
            pk = signing.loads(signed, salt=RECONCILE_SALT, max_age=RECONCILE_SECONDS)
        except signing.BadSignature as error:
            raise Http404 from error
        user = User.objects.filter(pk=pk, is_active=True).first()
        if user is None or not user.has_perm(match_requests.MAY_ASK):
            raise PermissionDenied
        return user

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, signed: str) -> Response:
        user = self._user(signed)
        if "queries" in request.query_params:
            return self._reconciled(request.query_params["queries"], user)
        return Response(
            {
                "versions": ["0.2"],
                "name": _("Common Ground, listed parties"),
                "identifierSpace": settings.PORTAL_URL + reverse("screening:list_sources"),
                "schemaSpace": settings.PORTAL_URL + reverse("partnerships:api_docs"),
                "defaultTypes": TYPES,
                "batchSize": BATCH,
            }
        )

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, signed: str) -> Response:
        user = self._user(signed)
        sent = request.data if isinstance(request.data, dict) else {}
        return self._reconciled(sent.get("queries", ""), user)

    def _reconciled(self, text: Any, user: User) -> Response:
        limits.take(f"match:{user.pk}", burst=120, per_seconds=3600)
        asked = MatchRequestSerializer(data={"queries": _queries(text)})
        asked.is_valid(raise_exception=True)
        keys = list(_as_object(text))
        kept = match_requests.wait_for(match_requests.ask(asked.validated_data["queries"], by=user))
        if kept.answers is None:
            return Response({"status": "error", "message": _("No answer yet. Ask again.")}, status=503)
        return Response(
            {
                key: {"result": [_candidate(hit) for hit in hits]}
                for key, hits in zip(keys, kept.answers, strict=True)
            }
        )


def _as_object(text: Any) -> dict[str, Any]:
    try:
        value = json.loads(text) if isinstance(text, str) else text
    except json.JSONDecodeError as error:
        raise serializers.ValidationError({"queries": [_("This is not valid JSON.")]}) from error
    if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
        raise serializers.ValidationError({"queries": [_("This is not an object of queries.")]})
    return value


def _queries(text: Any) -> list[dict[str, Any]]:
    """Reconciliation queries as ours. Properties that we know: country, birth_year, and identifier types."""
    found = []
    for item in _as_object(text).values():
        query: dict[str, Any] = {
            "name": item.get("query", ""),
            "kind": "person" if item.get("type") == "person" else "company",
            "threshold": 0.3,
        }
        if isinstance(item.get("limit"), int):
            query["limit"] = min(max(item["limit"], 1), 50)
        for known in item.get("properties", []):
            pid, value = str(known.get("pid", "")), known.get("v", "")
            if pid in ("country", "birth_year"):
                query[pid] = value
            elif pid:
                query.setdefault("identifiers", []).append({"type": pid, "value": str(value)})
        found.append(query)
    return found


def _candidate(hit: dict[str, Any]) -> dict[str, Any]:
    kind = {"id": hit["list_code"], "name": hit["list_title"]}
    return {
        "id": f"{hit['list_code']}:{hit['source_id']}",
        "name": hit["name_matched"],
        "description": hit["band_words"],
        "type": [kind],
        "score": round(100 * hit["score"], 1),
        "match": hit["band"] in ("identifier", "same"),
        "features": [{"id": part["slug"], "value": part["points"]} for part in hit["parts"]],
    }
