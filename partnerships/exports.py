"""The registry as files: CSV, XLSX, JSON and an Atom feed of one search result.

No cell can act as a formula in a spreadsheet, and every file says where and when it was taken from.
"""

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnerships import labels, search
from partnerships.models import Partnership, PartnershipParty, Withholdable
from portal.sheets import csv_lines, plain_cell

COLUMNS: dict[str, Promise] = {  # and what each holds
    "reference": gettext_lazy("Number of the record; it never changes"),
    "title": gettext_lazy("Title, in the language of the record"),
    "type": gettext_lazy("Core business, social investment or advocacy"),
    "status": gettext_lazy("How far the record is, from idea to closed"),
    "status_as_of": gettext_lazy("When its source told that status; empty where the status is that of today"),
    "summary": gettext_lazy("What it does, in a sentence or two"),
    "un_entities": gettext_lazy("UN entities that take part, by their short names"),
    "partners": gettext_lazy("Companies and other partners; empty where they are withheld"),
    "countries": gettext_lazy("Countries, by name"),
    "countries_iso3": gettext_lazy("The same in three letters of ISO 3166"),
    "scope": gettext_lazy("Worldwide, regional, national or local"),
    "place": gettext_lazy("Place in words"),
    "goals": gettext_lazy("Sustainable Development Goals, 1 to 17"),
    "targets": gettext_lazy("Targets of the goals, such as 8.7"),
    "purposes": gettext_lazy("What it is for, in the six purposes of A/58/227"),
    "themes": gettext_lazy("Themes it works on"),
    "start": gettext_lazy("Start, as far as it is known: a year, a month or a day"),
    "end": gettext_lazy("End, in the same way"),
    "stated_usd": gettext_lazy("Cash and investment stated, in US dollars; never goods, time or skills"),
    "results": gettext_lazy("Whether results, targets or neither are stated"),
    "withheld": gettext_lazy("What its UN entity withholds from the public"),
    "is_from_archive": gettext_lazy("True for a record restated from reports of the past"),
    "inferred_fields": gettext_lazy("Fields that the registry inferred and no source states"),
    "source": gettext_lazy("Document and paragraph of a record from the archive"),
    "url": gettext_lazy("Address of the record; it stays"),
}
FORMATS = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON", "atom": "Atom"}
CHUNK = 500
FEED_ENTRIES = 50
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
CHANGES = [  # of the shape of the files, the newest first: (date, what changed)
    (
        "2026-11-22",
        gettext_lazy("Version 1.0: the columns above, IATI 2.03, 360Giving and the API under /api/v1/."),
    ),
]


