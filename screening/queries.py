"""Answers about lists, cases and clearances, for this app and the others. No writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from focalpoints.models import UNEntity
from partnerships.models import Company, Partnership
from portal.desk import DeskRow
from portal.models import AuditEvent, User
from screening.models import (
    TIER_ORDER,
    UNDO_WITHIN,
    Case,
    CaseStatus,
    Decision,
    DecisionOutcome,
    Hit,
    HitOutcome,
    ListEntry,
    ListSource,
    ListVersion,
    ScreeningRun,
    VersionStatus,
)

# --- lists --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListFreshness:
    """How current a list is. `version` is the one in use, None where there is none."""

    source: ListSource
    version: ListVersion | None
    age_days: int | None
    is_missing: bool
    is_stale: bool

    @property
    def is_in_order(self) -> bool:
        """Nothing to do: fresh, or not there and not required."""
        return not self.is_stale and not (self.is_missing and self.source.is_required)

    @property
    def sentence(self) -> str:
        values = {"list": self.source.title, "days": self.age_days, "limit": self.source.stale_after_days}
        if self.version is None:
            return _("%(list)s has not been imported.") % values
        values["date"] = date_format(timezone.localtime(self.version.as_of), "j F Y")
        if self.is_stale:
            return (
                _("%(list)s is of %(date)s, %(days)d days old. It may be %(limit)d days old at most.")
                % values
            )
        return _("%(list)s is of %(date)s.") % values


def list_freshness(now: datetime | None = None) -> list[ListFreshness]:
    """Every list with its version in use and its age, in two queries."""
    now = now or timezone.now()
    serving = ListVersion.objects.filter(status=VersionStatus.SERVING)
    answer = []
    for source in ListSource.objects.prefetch_related(Prefetch("versions", serving, to_attr="in_use")):
        version = source.in_use[0] if source.in_use else None
        age = (now - version.as_of).days if version else None
        is_stale = age is not None and age > source.stale_after_days
        answer.append(ListFreshness(source, version, age, version is None, is_stale))
    return answer


def serving_versions() -> list[ListVersion]:
    """The list versions a screening uses now, in a stable order."""
    return list(
        ListVersion.objects.filter(status=VersionStatus.SERVING)
        .select_related("source")
        .order_by("source_id")
    )


def serving_entries(codes: Iterable[str] | None = None):
    """Entries of the versions in use, of all lists or of the given codes."""
    entries = ListEntry.objects.filter(version__status=VersionStatus.SERVING)
    return entries if codes is None else entries.filter(version__source__in=list(codes))


def list_gaps(freshness: Sequence[ListFreshness] | None = None) -> list[dict]:
    """Required lists that are missing or stale: each makes a run incomplete. Empty when all are in order."""
    return [
        {
            "code": "missing" if item.is_missing else "stale",
            "list": item.source.pk,
            "title": item.source.title,
            "as_of": item.version.as_of.date().isoformat() if item.version else None,
        }
        for item in (list_freshness() if freshness is None else freshness)
        if item.source.is_required and (item.is_missing or item.is_stale)
    ]


def gap_sentence(gap: dict) -> str:
    """A gap of a run in plain words."""
    if gap["code"] == "missing":
        return _("%(list)s was not there.") % {"list": gap["title"]}
    day = date_format(date.fromisoformat(gap["as_of"]), "j F Y")
    return _("%(list)s was out of date: of %(date)s.") % {"list": gap["title"], "date": day}


# --- companies and runs -------------------------------------------------------------------------------------


def screened_companies():
    """Companies that list changes concern: all but names of the archive that nobody works with."""
    return Company.objects.filter(
        Q(is_from_archive=False) | Exists(Case.objects.filter(company=OuterRef("pk")))
    )


def latest_run(company: Company) -> ScreeningRun | None:
    return company.runs.order_by("-at", "-id").first()


def run_shortcomings(company: Company, run: ScreeningRun | None) -> list[str]:
    """Why no decision can rest on this run now, in sentences; empty when one can."""
    if run is None:
        return [_("The company has not been screened yet.")]
    reasons = [gap_sentence(gap) for gap in run.gaps]
    if run.company_version != company.version:
        reasons.append(_("The company changed after the screening. A new one is on its way."))
    used = set(run.list_versions.values_list("pk", flat=True))
    if used != {version.pk for version in serving_versions()}:
        reasons.append(_("A list changed after the screening. A new one is on its way."))
    elif not run.gaps:
        reasons += [item.sentence for item in list_freshness() if item.source.is_required and item.is_stale]
    return reasons


# --- cases --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """Something an outcome needs. `blocks` are the outcomes that are not possible while it is not met."""

    label: str
    is_met: bool
    blocks: frozenset[str]
    note: str = ""


ANY_OUTCOME = frozenset(DecisionOutcome.values)
APPROVALS = ANY_OUTCOME - {DecisionOutcome.DECLINED}


def recommendation_checks(case: Case) -> list[Check]:
    """What a recommendation needs; `screening.services.cases` enforces it and the page shows it."""
    run = latest_run(case.company)
    shortcomings = run_shortcomings(case.company, run)
    hits = Hit.objects.filter(company=case.company)
    undecided = hits.live().filter(outcome="").count()
    inconclusive = hits.live().filter(outcome=HitOutcome.INCONCLUSIVE).count()
    return [
        Check(_("The company has been screened."), run is not None, ANY_OUTCOME),
        Check(
            _("The screening is complete and its lists are current."),
            not shortcomings,
            APPROVALS,
            " ".join(shortcomings),
        ),
        Check(
            _("Every hit is decided."),
            not undecided,
            ANY_OUTCOME,
            ngettext("%(count)d hit is open.", "%(count)d hits are open.", undecided) % {"count": undecided}
            if undecided
            else "",
        ),
        Check(
            _("No hit is left inconclusive."),
            not inconclusive,
            APPROVALS,
            ngettext("%(count)d hit needs more.", "%(count)d hits need more.", inconclusive)
            % {"count": inconclusive}
            if inconclusive
            else "",
        ),
        Check(
            _("No hit is a true match."),
            not hits.true_matches().exists(),
            APPROVALS,
        ),
        Check(
            _("There is a condition with an owner and a date."),
            case.conditions.exists(),
            frozenset([DecisionOutcome.APPROVED_WITH_CONDITIONS]),
        ),
    ]


def decision_checks(case: Case) -> list[Check]:
    """What a decision needs: an analyst's recommendation, and all that the recommendation needed, still."""
    is_recommended = case.status == CaseStatus.DECISION
    return [
        Check(_("The analyst has recommended an outcome."), is_recommended, ANY_OUTCOME),
        *recommendation_checks(case),
    ]


