"""The dossier of a company, for reviewers; and what a company states about itself, for its people."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.models import Company
from portal.errors import RuleViolation, StaleEdit
from portal.forms import focus_id
from portal.http import SignedIn
from portal.models import Sector
from screening.dossier import FIELDS, PARTS, in_words, unanswered
from screening.forms import ReasonForm
from screening.forms.dossier import (
    ActivityForm,
    CompactEventForm,
    ControversyForm,
    DisclosureForm,
    FactForm,
    to_show,
    to_store,
)
from screening.forms.facts_file import FactsFileForm
from screening.models import (
    Activity,
    CompactEvent,
    CompanyFact,
    Controversy,
    Decision,
    Disclosure,
    Question,
)
from screening.models.dossier import Sourced
from screening.services import dossier as services
from screening.views.cases import case_file_for, refuse, run_context

HERE = "screening:dossier"
# Rows of a dossier that are added and struck one by one: the form, the service, and what the page calls it.
ROWS: dict[str, tuple[type[Form], Callable[..., Any], type[Sourced]]] = {
    "activity": (ActivityForm, services.add_activity, Activity),
    "controversy": (ControversyForm, services.add_controversy, Controversy),
    "standing": (CompactEventForm, services.add_compact_event, CompactEvent),
}


def row_titles() -> dict[str, str]:
    return {
        "activity": _("An activity"),
        "controversy": _("A controversy"),
        "standing": _("Standing in the Global Compact"),
        "fact": _("A fact"),
    }


@require_safe
def dossier(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    company = case.company
    facts = {fact.field: fact for fact in CompanyFact.objects.current().filter(company=company)}
    context = {
        "case": case,
        "tab": "dossier",
        **run_context(case),
        "can_edit": request.user.has_perm("screening.assess_case"),
        "parts": [
            {
                "label": part.label,
                "rows": [
                    {
                        "field": field,
                        "fact": facts.get(field.name),
                        "value": in_words(field, facts[field.name].value) if field.name in facts else "",
                    }
                    for field in part.fields
                ],
            }
            for part in PARTS
        ],
        "activities": list(company.activities.current().select_related("sector")),
        "controversies": list(company.controversies.current()),
        "standings": list(company.compact_events.current()),
        "people": list(company.people.all()),
        "sent": company.disclosures.exclude(sent_at=None).select_related("sent_by").first(),
    }
    return render(request, "screening/dossier.html", context)


@require_http_methods(["GET", "POST"])
def fact_edit(request: SignedIn, reference: str, field: str) -> HttpResponse:
    case = case_file_for(request, reference)
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    known = FIELDS.get(field)
    if known is None:
        raise Http404
    fact = CompanyFact.objects.current().filter(company=case.company, field=field).first()
    initial = {"value": to_show(known, fact.value)} if fact else {}
    data = request.POST if request.method == "POST" else None
    form = FactForm(data, field=known, initial={**initial, "stated_on": timezone.localdate()})
    if form.is_valid():
        values = {**form.cleaned_data}
        value = to_store(known, values.pop("value"))
        services.state_fact(case.company, field, value=value, by=request.user, **values)
        messages.success(request, _("On record, with its source."))
        return redirect(HERE, case.reference)
    context = {"case": case, "form": form, "title": known.label}
    return render(request, "screening/dossier_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def facts_import(request: SignedIn, reference: str) -> HttpResponse:
    """Facts from a table, each with its source; a file with a wrong line changes nothing."""
    case = case_file_for(request, reference)
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    is_sent = request.method == "POST"
    form = FactsFileForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if form.is_valid():
        count = services.import_facts(case.company, form.rows, by=request.user)
        words = ngettext("%(n)d fact is new on record.", "%(n)d facts are new on record.", count)
        messages.success(request, words % {"n": count})
        return redirect(HERE, case.reference)
    context = {"case": case, "form": form, "parts": PARTS}
    return render(request, "screening/facts_import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def row_add(request: SignedIn, reference: str, kind: str) -> HttpResponse:
    """Add an activity, a controversy or a standing, each with its source."""
    case = case_file_for(request, reference)
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    if kind not in ROWS:
        raise Http404
    form_class, add, _model = ROWS[kind]
    data = request.POST if request.method == "POST" else None
    form = form_class(data, initial={"stated_on": timezone.localdate()})
    if form.is_valid():
        add(case.company, by=request.user, **form.cleaned_data)
        messages.success(request, _("On record, with its source."))
        return redirect(HERE, case.reference)
    context = {"case": case, "form": form, "title": row_titles()[kind], "sectors": sectors()}
    return render(request, "screening/dossier_form.html", context, status=422 if form.is_bound else 200)


def sectors() -> list[tuple[str, str]]:
    """Code and title of each ISIC class, group and division, to choose from while typing."""
    return list(Sector.objects.exclude(level="section").values_list("code", "title_en"))


@require_http_methods(["GET", "POST"])
def row_strike(request: SignedIn, reference: str, kind: str, pk: int) -> HttpResponse:
    """Take a statement out of the dossier, with the reason."""
    case = case_file_for(request, reference)
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    models: dict[str, Any] = {name: row[2] for name, row in ROWS.items()} | {"fact": CompanyFact}
    if kind not in models:
        raise Http404
    row = get_object_or_404(models[kind], pk=pk, company=case.company, ended_at=None)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.strike(row, note=form.cleaned_data["note"], by=request.user)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
        else:
            messages.success(request, _("Struck. It stays on record."))
            return redirect(HERE, case.reference)
    context = {"case": case, "form": form, "title": _("Strike: %(row)s") % {"row": row}}
    return render(request, "screening/dossier_form.html", context, status=status)


# --- the company's own pages --------------------------------------------------------------------------------


@require_safe
def my_screening(request: SignedIn) -> HttpResponse:
    """What a company has to do with the screening of itself: state facts, answer questions, read outcomes."""
    companies = list(Company.objects.of_member(request.user).order_by("name"))
    if not companies:
        raise PermissionDenied
    drafts = {row.company_id: row for row in Disclosure.objects.filter(company__in=companies, sent_at=None)}
    sent = {
        row.company_id: row
        for row in Disclosure.objects.filter(company__in=companies).exclude(sent_at=None).order_by("sent_at")
    }
    context = {
        "companies": [
            {"company": company, "draft": drafts.get(company.pk), "sent": sent.get(company.pk)}
            for company in companies
        ],
        "part_count": len(PARTS),
        "questions": list(
            Question.objects.filter(
                case__company__in=companies, to="company", answered_at=None, dropped_at=None
            ).select_related("case__company")
        ),
        "decisions": list(
            Decision.objects.filter(company__in=companies).select_related("company", "entity")[:50]
        ),
    }
    return render(request, "screening/my_screening.html", context)


def _own_company(request: SignedIn, public_id) -> Company:
    return get_object_or_404(Company.objects.of_member(request.user), public_id=public_id)


@require_http_methods(["GET", "POST"])
def disclosure(request: SignedIn, public_id) -> HttpResponse:
    """The parts of a company's statement with how far each is, and sending it."""
    company = _own_company(request, public_id)
    draft = services.next_disclosure(company, by=request.user)
    missing: list[dict] = []
    if request.method == "POST":
        try:
            services.send_disclosure(company, by=request.user)
        except RuleViolation as broken_rule:
            # A colleague may have changed it since it was read here: then the rule speaks for itself.
            missing = _missing(draft) or [{"message": str(broken_rule)}]
        else:
            messages.success(request, _("Sent. Thank you: it is on record as of today."))
            return redirect("screening:my_screening")
    context = {
        "company": company,
        "draft": draft,
        "steps": _steps(draft),
        "missing": missing,
    }
    return render(request, "screening/disclosure.html", context, status=422 if missing else 200)


