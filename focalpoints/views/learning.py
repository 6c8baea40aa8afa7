"""The library, and beside it what closed partnerships have learnt."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints.forms.learning import LibraryFilterForm, OpinionForm, ResourceForm, WhyForm
from focalpoints.models import Resource, ResourceOpinion
from focalpoints.queries import learning as queries
from focalpoints.services import learning as services
from focalpoints.wording import to_html
from partnerships.models import LessonHeading
from portal.attachments import attached_to, readable_by
from portal.errors import RuleViolation
from portal.http import SignedIn, render_page

manager = permission_required(services.MANAGE, raise_exception=True)
LESSONS_BESIDE = 3


@require_safe
@login_not_required
def library(request: HttpRequest) -> HttpResponse:
    form = LibraryFilterForm(request.GET)
    form.is_valid()
    chosen = {name: form.cleaned_data.get(name, "") for name in form.fields}
    status = request.GET.get("status", "")
    status = status if status in Resource.Status.values else ""
    rows = queries.library_items(request.user, **chosen)
    counts = dict(rows.order_by().values_list("status").annotate(Count("pk", distinct=True)))
    page = Paginator(rows.filter(status=status) if status else rows, 25).get_page(request.GET.get("page"))
    lessons = queries.lessons(request.user, chosen["q"])
    context = {
        "form": form,
        "page": page,
        "count": page.paginator.count,
        "status": status,
        "states": [
            {"value": value, "label": label, "count": counts[value], "is_on": value == status}
            for value, label in Resource.Status.choices
            if value in counts
        ],
        "lessons": lessons[:LESSONS_BESIDE] if chosen["q"] else [],
        "lesson_count": lessons.count(),
        "q": chosen["q"],
        "may_manage": request.user.has_perm(services.MANAGE),
    }
    return render_page(request, "focalpoints/library.html", context, partial="focalpoints/_library_rows.html")


@require_safe
@login_not_required
def lesson_list(request: HttpRequest) -> HttpResponse:
    """What partnerships that are over wrote down for the next ones."""
    q = request.GET.get("q", "")[:100].strip()
    about = request.GET.get("about", "")
    about = about if about in LessonHeading.values else ""
    page = Paginator(queries.lessons(request.user, q, about), 25).get_page(request.GET.get("page"))
    context = {
        "q": q,
        "about": about,
        "page": page,
        "count": page.paginator.count,
        "headings": queries.lesson_headings(request.user),
    }
    return render_page(
        request, "focalpoints/lesson_list.html", context, partial="focalpoints/_lesson_rows.html"
    )


def _resource(request: HttpRequest, pk: int) -> Resource:
    rows = Resource.objects.visible_to(request.user).select_related("translation_of")
    return get_object_or_404(rows, pk=pk)


@require_safe
@login_not_required
def resource_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _resource_page(request, _resource(request, pk))


def _resource_page(
    request: HttpRequest, resource: Resource, form: OpinionForm | None = None, status: int = 200
) -> HttpResponse:
    is_un = request.user.has_perm("focalpoints.view_people")
    may_manage = request.user.has_perm(services.MANAGE)
    opinions = list(resource.opinions.select_related("user"))
    mine = next((opinion for opinion in opinions if opinion.user_id == request.user.pk), None)
    if is_un and form is None:
        told = {"is_useful": "yes" if mine.is_useful else "no", "comment": mine.comment} if mine else {}
        form = OpinionForm(initial=told)
    versions = queries.versions_of(resource, request.user)
    newest = versions.texts[0] if versions.texts else resource
    context = {
        "resource": resource,
        "summary_html": to_html(resource.summary),
        "files": attached_to(resource),
        "versions": versions,
        "newest": newest if newest != resource else None,
        "useful_count": sum(opinion.is_useful for opinion in opinions),
        "opinion_count": len(opinions),
        "comments": [
            {"opinion": opinion, "may_remove": may_manage or opinion.user_id == request.user.pk}
            for opinion in opinions
            if opinion.comment and is_un
        ],
        "form": form,
        "may_manage": may_manage,
    }
    return render(request, "focalpoints/resource_detail.html", context, status=status)


@require_POST
def resource_opinion(request: SignedIn, pk: int) -> HttpResponse:
    resource = _resource(request, pk)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return _resource_page(request, resource, form, status=422)
    services.give_opinion(resource, by=request.user, **form.cleaned_data)
    messages.success(request, _("Thank you."))
    return redirect("focalpoints:resource_detail", pk=pk)


@require_POST
def comment_remove(request: SignedIn, pk: int, opinion_pk: int) -> HttpResponse:
    resource = _resource(request, pk)
    opinion = get_object_or_404(ResourceOpinion, pk=opinion_pk, resource=resource)
    form = WhyForm(request.POST)
    services.remove_comment(opinion, why=form.data.get("why", ""), by=request.user)
    return redirect("focalpoints:resource_detail", pk=pk)


@require_http_methods(["GET", "POST"])
@manager
def resource_edit(request: SignedIn, pk: int | None = None) -> HttpResponse:
    resource = _resource(request, pk) if pk else None
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ResourceForm(*sent, instance=resource)
    if form.is_valid():
        values = form.cleaned_data
        file = values.pop("file")
        try:
            saved = services.save_resource(resource, values, file=file, by=request.user)
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            return redirect("focalpoints:resource_detail", pk=saved.pk)
    context = {
        "form": form,
        "heading": resource.title if resource else _("New item"),
        "submit": _("Save"),
        "above": _("Library"),
        "above_url": reverse("focalpoints:library"),
    }
    return render(request, "focalpoints/form_page.html", context, status=422 if form.is_bound else 200)


@require_POST
@manager
def resource_file_remove(request: SignedIn, public_id: UUID) -> HttpResponse:
    attachment = readable_by(public_id, request.user)
    if attachment is None or not isinstance(attachment.about, Resource):
        raise Http404
    pk = attachment.about_id
    services.remove_resource_file(attachment, by=request.user)
    messages.success(request, _("The file is removed."))
    return redirect("focalpoints:resource_detail", pk=pk)
