"""What an assessment says now: each criterion with its answer, the depth, and the rating. No writes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from partnerships.models import Company, Partnership, PartnershipStatus
from screening.automatic import Alleged, Derived, Done, Facts, ListedHit, derive
from screening.models import (
    AllegationStatus,
    Answer,
    Assessment,
    Case,
    CompanyFact,
    Hit,
    ListSource,
)
from screening.queries.catalogue import catalogue_in_force, read_version
from screening.queries.lists import latest_run, run_shortcomings, serving_versions
from screening.rating import (
    Catalogue,
    Criterion,
    Rating,
    Step,
    asked_criteria,
    depth_of_work,
    rate,
)

# How a criterion counts that is asked and not yet answered, by scale: never as clear.
UNANSWERED = {
    "exclusion": "unresolved",
    "involvement": "none",
    "severity": "no_information",
    "strength": "not_shown",
}
SETTLED = {AllegationStatus.DISMISSED, AllegationStatus.REMEDIED}


def facts_of(company: Company) -> Facts:
    """All that automatic answers look at, in a fixed number of queries."""
    today = timezone.localdate()
    run = latest_run(company)
    shortcomings = run_shortcomings(company, run)
    facts = CompanyFact.objects.current().filter(company=company)
    listed = {source.criterion for source in ListSource.objects.exclude(criterion="") if source.is_required}
    served = {version.source.criterion for version in serving_versions()}
    event = company.compact_events.current().first()
    partnerships = Partnership.objects.filter(parties__company=company, is_imported=False).distinct()
    closed = partnerships.filter(status=PartnershipStatus.CLOSED)
    return Facts(
        today=today,
        served=frozenset(served),
        missing=frozenset(listed | served) if shortcomings else frozenset(),
        hits=[
            ListedHit(criterion, role, outcome, f"{subject} – {entry}")
            for criterion, role, outcome, subject, entry in Hit.objects.live()
            .filter(company=company)
            .order_by("-score", "id")
            .values_list("source__criterion", "subject_role", "outcome", "subject_name", "entry_name")
        ],
        activities=_activities(company),
        stated={field: value for field, value in facts.values_list("field", "value") if value is not None},
        owner_shares=[person.share_percent for person in company.people.all() if person.role == "owner"],
        controversies=[
            Alleged(item.theme, item.severity, item.on, item.allegation in SETTLED)
            for item in company.controversies.current()
        ],
        compact=event.status if event else "not_listed",
        compact_since=event.on if event else None,
        compact_report_due=event.report_due_on if event else None,
        closed_partnerships=closed.count(),
        evaluated_partnerships=closed.exclude(evaluation_findings="").count(),
        overdue_reports=partnerships.filter(
            next_report_on__lt=today, status=PartnershipStatus.ACTIVE
        ).count(),
    )


def _activities(company: Company) -> list[Done]:
    """The activities on record; where there are none, the main one, of unknown share and role."""
    done = [Done(item.sector_id, item.role, item.revenue_share) for item in company.activities.current()]
    return done or ([Done(company.sector_id, "", None)] if company.sector_id else [])


def sections_of(company: Company) -> set[str]:
    """The ISIC sections in which a company works."""
    sections = set(company.activities.current().values_list("sector__section", flat=True))
    return sections or ({company.sector.section} if company.sector else set())


@dataclass(frozen=True)
class Given:
    """One asked criterion: how it counts, and where that comes from.

    `origin` is automatic, analyst or missing. `proposed` is what the facts suggest to the person who answers.
    """

    criterion: Criterion
    answer: str
    origin: str
    why: str
    stored: Answer | None = None
    proposed: Derived | None = None

    @property
    def is_missing(self) -> bool:
        return self.origin == "missing"

    def as_dict(self) -> dict:
        """As kept with the rating. Source link and day only where a person gave them."""
        return {
            "title": self.criterion.title,
            "type": self.criterion.type,
            "answer": self.answer,
            "origin": self.origin,
            "why": self.why,
            "source_url": self.stored.source_url if self.stored else "",
            "source_on": self.stored.source_on.isoformat() if self.stored and self.stored.source_on else "",
        }


@dataclass(frozen=True)
class State:
    """An assessment as it stands: what is asked, what is answered, and the rating that follows."""

    known: Catalogue
    overlay: str
    depth: str
    least_depth: str
    given: Mapping[str, Given]
    rating: Rating

    @property
    def missing(self) -> list[Given]:
        return [row for row in self.given.values() if row.is_missing]

    def group(self, kind: str) -> list[Given]:
        return [row for row in self.given.values() if row.criterion.type == kind]

    @property
    def progress(self) -> dict[str, tuple[int, int]]:
        """Answered and asked, by type of criterion."""
        asked = Counter(row.criterion.type for row in self.given.values())
        missing = Counter(row.criterion.type for row in self.missing)
        return {kind: (count - missing[kind], count) for kind, count in asked.items()}


def assessment_state(assessment: Assessment) -> State:
    """The assessment computed from the facts and the answers of today, by the catalogue it was begun with."""
    case, known, overlay = assessment.case, read_version(assessment.catalogue), assessment.overlay
    facts = facts_of(case.company)
    stored = {answer.code: answer for answer in assessment.answers.select_related("by")}
    everything = {
        code: _given(criterion, derive(criterion, facts), stored.get(code))
        for code, criterion in known.criteria_under(overlay).items()
    }
    answers = {code: row.answer for code, row in everything.items() if not row.is_missing}
    least = depth_of_work(
        case.tier, answers, overlay, is_state_owned_or_pep=_is_state_owned_or_pep(facts), using=known
    )
    depth = max(least, assessment.depth or least, key=known.levels.index)
    asked = asked_criteria(depth, answers, overlay, sections=sections_of(case.company), using=known)
    given = {code: everything[code] for code in asked}
    rating = rate({code: row.answer for code, row in given.items()}, depth, overlay or None, using=known)
    return State(known, overlay, depth, least, given, rating)


def criteria_of(case: Case) -> Mapping[str, Criterion]:
    """The criteria a case is examined by, by code: those of its assessment, or those in force."""
    assessment = Assessment.objects.filter(case=case).select_related("catalogue").first()
    if assessment is None:
        return catalogue_in_force().criteria
    return read_version(assessment.catalogue).criteria_under(assessment.overlay)


def frozen_rating(assessment: Assessment) -> Rating:
    """The rating as it was recommended on, with its steps."""
    steps = tuple(
        Step(**{**step, "counts": {name: tuple(codes) for name, codes in step["counts"].items()}})
        for step in assessment.steps
    )
    return Rating(assessment.rating, assessment.common_rating, steps)


def _given(criterion: Criterion, derived: Derived | None, stored: Answer | None) -> Given:
    if derived is not None and derived.is_final:
        return Given(criterion, derived.answer, "automatic", derived.why)
    if stored is not None:
        return Given(criterion, stored.answer, "analyst", stored.evidence, stored, derived)
    return Given(criterion, UNANSWERED[criterion.scale], "missing", "", None, derived)


def _is_state_owned_or_pep(facts: Facts) -> bool:
    return (facts.stated.get("state_owned_percent") or 0) >= 50 or bool(facts.stated.get("is_pep_linked"))


def reusable_assessment(case: Case) -> Assessment | None:
    """The newest assessment of the company that is in force: another entity may take its answers over."""
    return (
        Assessment.objects.rated()
        .filter(
            case__company=case.company,
            case__decision__valid_until__gte=timezone.localdate(),
            case__decision__suspended_at=None,
        )
        .exclude(case=case)
        .select_related("case", "case__entity", "catalogue")
        .order_by("-rated_at")
        .first()
    )


def look_back_from(criterion: Criterion, known: Catalogue, overlay: str, today: date) -> date | None:
    """From which day a finding counts, where the criterion or the overlay names a number of years."""
    rows = known.data["criteria"]
    row: dict = next((row for row in rows if row["code"] == criterion.code), {})
    longer = known.overlays[overlay].get("extend_look_back", {}).get(criterion.code, 0) if overlay else 0
    years = max(row.get("look_back_years", 0), longer)
    return date(today.year - years, today.month, min(today.day, 28)) if years else None
