"""Work on records: the list of one's own, and one record as a task list with its states."""

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships import reporting
from partnerships.forms.partnerships import (
    STEPS,
    NewForm,
    ReasonForm,
    RecordForm,
    Rows,
    answers,
    row_answer,
    rows_formset,
)
from partnerships.models import (
    PARTNERSHIP_MOVES,
    Company,
    Partnership,
    PartnershipStatus,
    SelfCheck,
    Visibility,
)
from partnerships.queries.companies import companies_like
from partnerships.queries.desk import NEXT_ACT, work_list
from partnerships.queries.history import events_of
from partnerships.services import gates
from partnerships.services import partnerships as services
from partnerships.views.records import check_words, report_state
from partnerships.views.rows import entity_names
from portal.days import day_words
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn, attempt, posted, render_page
from portal.marks import joined
from portal.models import AuditEvent
from screening.queries import overdue_conditions, standings

PAGE_SIZE = 25
COMPANIES_SHOWN = 10
EVENTS_SHOWN = 20
S = PartnershipStatus
registers = permission_required("partnerships.register_partnership", raise_exception=True)


def record_to_edit(request: SignedIn, reference: str) -> Partnership:
    """The record to work on: 404 where it is not seen, 403 where it is another entity's."""
    record = get_object_or_404(Partnership.objects.visible_to(request.user), reference=reference)
    if not Partnership.objects.editable_by(request.user).filter(pk=record.pk).exists():
        raise PermissionDenied
    return record


def late_conditions(record: Partnership) -> list[str]:
    """The conditions of clearances this record rests on that are late, a sentence each."""
    return [
        _("%(company)s: a condition is overdue since %(day)s: %(text)s")
        % {
            "company": condition.case.company,
            "day": day_words(condition.due_on),
            "text": condition.text,
        }
        for condition in overdue_conditions(record)
    ]


# --- the list ---------------------------------------------------------------------------------------------


@require_safe
@registers
def desk_partnerships(request: SignedIn) -> HttpResponse:
    show = request.GET.get("show", "open")
    tabs = [("open", _("On their way")), ("settled", _("Active and ended")), ("archive", _("Archive"))]
    if show not in dict(tabs):
        show = "open"
    page = Paginator(work_list(request.user, show), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "show": show,
        "can_review": request.user.has_perm("partnerships.review_partnership"),
        "tabs": [
            {"label": label, "url": f"?show={name}", "is_current": name == show} for name, label in tabs
        ],
        "page": page,
        "rows": [
            {
                "record": record,
                "entities": entity_names(record.entity_codes),
                "next_act": NEXT_ACT[record.status][0]() if record.status in NEXT_ACT else "",
            }
            for record in page.object_list
        ],
    }
    return render(request, "partnerships/desk_partnerships.html", context)


@require_http_methods(["GET", "POST"])
@registers
def partnership_new(request: SignedIn) -> HttpResponse:
    entities = services.own_entities(request.user)
    form = NewForm(posted(request), entities=entities)
    if form.is_valid():
        values = dict(form.cleaned_data)
        record = services.register_partnership(by=request.user, entity=values.pop("entity"), values=values)
        messages.success(request, _("Registered as %(reference)s.") % {"reference": record.reference})
        return redirect("partnerships:partnership_desk", record.reference)
    context = {"form": form, "has_entities": entities.exists()}
    return render(request, "partnerships/partnership_new.html", context, status=422 if form.is_bound else 200)


# --- one record -------------------------------------------------------------------------------------------


