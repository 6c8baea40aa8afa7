"""The way of a business to a submitted offer: begin, answer step by step, add documents, check, submit."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from partnerships.domains import domain_of, is_company_domain
from partnerships.forms.offers import STEPS, DocumentForm, KeepForm, StepForm, SubmitForm
from partnerships.models import Offer, OfferStatus
from partnerships.queries.companies import companies_at_domain_of
from partnerships.receipts import receipt
from partnerships.services import offers as services
from partnerships.views.drafts import (
    VISITOR,
    Draft,
    VisitorDraft,
    answers_of,
    conflict_of,
    draft_of,
    has_visitor_draft,
    step_form,
    steps_of,
    typed_version,
)
from portal import attachments, documents, limits
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn, posted
from portal.models import Attachment
from portal.traps import TrappedForm


def _page(request: SignedIn, template: str, draft: Draft, current: str, **context) -> HttpResponse:
    status = context.pop("status", 200)
    steps = steps_of(draft, current)
    number = next((i for i, step in enumerate(steps, 1) if step["is_current"]), None)
    context |= {"draft": draft, "steps": steps, "number": number, "is_visitor": draft.reference == VISITOR}
    return render(request, f"partnerships/{template}.html", context, status=status)


# --- begin ------------------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "POST"])
def offer_start(request: SignedIn) -> HttpResponse:
    """What to prepare, how long it takes, who decides; begin, or go on with a draft."""
    user = request.user
    may_offer = not user.is_authenticated or user.has_perm("partnerships.make_offer")
    form = TrappedForm(posted(request), is_known=user.is_authenticated)
    if request.method == "POST":
        if not may_offer:
            raise PermissionDenied
        if form.is_valid():
            limits.take(f"offer_start:{limits.address_prefix(request)}", burst=20, per_seconds=3600)
            if user.is_authenticated:
                reference = services.begin_offer(by=user).reference
            else:
                request.session.setdefault(VisitorDraft.KEY, {})
                reference = VISITOR
            return redirect("partnerships:offer_step", reference, next(iter(STEPS)))
    drafts: Iterable[Offer] = []
    if user.is_authenticated and may_offer:
        drafts = Offer.objects.of(user).filter(status=OfferStatus.DRAFT)
    context = {
        "form": form,
        "may_offer": may_offer,
        "drafts": drafts,
        "has_visitor_draft": has_visitor_draft(request),
    }
    return render(request, "partnerships/offer_start.html", context, status=422 if form.errors else 200)


# --- step by step -------------------------------------------------------------------------------------------


@login_not_required
@require_GET
def offer_tasks(request: SignedIn, reference: str) -> HttpResponse:
    draft = draft_of(request, reference)
    if isinstance(draft, HttpResponse):
        return draft
    return _page(request, "offer_tasks", draft, "", is_ready=draft.is_ready)


@login_not_required
@require_http_methods(["GET", "POST"])
def offer_step(request: SignedIn, reference: str, step: str) -> HttpResponse:
    """One topic. What is typed is kept on each send, valid or not."""
    if step not in STEPS:
        raise Http404
    draft = draft_of(request, reference)
    if isinstance(draft, HttpResponse):
        return draft
    kept = draft.answers.get(step)
    if request.method == "GET":
        form = step_form(step, request.user, kept and kept["data"], draft)
        return _step_page(request, draft, step, form, status=200)
    typed = STEPS[step].typed(request.POST)
    form = step_form(step, request.user, typed, draft)
    values = form.values() if form.is_valid() else None
    version = typed_version(request)
    try:
        if isinstance(draft, Offer):
            draft = services.save_step(
                draft, step, answers=typed, values=values, version=version, by=request.user
            )
        else:
            draft.save_step(step, answers=typed, values=values, version=version)
    except StaleEdit as stale:
        conflict = conflict_of(stale, draft, step, request.user, form)
        return _step_page(request, draft, step, form, status=409, conflict=conflict)
    if "second" in request.POST:
        messages.success(request, _("Saved. Come back when you like: nothing you typed is lost."))
        return redirect("partnerships:offer_tasks", draft.reference)
    if form.errors:
        return _step_page(request, draft, step, form, status=422)
    names = [*STEPS, "documents" if isinstance(draft, Offer) else "check"]
    following = names[names.index(step) + 1]
    return redirect(reverse("partnerships:offer_step", args=[draft.reference, following]))


def _step_page(
    request: SignedIn,
    draft: Draft,
    step: str,
    form: StepForm,
    *,
    status: int,
    conflict: dict | None = None,
) -> HttpResponse:
    kept = draft.answers.get(step, {})
    return _page(
        request,
        "offer_step",
        draft,
        step,
        form=form,
        version=kept.get("version", 0),
        saved_at=parse_datetime(kept["saved_at"]) if kept else None,
        conflict=conflict,
        colleagues=_colleagues(request, step),
        status=status,
    )


def _colleagues(request: SignedIn, step: str) -> Iterable[Any]:
    """Companies at the domain of the person's mail address, where a new one may be a double."""
    if step != "company" or not request.user.is_authenticated:
        return ()
    return companies_at_domain_of(request.user)


