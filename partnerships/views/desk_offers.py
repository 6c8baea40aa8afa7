"""The triage: what waits, one offer with its gates, and what can be done with it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from partnerships.forms.offers import (
    AcceptForm,
    AskForm,
    DeclineForm,
    NeedChoiceForm,
    NotAFitForm,
    RouteForm,
)
from partnerships.models import OFFER_FINAL, OFFER_MOVES, Need, Offer, OfferStatus
from partnerships.queries import offers as queries
from partnerships.services import offers as services
from portal.errors import RuleViolation
from portal.http import SignedIn

triage = permission_required("partnerships.triage_offer", raise_exception=True)

SHOWN = {
    "mine": gettext_lazy("Mine"),
    "open": gettext_lazy("All open"),
    "late": gettext_lazy("Late"),
    "asked": gettext_lazy("Waiting for the business"),
    "answered": gettext_lazy("Answered"),
}


@require_GET
@triage
def desk_offers(request: SignedIn) -> HttpResponse:
    """Offers by the day their answer is due."""
    user, show = request.user, request.GET.get("show", "mine")
    if show not in SHOWN:
        show = "mine"
    visible = Offer.objects.visible_to(user).exclude(submitted_at=None)
    lists = {
        "mine": queries.desk_offers(user),
        "open": visible.on_desk(),
        "late": visible.on_desk().filter(answer_due_on__lt=timezone.localdate()),
        "asked": visible.filter(status=OfferStatus.CLARIFICATION),
        "answered": visible.filter(status__in=OFFER_FINAL).order_by("-decided_at", "-id"),
    }
    rows = lists[show].for_list()
    if show != "answered":
        rows = rows.order_by("answer_due_on", "id")
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    tabs = [
        {"label": label, "url": f"?show={name}", "is_current": name == show, "count": lists[name].count()}
        for name, label in SHOWN.items()
    ]
    return render(
        request,
        "partnerships/desk_offers.html",
        {"page": page, "tabs": tabs, "show": show, "figures": queries.offer_figures()},
    )


def _offer(request: SignedIn, reference: str) -> Offer:
    return get_object_or_404(
        Offer.objects.visible_to(request.user)
        .exclude(submitted_at=None)
        .for_list()
        .select_related("need", "partnership", "company__sector")
        .prefetch_related("questions__asked_by"),
        reference=reference,
    )


@require_GET
@triage
def desk_offer(request: SignedIn, reference: str) -> HttpResponse:
    return _offer_page(request, _offer(request, reference))


def _offer_page(request: SignedIn, offer: Offer, act: str = "", form: Any = None) -> HttpResponse:
    facts = queries.offer_facts(offer)
    entities = queries.ranked_entities(facts)
    ranking = queries.ranked_needs(offer, facts, limit=3)
    services.record_shown(offer, ranking.shown)
    moves = OFFER_MOVES[offer.status]
    to_read = offer.status in (OfferStatus.SUBMITTED, OfferStatus.TRIAGE, OfferStatus.ROUTED)
    possible = {
        "ask": to_read,
        "route": to_read or offer.status == OfferStatus.RESERVED,
        "accept": not offer.is_final and offer.status != OfferStatus.CLARIFICATION,
        "decline": OfferStatus.DECLINED in moves,
    }
    blank = {
        "ask": lambda **extra: AskForm(**extra),
        "route": lambda **extra: RouteForm(initial={"entity": entities[0][0] if entities else None}, **extra),
        "accept": lambda **extra: AcceptForm(
            initial={"need": offer.need.reference if offer.need else None},
            needs=Need.objects.filter(pk__in=[*(m.need_id for m in ranking.shown), offer.need_id or 0]),
            **extra,
        ),
        "decline": lambda **extra: DeclineForm(**extra),
    }
    sheets = [
        {
            "act": name,
            "label": label,
            "form": form if name == act else blank[name](auto_id=f"{name}_%s"),
            "is_open": name == act,
        }
        for name, label in SHEETS
        if possible[name] or name == act
    ]
    context = {
        "offer": offer,
        "gates": queries.triage_gates(offer, entities),
        "entities": entities,
        "ranking": ranking,
        "talks": queries.in_talks(offer.company, but=offer),
        "events": queries.history(offer)[:30],
        "sheets": sheets,
        "may_take": not offer.is_final and offer.triager_id != request.user.pk,
    }
    return render(request, "partnerships/desk_offer.html", context, status=422 if act else 200)


@require_GET
@triage
def desk_offer_matches(request: SignedIn, reference: str) -> HttpResponse:
    offer = _offer(request, reference)
    ranking = queries.ranked_needs(offer, queries.offer_facts(offer))
    services.record_shown(offer, ranking.shown)
    mine = set(queries.entities_of(request.user))
    context = {"offer": offer, "ranking": ranking, "mine": mine, "form": NotAFitForm(auto_id=False)}
    return render(request, "partnerships/desk_offer_matches.html", context)


SHEETS = [
    ("route", gettext_lazy("Pass to a UN entity")),
    ("ask", gettext_lazy("Ask the business")),
    ("accept", gettext_lazy("Accept as a partnership draft")),
    ("decline", gettext_lazy("Decline with advice")),
]
# act → form, service, what is said when it is done. The form's fields are the arguments of the service.
ACTS: dict[str, tuple[type[forms.Form], Callable, Any]] = {
    "take": (forms.Form, services.take_offer, gettext_lazy("The offer is yours to read.")),
    "ask": (AskForm, services.ask_business, gettext_lazy("Sent. The clock stands until they reply.")),
    "route": (
        RouteForm,
        services.route_offer,
        gettext_lazy("Passed on. The entity and the business get a mail."),
    ),
    "decline": (
        DeclineForm,
        services.decline_offer,
        gettext_lazy("Declined. The business gets your advice."),
    ),
    "accept": (
        AcceptForm,
        services.accept_offer,
        gettext_lazy("Accepted. The draft of the partnership is ready."),
    ),
    "propose": (NeedChoiceForm, services.propose_match, gettext_lazy("Proposed to the entity of the need.")),
    "reserve": (NeedChoiceForm, services.reserve_offer, gettext_lazy("Held for 30 days.")),
    "not-a-fit": (NotAFitForm, services.decline_match, gettext_lazy("Noted: not a fit.")),
}


@require_POST
@triage
def desk_offer_act(request: SignedIn, reference: str, act: str) -> HttpResponse:
    """Do one thing with an offer; a form that is not complete comes back open on the offer's page."""
    if act not in ACTS:
        raise Http404
    offer = _offer(request, reference)
    form_class, service, done = ACTS[act]
    form = form_class(request.POST, auto_id=f"{act}_%s")
    if form.is_valid():
        try:
            service(offer, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, str(done))
            return redirect("partnerships:desk_offer", offer.reference)
    if act in dict(SHEETS):
        return _offer_page(request, offer, act, form)
    for errors in form.errors.values():
        messages.error(request, " ".join(map(str, errors)))
    return redirect(reverse("partnerships:desk_offer_matches", args=[offer.reference]))
