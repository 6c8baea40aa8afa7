from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from focalpoints import links
from focalpoints.editions import edition, language_label, language_name
from focalpoints.models import Issue, IssueLink
from focalpoints.services import issues as services
from portal import limits


def _editions(issues, language: str, *, base: str = "") -> list[dict]:
    return [
        {"issue": issue, "edition": edition(issue, issue.items.all(), language, base=base)}
        for issue in issues
    ]


@require_safe
@login_not_required
def news(request: HttpRequest) -> HttpResponse:
    published = Issue.objects.published().prefetch_related("items")
    page = Paginator(published, 25).get_page(request.GET.get("page"))
    context = {"page": page, "rows": _editions(page, get_language() or "en"), "language": get_language()}
    return render(request, "focalpoints/news.html", context)


@require_safe
@login_not_required
def news_issue(request: HttpRequest, number: int) -> HttpResponse:
    """An issue of the archive, in the edition asked for or in the reader's language."""
    issue = get_object_or_404(Issue.objects.published(), number=number)
    wanted = request.GET.get("edition") or get_language() or "en"
    content = edition(issue, issue.items.all(), wanted)
    context = {
        "issue": issue,
        "edition": content,
        "wanted_name": language_label(wanted) if wanted in dict(settings.LANGUAGES) else "",
        "is_fallback": content.language != wanted,
        "tabs": [
            {"code": code, "name": language_name(code), "is_current": code == content.language}
            for code in issue.editions
        ],
        "previous": Issue.objects.published().filter(number__lt=number).first(),
        "next": Issue.objects.published().filter(number__gt=number).last(),
    }
    return render(request, "focalpoints/news_issue.html", context)


@require_POST
@login_not_required
def news_useful(request: HttpRequest, number: int) -> HttpResponse:
    issue = get_object_or_404(Issue.objects.published(), number=number)
    limits.take(f"useful:{number}:{limits.address_prefix(request)}", burst=5, per_seconds=86_400)
    services.count_opinion(issue, request.POST.get("answer", ""))
    messages.success(request, _("Thank you. Only the totals are kept."))
    return redirect("focalpoints:news_issue", number=number)


@require_safe
@login_not_required
def news_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link of a mail: one more for its total, then on to where it leads. Of the reader nothing is kept."""
    try:
        pk = links.read_token("news_link", token)
    except links.LinkBroken as error:
        raise Http404 from error
    link = get_object_or_404(IssueLink, pk=pk)
    if request.method == "GET":
        services.count_click(link)
    response = redirect(link.address)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@login_not_required
def news_feed(request: HttpRequest, language: str) -> HttpResponse:
    """The last twenty issues as an Atom feed in one language."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with override(language):
        feed = Atom1Feed(
            title=_("UN-Business Focal Point"),
            link=f"{settings.PORTAL_URL}/news/",
            description=_("News of partnerships between the UN and business"),
            language=language,
            feed_url=f"{settings.PORTAL_URL}{request.path}",
        )
        issues = Issue.objects.published().prefetch_related("items")[:20]
        for row in _editions(issues, language, base=settings.PORTAL_URL):
            feed.add_item(
                title=row["edition"].title,
                link=f"{settings.PORTAL_URL}/news/{row['issue'].number}/?edition={language}",
                description=row["edition"].summary,
                pubdate=row["issue"].sending_at,
                updateddate=row["issue"].sending_at,
                unique_id=f"{settings.PORTAL_URL}/news/{row['issue'].number}/#{language}",
            )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    feed.write(response, "utf-8")
    return response
