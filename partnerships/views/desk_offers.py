"""The triage: what waits, one offer with its gates, and what can be done with it."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from partnerships.forms.desk_offers import (
    AcceptForm,
    AskForm,
    DeclineForm,
    LeadForm,
    NeedChoiceForm,
    NotAFitForm,
    ReplyForm,
    RouteForm,
)
from partnerships.models import OFFER_FINAL, OFFER_MOVES, Need, Offer, OfferStatus, Partnership, ReasonCode
from partnerships.queries import matches, triage
from partnerships.queries.companies import register_checks
from partnerships.queries.coordination import duties_of, lead_proposals
from partnerships.queries.needs import acceptable_needs
from partnerships.queries.offer_figures import born_from_offers, offer_figures
from partnerships.queries.offers import entities_of, history
from partnerships.services import coordination
from partnerships.services import matches as match_services
from partnerships.services import triage as services
from portal.attachments import attached_to
from portal.errors import RuleViolation
from portal.http import SignedIn, safe_next
from portal.models import User
from portal.sheets import csv_lines

triage_only = permission_required("partnerships.triage_offer", raise_exception=True)
inside = permission_required("partnerships.view_inside", raise_exception=True)

SHOWN = {
    "mine": gettext_lazy("Mine"),
    "open": gettext_lazy("All open"),
    "late": gettext_lazy("Late"),
    "asked": gettext_lazy("Waiting for the business"),
    "held": gettext_lazy("To look at first"),
    "answered": gettext_lazy("Answered"),
}
READ = ("open", "answered")  # lists of those who read the offers for their countries


@require_GET
@inside
def desk_offers(request: SignedIn) -> HttpResponse:
    """Offers by the day their answer is due, or by age; for coordinators, those for their countries."""
    user, show = request.user, request.GET.get("show", "")
    may_triage = user.has_perm("partnerships.triage_offer")
    by_age = request.GET.get("sort") == "age"
    visible = Offer.objects.visible_to(user).exclude(submitted_at=None)
    real = visible.filter(suspicion="")
    lists = {
        "mine": triage.desk_offers(user).filter(suspicion=""),
        "open": real.on_desk(),
        "late": real.on_desk().filter(answer_due_on__lt=timezone.localdate()),
        "asked": real.filter(status=OfferStatus.CLARIFICATION),
        "held": visible.on_desk().exclude(suspicion=""),
        "answered": visible.filter(status__in=OFFER_FINAL),
    }
    if not may_triage:
        lists = {name: lists[name] for name in READ}
    show = show if show in lists else next(iter(lists))
    order = (
        ("-decided_at", "-id")
        if show == "answered"
        else ("submitted_at" if by_age else "answer_due_on", "id")
    )
    page = Paginator(lists[show].for_list().order_by(*order), 25).get_page(request.GET.get("page"))
    tabs = [
        {"label": label, "url": f"?show={name}", "is_current": name == show, "count": lists[name].count()}
        for name, label in SHOWN.items()
        if name in lists
    ]
    context = {
        "page": page,
        "tabs": tabs,
        "show": show,
        "by_age": by_age,
        "figures": offer_figures(),
        "may_triage": may_triage,
    }
    return render(request, "partnerships/desk_offers.html", context)


def _offer(request: SignedIn, reference: str) -> Offer:
    return get_object_or_404(
        Offer.objects.visible_to(request.user)
        .exclude(submitted_at=None)
        .for_list()
        .select_related("need", "partnership", "company__sector", "company__lei_answer", "created_by")
        .prefetch_related("questions__asked_by"),
        reference=reference,
    )


@require_GET
@inside
def desk_offer(request: SignedIn, reference: str) -> HttpResponse:
    offer = _offer(request, reference)
    need = Need.objects.visible_to(request.user).filter(reference=request.GET.get("need", "")).first()
    if need:
        match_services.record_opened(offer, need)
    return _offer_page(request, offer)


def _offer_page(request: SignedIn, offer: Offer, act: str = "", form: Any = None) -> HttpResponse:
    facts = matches.offer_facts(offer)
    entities = matches.ranked_entities(facts)
    ranking = matches.ranked_needs(offer, facts, limit=3)
    match_services.record_shown(ranking.shown)
    reason = request.GET.get("decline", "")
    may_triage = request.user.has_perm("partnerships.triage_offer")
    reason = reason if reason in ReasonCode.values else ""
    forms_of = _sheets(offer, entities, ranking, reason, request.user) if may_triage else {}
    if act:
        forms_of[act] = form
    sheets = [
        {
            "act": name,
            "label": SHEETS[name],
            "form": sheet,
            "is_open": name == act or (name == "decline" and reason),
        }
        for name, sheet in forms_of.items()
    ]
    talks = list(triage.in_talks(offer.company, but=offer))
    context = {
        "offer": offer,
        "gates": triage.triage_gates(offer, entities),
        "checks": register_checks(offer.company, [offer.created_by.email]) if offer.company else [],
        "entities": entities,
        "ranking": ranking,
        "talks": talks,
        "leads": lead_proposals(offer.company, request.user, offer.entity) if offer.company else [],
        "lead_form": LeadForm(offer=offer, talks=talks, auto_id="lead_%s")
        if offer.entity and talks and may_triage
        else None,
        "duties": duties_of(offer.entity) if offer.entity else [],
        "files": attached_to(offer),
        "events": history(offer)[:30],
        "corrections": history(offer).filter(action="corrected"),
        "read": f"?read={offer.version}",
        "sheets": sheets,
        "may_edit_record": bool(offer.partnership_id)
        and Partnership.objects.editable_by(request.user).filter(pk=offer.partnership_id).exists(),
        "may_triage": may_triage,
        "may_take": may_triage and not offer.is_final and offer.triager_id != request.user.pk,
        "may_clear": bool(offer.suspicion) and not offer.is_final and services.is_desk(request.user),
    }
    return render(request, "partnerships/desk_offer.html", context, status=422 if act else 200)


def _sheets(
    offer: Offer, entities: Sequence, ranking: matches.Ranking, reason: str, user: User
) -> dict[str, forms.Form]:
    """The forms that are possible now, in the order of the page; `reason` begins a decline."""
    to_read = offer.status in (OfferStatus.SUBMITTED, OfferStatus.TRIAGE, OfferStatus.ROUTED)
    found: dict[str, forms.Form] = {}
    if offer.open_enquiry:
        found["reply"] = ReplyForm(auto_id="reply_%s")
    if to_read or offer.status == OfferStatus.RESERVED:
        found["route"] = RouteForm(offices=triage.offices_for(offer, entities), auto_id="route_%s")
    if to_read:
        found["ask"] = AskForm(auto_id="ask_%s")
    if not offer.is_final and offer.status != OfferStatus.CLARIFICATION:
        needs = acceptable_needs(offer, [match.need_id for match in ranking.shown], user)
        held = {"need": offer.need.reference if offer.need else None}
        found["accept"] = AcceptForm(initial=held, needs=needs, auto_id="accept_%s")
    if OfferStatus.DECLINED in OFFER_MOVES[offer.status]:
        begun = {"reason_code": reason, "advice": triage.advice_for(reason, offer)} if reason else None
        found["decline"] = DeclineForm(initial=begun, auto_id="decline_%s")
    return found


@require_GET
@inside
def desk_offer_matches(request: SignedIn, reference: str) -> HttpResponse:
    offer = _offer(request, reference)
    ranking = matches.ranked_needs(offer, matches.offer_facts(offer))
    match_services.record_shown(ranking.shown)
    mine = set(entities_of(request.user))
    may_triage = request.user.has_perm("partnerships.triage_offer")
    context = {"offer": offer, "ranking": ranking, "mine": mine, "may_triage": may_triage}
    return render(request, "partnerships/desk_offer_matches.html", context)


SHEETS = {
    "reply": gettext_lazy("Answer the question of the business"),
    "route": gettext_lazy("Pass to a UN entity"),
    "ask": gettext_lazy("Ask the business"),
    "accept": gettext_lazy("Accept as a partnership draft"),
    "decline": gettext_lazy("Decline with advice"),
}
# act → form, service, what is said when it is done. The form's fields are the arguments of the service.
ACTS: dict[str, tuple[type[forms.Form], Callable, Any]] = {
    "take": (forms.Form, services.take_offer, gettext_lazy("The offer is yours to read.")),
    "clear": (forms.Form, services.clear_suspicion, gettext_lazy("Noted: a real offer. It is in the queue.")),
    "ask": (AskForm, services.ask_business, gettext_lazy("Sent. The clock stands until they reply.")),
    "reply": (ReplyForm, services.answer_enquiry, gettext_lazy("Sent to the business.")),
    "route": (
        RouteForm,
        services.route_offer,
        gettext_lazy("Passed on. The entity and the business are told."),
    ),
    "decline": (
        DeclineForm,
        services.decline_offer,
        gettext_lazy("Declined. The business gets your advice."),
    ),
    "accept": (
        AcceptForm,
        match_services.accept_offer,
        gettext_lazy("Accepted. The draft of the partnership is ready."),
    ),
    "propose": (
        NeedChoiceForm,
        match_services.propose_match,
        gettext_lazy("Proposed to the entity of the need."),
    ),
    "reserve": (NeedChoiceForm, match_services.reserve_offer, gettext_lazy("Held for 30 days.")),
    "not-a-fit": (NotAFitForm, match_services.decline_match, gettext_lazy("Noted: not a fit.")),
    "fit-again": (NeedChoiceForm, match_services.reconsider_match, gettext_lazy("It is on the list again.")),
    "lead": (LeadForm, coordination.propose_lead, gettext_lazy("Proposed. The other entity is told.")),
}


DECIDING = ("route", "accept", "decline")  # on the words as they were read


@require_POST
@triage_only
def desk_offer_act(request: SignedIn, reference: str, act: str) -> HttpResponse:
    """Do one thing with an offer; a form that is not complete comes back open on the offer's page."""
    if act not in ACTS:
        raise Http404
    offer = _offer(request, reference)
    form_class, service, done = ACTS[act]
    form = form_class(request.POST, auto_id=f"{act}_%s", **_choices(act, offer))
    if act in DECIDING and request.GET.get("read", str(offer.version)) != str(offer.version):
        form.add_error(
            None, _("The business corrected the offer after you opened it. Read it again, then send.")
        )
    if form.is_valid():
        try:
            changed = service(offer, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, str(done))
            if act == "accept":  # where the work goes on
                return redirect("partnerships:partnership_desk", changed.partnership.reference)
            return redirect(safe_next(request, reverse("partnerships:desk_offer", args=[offer.reference])))
    if act in SHEETS:
        return _offer_page(request, offer, act, form)
    for errors in form.errors.values():
        messages.error(request, " ".join(map(str, errors)))
    page = "desk_offer_matches" if "need" in form.fields else "desk_offer"
    return redirect(safe_next(request, reverse(f"partnerships:{page}", args=[offer.reference])))


