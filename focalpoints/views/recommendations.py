"""What several UN entities recommend to leadership together."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints.forms.groups import (
    AddresseeReplyForm,
    RecommendationForm,
    RecommendationWordsForm,
    SignForm,
)
from focalpoints.letters import recommendation_letter
from focalpoints.models import FocalPoint, Recommendation, RecommendationStatus
from focalpoints.queries import groups as queries
from focalpoints.services import recommendations as services
from focalpoints.views.groups import inside
from focalpoints.wording import to_html
from portal import documents
from portal.errors import RuleViolation
from portal.http import SignedIn


@require_safe
@inside
def recommendation_list(request: SignedIn) -> HttpResponse:
    status = request.GET.get("status", "")
    context = {
        "recommendations": queries.recommendations(request.user, status),
        "states": [
            {"value": value, "label": label, "is_on": value == status}
            for value, label in RecommendationStatus.choices
        ],
        "status": status if status in RecommendationStatus.values else "",
        "may_propose": FocalPoint.objects.of(request.user).exists(),
    }
    return render(request, "focalpoints/recommendation_list.html", context)


def _form_page(request: SignedIn, form, heading: str, submit: str, status: int) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "submit": submit,
        "above": _("Joint recommendations"),
        "above_url": reverse("focalpoints:recommendation_list"),
    }
    return render(request, "focalpoints/form_page.html", context, status=status)


@require_http_methods(["GET", "POST"])
@inside
def recommendation_new(request: SignedIn) -> HttpResponse:
    form = RecommendationForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        recommendation = services.propose(by=request.user, **form.cleaned_data)
        return redirect("focalpoints:recommendation_detail", pk=recommendation.pk)
    return _form_page(
        request, form, _("New recommendation"), _("Propose and sign"), 422 if form.is_bound else 200
    )


def _recommendation(request: SignedIn, pk: int) -> Recommendation:
    return get_object_or_404(queries.recommendations(request.user), pk=pk)


@require_safe
@inside
def recommendation_detail(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _recommendation(request, pk))


def _page(
    request: SignedIn,
    recommendation: Recommendation,
    reply_form: AddresseeReplyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    is_open = recommendation.status == RecommendationStatus.OPEN
    may_steer = services.may_steer(recommendation, request.user)
    entities = queries.entities_to_sign_for(recommendation, request.user) if is_open else None
    mine = set(FocalPoint.objects.of(request.user).values_list("entity", flat=True))
    if may_steer and recommendation.status == RecommendationStatus.SENT:
        reply_form = reply_form or AddresseeReplyForm()
    context = {
        "recommendation": recommendation,
        "text_html": to_html(recommendation.text),
        "reply_html": to_html(recommendation.reply),
        "signatures": [
            {"signature": signature, "may_withdraw": is_open and signature.entity_id in mine}
            for signature in recommendation.signatures.all()
        ],
        "sign_form": SignForm(entities=entities) if entities else None,
        "reply_form": reply_form,
        "may_steer": may_steer and is_open,
        "needs": services.JOINT_FROM,
    }
    return render(request, "focalpoints/recommendation_detail.html", context, status=status)


@require_safe
@inside
def recommendation_document(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    """The letter to its addressee, "pdf" or "docx", in the language of the page."""
    if kind not in documents.MEDIA_TYPES:
        raise Http404
    letter = recommendation_letter(_recommendation(request, pk), get_language() or "en")
    return documents.answer(letter, f"recommendation-{pk}", kind)


@require_http_methods(["GET", "POST"])
@inside
def recommendation_edit(request: SignedIn, pk: int) -> HttpResponse:
    recommendation = _recommendation(request, pk)
    form = RecommendationWordsForm(
        request.POST if request.method == "POST" else None, instance=recommendation
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.change_words(recommendation, by=request.user, **form.cleaned_data)
        except RuleViolation as error:
            form.add_error(None, str(error))
            status = 409
        else:
            return redirect("focalpoints:recommendation_detail", pk=pk)
    return _form_page(request, form, _("Change the recommendation"), _("Save"), status)


@require_POST
@inside
def recommendation_sign(request: SignedIn, pk: int) -> HttpResponse:
    recommendation = _recommendation(request, pk)
    form = SignForm(request.POST, entities=queries.entities_to_sign_for(recommendation, request.user))
    if not form.is_valid():
        raise RuleViolation(_("You are not a focal point of an entity that could still sign."))
    services.sign(recommendation, entity=form.cleaned_data["entity"], by=request.user)
    messages.success(request, _("Signed."))
    return redirect("focalpoints:recommendation_detail", pk=pk)


@require_POST
@inside
def signature_withdraw(request: SignedIn, pk: int, signature_pk: int) -> HttpResponse:
    signature = get_object_or_404(_recommendation(request, pk).signatures, pk=signature_pk)
    services.unsign(signature, by=request.user)
    messages.success(request, _("The signature is withdrawn."))
    return redirect("focalpoints:recommendation_detail", pk=pk)


@require_POST
@inside
def recommendation_send(request: SignedIn, pk: int) -> HttpResponse:
    """It went to its addressee; with `withdraw` it never will."""
    recommendation = _recommendation(request, pk)
    if "withdraw" in request.POST:
        services.withdraw(recommendation, by=request.user)
    else:
        services.send(recommendation, by=request.user)
    return redirect("focalpoints:recommendation_detail", pk=pk)


@require_POST
@inside
def recommendation_reply(request: SignedIn, pk: int) -> HttpResponse:
    recommendation = _recommendation(request, pk)
    form = AddresseeReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, recommendation, form, status=422)
    services.write_reply(recommendation, reply=form.cleaned_data["reply"], by=request.user)
    return redirect("focalpoints:recommendation_detail", pk=pk)
