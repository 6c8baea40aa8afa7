"""The analyst's assessment of a case: answers with evidence, the plan, and the rating that goes on record."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.errors import RuleViolation
from portal.history import changed_fields, move, record
from portal.models import User
from screening.models import CASE_MOVES, Answer, Assessment, Case, CaseStatus
from screening.queries.assessments import State, assessment_state, reusable_assessment
from screening.queries.catalogue import overlay_of, read_version, version_in_force
from screening.services import locks

PLAN = (
    "benefit_and_cost",
    "risk_note",
    "mitigation_plan",
    "monitoring_months",
    "country_office_opinion",
    "exit_clause",
    "has_no_conflict",
)


@transaction.atomic
def begin_assessment(case: Case, *, by: User) -> Assessment:
    """Start to answer the criteria in force, under the overlay of the entity that asked. Once a case."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.did_not_ask(case, by)
    locks.is_under_review(case)
    existing = Assessment.objects.filter(case=case).first()
    if existing is not None:
        return existing
    version = version_in_force()
    if version is None:
        raise RuleViolation(_("The criteria have not been loaded yet. An administrator loads them."))
    assessment = Assessment.objects.create(
        case=case, catalogue=version, overlay=overlay_of(case.entity, read_version(version))
    )
    if case.analyst_id is None:
        case.analyst = by
        case.save(update_fields=["analyst"])
    if case.status == CaseStatus.RESEARCH:
        move(case, CaseStatus.ASSESSMENT, moves=CASE_MOVES, by=by)
    return assessment


@transaction.atomic
def reuse_assessment(case: Case, *, by: User) -> Assessment:
    """Begin with the answers of the company's assessment that is in force; the overlay is that of this case.

    What is asked for each engagement anew, such as conflicts of interest, is left to answer. Answers already
    given here stay. Raises RuleViolation where no assessment is in force.
    """
    assessment = begin_assessment(case, by=by)
    earlier = reusable_assessment(case)
    if earlier is None:
        raise RuleViolation(_("No assessment of this company is in force."))
    known = read_version(assessment.catalogue).criteria_under(assessment.overlay)
    given = set(assessment.answers.values_list("code", flat=True))
    taken = [
        Answer(
            assessment=assessment,
            code=answer.code,
            answer=answer.answer,
            evidence=answer.evidence,
            source_url=answer.source_url,
            source_on=answer.source_on,
            by=answer.by,
            at=answer.at,
        )
        for answer in earlier.answers.all()
        if answer.code in known
        and answer.code not in given
        and known[answer.code].assess_per == "company"
        and answer.answer in _scale(assessment, known[answer.code].scale)
    ]
    Answer.objects.bulk_create(taken)
    assessment.began_with = earlier
    assessment.save(update_fields=["began_with"])
    record(case, "answers reused", by=by, note=earlier.case.reference)
    locks.bump(case)
    return assessment


@transaction.atomic
def answer_criteria(
    case: Case, *, version: int, answers: Mapping[str, Mapping[str, Any]], by: User
) -> Assessment:
    """Keep answers by code: {"answer", "evidence", "source_url", "source_on"}; only what changed is recorded.

    Raises StaleEdit when the case changed meanwhile; RuleViolation for a criterion that is answered
    automatically, an answer without evidence, or one that needs more sources than it names.
    """
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.did_not_ask(case, by)
    locks.is_current(case, version)
    locks.is_under_review(case)
    assessment = Assessment.objects.select_related("catalogue", "case").get(case=case)
    state = assessment_state(assessment)
    known = state.known.criteria_under(assessment.overlay)
    stored = {answer.code: answer for answer in assessment.answers.all()}
    changes: dict[str, list] = {}
    for code, values in answers.items():
        if code in state.given and state.given[code].origin == "automatic":
            raise RuleViolation(_("%(code)s is answered from lists or facts.") % {"code": code})
        _check_answer(assessment, known[code], values)
        row = stored.get(code) or Answer(assessment=assessment, code=code)
        before = row.answer
        if row.pk and not changed_fields(row, values):
            continue
        for field, value in values.items():
            setattr(row, field, value)
        row.by, row.at = by, timezone.now()
        row.save()
        changes[code] = [before, row.answer]
    if changes:
        case.version += 1
        case.save(update_fields=["version"])
        record(case, "answered", by=by, note=", ".join(changes), changes=changes)
    return assessment


def _check_answer(assessment: Assessment, criterion, values: Mapping[str, Any]) -> None:
    if values["answer"] not in _scale(assessment, criterion.scale):
        raise RuleViolation(_("%(code)s cannot be answered so.") % {"code": criterion.code})
    if not values["evidence"].strip():
        raise RuleViolation(_("Say on what the answer to %(code)s rests.") % {"code": criterion.code})
    wanted = criterion.evidence.get("min_sources", 1)
    links = set(re.findall(r"https?://\S+", f"{values['evidence']} {values.get('source_url') or ''}"))
    if values["answer"] == "met" and wanted > 1 and len(links) < wanted:
        raise RuleViolation(
            _("%(code)s is met only on %(count)d sources. Give their links.")
            % {"code": criterion.code, "count": wanted}
        )


def _scale(assessment: Assessment, scale: str) -> list[str]:
    return read_version(assessment.catalogue).data["scales"][scale]


@transaction.atomic
def write_plan(case: Case, *, version: int, depth: str, values: Mapping[str, Any], by: User) -> Assessment:
    """Keep the depth of work and the plan of an assessment: benefit, risks, mitigation, monitoring, exit."""
    locks.may(by, "screening.assess_case")
    case = locks.locked(case)
    locks.did_not_ask(case, by)
    locks.is_current(case, version)
    locks.is_under_review(case)
    assessment = Assessment.objects.select_related("catalogue", "case").get(case=case)
    state = assessment_state(assessment)
    if depth and state.known.levels.index(depth) < state.known.levels.index(state.least_depth):
        raise RuleViolation(_("The rule asks for more depth than that."))
    changes = changed_fields(assessment, {**values, "depth": depth})
    for field, pair in changes.items():
        setattr(assessment, field, pair[1])
    if changes:
        assessment.save(update_fields=list(changes))
        case.version += 1
        case.save(update_fields=["version"])
        record(case, "plan written", by=by, changes=changes)
    return assessment


def freeze(assessment: Assessment) -> State:
    """Write the rating and all it rests on into the assessment, as of now. The caller holds the case."""
    state = assessment_state(assessment)
    assessment.rating, assessment.common_rating = state.rating.rating, state.rating.common_rating
    assessment.rated_depth = state.depth
    assessment.steps = [asdict(step) for step in state.rating.steps]
    assessment.outcomes = {code: row.as_dict() for code, row in state.given.items()}
    assessment.rated_at = timezone.now()
    assessment.review_due_since = None
    assessment.save()
    return state
