from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints.forms.network import LibraryFilterForm, OpinionForm, ResourceForm, SeatForm, TrainingForm
from focalpoints.models import Resource, Training, TrainingSeat
from focalpoints.services import learning as services
from focalpoints.wording import to_html
from portal.errors import RuleViolation
from portal.http import SignedIn, render_page

manager = permission_required(services.MANAGE, raise_exception=True)


@require_safe
@login_not_required
def library(request: HttpRequest) -> HttpResponse:
    form = LibraryFilterForm(request.GET)
    form.is_valid()
    rows = Resource.objects.visible_to(request.user).annotate(
        useful_count=Count("opinions", filter=Q(opinions__is_useful=True))
    )
    for word in form.cleaned_data.get("q", "").split()[:8]:
        rows = rows.filter(
            Q(title__icontains=word) | Q(summary__icontains=word) | Q(publisher__icontains=word)
        )
    if kind := form.cleaned_data.get("kind"):
        rows = rows.filter(kind=kind)
    if theme := form.cleaned_data.get("theme"):
        rows = rows.filter(themes__contains=[theme])
    page = Paginator(rows.order_by("status", "title", "pk"), 25).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "count": page.paginator.count,
        "may_manage": request.user.has_perm(services.MANAGE),
    }
    return render_page(request, "focalpoints/library.html", context, partial="focalpoints/_library_rows.html")


def _resource(request: HttpRequest, pk: int) -> Resource:
    rows = Resource.objects.visible_to(request.user).select_related("supersedes", "superseded_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
@login_not_required
def resource_detail(request: HttpRequest, pk: int) -> HttpResponse:
    resource = _resource(request, pk)
    is_un = request.user.has_perm("focalpoints.view_people")
    opinions = list(resource.opinions.select_related("user"))
    mine = next((opinion for opinion in opinions if opinion.user_id == request.user.pk), None)
    initial = {"is_useful": "yes" if mine.is_useful else "no", "comment": mine.comment} if mine else {}
    context = {
        "resource": resource,
        "summary_html": to_html(resource.summary),
        "useful_count": sum(opinion.is_useful for opinion in opinions),
        "opinion_count": len(opinions),
        "comments": [opinion for opinion in opinions if opinion.comment] if is_un else [],
        "form": OpinionForm(initial=initial) if is_un else None,
        "superseded_by": getattr(resource, "superseded_by", None),
        "may_manage": request.user.has_perm(services.MANAGE),
    }
    return render(request, "focalpoints/resource_detail.html", context)


@require_POST
def resource_opinion(request: SignedIn, pk: int) -> HttpResponse:
    resource = _resource(request, pk)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        raise RuleViolation(_("Say whether it helped you."))
    services.give_opinion(resource, by=request.user, **form.cleaned_data)
    messages.success(request, _("Thank you."))
    return redirect("focalpoints:resource_detail", pk=pk)


@require_http_methods(["GET", "POST"])
@manager
def resource_edit(request: SignedIn, pk: int | None = None) -> HttpResponse:
    resource = _resource(request, pk) if pk else None
    form = ResourceForm(request.POST if request.method == "POST" else None, instance=resource)
    if form.is_valid():
        try:
            saved = services.save_resource(resource, form.cleaned_data, by=request.user)
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            return redirect("focalpoints:resource_detail", pk=saved.pk)
    context = {
        "form": form,
        "heading": resource.title if resource else _("New item"),
        "submit": _("Save"),
        "above": _("Library"),
        "above_url": "focalpoints:library",
    }
    return render(request, "focalpoints/form_page.html", context, status=422 if form.is_bound else 200)


# --- trainings --------------------------------------------------------------------------------------------


@require_safe
@login_not_required
def training_list(request: HttpRequest) -> HttpResponse:
    trainings = Training.objects.annotate(
        taken_count=Count("taken", filter=Q(taken__status__in=["registered", "completed"]))
    )
    today = timezone.localdate()
    context = {
        "coming": trainings.filter(ends_on__gte=today),
        "past": trainings.filter(ends_on__lt=today).order_by("-starts_on")[:50],
        "may_manage": request.user.has_perm(services.MANAGE),
    }
    return render(request, "focalpoints/training_list.html", context)


@require_safe
@login_not_required
def training_detail(request: HttpRequest, pk: int) -> HttpResponse:
    training = get_object_or_404(Training, pk=pk)
    seats = list(training.taken.exclude(status="withdrawn").select_related("user"))
    may_manage = request.user.has_perm(services.MANAGE)
    mine = next((seat for seat in seats if seat.user_id == request.user.pk), None)
    is_open = training.starts_on > timezone.localdate()
    context = {
        "training": training,
        "text_html": to_html(training.text),
        "materials": training.materials.filter(pk__in=Resource.objects.visible_to(request.user)),
        "taken_count": sum(seat.status in ("registered", "completed") for seat in seats),
        "waiting_count": sum(seat.status == "waiting" for seat in seats),
        "mine": mine,
        "seats": seats if may_manage else [],
        "form": SeatForm()
        if is_open and mine is None and request.user.has_perm("focalpoints.view_people")
        else None,
        "is_open": is_open,
        "has_ended": training.ends_on <= timezone.localdate(),
        "may_manage": may_manage,
    }
    return render(request, "focalpoints/training_detail.html", context)


@require_http_methods(["GET", "POST"])
@manager
def training_edit(request: SignedIn, pk: int | None = None) -> HttpResponse:
    training = get_object_or_404(Training, pk=pk) if pk else None
    form = TrainingForm(request.POST if request.method == "POST" else None, instance=training)
    if form.is_valid():
        saved = services.save_training(training, form.cleaned_data, by=request.user)
        return redirect("focalpoints:training_detail", pk=saved.pk)
    context = {
        "form": form,
        "heading": training.title if training else _("New course"),
        "submit": _("Save"),
        "above": _("Training"),
        "above_url": "focalpoints:training_list",
    }
    return render(request, "focalpoints/form_page.html", context, status=422 if form.is_bound else 200)


@require_POST
def training_seat(request: SignedIn, pk: int) -> HttpResponse:
    """Take a seat; with `leave` give it back."""
    training = get_object_or_404(Training, pk=pk)
    if "leave" in request.POST:
        services.leave_seat(training, by=request.user)
        messages.success(request, _("Your seat is free for somebody else."))
        return redirect("focalpoints:training_detail", pk=pk)
    form = SeatForm(request.POST)
    if not form.is_valid():
        context = {
            "form": form,
            "heading": training.title,
            "submit": _("Take a seat"),
            "above": _("Training"),
            "above_url": "focalpoints:training_list",
        }
        return render(request, "focalpoints/form_page.html", context, status=422)
    seat = services.take_seat(training, organization=form.cleaned_data["organization"], by=request.user)
    messages.success(request, seat.get_status_display())
    return redirect("focalpoints:training_detail", pk=pk)


@require_POST
@manager
def training_complete(request: SignedIn, pk: int, seat_pk: int) -> HttpResponse:
    seat = get_object_or_404(TrainingSeat, pk=seat_pk, training=pk)
    services.complete_seat(seat, by=request.user)
    return redirect("focalpoints:training_detail", pk=pk)


@require_safe
def training_certificate(request: SignedIn, pk: int) -> HttpResponse:
    """One's own certificate, as a page to print."""
    seat = (
        TrainingSeat.objects.filter(training=pk, user=request.user, status="completed")
        .select_related("training", "user")
        .first()
    )
    if seat is None:
        raise Http404
    return render(request, "focalpoints/training_certificate.html", {"seat": seat})
