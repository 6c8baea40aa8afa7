"""What a business follows: its offers, the answers, and what fits them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from partnerships.forms.desk_offers import EnquiryForm, RenewForm, ReplyForm, WithdrawForm
from partnerships.models import OFFER_FINAL, OFFER_MOVES, OFFER_ON_DESK, Offer, OfferStatus
from partnerships.queries import matches
from partnerships.queries import offers as queries
from partnerships.services import offers as services
from partnerships.services.matches import record_shown
from partnerships.views.drafts import has_visitor_draft
from portal.attachments import attached_to
from portal.errors import RuleViolation
from portal.http import SignedIn


@require_GET
@permission_required("partnerships.make_offer", raise_exception=True)
def my_offers(request: SignedIn) -> HttpResponse:
    offers = Offer.objects.of(request.user).for_list()
    return render(
        request,
        "partnerships/my_offers.html",
        {"offers": offers, "has_visitor_draft": has_visitor_draft(request)},
    )


def _my_offer(request: SignedIn, reference: str) -> Offer:
    return get_object_or_404(
        Offer.objects.of(request.user).for_list().prefetch_related("questions"), reference=reference
    )


@require_GET
def my_offer(request: SignedIn, reference: str) -> HttpResponse:
    """Where an offer stands, in plain words. Internal notes are never on this page."""
    return _my_offer_page(request, _my_offer(request, reference))


def _my_offer_page(request: SignedIn, offer: Offer, **tried: Any) -> HttpResponse:
    """`tried` is the one form that was sent and did not pass, under its name."""
    is_open = offer.status in OFFER_ON_DESK
    context = {
        "offer": offer,
        "reply_form": ReplyForm(),
        "ask_form": EnquiryForm(auto_id="ask_%s"),
        "renew_form": RenewForm(auto_id="renew_%s"),
        "fixed_because": services.why_fixed(offer),
        "events": queries.timeline(offer),
        "files": attached_to(offer),
        "may_withdraw": OfferStatus.WITHDRAWN in OFFER_MOVES[offer.status],
        "may_ask": is_open and offer.open_enquiry is None,
        "may_renew": is_open and offer.available_until is not None,
        "may_repeat": offer.status in OFFER_FINAL,
        **tried,
    }
    status = 422 if any(form.errors for form in tried.values()) else 200
    return render(request, "partnerships/my_offer.html", context, status=status)


def _act(request: SignedIn, reference: str, name: str, form_class, service, done) -> HttpResponse:
    """Send one of the forms of the page to its service; what did not pass comes back on the page."""
    offer = _my_offer(request, reference)
    form = form_class(request.POST, auto_id=f"{name}_%s")
    if form.is_valid():
        try:
            service(offer, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, done)
            return redirect("partnerships:my_offer", offer.reference)
    return _my_offer_page(request, offer, **{f"{name}_form": form})


@require_POST
def my_offer_reply(request: SignedIn, reference: str) -> HttpResponse:
    done = _("Your reply is with the reader of your offer.")
    return _act(request, reference, "reply", ReplyForm, services.reply_to_question, done)


@require_POST
def my_offer_ask(request: SignedIn, reference: str) -> HttpResponse:
    done = _("Your question is with those who hold your offer.")
    return _act(request, reference, "ask", EnquiryForm, services.ask_un, done)


@require_POST
def my_offer_renew(request: SignedIn, reference: str) -> HttpResponse:
    done = _("Your offer stands for longer.")
    return _act(request, reference, "renew", RenewForm, services.renew_offer, done)


@require_POST
def my_offer_repeat(request: SignedIn, reference: str) -> HttpResponse:
    """Make an offer that has ended again, as a draft with the same words."""
    draft = services.repeat_offer(_my_offer(request, reference), by=request.user)
    messages.success(request, _("Your words are in a new draft. Say again where and until when."))
    return redirect("partnerships:offer_tasks", draft.reference)


@require_http_methods(["GET", "POST"])
def my_offer_withdraw(request: SignedIn, reference: str) -> HttpResponse:
    offer = _my_offer(request, reference)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_offer(offer, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, _("The offer is withdrawn."))
            return redirect("partnerships:my_offer", offer.reference)
    context = {"offer": offer, "form": form}
    return render(request, "partnerships/my_offer_withdraw.html", context, status=422 if form.errors else 200)


@require_GET
def my_offer_matches(request: SignedIn, reference: str) -> HttpResponse:
    """Which UN entities and open needs fit, and why."""
    offer = _my_offer(request, reference)
    facts = matches.offer_facts(offer)
    ranking = matches.ranked_needs(offer, facts, only_public=True)
    if offer.submitted_at:
        record_shown(ranking.shown)
    context = {"offer": offer, "ranking": ranking, "entities": matches.ranked_entities(facts)}
    return render(request, "partnerships/my_offer_matches.html", context)
