"""The statistics of the registry: each figure with its values as a table, and how it is counted.

A figure is drawn from the records that a `Wanted` describes, so every filter of the registry narrows it too.
Counts are of records; a record with two values of a facet counts once under each.
"""

from collections.abc import Callable

from django.utils.translation import gettext_lazy

from partnerships import labels, reporting, search
from partnerships.models import PartnershipStatus, PartnershipType, Purpose
from partnerships.statistics.drawn import Drawn, Figure, registry_url
from partnerships.statistics.facets import of_balance, of_countries, of_facet, of_groups
from partnerships.statistics.measures import of_contributions, of_coverage, of_offers, of_results
from partnerships.statistics.network import (
    of_actions,
    of_decisions,
    of_focal_points,
    of_indicators,
    of_local_networks,
    of_talks,
    of_triage,
)

__all__ = ["FIGURES", "Drawn", "Figure", "registry_url", "year_range"]


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
        Figure(
            "triage",
            gettext_lazy("Days until an offer is answered"),
            gettext_lazy("Offers answered within the last year, in working days."),
            of_triage,
            takes_filters=False,
        ),
        Figure(
            "local-networks",
            gettext_lazy("Involvement of Local Networks"),
            gettext_lazy("Records by the Local Networks of the UN Global Compact that they touch."),
            of_local_networks,
        ),
        Figure(
            "indicators",
            gettext_lazy("Results by indicator"),
            gettext_lazy("Indicators of records whose results are not withheld, each with its target."),
            of_indicators,
        ),
        Figure(
            "talks",
            gettext_lazy("Companies in talks with several entities"),
            gettext_lazy("Companies of which a UN entity holds an offer now."),
            of_talks,
            takes_filters=False,
        ),
        Figure(
            "decisions",
            gettext_lazy("Days to a decision"),
            gettext_lazy("Days from the opening of a due diligence case to its decision."),
            of_decisions,
            takes_filters=False,
        ),
        Figure(
            "focal-points",
            gettext_lazy("Coverage by focal points"),
            gettext_lazy("Entries of the directory that are public."),
            of_focal_points,
            takes_filters=False,
        ),
        Figure(
            "actions",
            gettext_lazy("Action points by meeting"),
            gettext_lazy("Action points of public meetings, by how far they came."),
            of_actions,
            takes_filters=False,
        ),
    )
}


def year_range() -> tuple[int, int]:
    """From the first start year on record to after the last; (0, 0) without any."""
    years = [int(year) for year in search.find(search.Wanted()).counts.get("year", {}) if year.isdigit()]
    return (min(years), max(years) + 1) if years else (0, 0)