# --- submit -----------------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "POST"])
def offer_check(request: SignedIn, reference: str) -> HttpResponse:
    """Every answer with a way to change it, then the declaration."""
    draft = draft_of(request, reference)
    if isinstance(draft, HttpResponse):
        # A second press of the button: the offer is there, show its receipt.
        if request.method == "POST" and request.user.is_authenticated:
            offer = get_object_or_404(Offer.objects.of(request.user), reference=reference)
            return redirect("partnerships:offer_submitted", offer.reference)
        return draft
    form = SubmitForm(posted(request))
    if request.method == "POST" and isinstance(draft, Offer) and form.is_valid():
        limits.take(f"offer_submit:{limits.address_prefix(request)}", burst=30, per_seconds=3600)
        limits.take(f"offer_submit:{request.user.pk}", burst=10, per_seconds=86400)
        if is_company_domain(domain := domain_of(request.user.email)):
            limits.take(f"offer_submit:{domain}", burst=20, per_seconds=86400)
        try:
            services.submit_offer(draft, by=request.user)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            return redirect("partnerships:offer_submitted", draft.reference)
    answers = answers_of(draft, request.user, STEPS, "offer_step")
    is_ready = all(answer["is_done"] for answer in answers)
    status = 422 if form.errors else 200
    return _page(
        request, "offer_check", draft, "check", form=form, answers=answers, is_ready=is_ready, status=status
    )


@require_http_methods(["GET", "POST"])
def offer_documents(request: SignedIn, reference: str) -> HttpResponse:
    """Files that go with an offer: photographs, data sheets, certificates. None is needed."""
    draft = draft_of(request, reference)
    if not isinstance(draft, Offer):
        return draft if isinstance(draft, HttpResponse) else redirect("partnerships:offer_tasks", VISITOR)
    form = DocumentForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.attach_document(draft, form.cleaned_data["file"], by=request.user)
        except RuleViolation as broken_rule:
            form.add_error("file", str(broken_rule))
        else:
            messages.success(request, _("The file is with your offer."))
            return redirect("partnerships:offer_documents", draft.reference)
    files = attachments.attached_to(draft)
    status = 422 if form.errors else 200
    return _page(request, "offer_documents", draft, "documents", form=form, files=files, status=status)


@require_POST
def offer_document_remove(request: SignedIn, public_id) -> HttpResponse:
    """Take a file away from a draft again."""
    file = get_object_or_404(Attachment, public_id=public_id)
    offer = file.about
    if not isinstance(offer, Offer) or not Offer.objects.of(request.user).filter(pk=offer.pk).exists():
        raise Http404
    services.remove_document(offer, file, by=request.user)
    messages.success(request, _("The file is gone."))
    return redirect("partnerships:offer_documents", offer.reference)


# --- submitted --------------------------------------------------------------------------------------------


def _submitted(request: SignedIn, reference: str) -> Offer:
    offers = Offer.objects.of(request.user).for_list().exclude(submitted_at=None)
    return get_object_or_404(offers, reference=reference)


@require_GET
def offer_submitted(request: SignedIn, reference: str) -> HttpResponse:
    return render(request, "partnerships/offer_submitted.html", {"offer": _submitted(request, reference)})


@require_GET
def offer_receipt(request: SignedIn, reference: str, kind: str) -> HttpResponse:
    """What was submitted, when, and by when it is answered, as a document to keep."""
    offer = _submitted(request, reference)
    if kind not in documents.MEDIA_TYPES:
        raise Http404
    return documents.answer(receipt(offer, attachments.attached_to(offer)), offer.reference, kind)


# --- a visitor comes back -----------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "POST"])
def offer_keep(request: SignedIn) -> HttpResponse:
    """Mail the way back to a draft to somebody who has no account yet."""
    if request.user.is_authenticated or not has_visitor_draft(request):
        return redirect("partnerships:offer_start")
    form = KeepForm(posted(request))
    if request.method == "POST" and form.is_valid():
        limits.take(f"offer_keep:{limits.address_prefix(request)}", burst=10, per_seconds=3600)
        services.keep_draft(VisitorDraft(request).answers, email=form.cleaned_data["email"])
        messages.success(request, _("The link is on its way. It opens your draft on any device for 30 days."))
        return redirect("partnerships:offer_tasks", VISITOR)
    context = {"form": form, "is_visitor": True, "draft": VisitorDraft(request)}
    return render(request, "partnerships/offer_keep.html", context, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def offer_reopen(request: SignedIn, token: str) -> HttpResponse:
    """Open a draft by the link of a mail. A press of a button, so that no mail scanner opens it."""
    answers = services.kept_answers(token)
    if answers is None:
        return render(request, "partnerships/offer_reopen.html", {"is_over": True}, status=410)
    if request.method == "POST":
        request.session[VisitorDraft.KEY] = answers
        return redirect("partnerships:offer_tasks", VISITOR)
    replaces = has_visitor_draft(request) and request.session[VisitorDraft.KEY] != answers
    return render(request, "partnerships/offer_reopen.html", {"replaces": replaces})
