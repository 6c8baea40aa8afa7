from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from portal.errors import RuleViolation
from portal.models import User


class SignedIn(HttpRequest):
    """A request of a known person: what a view gets that does not opt out of login."""

    user: User


def render_page(
    request: HttpRequest, template: str, context: dict | None = None, *, partial: str, status: int = 200
) -> HttpResponse:
    """The whole page, or only its partial when htmx asks for that. Same URL, same view."""
    is_partial = (
        request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
    )
    response = render(request, partial if is_partial else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def posted(request: HttpRequest) -> QueryDict | None:
    """The data of a form that was sent, be it empty; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def attempt(request: HttpRequest, act: Callable[[], object], done: str = "") -> bool:
    """Do something for a person and say on the next page that it is done, or which rule forbids it."""
    try:
        act()
    except RuleViolation as broken_rule:
        messages.error(request, str(broken_rule))
        return False
    if done:
        messages.success(request, done)
    return True


def id_or_404(text: str) -> UUID:
    """The public id that a parameter of an address carries; Http404 where it is none."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Where to go next: the `next` parameter if it is a path of this site, else `fallback`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else fallback


def keep_language(response: HttpResponse, code: str) -> None:
    """Remember the reader's language on this device for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
