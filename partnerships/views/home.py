"""The front page: what is here, what is new, where, and how to take part."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from partnerships import labels
from partnerships.queries.registry import newest_partnerships, registry_figures
from partnerships.views.rows import as_rows
from portal import figures
from portal.marks import joined

NEWEST_SHOWN = 4


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    counted = registry_figures()
    registry = reverse("partnerships:partnership_list")
    context = {
        "figures": counted,
        "rows": as_rows(newest_partnerships(NEWEST_SHOWN)),
        "map": where(counted["countries"]) if counted["countries"] else "",
        "map_table": map_table(counted["countries"]),
        "goals": [
            {"number": number, "title": str(goal), "count": counted["goals"].get(number, 0)}
            for number, goal in sorted(labels.goals().items())
        ],
        "goals_met": sum(1 for count in counted["goals"].values() if count),
        "goal_count": len(labels.goals()),
        "country_words": country_words(len(counted["countries"]), counted["ldcs"]),
        "examples": [
            (str(labels.countries()["UGA"]), reverse("partnerships:country_detail", args=["UGA"])),
            (_("child labour"), f"{registry}?target=8.7"),
            (_("Goal %(number)s") % {"number": 8}, reverse("partnerships:goal_detail", args=[8])),
            (_("pro bono"), f"{registry}?kind=pro_bono"),
        ],
    }
    return render(request, "partnerships/home.html", context)


def country_words(countries: int, ldcs: int) -> str:
    return ngettext(
        "country named, least developed among them: %(ldcs)s",
        "countries named, least developed among them: %(ldcs)s",
        countries,
    ) % {"ldcs": ldcs}


def where(records: dict[str, int]):
    """The dotted map of the countries that records name. `records` is {iso3: records}."""
    known = labels.countries()
    several = sorted((code for code, count in records.items() if count > 1), key=lambda code: -records[code])
    named = joined(f"{known[code]} {records[code]}" for code in several[:8])
    description = _("One dot a country; a number where a country has more than one record.")
    return figures.world(
        [figures.Place(known[code].m49, count) for code, count in records.items()],
        id="where",
        title=_("Countries named in partnerships"),
        description=f"{description} {named}".strip(),
    )


def map_table(records: dict[str, int]) -> dict:
    known = labels.countries()
    rows = sorted(
        ((str(known[code]), count) for code, count in records.items()), key=lambda row: (-row[1], row[0])
    )
    return {"caption": _("Records by country"), "head": [_("Country"), _("Records")], "rows": rows}
