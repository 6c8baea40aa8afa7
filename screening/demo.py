"""The demonstration of screening: a fictional list, and cases at different stages."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from focalpoints.models import UNEntity
from partnerships.models import Company
from portal.jobs import enqueue
from portal.models import User
from screening.models import (
    Case,
    CaseStatus,
    Decision,
    DecisionOutcome,
    Hit,
    HitOutcome,
    HitReason,
    ListSource,
    ListVersion,
    Tier,
    VersionStatus,
)
from screening.queries.assessments import assessment_state
from screening.rating import DEFAULTS
from screening.services import assessments, cases, decisions, hits, lists
from screening.services.catalogue import load_catalogue
from screening.services.screening import screen_company

LIST = Path(__file__).parent / "data" / "demonstration_list_a.xml"
CLEARED = "Tamarind Bay Logistics Ltd."
AWAITS_DECISION = "Amberfield Weaving Mills"


def load_demo() -> str:
    """Load this app's part of the demonstration. Runs again without harm.

    The list is read and the cases follow in a job: both load much code that a start need not wait for.
    """
    lists.load_sources()
    load_catalogue()
    source = ListSource.objects.get(pk="demo_a")
    if not source.versions.exists():
        with LIST.open("rb") as file:
            lists.receive_file(source, file, name=LIST.name, by=None)
        note = "Demonstration: no internet, and no real company is to be screened against a real list."
        lists.set_required(source, is_required=True, note=note, by=None)
        lists.set_required(ListSource.objects.get(pk="un"), is_required=False, note=note, by=None)
    enqueue("screening.finish_demo", key="finish_demo")
    return f"{source}, fictional, and its cases follow in the background."


@transaction.atomic
def finish_demo() -> None:
    """Read the fictional list, screen the companies, bring one to a clearance and one before its decision."""
    for version in ListVersion.objects.filter(source="demo_a", status=VersionStatus.RECEIVED):
        lists.load_version(version.pk)
    for company in Company.objects.filter(is_demo=True).order_by("pk"):
        screen_company(company.pk)
    analyst = User.objects.get(email="analyst@demo.example")
    cleared = Company.objects.filter(name=CLEARED, is_demo=True).first()
    if cleared and not Decision.objects.filter(company=cleared).exists():
        case = _recommended(
            cleared,
            "Moving food from Chattogram to storage upcountry, for six months.",
            DecisionOutcome.APPROVED,
            "Nothing on the lists resembles the company, its owner or its director. Registry number checked.",
            analyst,
            {},
        )
        decisions.decide_case(
            case,
            version=case.version,
            outcome=DecisionOutcome.APPROVED,
            note="Clean, and the owners are known.",
            has_no_conflict=True,
            by=User.objects.get(email="decider@demo.example"),
        )
    waiting = Company.objects.filter(name=AWAITS_DECISION, is_demo=True).first()
    if waiting and not Case.objects.filter(company=waiting, status=CaseStatus.DECISION).exists():
        _recommended(
            waiting,
            "Tents and training of weavers, goods worth USD 340,000 in one region.",
            DecisionOutcome.APPROVED_WITH_CONDITIONS,
            "The one hit is another firm: other country, never wove. The supplier list ends too early.",
            analyst,
            {
                "R-SUP-01": ("medium", "The supplier list ends at the first tier."),
                "R-LAB-01": ("low", "Overtime in two mills, with a plan; audit of May 2026."),
                "S-TEX-01": ("core", "Weaves cloth in three mills: all of its revenue."),
                "P-HRD-01": ("demonstrated", "Policy, findings and a grievance line that people use."),
            },
        )


def _recommended(
    company: Company,
    purpose: str,
    outcome: str,
    note: str,
    analyst: User,
    found: dict[str, tuple[str, str]],
) -> Case:
    """A case that WFP asked for, its hits dismissed and criteria answered, with the recommendation.

    `found` are the answers that are not the mildest: {code: (answer, evidence)}.
    """
    case = cases.request_case(
        company,
        entity=UNEntity.objects.get(code="WFP"),
        tier=Tier.STANDARD,
        purpose=purpose,
        by=User.objects.get(email="focal@demo.example"),
    )
    for hit in Hit.objects.unresolved().filter(company=company):
        hits.decide_hit(
            hit,
            version=hit.version,
            outcome=HitOutcome.FALSE_POSITIVE,
            reason=HitReason.OTHER_COUNTRY,
            comment="Seated elsewhere, other owners. Only words of the trade agree.",
            by=analyst,
        )
    if outcome == DecisionOutcome.APPROVED_WITH_CONDITIONS:
        today = timezone.localdate()
        for text, months, evidence in (
            ("Supplier list to the second tier", 3, "List with sites and audits"),
            ("Plan for overtime at two mills", 4, "Plan, and the hours of six months"),
        ):
            due_on = decisions.add_months(today, months)
            cases.add_condition(
                case, by=analyst, text=text, owner="company", due_on=due_on, evidence=evidence
            )
    _assess(case, found, analyst)
    case.refresh_from_db()
    return cases.recommend_case(case, version=case.version, outcome=outcome, note=note, by=analyst)


def _assess(case: Case, found: dict[str, tuple[str, str]], analyst: User) -> None:
    """Answer what is asked, and write the plan that the strictest rating short of exclusion needs."""
    assessment = assessments.begin_assessment(case, by=analyst)
    while missing := assessment_state(assessment).missing:  # an answer may ask for more depth
        case.refresh_from_db()
        answers = {}
        for row in missing:
            mildest = (
                DEFAULTS[row.criterion.scale],
                "Searched press and public registers: nothing.",
            )
            answer, evidence = found.get(row.criterion.code, mildest)
            answers[row.criterion.code] = {
                "answer": answer,
                "evidence": evidence,
                "source_url": "",
                "source_on": timezone.localdate(),
            }
        assessments.answer_criteria(case, version=case.version, answers=answers, by=analyst)
    case.refresh_from_db()
    assessments.write_plan(
        case,
        version=case.version,
        depth="",
        values={
            "benefit_and_cost": "Goods and training for four districts; three weeks of staff time.",
            "risk_note": "Suppliers beyond the first tier are not known. The focal point owns this.",
            "mitigation_plan": "Supplier list in three months; visit to two mills in six.",
            "monitoring_months": 6,
            "country_office_opinion": "In favour, with the visit to the mills.",
            "exit_clause": "",
            "has_no_conflict": True,
        },
        by=analyst,
    )
