"""The steward's desk: versions of the criteria, the draft, its comparison with what is in force."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints.models import UNEntity
from portal.errors import RuleViolation
from portal.http import SignedIn, attempt
from screening.forms.catalogue import (
    CriterionForm,
    NewCriterionForm,
    OverlayForm,
    OverlayNameForm,
    PublishForm,
)
from screening.labels import TYPES
from screening.models import Assessment, CatalogueStatus, CatalogueVersion, OverlayUse
from screening.queries.catalogue import differences, draft, next_version, read_version, version_in_force
from screening.services import catalogue as services
from screening.views.cases import refuse

HERE = "screening:catalogue"


def _steward(request: SignedIn) -> None:
    if not request.user.has_perm("screening.manage_catalogue"):
        raise PermissionDenied


def _draft_or_404() -> CatalogueVersion:
    version = draft()
    if version is None:
        raise Http404
    return version


@require_safe
def catalogue(request: SignedIn) -> HttpResponse:
    _steward(request)
    return _catalogue_page(request)


def _catalogue_page(
    request: SignedIn,
    *,
    publish_form: PublishForm | None = None,
    name_form: OverlayNameForm | None = None,
    status: int = 200,
) -> HttpResponse:
    version, current = draft(), version_in_force()
    found = differences(current.content, version.content) if version and current else []
    known = read_version(version) if version else None
    uses = dict(OverlayUse.objects.values_list("entity_id", "overlay"))
    in_force = read_version(current) if current else None
    context = {
        "versions": list(
            CatalogueVersion.objects.filter(status=CatalogueStatus.PUBLISHED)
            .defer("content")
            .select_related("published_by")
        ),
        "current": current,
        "draft": version,
        "differences": found,
        "next_version": next_version(current.version, found) if current and found else "",
        "groups": [
            (label, [item for item in known.criteria.values() if item.type == kind])
            for kind, label in TYPES.items()
        ]
        if known
        else [],
        "overlays": list(known.overlays) if known else [],
        "publish_form": publish_form or PublishForm(initial={"revision": version.revision if version else 0}),
        "name_form": name_form or OverlayNameForm(auto_id="overlay_%s"),
        "due_count": Assessment.objects.exclude(review_due_since=None).count(),
        "choices": list(in_force.overlays) if in_force else [],
        "entities": [
            (entity, uses.get(entity.pk, "")) for entity in UNEntity.objects.filter(is_current=True)
        ],
    }
    return render(request, "screening/catalogue.html", context, status=status)


@require_POST
def draft_start(request: SignedIn) -> HttpResponse:
    attempt(request, lambda: services.start_draft(by=request.user))
    return redirect(HERE)


@require_POST
def draft_discard(request: SignedIn) -> HttpResponse:
    _steward(request)
    services.discard_draft(_draft_or_404(), by=request.user)
    messages.success(request, _("The draft is discarded."))
    return redirect(HERE)


@require_POST
def draft_publish(request: SignedIn) -> HttpResponse:
    _steward(request)
    version = _draft_or_404()
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _catalogue_page(request, publish_form=form, status=422)
    try:
        version = services.publish_version(version, by=request.user, **form.cleaned_data)
    except RuleViolation as broken_rule:
        refuse(form, broken_rule, version, name="revision")
        return _catalogue_page(request, publish_form=form, status=409)
    messages.success(request, _("Version %(version)s is in force.") % {"version": version.version})
    return redirect(HERE)


@require_http_methods(["GET", "POST"])
def criterion_edit(request: SignedIn, code: str) -> HttpResponse:
    """One criterion of the draft; `new` adds one."""
    _steward(request)
    version = _draft_or_404()
    row = next((row for row in version.content["criteria"] if row["code"] == code), None)
    if row is None and code != "new":
        raise Http404
    form_class = NewCriterionForm if row is None else CriterionForm
    form = form_class(
        request.POST if request.method == "POST" else None,
        initial={**(row or {}), "revision": version.revision},
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.edit_criterion(
                version,
                form.cleaned_data.get("code", code),
                revision=form.cleaned_data["revision"],
                values=form.values,
                by=request.user,
            )
        except RuleViolation as broken_rule:
            refuse(form, broken_rule, version, name="revision")
            status = 409
        else:
            return redirect(HERE)
    title = f"{code} {row['title']}" if row else _("A new criterion")
    return render(request, "screening/catalogue_form.html", {"form": form, "title": title}, status=status)


@require_http_methods(["GET", "POST"])
def overlay_edit(request: SignedIn, name: str) -> HttpResponse:
    """What one overlay of the draft tightens."""
    _steward(request)
    version = _draft_or_404()
    changes = version.content["entity_overlays"]["examples"].get(name, {})
    form = OverlayForm(
        request.POST if request.method == "POST" else None,
        known=read_version(version),
        changes=changes,
        initial={"revision": version.revision},
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.edit_overlay(
                version,
                name,
                revision=form.cleaned_data["revision"],
                changes=form.values,
                by=request.user,
            )
        except RuleViolation as broken_rule:
            refuse(form, broken_rule, version, name="revision")
            status = 409
        else:
            return redirect(HERE)
    title = _("Overlay %(name)s") % {"name": name}
    context = {"form": form, "title": title, "in_pairs": True}
    return render(request, "screening/catalogue_form.html", context, status=status)


@require_POST
def overlay_new(request: SignedIn) -> HttpResponse:
    _steward(request)
    form = OverlayNameForm(request.POST, auto_id="overlay_%s")
    if not form.is_valid():
        return _catalogue_page(request, name_form=form, status=422)
    return redirect("screening:overlay_edit", form.cleaned_data["name"])


@require_POST
def overlay_use(request: SignedIn, entity: str) -> HttpResponse:
    """Which overlay a UN entity applies."""
    _steward(request)
    row = get_object_or_404(UNEntity, pk=entity)
    overlay, done = request.POST.get("overlay", ""), _("%(entity)s: kept.") % {"entity": row}
    attempt(request, lambda: services.use_overlay(row, overlay, by=request.user), done)
    return redirect(HERE)
