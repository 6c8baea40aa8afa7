"""The way of a business: begin, answer step by step, submit, follow."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from partnerships.forms.offers import (
    STEPS,
    CompanyStep,
    ReplyForm,
    StepForm,
    SubmitForm,
    TrappedForm,
    WithdrawForm,
)
from partnerships.models import Offer, OfferStatus
from partnerships.queries import offers as queries
from partnerships.services import offers as services
from portal import limits
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn
from portal.models import User

VISITOR = "draft"  # stands for the reference in the address of a draft that is kept in the session
STEP_WORDS = {
    "not_started": gettext_lazy("Not started"),
    "done": gettext_lazy("Done"),
    "to_fix": gettext_lazy("To fix"),
    "locked": gettext_lazy("After the others"),
}


class VisitorDraft:
    """The draft of somebody who has not signed in: kept in their session, made an offer when they do."""

    KEY = "offer_draft"
    reference = VISITOR
    company = None
    kept_until = None

    def __init__(self, request: SignedIn):
        self.session = request.session

    @property
    def answers(self) -> dict[str, dict]:
        return self.session[self.KEY]

    @property
    def title(self) -> str:
        return self.answers.get("what", {}).get("data", {}).get("title", [""])[0]

    def save_step(
        self, step: str, *, answers: dict[str, list[str]], values: dict | None, version: int
    ) -> None:
        kept = self.answers.get(step, {"version": 0, "data": None})
        if kept["data"] != answers and kept["version"] != version:
            raise StaleEdit(_("This step was changed in another window after you opened it."))
        self.answers[step] = {
            "data": answers,
            "version": kept["version"] + 1,
            "saved_at": timezone.now().isoformat(timespec="seconds"),
            "is_valid": values is not None,
        }
        self.session.modified = True


Draft = VisitorDraft | Offer


def _has_visitor_draft(request: SignedIn) -> bool:
    return VisitorDraft.KEY in request.session


def _adopt(request: SignedIn, user: User) -> Offer:
    """Make an offer of what the visitor typed before signing in."""
    offer = services.begin_offer(by=user)
    for step, kept in request.session[VisitorDraft.KEY].items():
        form = _step_form(step, user, kept["data"])
        values = form.values() if form.is_valid() else None
        offer = services.save_step(offer, step, answers=kept["data"], values=values, version=0, by=user)
    del request.session[VisitorDraft.KEY]
    return offer


def _step_form(step: str, user: Any, data: dict[str, list[str]] | None) -> StepForm:
    extra: dict[str, Any] = {}
    if STEPS[step] is CompanyStep and user.is_authenticated:
        extra["companies"] = queries.companies_of(user)
    if data is None:
        return STEPS[step](initial={"reach": "named", "accepts_subregion": True}, **extra)
    return STEPS[step].from_answers(data, **extra)


def _draft(request: SignedIn, reference: str) -> Draft | HttpResponse:
    """The draft an address means; or where to go instead, before it can be answered."""
    user = request.user
    if reference == VISITOR:
        if not _has_visitor_draft(request):
            return redirect("partnerships:offer_start")
        if not user.is_authenticated:
            return VisitorDraft(request)
        if not user.has_perm("partnerships.make_offer"):
            raise PermissionDenied
        offer = _adopt(request, user)
        return redirect("partnerships:offer_tasks", offer.reference)
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    offer = get_object_or_404(Offer.objects.of(user), reference=reference)
    if offer.status != OfferStatus.DRAFT:
        return redirect("partnerships:my_offer", offer.reference)
    return offer


def _steps(draft: Draft, current: str = "") -> list[dict]:
    """The task list of a draft."""
    rows: list[dict[str, Any]] = []
    for step, form in STEPS.items():
        kept = draft.answers.get(step)
        status = "not_started" if kept is None else "done" if kept["is_valid"] else "to_fix"
        url = reverse("partnerships:offer_step", args=[draft.reference, step])
        rows.append({"step": step, "label": form.heading, "url": url, "status": status})
    is_ready = all(row["status"] == "done" for row in rows)
    check = {
        "step": "check",
        "label": _("Check and submit"),
        "url": reverse("partnerships:offer_check", args=[draft.reference]) if is_ready else "",
        "status": "not_started" if is_ready else "locked",
    }
    return [
        {**row, "status_label": STEP_WORDS[row["status"]], "is_current": row["step"] == current}
        for row in [*rows, check]
    ]


def _page(request: SignedIn, template: str, draft: Draft, current: str, **context) -> HttpResponse:
    status = context.pop("status", 200)
    steps = _steps(draft, current)
    number = next((i for i, step in enumerate(steps, 1) if step["is_current"]), None)
    context |= {"draft": draft, "steps": steps, "number": number, "is_visitor": draft.reference == VISITOR}
    return render(request, f"partnerships/{template}.html", context, status=status)


def _posted(request: SignedIn) -> Any:
    """The data of a form that was sent, be it empty; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


