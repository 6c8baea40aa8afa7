"""Public pages about who and where: a company, a country, a goal, a UN entity, with their records."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from focalpoints.models import FocalPoint, Task, UNEntity
from partnerships import labels, search
from partnerships.models import Company, Need, Offer, PartnershipQuerySet
from partnerships.queries.registry import public_records
from partnerships.views.rows import as_rows
from portal.models import Country, Goal, User
from screening.queries import survivor_of

SHOWN = 10  # records on such a page; the registry list has them all
NEEDS_SHOWN = 5


def records_section(records: PartnershipQuerySet, **filters: str) -> dict:
    """The newest records of a page, how many there are, and the address of them all."""
    records = records.distinct()
    return {
        "count": records.count(),
        "rows": as_rows(records.for_rows().order_by("-public_since", "-id")[:SHOWN]),
        "all_url": reverse("partnerships:partnership_list") + "?" + urlencode(filters),
    }


@require_safe
@login_not_required
def company_detail(request: HttpRequest, public_id) -> HttpResponse:
    """What anybody may know of a company: its names and its public records. No rating, no screening."""
    companies = Company.objects.visible_to(request.user).select_related("country", "sector")
    company = get_object_or_404(companies.prefetch_related("names"), public_id=public_id)
    if survivor := survivor_of(company):
        return redirect("partnerships:company_detail", survivor.public_id, permanent=True)
    records = public_records().filter(parties__company=company)
    context = {
        "company": company,
        "can_open_inside": request.user.has_perm("partnerships.view_inside"),
        **records_section(records, company=str(company.public_id)),
    }
    return render(request, "partnerships/company_detail.html", context)


def offers_for(user: User | AnonymousUser, country: Country) -> list[Offer]:
    """Offers on the desk for this country, for those who work with offers: they are not public."""
    if not user.has_perm("partnerships.triage_offer"):
        return []
    return list(Offer.objects.on_desk().filter(countries=country).order_by("-id")[:NEEDS_SHOWN])


@require_safe
@login_not_required
def country_detail(request: HttpRequest, iso3: str) -> HttpResponse:
    country = get_object_or_404(Country.objects.select_related("region", "subregion"), pk=iso3)
    records = public_records().filter(countries=country)
    needs = Need.objects.visible_to(request.user).open().filter(countries=country)
    contacts = FocalPoint.objects.visible_to(request.user).active().filter(countries=country).for_list()
    context = {
        "country": country,
        "groups": [
            words() for name, words in labels.COUNTRY_GROUPS.items() if getattr(country, f"is_{name}")
        ],
        "entity_count": records.aggregate(n=Count("entities", distinct=True))["n"],
        "goal_count": records.aggregate(n=Count("targets__goal", distinct=True))["n"],
        "team": contacts.exclude(tasks__contains=[Task.LOCAL_NETWORK]),
        "local_network": contacts.filter(tasks__contains=[Task.LOCAL_NETWORK]),
        "open_offers": offers_for(request.user, country),
        "needs": needs.select_related("entity").order_by("-id")[:NEEDS_SHOWN],
        **records_section(records, country=country.pk),
    }
    return render(request, "partnerships/country_detail.html", context)


@require_safe
@login_not_required
def goal_detail(request: HttpRequest, number: int) -> HttpResponse:
    goal = get_object_or_404(Goal, pk=number)
    records = public_records().filter(targets__goal=goal)
    language = (get_language() or "en")[:2]
    targets = goal.targets.annotate(
        n=Count("partnerships", filter=Q(partnerships__in=public_records()), distinct=True)
    ).order_by("position")  # a query that counts forgets the table's own order
    context = {
        "goal": goal,
        "full_title": goal.title.get(language) or goal.title.get("en", ""),
        "targets": [
            {
                "code": target.code,
                "title": target.title.get(language) or target.title.get("en", ""),
                "count": target.n,
                "url": reverse("partnerships:partnership_list") + f"?target={target.code}",
            }
            for target in targets
        ],
        "entity_count": records.aggregate(n=Count("entities", distinct=True))["n"],
        "country_count": records.aggregate(n=Count("countries", distinct=True))["n"],
        **records_section(records, goal=str(goal.pk)),
    }
    return render(request, "partnerships/goal_detail.html", context)


@require_safe
@login_not_required
def entity_detail(request: HttpRequest, code: str) -> HttpResponse:
    entity = get_object_or_404(UNEntity.objects.select_related("hq_country", "successor"), pk=code)
    records = public_records().filter(entities=entity)
    needs = Need.objects.visible_to(request.user).open().filter(entity=entity)
    found = search.find(search.Wanted("", {"entity": [entity.pk]})).counts.get("country", {})
    places = [
        {"name": str(labels.countries()[code]), "code": code, "count": count}
        for code, count in sorted(found.items(), key=lambda pair: -pair[1])
    ]
    context = {
        "entity": entity,
        "themes": [labels.OF_FACET["theme"](theme) for theme in entity.themes],
        "country_count": records.aggregate(n=Count("countries", distinct=True))["n"],
        "goal_count": records.aggregate(n=Count("targets__goal", distinct=True))["n"],
        "needs": needs.order_by("-id")[:NEEDS_SHOWN],
        "countries": places,
        "contacts": FocalPoint.objects.visible_to(request.user).active().filter(entity=entity).for_list(),
        **records_section(records, entity=entity.pk),
    }
    return render(request, "partnerships/entity_detail.html", context)