@require_safe
@registers
def partnership_desk(request: SignedIn, reference: str) -> HttpResponse:
    """Where a record stands, what its next state needs, and its task list."""
    record = record_to_edit(request, reference)
    onward = services.ONWARDS.get(record.status)
    parties = list(record.parties.select_related("company__country"))
    known = {party.company_id: party.company for party in parties if party.company}
    moves = PARTNERSHIP_MOVES[record.status]
    report = report_state(record)
    context = {
        "record": record,
        "steps": task_list(record),
        "onward": onward,
        "onward_label": S(onward).label if onward else "",
        "missing": gates.missing_for(record, onward) if onward else [],
        "back": [{"value": to, "label": S(to).label} for to in BACK.get(record.status, ())],
        "aside": [
            {"value": to, "label": S(to).label}
            for to in (S.ON_HOLD, S.ABANDONED, S.NOT_ELIGIBLE)
            if to in moves
            and (to != S.NOT_ELIGIBLE or request.user.has_perm("partnerships.review_partnership"))
        ],
        "can_withdraw": S.WITHDRAWN in moves,
        "companies": [
            {
                "company": known[row.company.pk],
                "clearance": row.clearance,
                "elsewhere": row.elsewhere if row.clearance is None else None,
                "words": check_words(row).sentence,
            }
            for row in standings(record)
        ],
        "can_request": request.user.has_perm("screening.request_case"),
        "reach": reach(record),
        "events": [
            {"at": event.at, "by": event.by, "note": event.note, "words": event_words(event)}
            for event in events_of(record).select_related("by").order_by("-id")[:EVENTS_SHOWN]
        ],
        "reason_form": ReasonForm(auto_id="move_%s"),
        "remarks": [*gates.remarks_on(record), *late_conditions(record)],
        "owes_reports": record.status in reporting.REPORTING and not record.is_imported,
        **report,
        "report_due": report["light"] not in ("", reporting.Light.GREEN),
        "claims_transformation": claims_transformation(record)
        if request.user.has_perm("partnerships.review_partnership")
        else False,
    }
    return render(request, "partnerships/partnership_desk.html", context)


def claims_transformation(record: Partnership) -> bool:
    """Whether the registry desk has a check to read: one was made and nobody has confirmed it yet."""
    made = record.self_checks.filter(kind=SelfCheck.Kind.TRANSFORMATIONAL, reviewed_by=None)
    return any(part["mark"] for check in made for part in check.answers.values())


def event_words(event: AuditEvent) -> str:
    """What happened to a record, in the reader's language."""
    if event.action.startswith("moved to "):
        return _("Became: %(status)s") % {"status": S(event.changes["status"][1]).label}
    if event.action.startswith("shown to "):
        return _("Shown to: %(circle)s") % {"circle": Visibility(event.changes["visibility"][1]).label}
    if event.action == "changed":
        return _("Changed: %(fields)s") % {"fields": joined(map(field_name, event.changes))}
    return {
        "registered": _("Registered"),
        "taken over": _("Taken over from an offer"),
        "agreement signed": _("Agreement signed"),
        "report begun": _("Report begun"),
        "report handed in": _("Report handed in"),
        "attached file": _("File attached"),
        "removed file": _("File removed"),
        "confirmed as transformational": _("Confirmed as transformational"),
    }.get(event.action, event.action)


