from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints import calendars
from focalpoints.certificates import certificate
from focalpoints.forms.learning import HandoutForm, SeatForm, TrainingForm
from focalpoints.forms.meetings import CancelForm
from focalpoints.models import Community, Handout, OfficeLevel, Resource, Training, TrainingSeat
from focalpoints.queries import learning as queries
from focalpoints.queries.files import files_of
from focalpoints.services import trainings as services
from focalpoints.wording import to_html
from portal import documents
from portal.errors import RuleViolation
from portal.http import SignedIn, posted

manager = permission_required(services.MANAGE, raise_exception=True)
HELD = Q(taken__status__in=["registered", "completed"])


@require_safe
@login_not_required
def training_list(request: HttpRequest) -> HttpResponse:
    trainings = Training.objects.annotate(taken_count=Count("taken", filter=HELD))
    trainings = trainings.order_by("starts_on", "pk")  # a query that counts forgets the table's own order
    today = timezone.localdate()
    context = {
        "coming": trainings.filter(ends_on__gte=today),
        "past": trainings.filter(ends_on__lt=today).order_by("-starts_on")[:50],
        "may_manage": request.user.has_perm(services.MANAGE),
    }
    return render(request, "focalpoints/training_list.html", context)


@require_safe
@permission_required("focalpoints.view_people", raise_exception=True)
def training_reach(request: SignedIn) -> HttpResponse:
    """Who completed a course so far, by entity and office level."""
    context = {"rows": queries.attendance(is_completed=True), "levels": _levels()}
    return render(request, "focalpoints/training_reach.html", context)


def _levels() -> list[str]:
    return [*map(str, OfficeLevel.labels), _("Not stated")]


@require_safe
@login_not_required
def training_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Training, pk=pk))


def _page(
    request: HttpRequest,
    training: Training,
    *,
    form: SeatForm | None = None,
    handout_form: HandoutForm | None = None,
    status: int = 200,
) -> HttpResponse:
    seats = list(training.taken.exclude(status="withdrawn").select_related("user", "entity"))
    may_manage = request.user.has_perm(services.MANAGE)
    is_un = request.user.has_perm("focalpoints.view_people")
    mine = next((seat for seat in seats if seat.user_id == request.user.pk), None)
    today = timezone.localdate()
    is_open = training.starts_on > today and training.cancelled_at is None
    if request.user.is_authenticated and is_un and is_open and mine is None:
        form = form or SeatForm.of(request.user)
    handouts = list(Handout.objects.visible_to(request.user).filter(training=training))
    files = files_of(handouts)
    context = {
        "training": training,
        "text_html": to_html(training.text),
        "materials": training.materials.filter(pk__in=Resource.objects.visible_to(request.user)),
        "handouts": [{"handout": handout, "files": files[handout.pk]} for handout in handouts],
        "handout_form": (handout_form or HandoutForm()) if may_manage else None,
        "taken_count": sum(seat.status in ("registered", "completed") for seat in seats),
        "waiting_count": sum(seat.status == "waiting" for seat in seats),
        "mine": mine,
        "seats": seats if may_manage else [],
        "attendance": queries.attendance(training) if is_un else [],
        "levels": _levels(),
        "form": form,
        "cohort": Community.objects.visible_to(request.user).filter(training=training).first(),
        "is_open": is_open,
        "can_cancel": may_manage and training.cancelled_at is None and training.ends_on >= today,
        "can_complete": training.ends_on <= today and any(seat.status == "registered" for seat in seats),
        "may_manage": may_manage,
    }
    return render(request, "focalpoints/training_detail.html", context, status=status)


@require_safe
@login_not_required
def training_ical(request: HttpRequest, pk: int) -> HttpResponse:
    training = get_object_or_404(Training, pk=pk)
    url = request.build_absolute_uri(reverse("focalpoints:training_detail", args=[pk]))
    return HttpResponse(
        calendars.to_ical([calendars.training_event(training, url=url, host=request.get_host())]),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="training-{pk}.ics"'},
    )


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
        "above_url": reverse("focalpoints:training_list"),
    }
    return render(request, "focalpoints/form_page.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@manager
def training_cancel(request: SignedIn, pk: int) -> HttpResponse:
    """Say why a course does not take place."""
    training = get_object_or_404(Training, pk=pk)
    form = CancelForm(posted(request))
    if form.is_valid():
        try:
            services.cancel_training(training, by=request.user, **form.cleaned_data)
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Cancelled. Everybody with a seat is told."))
            return redirect("focalpoints:training_detail", pk=pk)
    context = {
        "form": form,
        "heading": _("Cancel the course"),
        "submit": _("Cancel the course"),
        "above": training.title,
        "above_url": reverse("focalpoints:training_detail", args=[pk]),
        "back": _("Back to the course"),
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
        return _page(request, training, form=form, status=422)
    seat = services.take_seat(training, by=request.user, **form.cleaned_data)
    messages.success(request, seat.get_status_display())
    return redirect("focalpoints:training_detail", pk=pk)


@require_POST
@manager
def training_complete(request: SignedIn, pk: int, seat_pk: int | None = None) -> HttpResponse:
    """One participant finished the course, or everybody with a seat did."""
    training = get_object_or_404(Training, pk=pk)
    if seat_pk is None:
        services.complete_all(training, by=request.user)
    else:
        services.complete_seat(get_object_or_404(TrainingSeat, pk=seat_pk, training=pk), by=request.user)
    return redirect("focalpoints:training_detail", pk=pk)


@require_POST
@manager
def handout_add(request: SignedIn, pk: int) -> HttpResponse:
    training = get_object_or_404(Training, pk=pk)
    form = HandoutForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.add_handout(training, by=request.user, **form.cleaned_data)
        except RuleViolation as error:
            form.add_error("file", str(error))
        else:
            return redirect("focalpoints:training_detail", pk=pk)
    return _page(request, training, handout_form=form, status=422)


@require_POST
@manager
def handout_remove(request: SignedIn, pk: int, handout_pk: int) -> HttpResponse:
    services.remove_handout(get_object_or_404(Handout, pk=handout_pk, training=pk), by=request.user)
    return redirect("focalpoints:training_detail", pk=pk)


@require_safe
def training_certificate(request: SignedIn, pk: int) -> HttpResponse:
    """One's own certificate, as a PDF in the language of the page."""
    seats = TrainingSeat.objects.filter(training=pk, user=request.user, status="completed")
    seat = seats.select_related("training", "user", "entity").first()
    if seat is None:
        raise Http404
    return documents.answer(certificate(seat, get_language() or "en"), f"certificate-{pk}", "pdf")
