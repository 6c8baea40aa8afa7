"""The decision of a case, and what two entities tell each other where they decided differently."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.days import day_words
from portal.errors import RuleViolation
from portal.http import SignedIn
from screening import queries
from screening.forms import ConditionMetForm, DecisionForm, PassOnForm, RemarkForm
from screening.labels import RATINGS, rating_ladder, rating_scale
from screening.memo import plan_facts
from screening.models import (
    APPROVING,
    Assessment,
    Case,
    CaseStatus,
    Condition,
    DecisionLevel,
    DecisionOutcome,
    JointNote,
)
from screening.queries.assessments import frozen_rating
from screening.queries.catalogue import read_version
from screening.services import cases
from screening.services import decisions as services
from screening.views.assessments import assessment_of
from screening.views.cases import (
    case_file_for,
    case_page,
    check_items,
    refuse,
    run_context,
)


@require_http_methods(["GET", "POST"])
def case_decide(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    found = assessment_of(case)
    if request.method == "POST":
        if not request.user.has_perm("screening.decide_case"):
            raise PermissionDenied
        form = _decision_form(found, request.POST)
        if not form.is_valid():
            return _decision_page(request, case, found, form, status=422)
        try:
            decision = services.decide_case(case, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            refuse(form, broken_rule, case)
            return _decision_page(request, case_file_for(request, reference), found, form, status=409)
        values = {"company": case.company.name, "outcome": decision.get_outcome_display()}
        messages.success(request, _("%(company)s: decided, %(outcome)s.") % values)
        following = queries.next_to_decide(request.user)
        if following is None:
            return redirect("screening:case_detail", case.reference)
        return redirect("screening:case_decide", following.reference)
    form = _decision_form(found, initial={"version": case.version})
    return _decision_page(request, case, found, form, status=200)


def _decision_form(found: Assessment | None, *args, **kwargs) -> DecisionForm:
    """The form with what each outcome means, and the ratings that are stricter than the computed one."""
    reply = _("The company is told the category of the reason; it may reply and appeal")
    consequences = {
        DecisionOutcome.DEFERRED: _("Say what is missing, and from whom. What stood before still stands"),
        DecisionOutcome.DECLINED: reply,
        DecisionOutcome.NOT_ELIGIBLE: _("Only where an exclusion is met. It may reply and appeal"),
    }
    ratings = [("", _("No, keep the computed one"))]
    if found is not None and found.rating:
        strictness = read_version(found.catalogue).strictness
        stricter = strictness[strictness.index(found.rating) + 1 :]
        ratings += [(code, str(RATINGS[code])) for code in stricter if code != "blocked"]
        if found.rating not in ("excluded", "blocked"):
            until = day_words(services.valid_until(found, found.rating))
            words = _("Valid until %(date)s at the computed rating") % {"date": until}
            consequences |= dict.fromkeys(APPROVING, words)
    return DecisionForm(*args, consequences=consequences, ratings=ratings, **kwargs)


def _decision_page(
    request: SignedIn,
    case: Case,
    found: Assessment | None,
    form: DecisionForm,
    *,
    passed: dict[str, PassOnForm] | None = None,
    status: int,
) -> HttpResponse:
    """The page with `form`; `passed` are forms to send the case back or up that were refused."""
    checks = queries.decision_checks(case)
    user = request.user
    is_rated = found is not None and bool(found.rating)
    level = queries.required_level(case, found, found.rating) if found and is_rated else ""
    own_part = (
        _("You examined this case. Another person decides.")
        if case.analyst_id == user.pk
        else _("You asked for this case. Another person decides.")
        if case.requested_by_id == user.pk
        else ""
    )
    context = {
        "case": case,
        "tab": "decision",
        "form": form,
        **run_context(case),
        "hits": list(case.company.hits.for_list()),
        "conditions": list(case.conditions.all()),
        "missing": check_items([check for check in checks if not check.is_met]),
        "met": check_items([check for check in checks if check.is_met]),
        "own_part": own_part,
        "may_decide": user.has_perm("screening.decide_case"),
        "level": level,
        "level_label": DecisionLevel(level).label if level else "",
        "is_level_enough": queries.level_of(user) >= level,
        "is_blocked": any(not check.is_met and check.blocks == queries.ANY_OUTCOME for check in checks),
        "open_blocks": [
            check.note or check.label
            for check in checks
            if not check.is_met and DecisionOutcome.APPROVED in check.blocks
        ],
        "recommendation_label": dict(DecisionOutcome.choices).get(case.recommendation, ""),
        "back_form": PassOnForm(auto_id="back_%s", initial={"version": case.version}),
        "up_form": PassOnForm(auto_id="up_%s", initial={"version": case.version}),
        **(passed or {}),
        "changed": queries.case_history(case)[:2] if status == 409 and not case.closed_at else [],
        "assessment": found,
    }
    if found and is_rated:
        rating = frozen_rating(found)
        context |= {
            "rating_label": RATINGS[rating.rating],
            "rating_code": rating.rating,
            "scale": rating_scale(rating, read_version(found.catalogue)),
            "ladder": rating_ladder(rating),
            "plan": [(label, value) for label, value in plan_facts(found) if value],
        }
    return render(request, "screening/case_decide.html", context, status=status)


@require_POST
def case_send_back(request: SignedIn, reference: str) -> HttpResponse:
    """To the analyst again: with the decider's question, or called back by the analyst."""
    done = _("The case is with its analyst again.")
    return _pass_on(request, reference, "back", cases.send_back_case, done)


