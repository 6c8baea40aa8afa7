"""Public indexes: countries, goals, UN entities, organizations, umbrellas; and where the data can be had."""

from collections import Counter
from operator import itemgetter

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from focalpoints.models import FocalPoint, UNEntity
from partnerships import exports, labels, search
from partnerships.models import Need
from partnerships.queries.registry import Branch, listed_companies, umbrella_trees
from partnerships.views.compare import MOST, address, as_chosen, chosen_ids, compared
from portal.collation import in_order
from portal.marks import joined
from portal.models import Region

PAGE_SIZE = 50


def counts_of(facet: str) -> dict[str, int]:
    return search.find(search.Wanted()).counts.get(facet, {})


def index_page(request: HttpRequest, title: str, lead: str, groups: list[dict], **extra) -> HttpResponse:
    """A page of links with counts, in groups of {"title", "links": [{"label", "url", "count"}]}."""
    context = {"title": title, "lead": lead, "groups": groups, "last_updated": search.last_updated(), **extra}
    return render(request, "partnerships/index.html", context)


@require_safe
@login_not_required
def country_index(request: HttpRequest) -> HttpResponse:
    counts, known = counts_of("country"), labels.countries()
    by_region: dict[str, list[dict]] = {}
    for country in in_order(known.values()):
        region = labels.reference(Region).get(country.region_id)
        link = {
            "label": str(country),
            "url": reverse("partnerships:country_detail", args=[country.pk]),
            "count": counts.get(country.pk, 0),
        }
        by_region.setdefault(str(region or _("Other")), []).append(link)
    elsewhere = by_region.pop(_("Other"), [])
    by_name = [*in_order(by_region.items(), itemgetter(0)), (_("Other"), elsewhere)]
    groups = [{"title": region, "links": links} for region, links in by_name if links]
    lead = _("Each country or area with its partnerships, needs, and the UN offices that answer for it.")
    return index_page(request, _("Countries and areas"), lead, groups)


@require_safe
@login_not_required
def goal_index(request: HttpRequest) -> HttpResponse:
    counts = counts_of("goal")
    links = [
        {
            "label": f"{number} {goal}",
            "url": reverse("partnerships:goal_detail", args=[number]),
            "count": counts.get(str(number), 0),
            "goal": number,
        }
        for number, goal in sorted(labels.goals().items())
    ]
    lead = _("Goals of the 2030 Agenda, each with its targets and partnerships.")
    return index_page(
        request, _("Sustainable Development Goals"), lead, [{"title": _("Goals"), "links": links}]
    )


@require_safe
@login_not_required
def entity_index(request: HttpRequest) -> HttpResponse:
    counts = counts_of("entity")
    current: list[dict] = []
    former: list[dict] = []
    for entity in sorted(labels.entities().values(), key=lambda entity: entity.name):
        link = {
            "label": f"{entity.name} ({entity.acronym})" if entity.acronym != entity.name else entity.name,
            "url": reverse("partnerships:entity_detail", args=[entity.pk]),
            "count": counts.get(entity.pk, 0),
        }
        (current if entity.is_current else former).append(link)
    groups = [
        {"title": _("UN entities"), "links": current},
        {"title": _("No longer exist under this name"), "links": former},
    ]
    return index_page(
        request,
        _("UN entities"),
        _("What each one works on, where, and whom to ask. Two to four can be put side by side."),
        [group for group in groups if group["links"]],
        more_url=reverse("partnerships:entity_compare"),
        more_label=_("Compare UN entities"),
    )


@require_safe
@login_not_required
def organization_index(request: HttpRequest) -> HttpResponse:
    """Organizations that public records name, by name; `?q=` narrows by a part of it."""
    words = request.GET.get("q", "").strip()[:100]
    page = Paginator(listed_companies(words), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "words": words,
        "showing": _("%(first)s to %(last)s of %(total)s")
        % {"first": page.start_index(), "last": page.end_index(), "total": page.paginator.count},
        "last_updated": search.last_updated(),
    }
    return render(request, "partnerships/organization_index.html", context)


