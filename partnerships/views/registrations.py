"""Public registration of a partnership: its pages by a link, and the registry desk's answer to it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.forms.partnerships import answers
from partnerships.forms.registrations import TOPICS, AnswerForm, StartForm, Topic
from partnerships.models import Registration, RegistrationStatus, SelfCheck
from partnerships.selfchecks import ITEMS
from partnerships.services import registrations as services
from portal import limits
from portal.errors import RuleViolation
from portal.http import SignedIn, posted

PAGE_SIZE = 25
MAILS_A_DAY = 3  # links to one address: the form is no way to flood somebody's mailbox
reviews = permission_required("partnerships.review_partnership", raise_exception=True)


# --- whoever registers ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@login_not_required
def register(request: HttpRequest) -> HttpResponse:
    """What registering means, and the address to which the link goes."""
    form = StartForm(posted(request), is_known=request.user.is_authenticated)
    if form.is_valid():
        email = form.cleaned_data["email"]
        limits.take(f"register:{limits.address_prefix(request)}", burst=10, per_seconds=3600)
        limits.take(f"register:{email.lower()}", burst=MAILS_A_DAY, per_seconds=86400)
        services.begin_registration(email=email, language=get_language() or "en")
        return render(request, "partnerships/register_sent.html", {"email": email})
    context = {"form": form, "criteria": ITEMS[SelfCheck.Kind.REGISTRATION].values()}
    return render(request, "partnerships/register.html", context, status=422 if form.is_bound else 200)


def _by_link(token: str) -> Registration:
    registration = services.registration_by(token)
    if registration is None:
        raise Http404
    return registration


def topic_form(registration: Registration, step: str, data=None) -> Topic:
    return TOPICS[step](data, initial=registration.answers.get(step))


def topics(registration: Registration, current: str = "") -> list[dict]:
    """The task list: each topic with whether it is done."""
    token = services.token_of(registration)
    listed = [
        {
            "slug": step,
            "label": form.heading,
            "url": reverse("partnerships:registration_step", args=[token, step]),
            "status": "done" if step in registration.answers else "not_started",
            "status_label": _("Done") if step in registration.answers else _("Not started"),
            "is_current": step == current,
        }
        for step, form in TOPICS.items()
    ]
    listed.append(
        {
            "slug": "check",
            "label": _("Check and send"),
            "url": reverse("partnerships:registration_check", args=[token]),
            "status": "",
            "status_label": _("Any time"),
            "is_current": current == "check",
        }
    )
    return listed


@require_safe
@never_cache
@login_not_required
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Where a registration stands, for whoever holds its link."""
    found = _by_link(token)
    context = {
        "registration": found,
        "steps": topics(found),
        "is_filling": found.status in services.FILLING,
        "is_public": found.partnership is not None and found.partnership.visibility == "public",
    }
    return render(request, "partnerships/registration.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@login_not_required
def registration_step(request: HttpRequest, token: str, step: str) -> HttpResponse:
    found = _by_link(token)
    if step not in TOPICS:
        raise Http404
    form = topic_form(found, step, request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            found = services.save_answers(found, step, form.cleaned())
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
        else:
            return redirect(_next(found, step, later="second" in request.POST))
    context = {"registration": found, "form": form, "steps": topics(found, step)}
    return render(request, "partnerships/registration_step.html", context, status=status)


def _next(found: Registration, step: str, *, later: bool) -> str:
    if later:
        return reverse("partnerships:registration", args=[services.token_of(found)])
    order = [entry["url"] for entry in topics(found)]
    return order[[*TOPICS].index(step) + 1]


@require_http_methods(["GET", "POST"])
@never_cache
@login_not_required
def registration_check(request: HttpRequest, token: str) -> HttpResponse:
    """All answers, and the button that sends them."""
    found = _by_link(token)
    problem, status = "", 200
    if request.method == "POST":
        try:
            services.submit_registration(found)
        except RuleViolation as broken_rule:
            problem, status = str(broken_rule), 409
        else:
            return redirect("partnerships:registration", token)
    context = {
        "registration": found,
        "steps": topics(found, "check"),
        "summaries": summaries(found),
        "problem": problem,
        "missing": [topic for topic in topics(found) if topic["slug"] in services.missing_topics(found)],
        "can_send": found.status in services.FILLING,
    }
    return render(request, "partnerships/registration_check.html", context, status=status)


def summaries(found: Registration) -> list[dict]:
    """The answers in words, topic by topic."""
    token = services.token_of(found)
    return [
        {
            "heading": form.heading,
            "url": reverse("partnerships:registration_step", args=[token, step]),
            "rows": [
                {
                    "term": term,
                    "value": value,
                    "url": reverse("partnerships:registration_step", args=[token, step]),
                }
                for term, value in answers(topic_form(found, step))
            ]
            if step in found.answers
            else [],
        }
        for step, form in TOPICS.items()
    ]


# --- the registry desk --------------------------------------------------------------------------------------


@require_safe
@reviews
def desk_registrations(request: SignedIn) -> HttpResponse:
    """Registrations that wait for an answer first, then the settled ones."""
    waiting = RegistrationStatus.SUBMITTED
    show = request.GET.get("show") if request.GET.get("show") in ("waiting", "all") else "waiting"
    found = Registration.objects.visible_to(request.user).order_by("submitted_at", "pk")
    if show == "waiting":
        found = found.filter(status=waiting)
    tabs = [("waiting", _("To read")), ("all", _("All"))]
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "tabs": [
            {"label": label, "url": f"?show={name}", "is_current": name == show} for name, label in tabs
        ],
    }
    return render(request, "partnerships/registration_desk_list.html", context)


@require_http_methods(["GET", "POST"])
@reviews
def desk_registration(request: SignedIn, reference: str) -> HttpResponse:
    found = get_object_or_404(Registration.objects.visible_to(request.user), reference=reference)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            return _answered(request, found, form)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
    context = {
        "registration": found,
        "form": form,
        "summaries": summaries(found),
        "can_answer": found.status == RegistrationStatus.SUBMITTED,
    }
    return render(request, "partnerships/registration_desk.html", context, status=status)


def _answered(request: SignedIn, found: Registration, form: AnswerForm) -> HttpResponse:
    act, message = form.cleaned_data["act"], form.cleaned_data["message"]
    if act == AnswerForm.ACCEPT:
        partnership = services.accept_registration(found, by=request.user)
        messages.success(request, _("Taken in as %(reference)s.") % {"reference": partnership.reference})
        return redirect("partnerships:partnership_desk", partnership.reference)
    if act == AnswerForm.ASK:
        services.ask_back(found, by=request.user, message=message)
        messages.success(request, _("Your question is on its way."))
    else:
        services.decline_registration(found, by=request.user, message=message)
        messages.success(request, _("Declined, and the reason is on its way."))
    return redirect("partnerships:desk_registrations")
