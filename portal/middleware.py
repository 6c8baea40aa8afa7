import ipaddress
from collections.abc import Callable
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import limits
from portal.errors import RuleViolation, TooMany, error_page
from portal.http import keep_language

Handler = Callable[[HttpRequest], HttpResponse]


def readable_text(get_response: Handler) -> Handler:
    """Answer 400 where a path, query or form holds a NUL byte or a lone surrogate.

    PostgreSQL stores neither, and left alone each would surface as a 500 somewhere deep.
    """

    def is_readable(text: str) -> bool:
        return not any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text)

    def middleware(request: HttpRequest) -> HttpResponse:
        texts = [request.path]
        for values in (request.GET, request.POST) if _is_form(request) else (request.GET,):
            for name, entries in values.lists():
                texts += [name, *entries]
        if not all(map(is_readable, texts)):
            return HttpResponse(
                _("The text holds characters that cannot be stored. Remove them and send it again."),
                status=400,
                content_type="text/plain; charset=utf-8",
            )
        return get_response(request)

    return middleware


def _is_form(request: HttpRequest) -> bool:
    return request.method == "POST" and request.content_type in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    )


def demo_stays_at_home(get_response: Handler) -> Handler:
    """In demo mode anybody may sign in as anybody, so only this machine may ask."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.DEMO:
            address = request.META.get("REMOTE_ADDR") or "127.0.0.1"
            if not ipaddress.ip_address(address).is_loopback:
                return HttpResponse("The demonstration answers its own machine only.", status=403)
        return get_response(request)

    return middleware


def chosen_language(get_response: Handler) -> Handler:
    """`?lang=fr` on any page keeps the choice in a cookie and shows the same page without it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        code = request.GET.get("lang")
        if request.method != "GET" or code not in dict(settings.LANGUAGES):
            return get_response(request)
        rest = request.GET.copy()
        rest.pop("lang")
        response = redirect(request.path + ("?" + rest.urlencode() if rest else ""))
        keep_language(response, code)
        return response

    return middleware


def session_limits(get_response: Handler) -> Handler:
    """End a session that idled for half an hour or lasts twelve; keep signed-in pages out of caches.

    When and from where a session was last seen is written once a minute, not at every request as the
    package's own middleware does.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            began = request.session.setdefault("began", now)
            seen = request.session.get("seen", now)
            if (
                now - began > settings.SESSION_ABSOLUTE_SECONDS
                or now - seen > settings.SESSION_IDLE_SECONDS
                or not request.user.is_active
            ):
                logout(request)
            elif now - seen > 60 or "seen" not in request.session:
                request.session["seen"] = now
                UserSession.objects.create_from_request(request)
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        if request.path == "/account/logout/" and request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


def second_factor(get_response: Handler) -> Handler:
    """UN users set up a second factor before they do anything else, outside demo mode."""

    def middleware(request: HttpRequest) -> HttpResponse:
        needs_it = (
            request.user.is_authenticated
            and not settings.DEMO
            and not request.path.startswith(("/account/", "/static/", "/healthz", "/readyz"))
            and not request.session.get("second_factor")
            and request.user.is_un
        )
        if needs_it:
            if not is_mfa_enabled(request.user):
                return redirect("/account/2fa/?" + urlencode({"next": request.path}))
            request.session["second_factor"] = True
        return get_response(request)

    return middleware


# Public forms: name of the URL → how many posts a network may send in how many seconds.
FORM_LIMITS = {
    "account_login": (20, 300),
    "account_signup": (10, 3600),
    "account_reset_password": (5, 3600),
    "account_confirm_email": (20, 3600),
    "account_email_verification_sent": (10, 3600),
    "account_reset_password_from_key": (10, 3600),
    "account_reauthenticate": (10, 300),
    "account_change_password": (10, 300),
    "mfa_authenticate": (20, 300),
    "mfa_reauthenticate": (20, 300),
    "focalpoints:subscribe": (10, 3600),
    "focalpoints:new_link": (5, 3600),
    "focalpoints:news_useful": (20, 3600),
}


class RuleViolations:
    """Turns limits and rules that a view let through into a 429 or a 409 page."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        limit = FORM_LIMITS.get(request.resolver_match.view_name)
        if request.method == "POST" and limit:
            key = f"{request.resolver_match.view_name}:{limits.address_prefix(request)}"
            try:
                limits.take(key, burst=limit[0], per_seconds=limit[1])
            except TooMany as too_many:
                return self.process_exception(request, too_many)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, TooMany):
            response = error_page(request, 429, wait_minutes=max(1, round(error.wait_seconds / 60)))
            response.headers["Retry-After"] = str(error.wait_seconds)
            return response
        if isinstance(error, RuleViolation):
            return error_page(request, 409, reason=str(error))
        return None
