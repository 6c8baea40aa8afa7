"""Evidence files of a case: add one, take one away."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.attachments import attached_to
from portal.forms import UploadField
from portal.http import SignedIn, attempt
from screening.models import Assessment, Case, Hit
from screening.services import evidence as services
from screening.views.cases import case_file_for


class EvidenceForm(forms.Form):
    file = UploadField(label=_("Evidence"))


def evidence_of(case: Case, hit: Hit | None = None) -> list:
    """The files of a hit, or of the assessment of a case."""
    about = hit or Assessment.objects.filter(case=case).first()
    return list(attached_to(about, "evidence")) if about else []


@require_POST
def evidence_add(request: SignedIn, reference: str, pk: int | None = None) -> HttpResponse:
    case = case_file_for(request, reference)
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    hit = get_object_or_404(Hit, pk=pk, company=case.company) if pk else None
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["file"])))
        return _back(case, hit)
    file, done = form.cleaned_data["file"], _("The file is on record, with its checksum.")
    attempt(request, lambda: services.attach(case, file, hit=hit, by=request.user), done)
    return _back(case, hit)


@require_POST
def evidence_remove(request: SignedIn, reference: str, public_id) -> HttpResponse:
    case = case_file_for(request, reference)
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    hits = list(case.company.hits.all())
    for about in (None, *hits):
        found = next((file for file in evidence_of(case, about) if file.public_id == public_id), None)
        if found is not None:
            break
    else:
        raise Http404
    done = _("The file is removed. The history keeps its name.")
    attempt(request, lambda: services.detach(case, found, by=request.user), done)
    return _back(case, about)


def _back(case: Case, hit: Hit | None) -> HttpResponse:
    if hit:
        return redirect("screening:hit_review", case.reference, hit.pk)
    return redirect("screening:assessment", case.reference)
