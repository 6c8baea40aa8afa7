"""The statistics of the registry: each figure with its values as a table, and how it is counted.

A figure is drawn from the records that a `Wanted` describes, so every filter of the registry narrows it too.
Counts are of records; a record with two values of a facet counts once under each.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partnerships import labels, reporting, search
from partnerships.models import (
    ContributionKind,
    Indicator,
    PartnerKind,
    PartnershipStatus,
    PartnershipType,
    Purpose,
)
from partnerships.queries.offer_figures import offer_figures
from partnerships.queries.reporting import evaluation_coverage
from partnerships.queries.statistics import contributions_by_kind, indicators_by_level
from portal import figures
from portal.figures.svg import count_text
from portal.models import Country, Region, Sector

SMALLEST_CELL = 5  # of figures about what is not public; smaller counts are not shown
DRAWN = 20  # bars at most; the table has them all


@dataclass(frozen=True)
class Drawn:
    """A figure with its values: the sentence it shows, the drawing, and the same as a table."""

    headline: str
    drawing: SafeString
    head: list[str]
    rows: list[list[Any]]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Figure:
    """One figure at its stable address `/statistics/<slug>/`. `draw` makes it of the wanted records."""

    slug: str
    title: Promise
    counted: Promise  # what one unit is, and what is left out
    draw: Callable[[search.Wanted], Drawn]
    takes_filters: bool = True


# --- counts of a facet ------------------------------------------------------------------------------------


def of_facet(facet: str, values: Callable[[], Iterable[str]] | None = None, *, upright: bool = False):
    """Records by value of a facet. `values` are all it has, so that what no record has is shown as zero."""

    def draw(wanted: search.Wanted) -> Drawn:
        found = search.find(wanted)
        counts = found.counts.get(facet, {})
        shown = list(values()) if values else sorted(counts, key=lambda value: (-counts[value], value))
        names = {value: labels.OF_FACET[facet](value) for value in shown}
        keys = {value: value if facet == "goal" else "" for value in shown}
        rows = [
            (value, names[value].removeprefix(keys[value]).strip(), counts.get(value, 0)) for value in shown
        ]
        most = max(counts.values(), default=0)
        items = [
            figures.Item(
                label,
                count,
                registry_url(wanted, facet, value) if count else "",
                key=keys[value],
                is_main=0 < count == most,
            )
            for value, label, count in rows
        ]
        drawn = items if upright else items[:DRAWN]
        make = figures.columns if upright else figures.bars
        notes = []
        if len(items) > len(drawn):
            notes.append(
                _("Drawn are the first %(drawn)s of %(all)s; the table has them all.")
                % {"drawn": len(drawn), "all": len(items)}
            )
        return Drawn(
            headline(rows, found.total),
            make(drawn, id=f"by-{facet}", title=headline(rows, found.total)),
            [str(HEADS.get(facet, _("Value"))), _("Records"), _("Share of records")],
            [[names[value], count, share_text(count, found.total)] for value, _label, count in rows],
            notes,
        )

    return draw


HEADS = {
    "goal": gettext_lazy("Goal"),
    "country": gettext_lazy("Country"),
    "region": gettext_lazy("Region"),
    "entity": gettext_lazy("UN entity"),
    "year": gettext_lazy("Start year"),
    "sector": gettext_lazy("Sector"),
    "theme": gettext_lazy("Theme"),
}


def headline(rows: Sequence[tuple[str, str, int]], total: int) -> str:
    """The sentence that a figure shows: what leads, and one of those that have none."""
    leader = max(rows, key=lambda row: row[2], default=None)
    if not total or leader is None or not leader[2]:
        return _("No record yet")
    leads = ngettext(
        "%(name)s leads with %(count)s record", "%(name)s leads with %(count)s records", leader[2]
    ) % {"name": leader[1], "count": leader[2]}
    empty = [row for row in rows if not row[2]]
    if not empty:
        return leads
    if len(empty) == 1:
        return _("%(leads)s; %(name)s has none") % {"leads": leads, "name": empty[0][1]}
    return ngettext(
        "%(leads)s; %(count)s other has none", "%(leads)s; %(count)s others have none", len(empty)
    ) % {"leads": leads, "count": len(empty)}


def registry_url(wanted: search.Wanted, facet: str = "", value: str = "") -> str:
    """The list of the records of a figure, or of one of its bars."""
    query: list[tuple[str, str]] = [("q", wanted.words)] if wanted.words else []
    query += [(name, chosen) for name, values in wanted.chosen.items() if name != facet for chosen in values]
    query += [("not_" + name, out) for name, values in wanted.excluded.items() for out in values]
    query += [(facet, value)] if facet else []
    return reverse("partnerships:partnership_list") + ("?" + urlencode(query) if query else "")


def share_text(count: int, total: int) -> str:
    return f"{100 * count / total:.0f}%" if total else "–"


# --- shares -----------------------------------------------------------------------------------------------


def of_groups(wanted: search.Wanted) -> Drawn:
    """How many records name a least developed, landlocked or small island country, or a small firm."""
    found = search.find(wanted)
    groups = [("group", name, words()) for name, words in labels.COUNTRY_GROUPS.items()]
    groups.append(("partner", PartnerKind.SME, str(PartnerKind.SME.label)))
    rows = [
        (facet, value, label, found.counts.get(facet, {}).get(value, 0)) for facet, value, label in groups
    ]
    ldcs = rows[0][3]
    title = (
        _("%(share)s of the records name a least developed country")
        % {"share": share_text(ldcs, found.total)}
        if found.total
        else _("No record yet")
    )
    items = [
        figures.Item(
            label,
            count,
            registry_url(wanted, facet, value) if count else "",
            value_text=f"{count_text(count)} ({share_text(count, found.total)})",
        )
        for facet, value, label, count in rows
    ]
    return Drawn(
        title,
        figures.bars(items, id="groups", title=title),
        [_("Group"), _("Records"), _("Share of records")],
        [[label, count, share_text(count, found.total)] for _facet, _value, label, count in rows],
        [
            _(
                "A country counts as least developed if it is one today. A record that names no country "
                "counts in no group."
            )
        ],
    )


def of_coverage(wanted: search.Wanted) -> Drawn:
    """How many public partnerships measure, report and evaluate. Source: A/66/320, para. 60."""
    found = evaluation_coverage()
    rows = [
        (_("Has indicators above inputs"), found.with_indicators),
        (_("With baseline and target"), found.with_baseline),
        (_("Has reported at least once"), found.reported),
        (_("Evaluated"), found.evaluated),
        (_("Not evaluated, with a reason"), found.excused),
    ]
    title = (
        _("%(share)s of the partnerships were evaluated")
        % {"share": share_text(found.evaluated, found.total)}
        if found.total
        else _("No partnership owes an evaluation yet")
    )
    items = [
        figures.Item(label, count, value_text=f"{count_text(count)} ({share_text(count, found.total)})")
        for label, count in rows
    ]
    return Drawn(
        title,
        figures.bars(items, id="coverage", title=title),
        [_("Step"), _("Partnerships"), _("Share")],
        [[label, count, share_text(count, found.total)] for label, count in rows],
        [
            ngettext(
                "Counted is %(count)s public partnership at work or closed; the archive is left out.",
                "Counted are %(count)s public partnerships at work or closed; the archive is left out.",
                found.total,
            )
            % {"count": found.total}
        ],
    )


# --- contributions and results ----------------------------------------------------------------------------


def of_contributions(wanted: search.Wanted) -> Drawn:
    """Each kind of contribution on a row of its own: cash and in-kind have no sum together."""
    found = search.find(wanted, with_counts=False)
    sums = contributions_by_kind(search.entries_of(found))
    kinds = dict(ContributionKind.choices)
    title = (
        ngettext(
            "%(count)s kind of contribution is on record",
            "%(count)s kinds of contribution are on record",
            len(sums),
        )
        % {"count": len(sums)}
        if sums
        else _("No contribution on record")
    )
    items = [
        figures.Item(
            str(kinds[row.kind]),
            row.records,
            registry_url(wanted, "kind", row.kind),
            value_text=_usd(row.usd, row.records),
        )
        for row in sums
    ]
    rows = [
        [
            str(kinds[row.kind]),
            row.records,
            "; ".join(f"{currency} {count_text(total)}" for currency, total in row.by_currency) or "–",
            *(
                count_text(value) if value is not None else "–"
                for value in (row.usd, row.pledged_usd, row.received_usd)
            ),
        ]
        for row in sums
    ]
    head = [
        _("Kind"),
        _("Records"),
        _("As stated, by currency"),
        _("About USD"),
        _("of it pledged or agreed"),
        _("of it received"),
    ]
    return Drawn(
        title,
        figures.bars(items, id="contributions", title=title),
        head,
        rows,
        [
            _("Cash, investment and in-kind are never added up: they were valued in different ways."),
            _("US dollars are those of the day of each contribution; other currencies stay as stated."),
        ],
    )


def _usd(usd, records: int) -> str:
    counted = ngettext("%(count)s record", "%(count)s records", records) % {"count": records}
    return f"{counted}, USD {count_text(usd)}" if usd is not None else counted


def of_results(wanted: search.Wanted) -> Drawn:
    """Indicators by level; inputs are kept apart from what came of them. Source: A/66/320, para. 61."""
    found = search.find(wanted, with_counts=False)
    levels = indicators_by_level(search.entries_of(found))
    names = dict(Indicator.Level.choices)
    above = [level for level in levels if level.level != Indicator.Level.INPUT]
    measured, actual = sum(level.indicators for level in above), sum(level.with_actual for level in above)
    title = (
        ngettext(
            "%(actual)s of %(count)s indicator above inputs has a value",
            "%(actual)s of %(count)s indicators above inputs have a value",
            measured,
        )
        % {"actual": actual, "count": measured}
        if measured
        else _("No indicator above inputs yet")
    )
    items = [
        figures.Item(str(names[level.level]), level.indicators, is_main=level.level != Indicator.Level.INPUT)
        for level in levels
    ]
    head = [
        _("Level"),
        _("Records"),
        _("Indicators"),
        _("With baseline"),
        _("With target"),
        _("With actual value"),
        _("Target met"),
    ]
    return Drawn(
        title,
        figures.bars(items, id="results", title=title),
        head,
        [
            [
                str(names[level.level]),
                level.records,
                level.indicators,
                level.with_baseline,
                level.with_target,
                level.with_actual,
                level.met,
            ]
            for level in levels
        ],
        [_("Values of different indicators are not added up. An input is never counted as a result.")],
    )


# --- balance ----------------------------------------------------------------------------------------------


def of_balance(wanted: search.Wanted) -> Drawn:
    """Sectors of partners by region, with the sectors and regions that have none.

    Source: A/58/227, para. 22.
    """
    table = search.cross(wanted, "sector", "region")
    sections = [sector for sector in labels.reference(Sector).values() if sector.level == "section"]
    regions = [region for region in labels.reference(Region).values() if region.level == "region"]
    rows = [
        (sector.title_en, [table.get(sector.code, {}).get(region.m49, 0) for region in regions])
        for sector in sorted(sections, key=lambda sector: sector.code)
    ]
    heads = [str(region) for region in regions]
    without = [label for label, counts in rows if not any(counts)]
    bare = [head for place, head in enumerate(heads) if not any(counts[place] for _label, counts in rows)]
    title = _("%(count)s of %(all)s sectors have no partnership in any region") % {
        "count": len(without),
        "all": len(rows),
    }
    notes = []
    if without:
        notes.append(_("No record yet in: %(names)s") % {"names": "; ".join(without)})
    if bare:
        notes.append(_("No record with a known sector yet in: %(names)s") % {"names": ", ".join(bare)})
    return Drawn(
        title,
        figures.heat_table(_("Sector"), heads, rows, caption=title),
        [_("Sector"), *heads],
        [[label, *counts] for label, counts in rows],
        notes,
    )


def of_countries(wanted: search.Wanted) -> Drawn:
    """The map, the tiles and the table of countries."""
    found = search.find(wanted)
    counts = found.counts.get("country", {})
    known = labels.countries()
    title = (
        ngettext("Records name %(count)s country", "Records name %(count)s countries", len(counts))
        % {"count": len(counts)}
        if counts
        else _("No record names a country yet")
    )
    groups: dict[str, list[figures.Tile]] = {}
    for code in sorted(counts, key=lambda code: (-counts[code], str(known[code]))):
        country: Country = known[code]
        region = labels.reference(Region).get(country.subregion_id or country.region_id)
        tile = figures.Tile(code, str(country), counts[code], registry_url(wanted, "country", code))
        groups.setdefault(str(region or _("Other")), []).append(tile)
    drawing = format_html(
        "{}<h4>{}</h4>{}",
        figures.world(
            [figures.Place(known[code].m49, count) for code, count in counts.items()],
            id="map",
            title=title,
            description=_("One dot a country; a number where a country has more than one record."),
        ),
        _("The same by region"),
        figures.tiles(sorted(groups.items())),
    )
    return Drawn(
        title,
        drawing,
        [_("Country"), _("Records"), _("Share of records")],
        [
            [str(known[code]), counts[code], share_text(counts[code], found.total)]
            for code in sorted(counts, key=lambda code: (-counts[code], str(known[code])))
        ],
        [_("Records that are worldwide or name a region only are not on the map.")],
    )


# --- offers -----------------------------------------------------------------------------------------------


def of_offers(wanted: search.Wanted) -> Drawn:
    """How offers of the last year ended, without counts so small that they could point to one company."""
    found = offer_figures()
    rows = [(label, count) for _status, label, count in found.outcomes]
    rows += [(_("Declined: %(reason)s") % {"reason": label}, count) for _code, label, count in found.reasons]
    title = (
        _("Half of the offers were answered within %(days)s working days") % {"days": found.median_days}
        if found.median_days is not None and found.answered >= SMALLEST_CELL
        else _("Too few offers were answered within a year to show")
    )
    fewer = _("fewer than %(count)s") % {"count": SMALLEST_CELL}
    shown = [(label, count if count >= SMALLEST_CELL else 0) for label, count in rows if count]
    items = [figures.Item(str(label), count, value_text="" if count else fewer) for label, count in shown]
    return Drawn(
        title,
        figures.bars(items, id="offers", title=title) if items else SafeString(""),
        [_("Outcome"), _("Offers")],
        [[str(label), count or fewer] for label, count in shown],
        [
            _("Offers are not public, so a count below %(count)s is shown as “%(fewer)s”.")
            % {"count": SMALLEST_CELL, "fewer": fewer}
        ],
    )


def choices(model) -> Callable[[], list[str]]:
    return lambda: list(model.values)


def _goals() -> list[str]:
    return [str(number) for number in sorted(labels.goals())]


def _statuses() -> list[str]:
    hidden = {PartnershipStatus.WITHDRAWN, PartnershipStatus.NOT_ELIGIBLE}
    return [status for status in PartnershipStatus.values if status not in hidden]


_EACH = gettext_lazy(
    "A record counts once under each value it has, so the bars add up to more than the records."
)
_ONCE = gettext_lazy("Each record has one value.")
FIGURES = {
    figure.slug: figure
    for figure in (
        Figure("goals", gettext_lazy("Partnerships by goal"), _EACH, of_facet("goal", _goals)),
        Figure("countries", gettext_lazy("Partnerships by country"), _EACH, of_countries),
        Figure(
            "types", gettext_lazy("Partnerships by type"), _ONCE, of_facet("type", choices(PartnershipType))
        ),
        Figure(
            "purposes", gettext_lazy("Partnerships by purpose"), _EACH, of_facet("purpose", choices(Purpose))
        ),
        Figure("entities", gettext_lazy("Partnerships by UN entity"), _EACH, of_facet("entity")),
        Figure("sectors", gettext_lazy("Partnerships by sector of the partner"), _EACH, of_facet("sector")),
        Figure("themes", gettext_lazy("Partnerships by theme"), _EACH, of_facet("theme")),
        Figure("regions", gettext_lazy("Partnerships by region"), _EACH, of_facet("region")),
        Figure("states", gettext_lazy("Partnerships by status"), _ONCE, of_facet("status", _statuses)),
        Figure(
            "years",
            gettext_lazy("Partnerships by start year"),
            gettext_lazy("The year in which a record began; records without a start are left out."),
            of_facet("year", lambda: [str(year) for year in range(*year_range())], upright=True),
        ),
        Figure(
            "groups",
            gettext_lazy("Countries in special situations and small firms"),
            gettext_lazy("Records that name at least one country of the group, or one small or medium firm."),
            of_groups,
        ),
        Figure(
            "balance",
            gettext_lazy("Balance of sectors and regions"),
            gettext_lazy("Records by sector of the partner (ISIC Rev.4) and region of the countries named."),
            of_balance,
        ),
        Figure(
            "contributions",
            gettext_lazy("Contributions by kind"),
            gettext_lazy("Contributions that are neither cancelled nor only planned nor withheld."),
            of_contributions,
        ),
        Figure(
            "results",
            gettext_lazy("Indicators and results"),
            gettext_lazy("Indicators of records whose results are not withheld, by level."),
            of_results,
        ),
        Figure(
            "reporting",
            gettext_lazy("Reporting on time"),
            gettext_lazy("Partnerships at work, by how their last progress report stands."),
            of_facet("light", choices(reporting.Light)),
        ),
        Figure(
            "evaluation",
            gettext_lazy("Evaluation coverage"),
            gettext_lazy("Public partnerships at work or closed."),
            of_coverage,
            takes_filters=False,
        ),
        Figure(
            "offers",
            gettext_lazy("Offers by outcome"),
            gettext_lazy("Offers sent in within the last year, by what became of them."),
            of_offers,
            takes_filters=False,
        ),
    )
}


def year_range() -> tuple[int, int]:
    """From the first start year on record to after the last; (0, 0) without any."""
    years = [int(year) for year in search.find(search.Wanted()).counts.get("year", {}) if year.isdigit()]
    return (min(years), max(years) + 1) if years else (0, 0)
