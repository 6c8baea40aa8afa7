"""Where UN offices write their needs and joint appeals, and see which offers fit."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from focalpoints.models import UNEntity
from partnerships import labels
from partnerships.forms.needs import AppealForm, NeedForm, SettleForm
from partnerships.models import Appeal, Need, NeedStatus
from partnerships.queries import coordination, matches
from partnerships.queries import needs as queries
from partnerships.queries.offers import entities_of, history
from partnerships.services import needs as services
from partnerships.services.coordination import write_appeal
from partnerships.services.matches import record_shown
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn, attempt, posted
from portal.marks import joined

post_need = permission_required("partnerships.post_need", raise_exception=True)
FIRMS = {
    "": gettext_lazy("All firms"),
    "small": gettext_lazy("Small and medium firms"),
    "ldc": gettext_lazy("Firms of least developed countries"),
}


@require_GET
@post_need
def desk_needs(request: SignedIn) -> HttpResponse:
    page = Paginator(queries.entity_needs(request.user), 25).get_page(request.GET.get("page"))
    return render(
        request,
        "partnerships/desk_needs.html",
        {"page": page, "may_post": bool(_own(request)), "appeals": coordination.appeals()[:10]},
    )


def _own(request: SignedIn) -> QuerySet[UNEntity]:
    """UN entities this user posts for."""
    return UNEntity.objects.filter(pk__in=entities_of(request.user))


def _need(request: SignedIn, reference: str) -> Need:
    return get_object_or_404(Need.objects.editable_by(request.user).for_list(), reference=reference)


@require_GET
@post_need
def desk_need(request: SignedIn, reference: str) -> HttpResponse:
    """A need with the offers that fit it, best first."""
    need = _need(request, reference)
    return _desk_need_page(request, need, SettleForm())


def _desk_need_page(request: SignedIn, need: Need, form: SettleForm) -> HttpResponse:
    only = request.GET.get("firms", "")
    only = only if only in FIRMS else ""
    ranking = matches.ranked_offers(need, only=only)
    record_shown(ranking.shown)
    context = {
        "need": need,
        "form": form,
        "ranking": ranking,
        "misfits": matches.misfits(need),
        "firms": [
            {"label": label, "url": f"?firms={code}", "is_current": code == only}
            for code, label in FIRMS.items()
        ],
        "events": history(need)[:30],
        "may_settle": need.status in (NeedStatus.OPEN, NeedStatus.PARTLY_MET),
        "may_edit": need.status in (NeedStatus.DRAFT, NeedStatus.OPEN, NeedStatus.PARTLY_MET),
    }
    return render(request, "partnerships/desk_need.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@post_need
def desk_need_new(request: SignedIn) -> HttpResponse:
    form = NeedForm(posted(request), entities=_own(request))
    if form.is_valid():
        need = services.write_need(None, values=form.values(), version=0, by=request.user)
        messages.success(request, _("Saved as a draft. Publish it when it is right."))
        return redirect("partnerships:desk_need", need.reference)
    context = {"form": form, "has_entity": form.fields["entity"].queryset.exists()}  # type: ignore[attr-defined]
    return render(request, "partnerships/desk_need_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@post_need
def desk_need_edit(request: SignedIn, reference: str) -> HttpResponse:
    need = _need(request, reference)
    initial = NeedForm.initial_of(need)
    form = NeedForm(posted(request), entities=_own(request), initial=initial)
    status, conflict = 200, None
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.write_need(need, values=form.values(), version=version, by=request.user)
        except StaleEdit as stale:
            status, conflict = 409, {"reason": stale, "changes": _changes(form, initial)}
            typed = request.POST.copy()
            typed["version"] = str(need.version)
            form.data = typed
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, _("Saved."))
            return redirect("partnerships:desk_need", need.reference)
    context = {"form": form, "need": need, "has_entity": True, "conflict": conflict}
    return render(request, "partnerships/desk_need_edit.html", context, status=422 if form.errors else status)


def _changes(form: NeedForm, saved: dict[str, Any]) -> list[dict]:
    """What is saved now beside what was typed, where they differ."""
    return [
        {"field": form.fields[name].label, "theirs": _plain(saved[name]), "yours": _plain(value)}
        for name, value in form.cleaned_data.items()
        if name != "version" and _plain(saved[name]) != _plain(value)
    ]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return joined(sorted(str(labels.countries().get(code, code)) for code in value))
    return "" if value is None else str(value)


@require_POST
@post_need
def desk_need_publish(request: SignedIn, reference: str) -> HttpResponse:
    need = _need(request, reference)
    done = _("Published. The need is on the public board.")
    attempt(request, lambda: services.publish_need(need, by=request.user), done)
    return redirect("partnerships:desk_need", need.reference)


@require_POST
@post_need
def desk_need_settle(request: SignedIn, reference: str) -> HttpResponse:
    need = _need(request, reference)
    form = SettleForm(request.POST)
    if form.is_valid():
        try:
            services.settle_need(need, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, _("Noted."))
            return redirect("partnerships:desk_need", need.reference)
    return _desk_need_page(request, need, form)


# --- joint appeals ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@post_need
def desk_appeal_new(request: SignedIn) -> HttpResponse:
    """Start a joint appeal; the entities that join post their needs under it."""
    return _appeal_form(request, None)


@require_http_methods(["GET", "POST"])
@post_need
def desk_appeal_edit(request: SignedIn, reference: str) -> HttpResponse:
    return _appeal_form(request, get_object_or_404(Appeal, reference=reference, lead__in=_own(request)))


def _appeal_form(request: SignedIn, appeal: Appeal | None) -> HttpResponse:
    form = AppealForm(posted(request), instance=appeal, entities=_own(request))
    if form.is_valid():
        saved = write_appeal(appeal, values=form.cleaned_data, by=request.user)
        messages.success(request, _("Saved. Each entity joins by posting a need under it."))
        return redirect("partnerships:appeal_detail", saved.reference)
    context = {"form": form, "appeal": appeal, "has_entity": _own(request).exists()}
    return render(request, "partnerships/desk_appeal.html", context, status=422 if form.errors else 200)
