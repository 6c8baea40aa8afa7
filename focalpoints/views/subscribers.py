from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from focalpoints import links
from focalpoints.forms.newsletter import PreferencesForm, SubscribeForm
from focalpoints.models import Subscriber
from focalpoints.services import bounces
from focalpoints.services import subscribers as services
from portal import limits
from portal.http import posted


@require_http_methods(["GET", "POST"])
@login_not_required
def subscribe(request: HttpRequest) -> HttpResponse:
    form = SubscribeForm(
        posted(request), is_known=request.user.is_authenticated, initial={"language": get_language()}
    )
    if form.is_valid():
        # Against many addresses from many networks; the middleware counts each network.
        limits.take("subscribe:all", burst=300, per_seconds=3600)
        values = form.cleaned_data
        services.subscribe(email=values["email"], language=values["language"], topics=values["topics"])
        return render(request, "focalpoints/subscribe_sent.html", {"email": values["email"]})
    return render(request, "focalpoints/subscribe.html", {"form": form}, status=422 if form.is_bound else 200)


def _reader(kind: str, token: str) -> Subscriber | None:
    """Whom a link is for; None once the address was erased. Raises LinkExpired or LinkBroken."""
    return Subscriber.objects.filter(pk=links.read_token(kind, token)).first()


def _gone(request: HttpRequest, kind: str, token: str, *, is_expired: bool) -> HttpResponse:
    context = {"kind": kind, "token": token, "is_expired": is_expired}
    return render(request, "focalpoints/link_gone.html", context, status=410)


@require_http_methods(["GET", "POST"])
@login_not_required
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows the button, a POST confirms: mail scanners follow links, people press buttons."""
    try:
        reader = _reader("confirm", token)
    except links.LinkExpired:
        return _gone(request, "confirm", token, is_expired=True)
    except links.LinkBroken:
        return _gone(request, "confirm", token, is_expired=False)
    if reader is None:
        return _gone(request, "confirm", token, is_expired=False)
    if request.method == "POST":
        reader = services.confirm_reader(reader)
        return render(
            request,
            "focalpoints/subscribe_done.html",
            {"reader": reader, "preferences_url": links.link_for("preferences", reader.pk)},
        )
    return render(request, "focalpoints/subscribe_confirm.html", {"reader": reader})


@require_http_methods(["GET", "POST"])
@login_not_required
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    try:
        reader = _reader("preferences", token)
    except links.LinkExpired:
        return _gone(request, "preferences", token, is_expired=True)
    except links.LinkBroken:
        return _gone(request, "preferences", token, is_expired=False)
    if reader is None:
        return _gone(request, "preferences", token, is_expired=False)
    initial = {"language": reader.language, "topics": reader.topics}
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        services.set_preferences(reader, **form.cleaned_data)
        messages.success(request, _("Your choice is saved."))
        return redirect("focalpoints:preferences", token=token)
    context = {"form": form, "reader": reader, "unsubscribe_url": links.link_for("unsubscribe", reader.pk)}
    return render(request, "focalpoints/preferences.html", context, status=422 if form.is_bound else 200)


# The token is the proof, and a mail provider that posts for its user has no cookie of ours (RFC 8058).
@csrf_exempt
@require_http_methods(["GET", "POST"])
@login_not_required
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows the button; a POST, from the page or from a mail program, unsubscribes at once."""
    try:
        reader = _reader("unsubscribe", token)
    except links.LinkBroken:
        return _gone(request, "unsubscribe", token, is_expired=False)
    is_done = request.method == "POST"
    if is_done and reader is not None:
        services.unsubscribe(reader)
    context = {
        "reader": reader,
        "is_done": is_done or reader is None or reader.status == "unsubscribed",
        "preferences_url": links.link_for("preferences", reader.pk) if reader else "",
    }
    return render(request, "focalpoints/unsubscribe.html", context)


@csrf_exempt  # the provider proves itself by its signature or the shared secret
@require_POST
@login_not_required
def mail_events(request: HttpRequest, provider: str) -> HttpResponse:
    """Bounces and complaints that the mail provider of the settings reports. None without a signature."""
    if provider != settings.MAIL_PROVIDER:
        raise Http404
    view = resolve(f"/{provider}/tracking/", "anymail.urls").func
    report = view.view_class()  # type: ignore[attr-defined]  # what as_view() answers carries its class
    if report.warn_if_no_basic_auth and not report.basic_auth:
        raise PermissionDenied("MAIL_WEBHOOK_SECRET is not set.")
    report.run_validators(request)
    counts = bounces.note_events(provider, report.parse_events(request))
    return JsonResponse(counts)


@require_POST
@login_not_required
def new_link(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """A fresh link to whom an expired one belonged: it goes to that address, not to whoever asks."""
    try:
        subscriber_id = links.read_expired_token(kind, token)
    except (links.LinkBroken, KeyError):
        return _gone(request, "confirm", token, is_expired=False)
    services.send_new_link(subscriber_id)
    return render(request, "focalpoints/subscribe_sent.html", {"email": ""})
