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
from portal.models import AuditEvent, User
from screening.models import (
    UNDO_WITHIN,
    Case,
    CaseStatus,
    Decision,
    DecisionOutcome,
    Hit,
    HitOutcome,
)
from screening.queries.lists import latest_run, run_shortcomings


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
