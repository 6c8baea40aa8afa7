"""Names that a program asks about: kept, answered by a worker, forgotten after a week."""

import time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.history import record
from portal.jobs import enqueue
from portal.models import User
from screening import matching, queries
from screening.models import MatchRequest
from screening.models.match_requests import KEPT
from screening.names import MATCHER_VERSION

PATIENCE = 20.0  # seconds that a caller waits for a worker before it is told to come back
PAUSE = 0.05
MAY_ASK = "screening.view_clearance"  # what every role of the UN can see of screening


@transaction.atomic
def ask(asked: list[dict[str, Any]], *, by: User) -> MatchRequest:
    """Keep the question and queue its answer. Each of `asked` is what `matching.subject_of` reads."""
    if not by.has_perm(MAY_ASK):
        raise PermissionDenied
    request = MatchRequest.objects.create(queries=asked, by=by)
    record(request, "asked", by=by, note=str(len(asked)))
    enqueue("screening.answer_match", key=f"answer_match:{request.pk}", request_id=str(request.pk))
    return request


def wait_for(request: MatchRequest, patience: float = PATIENCE) -> MatchRequest:
    """The request once it is answered, or as it is when patience ends. Outside of a transaction."""
    end = time.monotonic() + patience
    while request.answered_at is None and time.monotonic() < end:
        time.sleep(PAUSE)
        request.refresh_from_db(fields=["answers", "answered_at", "matcher", "list_versions"])
    return request


@transaction.atomic
def answer(request_id: str) -> None:
    """Compare every name of a request with the lists that its asker may see."""
    request = MatchRequest.objects.select_related("by").select_for_update(of=("self",)).get(pk=request_id)
    if request.answered_at is not None:
        return
    versions = queries.serving_versions()
    sees_all = request.by.has_perm("screening.review_hit")
    hidden = {version.source_id for version in versions if version.source.is_confidential and not sees_all}
    titles = {version.source_id: version.source.title for version in versions}
    index = matching.index_of(versions)
    answers = []
    for asked in request.queries:
        limit = asked.get("limit", 10)
        found = index.search(matching.subject_of(asked), threshold=asked.get("threshold"))
        seen = [match for match in found if match.list_code not in hidden][:limit]
        answers.append([{"list_title": titles[match.list_code], **match.as_dict()} for match in seen])
    request.answers, request.matcher = answers, MATCHER_VERSION
    request.list_versions = [str(version) for version in versions if version.source_id not in hidden]
    request.answered_at = timezone.now()
    request.save(update_fields=["answers", "matcher", "list_versions", "answered_at"])


def forget_old() -> int:
    """Remove requests older than a week. Returns how many."""
    return MatchRequest.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
