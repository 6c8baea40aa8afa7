"""How UN entities work together: answers on who leads, and who does what in an entity."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from focalpoints.models import UNEntity
from partnerships.forms.desk_offers import DutiesForm, LeadAnswerForm
from partnerships.models import Duty, LeadProposal
from partnerships.queries import coordination as queries
from partnerships.services import coordination as services
from partnerships.services.triage import is_desk, works_for
from portal.http import SignedIn, attempt, safe_next

triage_only = permission_required("partnerships.triage_offer", raise_exception=True)
of_un = permission_required("partnerships.view_inside", raise_exception=True)


@require_POST
@triage_only
def lead_answer(request: SignedIn, pk: int) -> HttpResponse:
    """Agree with a proposal on who leads, or not; back to the page it was answered on."""
    proposal = get_object_or_404(LeadProposal, pk=pk)
    if not works_for(request.user, proposal.other_id):
        raise PermissionDenied
    form = LeadAnswerForm(request.POST)
    if form.is_valid():
        done = _("The other entity is told.")
        attempt(request, lambda: services.answer_lead(proposal, by=request.user, **form.cleaned_data), done)
    else:
        messages.error(request, _("Say whether you agree."))
    return redirect(safe_next(request, "/desk/offers/"))


@require_GET
@of_un
def duties(request: SignedIn) -> HttpResponse:
    """The task matrix: for each entity, which office does what."""
    head = [label for _duty, label in Duty.choices]
    context = {
        "head": head,
        "rows": [(entity, list(zip(head, cells, strict=True))) for entity, cells in queries.duty_matrix()],
        "mine": queries.entities_to_divide(request.user),
    }
    return render(request, "partnerships/duties.html", context)


@require_http_methods(["GET", "POST"])
@of_un
def duties_edit(request: SignedIn, code: str) -> HttpResponse:
    entity = get_object_or_404(UNEntity, pk=code)
    if not (works_for(request.user, entity.pk) or is_desk(request.user)):
        raise PermissionDenied
    form = DutiesForm(request.POST if request.method == "POST" else None, rows=queries.duties_of(entity))
    if form.is_valid():
        services.divide_duties(entity, division=form.division(), by=request.user)
        messages.success(request, _("Saved. Everybody who holds an offer of yours sees it."))
        return redirect("partnerships:duties")
    context = {"entity": entity, "form": form}
    return render(request, "partnerships/duties_edit.html", context, status=422 if form.errors else 200)
