"""Agreements of a record: drafts from the library, their states, files, and use of the emblem."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.agreement_texts import library
from partnerships.forms.agreements import DraftForm, EmblemDecisionForm, EmblemForm, TermsForm
from partnerships.models import (
    AGREEMENT_MOVES,
    UNDER_REVIEW,
    Agreement,
    AgreementStatus,
    EmblemRequest,
    Partnership,
)
from partnerships.services import agreements as services
from partnerships.views.desk_partnerships import posted_number, record_to_edit, registers
from portal import attachments, documents
from portal.errors import RuleViolation
from portal.http import SignedIn, attempt

PAGE_SIZE = 25


def reads(view):
    """For who registers records, and for legal officers."""
    rights = ("partnerships.register_partnership", "partnerships.review_agreement")

    @wraps(view)
    def allowed(request: SignedIn, *args, **kwargs) -> HttpResponse:
        if not any(map(request.user.has_perm, rights)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return allowed


def _agreement(request: SignedIn, pk: int) -> Agreement:
    found = Agreement.objects.visible_to(request.user).select_related("partnership")
    return get_object_or_404(found, pk=pk)


@require_http_methods(["GET", "POST"])
@registers
def agreement_list(request: SignedIn, reference: str) -> HttpResponse:
    """The agreements of a record, requests to show the emblem, and the form for a new draft."""
    record = record_to_edit(request, reference)
    data = request.POST if request.method == "POST" else None
    form = DraftForm(data)
    if form.is_valid():
        agreement = services.draft_agreement(
            record,
            by=request.user,
            template=form.cleaned_data["template"],
            clauses=form.cleaned_data["clauses"],
        )
        return redirect("partnerships:agreement_detail", agreement.pk)
    context = {
        "record": record,
        "form": form,
        "agreements": list(record.agreements.all()),
        "emblem_requests": list(record.emblem_requests.select_related("requested_by", "decided_by")),
        "can_decide": request.user.has_perm("partnerships.review_partnership"),
        "today": timezone.localdate(),
    }
    return render(request, "partnerships/agreement_list.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@reads
def agreement_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One agreement: where it stands, its terms, its files. Who does not work on its record only reads."""
    agreement = _agreement(request, pk)
    can_edit = Partnership.objects.editable_by(request.user).filter(pk=agreement.partnership_id).exists()
    if request.method == "POST" and not can_edit:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    # The form gets a copy: validation writes on its instance, and the page shows what is saved.
    form = TermsForm(data, request.FILES or None, instance=Agreement.objects.get(pk=pk))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.edit_agreement(
                agreement,
                by=request.user,
                version=posted_number(request, "version"),
                values=form.values(),
            )
            if form.cleaned_data["upload"]:
                attachments.accept(form.cleaned_data["upload"], about=agreement, by=request.user)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
        else:
            messages.success(request, _("Saved."))
            return redirect("partnerships:agreement_detail", pk)
    template = library()[0].get(agreement.template)
    context = {
        "agreement": agreement,
        "record": agreement.partnership,
        "form": form,
        "can_edit": can_edit,
        "moves": [
            {
                "value": to,
                "label": AgreementStatus(to).label,
                "missing": services.missing_for(agreement, to),
            }
            for to in AgreementStatus.values
            if can_edit and to in AGREEMENT_MOVES[agreement.status]
        ],
        "files": attachments.attached_to(agreement),
        "template": template,
        "newer": template.current
        if template and template.current.version != agreement.template_version
        else None,
        "is_late": agreement.due_on is not None and agreement.due_on < timezone.localdate(),
    }
    return render(request, "partnerships/agreement_detail.html", context, status=status)


@require_safe
@permission_required("partnerships.review_agreement", raise_exception=True)
def agreement_review(request: SignedIn) -> HttpResponse:
    """What waits for a legal officer or lies with a partner, the oldest first."""
    waiting = Agreement.objects.visible_to(request.user).filter(status__in=UNDER_REVIEW)
    rows = waiting.select_related("partnership").order_by("status_since", "pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "today": timezone.localdate()}
    return render(request, "partnerships/agreement_review.html", context)


@require_safe
@reads
def agreement_document(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    """The draft, filled in, as DOCX or PDF."""
    agreement = _agreement(request, pk)
    if kind not in ("docx", "pdf") or agreement.template not in library()[0]:
        raise Http404
    name = f"{agreement.partnership.reference}-agreement-{agreement.pk}"
    return documents.answer(services.document_of(agreement), name, kind)


@require_POST
@registers
def agreement_move(request: SignedIn, pk: int) -> HttpResponse:
    agreement = _agreement(request, pk)
    to = request.POST.get("to", "")
    if to not in AgreementStatus.values:
        raise Http404
    note = request.POST.get("reason", "")[:1000]
    attempt(
        request,
        lambda: services.move_agreement(agreement, to=to, by=request.user, note=note),
        _("Now: %(status)s.") % {"status": AgreementStatus(to).label},
    )
    return redirect("partnerships:agreement_detail", pk)


@require_http_methods(["GET", "POST"])
@registers
def emblem_new(request: SignedIn, reference: str) -> HttpResponse:
    """Ask to show the emblem or the name."""
    record = record_to_edit(request, reference)
    form = EmblemForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.request_emblem(record, by=request.user, values=form.cleaned_data)
        messages.success(request, _("Asked for. Somebody else decides."))
        return redirect("partnerships:agreement_list", reference)
    context = {"record": record, "form": form}
    return render(request, "partnerships/emblem_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@permission_required("partnerships.review_partnership", raise_exception=True)
def emblem_decide(request: SignedIn, pk: int) -> HttpResponse:
    """Approve or refuse, as somebody else than who asked."""
    asked = get_object_or_404(
        EmblemRequest.objects.visible_to(request.user).select_related("partnership", "requested_by"), pk=pk
    )
    form = EmblemDecisionForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.decide_emblem(asked, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
        else:
            messages.success(request, _("Decided."))
            return redirect("partnerships:agreement_list", asked.partnership.reference)
    context = {"asked": asked, "record": asked.partnership, "form": form}
    return render(request, "partnerships/emblem_decide.html", context, status=status)


@require_safe
@registers
def agreement_templates(request: SignedIn) -> HttpResponse:
    """The library: templates with their versions, and the clauses."""
    templates, clauses = library()
    context = {"templates": templates.values(), "clauses": clauses.values()}
    return render(request, "partnerships/agreement_templates.html", context)
