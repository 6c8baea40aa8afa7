"""Searches that a person follows: `/desk/saved/`, and the link in each mail that stops it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships import search
from partnerships.filters import read_query
from partnerships.forms.saved import SavedSearchForm
from partnerships.services import saved as services
from partnerships.views.registry import words_for
from portal.errors import RuleViolation
from portal.http import SignedIn
from portal.marks import joined, mark


@require_safe
def saved_list(request: SignedIn) -> HttpResponse:
    searches = []
    for saved in request.user.saved_searches.all():
        wanted = read_query(saved.query, request.user).wanted
        searches.append(
            {
                "saved": saved,
                "words": joined(words_for(wanted)) or _("Every partnership"),
                "count": search.find(wanted, with_counts=False).total,
                "url": reverse("partnerships:partnership_list") + ("?" + saved.query if saved.query else ""),
            }
        )
    return render(request, "partnerships/saved_list.html", {"searches": searches})


@require_http_methods(["GET", "POST"])
def saved_new(request: SignedIn) -> HttpResponse:
    """Follow the search of `?` …: the address of the registry's list with this page's path before it."""
    query = services.kept_query(request.GET.urlencode())
    wanted = read_query(query, request.user).wanted
    said = words_for(wanted)
    words, name = joined(said), mark(",").join(said)[:80]
    form = SavedSearchForm(request.POST if request.method == "POST" else None, initial={"name": name})
    if form.is_valid():
        try:
            services.save_search(query, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, _("You follow this search now."))
            return redirect("partnerships:saved_list")
    context = {"form": form, "words": words, "query": query}
    return render(request, "partnerships/saved_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def saved_edit(request: SignedIn, pk: int) -> HttpResponse:
    saved = get_object_or_404(request.user.saved_searches, pk=pk)
    form = SavedSearchForm(request.POST if request.method == "POST" else None, instance=saved)
    if form.is_valid():
        saved.refresh_from_db()
        services.change_search(saved, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("partnerships:saved_list")
    context = {"form": form, "saved": saved}
    return render(request, "partnerships/saved_new.html", context, status=422 if form.is_bound else 200)


@require_POST
def saved_remove(request: SignedIn, pk: int) -> HttpResponse:
    services.remove_search(get_object_or_404(request.user.saved_searches, pk=pk), by=request.user)
    messages.success(request, _("You no longer follow this search."))
    return redirect("partnerships:saved_list")


@require_http_methods(["GET", "POST"])
@csrf_exempt  # a mail program sends the one click of RFC 8058; the token is the permission
@login_not_required
def saved_stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link in each mail: one button, no sign-in. Opening it changes nothing, since mail scanners do."""
    saved = services.saved_of_token(token)
    if saved and request.method == "POST":
        services.stop_search(saved)
        saved.refresh_from_db()
    return render(request, "partnerships/saved_stop.html", {"saved": saved}, status=200 if saved else 404)
