import email
import email.policy
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.paginator import Paginator
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import focalpoints.queries
import partnerships.queries
import screening.queries
from partnerships.search import last_updated
from portal import queries, services
from portal.errors import RuleViolation
from portal.forms_accounts import RolesForm
from portal.http import SignedIn, render_page
from portal.models import Country, Job, JobStatus, User


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """This process can serve: the database answers, holds every migration and the reference tables."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        has_reference = not pending and Country.objects.exists()
    except OperationalError:
        return HttpResponse("database does not answer", status=503, content_type="text/plain")
    if pending:
        return HttpResponse(f"{len(pending)} migrations pending", status=503, content_type="text/plain")
    if not has_reference:
        return HttpResponse("run manage.py load_reference", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@login_not_required
def security_txt(request: HttpRequest) -> HttpResponse:
    text = (settings.BASE_DIR / "portal" / "data" / "security.txt").read_text()
    text = text.format(contact=settings.SECURITY_CONTACT, url=settings.PORTAL_URL)
    return HttpResponse(text, content_type="text/plain")


@require_safe
def start(request: SignedIn) -> HttpResponse:
    """After sign-in: the place where this person's work is."""
    return redirect("portal:desk")


@require_safe
def desk(request: SignedIn) -> HttpResponse:
    rows = [
        row
        for source in (partnerships.queries, screening.queries, focalpoints.queries)
        for row in source.desk_rows(request.user)
    ]
    rows.sort(key=lambda row: (row.due_on is None, row.due_on or timezone.localdate(), row.title))
    today = timezone.localdate()
    mine = [row for row in rows if not row.is_waiting]
    return render(
        request,
        "portal/desk.html",
        {
            "today": today,
            "mine": mine,
            "waiting": [row for row in rows if row.is_waiting],
            "late_count": sum(1 for row in mine if row.due_on and row.due_on < today),
            "week_count": sum(1 for row in mine if row.due_on and 0 <= (row.due_on - today).days < 7),
            "newest": partnerships.queries.newest_partnerships(4),
        },
    )


def public_lists() -> list:
    """How fresh the lists are, without those whose use is confidential."""
    return [item for item in screening.queries.list_freshness() if not item.source.is_confidential]


@require_safe
@login_not_required
def help_page(request: HttpRequest, page: str) -> HttpResponse:
    return render(request, f"portal/{page}.html", {"lists": public_lists()})


@require_safe
@login_not_required
def status(request: HttpRequest) -> HttpResponse:
    """How the service is, for everybody: what is late, without details that help an attacker."""
    context = {
        "jobs_waiting": queries.late_job_count(),
        "lists": public_lists(),
        "last_change": last_updated(),
    }
    return render(request, "portal/status.html", context)


# --- administration -------------------------------------------------------------------------------------


@require_safe
@permission_required("portal.manage_users", raise_exception=True)
def manage(request: SignedIn) -> HttpResponse:
    return render(
        request,
        "portal/manage.html",
        {
            "jobs": queries.job_counts(),
            "lists": screening.queries.list_freshness(),
            "people": queries.people_counts(),
        },
    )


@require_safe
@permission_required("portal.manage_users", raise_exception=True)
def user_list(request: SignedIn) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    role = request.GET.get("role", "")
    page = Paginator(queries.users(words, role), 25).get_page(request.GET.get("page"))
    context = {"page": page, "words": words, "role": role, "roles": queries.role_choices()}
    return render_page(request, "portal/user_list.html", context, partial="portal/_user_rows.html")


@require_http_methods(["GET", "POST"])
@permission_required("portal.manage_users", raise_exception=True)
def user_edit(request: SignedIn, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    form = RolesForm(
        request.POST if request.method == "POST" else None, initial={"roles": sorted(user.roles)}
    )
    if form.is_valid():
        try:
            services.set_roles(user, form.cleaned_data["roles"], by=request.user)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, _("Roles saved. Open sessions of this person were ended."))
            return redirect("portal:user_list")
    status = 422 if form.is_bound else 200
    context = {"person": user, "form": form, "events": queries.events_of(user)}
    return render(request, "portal/user_edit.html", context, status=status)


@require_POST
@permission_required("portal.manage_users", raise_exception=True)
def user_close(request: SignedIn, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    services.set_active(user, request.POST.get("active") == "1", by=request.user)
    messages.success(request, _("The account is open.") if user.is_active else _("The account is closed."))
    return redirect("portal:user_edit", pk=pk)


@require_safe
@permission_required("portal.view_jobs", raise_exception=True)
def job_list(request: SignedIn) -> HttpResponse:
    status = request.GET.get("status", JobStatus.FAILED)
    status = status if status in JobStatus.values else JobStatus.FAILED
    page = Paginator(Job.objects.filter(status=status).order_by("-id"), 25).get_page(request.GET.get("page"))
    context = {"page": page, "status": status, "counts": queries.job_counts()}
    return render_page(request, "portal/job_list.html", context, partial="portal/_job_rows.html")


@require_POST
@permission_required("portal.view_jobs", raise_exception=True)
def job_retry(request: SignedIn, pk: int) -> HttpResponse:
    services.retry_job(get_object_or_404(Job, pk=pk), by=request.user)
    messages.success(request, _("The job runs again."))
    return redirect("portal:job_list")


@require_safe
@permission_required("portal.view_audit", raise_exception=True)
def audit_list(request: SignedIn) -> HttpResponse:
    filters = {name: request.GET.get(name, "").strip() for name in ("who", "what", "action")}
    page = Paginator(queries.events(**filters), 50).get_page(request.GET.get("page"))
    context = {"page": page, **filters}
    return render_page(request, "portal/audit_list.html", context, partial="portal/_audit_rows.html")


# --- demonstration: the mails that the sink caught ------------------------------------------------------


@require_safe
@login_not_required
def demo_mails(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    files = sorted(settings.MAIL_SINK.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)[
        :200
    ]
    mails = [{"name": path.name, "mail": _read_mail(path, headers_only=True)} for path in files]
    return render(request, "portal/demo_mails.html", {"mails": mails})


@require_safe
@login_not_required
def demo_mail(request: HttpRequest, name: str) -> HttpResponse:
    path = settings.MAIL_SINK / Path(name).name
    if not settings.DEMO or path.suffix != ".eml" or not path.is_file():
        raise Http404
    mail = _read_mail(path)
    text = mail.get_body(("plain",))
    lines = text.get_content().splitlines() if text else []
    return render(request, "portal/demo_mail.html", {"mail": mail, "lines": lines})


def _read_mail(path: Path, headers_only: bool = False):
    data = path.read_bytes()
    if headers_only:
        data = data.split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0]
    return email.message_from_bytes(data, policy=email.policy.default)
