"""Doubles of a company: found, merged, and taken apart again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partnerships.models import Company
from portal.http import SignedIn, attempt
from screening.forms import ReasonForm
from screening.models import CompanyMerge
from screening.services import merging as services
from screening.views.cases import case_file_for, then

HERE = "screening:duplicates"


@require_safe
def duplicates(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    context = {
        "case": case,
        "found": list(services.possible_duplicates(case.company)),
        "merges": list(
            CompanyMerge.objects.filter(kept=case.company).select_related("gone", "by", "undone_by")
        ),
        "can_merge": request.user.has_perm("partnerships.manage_companies"),
    }
    return render(request, "screening/duplicates.html", context)


@require_POST
def merge(request: SignedIn, reference: str, public_id) -> HttpResponse:
    """Merge another company into the one of this case."""
    case = case_file_for(request, reference)
    if not request.user.has_perm("partnerships.manage_companies"):
        raise PermissionDenied
    gone = get_object_or_404(Company, public_id=public_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason stays on record."))
        return redirect(HERE, case.reference)
    note = form.cleaned_data["note"][:300]
    attempt(
        request,
        lambda: services.merge_companies(case.company, gone, note=note, by=request.user),
        _("Merged. You can undo it here."),
    )
    return redirect(HERE, case.reference)


@require_POST
def merge_undo(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    case = case_file_for(request, reference)
    row = get_object_or_404(CompanyMerge, pk=pk, kept=case.company)
    done = _("Undone. Both companies stand for themselves again.")
    return then(request, case, lambda: services.undo_merge(row, by=request.user), done, to=HERE)