def answer(
    format: str, found: search.Found, *, sort: str, address: str
) -> HttpResponse | StreamingHttpResponse:
    """The whole result in the order of the page. `address` is the page it was taken from."""
    records = in_order(found, sort)
    site = address.split("/partnerships/")[0]
    if format == "atom":
        return HttpResponse(feed(records, site, address), content_type="application/atom+xml; charset=utf-8")
    rows = (record_as_row(record, site) for record in records)
    name = f"partnerships-{timezone.now():%Y-%m-%d}.{format}"
    response: HttpResponse | StreamingHttpResponse
    if format == "csv":
        response = StreamingHttpResponse(
            csv_lines(COLUMNS, ([row[column] for column in COLUMNS] for row in rows)),
            content_type="text/csv; charset=utf-8",
        )
    elif format == "xlsx":
        response = HttpResponse(
            workbook(rows, address),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    else:
        response = HttpResponse(as_json(rows, address), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def in_order(found: search.Found, sort: str) -> Iterator[Partnership]:
    """The records of a result, a chunk of them in memory at a time."""
    cursor = ""
    while True:
        page = search.page_of(found, sort, cursor, CHUNK)
        records = for_export(Partnership.objects.filter(pk__in=page.ids))
        by_pk = {record.pk: record for record in records}
        yield from (by_pk[pk] for pk in page.ids if pk in by_pk)
        if not page.next:
            return
        cursor = page.next


def for_export(records: QuerySet[Partnership]) -> QuerySet[Partnership]:
    parties = PartnershipParty.objects.select_related("company")
    return records.prefetch_related(
        "entity_roles__entity",
        Prefetch("parties", parties),
        "countries",
        "targets",
        "contributions",
        "indicators",
    )


def record_as_row(record: Partnership, site: str) -> dict[str, Any]:
    """One record as plain values, lists joined by "; "; codes stand beside names."""
    countries, targets = record.countries.all(), record.targets.all()
    withheld = set(record.withheld_fields)
    parties = [] if Withholdable.PARTIES in withheld else record.parties.all()
    contributions = [] if Withholdable.CONTRIBUTIONS in withheld else record.contributions.all()
    indicators = [] if Withholdable.RESULTS in withheld else record.indicators.all()
    return {
        "reference": record.reference,
        "title": record.title,
        "type": labels.OF_FACET["type"](record.partnership_type),
        "status": str(record.get_status_display()),
        "status_as_of": record.status_as_of,
        "summary": record.summary,
        "un_entities": "; ".join(role.entity.acronym for role in record.entity_roles.all()),
        "partners": "; ".join(map(str, parties)),
        "countries": "; ".join(str(country) for country in countries),
        "countries_iso3": "; ".join(country.iso3 for country in countries),
        "scope": str(record.get_scope_display()),
        "place": "" if Withholdable.PLACES in withheld else record.place_note,
        "goals": "; ".join(str(number) for number in sorted({target.goal_id for target in targets})),
        "targets": "; ".join(target.code for target in targets),
        "purposes": "; ".join(labels.OF_FACET["purpose"](purpose) for purpose in record.purposes),
        "themes": "; ".join(labels.OF_FACET["theme"](theme) for theme in record.themes),
        "start": record.start,
        "end": record.end,
        "stated_usd": search.stated_usd(contributions),
        "results": labels.OF_FACET["reporting"](search.reporting_of(indicators)),
        "withheld": "; ".join(sorted(withheld)),
        "is_from_archive": record.is_imported,
        "inferred_fields": "; ".join(record.inferred_fields),
        "source": f"{record.source_document} {record.source_place}".strip(),
        "url": site + reverse("partnerships:partnership_detail", args=[record.reference]),
    }


def source_facts(address: str) -> list[tuple[str, str]]:
    return [
        ("source", "Common Ground, registry of partnerships between the United Nations and business"),
        ("taken_from", address),
        ("taken_at", timezone.now().isoformat(timespec="seconds")),
        ("licence", LICENCE),
        (
            "note",
            "Records of the archive describe the past; fields listed as inferred are not in their source.",
        ),
    ]


def workbook(rows: Iterable[dict], address: str) -> bytes:
    """An XLSX file with the records on one sheet and their source and date on another."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        head = book.add_format({"bold": True, "bottom": 2})
        sheet = book.add_worksheet(_("Partnerships"))
        sheet.write_row(0, 0, COLUMNS, head)
        sheet.freeze_panes(1, 2)
        sheet.set_column(1, 1, 40)
        sheet.set_column(5, 5, 60)
        for number, row in enumerate(rows, start=1):
            for place, column in enumerate(COLUMNS):
                value = row[column]
                if isinstance(value, bool) or value is None or isinstance(value, str):
                    sheet.write_string(number, place, "" if value is None else str(plain_cell(value)))
                else:
                    sheet.write_number(number, place, float(value))
        about = book.add_worksheet(_("Source and date"))
        about.set_column(0, 0, 14)
        about.set_column(1, 1, 90)
        for number, (term, value) in enumerate(source_facts(address)):
            about.write_string(number, 0, term, head)
            about.write_string(number, 1, value)
    return buffer.getvalue()


def as_json(rows: Iterable[dict], address: str) -> str:
    document = {**dict(source_facts(address)), "records": list(rows)}
    return json.dumps(document, ensure_ascii=False, indent=1, default=str)


def feed(records: Iterable[Partnership], site: str, address: str) -> str:
    """The first entries of the result as Atom: their ids are the addresses of the records."""
    atom = Atom1Feed(
        title=_("Partnerships between the United Nations and business"),
        link=address,
        feed_url=address.replace("/partnerships/", "/partnerships.atom", 1),
        author_name=_("Common Ground"),  # a feed of Atom names one
        description="",
    )
    for record, _place in zip(records, range(FEED_ENTRIES), strict=False):
        url = site + reverse("partnerships:partnership_detail", args=[record.reference])
        atom.add_item(
            title=record.title,
            link=url,
            unique_id=url,
            description=record.summary,
            pubdate=record.public_since or record.created_at,
            updateddate=record.updated_at,
        )
    return atom.writeString("utf-8")
