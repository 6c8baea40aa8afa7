import smtplib
from collections.abc import Callable
from functools import partial
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints import moulds
from focalpoints.editions import edition, language_label, language_name
from focalpoints.forms.newsletter import (
    IssueForm,
    ItemForm,
    NewIssueForm,
    PreviewForm,
    TitleForm,
    WordsForm,
)
from focalpoints.forms.versions import renew_version
from focalpoints.models import Issue, IssueItem, IssueSection, IssueStatus
from focalpoints.queries import newsletter as queries
from focalpoints.queries.picks import SOURCES, picks_for, used_in
from focalpoints.services import issues as services
from focalpoints.services import sending
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn, render_page

editor = permission_required("focalpoints.edit_newsletter", raise_exception=True)


def _issue(request: HttpRequest, number: int) -> Issue:
    return get_object_or_404(
        Issue.objects.visible_to(request.user).select_related("created_by", "submitted_by", "approved_by"),
        number=number,
    )


def _language(request: HttpRequest, issue: Issue) -> str:
    wanted = request.GET.get("edition", "en")
    return wanted if wanted in issue.editions else "en"


def _compose_url(issue: Issue, language: str = "en", section: str = "") -> str:
    query = {"edition": language} if language != "en" else {}
    query |= {"block": section} if section else {}
    return reverse("focalpoints:newsletter_issue", args=[issue.number], query=query, fragment=section or None)


@require_http_methods(["GET", "POST"])
@editor
def newsletter_list(request: SignedIn) -> HttpResponse:
    form = NewIssueForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        issue = services.create_issue(title=form.cleaned_data["title"], by=request.user)
        return redirect("focalpoints:newsletter_issue", number=issue.number)
    context = {
        "issues": Issue.objects.visible_to(request.user).select_related("created_by", "approved_by")[:100],
        "figures": queries.reader_figures(),
        "form": form,
    }
    return render(request, "focalpoints/newsletter_list.html", context, status=422 if form.is_bound else 200)


@require_safe
@editor
def newsletter_issue(request: SignedIn, number: int) -> HttpResponse:
    """The composer; once an issue goes out, the place where its sending is watched."""
    issue = _issue(request, number)
    if issue.sending_at:
        return _progress(request, issue)
    language = _language(request, issue)
    items = list(issue.items.all())
    gates = queries.gates(issue)
    content = edition(issue, items, language)
    block = request.GET.get("block", "")
    context = {
        "issue": issue,
        "edition": content,
        "current": block if block in issue.sections else next(iter(issue.sections), ""),
        "tabs": [
            {"code": code, "name": language_name(code), "is_current": code == language}
            for code in issue.editions
        ],
        "is_translation": language != "en",
        "falls_back": language in issue.falls_back,
        "checks": gates,
        "stop_count": sum(gate.state == "stop" for gate in gates),
        "audience": queries.audience(issue),
        "addable": [choice for choice in IssueSection.choices if choice[0] not in issue.sections],
        "pickable": SOURCES,
        "may_approve": issue.status == IssueStatus.REVIEW and issue.submitted_by_id != request.user.pk,
    }
    return render(request, "focalpoints/newsletter_issue.html", context)


def _progress(request: HttpRequest, issue: Issue) -> HttpResponse:
    context = {
        "issue": issue,
        "progress": queries.progress(issue),
        "links": queries.opened_links(issue),
        "refused": issue.deliveries.filter(status__in=["failed", "uncertain", "bounced", "complained"])
        .select_related("subscriber")
        .order_by("status", "id")[:100],
        "is_moving": issue.status == IssueStatus.SENDING,
    }
    return render_page(
        request, "focalpoints/newsletter_sending.html", context, partial="focalpoints/_sending.html"
    )


