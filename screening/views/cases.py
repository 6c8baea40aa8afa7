"""The queue of cases, the case file, and its decision."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.models import Company
from portal.days import day_words
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn, attempt, id_or_404, render_page
from portal.marks import joined
from screening import comparison, queries
from screening.filters import CaseFilter
from screening.forms import CaseRequestForm, ConditionForm, PassOnForm, ReasonForm, RecommendForm
from screening.forms.queue import BulkForm, ViewNameForm, act_forms
from screening.labels import RATINGS
from screening.models import Case, CaseStatus, Condition, Decision, DecisionOutcome, RefusalReason
from screening.services import cases as services
from screening.services import decisions, queue


def case_for(request: SignedIn, reference: str) -> Case:
    """The case of that reference, if this person may see it; 404 else. The reading is noted."""
    case = get_object_or_404(Case.objects.visible_to(request.user).for_list(), reference=reference)
    services.note_view(case, by=request.user)
    return case


def case_file_for(request: SignedIn, reference: str) -> Case:
    """As `case_for`, for pages that show what was found: reviewers only, 404 for everybody else."""
    cases = Case.objects.visible_to(request.user).for_list()
    if not request.user.has_perm("screening.view_case"):
        cases = cases.none()
    case = get_object_or_404(cases, reference=reference)
    services.note_view(case, by=request.user)
    return case


NARROWING = ("status", "analyst", "waits", "label")  # filters that are folded away until one is used


def tab_labels() -> dict[str, str]:
    """The views of the queue that everybody has: the query of each, and its name."""
    return {
        "": _("All that are open"),
        "analyst=me": pgettext("cases", "Mine"),
        "analyst=nobody": _("Nobody's"),
        "waits=late": _("Late"),
        "status=decision": _("To decide"),
        "waits=snoozed": _("Snoozed"),
    }


@require_safe
def case_list(request: SignedIn) -> HttpResponse:
    is_reviewer = request.user.has_perm("screening.view_case")
    if not (is_reviewer or request.user.has_perm("screening.request_case")):
        raise PermissionDenied
    visible = Case.objects.visible_to(request.user)
    case_filter = CaseFilter(request.GET, visible, request=request)
    page = Paginator(case_filter.shown.values_list("pk", flat=True), 25).get_page(request.GET.get("page"))
    page.object_list = visible.rows(page.object_list)
    today, query = timezone.localdate(), request.GET.urlencode()
    views = list(request.user.case_views.all()) if is_reviewer else []
    tabs = [*tab_labels().items(), *((view.query, view.name) for view in views)]
    context = {
        "filter": case_filter,
        "page": page,
        "today": today,
        "is_reviewer": is_reviewer,
        "tabs": tabs,
        "is_narrowed": query not in dict(tabs) and any(map(request.GET.get, NARROWING)),
        "open_count": visible.open().count(),
        "late_count": visible.open().filter(due_on__lt=today).count(),
        "free_count": visible.open().filter(analyst=None).count(),
        "query": query,
        "views": views,
        "bulk_form": BulkForm(auto_id="bulk_%s") if request.user.has_perm("screening.assess_case") else None,
        "view_form": ViewNameForm(auto_id="view_%s", initial={"query": query}),
        "has_any": visible.exists(),
    }
    return render_page(request, "screening/case_list.html", context, partial="screening/_case_rows.html")


@require_http_methods(["GET", "POST"])
def case_new(request: SignedIn) -> HttpResponse:
    if not request.user.has_perm("screening.request_case"):
        raise PermissionDenied
    wanted = request.GET.get("company", "")
    if not wanted:
        return _find_company(request)
    companies = Company.objects.visible_to(request.user)
    company = get_object_or_404(companies, public_id=id_or_404(wanted))
    if survivor := queries.survivor_of(company):
        return redirect(f"{request.path}?company={survivor.public_id}", permanent=True)
    entities = queries.entities_for_request(request.user)
    form = CaseRequestForm(request.POST or None, entities=entities, initial={"tier": "standard"})
    if form.is_valid():
        try:
            case = services.request_case(company, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            return _request_page(request, company, form, entities, status=409)
        messages.success(
            request, _("Asked for. You will have an answer by %(date)s.") % {"date": day_words(case.due_on)}
        )
        return redirect("screening:case_detail", case.reference)
    return _request_page(request, company, form, entities, status=422 if form.is_bound else 200)


def _request_page(request: SignedIn, company: Company, form: Form, entities, *, status: int) -> HttpResponse:
    context = {
        "company": company,
        "form": form,
        "entities": entities,
        "open_case": Case.objects.open().filter(company=company).first(),
        "clearances": [row for row in queries.clearances_of(company) if row.is_valid],
    }
    return render(request, "screening/case_new.html", context, status=status)


def _find_company(request: SignedIn) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = Company.objects.visible_to(request.user).select_related("country").filter(name__icontains=words)
    context = {"q": words, "companies": list(found.order_by("name")[:20]) if words else []}
    return render(request, "screening/case_find_company.html", context)


@require_safe
def case_detail(request: SignedIn, reference: str) -> HttpResponse:
    case = case_for(request, reference)
    if not request.user.has_perm("screening.view_case"):
        clearance = queries.clearance_for(case.company, entity=case.entity)
        context = {"case": case, "withdraw_form": ReasonForm(), "clearance": clearance}
        return render(request, "screening/case_request.html", context)
    return case_page(request, case)


def case_page(
    request: SignedIn,
    case: Case,
    *,
    recommend_form: RecommendForm | None = None,
    condition_form: ConditionForm | None = None,
    back_form: PassOnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The case file. A form that did not pass comes back with what was typed."""
    run = queries.latest_run(case.company)
    user = request.user
    is_reviewing = case.status in (CaseStatus.RESEARCH, CaseStatus.ASSESSMENT)
    can_assess = user.has_perm("screening.assess_case") and case.requested_by_id != user.pk
    checks = queries.recommendation_checks(case) if is_reviewing else []
    context = {
        "case": case,
        "run": run,
        "shortcomings": queries.run_shortcomings(case.company, run),
        "hits": list(case.company.hits.for_list()),
        "screened": screened_facts(run) if run else [],
        "conditions": list(case.conditions.all()),
        "may_meet": decisions.makes_conditions(case) and decisions.may_say_met(user),
        "may_note": queue.may_note(user),
        "history": queries.case_history(case),
        "checks": check_items(checks),
        "undoable": queries.undoable_hit(case.company, user),
        "earlier": [row for row in queries.clearances_of(case.company) if row.decision.case_id != case.pk],
        "can_assess": can_assess,
        "can_recommend": can_assess and is_reviewing,
        "is_blocked": any(not check.is_met and check.blocks == queries.ANY_OUTCOME for check in checks),
        "next_hit": queries.next_hit(case.company),
        "can_decide": user.has_perm("screening.decide_case") and case.status == CaseStatus.DECISION,
        "recommendation_label": dict(DecisionOutcome.choices).get(case.recommendation, ""),
        **_decided(case),
        **act_forms(case),
        "questions": list(case.questions.select_related("asked_by", "answered_by")),
        "notes": list(case.company.screening_notes.select_related("by", "case")),
        "advice": list(case.advice.select_related("by")),
        "joint_notes": list(case.company.joint_notes.select_related("later__entity", "earlier__entity")),
        "recommend_form": recommend_form
        or RecommendForm(
            initial={
                "version": case.version,
                "outcome": case.recommendation,
                "note": case.recommendation_note,
            }
        ),
        "condition_form": condition_form or ConditionForm(auto_id="condition_%s"),
        "back_form": back_form or PassOnForm(auto_id="back_%s", initial={"version": case.version}),
        "changed": queries.case_history(case)[:2] if status == 409 else [],
        "withdraw_form": ReasonForm(auto_id="withdraw_%s"),
    }
    return render(request, "screening/case_detail.html", context, status=status)


