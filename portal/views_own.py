"""What belongs to one person: profile, notices, keys for programs, and files that this person may read."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import attachments, services
from portal import notices as notices_
from portal.errors import RuleViolation
from portal.forms_accounts import NoticeChoicesForm, ProfileForm, TokenForm
from portal.history import record
from portal.http import SignedIn, keep_language


@require_http_methods(["GET", "POST"])
def profile(request: SignedIn) -> HttpResponse:
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if form.is_valid():
        services.save_profile(request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        response = redirect("portal:profile")
        keep_language(response, form.cleaned_data["language"])
        return response
    status = 422 if form.is_bound else 200
    return render(request, "portal/profile.html", {"form": form}, status=status)


@require_safe
def notices(request: SignedIn) -> HttpResponse:
    page = Paginator(request.user.notices.all(), 25).get_page(request.GET.get("page"))
    return render(request, "portal/notices.html", {"page": page})


@require_POST
def notices_read(request: SignedIn) -> HttpResponse:
    notices_.mark_read(request.user)
    return redirect("portal:notices")


@require_http_methods(["GET", "POST"])
def notice_choices(request: SignedIn) -> HttpResponse:
    form = NoticeChoicesForm(
        request.POST if request.method == "POST" else None, initial=notices_.choices_of(request.user)
    )
    if form.is_valid():
        notices_.choose(request.user, form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("portal:notice_choices")
    return render(request, "portal/notice_choices.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def tokens(request: SignedIn) -> HttpResponse:
    """The keys of this person. A new one is shown on the answer to its form, and never again."""
    form, made = TokenForm(request.POST if request.method == "POST" else None), ""
    if form.is_valid():
        try:
            made = services.make_token(request.user, form.cleaned_data["name"])
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            form = TokenForm()
    context = {"form": form, "made": made, "tokens": request.user.api_tokens.filter(revoked_at=None)}
    return render(request, "portal/tokens.html", context, status=422 if form.is_bound else 200)


@require_POST
def token_revoke(request: SignedIn, pk: int) -> HttpResponse:
    token = get_object_or_404(request.user.api_tokens, pk=pk)
    services.revoke_token(token, by=request.user)
    messages.success(request, _("The key no longer works."))
    return redirect("portal:tokens")


@require_safe
@login_not_required
def attachment(request: HttpRequest, public_id: uuid.UUID) -> FileResponse:
    """A file, for whoever sees the row it hangs on; to everybody else it does not exist."""
    found = attachments.readable_by(public_id, request.user)
    if found is None:
        raise Http404
    if request.user.is_authenticated and found.about:
        record(found.about, "read file", by=request.user, note=found.name)
    return attachments.answer(found)
