"""What those who run a meeting do: its programme, its papers, its participants."""

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints.forms.meetings import GuestForm, PaperForm, SessionForm
from focalpoints.models import Meeting
from focalpoints.queries import meetings as queries
from focalpoints.services import meetings as services
from focalpoints.views.meetings import manager, meeting_for
from portal.errors import RuleViolation
from portal.http import SignedIn
from portal.sheets import csv_lines


def _page(request: SignedIn, name: str, meeting: Meeting, form, **context) -> HttpResponse:
    context |= {"meeting": meeting, "form": form}
    return render(request, f"focalpoints/{name}.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@manager
def meeting_programme(request: SignedIn, slug: str) -> HttpResponse:
    """The sessions of a meeting; a POST adds one."""
    meeting = meeting_for(request, slug)
    form = SessionForm(request.POST if request.method == "POST" else None, initial={"day": meeting.starts_on})
    if form.is_valid():
        try:
            services.add_session(meeting, form.cleaned_data, by=request.user)
        except RuleViolation as error:
            form.add_error("day", str(error))
        else:
            return redirect("focalpoints:meeting_programme", slug=slug)
    return _page(request, "meeting_programme", meeting, form, sessions=meeting.sessions.all())


@require_POST
@manager
def session_remove(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    session = get_object_or_404(meeting_for(request, slug).sessions, pk=pk)
    services.remove_session(session, by=request.user)
    messages.success(request, _("Taken out of the programme."))
    return redirect("focalpoints:meeting_programme", slug=slug)


@require_http_methods(["GET", "POST"])
@manager
def meeting_papers(request: SignedIn, slug: str) -> HttpResponse:
    """The papers of a meeting; a POST adds one."""
    meeting = meeting_for(request, slug)
    form = PaperForm(*(request.POST, request.FILES) if request.method == "POST" else ())
    if form.is_valid():
        values = form.cleaned_data
        file = values.pop("file")
        try:
            services.add_paper(meeting, values, file=file, by=request.user)
        except RuleViolation as error:
            form.add_error("file", str(error))
        else:
            return redirect("focalpoints:meeting_papers", slug=slug)
    return _page(request, "meeting_papers", meeting, form, papers=queries.papers_of(meeting, request.user))


@require_POST
@manager
def paper_remove(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    paper = get_object_or_404(meeting_for(request, slug).documents, pk=pk)
    services.remove_paper(paper, by=request.user)
    messages.success(request, _("The paper is removed."))
    return redirect("focalpoints:meeting_papers", slug=slug)


@require_http_methods(["GET", "POST"])
@manager
def meeting_participants(request: SignedIn, slug: str) -> HttpResponse:
    """Everybody with a place or waiting for one; a POST adds a guest."""
    meeting = meeting_for(request, slug)
    form = GuestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.add_guest(meeting, by=request.user, **form.cleaned_data)
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            return redirect("focalpoints:meeting_participants", slug=slug)
    return _page(request, "meeting_participants", meeting, form, places=_places(meeting))


def _places(meeting: Meeting):
    return meeting.places.exclude(status="withdrawn").select_related("user")


@require_POST
@manager
def participant_remove(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    place = get_object_or_404(_places(meeting_for(request, slug)), pk=pk)
    services.remove_place(place, by=request.user)
    messages.success(request, _("Taken off the list."))
    return redirect("focalpoints:meeting_participants", slug=slug)


@require_safe
@manager
def participants_csv(request: SignedIn, slug: str) -> StreamingHttpResponse:
    """For name plates and catering: everybody, so only for those who run the meeting."""
    meeting = meeting_for(request, slug)
    rows = (
        [str(place), place.organization, place.role, place.kind, place.status, place.has_list_consent]
        for place in _places(meeting)
    )
    return StreamingHttpResponse(
        csv_lines(["name", "organization", "role", "kind", "status", "may_be_listed"], rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="participants-{meeting.slug}.csv"'},
    )
