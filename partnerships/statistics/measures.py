"""Figures of what records hold: contributions, results, evaluations; and of what became of offers."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnerships import search
from partnerships.models import (
    ContributionKind,
    Indicator,
)
from partnerships.queries.offer_figures import offer_figures
from partnerships.queries.reporting import evaluation_coverage
from partnerships.queries.statistics import contributions_by_kind, indicators_by_level
from partnerships.statistics.drawn import SMALLEST_CELL, Drawn, registry_url, share_text, small
from portal import figures
from portal.figures.svg import count_text


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
    fewer = small(1)
    shown = [(str(label), count) for label, count in rows if count]
    items = [
        figures.Item(label, count) if count >= SMALLEST_CELL else figures.Item(label, 0, value_text=fewer)
        for label, count in shown
    ]
    return Drawn(
        title,
        figures.bars(items, id="offers", title=title) if items else SafeString(""),
        [_("Outcome"), _("Offers")],
        [[label, small(count)] for label, count in shown],
        [
            _("Offers are not public, so a count below %(count)s is shown as “%(fewer)s”.")
            % {"count": SMALLEST_CELL, "fewer": fewer}
        ],
    )
