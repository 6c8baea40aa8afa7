"""Companies: those of a business user, and all of them for UN users."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.forms.companies import CompanyForm, company_rows
from partnerships.forms.partnerships import answers, row_answer
from partnerships.models import Company, Partnership
from partnerships.queries.companies import (
    RegisterCheck,
    companies_at_domain_of,
    companies_like,
    for_desk,
    register_checks,
)
from partnerships.queries.coordination import lead_proposals
from partnerships.queries.triage import in_talks
from partnerships.services import companies as services
from partnerships.services.partnerships import add_company
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn, attempt, safe_next
from screening.queries import clearances_for, survivor_of

PAGE_SIZE = 25
DUPLICATES_SHOWN = 5
of_business = permission_required("partnerships.make_offer", raise_exception=True)
of_un = permission_required("partnerships.view_inside", raise_exception=True)


@require_safe
@of_business
def my_companies(request: SignedIn) -> HttpResponse:
    companies = Company.objects.of_member(request.user).select_related("country", "sector")
    context = {"companies": companies.order_by("name"), "colleagues": companies_at_domain_of(request.user)}
    return render(request, "partnerships/my_companies.html", context)


@require_safe
@of_un
def company_list(request: SignedIn) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:200]
    page = Paginator(for_desk(request.user, words), PAGE_SIZE).get_page(request.GET.get("page"))
    may_see = request.user.has_perm("screening.view_clearance")
    clearances = clearances_for(page.object_list) if may_see else {}
    context = {
        "words": words,
        "page": page,
        "rows": [
            {"company": company, "clearance": clearances.get(company.pk)} for company in page.object_list
        ],
        "may_see_clearance": may_see,
        "may_create": services.may_create(request.user),
    }
    return render(request, "partnerships/company_list.html", context)


@require_safe
@of_un
def company_desk(request: SignedIn, public_id) -> HttpResponse:
    """A company as UN users see it: names, people, records, and its clearance for those who may see that."""
    companies = Company.objects.visible_to(request.user).select_related("country", "sector")
    company = get_object_or_404(companies.prefetch_related("names", "people__country"), public_id=public_id)
    if survivor := survivor_of(company):
        return redirect("partnerships:company_desk", survivor.public_id, permanent=True)
    records = Partnership.objects.visible_to(request.user).filter(parties__company=company)
    may_see = request.user.has_perm("screening.view_clearance")
    context = {
        "company": company,
        "checks": _checks(company),
        "talks": in_talks(company),
        "leads": lead_proposals(company, request.user),
        "records": records.order_by("-id"),
        "may_see_clearance": may_see,
        "clearance": clearances_for([company]).get(company.pk) if may_see else None,
        "may_edit": services.may_edit(company, request.user),
        "may_request": request.user.has_perm("screening.request_case"),
    }
    return render(request, "partnerships/company_desk.html", context)


@require_http_methods(["GET", "POST"])
def company_new(request: SignedIn) -> HttpResponse:
    """Create a company. Names that are there already are shown first; `record` adds it to a record."""
    if not services.may_create(request.user):
        raise PermissionDenied
    return _company_form(request, None)


@require_http_methods(["GET", "POST"])
def company_edit(request: SignedIn, public_id) -> HttpResponse:
    company = get_object_or_404(Company.objects.visible_to(request.user), public_id=public_id)
    if survivor := survivor_of(company):
        path = request.path.replace(str(company.public_id), str(survivor.public_id))
        return redirect(path, permanent=True)
    if not services.may_edit(company, request.user):
        raise PermissionDenied
    return _company_form(request, company)


def _company_form(request: SignedIn, company: Company | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = CompanyForm(
        data, instance=company, initial={"name": request.GET.get("name", "")[:300]} if not company else None
    )
    formsets = company_rows(company, data)
    conflict, alike, status = None, [], 200 if data is None else 422
    if data is not None and form.is_valid() and all(formset.is_valid() for formset in formsets.values()):
        values = dict(form.cleaned_data)
        revision = values.pop("revision")
        if company is None and "confirmed" not in data:
            alike = list(
                companies_like(request.user, values["name"], lei=values["lei"], country=values["country"])[
                    :DUPLICATES_SHOWN
                ]
            )
        if not alike:
            try:
                saved = services.save_company(
                    company,
                    by=request.user,
                    values=values,
                    names=formsets["names"].kept,
                    people=formsets["people"].kept,
                    revision=revision if company else None,
                )
            except StaleEdit as overtaken:
                conflict = {"reason": str(overtaken), "changes": _differences(company, form, formsets)}
                status = 409
            except RuleViolation as broken_rule:
                form.add_error(None, str(broken_rule))
                status = 409
            else:
                return _after_save(request, saved)
    context = {
        "company": company,
        "checks": _checks(company) if company else [],
        "form": form,
        "formsets": formsets.values(),
        "alike": alike,
        "conflict": conflict,
        "revision": Company.objects.get(pk=company.pk).revision if company else 1,
        "record": request.GET.get("record", ""),
        "is_un": request.user.is_un,
        "cancel_url": _place_of(request, company),
    }
    return render(request, "partnerships/company_form.html", context, status=status)


def _checks(company: Company) -> list[RegisterCheck]:
    return register_checks(company, company.members.values_list("user__email", flat=True))


def _differences(company: Company | None, form: CompanyForm, formsets: dict) -> list[dict]:
    current = Company.objects.get(pk=company.pk) if company else None
    theirs_form, theirs_sets = CompanyForm(instance=current), company_rows(current, None)
    pairs = [
        (term, theirs, yours)
        for (term, theirs), (_term, yours) in zip(answers(theirs_form), answers(form), strict=True)
        if term != str(form.fields["revision"].label)
    ]
    for name, formset in formsets.items():
        theirs = "\n".join(row_answer(row) for row in theirs_sets[name].initial_forms)
        yours = "\n".join(row_answer(row) for row in formset.forms if row.cleaned_data)
        pairs.append((str(formset.form.title), theirs, yours))
    return [
        {"field": term, "theirs": theirs, "yours": yours} for term, theirs, yours in pairs if theirs != yours
    ]


def _after_save(request: SignedIn, company: Company) -> HttpResponse:
    """One more row, back to the record it was created for, or the page of the company."""
    if "more" in request.POST:
        return redirect(
            reverse("partnerships:company_edit", args=[company.public_id])
            + (f"?record={request.GET['record']}" if request.GET.get("record") else "")
            + "#more"
        )
    wanted = request.GET.get("record")
    if wanted:
        records = Partnership.objects.editable_by(request.user)
        record = get_object_or_404(records.visible_to(request.user), reference=wanted)
        attempt(request, lambda: add_company(record, company, by=request.user))
        return redirect("partnerships:partnership_step", record.reference, "parties")
    messages.success(request, _("Saved. If names or people changed, the lists are searched again."))
    return redirect(safe_next(request, _place_of(request, company)))


def _place_of(request: SignedIn, company: Company | None) -> str:
    if not request.user.is_un:
        return reverse("partnerships:my_companies")
    if company is None:
        return reverse("partnerships:company_list")
    return reverse("partnerships:company_desk", args=[company.public_id])
