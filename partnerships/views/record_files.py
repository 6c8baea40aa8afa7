"""The public registry, and one record of it, in the formats of open data: IATI 2.03 and 360Giving."""

import json
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from partnerships import giving360, iati
from partnerships.iati.facts import for_iati
from partnerships.models import Partnership, PartnershipStatus, Visibility

CHUNK = 200  # records in memory at a time
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def public_records() -> QuerySet[Partnership]:
    """What everybody gets, whoever asks: a file travels further than its reader."""
    return for_iati(
        Partnership.objects.filter(visibility=Visibility.PUBLIC)
        .exclude(status=PartnershipStatus.WITHDRAWN)
        .order_by("pk")
    )


def _file(content: Iterator[bytes], media_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _iati(records: QuerySet[Partnership], name: str) -> StreamingHttpResponse:
    activities = (iati.activity_of(record) for record in records.iterator(chunk_size=CHUNK))
    content = iati.write(activities, site=settings.PORTAL_URL, at=timezone.now())
    return _file(content, "application/xml; charset=utf-8", name)


def _giving(records: QuerySet[Partnership], name: str) -> StreamingHttpResponse:
    return _file(_json(records), "application/json", name)


def _json(records: QuerySet[Partnership]) -> Iterator[bytes]:
    """{"license", "grants": [...]}, a grant a line."""
    yield f'{{"license": "{LICENCE}", "grants": ['.encode()
    between = ""
    for grant in giving360.grants(records.iterator(chunk_size=CHUNK), site=settings.PORTAL_URL):
        yield f"{between}\n{json.dumps(grant, ensure_ascii=False)}".encode()
        between = ","
    yield b"\n]}\n"


@require_safe
@login_not_required
def data_iati(request: HttpRequest) -> StreamingHttpResponse:
    return _iati(public_records(), "partnerships-iati.xml")


@require_safe
@login_not_required
def data_giving(request: HttpRequest) -> StreamingHttpResponse:
    return _giving(public_records(), "partnerships-360giving.json")


def _one(reference: str) -> QuerySet[Partnership]:
    records = public_records().filter(reference=reference)
    get_object_or_404(records)
    return records


@require_safe
@login_not_required
def record_iati(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    return _iati(_one(reference), f"{reference}-iati.xml")


@require_safe
@login_not_required
def record_giving(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    return _giving(_one(reference), f"{reference}-360giving.json")
