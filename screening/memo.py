"""The record of a case as one document: what was screened, found, answered, rated, decided, by whom and when.

The page, the PDF and the DOCX are drawn from the same sections; the checksum is of those sections.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import date

from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from portal.attachments import attached_to
from portal.days import day_words, with_time
from portal.documents import Document, Facts, Items, Paragraph, Section, Table
from screening import comparison, dossier, queries
from screening.labels import (
    ANSWERS,
    DEPTHS,
    RATINGS,
    STEPS,
    TYPES,
    overlay_changes,
    rule_lines,
    step_codes,
)
from screening.models import (
    Assessment,
    Case,
    CompanyFact,
    Decision,
    DecisionLevel,
    RefusalReason,
    SubjectRole,
)
from screening.queries.assessments import assessment_state, frozen_rating
from screening.queries.catalogue import read_version
from screening.rating import COUNTS_AS, NOBODY, SIGNS, Criterion, decision_level, validity_months


def memo_of(case: Case) -> Document:
    """The whole record of a case as it is now, with its checksum as the last line."""
    sections = [section for section in _sections(case) if section.parts]
    return Document(
        title=_("Due diligence of %(company)s") % {"company": case.company.name},
        reference=case.reference,
        subtitle=case.get_status_display(),
        language=get_language() or "en",
        sections=[*sections, Section(_("Checksum"), [Paragraph(f"SHA-256 {checksum(sections)}")])],
    )


def checksum(sections: list[Section]) -> str:
    """SHA-256 of the sections as JSON with sorted keys: two memos with one checksum say the same."""
    content = json.dumps([asdict(section) for section in sections], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def _sections(case: Case) -> list[Section]:
    found = Assessment.objects.filter(case=case).select_related("catalogue", "case__company__sector").first()
    decision = Decision.objects.filter(case=case).select_related("by", "analyst", "entity").first()
    return [
        _request(case),
        _screened(case, decision),
        _hits(case),
        _dossier(case),
        *(_assessment(found) if found else []),
        _rating(found),
        *(_by_hand(found) if found else []),
        _plan(found),
        _conditions(case),
        _decision(decision),
        _files(case, found),
        _words(case, decision),
        _history(case),
    ]


def _request(case: Case) -> Section:
    facts = [
        (_("Case"), case.reference),
        (_("Company"), case.company.name),
        (_("UN entity"), str(case.entity or _("None: a hit opened it"))),
        (_("Engagement"), case.get_tier_display()),
        (_("Purpose"), case.purpose or "–"),
        (_("Asked for by"), str(case.requested_by or "–")),
        (_("Opened"), _moment(case.opened_at)),
        (_("Analyst"), str(case.analyst or "–")),
        (_("State"), case.get_status_display()),
    ]
    if case.follows:
        facts.append((_("Follows"), case.follows.reference))
    return Section(_("The case"), [Facts(facts)])


def _screened(case: Case, decision: Decision | None) -> Section:
    """The subject as screened and the lists it met: the run of the decision, or the last one."""
    run = decision.run if decision else queries.latest_run(case.company)
    if run is None:
        return Section(_("As screened"), [Paragraph(_("Not screened."))])
    own, people = run.subject["company"], run.subject["people"]
    facts = [
        (_("Name"), own["name"]),
        (_("Other names"), "; ".join(own["names"][1:]) or "–"),
        (_("Countries"), ", ".join(comparison.country_names(own["countries"])) or "–"),
        (_("Registry numbers"), "; ".join(row[1] for row in own["identifiers"]) or "–"),
        (_("People and parents"), "; ".join(map(_person, people)) or "–"),
        (_("Screened"), _moment(run.at)),
        (_("Matcher"), f"{run.matcher}, {_('threshold')} {run.threshold:.2f}"),
        (_("Complete"), _("Yes") if run.is_complete else " ".join(map(queries.gap_sentence, run.gaps))),
    ]
    lists = [
        (version.source.title, str(version.number), _moment(version.as_of), version.sha256[:16])
        for version in run.list_versions.select_related("source").order_by("source__title")
    ]
    table = Table([_("List"), _("Version"), _("As of"), _("Checksum")], lists)
    return Section(_("As screened"), [Facts(facts), *([table] if lists else [])])


def _person(row: dict) -> str:
    share = f", {row['share']}%" if row["share"] else ""
    return f"{row['name']} ({SubjectRole(row['role']).label}{share})"


def _hits(case: Case) -> Section:
    rows = [
        (
            hit.subject_name,
            f"{hit.entry_name} ({hit.source.title}, {hit.source_entry_id})",
            str(hit.points),
            hit.get_outcome_display() or _("Not decided"),
            " ".join(filter(None, [hit.get_reason_display(), hit.comment])) or "–",
            f"{hit.decided_by}, {_moment(hit.decided_at)}" if hit.decided_by else "–",
        )
        for hit in case.company.hits.for_list()
    ]
    if not rows:
        nothing = _("Nothing on the lists resembles this company or its people.")
        return Section(_("Hits"), [Paragraph(nothing)])
    head = [_("Subject"), _("Entry"), _("Score"), _("Outcome"), _("Why"), _("Who and when")]
    return Section(_("Hits"), [Table(head, rows)])


def _dossier(case: Case) -> Section:
    facts = CompanyFact.objects.current().filter(company=case.company).order_by("field")
    rows = [
        (
            str(dossier.FIELDS[fact.field].label),
            dossier.in_words(dossier.FIELDS[fact.field], fact.value),
            f"{fact.source}, {_day(fact.stated_on)}",
        )
        for fact in facts
        if fact.field in dossier.FIELDS
    ]
    company = case.company
    for activity in company.activities.current().select_related("sector"):
        share = _("share unknown") if activity.revenue_share is None else f"{activity.revenue_share:g}%"
        source = f"{activity.source}, {_day(activity.stated_on)}"
        rows.append((_("Activity"), f"{activity}, {share}", source))
    for item in company.controversies.current():
        words = f"{item} ({_('severity')} {item.severity}, {item.get_allegation_display()})"
        rows.append((_("Controversy"), words, f"{item.source}, {_day(item.stated_on)}"))
    for event in company.compact_events.current():
        rows.append((_("Global Compact"), str(event), f"{event.source}, {_day(event.stated_on)}"))
    parts = [Table([_("Field"), _("Value"), _("Source")], rows)] if rows else []
    return Section(_("Dossier"), parts)


def _assessment(found: Assessment) -> list[Section]:
    """The criteria as rated; before the recommendation, as they stand now."""
    outcomes = found.outcomes or {code: row.as_dict() for code, row in assessment_state(found).given.items()}
    known = read_version(found.catalogue).criteria_under(found.overlay)
    head = [_("Criterion"), _("Answer"), _("On what it rests")]
    sections = []
    for kind, label in TYPES.items():
        rows = [
            (f"{code} {row['title']}{_weight(known[code])}", str(ANSWERS[row["answer"]]), _basis(row))
            for code, row in sorted(outcomes.items())
            if row["type"] == kind
        ]
        sections.append(Section(str(label), [Table(head, rows)] if rows else []))
    return sections


def _weight(criterion: Criterion) -> str:
    """What the rule looks at beside the answer: " (critical)", " (floor: Core → Moderate)" or nothing."""
    words = [f"{ANSWERS[at]} → {RATINGS[rating]}" for at, rating in criterion.floor.items()]
    weights = [_("floor: %(floors)s") % {"floors": ", ".join(words)}] if words else []
    weights += [_("critical")] if criterion.is_critical else []
    weights += [_("anchor")] if criterion.is_anchor else []
    return f" ({', '.join(weights)})" if weights else ""


def _basis(row: dict) -> str:
    origin = {"automatic": _("Automatic"), "missing": _("Not answered")}.get(row["origin"], "")
    read_on = (
        _("read on %(date)s") % {"date": _day(date.fromisoformat(row["source_on"]))}
        if row["source_on"]
        else ""
    )
    source = ", ".join(filter(None, [row["source_url"], read_on]))
    source = f"({source})" if source else ""
    return " ".join(filter(None, [f"{origin}:" if origin and row["why"] else origin, row["why"], source]))


def _rating(found: Assessment | None) -> Section:
    if found is None:
        return Section(_("Rating"), [])
    rating = frozen_rating(found) if found.rating else assessment_state(found).rating
    rows = [
        (
            str(step.number),
            str(STEPS[step.name][0]),
            step.line or "–",
            "; ".join(step_codes(step)) or "–",
            str(RATINGS[step.rating]),
        )
        for step in rating.steps
    ]
    facts = [
        (_("Rating"), str(RATINGS[rating.rating])),
        (_("By the common rule"), str(RATINGS[rating.common_rating])),
        (_("Catalogue"), f"{found.catalogue.version}, {found.catalogue.sha256[:16]}"),
        (_("Overlay"), found.overlay or _("None")),
        (_("Depth of work"), str(DEPTHS[found.rated_depth]) if found.rated_depth else "–"),
    ]
    head = [_("Step"), _("Name"), _("Line that held"), _("Counted"), _("Rating after it")]
    return Section(_("Rating"), [Facts(facts), Table(head, rows)])


def _by_hand(found: Assessment) -> list[Section]:
    """The rule itself, so that a reader with this memo alone comes to the same rating, level and end date."""
    known = read_version(found.catalogue)
    mild = ", ".join(str(RATINGS[code]) for code in known.strictness)
    words = [
        _("Count the answers by the signs below. %(counted)s.")
        % {
            "counted": "; ".join(
                _("“%(answer)s” counts as “%(other)s”") % {"answer": ANSWERS[answer], "other": ANSWERS[other]}
                for answer, other in COUNTS_AS.items()
            )
        },
        _("Go through the steps in their order; within a step the first line that holds gives the rating."),
        _("A rating is stricter the later it stands here: %(ratings)s.") % {"ratings": mild},
        _("An exclusion that is met, or one that is open, ends the sum there."),
    ]
    if found.overlay:
        words.append(
            _("Do steps 1 to 5 twice, by the common rule and with the overlay; the stricter rating counts.")
        )
    counted = known.data["rating_rule"]["counts"]
    lines = [
        (str(step["number"]), f"{step['title']}. {step['text']}", "\n".join(step["lines"]))
        for step in rule_lines(known)
    ]
    parts: list = [
        Items(words),
        Table(
            [pgettext("in the rule of the rating", "Sign"), _("What it counts")],
            [(sign, counted[sign]) for sign in SIGNS],
        ),
        Table([_("Step"), _("What it does"), _("Its lines, from top to bottom")], lines),
    ]
    if found.overlay:
        changes = list(overlay_changes(known, found.overlay).items())
        parts.append(
            Table([_("Where"), _("What the overlay “%(name)s” tightens") % {"name": found.overlay}], changes)
        )
    return [Section(_("How to redo the rating by hand"), parts), _consequences(found)]


def _consequences(found: Assessment) -> Section:
    """For each rating: how long an approval holds and who decides at least, for this engagement."""
    known, tier = read_version(found.catalogue), found.case.tier
    rows = []
    for code in known.ratings:
        level = decision_level(code, tier, found.overlay, using=known)
        months = validity_months(code, found.overlay, using=known)
        who = _("Nobody approves; L2 records the refusal")
        rows.append(
            (
                str(RATINGS[code]),
                "–" if level == NOBODY else _("%(months)d months") % {"months": months},
                who if level == NOBODY else f"{level} {DecisionLevel(level).label}",
            )
        )
    head = [_("Rating"), _("Approval holds for"), _("Who decides at least")]
    return Section(
        _("What follows from a rating, for: %(tier)s") % {"tier": found.case.get_tier_display()},
        [Table(head, rows)],
    )


def _plan(found: Assessment | None) -> Section:
    rows = [(label, text) for label, text in plan_facts(found) if text] if found else []
    return Section(_("Plan"), [Facts(rows)] if rows else [])


def plan_facts(found: Assessment) -> list[tuple[str, str]]:
    """The plan of an assessment: label and text, "" where nothing was written."""
    texts = [
        (_("Benefit and cost"), found.benefit_and_cost),
        (_("Risks, and who owns them"), found.risk_note),
        (_("Mitigation plan, with dates"), found.mitigation_plan),
        (_("Opinion of the country office"), found.country_office_opinion),
        (_("Exit clause"), found.exit_clause),
    ]
    months = found.monitoring_months
    return [
        *texts,
        (_("Monitoring"), _("Every %(months)d months") % {"months": months} if months else ""),
        (_("Conflict of interest"), _("None, says the analyst") if found.has_no_conflict else ""),
    ]


def _conditions(case: Case) -> Section:
    rows = [
        (
            row.text,
            row.get_owner_display(),
            _day(row.due_on),
            row.evidence or "–",
            f"{_('Met')}: {row.met_note}" if row.met_at else _("Open"),
        )
        for row in case.conditions.all()
    ]
    head = [_("Condition"), pgettext("who answers for a task", "Owner"), _("Due"), _("Evidence"), _("State")]
    return Section(_("Conditions"), [Table(head, rows)] if rows else [])


def _decision(decision: Decision | None) -> Section:
    if decision is None:
        return Section(_("Decision"), [Paragraph(_("Not decided."))])
    facts = [
        (_("Decision"), f"{decision.reference}, {decision.get_outcome_display()}"),
        (_("Rating as decided"), str(RATINGS.get(decision.rating, "–"))),
        (_("Computed rating"), str(RATINGS.get(decision.computed_rating, "–"))),
        (_("Why stricter"), decision.override_reason or "–"),
        (_("Level"), f"{decision.level} {DecisionLevel(decision.level).label}" if decision.level else "–"),
        (_("Reasons told to the company"), "; ".join(_reasons(decision)) or "–"),
        (_("Reason on record"), decision.note),
        (_("Examined by"), str(decision.analyst)),
        (_("Decided by"), f"{decision.by}, {_moment(decision.at)}"),
        (_("Conflict of interest"), _("None, says the decider")),
        (_("Valid until"), _day(decision.valid_until) if decision.valid_until else "–"),
    ]
    if decision.suspended_at:
        facts.append((_("Suspended"), f"{_moment(decision.suspended_at)}: {decision.suspended_note}"))
    return Section(_("Decision"), [Facts(facts)])


def _reasons(decision: Decision) -> list[str]:
    return [str(RefusalReason(code).label) for code in decision.reason_codes]


def _files(case: Case, found: Assessment | None) -> Section:
    """Evidence on the hits and the assessment, by name and checksum."""
    owners = [*case.company.hits.all(), *([found] if found else [])]
    rows = [
        (file.name, str(owner), file.sha256, f"{file.uploaded_by or '–'}, {_moment(file.uploaded_at)}")
        for owner in owners
        for file in attached_to(owner, "evidence")
    ]
    head = [_("File"), _("Hangs on"), _("SHA-256"), _("Who and when")]
    return Section(_("Evidence files"), [Table(head, rows)] if rows else [])


def _words(case: Case, decision: Decision | None) -> Section:
    """What others said: questions, advice, notes, replies."""
    said = [
        f"{' '.join(filter(None, [question.get_to_display(), question.code]))}: {question.text} "
        f"– {question.answer or _('no answer')}"
        for question in case.questions.all()
    ]
    said += [f"{_('Advice')}, {item.by}: {item.text}" for item in case.advice.select_related("by")]
    said += [
        f"{_('Note')}, {item.by}, {_moment(item.at)}: {item.text}"
        for item in case.company.screening_notes.select_related("by")
    ]
    if decision:
        said += [
            f"{reply.get_kind_display()}: {reply.text} – {reply.answer or reply.get_status_display()}"
            for reply in decision.replies.all()
        ]
    return Section(_("What others said"), [Items(said)] if said else [])


def _history(case: Case) -> Section:
    rows = [
        (_moment(event.at), event.text, event.who, event.note or "–") for event in queries.case_history(case)
    ]
    return Section(_("What happened"), [Table([_("When"), _("What"), _("Who"), _("Note")], rows)])


def _moment(at) -> str:
    return with_time(localtime(at), "j M Y") if at else "–"


def _day(day) -> str:
    return day_words(day, "j M Y")
