"""What one does to cases in the queue: take, assign, snooze, escalate, ask, label, note; one or many."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal.errors import RuleViolation
from portal.http import SignedIn, attempt, render_page, safe_next
from screening import queries
from screening.forms import ReasonForm
from screening.forms.queue import (
    AssignForm,
    BulkForm,
    LabelsForm,
    QuestionForm,
    SnoozeForm,
    ViewNameForm,
    act_forms,
)
from screening.forms.replies import TextForm
from screening.models import Case, Question, SavedView
from screening.services import cases, queue
from screening.views.cases import case_file_for

MOST_IN_BULK = 100


@require_safe
def case_glance(request: SignedIn, reference: str) -> HttpResponse:
    """A case in short, with what one does most: the second pane of the queue on wide screens."""
    case = case_file_for(request, reference)
    user = request.user
    context = {
        "case": case,
        "hits": list(case.company.hits.for_list()[:5]),
        "next_hit": queries.next_hit(case.company),
        "can_assess": user.has_perm("screening.assess_case") and case.requested_by_id != user.pk,
        **act_forms(case),
    }
    return render_page(request, "screening/case_glance.html", context, partial="screening/_case_glance.html")


@require_safe
def case_next(request: SignedIn, reference: str) -> HttpResponse:
    """To the case that comes after this one in the queue; to the queue where none does."""
    case = case_file_for(request, reference)
    following = queries.case_after(case, request.user)
    if following is None:
        messages.info(request, _("That was the last one of the queue."))
        return redirect("screening:case_list")
    return redirect("screening:case_detail", following.reference)


def _problems(form: Form) -> str:
    """All that is wrong with a small form, in one line."""
    return " ".join(str(message) for errors in form.errors.values() for message in errors)


def _act(
    request: SignedIn, reference: str, form: Form, act: Callable[[Case], object], done: str
) -> HttpResponse:
    """Do one small thing to a case and go back to where it was asked for, with what was done or why not."""
    case = case_file_for(request, reference)
    back = safe_next(request, reverse("screening:case_detail", args=[case.reference]))
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    if not form.is_valid():
        messages.error(request, _problems(form))
        return redirect(back)
    attempt(request, lambda: act(case), f"{case.reference}: {done}")
    return redirect(back)


@require_POST
def case_assign(request: SignedIn, reference: str) -> HttpResponse:
    form = AssignForm(request.POST)
    return _act(
        request,
        reference,
        form,
        lambda case: queue.assign_case(case, to=form.cleaned_data["to"], by=request.user),
        _("assigned."),
    )


@require_POST
def case_snooze(request: SignedIn, reference: str) -> HttpResponse:
    form = SnoozeForm(request.POST)
    return _act(
        request,
        reference,
        form,
        lambda case: queue.snooze_case(case, by=request.user, **form.cleaned_data),
        _("snoozed."),
    )


@require_POST
def case_wake(request: SignedIn, reference: str) -> HttpResponse:
    return _act(
        request,
        reference,
        Form(request.POST),
        lambda case: queue.wake_case(case, by=request.user),
        _("back in the queue."),
    )


@require_POST
def case_escalate(request: SignedIn, reference: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    return _act(
        request,
        reference,
        form,
        lambda case: queue.escalate_case(case, reason=form.cleaned_data["note"][:300], by=request.user),
        _("escalated. The deciders are told."),
    )


@require_POST
def case_ask(request: SignedIn, reference: str) -> HttpResponse:
    form = QuestionForm(request.POST)
    return _act(
        request,
        reference,
        form,
        lambda case: queue.ask_question(case, by=request.user, **form.cleaned_data),
        _("asked. The clock waits for the answer."),
    )


@require_POST
def question_drop(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    question = get_object_or_404(Question, pk=pk, case__reference=reference)
    return _act(
        request,
        reference,
        Form(request.POST),
        lambda case: queue.drop_question(question, by=request.user),
        _("the question is dropped."),
    )


@require_POST
def case_label(request: SignedIn, reference: str) -> HttpResponse:
    form = LabelsForm(request.POST)
    return _act(
        request,
        reference,
        form,
        lambda case: queue.label_case(
            case, add=form.words, drop=set(case.labels) - set(form.words), by=request.user
        ),
        _("labelled."),
    )


@require_POST
def case_note(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    form = TextForm(request.POST, label=_("Note"))
    if form.is_valid():
        queue.add_note(case, text=form.cleaned_data["text"], by=request.user)
        messages.success(request, _("The note is on record. Later cases show it as well."))
    else:
        messages.error(request, _("Write the note first."))
    return redirect("screening:case_detail", case.reference)


@require_POST
def case_reopen(request: SignedIn, reference: str) -> HttpResponse:
    case = case_file_for(request, reference)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason stays on record."))
        return redirect("screening:case_detail", case.reference)
    try:
        fresh = cases.reopen_case(case, note=form.cleaned_data["note"], by=request.user)
    except RuleViolation as broken_rule:
        messages.error(request, str(broken_rule))
        return redirect("screening:case_detail", case.reference)
    messages.success(request, _("Case %(case)s examines the company again.") % {"case": fresh.reference})
    return redirect("screening:case_detail", fresh.reference)


# --- many at once -------------------------------------------------------------------------------------------


@require_POST
def case_bulk(request: SignedIn) -> HttpResponse:
    """Assign, label or snooze the chosen cases. Each succeeds or is refused by itself, and says why."""
    if not request.user.has_perm("screening.assess_case"):
        raise PermissionDenied
    form = BulkForm(request.POST)
    back = safe_next(request, reverse("screening:case_list"))
    chosen = Case.objects.visible_to(request.user).filter(reference__in=request.POST.getlist("case"))
    if not form.is_valid():
        messages.error(
            request, " ".join(str(message) for errors in form.errors.values() for message in errors)
        )
        return redirect(back)
    values = form.cleaned_data
    words = values["labels"].split(",")
    acts: dict[str, Callable[[Case], object]] = {
        "assign": lambda case: queue.assign_case(case, to=values["to"], by=request.user),
        "label": lambda case: queue.label_case(case, add=words, by=request.user),
        "snooze": lambda case: queue.snooze_case(
            case, until=values["until"], for_list=False, by=request.user
        ),
    }
    rows = list(chosen.select_related("company")[:MOST_IN_BULK])
    if not rows:
        messages.error(request, _("Choose at least one case."))
        return redirect(back)
    done, refused = queue.in_bulk(rows, acts[values["act"]])
    if done:
        count = len(done)
        messages.success(request, ngettext("%(n)d case done.", "%(n)d cases done.", count) % {"n": count})
    for case, why in refused:
        messages.error(request, f"{case.reference}: {why}")
    return redirect(back)


@require_POST
def view_save(request: SignedIn) -> HttpResponse:
    if not request.user.has_perm("screening.view_case"):
        raise PermissionDenied
    form = ViewNameForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the view a name."))
        return redirect("screening:case_list")
    query = QueryDict(form.cleaned_data["query"], mutable=True)
    query.pop("page", None)
    try:
        view = queue.save_view(name=form.cleaned_data["name"], query=query.urlencode(), by=request.user)
    except RuleViolation as broken_rule:
        messages.error(request, str(broken_rule))
        return redirect("screening:case_list")
    messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return redirect(f"{reverse('screening:case_list')}?{view.query}")


@require_POST
def view_remove(request: SignedIn, pk: int) -> HttpResponse:
    view = SavedView.objects.filter(user=request.user, pk=pk).first()
    if view is None:
        raise Http404
    view.delete()
    messages.success(request, _("The view is removed."))
    return redirect("screening:case_list")


@require_safe
def shortcuts(request: SignedIn) -> HttpResponse:
    """What each key does. Off until somebody turns them on here; every act is also a button."""
    return render(request, "screening/shortcuts.html")
