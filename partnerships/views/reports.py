"""Progress reports: written by those who work on a record, read by everybody once handed in."""

from collections.abc import Mapping
from copy import copy

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints.models import UNEntity
from partnerships.forms.partnerships import answers
from partnerships.forms.reports import ReportForm, ResultRows, result_answer, result_rows
from partnerships.models import Partnership, ProgressReport, Verdict, Withholdable
from partnerships.queries.publication import withheld_from
from partnerships.services import reporting as services
from partnerships.views.desk_partnerships import posted_number, record_to_edit, registers
from portal import attachments
from portal.errors import RuleViolation, StaleEdit
from portal.forms import focus_id
from portal.http import SignedIn, posted

PAGE_SIZE = 25


@require_http_methods(["GET", "POST"])
@registers
def report_edit(request: SignedIn, reference: str) -> HttpResponse:
    """The next report. Looking at it writes nothing; the first save begins its draft.

    A form that was overtaken shows both versions and keeps what was typed.
    """
    record = record_to_edit(request, reference)
    report = services.next_report(record)
    data = posted(request)
    if data is None:
        try:
            services.refuse_unowed(report)
        except RuleViolation as broken_rule:
            messages.error(request, str(broken_rule))
            return redirect("partnerships:partnership_desk", record.reference)
    # The form gets a copy: validation writes on its instance, and the page shows the report as it is saved.
    form = ReportForm(data, request.FILES or None, instance=copy(report))
    rows = result_rows(report, data)
    conflict, status = None, 422 if form.is_bound else 200
    if form.is_bound and form.is_valid() and rows.is_valid():
        try:
            return _saved(request, record, form, rows)
        except StaleEdit as overtaken:
            report = services.next_report(record_to_edit(request, reference))
            conflict = {"reason": str(overtaken), "changes": _differences(report, form, rows)}
            rows = result_rows(report, None, rows.typed)
            status = 409
        except RuleViolation as broken_rule:
            report = services.next_report(record)
            form.add_error(None, str(broken_rule))
            status = 409
    gaps = services.missing_in(report)
    context = {
        "record": record,
        "report": report,
        "form": form,
        "rows": rows,
        "conflict": conflict,
        "files": attachments.attached_to(report),
        "missing": gaps.values(),
        "gap_links": _links(gaps, report, form, rows) if data is None and "missing" in request.GET else [],
    }
    return render(request, "partnerships/report_edit.html", context, status=status)


def _links(
    gaps: Mapping[str, str], report: ProgressReport, form: ReportForm, rows: ResultRows
) -> list[dict[str, str]]:
    """For `error_summary.html`; the results are sent to the first one that says nothing."""
    silent = (
        row["value"].auto_id
        for row, kept in zip(rows.forms, report.results, strict=True)
        if not kept["value"] and not kept["comment"]
    )
    return [
        {"id": next(silent) if field == "results" else focus_id(form[field]), "message": sentence}
        for field, sentence in gaps.items()
    ]


def _saved(request: SignedIn, record: Partnership, form: ReportForm, rows: ResultRows) -> HttpResponse:
    """Save, attach, and hand in where that button was pressed."""
    report = services.save_report(
        record,
        by=request.user,
        number=posted_number(request, "number"),
        version=posted_number(request, "version"),
        values=form.values(),
        results=rows.typed,
    )
    try:
        if form.cleaned_data["upload"]:
            attachments.accept(form.cleaned_data["upload"], about=report, by=request.user)
        if "submit" in request.POST and services.missing_in(report):
            return redirect(reverse("partnerships:report_edit", args=[record.reference]) + "?missing=1")
        if "submit" in request.POST:
            services.submit_report(report, by=request.user)
            messages.success(request, _("Report %(number)d was handed in.") % {"number": report.number})
            return redirect("partnerships:partnership_desk", record.reference)
    except RuleViolation as broken_rule:
        reason = _("The draft was saved, and not handed in. %(reason)s") % {"reason": broken_rule}
        messages.error(request, reason)
    else:
        messages.success(request, _("Saved. Nobody outside your entity sees it yet."))
    return redirect("partnerships:report_edit", record.reference)


def _differences(report: ProgressReport, form: ReportForm, rows: ResultRows) -> list[dict[str, str]]:
    """Where the report as it stands and the typed answers say different things."""
    pairs = [
        (term, theirs, yours)
        for (term, theirs), (_term, yours) in zip(
            answers(ReportForm(instance=report)), answers(form), strict=True
        )
    ]
    stand = {row["indicator"]: row for row in report.results}
    for typed in rows.typed:
        theirs = stand.get(typed["indicator"], {})
        pairs.append((theirs.get("name", _("Indicator")), result_answer(theirs), result_answer(typed)))
    return [
        {"field": term, "theirs": theirs, "yours": yours} for term, theirs, yours in pairs if theirs != yours
    ]


@require_POST
@registers
def report_file_remove(request: SignedIn, reference: str, public_id) -> HttpResponse:
    """Take a file off the draft of a report."""
    record = record_to_edit(request, reference)
    report = get_object_or_404(ProgressReport, partnership=record, submitted_at=None)
    attachment = get_object_or_404(attachments.attached_to(report), public_id=public_id)
    attachments.remove(attachment, by=request.user)
    return redirect("partnerships:report_edit", record.reference)


@require_safe
@login_not_required
def report_index(request: HttpRequest) -> HttpResponse:
    """The archive: every report handed in, the newest first. `?entity=` narrows it, and `?decision=`."""
    archive = ProgressReport.objects.visible_to(request.user).handed_in()
    entities = UNEntity.objects.filter(partnerships__reports__in=archive).distinct().order_by("acronym")
    chosen = {name: request.GET.get(name, "") for name in ("entity", "decision")}
    found = archive
    if chosen["entity"]:
        found = found.filter(partnership__entities=chosen["entity"])
    if chosen["decision"]:
        found = found.filter(decision=chosen["decision"])
    page = Paginator(found.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": chosen,
        "entities": entities,
        "decisions": Verdict.choices,
        "showing": _("%(first)s to %(last)s of %(total)s")
        % {"first": page.start_index(), "last": page.end_index(), "total": page.paginator.count},
    }
    return render(request, "partnerships/report_index.html", context)


@require_safe
@login_not_required
def report_detail(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One report of the archive, as it was handed in."""
    reports = ProgressReport.objects.visible_to(request.user).handed_in()
    report = get_object_or_404(
        reports.select_related("partnership"), partnership__reference=reference, number=number
    )
    context = {
        "report": report,
        "record": report.partnership,
        "is_withheld": Withholdable.RESULTS in withheld_from(request.user, report.partnership),
        "files": attachments.attached_to(report),
    }
    return render(request, "partnerships/report_detail.html", context)
