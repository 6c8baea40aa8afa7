"""Drafts of offers as the steps see them: a row of the database, or of the session of a visitor."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnerships.forms.offers import STEPS, CompanyStep, StepForm
from partnerships.models import Offer, OfferStatus
from partnerships.queries import offers as queries
from partnerships.services import offers as services
from portal.attachments import attached_to
from portal.days import day_words
from portal.errors import StaleEdit
from portal.http import SignedIn
from portal.marks import joined
from portal.models import User

VISITOR = "draft"  # stands for the reference in the address of a draft that is kept in the session
EMPTY_OFFER = {"reach": "named", "accepts_subregion": True}
STEP_WORDS = {
    "not_started": gettext_lazy("Not started"),
    "done": gettext_lazy("Done"),
    "to_fix": gettext_lazy("To fix"),
    "locked": gettext_lazy("After the others"),
    "optional": gettext_lazy("If you like"),
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

    @property
    def is_ready(self) -> bool:
        return all(self.answers.get(step, {}).get("is_valid") for step in STEPS)


Draft = VisitorDraft | Offer


def has_visitor_draft(request: SignedIn) -> bool:
    return VisitorDraft.KEY in request.session


def _adopt(request: SignedIn, user: User) -> Offer:
    """Make an offer of what the visitor typed before signing in."""
    offer = services.begin_offer(by=user)
    for step, kept in request.session[VisitorDraft.KEY].items():
        form = step_form(step, user, kept["data"])
        values = form.values() if form.is_valid() else None
        offer = services.save_step(offer, step, answers=kept["data"], values=values, version=0, by=user)
    del request.session[VisitorDraft.KEY]
    return offer


def step_form(
    step: str, user: Any, data: dict[str, list[str]] | None, draft: Draft | None = None
) -> StepForm:
    """One step with what was answered, validated; days that `draft` has already are not held to be new."""
    extra: dict[str, Any] = {}
    if STEPS[step] is CompanyStep and user.is_authenticated:
        extra["companies"] = queries.companies_of(user)
    if data is None:
        return STEPS[step](initial=EMPTY_OFFER, **extra)
    if isinstance(draft, Offer):
        extra["initial"] = {name: getattr(draft, name) for name in ("available_from", "available_until")}
    return STEPS[step].from_answers(data, **extra)


def draft_of(request: SignedIn, reference: str) -> Draft | HttpResponse:
    """The draft an address means; or where to go instead, before it can be answered."""
    user = request.user
    if reference == VISITOR:
        if not has_visitor_draft(request):
            return redirect("partnerships:offer_start")
        if not user.is_authenticated:
            return VisitorDraft(request)
        if not user.has_perm("partnerships.make_offer"):
            del request.session[VisitorDraft.KEY]
            messages.info(request, _("Offers come from companies; the draft was not kept with your account."))
            return redirect("portal:desk")
        offer = _adopt(request, user)
        page = "offer_check" if offer.is_ready else "offer_tasks"
        return redirect(f"partnerships:{page}", offer.reference)
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    offer = get_object_or_404(Offer.objects.of(user), reference=reference)
    if offer.status != OfferStatus.DRAFT:
        return redirect("partnerships:my_offer", offer.reference)
    return offer


def steps_of(draft: Draft, current: str = "") -> list[dict]:
    """The task list of a draft."""
    rows: list[dict[str, Any]] = []
    for step, form in STEPS.items():
        kept = draft.answers.get(step)
        status = "not_started" if kept is None else "done" if kept["is_valid"] else "to_fix"
        url = reverse("partnerships:offer_step", args=[draft.reference, step])
        rows.append({"step": step, "label": form.heading, "url": url, "status": status})
    is_ready = all(row["status"] == "done" for row in rows)
    if isinstance(draft, Offer):
        url = reverse("partnerships:offer_documents", args=[draft.reference])
        status = "done" if attached_to(draft).exists() else "optional"
        rows.append({"step": "documents", "label": _("Documents"), "url": url, "status": status})
    rows.append(
        {
            "step": "check",
            "label": _("Check and submit"),
            "url": reverse("partnerships:offer_check", args=[draft.reference]) if is_ready else "",
            "status": "not_started" if is_ready else "locked",
        }
    )
    return [
        {**row, "status_label": STEP_WORDS[row["status"]], "is_current": row["step"] == current}
        for row in rows
    ]


def typed_version(request: SignedIn) -> int:
    """The version of a step when its form was opened; 0 for one never saved, and for nonsense."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def answers_of(draft: Draft, user: Any, steps: Iterable[str], page: str) -> list[dict]:
    """What was answered, step by step, for the lists of a check; `page` names where each is changed."""
    found = []
    for step in steps:
        kept = draft.answers.get(step)
        url = reverse(f"partnerships:{page}", args=[draft.reference, step])
        fields = step_form(step, user, kept["data"]).visible_fields() if kept else []
        rows = [{"term": f.label, "value": answer_text(f), "url": url} for f in fields]
        found.append(
            {
                "heading": STEPS[step].heading,
                "url": url,
                "is_done": bool(kept and kept["is_valid"]),
                "rows": [row for row in rows if row["value"]],
            }
        )
    return found


def conflict_of(stale: StaleEdit, draft: Draft, step: str, user: Any, yours: StepForm) -> dict:
    """For `_offer_conflict.html`: why a step was not saved, and where it differs from what is, in words."""
    theirs = step_form(step, user, draft.answers[step]["data"])
    pairs = [
        {"field": field.label, "theirs": answer_text(theirs[field.name]), "yours": answer_text(field)}
        for field in yours.visible_fields()
    ]
    return {"reason": stale, "changes": [pair for pair in pairs if pair["theirs"] != pair["yours"]]}


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
        return joined(str(words.get(code, code)) for code in chosen)
    if isinstance(value, str) and field.name.startswith("available_"):
        day = parse_datetime(f"{value}T00:00")
        return day_words(day) if day else value
    if field.name in ("quantity", "value_amount") and str(value).replace(".", "", 1).isdecimal():
        return number_format(value, force_grouping=True)
    return str(value)


def _flat(choices: Iterable) -> Iterable[tuple[str, Any]]:
    for value, label in choices:
        yield from _flat(label) if isinstance(label, list | tuple) else [(str(value), label)]