@dataclass(frozen=True)
class Moment:
    """One event of a case's history in plain words."""

    at: datetime
    text: str
    who: str
    note: str


# What happened, by model and action of the AuditEvent. A move of status has words of its own.
EVENT_WORDS = {
    ("case", "asked for"): gettext_lazy("Asked for"),
    ("case", "opened by a hit"): gettext_lazy("Opened by a hit"),
    ("case", "taken"): gettext_lazy("Taken for review"),
    ("case", "screened again"): gettext_lazy("Another screening asked for"),
    ("case", "condition added"): gettext_lazy("Condition proposed"),
    ("case", "condition removed"): gettext_lazy("Condition taken back"),
    ("case", "moved to research"): gettext_lazy("Back to research"),
    ("case", "moved to assessment"): gettext_lazy("Assessment begun"),
    ("case", "moved to decision"): gettext_lazy("Recommended; awaits a decision"),
    ("case", "moved to closed"): gettext_lazy("Decided"),
    ("case", "moved to withdrawn"): gettext_lazy("Withdrawn"),
    ("hit", "found"): gettext_lazy("Hit found: %(subject)s"),
    ("hit", "found again"): gettext_lazy("Hit found again: %(subject)s"),
    ("hit", "reopened"): gettext_lazy("Hit open again, one side changed: %(subject)s"),
    ("hit", "left the list"): gettext_lazy("Entry left its list: %(subject)s"),
    ("hit", "no longer resembles"): gettext_lazy("No longer resembles: %(subject)s"),
    ("hit", "decided"): gettext_lazy("Hit decided, %(outcome)s: %(subject)s"),
    ("hit", "undone"): gettext_lazy("Undone: %(subject)s"),
    ("hit", "revoked"): gettext_lazy("Revoked: %(subject)s"),
    ("decision", "suspended"): gettext_lazy("Clearance suspended"),
    ("decision", "ended"): gettext_lazy("Clearance ended"),
}