@require_http_methods(["GET", "POST"])
@editor
def newsletter_details(request: SignedIn, number: int) -> HttpResponse:
    issue = _issue(request, number)
    form = IssueForm(request.POST if request.method == "POST" else None, instance=issue)
    status = 200
    if form.is_valid():
        values = form.cleaned_data
        version = values.pop("version")
        try:
            services.save_details(issue, values, version=version, by=request.user)
        except RuleViolation as error:
            form.add_error(None, str(error))
            status = 409
            if isinstance(error, StaleEdit):
                renew_version(form, Issue.objects.get(pk=issue.pk).version)
        else:
            return redirect(_compose_url(issue))
    if form.errors and status == 200:
        status = 422
    context = {"form": form, "issue": issue, "heading": _("Title, readers and editions")}
    return render(request, "focalpoints/newsletter_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@editor
def newsletter_title(request: SignedIn, number: int) -> HttpResponse:
    """The title of an edition other than English."""
    issue = _issue(request, number)
    language = _language(request, issue)
    if language == "en":
        return redirect("focalpoints:newsletter_details", number=number)
    initial = {"title": issue.translations.get(language, {}).get("title", "")}
    form = TitleForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        services.save_title(issue, form.cleaned_data["title"], language=language, by=request.user)
        return redirect(_compose_url(issue, language))
    context = {
        "form": form,
        "issue": issue,
        "heading": _("Title, %(language)s") % {"language": language_label(language)},
        "source_title": issue.title,
        "edition_language": language,
    }
    return render(request, "focalpoints/newsletter_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@editor
def newsletter_item(request: SignedIn, number: int, pk: int | None = None) -> HttpResponse:
    """A written block: a new one in `?section=`, an existing one, or its translation for `?edition=`."""
    issue = _issue(request, number)
    item = get_object_or_404(issue.items, pk=pk) if pk else None
    section = item.section if item else request.GET.get("section", "")
    if section not in IssueSection.values:
        raise Http404
    language = _language(request, issue) if item else "en"
    form = _item_form(request, item, language)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.save_item(
                issue,
                item,
                section=section,
                language=language,
                by=request.user,
                **form.cleaned_data,
            )
        except RuleViolation as error:
            form.add_error(None, str(error))
            status = 409
            if isinstance(error, StaleEdit) and item:
                renew_version(form, IssueItem.objects.get(pk=item.pk).version)
        else:
            return redirect(_compose_url(issue, language, section))
    context = {
        "form": form,
        "issue": issue,
        "heading": IssueSection(section).label,
        "source_title": item.title if item and language != "en" else "",
        "source_text": item.text if item and (language != "en" or status == 409) else "",
        "edition_language": language,
    }
    return render(request, "focalpoints/newsletter_form.html", context, status=status)


def _item_form(request: HttpRequest, item: IssueItem | None, language: str) -> WordsForm:
    data = request.POST if request.method == "POST" else None
    if item is None:
        return ItemForm(data)
    if language != "en":
        return WordsForm(data, initial=item.translations.get(language, {}) | {"version": item.version})
    fields = ("title", "text", "url", "is_call_out", "version")
    return ItemForm(data, initial={field: getattr(item, field) for field in fields})


@require_http_methods(["GET", "POST"])
@editor
def newsletter_pick(request: SignedIn, number: int) -> HttpResponse:
    issue = _issue(request, number)
    section = request.GET.get("section", "")
    if section not in SOURCES:
        raise Http404
    if request.method == "POST":
        count = services.pick_items(issue, section, request.POST.getlist("source"), by=request.user)
        messages.success(
            request, ngettext("%(n)d record picked.", "%(n)d records picked.", count) % {"n": count}
        )
        return redirect(_compose_url(issue, section=section))
    used = used_in(issue)
    context = {
        "issue": issue,
        "section": section,
        "label": IssueSection(section).label,
        "picks": [(pick, used.get(pick.source)) for pick in picks_for(section)],
        "taken": set(issue.items.values_list("source", flat=True)),
    }
    return render(request, "focalpoints/newsletter_pick.html", context)


@require_POST
@editor
def newsletter_arrange(request: SignedIn, number: int) -> HttpResponse:
    """One press on the outline: `do` says what, `section` or `item` says with which."""
    issue = _issue(request, number)
    section, do = request.POST.get("section", ""), request.POST.get("do", "")
    language = request.POST.get("edition", "en")
    by = request.user
    item = (
        issue.items.filter(pk=request.POST["item"]).first()
        if request.POST.get("item", "").isdecimal()
        else None
    )
    acts: dict[str, Callable[[], Any]] = {
        "add": partial(services.add_section, issue, section, by=by),
        "up": partial(services.move_section, issue, section, -1, by=by),
        "down": partial(services.move_section, issue, section, 1, by=by),
        "remove": partial(services.remove_section, issue, section, by=by),
        "fill": partial(services.fill_section, issue, section, by=by),
        "fall_back": partial(services.fall_back, issue, language, allowed=True, by=by),
        "translate": partial(services.fall_back, issue, language, allowed=False, by=by),
    }
    if item:
        section = item.section
        acts |= {
            "item_up": partial(services.move_item, issue, item, -1, by=by),
            "item_down": partial(services.move_item, issue, item, 1, by=by),
            "item_remove": partial(services.remove_item, issue, item, by=by),
        }
    if do not in acts:
        raise RuleViolation(_("This cannot be done with this block."))
    added = acts[do]()
    if do == "fill":
        words = ngettext("%(n)d new record put in.", "%(n)d new records put in.", added)
        messages.success(request, words % {"n": added} if added else _("Nothing new since the last issue."))
    return redirect(_compose_url(issue, language, section))


@require_POST
@editor
def newsletter_move(request: SignedIn, number: int) -> HttpResponse:
    """Review, approval, sending: `to` names the step."""
    issue = _issue(request, number)
    steps: dict[str, Callable[..., object]] = {
        "review": services.submit_issue,
        "draft": services.return_issue,
        "approve": services.approve_issue,
        "schedule": services.schedule_issue,
        "unschedule": services.unschedule_issue,
        "discard": services.discard_issue,
        "send": sending.send_issue,
        "pause": sending.pause_issue,
        "resume": sending.resume_issue,
        "cancel": sending.cancel_sending,
        "retry": sending.retry_failed,
    }
    step = steps.get(request.POST.get("to", ""))
    if step is None:
        raise RuleViolation(_("There is no such step."))
    try:
        step(issue, by=request.user)
    except RuleViolation as error:  # the button is always there, and the page says why it did nothing
        messages.error(request, str(error))
    return redirect("focalpoints:newsletter_issue", number=number)


@require_POST
@editor
def newsletter_test(request: SignedIn, number: int) -> HttpResponse:
    issue = _issue(request, number)
    language = request.POST.get("edition", "en")
    try:
        sending.send_test(issue, language if language in issue.editions else "en", by=request.user)
    except (OSError, smtplib.SMTPException) as error:
        raise RuleViolation(_("The mail server does not answer: %(error)s") % {"error": error}) from error
    messages.success(request, _("A test is on its way to %(email)s.") % {"email": request.user.email})
    return redirect(_compose_url(issue, language))


@require_http_methods(["GET", "POST"])
@editor
def newsletter_preview(request: SignedIn, number: int) -> HttpResponse:
    """The plain part of the mail, and the way to its HTML; a POST asks what the reader of an address gets.

    A POST, so that no address stands in a log. The links of a preview are nobody's.
    """
    issue = _issue(request, number)
    language, reader = _language(request, issue), None
    form = PreviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reader = queries.preview_for(issue, form.cleaned_data["email"])
        language = reader.language
    mould = _mould(issue, language)
    message = moulds.personal(mould, subscriber_id=0, email="reader@example.org", key="preview")
    context = {
        "issue": issue,
        "edition_language": language,
        "form": form,
        "reader": reader,
        "mail_head": message.partition(b"\r\n\r\n")[0].decode(),
        "mail_text": mould.text,
        "tabs": [
            {"code": code, "name": language_name(code), "is_current": code == language}
            for code in issue.editions
        ],
    }
    return render(request, "focalpoints/newsletter_preview.html", context, status=422 if form.errors else 200)


# A mail carries its styles on its elements, so this one answer allows them; it can run nothing.
MAIL_POLICY = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "sandbox": ["allow-popups"]}


@require_safe
@editor
@csp_replace(MAIL_POLICY)  # type: ignore[arg-type]  # its types know no view with arguments
def newsletter_preview_html(request: SignedIn, number: int) -> HttpResponse:
    issue = _issue(request, number)
    return HttpResponse(_mould(issue, _language(request, issue)).html)


def _mould(issue: Issue, language: str) -> moulds.Mould:
    content = edition(issue, list(issue.items.all()), language, base=settings.PORTAL_URL)
    return moulds.mould_of(issue, content, is_test=True)
