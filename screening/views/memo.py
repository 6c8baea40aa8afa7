"""The memo of a case: the whole record to read, to print and to keep."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.documents import answer
from portal.history import record
from portal.http import SignedIn
from screening.memo import memo_of
from screening.views.cases import case_file_for


@require_safe
def memo(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    return render(request, "screening/memo.html", {"case": case, "tab": "memo", "memo": memo_of(case)})


@require_safe
def memo_file(request: SignedIn, reference: str, kind: str) -> HttpResponse:
    """The memo as PDF or DOCX. Each export is on record."""
    case = case_file_for(request, reference)
    if kind not in ("pdf", "docx"):
        raise Http404
    record(case, "exported", by=request.user, note=kind)
    return answer(memo_of(case), case.reference, kind)
