"""The public board of needs, and the desk where UN offices write them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from focalpoints.models import UNEntity
from partnerships import labels
from partnerships.forms.needs import NeedForm, SettleForm
from partnerships.models import Need, NeedStatus, Offer
from partnerships.queries import needs as queries
from partnerships.queries import offers as match_queries
from partnerships.queries.needs import NeedFilter
from partnerships.services import needs as services
from partnerships.services import offers as offer_services
from portal.errors import RuleViolation, StaleEdit
from portal.http import SignedIn, render_page

post_need = permission_required("partnerships.post_need", raise_exception=True)

FACET_LABELS = {
    "urgency": gettext_lazy("Urgency"),
    "kind": gettext_lazy("Kind of help"),
    "theme": gettext_lazy("Theme"),
    "country": gettext_lazy("Country"),
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
        "feed_url": reverse("partnerships:need_feed"),
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
        count = chosen.apply(Need.objects.open(), but=name).count()
        if count:
            words = ", ".join(str(queries.known(name)[value]) for value in values)
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
            offer_services.record_opened(offer, need)
    return render(request, "partnerships/need_detail.html", {"need": need})


class NeedFeed(Feed):
    """The newest open needs, for readers and for other sites."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("Open needs of UN entities")

    def link(self) -> str:
        return reverse("partnerships:need_list")

    def feed_url(self) -> str:
        return reverse("partnerships:need_feed")

    def items(self):
        return Need.objects.open().for_list().order_by("-published_at")[:50]

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


def _posted(request: HttpRequest) -> Any:
    """The data of a form that was sent, be it empty; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


# --- the desk ---------------------------------------------------------------------------------------------


@require_GET
@post_need
def desk_needs(request: SignedIn) -> HttpResponse:
    page = Paginator(queries.entity_needs(request.user), 25).get_page(request.GET.get("page"))
    return render(request, "partnerships/desk_needs.html", {"page": page, "may_post": bool(_own(request))})


def _own(request: SignedIn):
    """UN entities this user posts for."""
    return UNEntity.objects.filter(pk__in=match_queries.entities_of(request.user))


def _need(request: SignedIn, reference: str) -> Need:
    return get_object_or_404(Need.objects.editable_by(request.user).for_list(), reference=reference)


@require_GET
@post_need
def desk_need(request: SignedIn, reference: str) -> HttpResponse:
    """A need with the offers that fit it, best first."""
    need = _need(request, reference)
    return _desk_need_page(request, need, SettleForm())


def _desk_need_page(request: SignedIn, need: Need, form: SettleForm) -> HttpResponse:
    context = {
        "need": need,
        "form": form,
        "ranking": match_queries.ranked_offers(need),
        "events": match_queries.history(need)[:30],
        "may_settle": need.status in (NeedStatus.OPEN, NeedStatus.PARTLY_MET),
        "may_edit": need.status in (NeedStatus.DRAFT, NeedStatus.OPEN, NeedStatus.PARTLY_MET),
    }
    return render(request, "partnerships/desk_need.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@post_need
def desk_need_new(request: SignedIn) -> HttpResponse:
    form = NeedForm(_posted(request), entities=_own(request))
    if form.is_valid():
        need = services.write_need(None, values=form.values(), version=0, by=request.user)
        messages.success(request, _("Saved as a draft. Publish it when it is right."))
        return redirect("partnerships:desk_need", need.reference)
    context = {"form": form, "has_entity": form.fields["entity"].queryset.exists()}  # type: ignore[attr-defined]
    return render(request, "partnerships/desk_need_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@post_need
def desk_need_edit(request: SignedIn, reference: str) -> HttpResponse:
    need = _need(request, reference)
    initial = NeedForm.initial_of(need)
    form = NeedForm(_posted(request), entities=_own(request), initial=initial)
    status, conflict = 200, None
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.write_need(need, values=form.values(), version=version, by=request.user)
        except StaleEdit as stale:
            status, conflict = 409, {"reason": stale, "changes": _changes(form, initial)}
            typed = request.POST.copy()
            typed["version"] = str(need.version)
            form.data = typed
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, _("Saved."))
            return redirect("partnerships:desk_need", need.reference)
    context = {"form": form, "need": need, "has_entity": True, "conflict": conflict}
    return render(request, "partnerships/desk_need_edit.html", context, status=422 if form.errors else status)


def _changes(form: NeedForm, saved: dict[str, Any]) -> list[dict]:
    """What is saved now beside what was typed, where they differ."""
    return [
        {"field": form.fields[name].label, "theirs": _plain(saved[name]), "yours": _plain(value)}
        for name, value in form.cleaned_data.items()
        if name != "version" and _plain(saved[name]) != _plain(value)
    ]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(str(labels.countries().get(code, code)) for code in value))
    return "" if value is None else str(value)


@require_POST
@post_need
def desk_need_publish(request: SignedIn, reference: str) -> HttpResponse:
    need = _need(request, reference)
    try:
        services.publish_need(need, by=request.user)
    except RuleViolation as broken_rule:
        messages.error(request, str(broken_rule))
    else:
        messages.success(request, _("Published. The need is on the public board."))
    return redirect("partnerships:desk_need", need.reference)


@require_POST
@post_need
def desk_need_settle(request: SignedIn, reference: str) -> HttpResponse:
    need = _need(request, reference)
    form = SettleForm(request.POST)
    if form.is_valid():
        try:
            services.settle_need(need, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error(None, str(broken_rule))
        else:
            messages.success(request, _("Noted."))
            return redirect("partnerships:desk_need", need.reference)
    return _desk_need_page(request, need, form)
