from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints import calendars
from focalpoints.forms.meetings import USEFULNESS, CancelForm, MeetingForm, RegisterForm, SurveyForm
from focalpoints.forms.versions import renew_version
from focalpoints.models import Meeting, Training
from focalpoints.queries import meetings as queries
from focalpoints.services import meetings as services
from focalpoints.wording import to_html
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn, posted

manager = permission_required(services.MANAGE, raise_exception=True)


def meeting_for(request: HttpRequest, slug: str) -> Meeting:
    rows = Meeting.objects.visible_to(request.user).select_related("host_entity", "country")
    return get_object_or_404(rows, slug=slug)


def form_page(
    request: HttpRequest,
    form,
    heading: str,
    submit: str,
    meeting: Meeting | None,
    status: int | None = None,
    back: str = "",
) -> HttpResponse:
    above = reverse("focalpoints:meeting_detail", args=[meeting.slug]) if meeting else None
    context = {
        "form": form,
        "heading": heading,
        "submit": submit,
        "above": meeting.title if meeting else _("Meetings"),
        "above_url": above or reverse("focalpoints:meeting_list"),
        "back": back,
    }
    status = status or (422 if form.is_bound else 200)
    return render(request, "focalpoints/form_page.html", context, status=status)


@require_safe
@login_not_required
def meeting_list(request: HttpRequest) -> HttpResponse:
    meetings = queries.listed_meetings(request.user)
    today = timezone.localdate()
    coming = [
        meeting
        for meeting in meetings
        if meeting.starts_on and (meeting.ends_on or meeting.starts_on) >= today
    ]
    context = {
        "coming": coming[::-1],
        "surveys": queries.survey_trend(request.user),
        "past": [meeting for meeting in meetings if meeting not in coming],
        "may_manage": request.user.has_perm(services.MANAGE),
    }
    return render(request, "focalpoints/meeting_list.html", context)


@require_safe
@login_not_required
def meeting_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return meeting_page(request, meeting_for(request, slug))


def meeting_page(
    request: HttpRequest,
    meeting: Meeting,
    *,
    register_form: RegisterForm | None = None,
    survey_form: SurveyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    places = list(meeting.places.exclude(status="withdrawn").select_related("user"))
    mine = next((place for place in places if place.user_id == request.user.pk), None)
    is_un = request.user.has_perm("focalpoints.view_people")
    may_manage = request.user.has_perm(services.MANAGE)
    registered = [place for place in places if place.status == "registered"]
    survey = queries.survey_of(registered)
    if is_un and meeting.is_open_for_registration and mine is None:
        register_form = register_form or RegisterForm()
    if mine and meeting.is_over and mine.status == "registered":
        survey_form = survey_form or SurveyForm(
            initial={"usefulness": mine.usefulness, "survey_words": mine.survey_words}
        )
    context = {
        "meeting": meeting,
        "agenda_html": to_html(meeting.agenda),
        "report_html": to_html(meeting.report),
        "sessions": meeting.sessions.all(),
        "papers": queries.papers_of(meeting, request.user),
        "actions": queries.tracked_actions(request.user, meeting=meeting),
        "registered_count": len(registered),
        "waiting_count": len(places) - len(registered),
        "participants": [place for place in registered if place.has_list_consent] if is_un else [],
        "survey": survey,
        "survey_rows": [
            {"label": label, "count": survey.counts.get(answer, 0)} for answer, label in USEFULNESS
        ],
        "mine": mine,
        "is_un": is_un,
        "register_form": register_form,
        "survey_form": survey_form,
        "may_manage": may_manage,
    }
    return render(request, "focalpoints/meeting_detail.html", context, status=status)


def _calendar(name: str, events) -> HttpResponse:
    return HttpResponse(
        calendars.to_ical(events),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.ics"'},
    )


@require_safe
@login_not_required
def meeting_ical(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = meeting_for(request, slug)
    if meeting.starts_on is None:
        raise Http404
    url = request.build_absolute_uri(reverse("focalpoints:meeting_detail", args=[slug]))
    return _calendar(slug, [calendars.meeting_event(meeting, url=url, host=request.get_host())])


@require_safe
@login_not_required
def network_calendar(request: HttpRequest) -> HttpResponse:
    """Public meetings and courses of the last year and to come, for a calendar that asks again by itself."""
    oldest = timezone.localdate() - timedelta(days=365)
    host = request.get_host()

    def address(name: str, key: str | int) -> str:
        return request.build_absolute_uri(reverse(f"focalpoints:{name}", args=[key]))

    meetings = Meeting.objects.filter(is_public=True, starts_on__gte=oldest).select_related("country")
    events = [
        calendars.meeting_event(meeting, url=address("meeting_detail", meeting.slug), host=host)
        for meeting in meetings
    ]
    events += [
        calendars.training_event(training, url=address("training_detail", training.pk), host=host)
        for training in Training.objects.filter(starts_on__gte=oldest)
    ]
    return _calendar("network", events)


@require_http_methods(["GET", "POST"])
@manager
def meeting_edit(request: SignedIn, slug: str = "") -> HttpResponse:
    meeting = meeting_for(request, slug) if slug else None
    form = MeetingForm(request.POST if request.method == "POST" else None, instance=meeting)
    heading, status = meeting.title if meeting else _("New meeting"), None
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
    return form_page(request, form, heading, _("Save"), meeting, status)


@require_http_methods(["GET", "POST"])
@manager
def meeting_cancel(request: SignedIn, slug: str) -> HttpResponse:
    """Say why a meeting does not take place."""
    meeting = meeting_for(request, slug)
    form = CancelForm(posted(request))
    if form.is_valid():
        try:
            services.cancel_meeting(meeting, by=request.user, **form.cleaned_data)
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Cancelled. Everybody with a place is told."))
            return redirect("focalpoints:meeting_detail", slug=slug)
    heading = _("Cancel the meeting")
    return form_page(request, form, heading, heading, meeting, back=_("Back to the meeting"))


@require_POST
def meeting_register(request: SignedIn, slug: str) -> HttpResponse:
    meeting = meeting_for(request, slug)
    form = RegisterForm(request.POST)
    if not form.is_valid():
        return meeting_page(request, meeting, register_form=form, status=422)
    place = services.register(meeting, by=request.user, **form.cleaned_data)
    messages.success(request, place.get_status_display())
    return redirect("focalpoints:meeting_detail", slug=slug)


@require_POST
def meeting_withdraw(request: SignedIn, slug: str) -> HttpResponse:
    services.withdraw(meeting_for(request, slug), by=request.user)
    messages.success(request, _("You gave your place back."))
    return redirect("focalpoints:meeting_detail", slug=slug)


@require_POST
def meeting_survey(request: SignedIn, slug: str) -> HttpResponse:
    meeting = meeting_for(request, slug)
    form = SurveyForm(request.POST)
    if not form.is_valid():
        return meeting_page(request, meeting, survey_form=form, status=422)
    services.answer_survey(meeting, by=request.user, **form.cleaned_data)
    messages.success(request, _("Thank you. It helps to shape the next meeting."))
    return redirect("focalpoints:meeting_detail", slug=slug)
