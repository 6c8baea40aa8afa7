"""Answers about cases: what they need, what happened in them, who has to act. No writes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from focalpoints.models import UNEntity
from partnerships.models import Company
from portal.desk import DeskRow
from portal.marks import isolated, joined
from portal.models import AuditEvent, User
from screening.models import (
    APPROVING,
    LEVEL_OF_ROLE,
    UNDO_WITHIN,
    Assessment,
    Case,
    CaseStatus,
    Condition,
    Decision,
    DecisionLevel,
    DecisionOutcome,
    Hit,
    HitOutcome,
    JointNote,
)
from screening.queries.assessments import State, assessment_state
from screening.queries.catalogue import read_version
from screening.queries.lists import latest_run, run_shortcomings
from screening.queries.replies import replies_to_answer
from screening.rating import decision_level


@dataclass(frozen=True)
class Check:
    """Something an outcome needs. `blocks` are the outcomes that are not possible while it is not met."""

    label: str
    is_met: bool
    blocks: frozenset[str]
    note: str = ""


MOST_ROWS = 20  # of one kind on a person's desk
CONDITION_NOTED = timedelta(days=30)  # before its day a condition comes to the desk
ANY_OUTCOME = frozenset(DecisionOutcome.values)
APPROVALS: frozenset[str] = frozenset(APPROVING)


def recommendation_checks(case: Case) -> list[Check]:
    """What a recommendation needs; `screening.services.cases` enforces it and the page shows it."""
    assessment = _assessment_of(case)
    return _checks(case, assessment, assessment_state(assessment) if assessment else None)


def _assessment_of(case: Case) -> Assessment | None:
    found = Assessment.objects.filter(case=case)
    return found.select_related("catalogue", "case__company__sector").first()


def _checks(case: Case, assessment: Assessment | None, state: State | None) -> list[Check]:
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
        *_assessment_checks(assessment, state),
    ]


def _assessment_checks(assessment: Assessment | None, state: State | None) -> list[Check]:
    """What the assessment still needs: answers, a rating that allows approval, and the plan it asks for.

    Source: criteria.yaml, decision_conditions.
    """
    if assessment is None or state is None:
        return [Check(_("The criteria have been answered."), False, ANY_OUTCOME, _("Nobody has begun."))]
    missing = state.missing
    rating = state.rating.rating
    checks = [
        Check(
            _("The criteria have been answered."),
            not missing,
            APPROVALS,
            ngettext("%(count)d is open.", "%(count)d are open.", len(missing)) % {"count": len(missing)}
            if missing
            else "",
        ),
        Check(_("No exclusionary criterion is met or open."), rating not in SHUT, APPROVALS),
        Check(_("The analyst has no conflict of interest."), assessment.has_no_conflict, ANY_OUTCOME),
        Check(_("Benefit and cost are set out."), bool(assessment.benefit_and_cost), APPROVALS),
    ]
    months = MONITORING_MONTHS.get(rating)
    wanted = {
        "risk_note": _("The risks and their owner are named."),
        "mitigation_plan": _("There is a mitigation plan with dates."),
        "country_office_opinion": _("The country office has given its opinion."),
        "exit_clause": _("There is an exit clause."),
    }
    checks += [
        Check(label, bool(getattr(assessment, field)), APPROVALS)
        for field, label in wanted.items()
        if rating in PLAN_NEEDED[field]
    ]
    if months:
        is_often = assessment.monitoring_months is not None and assessment.monitoring_months <= months
        label = _("Monitoring is planned every %(months)d months or more often.") % {"months": months}
        checks.append(Check(label, is_often, APPROVALS))
    return checks


SHUT = {"excluded", "blocked"}
PLAN_NEEDED = {
    "risk_note": {"moderate", "substantial"},
    "mitigation_plan": {"substantial", "high"},
    "country_office_opinion": {"substantial"},
    "exit_clause": {"high"},
}
MONITORING_MONTHS = {"substantial": 6, "high": 3}


def decision_checks(case: Case) -> list[Check]:
    """What a decision needs: an analyst's recommendation, and all that the recommendation needed, still."""
    is_recommended = case.status == CaseStatus.DECISION
    assessment = _assessment_of(case)
    state = assessment_state(assessment) if assessment else None
    checks = [
        Check(_("The analyst has recommended an outcome."), is_recommended, ANY_OUTCOME),
        *_checks(case, assessment, state),
    ]
    if is_recommended and assessment and state:
        is_same = state.rating.rating == assessment.rating
        note = "" if is_same else _("Facts changed since. Send the case back.")
        checks.append(Check(_("The rating is still the one recommended on."), is_same, ANY_OUTCOME, note))
    return checks


