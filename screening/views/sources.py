"""The administrator's forms for what is kept about a list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.errors import RuleViolation
from portal.http import SignedIn, posted
from screening.forms.sources import NewSourceForm, SourceForm
from screening.models import ListSource
from screening.services import lists as services
from screening.views.lists import manages_lists


@require_http_methods(["GET", "POST"])
@manages_lists
def source_add(request: SignedIn) -> HttpResponse:
    form = NewSourceForm(posted(request))
    if form.is_valid():
        try:
            source = services.add_source(form.cleaned_data["code"], form.values, by=request.user)
        except RuleViolation as broken_rule:
            form.add_error("code", str(broken_rule))
        else:
            messages.success(request, _("Added. Hand in its file, or ask the publisher."))
            return redirect("screening:list_detail", source.pk)
    return _page(request, form)


@require_http_methods(["GET", "POST"])
@manages_lists
def source_edit(request: SignedIn, code: str) -> HttpResponse:
    source = get_object_or_404(ListSource, pk=code)
    # The form writes what was typed into its instance; the page speaks of the list as it is kept.
    form = SourceForm(posted(request), instance=get_object_or_404(ListSource, pk=code))
    if form.is_valid():
        try:
            services.change_source(source, form.values, by=request.user)
        except RuleViolation as broken_rule:
            form.add_error("kind", str(broken_rule))
        else:
            messages.success(request, _("Saved. The next file is read by it."))
            return redirect("screening:list_detail", source.pk)
    return _page(request, form, source)


def _page(request: SignedIn, form: SourceForm, source: ListSource | None = None) -> HttpResponse:
    context = {"form": form, "source": source}
    return render(request, "screening/source_form.html", context, status=422 if form.is_bound else 200)
