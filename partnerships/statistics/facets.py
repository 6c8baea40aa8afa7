"""Figures that count records by the values of a facet: as bars, shares, a map, a balance."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partnerships import labels, search
from partnerships.models import (
    PartnerKind,
)
from partnerships.statistics.drawn import Drawn, registry_url, share_text
from portal import figures
from portal.figures.svg import count_text
from portal.marks import joined
from portal.models import Country, Region, Sector

DRAWN = 20  # bars at most; the table has them all


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
        title = headline(rows, found.total)
        return Drawn(
            title,
            make(drawn, id=f"by-{facet}", title=title),
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
        notes.append(_("No record yet in: %(names)s") % {"names": joined(without, ";")})
    if bare:
        notes.append(_("No record with a known sector yet in: %(names)s") % {"names": joined(bare)})
    return Drawn(
        title,
        figures.heat_table(_("Sector"), heads, rows, caption=title),
        [_("Sector"), *heads],
        [[label, *counts] for label, counts in rows],
        notes,
    )


def ranked_countries(counts: Mapping[str, int]) -> list[Country]:
    """The countries of these counts, those of most records first."""
    known = labels.countries()
    return sorted((known[code] for code in counts), key=lambda country: (-counts[country.pk], str(country)))


def of_countries(wanted: search.Wanted) -> Drawn:
    """The map, the tiles and the table of countries."""
    found = search.find(wanted)
    counts = found.counts.get("country", {})
    ranked = ranked_countries(counts)
    title = (
        ngettext("Records name %(count)s country", "Records name %(count)s countries", len(counts))
        % {"count": len(counts)}
        if counts
        else _("No record names a country yet")
    )
    groups: dict[str, list[figures.Tile]] = {}
    for country in ranked:
        region = labels.reference(Region).get(country.subregion_id or country.region_id)
        address = registry_url(wanted, "country", country.pk)
        tile = figures.Tile(country.pk, str(country), counts[country.pk], address)
        groups.setdefault(str(region or _("Other")), []).append(tile)
    drawing = format_html(
        "{}<h4>{}</h4>{}",
        figures.world(
            [figures.Place(country.m49, counts[country.pk]) for country in ranked],
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
            [str(country), counts[country.pk], share_text(counts[country.pk], found.total)]
            for country in ranked
        ],
        [_("Records that are worldwide or name a region only are not on the map.")],
    )