def run_context(case: Case) -> dict:
    """The last screening and what it lacks, for the identity bar of a case."""
    run = queries.latest_run(case.company)
    return {"run": run, "shortcomings": queries.run_shortcomings(case.company, run)}


def _decided(case: Case) -> dict:
    """The decision's rating and reasons in words; the computed rating where the decided one is stricter."""
    decision: Decision | None = getattr(case, "decision", None)
    if decision is None:
        return {}
    is_stricter = decision.rating != decision.computed_rating
    return {
        "rating_label": RATINGS.get(decision.rating, ""),
        "computed_label": RATINGS[decision.computed_rating] if is_stricter else "",
        "reason_labels": [RefusalReason(code).label for code in decision.reason_codes],
    }


def check_items(checks: list[queries.Check]) -> list[dict]:
    """For components/checks.html."""
    return [
        {
            "label": check.label,
            "note": check.note,
            "state": "ok" if check.is_met else "stop" if check.blocks == queries.ANY_OUTCOME else "wait",
        }
        for check in checks
        if check.is_met or len(check.blocks) > 1
    ]


def screened_facts(run) -> list[dict]:
    """The company as a run screened it, for screening/_facts.html."""
    own, people = run.subject["company"], run.subject["people"]
    former = set(own["former"])
    facts = [
        (_("Legal name"), own["name"]),
        (_("Former names"), joined(own["former"], ";")),
        (_("Other names"), joined((name for name in own["names"][1:] if name not in former), ";")),
        (_("Country"), joined(comparison.country_names(own["countries"]), ";")),
        (_("Registry numbers"), joined((value for _type, value, _country in own["identifiers"]), ";")),
        (_("Founded"), joined((str(year) for year in own["years"]), ";")),
    ]
    for role, label in (("owner", _("Owners")), ("director", _("Directors")), ("parent", _("Parents"))):
        named = [
            f"{part['name']}, {part['share']}%" if part["share"] else part["name"]
            for part in people
            if part["role"] == role
        ]
        facts.append((label, joined(named, ";") or _("None stated")))
    return [{"term": term, "value": value} for term, value in facts if value]