def case_history(case: Case) -> list[Moment]:
    """What happened in a case, and to its hits since it opened, newest first; views left out."""
    hits = Hit.objects.filter(company=case.company).values_list("pk", flat=True)
    decisions = Decision.objects.filter(case=case).values_list("pk", flat=True)
    events = AuditEvent.objects.filter(
        Q(subject_type="screening.case", subject_id=str(case.pk))
        | Q(subject_type="screening.decision", subject_id__in=[str(pk) for pk in decisions])
        | Q(
            subject_type="screening.hit",
            subject_id__in=[str(pk) for pk in hits],
            at__gte=case.opened_at - timedelta(minutes=5),  # the hits that opened it came just before
        )
    ).select_related("by")
    if case.closed_at:
        events = events.exclude(subject_type="screening.hit", at__gt=case.closed_at)
    moments = []
    for event in events.order_by("-at", "-id"):
        words = EVENT_WORDS.get((event.subject_type.removeprefix("screening."), event.action))
        if words is None:  # views, and a decision's own event beside the case's
            continue
        outcome = (event.changes.get("outcome") or ["", ""])[1]
        text = str(words) % {
            "subject": event.subject_label,
            "outcome": dict(HitOutcome.choices).get(outcome, ""),
        }
        moments.append(Moment(event.at, text, str(event.by or _("The system")), event.note))
    return moments


def next_hit(company: Company) -> Hit | None:
    """The hit to decide next: the highest score without an outcome."""
    return Hit.objects.live().filter(company=company, outcome="").order_by("-score", "id").first()


def undoable_hit(company: Company, user: User) -> Hit | None:
    """The hit this person decided within the last 30 seconds, which one press takes back."""
    since = timezone.now() - UNDO_WITHIN
    return (
        Hit.objects.filter(company=company, decided_by=user, decided_at__gt=since)
        .order_by("-decided_at")
        .first()
    )


def entities_for_request(user: User) -> list[UNEntity]:
    """The UN entities for which this person may ask for a case: their own; the registry desk for all."""
    if user.has_perm("partnerships.review_partnership"):
        return list(UNEntity.objects.filter(is_current=True))
    own = UNEntity.objects.filter(focal_points__user=user, focal_points__left_on=None)
    return list(own.distinct())


# --- clearances ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clearance:
    """What the latest decision on a company means today. `state` is valid, lapsed, suspended or declined."""

    decision: Decision
    outcome: str
    valid_until: date | None
    decided_on: date
    decided_by_entity: UNEntity | None
    conditions: tuple[str, ...]
    state: str

    @property
    def is_valid(self) -> bool:
        return self.state == "valid"

    @property
    def label(self) -> str:
        if self.state == "valid":
            return self.decision.get_outcome_display()
        return {
            "lapsed": _("Clearance ended"),
            "suspended": _("Clearance suspended"),
            "declined": _("Declined"),
        }[self.state]


def clearance_for(
    company: Company, entity: UNEntity | None = None, tier: str | None = None
) -> Clearance | None:
    """The clearance of a company, valid or not; None where nobody has decided.

    With `entity`, that entity's own decisions come before those of others, so that a refusal of its own is
    not undone by another's approval. With `tier`, an approval for a lighter engagement does not count.
    """
    decisions = list(company.decisions.select_related("entity", "case"))
    return _clearance(decisions, entity=entity, tier=tier)


def clearances_for(companies: Iterable[Company]) -> dict[int, Clearance]:
    """The clearance of each company that has one, by its id, in one query."""
    ids = [company.pk for company in companies]
    decisions: dict[int, list[Decision]] = {}
    for decision in Decision.objects.filter(company__in=ids).select_related("entity", "case"):
        decisions.setdefault(decision.company_id, []).append(decision)
    found = {pk: _clearance(rows) for pk, rows in decisions.items()}
    return {pk: clearance for pk, clearance in found.items() if clearance}


