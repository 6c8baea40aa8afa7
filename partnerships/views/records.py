"""The public page of one record."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from focalpoints.models import FocalPoint
from partnerships import labels, reporting, search, selfchecks, sources
from partnerships.models import (
    TYPE_QUESTIONS,
    Contribution,
    ContributionKind,
    Framework,
    Indicator,
    Partnership,
    PartnershipParty,
    PartnershipStatus,
    SelfCheck,
    UNRole,
    Visibility,
    Withholdable,
)
from partnerships.models.dates import PartialDateField
from partnerships.queries.history import last_move, moves_of
from partnerships.queries.publication import relatives_of, withheld_from
from partnerships.views.rows import goal_tags
from portal.errors import error_page
from portal.marks import isolated, joined
from portal.templatetags.portal import amount
from screening.queries import Standing, standings

# The look of a light: that of a status with the same meaning.
LIGHT_LOOKS: dict[str, str] = {
    reporting.Light.GREEN: "current",
    reporting.Light.DUE: "waiting",
    reporting.Light.OVERDUE: "failed",
    reporting.Light.INACTIVE: "on_hold",
}


# Fields that the page tells one below the other, where they are filled.
STORY = ("problem", "approach", "un_added_value", "business_case", "local_needs_link", "mandate")
EVALUATION = (
    "evaluation_kind", "evaluation_due", "evaluation_plan", "evaluation_budget_usd", "no_evaluation_reason",
)  # fmt: skip
FINDINGS = ("evaluation_findings", "stakeholders_heard", "evaluation_decision")
LASTING = ("benefits_after_end", "handover", "local_owner")


@require_safe
@login_not_required
def partnership_detail(request: HttpRequest, reference: str, slug: str = "") -> HttpResponse:
    """A record as anybody reads it; 410 with the reason where it was withdrawn.

    Its address without the title, or with an earlier one, leads to that of today.
    """
    records = (
        Partnership.objects.visible_to(request.user)
        .for_list()
        .select_related("primary_target")
        .prefetch_related(
            "entity_roles__entity",
            "entity_roles__office_country",
            Prefetch(
                "parties",
                PartnershipParty.objects.select_related("company__country", "company__sector", "sector"),
            ),
            "countries",
            "targets",
            "contributions__country",
            "indicators__measurements",
            "milestones",
            "regions",
            "exchanges",
            "lesson_rows",
            "sources",
            "translations",
            "self_checks",
        )
    )
    record = get_object_or_404(records, reference=reference)
    if record.status == PartnershipStatus.WITHDRAWN:
        return gone(request, record)
    if slug != record.slug:
        query = request.META["QUERY_STRING"]
        return redirect(record.get_absolute_url() + (f"?{query}" if query else ""), permanent=True)
    withheld = withheld_from(request.user, record)
    inferred = sources.inferred(record.inferred_fields)
    contributions = [] if Withholdable.CONTRIBUTIONS in withheld else list(record.contributions.all())
    indicators = [] if Withholdable.RESULTS in withheld else list(record.indicators.all())
    money = [c for c in contributions if c.amount is not None and c.status != Contribution.Status.PLANNED]
    money_has = {name for name in ("giver", "country_id") if any(getattr(c, name) for c in money)}
    money_has |= {"giver" for c in money if c.receiver}
    results = [i for i in indicators if i.level != Indicator.Level.INPUT]
    context = {
        "record": record,
        "withheld": withheld,
        **report_state(record),
        "story": told(record, *STORY),
        "learned": learned(record, withheld),
        "duties": duties(record) if Withholdable.PARTIES not in withheld else [],
        "duties_have_interests": any(party.interests for party in record.parties.all()),
        "agreement": agreement(record),
        "period": period(record),
        "targets": record.targets.all(),
        "main_target": main_target(record),
        "contacts": FocalPoint.objects.visible_to(request.user)
        .active()
        .filter(partnerships=record)
        .for_list(),
        "relatives": relatives(record, request.user),
        "trend": selfchecks.trend(record.self_checks.all()),
        "is_transformational": selfchecks.badge_of(record.self_checks.all()),
        "criteria": registration_check(record),
        "places": places(record) if Withholdable.PLACES not in withheld else "",
        "sources": [source for source in record.sources.all() if source.is_public],
        "inferred": inferred,
        "inferred_words": joined(name for field, name in sources.field_names().items() if field in inferred),
        "status_look": labels.status_look(record),
        "status_words": labels.status_in_words(record, in_full=True),
        "place_words": labels.country_names(record.country_codes),
        "since_words": labels.since_in_words(record),
        "agreement_signed": labels.partial_date(record.agreement_signed),
        "status_as_of": labels.partial_date(record.status_as_of),
        "leads": [role for role in record.entity_roles.all() if role.role == UNRole.LEAD],
        "other_entities": [role for role in record.entity_roles.all() if role.role != UNRole.LEAD],
        "partners": [party for party in record.parties.all() if party.company],
        "other_partners": [party for party in record.parties.all() if not party.company],
        "purposes": labels.listed([labels.OF_FACET["purpose"](purpose) for purpose in record.purposes]),
        "themes": labels.listed([labels.OF_FACET["theme"](theme) for theme in record.themes]),
        "forms": labels.listed([labels.OF_FACET["form"](modality) for modality in record.modalities]),
        "goals": goal_tags(record.goal_numbers),
        "type_answers": [
            {"term": question, "value": record.type_details[key]}
            for key, question in TYPE_QUESTIONS[record.partnership_type].items()
            if record.type_details.get(key)
        ],
        "money": money,
        "money_has": money_has,
        "planned_money": [c for c in contributions if c.status == Contribution.Status.PLANNED],
        "sums": sums(contributions),
        "sum_columns": 3 + len(money_has),
        "in_kind": [c for c in contributions if c.amount is None],
        "exchanges": [] if Withholdable.CONTRIBUTIONS in withheld else list(record.exchanges.all()),
        "frameworks": joined((str(Framework(code).label) for code in record.frameworks), ";"),
        "results": results,
        "results_have": {
            name
            for name in ("baseline", "target", "actual")
            if any(getattr(i, name) is not None for i in results)
        },
        "measured": [i for i in indicators if i.measurements.all()],
        "ldc_percent": f"{record.ldc_share * 100:.0f} %" if record.ldc_share is not None else "",
        "inputs": [i for i in indicators if i.level == Indicator.Level.INPUT],
        "reporting": search.reporting_of(indicators),
        "timeline": timeline(record),
        "document": sources.documents().get(record.source_document),
        "checks": [] if Withholdable.PARTIES in withheld else checks_of(record),
        "address": request.build_absolute_uri(reverse("partnerships:partnership_detail", args=[reference])),
        "canonical": request.build_absolute_uri(record.get_absolute_url()),
        "is_public": record.visibility == Visibility.PUBLIC,
        "can_edit": Partnership.objects.editable_by(request.user).filter(pk=record.pk).exists()
        if request.user.is_authenticated
        else False,
    }
    return render(request, "partnerships/partnership_detail.html", context)


def report_state(record: Partnership) -> dict:
    """The traffic light of a record in words, and the reports handed in, the newest first."""
    light = reporting.light_of(record, localdate())
    return {
        "light": light,
        "light_words": reporting.Light(light).label if light else "",
        "light_look": LIGHT_LOOKS.get(light, ""),
        "reports": list(record.reports.handed_in()),
    }


def told(record: Partnership, *names: str) -> list[dict]:
    """Those of these fields that are filled, each in words under its name."""
    fields = {field.name: field for field in record._meta.fields}
    found = []
    for name in names:
        field = fields[name]
        value = getattr(record, name)
        if value in ("", None):
            continue
        if field.choices:
            value = dict(field.flatchoices)[value]
        elif isinstance(field, PartialDateField):
            value = labels.partial_date(value)
        elif isinstance(value, Decimal):
            value = amount(value)
        found.append({"term": capfirst(field.verbose_name), "value": value})
    return found


def learned(record: Partnership, withheld: Collection[str]) -> list[dict]:
    """How it ended, how it was evaluated, what lasts. Findings only once they are published."""
    published = FINDINGS if record.evaluation_published else ()
    report = () if Withholdable.RESULTS in withheld else ("final_report",)
    return told(record, "end_decision", *report, "lessons", *EVALUATION, *published, *LASTING)


def duties(record: Partnership) -> list[PartnershipParty]:
    """The partners, where at least one says what it does, wants, or since when it takes part."""
    parties = list(record.parties.all())
    says = ("role", "responsibilities", "interests", "joined", "left")
    return parties if any(getattr(party, name) for party in parties for name in says) else []


def agreement(record: Partnership) -> list[str]:
    """What was agreed: its kind, when it was signed, its terms, as far as they are known."""
    signed = labels.partial_date(record.agreement_signed)
    return [
        part
        for part in (
            str(record.get_agreement_kind_display()),
            _("Signed %(when)s") % {"when": signed} if signed else "",
            record.agreement_note,
        )
        if part
    ]


def period(record: Partnership) -> str:
    """From when until when, as far as it is known; and when the idea came up."""
    start, end, idea = map(labels.partial_date, (record.start, record.end, record.idea_on))
    words = f"{start} – {end}" if start and end else labels.since_in_words(record)
    if start and not end:
        words = _("Since %(year)s") % {"year": start}
    return joined(
        [
            words,
            *([_("no end foreseen")] if record.is_open_ended else []),
            *([_("idea of %(when)s") % {"when": idea}] if idea else []),
        ],
        ";",
    )


def main_target(record: Partnership) -> str:
    if record.primary_target_id is None:
        return ""
    return _("Main target: %(target)s") % {"target": isolated(record.primary_target)}


def relatives(record: Partnership, user) -> list[dict]:
    words = {
        "parent": _("Belongs to"),
        "children": _("Under this umbrella"),
        "predecessor": _("Follows"),
        "successors": _("Followed by"),
        "replication_of": _("Modelled on"),
        "replications": _("Done again as"),
    }
    found = relatives_of(record, user)
    return [{"term": term, "records": found[kind]} for kind, term in words.items() if kind in found]


def registration_check(record: Partnership) -> list[dict]:
    """The criteria of registration with what shows each, for `components/checks.html`, or []."""
    made = next((c for c in record.self_checks.all() if c.kind == SelfCheck.Kind.REGISTRATION), None)
    if made is None:
        return []
    return [
        {
            "label": label,
            "note": made.answers.get(item, {}).get("note", ""),
            "state": "ok" if made.answers.get(item, {}).get("mark") else "wait",
        }
        for item, label in selfchecks.ITEMS[SelfCheck.Kind.REGISTRATION].items()
    ]


def places(record: Partnership) -> str:
    """What is said of places besides the countries: regions, countries that are only counted, words."""
    parts = [str(region) for region in record.regions.all()]
    if record.unnamed_country_count:
        parts.append(
            ngettext(
                "%(count)d further country that is not named",
                "%(count)d further countries that are not named",
                record.unnamed_country_count,
            )
            % {"count": record.unnamed_country_count}
        )
    return joined([*parts, *filter(None, [record.place_note])], ";")


def gone(request: HttpRequest, record: Partnership) -> HttpResponse:
    move = last_move(record, PartnershipStatus.WITHDRAWN)
    lead = joined(role.entity.acronym for role in record.entity_roles.all() if role.role == UNRole.LEAD)
    return error_page(
        request, 410, reason=move.note if move else "", withdrawn_on=move.at if move else None, by=lead
    )


@dataclass(frozen=True)
class Sum:
    """What is stated of one kind of money, in US dollars."""

    label: str
    value: object


def sums(contributions: list[Contribution]) -> list[Sum]:
    """Cash and investment each on its own: they are never added up."""
    found = []
    for kind, label in (
        (ContributionKind.CASH, _("Cash stated in all")),
        (ContributionKind.INVESTMENT, _("Investment stated in all")),
    ):
        values = [c.usd_value for c in search.counted(contributions) if c.kind == kind and c.usd_value]
        if len(values) > 1:
            found.append(Sum(label, sum(values)))
    return found


@dataclass(frozen=True)
class Moment:
    when: str
    text: str
    is_now: bool = False


def timeline(record: Partnership) -> list[Moment]:
    """Milestones, start, end and changes of status, or the status the source tells of, in order of time.

    The last that is not to come is where the record stands now.
    """
    dated = [(moment.on, moment.text) for moment in record.milestones.all()]
    signed = {on for on, _text in dated}
    if record.agreement_signed and record.agreement_signed not in signed:
        dated.append((record.agreement_signed, _("Agreement signed")))
    if record.start and not any(on[:4] == record.start[:4] for on, _text in dated):
        dated.append((record.start, _("Start")))
    if record.is_imported and record.status_as_of:
        status = record.get_status_display().lower()
        dated.append((record.status_as_of, _("Status of this record: %(status)s") % {"status": status}))
    known = dict(PartnershipStatus.choices)
    for move in moves_of(record):
        status = str(known.get(move.changes["status"][1], ""))
        dated.append((localtime(move.at).date().isoformat(), _("Became: %(status)s") % {"status": status}))
    if record.end:
        dated.append((record.end, _("End")))
    dated.sort(key=lambda pair: pair[0])
    now = sum(on <= localdate().isoformat() for on, _text in dated) - 1
    return [
        Moment(labels.partial_date(on), text, is_now=place == now) for place, (on, text) in enumerate(dated)
    ]


@dataclass(frozen=True)
class Check:
    """How a company of the record was checked, in words that harm nobody who was not decided upon."""

    company: object
    sentence: str


def checks_of(record: Partnership) -> list[Check]:
    """How the named companies were checked by each UN entity that leads; one of the archive stands once."""
    found = {
        (row.company.pk, None if row.company.is_from_archive else row.entity): check_words(row)
        for row in standings(record)
    }
    return list(found.values())


def check_words(row: Standing) -> Check:
    if row.company.is_from_archive:
        return Check(row.company, _("Not recorded. The source is older than the registry’s screening."))
    if not (row.clearance and row.clearance.is_valid):
        return Check(row.company, _("No clearance is in force."))
    days = {
        "entity": row.entity.acronym if row.entity else "",
        "day": labels.partial_date(row.clearance.decided_on.isoformat()),
        "until": labels.partial_date(row.clearance.valid_until.isoformat())
        if row.clearance.valid_until
        else "",
    }
    if row.entity:
        return Check(row.company, _("Cleared by %(entity)s on %(day)s, valid until %(until)s.") % days)
    return Check(row.company, _("Cleared on %(day)s, valid until %(until)s.") % days)
