from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """This process can serve: the database answers and holds every migration."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except connection.Database.Error:
        return HttpResponse("database does not answer", status=503, content_type="text/plain")
    if pending:
        return HttpResponse(f"{len(pending)} migrations pending", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@login_not_required
def security_txt(request: HttpRequest) -> HttpResponse:
    text = (Path(settings.BASE_DIR) / "portal" / "data" / "security.txt").read_text()
    return HttpResponse(
        text.format(contact=settings.SECURITY_CONTACT, url=settings.PORTAL_URL), content_type="text/plain"
    )


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """After sign-in: the place where this person's work is."""
    return redirect("portal:desk")
