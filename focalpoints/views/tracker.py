"""The action tracker: what the meetings agreed, who owns it, and what became of it year by year."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints.forms.meetings import ActionForm, ProgressForm, TrackerForm
from focalpoints.models import ActionPoint, ActionState, Meeting
from focalpoints.queries import meetings as queries
from focalpoints.services import meetings as services
from focalpoints.views.meetings import form_page, manager, meeting_for
from portal.errors import RuleViolation
from portal.http import SignedIn, render_page
from portal.sheets import csv_lines


def _tracker(request: HttpRequest) -> tuple[TrackerForm, QuerySet[ActionPoint], str]:
    """The form, the rows it leaves in any state, and the state asked for ("overdue" among them)."""
    form = TrackerForm(request.GET, meetings=Meeting.objects.visible_to(request.user))
    form.is_valid()
    state = request.GET.get("state", "")
    rows = queries.tracked_actions(request.user, **form.cleaned_data)
    return form, rows, state if state in (*ActionState.values, queries.OVERDUE) else ""


@require_safe
@login_not_required
def action_list(request: HttpRequest) -> HttpResponse:
    form, rows, state = _tracker(request)
    counts = queries.state_counts(rows)
    states = [*ActionState.choices, (queries.OVERDUE, _("Overdue"))]
    page = Paginator(queries.actions_in(rows, state), 50).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "count": page.paginator.count,
        "states": [
            {"value": value, "label": label, "count": counts[value], "is_on": value == state}
            for value, label in states
            if counts[value] or value == state
        ],
        "state": state,
        "by_year": form.cleaned_data.get("by_year"),
        "by_meeting": queries.actions_by_meeting(request.user),
        "is_un": request.user.has_perm("focalpoints.view_people"),
    }
    return render_page(
        request, "focalpoints/action_list.html", context, partial="focalpoints/_action_rows.html"
    )


@require_safe
@login_not_required
def actions_csv(request: HttpRequest) -> StreamingHttpResponse:
    _form, rows, state = _tracker(request)
    lines = (
        [
            action.meeting.year,
            action.meeting.title,
            action.issue_number,
            action.issue,
            action.text,
            action.owner_id or "",
            action.due_on.isoformat() if action.due_on else "",
            action.state_then,  # type: ignore[attr-defined]
            " | ".join(f"{note.year}: {note.text}" for note in action.notes.all()),
        ]
        for action in queries.actions_in(rows, state)
    )
    head = [
        "year",
        "meeting",
        "issue_number",
        "issue",
        "action_point",
        "owner",
        "due_on",
        "state",
        "progress",
    ]
    return StreamingHttpResponse(
        csv_lines(head, lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="action-points.csv"'},
    )


@require_http_methods(["GET", "POST"])
@manager
def action_new(request: SignedIn, slug: str) -> HttpResponse:
    meeting = meeting_for(request, slug)
    form = ActionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.save_action(meeting, form.cleaned_data, by=request.user)
        return redirect("focalpoints:meeting_detail", slug=slug)
    return form_page(request, form, _("New action point"), _("Save"), meeting)


def _action(request: HttpRequest, pk: int) -> ActionPoint:
    visible = ActionPoint.objects.filter(meeting__in=Meeting.objects.visible_to(request.user))
    return get_object_or_404(visible.select_related("meeting", "owner"), pk=pk)


@require_http_methods(["GET", "POST"])
@manager
def action_edit(request: SignedIn, pk: int) -> HttpResponse:
    action = _action(request, pk)
    form = ActionForm(request.POST if request.method == "POST" else None, instance=action)
    if form.is_valid():
        services.save_action(action.meeting, form.cleaned_data, by=request.user, action=action)
        return redirect("focalpoints:action_detail", pk=pk)
    return form_page(request, form, _("Change the action point"), _("Save"), action.meeting)


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
    if form.is_valid():
        try:
            services.tell_progress(action, by=request.user, **form.cleaned_data)
        except RuleViolation as error:
            form.add_error("year", str(error))
        else:
            return redirect("focalpoints:action_detail", pk=pk)
    return _action_page(request, action, form, status=422)


def _action_page(
    request: HttpRequest, action: ActionPoint, form: ProgressForm | None, status: int = 200
) -> HttpResponse:
    context = {
        "action": action,
        "notes": action.notes.all(),
        "form": form,
        "may_manage": request.user.has_perm(services.MANAGE),
    }
    return render(request, "focalpoints/action_detail.html", context, status=status)