@require_POST
def case_take_next(request: SignedIn) -> HttpResponse:
    case = services.take_next_case(by=request.user)
    if case is None:
        messages.info(request, _("Every open case has somebody."))
        return redirect("screening:case_list")
    messages.success(request, _("%(case)s is yours.") % {"case": case.reference})
    return redirect("screening:case_detail", case.reference)


@require_POST
def case_take(request: SignedIn, reference: str) -> HttpResponse:
    case = case_for(request, reference)
    return then(request, case, lambda: services.take_case(case, by=request.user), _("The case is yours."))


@require_POST
def case_screen(request: SignedIn, reference: str) -> HttpResponse:
    case = case_for(request, reference)
    done = _("Another screening is on its way. Reload this page in a moment.")
    return then(request, case, lambda: services.screen_again(case, by=request.user), done)


@require_POST
def case_withdraw(request: SignedIn, reference: str) -> HttpResponse:
    case = case_for(request, reference)
    note = _reason(request)
    if note is None:
        return redirect("screening:case_detail", case.reference)
    return then(
        request,
        case,
        lambda: services.withdraw_case(case, note=note, by=request.user),
        _("The case is withdrawn."),
    )


def _reason(request: SignedIn) -> str | None:
    form = ReasonForm(request.POST)
    if form.is_valid():
        return form.cleaned_data["note"]
    messages.error(request, _("Say why: the reason stays on record."))
    return None


def then(
    request: SignedIn, case: Case, act: Callable[[], object], done: str, *, to: str = "screening:case_detail"
) -> HttpResponse:
    """Do one thing to a case and return to it, with what was done or why it was not."""
    attempt(request, act, done)
    return redirect(to, case.reference)


@require_POST
def condition_add(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    form = ConditionForm(request.POST, auto_id="condition_%s")
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    if not form.is_valid():
        return case_page(request, case, condition_form=form, status=422)
    try:
        services.add_condition(case, by=request.user, **form.cleaned_data)
    except RuleViolation as broken_rule:
        form.add_error(None, str(broken_rule))
        return case_page(request, case, condition_form=form, status=409)
    return redirect("screening:case_detail", case.reference)


@require_POST
def condition_remove(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    case = case_file_for(request, reference)
    condition = get_object_or_404(Condition, pk=pk, case=case)
    done = _("The condition is taken back.")
    return then(request, case, lambda: services.remove_condition(condition, by=request.user), done)


@require_POST
def case_recommend(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    form = RecommendForm(request.POST)
    if not form.is_valid():
        return case_page(request, case, recommend_form=form, status=422)
    try:
        services.recommend_case(case, by=request.user, **form.cleaned_data)
    except RuleViolation as broken_rule:
        refuse(form, broken_rule, case)
        return case_page(request, case, recommend_form=form, status=409)
    messages.success(request, _("Recommended. A second person decides."))
    return redirect("screening:case_detail", case.reference)


def refuse(form: Form, broken_rule: RuleViolation, subject, *, name: str = "version") -> None:
    """Show a broken rule on a form. After a stale edit the form carries the version that is true now."""
    form.add_error(None, str(broken_rule))
    if isinstance(broken_rule, StaleEdit):
        if subject.pk:
            subject.refresh_from_db()
        data = QueryDict(mutable=True)
        data.update({**form.data, name: getattr(subject, name)})
        form.data = data
