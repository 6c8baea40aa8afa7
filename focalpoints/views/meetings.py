from datetime import UTC, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar, Event

from focalpoints.forms.network import ActionForm, MeetingForm, ProgressForm, RegisterForm
from focalpoints.forms.versions import renew_version
from focalpoints.models import ActionPoint, ActionState, Meeting
from focalpoints.services import meetings as services
from focalpoints.wording import to_html
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn

manager = permission_required(services.MANAGE, raise_exception=True)


@require_safe
@login_not_required
def meeting_list(request: HttpRequest) -> HttpResponse:
    meetings = Meeting.objects.visible_to(request.user).select_related("host_entity", "country")
    meetings = meetings.annotate(action_count=Count("actions"))
    today = timezone.localdate()
    context = {
        "coming": [meeting for meeting in meetings if meeting.starts_on and meeting.starts_on >= today][::-1],
        "past": [meeting for meeting in meetings if not meeting.starts_on or meeting.starts_on < today],
        "may_manage": request.user.has_perm(services.MANAGE),
    }
    return render(request, "focalpoints/meeting_list.html", context)


def _meeting(request: HttpRequest, slug: str) -> Meeting:
    return get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related("host_entity", "country"), slug=slug
    )


@require_safe
@login_not_required
def meeting_detail(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = _meeting(request, slug)
    places = meeting.places.exclude(status="withdrawn").select_related("user")
    mine = next((place for place in places if place.user_id == request.user.pk), None)
    is_un = request.user.has_perm("focalpoints.view_people")
    registered = [place for place in places if place.status == "registered"]
    answers = [place.usefulness for place in registered if place.usefulness]
    context = {
        "meeting": meeting,
        "agenda_html": to_html(meeting.agenda),
        "report_html": to_html(meeting.report),
        "documents": meeting.documents.all(),
        "actions": meeting.actions.select_related("owner").prefetch_related("notes"),
        "registered_count": len(registered),
        "waiting_count": len(places) - len(registered),
        "participants": [place for place in registered if place.has_list_consent] if is_un else [],
        "useful_count": sum(answer >= 3 for answer in answers),
        "answer_count": len(answers),
        "mine": mine,
        "is_un": is_un,
        "is_over": bool(meeting.starts_on and (meeting.ends_on or meeting.starts_on) < timezone.localdate()),
        "form": RegisterForm() if is_un and meeting.is_open_for_registration and mine is None else None,
        "may_manage": request.user.has_perm(services.MANAGE),
    }
    return render(request, "focalpoints/meeting_detail.html", context)


@require_safe
@login_not_required
def meeting_ical(request: HttpRequest, slug: str) -> HttpResponse:
    """The meeting for a calendar: moments in UTC where the hours are known, else whole days."""
    meeting = _meeting(request, slug)
    if meeting.starts_on is None:
        raise Http404
    event = Event()
    event.add("uid", f"{meeting.slug}@{request.get_host()}")
    event.add("dtstamp", timezone.now())
    event.add("summary", meeting.title)
    event.add("location", ", ".join(filter(None, [meeting.city, str(meeting.country or "")])))
    event.add("url", request.build_absolute_uri(f"/meetings/{meeting.slug}/"))
    if meeting.starts_at:
        event.add("dtstart", meeting.starts_at.astimezone(UTC))
        event.add("dtend", (meeting.ends_at or meeting.starts_at + timedelta(hours=1)).astimezone(UTC))
    else:
        event.add("dtstart", meeting.starts_on)
        event.add("dtend", (meeting.ends_on or meeting.starts_on) + timedelta(days=1))
    calendar = Calendar()
    calendar.add("prodid", "-//Common Ground//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return HttpResponse(
        calendar.to_ical(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{meeting.slug}.ics"'},
    )


@require_http_methods(["GET", "POST"])
@manager
def meeting_edit(request: SignedIn, slug: str = "") -> HttpResponse:
    meeting = _meeting(request, slug) if slug else None
    form = MeetingForm(request.POST if request.method == "POST" else None, instance=meeting)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        values = form.cleaned_data
        version = values.pop("version")
        try:
            saved = services.save_meeting(meeting, values, by=request.user, version=version)
        except RuleViolation as error:
            form.add_error(None, str(error))
            status = 409
            if isinstance(error, StaleEdit) and meeting:
                renew_version(form, Meeting.objects.get(pk=meeting.pk).version)
        else:
            return redirect("focalpoints:meeting_detail", slug=saved.slug)
    context = {
        "form": form,
        "heading": meeting.title if meeting else _("New meeting"),
        "submit": _("Save"),
        "above": _("Meetings"),
        "above_url": "focalpoints:meeting_list",
    }
    return render(request, "focalpoints/form_page.html", context, status=status)


@require_POST
def meeting_register(request: SignedIn, slug: str) -> HttpResponse:
    meeting = _meeting(request, slug)
    form = RegisterForm(request.POST)
    if not form.is_valid():
        context = {
            "form": form,
            "heading": meeting.title,
            "submit": _("Register"),
            "above": _("Meetings"),
            "above_url": "focalpoints:meeting_list",
        }
        return render(request, "focalpoints/form_page.html", context, status=422)
    place = services.register(meeting, by=request.user, **form.cleaned_data)
    messages.success(request, place.get_status_display())
    return redirect("focalpoints:meeting_detail", slug=slug)


@require_POST
def meeting_withdraw(request: SignedIn, slug: str) -> HttpResponse:
    services.withdraw(_meeting(request, slug), by=request.user)
    messages.success(request, _("Your place is free for somebody else."))
    return redirect("focalpoints:meeting_detail", slug=slug)


@require_POST
def meeting_survey(request: SignedIn, slug: str) -> HttpResponse:
    answer = request.POST.get("usefulness", "")
    services.answer_survey(_meeting(request, slug), int(answer) if answer.isdecimal() else 0, by=request.user)
    messages.success(request, _("Thank you."))
    return redirect("focalpoints:meeting_detail", slug=slug)


# --- action tracker ---------------------------------------------------------------------------------------


@require_safe
@login_not_required
def action_list(request: HttpRequest) -> HttpResponse:
    """Everything agreed at any meeting, by issue, with what had happened year by year."""
    visible = ActionPoint.objects.filter(meeting__in=Meeting.objects.visible_to(request.user))
    state = request.GET.get("state", "")
    shown = visible.filter(state=state) if state in ActionState.values else visible
    counts = dict(visible.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "actions": shown.select_related("meeting", "owner")
        .prefetch_related("notes")
        .order_by("-meeting__year", "meeting", "issue_number", "position"),
        "count": shown.count(),
        "states": [
            {"value": value, "label": label, "count": counts.get(value, 0), "is_on": value == state}
            for value, label in ActionState.choices
        ],
        "overdue_count": visible.filter(
            Q(due_on__lt=timezone.localdate()), ~Q(state__in=["done", "dropped"])
        ).count(),
        "state": state if state in ActionState.values else "",
    }
    return render(request, "focalpoints/action_list.html", context)


@require_http_methods(["GET", "POST"])
@manager
def action_new(request: SignedIn, slug: str) -> HttpResponse:
    meeting = _meeting(request, slug)
    form = ActionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.save_action(meeting, form.cleaned_data, by=request.user)
        return redirect("focalpoints:meeting_detail", slug=slug)
    context = {
        "form": form,
        "heading": _("New action point"),
        "submit": _("Save"),
        "above": meeting.title,
        "above_url": "focalpoints:meeting_list",
    }
    return render(request, "focalpoints/form_page.html", context, status=422 if form.is_bound else 200)


def _action(request: HttpRequest, pk: int) -> ActionPoint:
    visible = ActionPoint.objects.filter(meeting__in=Meeting.objects.visible_to(request.user))
    return get_object_or_404(visible.select_related("meeting", "owner"), pk=pk)


@require_safe
@login_not_required
def action_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An action point with its story; who may tell progress finds the form."""
    action = _action(request, pk)
    may_tell = request.user.is_authenticated and services.may_tell_progress(action, request.user)
    initial = {"year": timezone.localdate().year, "state": action.state}
    return _action_page(request, action, ProgressForm(initial=initial) if may_tell else None)


@require_POST
def action_progress(request: SignedIn, pk: int) -> HttpResponse:
    action = _action(request, pk)
    if not services.may_tell_progress(action, request.user):
        raise PermissionDenied
    form = ProgressForm(request.POST)
    if not form.is_valid():
        return _action_page(request, action, form, status=422)
    services.tell_progress(action, by=request.user, **form.cleaned_data)
    return redirect("focalpoints:action_detail", pk=pk)


def _action_page(
    request: HttpRequest, action: ActionPoint, form: ProgressForm | None, status: int = 200
) -> HttpResponse:
    context = {"action": action, "notes": action.notes.all(), "form": form}
    return render(request, "focalpoints/action_detail.html", context, status=status)
