"""A hit side by side with the company, and what a reviewer says of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.errors import RuleViolation
from portal.http import SignedIn, attempt
from screening import comparison, queries
from screening.forms import HitDecisionForm, ReasonForm
from screening.models import Case, CaseStatus, Hit, HitOutcome
from screening.services import hits as services
from screening.views.cases import case_file_for, refuse, screened_facts
from screening.views.evidence import EvidenceForm, evidence_of


def _hit_of(case: Case, pk: int) -> Hit:
    hits = Hit.objects.select_related("company", "source", "list_version", "decided_by", "last_run")
    return get_object_or_404(hits, pk=pk, company=case.company)


@require_http_methods(["GET", "POST"])
def hit_review(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    case = case_file_for(request, reference)
    hit = _hit_of(case, pk)
    if request.method == "POST":
        if not request.user.has_perm("screening.review_hit"):
            raise PermissionDenied
        form = HitDecisionForm(request.POST)
        if not form.is_valid():
            return _hit_page(request, case, hit, form, status=422)
        try:
            services.decide_hit(hit, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            refuse(form, broken_rule, hit)
            return _hit_page(request, case, hit, form, status=409)
        return _next(request, case)
    form = HitDecisionForm(
        initial={
            "version": hit.version,
            "outcome": hit.outcome,
            "reason": hit.reason,
            "comment": hit.comment,
        }
    )
    return _hit_page(request, case, hit, form, status=200)


def _next(request: SignedIn, case: Case) -> HttpResponse:
    following = queries.next_hit(case.company)
    if following is None:
        messages.success(request, _("Every hit is decided."))
        return redirect("screening:case_detail", case.reference)
    return redirect("screening:hit_review", case.reference, following.pk)


def _hit_page(request: SignedIn, case: Case, hit: Hit, form: HitDecisionForm, *, status: int) -> HttpResponse:
    hits = list(case.company.hits.for_list())
    screened = hit.last_run.subject
    run = queries.latest_run(case.company)
    is_reviewing = case.status in (CaseStatus.RESEARCH, CaseStatus.ASSESSMENT)
    may_review = request.user.has_perm("screening.review_hit") and case.requested_by_id != request.user.pk
    context = {
        "case": case,
        "hit": hit,
        "hits": hits,
        "number": next(number for number, other in enumerate(hits, 1) if other.pk == hit.pk),
        "run": run,
        "shortcomings": queries.run_shortcomings(case.company, run),
        "form": form,
        "pairs": comparison.word_pairs(hit),
        "met_notes": comparison.met_name_notes(hit),
        "facts": comparison.fact_rows(hit, screened),
        "parts": comparison.score_parts(hit),
        "band": comparison.band_words(hit),
        "telling": comparison.telling_word(hit),
        "entry_facts": comparison.entry_facts(hit),
        "screened": screened_facts(hit.last_run),
        "was": dict(HitOutcome.choices).get((hit.reopened or {}).get("was", ""), ""),
        "undoable": queries.undoable_hit(case.company, request.user),
        "may_review": may_review,
        "can_decide": may_review and is_reviewing and hit.closed_at is None and not hit.outcome,
        "can_revoke": may_review and is_reviewing and hit.closed_at is None and bool(hit.outcome),
        "revoke_form": ReasonForm(auto_id="revoke_%s"),
        "files": evidence_of(case, hit),
        "can_attach": may_review and is_reviewing,
        "evidence_form": EvidenceForm(auto_id="evidence_%s"),
    }
    return render(request, "screening/hit_review.html", context, status=status)


@require_POST
def hit_undo(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    case = case_file_for(request, reference)
    hit = _hit_of(case, pk)
    attempt(request, lambda: services.undo_hit(hit, by=request.user), _("Undone. The hit is open again."))
    return redirect("screening:hit_review", case.reference, hit.pk)


@require_POST
def hit_revoke(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    case = case_file_for(request, reference)
    hit = _hit_of(case, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason stays on record."))
    else:
        note, done = form.cleaned_data["note"], _("Revoked. The hit is open again.")
        attempt(request, lambda: services.revoke_hit(hit, note=note, by=request.user), done)
    return redirect("screening:hit_review", case.reference, hit.pk)
