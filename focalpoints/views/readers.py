from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from focalpoints.forms.newsletter import ImportForm
from focalpoints.models import ReaderImport, RowOutcome
from focalpoints.queries import newsletter as queries
from focalpoints.services import reader_imports as services
from portal.errors import RuleViolation
from portal.http import SignedIn, render_page
from portal.sheets import csv_lines

editor = permission_required("focalpoints.edit_newsletter", raise_exception=True)


@require_http_methods(["GET", "POST"])
@editor
def newsletter_readers(request: SignedIn) -> HttpResponse:
    """How many readers there are and what came back from them; lists that were taken in, and a new one."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        values = form.cleaned_data
        try:
            listed = services.import_readers(values.pop("file"), **values, by=request.user)
        except RuleViolation as error:
            form.add_error("file", str(error))
        else:
            return redirect("focalpoints:newsletter_import", pk=listed.pk)
    context = {
        "form": form,
        "figures": queries.reader_figures(),
        "returned": queries.returned_figures(),
        "imports": ReaderImport.objects.select_related("created_by").defer("content", "report")[:50],
    }
    return render(request, "focalpoints/newsletter_readers.html", context, status=422 if form.errors else 200)


@require_safe
@editor
def newsletter_import(request: SignedIn, pk: int) -> HttpResponse:
    listed = get_object_or_404(ReaderImport.objects.select_related("created_by").defer("content"), pk=pk)
    faults = [
        {"number": number, "label": RowOutcome(outcome).label} for number, outcome in listed.report[:100]
    ]
    context = {"listed": listed, "faults": faults, "total": sum(listed.counts.values())}
    return render_page(
        request, "focalpoints/newsletter_import.html", context, partial="focalpoints/_import.html"
    )


@require_safe
@editor
def newsletter_import_csv(request: SignedIn, pk: int) -> StreamingHttpResponse:
    """Every row that was not added. By its number: the addresses are in the list of whoever brought it."""
    listed = get_object_or_404(ReaderImport.objects.defer("content"), pk=pk)
    rows = ((number, outcome, RowOutcome(outcome).label) for number, outcome in listed.report)
    return StreamingHttpResponse(
        csv_lines(["row", "outcome", "words"], rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-{listed.pk}.csv"'},
    )
