"""The public board of needs: pages, feed, the list for other sites, joint appeals."""

from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

from partnerships.models import Appeal, Need, Offer
from partnerships.queries import coordination
from partnerships.queries import needs as queries
from partnerships.queries.needs import NeedFilter
from partnerships.services.matches import record_opened
from portal.http import render_page
from portal.marks import joined

FACET_LABELS = {
    "urgency": gettext_lazy("Urgency"),
    "kind": gettext_lazy("Kind of help"),
    "theme": gettext_lazy("Theme"),
    "place": gettext_lazy("Part of the world"),
    "country": gettext_lazy("Country"),
    "group": gettext_lazy("Group of countries"),
    "goal": gettext_lazy("Goal"),
    "entity": gettext_lazy("UN entity"),
}
SORT_LABELS = {"urgent": gettext_lazy("Urgency"), "newest": gettext_lazy("Newest")}
LONG_FACET = 12


# --- public -----------------------------------------------------------------------------------------------


@login_not_required
@require_GET
def need_list(request: HttpRequest) -> HttpResponse:
    chosen = NeedFilter.from_params(request.GET)
    page = Paginator(queries.board(chosen).for_list(), 25).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": chosen,
        "facets": _facets(chosen),
        "chips": _chips(request, chosen),
        "sorts": [
            {"label": label, "url": _address(request, sort=name), "is_current": name == chosen.sort}
            for name, label in SORT_LABELS.items()
        ],
        "previous_url": _address(request, page=page.number - 1) if page.has_previous() else "",
        "next_url": _address(request, page=page.number + 1) if page.has_next() else "",
        "feed_url": _feed_url(request),
        "embed_url": request.build_absolute_uri(_with_query(request, "partnerships:need_widget")),
        "appeals": coordination.appeals()[:5] if not chosen.chosen else [],
        "closest": _closest(request, chosen) if not page.object_list and chosen.chosen else [],
    }
    return render_page(
        request, "partnerships/need_list.html", context, partial="partnerships/_need_results.html"
    )


def _address(request: HttpRequest, without: tuple[str, str] | None = None, **change) -> str:
    """This list with one thing changed; the page goes back to the first unless it is the change."""
    query = request.GET.copy()
    if without:
        name, value = without
        query.setlist(name, [v for v in query.getlist(name) if v != value])
    if "page" not in change:
        query.pop("page", None)
    for name, value in change.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"


def _with_query(request: HttpRequest, name: str) -> str:
    """Another form of the same list: the same filters, no page."""
    query = request.GET.copy()
    for other in ("page", "sort"):
        query.pop(other, None)
    return reverse(name) + ("?" + query.urlencode() if query else "")


def _feed_url(request: HttpRequest) -> str:
    return _with_query(request, "partnerships:need_feed")


def _facets(chosen: NeedFilter) -> list[dict]:
    facets = []
    for name, counts in queries.facet_counts(chosen).items():
        words, on = queries.known(name), chosen.chosen.get(name, [])
        counts = {**dict.fromkeys(on, 0), **counts}
        found = sorted(counts.items(), key=lambda pair: (pair[0] not in on, -pair[1], str(words[pair[0]])))
        options = [
            {"value": value, "label": words[value], "count": count, "is_on": value in on}
            for value, count in found
        ]
        facets.append(
            {
                "name": name,
                "legend": FACET_LABELS[name],
                "options": options[: max(LONG_FACET, len(on))],
                "is_open": bool(on) or name in ("urgency", "kind"),
            }
        )
    return facets


def _chips(request: HttpRequest, chosen: NeedFilter) -> list[dict]:
    return [
        {"label": queries.known(name)[value], "url": _address(request, without=(name, value))}
        for name, values in chosen.chosen.items()
        for value in values
    ]


def _closest(request: HttpRequest, chosen: NeedFilter) -> list[dict]:
    """For an empty list: which filter to drop, and how many needs that would leave."""
    found = []
    for name, values in chosen.chosen.items():
        count = chosen.apply(Need.objects.open().public(), but=name).count()
        if count:
            words = joined(str(queries.known(name)[value]) for value in values)
            query = request.GET.copy()
            query.pop(name)
            found.append({"words": words, "count": count, "url": f"{request.path}?{query.urlencode()}"})
    return found


@login_not_required
@require_GET
def need_detail(request: HttpRequest, reference: str) -> HttpResponse:
    need = get_object_or_404(
        Need.objects.visible_to(request.user).for_list().prefetch_related("targets__goal"),
        reference=reference,
    )
    if request.user.is_authenticated and "offer" in request.GET:
        offer = Offer.objects.visible_to(request.user).filter(reference=request.GET["offer"]).first()
        if offer:
            record_opened(offer, need)
    return render(request, "partnerships/need_detail.html", {"need": need})


class NeedFeed(Feed):
    """The newest open needs, narrowed by the filters of the board, for readers and for other sites."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> QueryDict:
        return request.GET

    def title(self, params: QueryDict) -> str:
        return _("Open needs of UN entities")

    def link(self, params: QueryDict) -> str:
        return reverse("partnerships:need_list") + ("?" + params.urlencode() if params else "")

    def feed_url(self, params: QueryDict) -> str:
        return reverse("partnerships:need_feed") + ("?" + params.urlencode() if params else "")

    def items(self, params: QueryDict):
        return queries.board(NeedFilter.from_params(params)).for_list().order_by("-published_at")[:50]

    def item_title(self, item: Need) -> str:
        return item.title

    def item_description(self, item: Need) -> str:
        return item.description

    def item_link(self, item: Need) -> str:
        return reverse("partnerships:need_detail", args=[item.reference])

    def item_pubdate(self, item: Need):
        return item.published_at

    def item_updateddate(self, item: Need):
        return item.updated_at

    def item_author_name(self, item: Need) -> str:
        return item.entity.acronym

    def item_categories(self, item: Need) -> list[str]:
        return item.themes


need_feed = login_not_required(require_GET(NeedFeed()))


WIDGET_ROWS = 10


@login_not_required
@require_GET
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def need_widget(request: HttpRequest) -> HttpResponse:
    """The first needs of the board with its filters, for an <iframe> on any site. It reads no session."""
    needs = queries.board(NeedFilter.from_params(request.GET))
    context = {
        "needs": needs.for_list()[:WIDGET_ROWS],
        "count": needs.count(),
        "query": request.GET.urlencode(),
    }
    return render(request, "partnerships/need_widget.html", context)


@login_not_required
@require_GET
def appeal_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """What several UN entities look for together, and how far it is met."""
    appeal = get_object_or_404(Appeal.objects.select_related("lead"), reference=reference)
    needs = coordination.appeal_needs(appeal, request.user)
    asked, met = coordination.appeal_total(needs, appeal.currency) if appeal.currency else (None, None)
    context = {"appeal": appeal, "needs": needs, "asked": asked, "met": met}
    return render(request, "partnerships/appeal_detail.html", context)