@require_safe
@login_not_required
def umbrella_index(request: HttpRequest) -> HttpResponse:
    """Umbrellas with what belongs to them, as a tree."""
    trees = [{**as_branch(tree), "in_words": in_all(tree)} for tree in umbrella_trees(request.user)]
    context = {"trees": trees, "last_updated": search.last_updated()}
    return render(request, "partnerships/umbrellas.html", context)


def as_branch(branch: Branch) -> dict:
    return {
        "record": branch.record,
        "status_words": labels.status_in_words(branch.record),
        "place_words": labels.country_names(branch.record.country_codes),
        "children": [as_branch(child) for child in branch.children],
    }


def in_all(tree: Branch) -> str:
    """What an umbrella and all below it come to."""
    records = tree.records()
    below = len(records) - 1
    entities = {code for record in records for code in record.entity_codes}
    countries = {code for record in records for code in record.country_codes}
    counted = [
        (ngettext("%(count)d partnership under it", "%(count)d partnerships under it", below), below),
        (ngettext("%(count)d UN entity", "%(count)d UN entities", len(entities)), len(entities)),
        (ngettext("%(count)d country", "%(count)d countries", len(countries)), len(countries)),
    ]
    return joined((words % {"count": count} for words, count in counted), ";")


@require_safe
@login_not_required
def entity_compare(request: HttpRequest) -> HttpResponse:
    """`?ids=WFP&ids=UNDP`: mandates, topics, places and figures of two to four UN entities."""
    known, counts = labels.entities(), counts_of("entity")
    chosen = [known[code] for code in chosen_ids(request) if code in known]
    codes = [entity.pk for entity in chosen]
    needs = Counter(
        Need.objects.visible_to(request.user).open().filter(entity__in=codes).values_list("entity", flat=True)
    )
    offices: dict[str, list[str]] = {}
    for contact in FocalPoint.objects.visible_to(request.user).active().filter(entity__in=codes).for_list():
        offices.setdefault(contact.entity_id, []).append(f"{contact.role_title}, {contact.office_place}")
    context = {
        "chosen": as_chosen((entity.pk, entity.acronym) for entity in chosen),
        "heads": [
            {"label": entity.acronym, "url": reverse("partnerships:entity_detail", args=[entity.pk])}
            for entity in chosen
        ],
        "rows": compared(
            [
                {
                    **entity_facts(entity, counts),
                    _("Open needs"): str(needs[entity.pk]),
                    _("Focal points"): joined(offices.get(entity.pk, []), ";"),
                }
                for entity in chosen
            ]
        ),
        "others": [
            {"label": entity.acronym, "url": address([*codes, entity.pk])}
            for entity in sorted(known.values(), key=lambda entity: entity.acronym)
            if entity.is_current and entity.pk not in codes
        ]
        if len(chosen) < MOST
        else [],
    }
    return render(request, "partnerships/entity_compare.html", context)


def entity_facts(entity: UNEntity, counts: dict[str, int]) -> dict[str, str]:
    found = search.find(search.Wanted("", {"entity": [entity.pk]})).counts
    top = sorted(found.get("country", {}).items(), key=lambda pair: -pair[1])
    return {
        _("Name"): entity.name,
        _("Mandate"): entity.mandate,
        _("Works on"): joined(labels.OF_FACET["theme"](theme) for theme in entity.themes),
        _("Seat"): joined(
            filter(None, [entity.hq_city, str(labels.countries().get(entity.hq_country_id or "") or "")])
        ),
        _("Partnerships on record"): str(counts.get(entity.pk, 0)),
        _("Countries named"): labels.country_names([code for code, _count in top]),
        _("Goals"): joined(sorted(found.get("goal", {}), key=int)),
    }


@require_safe
@login_not_required
def data(request: HttpRequest) -> HttpResponse:
    """Everything as files, with licence, columns, and what changed in their shape."""
    context = {
        "files": [
            {"label": label, "url": reverse("partnerships:partnership_export", args=[format])}
            for format, label in exports.FORMATS.items()
        ],
        "columns": exports.COLUMNS.items(),
        "licence": exports.LICENCE,
        "total": search.find(search.Wanted(), with_counts=False).total,
        "changes": exports.CHANGES,
        "last_updated": search.last_updated(),
    }
    return render(request, "partnerships/data.html", context)