@require_POST
def case_send_up(request: SignedIn, reference: str) -> HttpResponse:
    return _pass_on(request, reference, "up", services.send_up, _("The case is with the next level."))


def _pass_on(
    request: SignedIn, reference: str, where: str, act: Callable[..., object], done: str
) -> HttpResponse:
    """Give a case to somebody else, with a reason written on the case as it is now."""
    case = case_file_for(request, reference)
    is_decider = request.user.has_perm("screening.decide_case")
    if not (is_decider or request.user.has_perm("screening.assess_case")):
        raise PermissionDenied
    form = PassOnForm(request.POST, auto_id=f"{where}_%s")
    status = 422
    if form.is_valid():
        try:
            act(case, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            refuse(form, broken_rule, case)
            status = 409
        else:
            messages.success(request, done)
            return redirect("screening:case_detail", case.reference)
    case = case_file_for(request, reference)
    if not is_decider:
        return case_page(request, case, back_form=form, status=status)
    found = assessment_of(case)
    fresh = _decision_form(found, initial={"version": case.version})
    return _decision_page(request, case, found, fresh, passed={f"{where}_form": form}, status=status)


@require_http_methods(["GET", "POST"])
def condition_met(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    """Say that a condition of an approval is met: reviewers, and those who asked for the case."""
    case = get_object_or_404(Case.objects.visible_to(request.user), reference=reference)
    condition = get_object_or_404(Condition, pk=pk, case=case, case__status=CaseStatus.CLOSED)
    if not services.may_say_met(request.user):
        raise PermissionDenied
    form = ConditionMetForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.meet_condition(condition, note=form.cleaned_data["note"], by=request.user)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
        else:
            messages.success(request, _("The condition is met."))
            return redirect("screening:case_detail", case.reference)
    context = {"case": case, "condition": condition, "form": form}
    return render(request, "screening/condition_met.html", context, status=status)


@require_http_methods(["GET", "POST"])
def joint_note(request: SignedIn, pk: int) -> HttpResponse:
    """Why two UN entities decided differently on one company; people of both sides read and write it."""
    notes = queries.joint_notes_visible_to(request.user).select_related(
        "company", "earlier__entity", "later__entity", "earlier__case", "later__case"
    )
    note: JointNote = get_object_or_404(notes, pk=pk)
    form = RemarkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.remark_on(note, text=form.cleaned_data["text"], by=request.user)
        messages.success(request, _("Your remark is on record."))
        return redirect("screening:joint_note", note.pk)
    context = {
        "note": note,
        "sides": [note.earlier, note.later],
        "remarks": list(note.remarks.select_related("by")),
        "form": form,
    }
    return render(request, "screening/joint_note.html", context, status=422 if form.is_bound else 200)
