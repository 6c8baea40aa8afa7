"""Figures of what stands behind the records: networks, talks, decisions, focal points, actions, indicators.

What is not public is only counted, and a count so small that it could point at one company is not shown.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from focalpoints.models import ActionState, FocalPoint, Task
from focalpoints.queries.directory import coverage
from focalpoints.queries.meetings import actions_by_meeting
from partnerships import search
from partnerships.models import Company, Indicator, Partnership
from partnerships.queries.offer_figures import offer_figures
from partnerships.queries.statistics import indicators_of
from partnerships.queries.triage import HELD
from partnerships.statistics.drawn import SMALLEST_CELL, Drawn, share_text, small
from portal import figures
from portal.figures.svg import count_text
from screening.queries.figures import days_to_decision, reuse

MOST_ROWS = 1_000  # of the table of indicators
DRAWN = 20


def bars(name: str, title: str, rows: Iterable[tuple[str, int, str]]) -> SafeString:
    """Bars of (label, count, text beside it); nothing where there is no row."""
    items = [figures.Item(label, count, value_text=words) for label, count, words in rows]
    return figures.bars(items, id=name, title=title) if items else SafeString("")


def of_local_networks(wanted: search.Wanted) -> Drawn:
    """Where a Local Network could take part, and where one does. Source: A/66/320, paras. 30 and 66."""
    found = search.find(wanted, with_counts=False)
    records = Partnership.objects.filter(pk__in=search.entries_of(found).values("pk")).order_by()
    networks = FocalPoint.objects.active().filter(tasks__contains=[Task.LOCAL_NETWORK])
    places = networks.exclude(countries=None).values("countries")
    rows = [
        (_("A Local Network answers for the record"), records.filter(focal_points__in=networks)),
        (_("It names a country with a Local Network"), records.filter(countries__in=places)),
    ]
    counts = [(label, part.distinct().count()) for label, part in rows]
    title = (
        _("A Local Network answers for %(share)s of the records")
        % {"share": share_text(counts[0][1], found.total)}
        if found.total
        else _("No record yet")
    )
    return Drawn(
        title,
        bars(
            "networks",
            title,
            [(label, n, f"{count_text(n)} ({share_text(n, found.total)})") for label, n in counts],
        ),
        [_("Involvement"), _("Records"), _("Share of records")],
        [[label, n, share_text(n, found.total)] for label, n in counts],
        [_("A Local Network is known where the directory has an entry with that task.")],
    )


def of_indicators(wanted: search.Wanted) -> Drawn:
    """Each indicator with target and actual value, inputs last and apart. Source: A/66/320, para. 61."""
    found = search.find(wanted, with_counts=False)
    rows: list[Any] = list(indicators_of(search.entries_of(found))[: MOST_ROWS + 1])
    above = [row for row in rows if row.level != Indicator.Level.INPUT]
    states: dict[str, int] = {
        _("Target met"): sum(row.is_met for row in above),
        _("Target not met yet"): sum(
            row.target is not None and row.actual is not None and not row.is_met for row in above
        ),
        _("Target without a value yet"): sum(row.target is not None and row.actual is None for row in above),
        _("Value without a target"): sum(row.target is None and row.actual is not None for row in above),
    }
    aimed = sum(row.target is not None for row in above)
    title = (
        ngettext("%(met)s of %(count)s target is met", "%(met)s of %(count)s targets are met", aimed)
        % {"met": states[_("Target met")], "count": aimed}
        if aimed
        else _("No indicator above inputs has a target yet")
    )
    notes = [_("Inputs stand at the end of the table and are never counted as results.")]
    if len(rows) > MOST_ROWS:
        notes.append(
            _("The table has the first %(count)s; narrow the figure for the others.") % {"count": MOST_ROWS}
        )
    return Drawn(
        title,
        bars("indicators", title, [(label, n, "") for label, n in states.items()]),
        [
            _("Indicator"),
            _("Record"),
            _("Level"),
            _("Unit"),
            _("Baseline"),
            pgettext("of an indicator", "Target"),
            _("Actual"),
            _("As of"),
        ],
        [
            [
                row.name,
                row.partnership.reference,
                str(row.get_level_display()),
                row.unit,
                *(
                    count_text(value) if value is not None else "–"
                    for value in (row.baseline, row.target, row.actual)
                ),
                row.as_of,
            ]
            for row in rows[:MOST_ROWS]
        ],
        notes,
    )


def of_talks(wanted: search.Wanted) -> Drawn:
    """Companies by how many entities hold an offer of theirs. Source: A/66/320, para. 39."""
    per_company = (
        Company.objects.order_by()
        .annotate(holders=Count("offers__entity", filter=Q(offers__status__in=HELD), distinct=True))
        .filter(holders__gt=0)
        .values_list("holders", flat=True)
    )
    holders = list(per_company)
    counts = [
        (_("One UN entity"), sum(n == 1 for n in holders)),
        (_("Two UN entities"), sum(n == 2 for n in holders)),
        (_("Three or more"), sum(n > 2 for n in holders)),
    ]
    several = counts[1][1] + counts[2][1]
    title = _("Companies in talks with several UN entities: %(count)s") % {"count": small(several)}
    return Drawn(
        title,
        bars("talks", title, [(label, n if n >= SMALLEST_CELL else 0, str(small(n))) for label, n in counts]),
        [_("In talks with"), _("Companies")],
        [[label, small(n)] for label, n in counts],
        [_("A company is in talks with an entity while that entity holds an offer of it.")],
    )


def of_decisions(wanted: search.Wanted) -> Drawn:
    """How long due diligence takes, and how often an assessment was used again."""
    years = [row for row in days_to_decision() if row["count"] >= SMALLEST_CELL]
    begun, rated = reuse()
    reused = share_text(begun, rated) if rated >= SMALLEST_CELL else "–"
    title = (
        _("Half of the decisions of %(year)s took up to %(days)s days")
        % {"year": years[0]["year"], "days": years[0]["median"]}
        if years
        else _("Too few decisions a year to show")
    )
    return Drawn(
        title,
        bars(
            "decisions",
            title,
            [(str(row["year"]), round(row["median"]), f"{row['median']}") for row in years],
        ),
        [_("Year"), _("Decisions"), _("Half within days"), _("Nine of ten within days")],
        [[row["year"], row["count"], row["median"], row["ninth"]] for row in years],
        [
            _("Assessments that began with another's answers, so that nothing was screened twice: %(share)s.")
            % {"share": reused},
            _("Years with fewer than %(count)s decisions are left out.") % {"count": SMALLEST_CELL},
        ],
    )


def of_triage(wanted: search.Wanted) -> Drawn:
    """Working days from the submission of an offer to its answer."""
    found = offer_figures()
    is_shown = found.answered >= SMALLEST_CELL
    title = (
        _("Nine of ten offers were answered within %(days)s working days")
        % {"days": found.slowest_tenth_days}
        if is_shown
        else _("Too few offers were answered within a year to show")
    )
    rows: Sequence[tuple[str, Any]] = (
        [
            (_("Half of the offers, within working days"), found.median_days),
            (_("Nine of ten offers, within working days"), found.slowest_tenth_days),
        ]
        if is_shown
        else []
    )
    return Drawn(
        title,
        bars("triage", title, [(label, days, str(days)) for label, days in rows]),
        [_("Measure"), _("Value")],
        [
            *map(list, rows),
            [_("Offers answered within a year"), small(found.answered)],
            [_("Answered in time"), share_text(found.in_time, found.answered) if is_shown else "–"],
        ],
        [_("In time is within ten working days.")],
    )


def of_focal_points(wanted: search.Wanted) -> Drawn:
    """Which entities and how many countries have an entry in the public directory."""
    found = coverage(AnonymousUser())
    everywhere = len(found.covered) + len(found.uncovered)
    rows = [(str(entity), entity.entry_count, entity.stale_count) for entity in found.entities]
    title = _("%(count)s of %(all)s UN entities have a focal point in the public directory") % {
        "count": found.entity_count,
        "all": len(rows),
    }
    return Drawn(
        title,
        bars("focal-points", title, [(label, n, "") for label, n, _stale in rows[:DRAWN] if n]),
        [_("UN entity"), _("Focal points"), _("Not confirmed lately")],
        [[*row] for row in rows],
        [
            _("Countries with a focal point of their own: %(count)s of %(all)s.")
            % {"count": len(found.covered), "all": everywhere}
        ],
    )


def of_actions(wanted: search.Wanted) -> Drawn:
    """What meetings agreed to do, by the year of the meeting and how far it came."""
    meetings = actions_by_meeting(AnonymousUser())
    states = [(state, str(state.label)) for state in ActionState]
    total = sum(meeting.action_count for meeting in meetings)
    done = sum(meeting.done_count for meeting in meetings)
    title = (
        _("%(done)s of %(all)s action points are done") % {"done": done, "all": total}
        if total
        else _("No action point on record")
    )
    return Drawn(
        title,
        bars(
            "actions",
            title,
            [(f"{meeting.year} {meeting.title}", meeting.action_count, "") for meeting in meetings],
        ),
        [_("Year"), _("Meeting"), _("Agreed"), *(label for _state, label in states)],
        [
            [
                meeting.year,
                meeting.title,
                meeting.action_count,
                *(getattr(meeting, f"{state}_count") for state, _label in states),
            ]
            for meeting in meetings
        ],
        [_("Counted are action points of meetings that are public.")],
    )