# --- begin ------------------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "POST"])
def offer_start(request: SignedIn) -> HttpResponse:
    """What to prepare, how long it takes, who decides; begin, or go on with a draft."""
    user = request.user
    may_offer = not user.is_authenticated or user.has_perm("partnerships.make_offer")
    form = TrappedForm(_posted(request))
    if request.method == "POST":
        if not may_offer:
            raise PermissionDenied
        if form.is_valid():
            limits.take(f"offer_start:{limits.address_prefix(request)}", burst=20, per_seconds=3600)
            if user.is_authenticated:
                reference = services.begin_offer(by=user).reference
            else:
                request.session.setdefault(VisitorDraft.KEY, {})
                reference = VISITOR
            return redirect("partnerships:offer_step", reference, next(iter(STEPS)))
    drafts: Iterable[Offer] = []
    if user.is_authenticated and may_offer:
        drafts = Offer.objects.of(user).filter(status=OfferStatus.DRAFT)
    context = {
        "form": form,
        "may_offer": may_offer,
        "drafts": drafts,
        "has_visitor_draft": _has_visitor_draft(request),
    }
    return render(request, "partnerships/offer_start.html", context, status=422 if form.errors else 200)


# --- step by step -------------------------------------------------------------------------------------------


@login_not_required
@require_GET
def offer_tasks(request: SignedIn, reference: str) -> HttpResponse:
    draft = _draft(request, reference)
    return draft if isinstance(draft, HttpResponse) else _page(request, "offer_tasks", draft, "")


@login_not_required
@require_http_methods(["GET", "POST"])
def offer_step(request: SignedIn, reference: str, step: str) -> HttpResponse:
    """One topic. What is typed is kept on each send, valid or not."""
    if step not in STEPS:
        raise Http404
    draft = _draft(request, reference)
    if isinstance(draft, HttpResponse):
        return draft
    kept = draft.answers.get(step)
    if request.method == "GET":
        form = _step_form(step, request.user, kept and kept["data"])
        return _step_page(request, draft, step, form, status=200)
    typed = STEPS[step].typed(request.POST)
    form = _step_form(step, request.user, typed)
    values = form.values() if form.is_valid() else None
    version = _number(request.POST.get("version"))
    try:
        if isinstance(draft, Offer):
            draft = services.save_step(
                draft, step, answers=typed, values=values, version=version, by=request.user
            )
        else:
            draft.save_step(step, answers=typed, values=values, version=version)
    except StaleEdit as stale:
        theirs = _step_form(step, request.user, draft.answers[step]["data"])
        conflict = {"reason": stale, "changes": _differences(theirs, form)}
        return _step_page(request, draft, step, form, status=409, conflict=conflict)
    if "second" in request.POST:
        messages.success(request, _("Saved. Come back when you like: nothing you typed is lost."))
        return redirect("partnerships:offer_tasks", draft.reference)
    if form.errors:
        return _step_page(request, draft, step, form, status=422)
    names = [*STEPS, "check"]
    following = names[names.index(step) + 1]
    return redirect(reverse("partnerships:offer_step", args=[draft.reference, following]))


