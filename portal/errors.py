from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


class RuleViolation(Exception):
    """A rule of the portal forbids this now. The message is a sentence for the person who tried."""


class StaleEdit(RuleViolation):
    """Somebody else changed the row since the form was opened. Pages answer 409 with both versions."""


class TooMany(Exception):
    """A rate limit is used up; `wait_seconds` says when to try again. Answered with 429."""

    def __init__(self, wait_seconds: int):
        self.wait_seconds = wait_seconds
        super().__init__(f"wait {wait_seconds} s")


def error_page(request: HttpRequest, status: int, **context) -> HttpResponse:
    return render(request, f"{status}.html", context, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request, 403, reason=_("The form had expired. Go back, reload the page and send it again.")
    )


def api_errors(error: Exception, context: dict) -> Response | None:
    """The one shape of an API error: {"error": {"code", "message", "fields"}}."""
    if isinstance(error, RuleViolation):
        return Response(_shape("rule_violation", str(error)), status=409)
    if isinstance(error, TooMany):
        return Response(
            _shape("too_many_requests", _("Too many requests. Try again later.")),
            status=429,
            headers={"Retry-After": str(error.wait_seconds)},
        )
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(error.messages)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        fields = response.data if isinstance(error, exceptions.ValidationError) else None
        message = _("Some values are not valid.") if fields else str(error.detail)
        response.data = _shape(error.default_code, message, fields)
    return response


def _shape(code: str, message: str, fields=None) -> dict:
    return {"error": {"code": code, "message": message, **({"fields": fields} if fields else {})}}
