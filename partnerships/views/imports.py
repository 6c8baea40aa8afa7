"""Files of records: upload, mapping, the report of the check by row and cell, load and undo."""

from collections.abc import Callable, Iterable
from functools import partial

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.forms.imports import MappingForm, UploadForm
from partnerships.import_columns import COLUMNS, first_row_of
from partnerships.models import IMPORT_JOBS, ImportStatus, RecordImport
from partnerships.queries.history import events_of
from partnerships.queries.imports import last_jobs
from partnerships.services import imports as services
from partnerships.services.partnerships import own_entities
from portal.errors import RuleViolation
from portal.http import SignedIn, attempt, render_page
from portal.models import JobStatus
from portal.sheets import csv_lines

PAGE_SIZE = 25
PROBLEMS_SHOWN = 100
COMPANIES_SHOWN = 100
S = ImportStatus
registers = permission_required("partnerships.register_partnership", raise_exception=True)


def _import(request: SignedIn, reference: str) -> RecordImport:
    found = RecordImport.objects.visible_to(request.user).select_related("entity", "by").defer("content")
    return get_object_or_404(found, reference=reference)


@require_http_methods(["GET", "POST"])
@registers
def import_list(request: SignedIn) -> HttpResponse:
    """The files so far, and the form for a new one."""
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(
        data,
        files,
        entities=own_entities(request.user),
        can_publish=request.user.has_perm("partnerships.review_partnership"),
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            found = services.upload_records(
                by=request.user,
                entity=form.cleaned_data["entity"],
                name=upload.name,
                content=upload.read(services.MAX_BYTES + 1),
                visibility=form.cleaned_data["visibility"],
            )
        except RuleViolation as broken_rule:
            form.add_error("file", str(broken_rule))
        else:
            return redirect("partnerships:import_detail", found.reference)
    listed = (
        RecordImport.objects.visible_to(request.user)
        .defer("content", "problems", "companies")
        .order_by("-pk")
    )
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "partnerships/import_list.html",
        {"form": form, "page": page, "columns": COLUMNS, "stopped": _stopped(page.object_list)},
        status=status,
    )


@require_http_methods(["GET", "POST"])
@registers
def import_detail(request: SignedIn, reference: str) -> HttpResponse:
    """Where a file stands: its columns, the report of the check, what was loaded."""
    found = _import(request, reference)
    can_map = found.status in (S.UPLOADED, S.CHECKED)
    form = MappingForm(
        request.POST if request.method == "POST" else None,
        headings=found.headings,
        first_row=first_row_of(found.file_name, bytes(found.content)) if can_map else {},
        initial={**found.mapping, "mode": found.mode},
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.map_columns(found, by=request.user, mapping=form.mapping, mode=form.cleaned_data["mode"])
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
        else:
            return redirect("partnerships:import_detail", found.reference)
    job = last_jobs([found]).get(found.pk)
    is_stopped = bool(job and job.status == JobStatus.FAILED)
    context = {
        "found": found,
        "form": form,
        "problems": found.problems[:PROBLEMS_SHOWN],
        "companies": found.companies[:COMPANIES_SHOWN],
        "more_companies": max(0, len(found.companies) - COMPANIES_SHOWN),
        "can_map": can_map,
        "can_load": found.status == S.CHECKED,
        "is_working": found.status in IMPORT_JOBS and not is_stopped,
        "is_stopped": is_stopped,
        "job": job,
        "is_delayed": bool(job and job.error and not is_stopped),
        "can_undo": found.status == S.LOADED,
        "refusal": _refusal(found),
    }
    return render_page(
        request,
        "partnerships/import_detail.html",
        context,
        partial="partnerships/_import_file.html",
        status=status,
    )


def _stopped(imports: Iterable[RecordImport]) -> set[int]:
    """Files whose work was given up after its last try."""
    return {pk for pk, job in last_jobs(imports).items() if job.status == JobStatus.FAILED}


def _refusal(found: RecordImport) -> str:
    """Why the last undo took nothing out; "" where there was none."""
    last = events_of(found).last() if found.status == S.LOADED else None
    return services.undo_refusal(last.note) if last and last.action == "undo refused" else ""


@require_POST
@registers
def import_act(request: SignedIn, reference: str, act: str) -> HttpResponse:
    """Load what was checked, undo what was loaded, or try again what has stopped. The page says the rest."""
    found = _import(request, reference)
    acts: dict[str, Callable[..., RecordImport]] = {
        "load": partial(services.start_load, good_only="good" in request.POST),
        "undo": services.start_undo,
        "again": services.try_again,
    }
    if act not in acts:
        raise Http404
    attempt(request, lambda: acts[act](found, by=request.user))
    return redirect("partnerships:import_detail", found.reference)


@require_safe
@registers
def import_problems(request: SignedIn, reference: str) -> HttpResponse:
    """The report of the check as CSV: row, column, value, what is wrong."""
    found = _import(request, reference)
    return _csv(
        f"{found.reference}-problems.csv",
        ["row", "column", "value", "message"],
        [[row["row"], row["column"], row["value"], row["message"]] for row in found.problems],
    )


@require_safe
@registers
def import_template(request: SignedIn) -> HttpResponse:
    """An empty file with every heading."""
    return _csv("partnerships-template.csv", [column.name for column in COLUMNS], [])


def _csv(name: str, head: list[str], rows: list[list]) -> HttpResponse:
    response = HttpResponse("".join(csv_lines(head, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