def _clearance(
    decisions: list[Decision], *, entity: UNEntity | None = None, tier: str | None = None
) -> Clearance | None:
    """Of decisions, newest first."""
    if entity is not None:
        own = [decision for decision in decisions if decision.entity_id == entity.pk]
        decisions = own or decisions
    if tier is not None:
        enough = TIER_ORDER[TIER_ORDER.index(tier) :]  # type: ignore[arg-type]
        decisions = [
            decision
            for decision in decisions
            if decision.outcome == DecisionOutcome.DECLINED or decision.tier in enough
        ]
    if not decisions:
        return None
    decision = decisions[0]
    if decision.outcome == DecisionOutcome.DECLINED:
        state = "declined"
    elif decision.suspended_at:
        state = "suspended"
    elif decision.valid_until is None or decision.valid_until < timezone.localdate():
        state = "lapsed"
    else:
        state = "valid"
    return Clearance(
        decision=decision,
        outcome=decision.outcome,
        valid_until=decision.valid_until,
        decided_on=timezone.localtime(decision.at).date(),
        decided_by_entity=decision.entity,
        conditions=tuple(decision.conditions),
        state=state,
    )


def clearance_gaps(partnership: Partnership) -> list[str]:
    """Why the partnership cannot become active, a sentence for each company; empty when all are cleared."""
    companies = list(Company.objects.filter(party_in__partnership=partnership).order_by("name").distinct())
    clearances = clearances_for(companies)
    unresolved = set(
        Hit.objects.unresolved().filter(company__in=companies).values_list("company_id", flat=True)
    )
    gaps = []
    for company in companies:
        clearance = clearances.get(company.pk)
        values = {"company": company.name}
        if clearance is None:
            gaps.append(_("%(company)s has no clearance yet.") % values)
        elif clearance.state == "lapsed" and clearance.valid_until:
            values["date"] = date_format(clearance.valid_until, "j F Y")
            gaps.append(_("The clearance of %(company)s ended on %(date)s.") % values)
        elif clearance.state == "suspended":
            gaps.append(_("The clearance of %(company)s is suspended.") % values)
        elif clearance.state == "declined":
            gaps.append(_("%(company)s was declined.") % values)
        elif company.pk in unresolved:
            gaps.append(_("%(company)s has a new possible match on a list that nobody has decided.") % values)
    return gaps


def is_excluded(company: Company) -> bool | None:
    """Whether an exclusionary criterion is met: True, False, or None where that is not known.

    A confirmed match on a list excludes. Unknown: never screened, or a possible match is still open.
    """
    hits = Hit.objects.filter(company=company)
    if hits.true_matches().exists():
        return True
    if hits.unresolved().exists() or not company.runs.exists():
        return None
    return False


# --- desk ---------------------------------------------------------------------------------------------------


def desk_rows(user: User) -> list[DeskRow]:
    """Cases this person owes something to, and own requests that wait for others. At most 20 of each."""
    rows: list[DeskRow] = []
    cases = Case.objects.open().for_list().order_by("due_on", "id")
    if user.has_perm("screening.assess_case"):
        mine = cases.filter(status__in=[CaseStatus.RESEARCH, CaseStatus.ASSESSMENT], analyst=user)
        rows += [_desk_row(case, _("Review"), _("You")) for case in mine[:20]]
        free = cases.filter(analyst=None).exclude(requested_by=user)
        rows += [_desk_row(case, _("Take and review"), _("Nobody yet")) for case in free[:20]]
        waiting = cases.filter(status=CaseStatus.DECISION, analyst=user)
        rows += [_desk_row(case, _("Decision on"), _("Second reviewer"), waits=True) for case in waiting[:20]]
    if user.has_perm("screening.decide_case"):
        ready = cases.filter(status=CaseStatus.DECISION).exclude(Q(analyst=user) | Q(requested_by=user))
        rows += [_desk_row(case, _("Decide"), _("You")) for case in ready[:20]]
    if user.has_perm("screening.request_case"):
        asked = cases.filter(requested_by=user)
        rows += [_desk_row(case, _("Screening of"), _("Screening desk"), waits=True) for case in asked[:20]]
    return rows


def _desk_row(case: Case, act: str, who: str, *, waits: bool = False) -> DeskRow:
    detail = _("Case %(reference)s") % {"reference": case.reference}
    if case.open_hit_count and not waits:
        detail += ", " + _("%(count)d hits to decide") % {"count": case.open_hit_count}
    return DeskRow(
        title=f"{act}: {case.company.name}",
        url=reverse("screening:case_detail", args=[case.reference]),
        detail=detail,
        who=who,
        state=case.get_status_display(),
        due_on=case.due_on,
        is_waiting=waits,
    )