def _missing(draft: Disclosure) -> list[dict]:
    """What stands in the way of sending, for `error_summary.html`: questions, and parts never looked at."""
    open_questions = unanswered(draft.values, draft.activities)
    links = []
    for part in PARTS:
        url = reverse("screening:disclosure_part", args=[draft.company.public_id, part.slug])
        form = DisclosureForm(part=part, activities=[])
        asked = [field for asking, field in open_questions if asking == part]
        for field in asked:
            message = f"{part.label}: {field.label}"
            links.append({"url": f"{url}#{focus_id(form[field.name])}", "message": message})
        if not asked and part.slug not in draft.parts_done:
            links.append({"url": url, "message": str(part.label)})
    return links


def _steps(draft: Disclosure, current: str = "") -> list[dict]:
    """The parts with how far each is: its slug of `components/status_tag.html`."""
    open_parts = {part.slug for part, _field in unanswered(draft.values, draft.activities)}
    return [
        {
            "slug": part.slug,
            "label": part.label,
            "status": "not_started"
            if part.slug not in draft.parts_done
            else "part"
            if part.slug in open_parts
            else "done",
            "is_current": part.slug == current,
        }
        for part in PARTS
    ]


@require_http_methods(["GET", "POST"])
def disclosure_part(request: SignedIn, public_id, part: str) -> HttpResponse:
    """One part of a company's statement: saved, and taken up again whenever one likes."""
    company = _own_company(request, public_id)
    known = next((item for item in PARTS if item.slug == part), None)
    if known is None:
        raise Http404
    draft = services.next_disclosure(company, by=request.user)
    initial = {field.name: to_show(field, draft.values.get(field.name)) for field in known.fields}
    form = DisclosureForm(
        request.POST if request.method == "POST" else None,
        part=known,
        activities=draft.activities,
        is_partial="next" not in request.POST,
        initial={**initial, "revision": draft.revision},
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.save_part(
                company,
                part,
                revision=form.cleaned_data["revision"],
                values=form.values,
                activities=form.activities,
                by=request.user,
            )
        except StaleEdit as broken_rule:
            draft = services.next_disclosure(company, by=request.user)
            refuse(form, broken_rule, draft, name="revision")
            status = 409
        else:
            slugs = [item.slug for item in PARTS]
            later = slugs[slugs.index(part) + 1 :]
            if request.POST.get("next") and later:
                return redirect("screening:disclosure_part", company.public_id, later[0])
            return redirect("screening:disclosure", company.public_id)
    context = {
        "company": company,
        "draft": draft,
        "part": known,
        "form": form,
        "steps": _steps(draft, part),
        "sectors": sectors() if part == "activities" else [],
    }
    return render(request, "screening/disclosure_part.html", context, status=status)
