"""Where others than reviewers have their say: the company, those who asked, the advisory group."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.errors import RuleViolation
from portal.forms import offer_choices
from portal.http import SignedIn
from screening import queries
from screening.forms.replies import ReplyAnswerForm, ReplyForm, TextForm
from screening.labels import ANSWERS, RATINGS, TYPES
from screening.models import (
    REPLY_WITHIN,
    Assessment,
    Case,
    Decision,
    Question,
    RefusalReason,
    Reply,
    ReplyStatus,
)
from screening.queries.replies import may_answer
from screening.services import queue
from screening.services import replies as services


@require_http_methods(["GET", "POST"])
def outcome(request: SignedIn, public_id) -> HttpResponse:
    """A decision as the company reads it: outcome by criterion, reason categories, its replies.

    Evidence, hits, ratings and the words of the reviewers stay inside.
    """
    decisions = Decision.objects.visible_to(request.user).select_related("company", "entity", "case", "by")
    decision = get_object_or_404(decisions, public_id=public_id)
    is_member = decision.company.members.filter(user=request.user).exists()
    if not is_member and not request.user.has_perm("screening.view_case"):
        raise Http404
    kinds = services.kinds_left(decision)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        offer_choices(form, kind=[(kind, kind.label) for kind in kinds])
    status = 422 if form.is_bound else 200
    if request.method == "POST" and not is_member:
        raise PermissionDenied
    if form.is_valid():
        try:
            services.reply_to_decision(decision, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
        else:
            messages.success(request, _("Sent. You will be told the answer here and by mail."))
            return redirect("screening:outcome", decision.public_id)
    found = Assessment.objects.filter(case=decision.case).first()
    until = decision.at + REPLY_WITHIN
    context = {
        "decision": decision,
        "is_member": is_member,
        "form": form,
        "until": until,
        "can_reply": is_member and timezone.now() <= until and (form.is_bound or kinds),
        "is_late": timezone.now() > until,
        "reasons": [RefusalReason(code).label for code in decision.reason_codes],
        "groups": _by_criterion(found) if found else [],
        "replies": [
            (reply, may_answer(reply, request.user)) for reply in decision.replies.select_related("by")
        ],
    }
    return render(request, "screening/outcome.html", context, status=status)


def _by_criterion(found: Assessment) -> list[dict]:
    return [
        {
            "label": label,
            "rows": [
                {"code": code, "title": row["title"], "answer": ANSWERS[row["answer"]]}
                for code, row in sorted(found.outcomes.items())
                if row["type"] == kind
            ],
        }
        for kind, label in TYPES.items()
    ]


@require_http_methods(["GET", "POST"])
def reply_answer(request: SignedIn, pk: int) -> HttpResponse:
    seen = Decision.objects.visible_to(request.user)
    if not request.user.has_perm("screening.view_case"):
        seen = seen.none()
    reply = get_object_or_404(
        Reply.objects.select_related("decision__case", "decision__company"), pk=pk, decision__in=seen
    )
    if not request.user.has_perm("screening.decide_case"):
        raise PermissionDenied
    form = ReplyAnswerForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.answer_reply(reply, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
        else:
            messages.success(request, _("Answered. The company is told."))
            return redirect("screening:outcome", reply.decision.public_id)
    context = {
        "reply": reply,
        "form": form,
        "is_open": reply.status == ReplyStatus.OPEN,
        "may_answer": may_answer(reply, request.user),
    }
    return render(request, "screening/reply_answer.html", context, status=status)


@require_http_methods(["GET", "POST"])
def question_answer(request: SignedIn, pk: int) -> HttpResponse:
    """A question of an analyst, for whom it was put to. Nothing else of the case shows here."""
    question = get_object_or_404(Question.objects.select_related("case__company"), pk=pk)
    if not queue.may_answer(question, request.user):
        raise Http404
    form = TextForm(request.POST if request.method == "POST" else None, label=_("Your answer"))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            queue.answer_question(question, text=form.cleaned_data["text"], by=request.user)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
        else:
            messages.success(request, _("Thank you. The examination goes on."))
            return redirect("screening:question_answer", question.pk)
    context = {"question": question, "form": form, "company": question.case.company}
    return render(request, "screening/question_answer.html", context, status=status)


@require_http_methods(["GET", "POST"])
def advice_list(request: SignedIn) -> HttpResponse:
    """Cases with a high rating, for the advisory group: what they are about, and the advice so far."""
    if not request.user.has_perm("screening.advise_case"):
        raise PermissionDenied
    cases = (
        queries.advised_cases(request.user)
        .select_related("company", "entity", "assessment", "decision")
        .prefetch_related("advice__by", "conditions")
    )
    form = TextForm(request.POST if request.method == "POST" else None, label=_("Your advice"))
    if form.is_valid():
        case: Case = get_object_or_404(cases, reference=request.POST.get("case", ""))
        services.advise(case, text=form.cleaned_data["text"], by=request.user)
        messages.success(request, _("Your advice is on record."))
        return redirect("screening:advice_list")
    rows = [
        {
            "case": case,
            "rating": RATINGS[case.assessment.rating],
            "common": RATINGS[case.assessment.common_rating],
            "advice": list(case.advice.all()),
        }
        for case in cases[:100]
    ]
    context = {"rows": rows, "form": form}
    return render(request, "screening/advice_list.html", context, status=422 if form.is_bound else 200)
