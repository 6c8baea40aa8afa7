from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from screening.models import Case


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    if not (request.user.has_perm("screening.view_case") or request.user.has_perm("screening.request_case")):
        raise PermissionDenied
    return render(
        request, "screening/case_list.html", {"cases": Case.objects.visible_to(request.user).for_list()[:25]}
    )
