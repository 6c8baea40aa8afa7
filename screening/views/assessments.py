"""The assessment of a case: the criteria with their answers, the rating that follows, and the plan."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import RuleViolation
from portal.http import SignedIn
from screening import queries
from screening.forms.assessments import AnswersForm, PlanForm
from screening.labels import ANSWERS, EVIDENCE, RATINGS, TYPES, rating_ladder, rating_scale
from screening.memo import plan_facts
from screening.models import Assessment, Case, CaseStatus, Question
from screening.queries.assessments import (
    State,
    assessment_state,
    frozen_rating,
    look_back_from,
    reusable_assessment,
)
from screening.services import assessments as services
from screening.services.assessments import PLAN
from screening.views.cases import case_file_for, check_items, refuse, run_context, then
from screening.views.evidence import EvidenceForm, evidence_of

HERE = "screening:assessment"


def assessment_of(case: Case) -> Assessment | None:
    return Assessment.objects.filter(case=case).select_related("catalogue", "case__company__sector").first()


@require_safe
def assessment(request: SignedIn, reference: str) -> HttpResponse:
    return _assessment_page(request, case_file_for(request, reference))


def _assessment_page(
    request: SignedIn, case: Case, *, plan_form: PlanForm | None = None, status: int = 200
) -> HttpResponse:
    found = assessment_of(case)
    can_answer = _can_answer(request, case)
    context = {
        "case": case,
        "tab": "assessment",
        "assessment": found,
        "can_answer": can_answer,
        "reusable": reusable_assessment(case) if can_answer else None,
        **run_context(case),
    }
    if found is not None:
        state = assessment_state(found)
        is_frozen = bool(found.rating) and case.status in (CaseStatus.DECISION, CaseStatus.CLOSED)
        rating = frozen_rating(found) if is_frozen else state.rating
        context |= {
            "state": state,
            "groups": [
                {
                    "kind": kind,
                    "label": label,
                    "done": state.progress[kind][0],
                    "asked": state.progress[kind][1],
                    "rows": [answer_row(row) for row in state.group(kind)],
                }
                for kind, label in TYPES.items()
                if kind in state.progress
            ],
            "rating_code": rating.rating,
            "rating_label": RATINGS[rating.rating],
            "scale": rating_scale(rating, state.known),
            "ladder": rating_ladder(rating),
            "is_frozen": is_frozen,
            "files": evidence_of(case),
            "evidence_form": EvidenceForm(auto_id="evidence_%s"),
            "plan": [(label, value) for label, value in plan_facts(found) if value],
            "plan_form": plan_form or _plan_form(found, state, case),
            "checks": check_items(queries.recommendation_checks(case)) if can_answer else [],
        }
    return render(request, "screening/assessment.html", context, status=status)


def answer_row(row) -> dict:
    """One criterion for reading: its question, how it counts and where that comes from."""
    return {
        "criterion": row.criterion,
        "label": ANSWERS[row.answer],
        "answer": row.answer,
        "is_automatic": row.origin == "automatic",
        "is_missing": row.is_missing,
        "why": row.why,
        "stored": row.stored,
        "mode": EVIDENCE[row.criterion.evidence_mode],
        "proposed": row.proposed,
        "proposed_label": ANSWERS[row.proposed.answer] if row.proposed else "",
    }


def _plan_form(found: Assessment, state: State, case: Case, data=None) -> PlanForm:
    depths = [
        (code, label)
        for code, label in Assessment._meta.get_field("depth").flatchoices
        if state.known.levels.index(code) >= state.known.levels.index(state.least_depth)
    ]
    initial = {name: getattr(found, name) for name in (*PLAN, "depth")} | {"version": case.version}
    return PlanForm(data, initial=initial, depths=depths, auto_id="plan_%s")


def _can_answer(request: SignedIn, case: Case) -> bool:
    return (
        request.user.has_perm("screening.assess_case")
        and case.requested_by_id != request.user.pk
        and case.status in (CaseStatus.RESEARCH, CaseStatus.ASSESSMENT)
    )


@require_POST
def assessment_begin(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    done = _("Begun. Answer the criteria group by group.")
    return then(
        request,
        case,
        lambda: services.begin_assessment(case, by=request.user),
        done,
        to="screening:assessment",
    )


@require_POST
def assessment_reuse(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    done = _("The answers are taken over. Check each, and answer what is left.")
    return then(
        request,
        case,
        lambda: services.reuse_assessment(case, by=request.user),
        done,
        to="screening:assessment",
    )


@require_POST
def assessment_plan(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    found = assessment_of(case)
    if found is None:
        raise Http404
    form = _plan_form(found, assessment_state(found), case, request.POST)
    if not form.is_valid():
        return _assessment_page(request, case, plan_form=form, status=422)
    values = {**form.cleaned_data}
    version, depth = values.pop("version"), values.pop("depth")
    try:
        services.write_plan(case, version=version, depth=depth, values=values, by=request.user)
    except RuleViolation as broken_rule:
        refuse(form, broken_rule, case)
        return _assessment_page(request, case, plan_form=form, status=409)
    return redirect(HERE, case.reference)


@require_http_methods(["GET", "POST"])
def assessment_group(request: SignedIn, reference: str, kind: str) -> HttpResponse:
    """The criteria of one type, each with its answer and its evidence."""
    case = case_file_for(request, reference)
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    found = assessment_of(case)
    if found is None or kind not in TYPES:
        raise Http404
    state = assessment_state(found)
    rows = state.group(kind)
    form = AnswersForm(
        request.POST if request.method == "POST" else None,
        rows=rows,
        known=state.known,
        initial={"version": case.version},
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.answer_criteria(
                case, version=form.cleaned_data["version"], answers=form.answers, by=request.user
            )
        except RuleViolation as broken_rule:
            refuse(form, broken_rule, case)
            rows = assessment_state(found).group(kind)  # what stands on record now, beside what was typed
            status = 409
        else:
            kinds = [code for code in TYPES if code in state.progress]
            later = kinds[kinds.index(kind) + 1 :]
            if request.POST.get("next") and later:
                return redirect("screening:assessment_group", case.reference, later[0])
            return redirect(HERE, case.reference)
    asked: dict[str, list[Question]] = {}
    for question in case.questions.exclude(code="").select_related("answered_by"):
        asked.setdefault(question.code, []).append(question)
    context = {
        "case": case,
        "tab": "assessment",
        "kind": kind,
        "label": TYPES[kind],
        "note": state.known.data["types"][kind],
        "form": form,
        "rows": [
            answer_row(row)
            | {
                "fields": form.fields_of(row.criterion.code) if row.origin != "automatic" else [],
                "since": look_back_from(row.criterion, state.known, state.overlay, timezone.localdate()),
                "asked": asked.get(row.criterion.code, []),
            }
            for row in rows
        ],
        "can_answer": _can_answer(request, case),
        **run_context(case),
    }
    return render(request, "screening/assessment_group.html", context, status=status)