def field_name(name: str) -> str:
    rows = {
        "entities": _("UN entities"),
        "parties": _("partners"),
        "contributions": _("contributions"),
        "indicators": _("indicators"),
        "milestones": _("timeline"),
        "type_details": _("questions of the type"),
        "exchanges": _("staff exchanges"),
        "un_costs": _("costs of the United Nations"),
        "measurements": _("measurements"),
        "translations": _("translations"),
        "sources": _("documents"),
        "lessons": _("lessons"),
        "self_check": _("a check of the record"),
    }
    return str(rows.get(name) or Partnership._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


BACK: dict[str, tuple[PartnershipStatus, ...]] = {
    S.SCREENING: (S.IDEA,),
    S.DESIGN: (S.SCREENING,),
    S.AGREEMENT: (S.DESIGN,),
    S.CLOSING: (S.ACTIVE,),
}


def reach(record: Partnership) -> list[dict]:
    """The circles the record can still be shown to, and what is missing for each."""
    if record.status == S.WITHDRAWN:
        return []
    wider = services.REACH[services.REACH.index(Visibility(record.visibility)) + 1 :]
    return [
        {
            "value": to,
            "label": _("Show to everybody") if to == Visibility.PUBLIC else _("Show to the UN system"),
            "missing": services.missing_for_reach(record, to),
        }
        for to in wider
    ]


def task_list(record: Partnership, current: str = "") -> list[dict]:
    """The steps of a record with how far each is."""
    words = {"done": _("Done"), "part": _("Half done"), "not_started": _("Not started")}
    steps = []
    for slug, form in STEPS.items():
        if slug == "closing" and record.status not in (S.ACTIVE, S.CLOSING, S.CLOSED, S.ON_HOLD):
            continue
        state = gates.progress_of(record, slug)
        steps.append(
            {
                "slug": slug,
                "label": form.heading,
                "url": reverse("partnerships:partnership_step", args=[record.reference, slug]),
                "status": state,
                "status_label": words[state],
                "is_current": slug == current,
            }
        )
    steps.append(
        {
            "slug": "check",
            "label": _("Check the answers"),
            "url": reverse("partnerships:partnership_check", args=[record.reference]),
            "status": "",
            "status_label": _("Any time"),
            "is_current": current == "check",
        }
    )
    return steps


@require_http_methods(["GET", "POST"])
@registers
def partnership_step(request: SignedIn, reference: str, step: str) -> HttpResponse:
    """One topic of a record. A form that was overtaken shows both versions and keeps what was typed."""
    record = record_to_edit(request, reference)
    if step not in STEPS:
        raise Http404
    saved_version = record.version
    form, formsets = _forms(record, step, posted(request))
    conflict, status = None, 422 if form.is_bound else 200
    if form.is_bound and form.is_valid() and all(formset.is_valid() for formset in formsets.values()):
        try:
            services.edit_partnership(
                record,
                by=request.user,
                version=posted_number(request, "version"),
                rows={name: formset.kept for name, formset in formsets.items()},
                **form.values(),
            )
        except StaleEdit as overtaken:
            current = record_to_edit(request, reference)
            conflict = {"reason": str(overtaken), "changes": differences(current, step, form, formsets)}
            saved_version, status = current.version, 409
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
            status = 409
        else:
            return _after_step(request, record, step)
    steps = task_list(record, step)
    context = {
        "record": record,
        "form": form,
        "formsets": formsets.values(),
        "version": saved_version,
        "conflict": conflict,
        "steps": steps,
        "is_parties": step == "parties",
    }
    return render(request, "partnerships/partnership_step.html", context, status=status)


def _forms(record: Partnership, step: str, data: Mapping | None) -> tuple[RecordForm, dict[str, Rows]]:
    # The form gets a copy: validation writes on its instance, and the page shows the record as it is saved.
    form = STEPS[step](data, instance=Partnership.objects.get(pk=record.pk))
    formsets = {
        name: rows_formset(kind, name, record, services.rows_of(record, name), data)
        for name, kind in form.rows.items()
    }
    return form, formsets


def posted_number(request: SignedIn, name: str) -> int:
    """A posted number; -1, which no row and no version has, for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else -1


def _after_step(request: SignedIn, record: Partnership, step: str) -> HttpResponse:
    """Where the pressed button leads: the next step, one more row here, or back to the record."""
    if "more" in request.POST:
        return redirect(reverse("partnerships:partnership_step", args=[record.reference, step]) + "#more")
    order = [entry["url"] for entry in task_list(record)]
    here = reverse("partnerships:partnership_step", args=[record.reference, step])
    if "second" in request.POST or here not in order:
        messages.success(request, _("Saved."))
        return redirect("partnerships:partnership_desk", record.reference)
    return redirect(order[order.index(here) + 1])


def differences(
    current: Partnership, step: str, form: RecordForm, formsets: Mapping[str, Rows]
) -> list[dict]:
    """Where the saved record and the typed answers say different things."""
    theirs_form, theirs_sets = _forms(current, step, None)
    pairs = [
        (term, theirs, yours)
        for (term, theirs), (_term, yours) in zip(answers(theirs_form), answers(form), strict=True)
    ]
    for name, formset in formsets.items():
        theirs = "\n".join(row_answer(row) for row in theirs_sets[name].initial_forms)
        yours = "\n".join(
            row_answer(row) for row in formset.forms if row.has_changed() or row in formset.initial_forms
        )
        pairs.append((str(form.rows[name].title), theirs, yours))
    return [
        {"field": term, "theirs": theirs, "yours": yours} for term, theirs, yours in pairs if theirs != yours
    ]


@require_safe
@registers
def partnership_check(request: SignedIn, reference: str) -> HttpResponse:
    """All answers of a record on one page, each with a link to change it."""
    record = record_to_edit(request, reference)
    topics = []
    for entry in task_list(record):
        if entry["slug"] == "check":
            continue
        form, formsets = _forms(record, entry["slug"], None)
        rows = [{"term": term, "value": value, "url": entry["url"]} for term, value in answers(form)]
        for formset in formsets.values():
            for row in formset.initial_forms:
                rows.append({"term": str(row.title), "value": row_answer(row), "url": entry["url"]})
        topics.append({"heading": form.heading, "rows": rows, "url": entry["url"]})
    context = {"record": record, "topics": topics, "steps": task_list(record, "check")}
    return render(request, "partnerships/partnership_check.html", context)


# --- acts -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@registers
def partnership_company(request: SignedIn, reference: str) -> HttpResponse:
    """Find a company and add it to the record; a new one is created on its own page."""
    record = record_to_edit(request, reference)
    if request.method == "POST":
        company = get_object_or_404(
            Company.objects.visible_to(request.user), pk=posted_number(request, "company")
        )
        done = _("%(company)s was added. Say its role below.") % {"company": company.name}
        attempt(request, lambda: services.add_company(record, company, by=request.user), done)
        return redirect("partnerships:partnership_step", record.reference, "parties")
    words = request.GET.get("q", "").strip()[:200]
    found = list(companies_like(request.user, words)[:COMPANIES_SHOWN]) if len(words) > 1 else []
    context = {
        "record": record,
        "words": words,
        "found": found,
        "there": set(record.parties.exclude(company=None).values_list("company_id", flat=True)),
    }
    return render_page(
        request,
        "partnerships/partnership_company.html",
        context,
        partial="partnerships/_company_choices.html",
    )


@require_POST
@registers
def partnership_move(request: SignedIn, reference: str) -> HttpResponse:
    """Advance, send back, or set a record aside. What forbids it is said on the record's page."""
    record = record_to_edit(request, reference)
    to = request.POST.get("to", "")
    if to not in S.values:
        raise Http404
    note = request.POST.get("reason", "")[:1000]
    attempt(
        request,
        lambda: services.advance_partnership(record, to=to, by=request.user, note=note),
        _("Now: %(status)s.") % {"status": S(to).label},
    )
    return redirect("partnerships:partnership_desk", record.reference)


@require_POST
@registers
def partnership_transformational(request: SignedIn, reference: str) -> HttpResponse:
    """The registry desk has read the check and agrees."""
    record = record_to_edit(request, reference)
    done = _("Confirmed as transformational.")
    attempt(request, lambda: services.confirm_transformational(record, by=request.user), done)
    return redirect("partnerships:partnership_desk", record.reference)


@require_POST
@registers
def partnership_publish(request: SignedIn, reference: str) -> HttpResponse:
    record = record_to_edit(request, reference)
    to = request.POST.get("to", "")
    if to not in Visibility.values:
        raise Http404
    done = _("Shown to: %(circle)s.") % {"circle": Visibility(to).label}
    attempt(request, lambda: services.publish_partnership(record, to=to, by=request.user), done)
    return redirect("partnerships:partnership_desk", record.reference)


@require_http_methods(["GET", "POST"])
@registers
def partnership_withdraw(request: SignedIn, reference: str) -> HttpResponse:
    record = record_to_edit(request, reference)
    form = ReasonForm(posted(request))
    if form.is_valid():
        try:
            services.withdraw_partnership(record, by=request.user, reason=form.cleaned_data["reason"])
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, _("Withdrawn. Its address now says why."))
            return redirect("partnerships:partnership_desk", record.reference)
    context = {"record": record, "form": form}
    return render(
        request, "partnerships/partnership_withdraw.html", context, status=422 if form.is_bound else 200
    )
