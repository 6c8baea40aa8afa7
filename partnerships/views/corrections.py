"""A submitted offer is put right by its business, as long as nobody has decided on it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from partnerships.forms.offers import STEPS, StepForm
from partnerships.models import Offer
from partnerships.services import offers as services
from partnerships.views.drafts import answers_of, conflict_of, step_form, typed_version
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn

CORRECTED = [step for step in STEPS if step != "company"]  # for another company it is another offer


def _offer(request: SignedIn, reference: str) -> Offer | HttpResponse:
    """An offer that can be corrected; else its page, which says why not."""
    offers = Offer.objects.of(request.user).exclude(submitted_at=None)
    offer = get_object_or_404(offers.select_related("entity"), reference=reference)
    if reason := services.why_fixed(offer):
        messages.error(request, reason)
        return redirect("partnerships:my_offer", offer.reference)
    return offer


@require_GET
def my_offer_correct(request: SignedIn, reference: str) -> HttpResponse:
    """What the offer says, each answer with a way to change it."""
    offer = _offer(request, reference)
    if isinstance(offer, HttpResponse):
        return offer
    answers = answers_of(offer, request.user, CORRECTED, "my_offer_correct_step")
    return render(request, "partnerships/my_offer_correct.html", {"offer": offer, "answers": answers})


@require_http_methods(["GET", "POST"])
def my_offer_correct_step(request: SignedIn, reference: str, step: str) -> HttpResponse:
    if step not in CORRECTED:
        raise Http404
    offer = _offer(request, reference)
    if isinstance(offer, HttpResponse):
        return offer
    kept = offer.answers.get(step)
    if request.method == "GET":
        return _page(request, offer, step, step_form(step, request.user, kept and kept["data"], offer))
    typed = STEPS[step].typed(request.POST)
    form = step_form(step, request.user, typed, offer)
    if not form.is_valid():
        return _page(request, offer, step, form, status=422)
    version = typed_version(request)
    try:
        services.correct_offer(
            offer, step, answers=typed, values=form.values(), version=version, by=request.user
        )
    except StaleEdit as stale:
        conflict = conflict_of(stale, offer, step, request.user, form)
        return _page(request, offer, step, form, status=409, conflict=conflict)
    except RuleViolation as decided:
        form.add_error(None, str(decided))
        return _page(request, offer, step, form, status=422)
    messages.success(request, _("Corrected. Whoever reads the offer sees both wordings."))
    return redirect("partnerships:my_offer", offer.reference)


def _page(
    request: SignedIn,
    offer: Offer,
    step: str,
    form: StepForm,
    *,
    status: int = 200,
    conflict: dict | None = None,
) -> HttpResponse:
    version = offer.answers.get(step, {}).get("version", 0)
    context = {"offer": offer, "form": form, "version": version, "conflict": conflict}
    return render(request, "partnerships/my_offer_correct_step.html", context, status=status)