def required_level(case: Case, assessment: Assessment, rating: str) -> str:
    """The level that decides at least: by rating and engagement, the overlay, and where the case was sent up.

    A refusal of an excluded company is recorded by L2. A rating two steps stricter than the computed one
    goes to the next level. Source: criteria.yaml, decision_matrix and escalation.
    """
    known = read_version(assessment.catalogue)
    if rating in SHUT:
        level = DecisionLevel.L2.value
    else:
        level = decision_level(rating, case.tier, assessment.overlay, using=known)
    steps = known.strictness.index(rating) - known.strictness.index(assessment.rating)
    if steps >= 2 and rating not in SHUT:
        level = f"L{min(4, int(level[1]) + 1)}"
    return max(level, case.least_level)


def case_after(case: Case, user: User) -> Case | None:
    """The open case that comes after this one in the queue, among those this person may work on."""
    turn = list(
        Case.objects.visible_to(user)
        .open()
        .awake()
        .in_turn()
        .filter(Q(analyst=user) | Q(analyst=None) | Q(pk=case.pk))
        .exclude(Q(requested_by=user) & ~Q(pk=case.pk))
        .values_list("pk", flat=True)[:1000]
    )
    place = turn.index(case.pk) + 1 if case.pk in turn else 0
    return Case.objects.get(pk=turn[place]) if place < len(turn) else None


def next_to_decide(user: User) -> Case | None:
    """The first case of the queue that this person may decide: not their own part, and at their level."""
    waiting = (
        Case.objects.visible_to(user)
        .filter(status=CaseStatus.DECISION, assessment__isnull=False)
        .exclude(Q(analyst=user) | Q(requested_by=user))
        .awake()
        .in_turn()
        .select_related("assessment__catalogue")[:20]
    )
    level = level_of(user)
    fitting = (
        case for case in waiting if required_level(case, case.assessment, case.assessment.rating) <= level
    )
    return next(fitting, None)


def advised_cases(user: User):
    """Cases with a high rating, for the advisory group, whose members see no other; newest first."""
    if not user.has_perm("screening.advise_case"):
        return Case.objects.none()
    return Case.objects.filter(assessment__rating="high").order_by("-opened_at")


def level_of(user: User) -> str:
    """The highest level at which somebody decides; "" where they never do."""
    if user.is_superuser:
        return DecisionLevel.L4
    return max((LEVEL_OF_ROLE[role] for role in user.roles if role in LEVEL_OF_ROLE), default="")


def joint_notes_visible_to(user: User):
    """Joint notes on a company of which this person sees one of the two cases."""
    seen = Case.objects.visible_to(user)
    return JointNote.objects.filter(Q(earlier__case__in=seen) | Q(later__case__in=seen)).distinct()


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
    ("case", "opened by monitoring"): gettext_lazy("Opened by monitoring"),
    ("case", "monitoring"): gettext_lazy("Monitoring found something"),
    ("case", "reopened"): gettext_lazy("Opened to examine the company again"),
    ("case", "assigned"): gettext_lazy("Assigned"),
    ("case", "snoozed"): gettext_lazy("Snoozed"),
    ("case", "woken"): gettext_lazy("Back in the queue"),
    ("case", "escalated"): gettext_lazy("Escalated"),
    ("case", "labelled"): gettext_lazy("Labelled"),
    ("case", "asked"): gettext_lazy("Question asked; the clock waits"),
    ("case", "question answered"): gettext_lazy("Question answered"),
    ("case", "question dropped"): gettext_lazy("Question dropped"),
    ("case", "clock resumed"): gettext_lazy("The clock goes on"),
    ("case", "noted"): gettext_lazy("Note written"),
    ("case", "advised"): gettext_lazy("Advice of the advisory group"),
    ("case", "exported"): gettext_lazy("Memo exported"),
    ("case", "answers reused"): gettext_lazy("Answers of an earlier assessment taken over"),
    ("case", "answered"): gettext_lazy("Criteria answered"),
    ("case", "plan written"): gettext_lazy("Plan written"),
    ("case", "sent up"): gettext_lazy("Sent up to the next level"),
    ("case", "condition met"): gettext_lazy("Condition met"),
    ("decision", "joint note opened"): gettext_lazy("Joint note opened: another entity decided differently"),
    ("decision", "joint note written"): gettext_lazy("Remark in the joint note"),
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
    ("hit", "attached file"): gettext_lazy("File added to the hit: %(subject)s"),
    ("hit", "removed file"): gettext_lazy("File removed from the hit: %(subject)s"),
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


