from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints import exports, links
from focalpoints.filters import FocalPointFilter
from focalpoints.forms.directory import EntryForm, FinderForm, HandOverForm, NewEntryForm
from focalpoints.forms.versions import renew_version
from focalpoints.models import FocalPoint
from focalpoints.queries import directory as directory_queries
from focalpoints.services import directory as services
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn, render_page
from portal.sheets import csv_lines

PAGE_SIZE = 25


def _found(request: HttpRequest) -> FocalPointFilter:
    rows = FocalPoint.objects.visible_to(request.user).active()
    return FocalPointFilter(request.GET, rows, request=request)


@require_safe
@login_not_required
def directory(request: HttpRequest) -> HttpResponse:
    found = _found(request)
    page = Paginator(found.qs.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    chosen = found.chosen
    context = {
        "filter": found,
        "more_fields": [found.form[name] for name in found.MORE_FIELDS],
        "page": page,
        "count": page.paginator.count,
        "ignored": sorted(str(found.form[name].label) for name in found.form.errors),
        "shows_names": request.user.has_perm("focalpoints.view_people"),
        "mine": list(FocalPoint.objects.of(request.user).for_list()) if request.user.is_authenticated else [],
        "others": []
        if page.paginator.count
        else directory_queries.entry_points(request.user, theme=chosen.get("theme", "")),
        "without": _without_one_filter(found) if not page.paginator.count else [],
        "showing": _("Showing %(first)s–%(last)s") % {"first": page.start_index(), "last": page.end_index()},
    }
    return render_page(
        request, "focalpoints/directory.html", context, partial="focalpoints/_directory_rows.html"
    )


def _without_one_filter(found: FocalPointFilter) -> list[dict]:
    """For an empty result: each filter that is on, and how many there are without it."""
    ways_out = []
    for name in found.chosen if len(found.chosen) > 1 else []:
        query = found.data.copy()
        query.pop(name, None)
        query.pop("page", None)
        count = FocalPointFilter(query, found.queryset, request=found.request).qs.count()
        if count:
            ways_out.append({"label": found.form[name].label, "count": count, "query": query.urlencode()})
    return ways_out


@require_safe
@login_not_required
def directory_csv(request: HttpRequest) -> StreamingHttpResponse:
    with_name = request.user.has_perm("focalpoints.view_people")
    rows = (
        exports.directory_row(entry, with_name=with_name)
        for entry in _found(request).qs.for_list().iterator(chunk_size=500)
    )
    return StreamingHttpResponse(
        csv_lines(exports.DIRECTORY_HEAD, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="focal-points.csv"'},
    )


@require_safe
@login_not_required
def directory_vcards(request: HttpRequest) -> HttpResponse:
    return _vcards(request, _found(request).qs.for_list()[:1000])


@require_safe
@login_not_required
def directory_vcard(request: HttpRequest, pk: int) -> HttpResponse:
    return _vcards(request, [_entry(request, pk)])


def _vcards(request: HttpRequest, entries) -> HttpResponse:
    with_name = request.user.has_perm("focalpoints.view_people")
    cards = [
        exports.vcard(entry, with_name=with_name, url=request.build_absolute_uri(f"/directory/{entry.pk}/"))
        for entry in entries
    ]
    return HttpResponse(
        "".join(cards),
        content_type="text/vcard; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="focal-points.vcf"'},
    )


@require_safe
@login_not_required
def directory_coverage(request: HttpRequest) -> HttpResponse:
    return render(
        request, "focalpoints/directory_coverage.html", {"coverage": directory_queries.coverage(request.user)}
    )


@require_safe
@login_not_required
def directory_finder(request: HttpRequest) -> HttpResponse:
    """Who works on this, here: for a business that knows its topic and its country, not the UN."""
    form = FinderForm(request.GET)
    form.is_valid()
    theme, country = form.cleaned_data.get("theme", ""), form.cleaned_data.get("country")
    context = {
        "form": form,
        "is_inside": request.user.has_perm("focalpoints.view_people"),
        "is_asked": bool(theme or country),
        "answers": directory_queries.who_works_on(
            request.user, theme=theme, country=country, language=get_language() or "en"
        )
        if theme or country
        else [],
        "ignored": sorted(str(form[name].label) for name in form.errors),
    }
    return render_page(
        request, "focalpoints/directory_finder.html", context, partial="focalpoints/_finder_rows.html"
    )


def _entry(request: HttpRequest, pk: int) -> FocalPoint:
    return get_object_or_404(FocalPoint.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_not_required
def directory_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """An entry. Of one that ended, the public gets the way to its successor instead of nothing."""
    entry = FocalPoint.objects.visible_to(request.user).for_list().filter(pk=pk).first()
    if entry is None:
        ended = FocalPoint.objects.filter(pk=pk, successor__isnull=False).first()
        if ended and FocalPoint.objects.visible_to(request.user).filter(pk=ended.successor_id).exists():
            return redirect("focalpoints:directory_entry", pk=ended.successor_id)
        raise Http404
    context = {
        "entry": entry,
        "shows_names": request.user.has_perm("focalpoints.view_people"),
        "may_edit": request.user.is_authenticated and services.may_edit(entry, request.user),
        "is_own": request.user.is_authenticated and entry.user_id == request.user.pk,
        "others": FocalPoint.objects.visible_to(request.user)
        .active()
        .filter(entity=entry.entity)
        .exclude(pk=entry.pk)
        .for_list()[:8],
    }
    return render(request, "focalpoints/directory_entry.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("focalpoints.manage_directory", raise_exception=True)
def directory_new(request: SignedIn) -> HttpResponse:
    form = NewEntryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = form.cleaned_data
        values["user"] = values.pop("holder")
        entry = services.save_entry(None, values, by=request.user)
        return redirect("focalpoints:directory_entry", pk=entry.pk)
    return render(
        request, "focalpoints/directory_edit.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
def directory_edit(request: SignedIn, pk: int) -> HttpResponse:
    entry = _entry(request, pk)
    if not services.may_edit(entry, request.user):
        raise PermissionDenied
    form = EntryForm(request.POST if request.method == "POST" else None, instance=entry)
    status, stale = 200, []
    if form.is_valid():
        values = form.cleaned_data
        version = values.pop("version")
        try:
            services.save_entry(entry, values, by=request.user, version=version)
        except StaleEdit as error:
            form.add_error(None, str(error))
            stale, status = _what_differs(entry, form), 409
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved, and counted as confirmed today."))
            return redirect("focalpoints:directory_entry", pk=entry.pk)
    if form.errors and status == 200:
        status = 422
    context = {"form": form, "entry": entry, "stale": stale}
    return render(request, "focalpoints/directory_edit.html", context, status=status)


def _what_differs(entry: FocalPoint, form: EntryForm) -> list[dict]:
    """Each typed value that is not what now stands in the entry; saving again then writes over it."""
    now = FocalPoint.objects.get(pk=entry.pk)
    renew_version(form, now.version)
    theirs = EntryForm(instance=now).initial
    return [
        {"field": form[name].label, "theirs": theirs[name] or "–", "yours": value or "–"}
        for name, value in form.cleaned_data.items()
        if name in theirs and isinstance(value, str) and theirs[name] != value
    ]


@require_POST
def directory_confirm(request: SignedIn, pk: int) -> HttpResponse:
    services.confirm_entry(_entry(request, pk), by=request.user)
    messages.success(request, _("Confirmed today. We ask again in half a year."))
    return redirect("focalpoints:directory_entry", pk=pk)


@require_http_methods(["GET", "POST"])
def directory_hand_over(request: SignedIn, pk: int) -> HttpResponse:
    entry = _entry(request, pk)
    if not services.may_edit(entry, request.user):
        raise PermissionDenied
    form = HandOverForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            successor = services.hand_over(
                entry,
                to=form.cleaned_data["successor"],
                person_name=form.cleaned_data["person_name"],
                has_name_consent=form.cleaned_data["has_name_consent"],
                by=request.user,
            )
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Handed over. The entry, its records and its groups have passed on."))
            return redirect("focalpoints:directory_entry", pk=successor.pk)
    return render(
        request,
        "focalpoints/directory_hand_over.html",
        {"form": form, "entry": entry},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
@login_not_required
def entry_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a reminder. A GET only shows the entry: scanners follow links, people press."""
    try:
        entry = FocalPoint.objects.active().for_list().get(pk=links.read_token("entry_confirm", token))
    except (links.LinkExpired, links.LinkBroken, FocalPoint.DoesNotExist):
        return render(request, "focalpoints/entry_confirm.html", {"entry": None}, status=410)
    is_done = request.method == "POST"
    if is_done:
        entry = services.confirm_entry_by_link(entry.pk)
    return render(request, "focalpoints/entry_confirm.html", {"entry": entry, "is_done": is_done})
