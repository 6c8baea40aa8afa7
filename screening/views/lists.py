"""The administrator's pages about published lists."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.errors import RuleViolation
from portal.http import SignedIn, attempt
from screening import queries
from screening.forms import ListUploadForm, ReasonForm
from screening.models import ListChange, ListDifference, ListSource, ListVersion, VersionStatus
from screening.services import lists as services

manages_lists = permission_required("screening.manage_lists", raise_exception=True)


@require_safe
@manages_lists
def list_sources(request: SignedIn) -> HttpResponse:
    freshness = queries.list_freshness()
    return render(
        request,
        "screening/list_sources.html",
        {"freshness": freshness, "trouble": [item for item in freshness if not item.is_in_order]},
    )


@require_safe
@manages_lists
def list_detail(request: SignedIn, code: str) -> HttpResponse:
    source = get_object_or_404(ListSource, pk=code)
    return _detail(request, source, ListUploadForm())


def _detail(request: SignedIn, source: ListSource, form: ListUploadForm, status: int = 200) -> HttpResponse:
    freshness = next(item for item in queries.list_freshness() if item.source == source)
    versions = source.versions.select_related("received_by")
    context = {
        "source": source,
        "freshness": freshness,
        "form": form,
        "required_form": ReasonForm(auto_id="required_%s"),
        "page": Paginator(versions, 25).get_page(request.GET.get("page")),
        "is_reading": any(version.status == VersionStatus.RECEIVED for version in versions[:5]),
        "failure": queries.fetch_failure(source),
    }
    return render(request, "screening/list_detail.html", context, status=status)


@require_POST
@manages_lists
def list_upload(request: SignedIn, code: str) -> HttpResponse:
    source = get_object_or_404(ListSource, pk=code)
    form = ListUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _detail(request, source, form, status=422)
    version = services.upload_list(source, *form.cleaned_data["file"], by=request.user)
    if version.status == VersionStatus.SERVING:
        messages.info(request, _("This file is in use already."))
    else:
        messages.success(request, _("Received. It is read and checked before it is used."))
    return redirect("screening:version_detail", source.pk, version.number)


@require_POST
@manages_lists
def list_fetch(request: SignedIn, code: str) -> HttpResponse:
    source = get_object_or_404(ListSource, pk=code)
    done = _("The publisher is being asked for the current file.")
    attempt(request, lambda: services.ask_for_fetch(source, by=request.user), done)
    return redirect("screening:list_detail", source.pk)


@require_POST
@manages_lists
def list_required(request: SignedIn, code: str) -> HttpResponse:
    source = get_object_or_404(ListSource, pk=code)
    form = ReasonForm(request.POST)
    if form.is_valid():
        services.set_required(
            source,
            is_required=request.POST.get("is_required") == "1",
            note=form.cleaned_data["note"],
            by=request.user,
        )
        messages.success(request, _("Saved. Every company is screened again."))
    else:
        messages.error(request, _("Say why: the reason stays on record."))
    return redirect("screening:list_detail", source.pk)


@require_safe
@manages_lists
def version_detail(request: SignedIn, code: str, number: int) -> HttpResponse:
    return _version(request, code, number, ReasonForm())


def _version(request: SignedIn, code: str, number: int, form: ReasonForm, status: int = 200) -> HttpResponse:
    version = get_object_or_404(
        ListVersion.objects.select_related("source", "received_by", "override_by"), source=code, number=number
    )
    kind = request.GET.get("kind", "")
    changes = version.changes.filter(kind=kind) if kind in ListChange.Kind.values else version.changes.all()
    findings = [
        {
            "severity": finding["severity"],
            "sentence": _(finding["sentence"]) % finding["values"],
            "place": finding["place"],
        }
        for finding in version.findings
    ]
    context = {
        "version": version,
        "source": version.source,
        "findings": findings,
        "page": Paginator(changes, 50).get_page(request.GET.get("page")),
        "kind": kind,
        "form": form,
        "can_override": services.can_be_overridden(version),
        "difference": ListDifference.objects.annotate(met=Count("affected")).filter(version=version).first(),
    }
    return render(request, "screening/version_detail.html", context, status=status)


@require_POST
@manages_lists
def version_override(request: SignedIn, code: str, number: int) -> HttpResponse:
    version = get_object_or_404(ListVersion, source=code, number=number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _version(request, code, number, form, status=422)
    try:
        services.override_version(version, note=form.cleaned_data["note"], by=request.user)
    except RuleViolation as broken_rule:
        form.add_error(None, str(broken_rule))
        return _version(request, code, number, form, status=409)
    messages.success(request, _("Noted. The file is read again and then used."))
    return redirect("screening:version_detail", code, number)
