"""The roster of people who help other offices to broker partnerships."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints.forms.groups import AskBrokerForm, BrokerAnswerForm, BrokerForm, RosterFilterForm
from focalpoints.models import Broker, BrokerRequest, BrokerRequestStatus, FocalPoint
from focalpoints.queries import groups as queries
from focalpoints.services import brokers as services
from focalpoints.views.groups import inside
from portal.errors import RuleViolation
from portal.http import SignedIn, render_page


@require_safe
@inside
def broker_list(request: SignedIn) -> HttpResponse:
    form = RosterFilterForm(request.GET)
    form.is_valid()  # what is not valid narrows nothing
    page = Paginator(queries.roster(request.user, **form.cleaned_data), 25).get_page(request.GET.get("page"))
    requests = BrokerRequest.objects.visible_to(request.user).select_related("broker__user", "by")
    context = {
        "form": form,
        "page": page,
        "count": page.paginator.count,
        "mine": Broker.objects.filter(user=request.user).first(),
        "requests": requests[:20],
    }
    return render_page(
        request, "focalpoints/broker_list.html", context, partial="focalpoints/_broker_rows.html"
    )


@require_http_methods(["GET", "POST"])
@inside
def broker_entry(request: SignedIn) -> HttpResponse:
    """One's own entry on the roster; what the directory knows is filled in already."""
    mine = Broker.objects.filter(user=request.user).first()
    known = FocalPoint.objects.of(request.user).first()
    initial = {}
    if mine is None and known is not None:
        initial = {
            "entity": known.entity_id,
            "place": known.office_place,
            "languages": known.languages,
            "countries": known.countries.all(),
        }
    form = BrokerForm(request.POST if request.method == "POST" else None, instance=mine, initial=initial)
    if form.is_valid():
        services.save_entry(form.cleaned_data, by=request.user)
        messages.success(request, _("Your entry is saved."))
        return redirect("focalpoints:broker_list")
    context = {
        "form": form,
        "heading": _("My entry on the roster"),
        "submit": _("Save"),
        "above": _("Brokers"),
        "above_url": reverse("focalpoints:broker_list"),
    }
    return render(request, "focalpoints/form_page.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@inside
def broker_ask(request: SignedIn, pk: int) -> HttpResponse:
    """A broker with their experience; a POST asks for help."""
    rows = Broker.objects.visible_to(request.user).select_related("user", "entity")
    broker = get_object_or_404(rows.prefetch_related("countries"), pk=pk)
    form = AskBrokerForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            asked = services.ask(broker, form.cleaned_data, by=request.user)
        except RuleViolation as error:
            form.add_error(None, str(error))
            status = 409
        else:
            messages.success(request, _("Your request is on its way."))
            return redirect("focalpoints:broker_request", pk=asked.pk)
    context = {"broker": broker, "form": form if broker.user_id != request.user.pk else None}
    return render(request, "focalpoints/broker_detail.html", context, status=status)


def _request(request: SignedIn, pk: int) -> BrokerRequest:
    rows = BrokerRequest.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("broker__user", "broker__entity", "by"), pk=pk)


@require_http_methods(["GET", "POST"])
@inside
def broker_request(request: SignedIn, pk: int) -> HttpResponse:
    """A request between two people; the broker's POST answers it."""
    asked = _request(request, pk)
    is_asked = asked.broker.user_id == request.user.pk and asked.status == BrokerRequestStatus.ASKED
    form = BrokerAnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.answer(asked, by=request.user, **form.cleaned_data)
        return redirect("focalpoints:broker_request", pk=pk)
    context = {
        "asked": asked,
        "form": form if is_asked else None,
        "may_withdraw": asked.by_id == request.user.pk and asked.status == BrokerRequestStatus.ASKED,
    }
    return render(request, "focalpoints/broker_request.html", context, status=422 if form.is_bound else 200)


@require_POST
@inside
def broker_request_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    services.withdraw(_request(request, pk), by=request.user)
    return redirect("focalpoints:broker_request", pk=pk)