def desk_rows(user: User) -> list[DeskRow]:
    """Cases this person owes something to, and own requests that wait for others. At most 20 of each."""
    rows: list[DeskRow] = []
    cases = Case.objects.open()
    if user.has_perm("screening.assess_case"):
        mine = cases.filter(status__in=[CaseStatus.RESEARCH, CaseStatus.ASSESSMENT], analyst=user)
        rows += [_desk_row(case, _("Review"), _("You")) for case in _due_first(mine)]
        free = cases.filter(analyst=None).exclude(requested_by=user)
        rows += [_desk_row(case, _("Take and review"), _("Nobody yet")) for case in _due_first(free)]
        waiting = cases.filter(status=CaseStatus.DECISION, analyst=user)
        rows += [
            _desk_row(case, _("Decision on"), _("Second reviewer"), waits=True)
            for case in _due_first(waiting)
        ]
    if user.has_perm("screening.decide_case"):
        ready = cases.filter(status=CaseStatus.DECISION).exclude(Q(analyst=user) | Q(requested_by=user))
        rows += [_desk_row(case, _("Decide"), _("You")) for case in _due_first(ready)]
        rows += replies_to_answer(user, MOST_ROWS)
    if user.has_perm("screening.request_case"):
        asked = cases.filter(requested_by=user)
        rows += [
            _desk_row(case, _("Screening of"), _("Screening desk"), waits=True) for case in _due_first(asked)
        ]
        rows += _due_conditions(user)
    rows += _to_advise(user)
    return rows


def _due_first(cases) -> list[Case]:
    return Case.objects.rows(cases.order_by("due_on", "id").values_list("pk", flat=True)[:MOST_ROWS])


def _due_conditions(user: User) -> list[DeskRow]:
    """Conditions of approvals for the entities of this person that nobody has said are met, soonest first."""
    own = UNEntity.objects.filter(focal_points__user=user, focal_points__left_on=None)
    until = timezone.localdate() + CONDITION_NOTED
    rows = (
        Condition.objects.filter(
            met_at=None,
            due_on__lte=until,
            case__decision__outcome=DecisionOutcome.APPROVED_WITH_CONDITIONS,
            case__decision__valid_until__gte=timezone.localdate(),
            case__entity__in=own,
        )
        .select_related("case__company")
        .order_by("due_on", "id")[:MOST_ROWS]
    )
    return [
        DeskRow(
            title=f"{_('Condition')}: {isolated(row.text)}",
            url=reverse("screening:condition_met", args=[row.case.reference, row.pk]),
            detail=row.case.company.name,
            who=row.get_owner_display(),
            state=_("Overdue") if row.due_on < timezone.localdate() else _("Open"),
            due_on=row.due_on,
            is_waiting=row.owner != Condition.Owner.FOCAL_POINT,
        )
        for row in rows
    ]


def _to_advise(user: User) -> list[DeskRow]:
    """Undecided cases with a high rating on which this member of the advisory group has said nothing yet."""
    cases = advised_cases(user).filter(status=CaseStatus.DECISION).exclude(advice__by=user)
    return [
        DeskRow(
            title=f"{_('Advise on')}: {isolated(case.company.name)}",
            url=reverse("screening:advice_list"),
            detail=_("Case %(reference)s") % {"reference": case.reference},
            who=_("You"),
            state=case.get_status_display(),
            due_on=case.due_on,
            is_waiting=False,
        )
        for case in cases.select_related("company")[:MOST_ROWS]
    ]


def _desk_row(case: Case, act: str, who: str, *, waits: bool = False) -> DeskRow:
    detail = _("Case %(reference)s") % {"reference": case.reference}
    if case.open_hit_count and not waits:
        detail = joined([detail, _("%(count)d hits to decide") % {"count": case.open_hit_count}])
    return DeskRow(
        title=f"{act}: {isolated(case.company.name)}",
        url=reverse("screening:case_detail", args=[case.reference]),
        detail=detail,
        who=who,
        state=case.get_status_display(),
        due_on=None if waits and case.paused_on else case.due_on,
        is_waiting=waits,
    )
