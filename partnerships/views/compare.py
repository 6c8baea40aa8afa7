"""Two to four records, or two to four UN entities, side by side."""

from collections.abc import Iterable, Sequence

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partnerships import labels, search
from partnerships.filters import sees_inside
from partnerships.models import Partnership
from partnerships.queries.publication import withheld_from
from partnerships.search.facts import with_facts
from portal.collation import in_order
from portal.marks import joined
from portal.templatetags.portal import amount

MOST = 4
FOUND = 6  # records offered in the picker


@require_safe
@login_not_required
def partnership_compare(request: HttpRequest) -> HttpResponse:
    """`?ids=P-0001&ids=P-0002` side by side; with fewer than two, a picker. `?q=` looks for one more."""
    references = chosen_ids(request)
    known = {
        record.reference: record
        for record in with_facts(
            Partnership.objects.visible_to(request.user)
            .exclude(status="withdrawn")
            .filter(reference__in=references)
        )
    }
    records = [known[reference] for reference in references if reference in known]
    words = request.GET.get("q", "").strip()
    context = {
        "chosen": as_chosen((record.reference, record.title) for record in records),
        "heads": [
            {
                "label": record.title,
                "url": record.get_absolute_url(),
            }
            for record in records
        ],
        "rows": compared([facts(record, withheld_from(request.user, record)) for record in records]),
        "can_add": len(records) < MOST,
        "words": words,
        "found": pick(request, words, [record.reference for record in records]) if words else [],
        "missing": [reference for reference in references if reference not in known],
    }
    return render(request, "partnerships/compare.html", context)


def chosen_ids(request: HttpRequest) -> list[str]:
    """The first four of `ids`, given several times or with commas between."""
    given = [part.strip() for text in request.GET.getlist("ids") for part in text.split(",")]
    return list(dict.fromkeys(part for part in given if part))[:MOST]


def address(ids: Iterable[str]) -> str:
    return "?" + urlencode({"ids": list(ids)}, doseq=True)


def as_chosen(pairs: Iterable[tuple[str, str]]) -> list[dict]:
    """What is compared, each with the address without it."""
    pairs = list(pairs)
    return [
        {"label": label, "id": key, "url": address(other for other, _label in pairs if other != key)}
        for key, label in pairs
    ]


def pick(request: HttpRequest, words: str, chosen: Sequence[str]) -> list[dict]:
    """Records with these words, each with the address that adds it."""
    found = search.find(search.Wanted(words[:200], sees_inside=sees_inside(request.user)), with_counts=False)
    page = search.page_of(found, size=FOUND + MOST)
    records = Partnership.objects.visible_to(request.user).in_bulk(page.ids)
    return [
        {"label": records[pk].title, "url": address([*chosen, records[pk].reference])}
        for pk in page.ids
        if pk in records and records[pk].reference not in chosen
    ][:FOUND]


def compared(columns: Sequence[dict[str, str]]) -> list[dict]:
    """A row for each fact that at least one column states, and whether all columns say the same."""
    if len(columns) < 2:
        return []
    rows = []
    for term in columns[0]:
        values = [column[term] for column in columns]
        if any(values):
            rows.append({"term": term, "values": values, "is_same": len(set(values)) == 1})
    return rows


def in_words(facet: str, values: Iterable[str]) -> str:
    return labels.listed([labels.OF_FACET[facet](value) for value in values])


def facts(record: Partnership, withheld: frozenset[str]) -> dict[str, str]:
    """{term: words} of a record whose rows are prefetched."""
    hidden = _("Withheld by the UN entity")
    contributions = record.contributions.all()
    usd = search.stated_usd(contributions)
    return {
        _("Status"): labels.status_in_words(record),
        _("Type"): str(record.get_partnership_type_display()),
        _("Purposes"): in_words("purpose", record.purposes),
        _("Themes"): in_words("theme", record.themes),
        _("Form"): in_words("form", record.modalities),
        _("UN entities"): joined(role.entity.acronym for role in record.entity_roles.all()),
        _("Partners"): hidden if "parties" in withheld else joined(map(str, record.parties.all()), ";"),
        _("Scope"): str(record.get_scope_display()),
        _("Countries"): joined(in_order(map(str, record.countries.all()))),
        _("Targets"): joined(target.code for target in record.targets.all()),
        _("Start"): labels.partial_date(record.start),
        _("End"): labels.partial_date(record.end)
        or (_("No end date foreseen") if record.is_open_ended else ""),
        _("Cash and investment stated"): hidden
        if "contributions" in withheld
        else ("" if usd is None else _("about %(sum)s") % {"sum": amount(usd, "USD")}),
        _("Kinds of contribution"): hidden
        if "contributions" in withheld
        else joined(dict.fromkeys(str(part.get_kind_display()) for part in contributions)),
        _("Results"): hidden
        if "results" in withheld
        else labels.OF_FACET["reporting"](search.reporting_of(record.indicators.all())),
        _("Lessons"): record.lessons,
    }