def _choices(act: str, offer: Offer) -> dict[str, Any]:
    """What the form of an act chooses from."""
    if act == "route":
        return {"offices": triage.offices_for(offer, matches.ranked_entities(matches.offer_facts(offer)))}
    if act == "lead":
        return {"offer": offer, "talks": list(triage.in_talks(offer.company, but=offer))}
    return {}


BORN_COLUMNS = {
    "partnership": "partnership__reference",
    "title": "partnership__title",
    "status": "partnership__status",
    "offer": "reference",
    "company": "company__name",
    "entity": "entity",
    "need": "need__reference",
    "submitted": "submitted_at",
    "decided": "decided_at",
}

# --- what became of them ------------------------------------------------------------------------------------


@require_GET
@triage_only
def offer_report(request: SignedIn) -> HttpResponse:
    """Offers by outcome and reason, days to the answer, matches, and partnerships born from them."""
    page = Paginator(born_from_offers(request.user), 25).get_page(request.GET.get("page"))
    return render(request, "partnerships/offer_report.html", {"figures": offer_figures(), "page": page})


@require_GET
@triage_only
def offer_report_csv(request: SignedIn) -> StreamingHttpResponse:
    """The partnerships born from offers, one a line."""
    rows = born_from_offers(request.user).values_list(*BORN_COLUMNS.values()).iterator()
    lines = csv_lines(BORN_COLUMNS, rows)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="partnerships-from-offers.csv"'
    return response
