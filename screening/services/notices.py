"""What people are told of cases and clearances: a notice each, once, by mail as they chose."""

from collections.abc import Iterable

from django.urls import reverse

from partnerships.models import Company, Partnership
from portal.models import User
from portal.notices import tell
from portal.roles import ROLES
from screening.models import REFUSING, Case, Decision, JointNote, Question, Reply, ReplyKind, WaitingOn
from screening.queries.replies import may_answer


def members_of(company: Company) -> list[User]:
    """The people of a company who have an account."""
    return list(User.objects.filter(company_memberships__company=company).distinct())


def who_asked(case: Case) -> list[User]:
    """Who asked for a case; after they handed their entry over, the focal points of the entity."""
    if case.requested_by is None:
        return []
    entries = case.requested_by.focal_points.filter(entity=case.entity)
    has_left = entries.exists() and not entries.filter(left_on=None).exists()
    return active_focal_points(case) if has_left else [case.requested_by]


def active_focal_points(case: Case) -> list[User]:
    """The focal points of the entity that a case is for."""
    people = User.objects.filter(focal_points__entity=case.entity, focal_points__left_on=None)
    return list(people.distinct()) if case.entity_id else []


def entity_focal_points(case: Case) -> list[User]:
    """Who asked for a case, and the focal points of the entity it is for."""
    return list({user.pk: user for user in [*who_asked(case), *active_focal_points(case)]}.values())


def people_in_role(role: str) -> Iterable[User]:
    return User.objects.filter(groups__name=role, is_active=True)


def people_who(may: str) -> Iterable[User]:
    """The people of all roles with a permission."""
    roles = [name for name, role in ROLES.items() if may in role.permissions]
    return User.objects.filter(groups__name__in=roles, is_active=True).distinct()


def _tell_all(
    users: Iterable[User], template: str, context: dict, *, key: str, url: str, kind: str = "case"
) -> None:
    for user in users:
        tell(user, template, context, key=f"{template}:{key}", url=url, kind=kind)


def _file(case: Case) -> str:
    return reverse("screening:case_detail", args=[case.reference])


def _about(case: Case, **more) -> dict:
    return {"case": case, "company": case.company, **more}


def tell_of_decision(decision: Decision) -> None:
    """The requester, and the company where it was refused.

    Neither text names a hit; the company reads the category of the reason.
    """
    case, key = decision.case, str(decision.pk)
    context = _about(case, decision=decision)
    _tell_all(who_asked(case), "case_decided", context, key=key, url=_file(case))
    if decision.outcome in REFUSING:
        page = reverse("screening:outcome", args=[decision.public_id])
        _tell_all(members_of(decision.company), "case_refused", context, key=key, url=page)


def tell_of_recommendation(case: Case) -> None:
    """The advisory group, where the rating is high, before it is decided.

    Source: criteria.yaml, decision_conditions: notice_to_SYS.
    """
    assessment = case.assessment
    if assessment.rating == "high":
        key = f"{case.pk}:{case.version}"
        page = reverse("screening:advice_list")
        _tell_all(people_in_role("advisory_group"), "case_high_rating", _about(case), key=key, url=page)


def tell_of_joint_note(note: JointNote) -> None:
    page = reverse("screening:joint_note", args=[note.pk])
    for decision in (note.earlier, note.later):
        context = _about(decision.case, note=note)
        _tell_all(entity_focal_points(decision.case), "case_joint_note", context, key=str(note.pk), url=page)


def tell_of_assignment(case: Case) -> None:
    if case.analyst:
        _tell_all(
            [case.analyst], "case_assigned", _about(case), key=f"{case.pk}:{case.version}", url=_file(case)
        )


def tell_of_escalation(case: Case) -> None:
    """Those who decide: not the requester, who would have a part in it."""
    deciders = [user for user in people_in_role("decider") if user.pk != case.requested_by_id]
    _tell_all(deciders, "case_escalated", _about(case), key=str(case.pk), url=_file(case))


def tell_of_question(question: Question) -> None:
    """Whom it is put to. The company answers on its own page and never sees the case."""
    case = question.case
    is_company = question.to == WaitingOn.COMPANY
    people = members_of(case.company) if is_company else entity_focal_points(case)
    page = reverse("screening:question_answer", args=[question.pk])
    _tell_all(people, "case_question", _about(case, question=question), key=str(question.pk), url=page)


def tell_of_question_answered(question: Question) -> None:
    case = question.case
    context = _about(case, question=question)
    _tell_all([question.asked_by], "case_question_answered", context, key=str(question.pk), url=_file(case))


def tell_of_reply(reply: Reply) -> None:
    """All who may answer an appeal; the analyst and decider for a reply."""
    decision = reply.decision
    people = (
        [user for user in people_who("screening.decide_case") if may_answer(reply, user)]
        if reply.kind == ReplyKind.APPEAL
        else [decision.by, decision.analyst]
    )
    context = _about(decision.case, reply=reply, decision=decision)
    page = reverse("screening:outcome", args=[decision.public_id])
    _tell_all(people, "case_reply", context, key=str(reply.pk), url=page)


def tell_of_answer(reply: Reply) -> None:
    decision = reply.decision
    context = _about(decision.case, reply=reply, decision=decision)
    page = reverse("screening:outcome", args=[decision.public_id])
    _tell_all([reply.by], "case_reply_answered", context, key=str(reply.pk), url=page)


def tell_of_hold(partnership: Partnership, company: Company, note: str, *, key: str) -> None:
    """The focal points of the UN entities of a partnership that was put on hold."""
    people = User.objects.filter(
        focal_points__entity__in=partnership.entity_roles.values("entity"), focal_points__left_on=None
    ).distinct()
    context = {"partnership": partnership, "company": company, "note": note}
    page = reverse("partnerships:partnership_desk", args=[partnership.reference])
    _tell_all(
        people,
        "clearance_held",
        context,
        key=f"{key}:{partnership.pk}",
        url=page,
        kind="clearance",
    )


def tell_of_end(decision: Decision, days: int) -> None:
    """Who asked for the clearance, and the focal points of its entity."""
    context = _about(decision.case, decision=decision, days=days)
    people = entity_focal_points(decision.case)
    key = f"{decision.pk}:{days}"
    page = _file(decision.case)
    _tell_all(people, "clearance_ends", context, key=key, url=page, kind="clearance")