def _step_page(
    request: SignedIn,
    draft: Draft,
    step: str,
    form: StepForm,
    *,
    status: int,
    conflict: dict | None = None,
) -> HttpResponse:
    kept = draft.answers.get(step, {})
    return _page(
        request,
        "offer_step",
        draft,
        step,
        form=form,
        version=kept.get("version", 0),
        saved_at=parse_datetime(kept["saved_at"]) if kept else None,
        conflict=conflict,
        status=status,
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _differences(theirs: StepForm, yours: StepForm) -> list[dict]:
    pairs = [
        {"field": field.label, "theirs": answer_text(theirs[field.name]), "yours": answer_text(field)}
        for field in yours.visible_fields()
    ]
    return [pair for pair in pairs if pair["theirs"] != pair["yours"]]


def answer_text(field: BoundField) -> str:
    """What was answered to one question, in words."""
    value = field.value()
    if value in (None, "", [], False):
        return ""
    if value is True or value == "on":
        return _("Yes")
    if choices := getattr(field.field, "choices", None):
        words = dict(_flat(choices))
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(str(words.get(code, code)) for code in chosen)
    if isinstance(value, str) and field.name.startswith("available_"):
        day = parse_datetime(f"{value}T00:00")
        return date_format(day, "j F Y") if day else value
    if field.name in ("quantity", "value_amount") and str(value).replace(".", "", 1).isdecimal():
        return number_format(value, force_grouping=True)
    return str(value)


def _flat(choices: Iterable) -> Iterable[tuple[str, Any]]:
    for value, label in choices:
        yield from _flat(label) if isinstance(label, list | tuple) else [(str(value), label)]


# --- submit -----------------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "POST"])
def offer_check(request: SignedIn, reference: str) -> HttpResponse:
    """Every answer with a way to change it, then the declaration."""
    draft = _draft(request, reference)
    if isinstance(draft, HttpResponse):
        # A second press of the button: the offer is there, show its receipt.
        if request.method == "POST" and request.user.is_authenticated:
            offer = get_object_or_404(Offer.objects.of(request.user), reference=reference)
            return redirect("partnerships:offer_submitted", offer.reference)
        return draft
    form = SubmitForm(_posted(request))
    if request.method == "POST" and isinstance(draft, Offer) and form.is_valid():
        limits.take(f"offer_submit:{limits.address_prefix(request)}", burst=30, per_seconds=3600)
        limits.take(f"offer_submit:{request.user.pk}", burst=10, per_seconds=86400)
        try:
            services.submit_offer(draft, by=request.user)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            return redirect("partnerships:offer_submitted", draft.reference)
    answers = []
    for step, step_form in STEPS.items():
        kept = draft.answers.get(step)
        filled = _step_form(step, request.user, kept["data"]) if kept else None
        url = reverse("partnerships:offer_step", args=[draft.reference, step])
        fields = filled.visible_fields() if filled else []
        rows = [{"term": f.label, "value": answer_text(f), "url": url} for f in fields]
        answers.append(
            {
                "heading": step_form.heading,
                "url": url,
                "is_done": bool(kept and kept["is_valid"]),
                "rows": [row for row in rows if row["value"]],
            }
        )
    is_ready = all(answer["is_done"] for answer in answers)
    status = 422 if form.errors else 200
    return _page(
        request, "offer_check", draft, "check", form=form, answers=answers, is_ready=is_ready, status=status
    )


@require_GET
def offer_submitted(request: SignedIn, reference: str) -> HttpResponse:
    offer = get_object_or_404(
        Offer.objects.of(request.user).for_list().exclude(submitted_at=None), reference=reference
    )
    return render(request, "partnerships/offer_submitted.html", {"offer": offer})


# --- follow -----------------------------------------------------------------------------------------------


@require_GET
@permission_required("partnerships.make_offer", raise_exception=True)
def my_offers(request: SignedIn) -> HttpResponse:
    offers = Offer.objects.of(request.user).for_list()
    return render(
        request,
        "partnerships/my_offers.html",
        {"offers": offers, "has_visitor_draft": _has_visitor_draft(request)},
    )


def _my_offer(request: SignedIn, reference: str) -> Offer:
    return get_object_or_404(
        Offer.objects.of(request.user).for_list().prefetch_related("questions"), reference=reference
    )


@require_GET
def my_offer(request: SignedIn, reference: str) -> HttpResponse:
    """Where an offer stands, in plain words. Internal notes are never on this page."""
    return _my_offer_page(request, _my_offer(request, reference), ReplyForm())


def _my_offer_page(request: SignedIn, offer: Offer, form: ReplyForm) -> HttpResponse:
    context = {
        "offer": offer,
        "form": form,
        "events": queries.timeline(offer),
        "may_withdraw": OfferStatus.WITHDRAWN in services.OFFER_MOVES[offer.status],
    }
    return render(request, "partnerships/my_offer.html", context, status=422 if form.errors else 200)


@require_POST
def my_offer_reply(request: SignedIn, reference: str) -> HttpResponse:
    offer = _my_offer(request, reference)
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            services.reply_to_question(offer, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, _("Your reply is with the reader of your offer."))
            return redirect("partnerships:my_offer", offer.reference)
    return _my_offer_page(request, offer, form)


@require_http_methods(["GET", "POST"])
def my_offer_withdraw(request: SignedIn, reference: str) -> HttpResponse:
    offer = _my_offer(request, reference)
    form = WithdrawForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_offer(offer, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, _("The offer is withdrawn."))
            return redirect("partnerships:my_offer", offer.reference)
    return render(
        request,
        "partnerships/my_offer_withdraw.html",
        {"offer": offer, "form": form},
        status=422 if form.errors else 200,
    )


@require_GET
def my_offer_matches(request: SignedIn, reference: str) -> HttpResponse:
    """Which UN entities and open needs fit, and why."""
    offer = _my_offer(request, reference)
    facts = queries.offer_facts(offer)
    ranking = queries.ranked_needs(offer, facts)
    if offer.submitted_at:
        services.record_shown(offer, ranking.shown)
    context = {"offer": offer, "ranking": ranking, "entities": queries.ranked_entities(facts)}
    return render(request, "partnerships/my_offer_matches.html", context)
