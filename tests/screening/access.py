from datetime import date
from types import SimpleNamespace
from uuid import uuid4

from screening.models import Case, CompanyFact, CompanyMerge, Condition, JointNote, Question, Reply, SavedView
from screening.services import assessments
from screening.services.catalogue import load_catalogue
from tests.access import Row
from tests.portal.factories import UserFactory
from tests.screening.factories import (
    CaseFactory,
    HitFactory,
    ListSourceFactory,
    cleared,
    list_xml,
    serve,
)

# anonymous, business own and other, focal point own and other entity, reviewer, decider, administrator,
# coordinator
NO = "login" + " 405" * 8
NOBODY = "login" + " 403" * 8  # stewards only, who are no persona
ADMIN_ONLY = "login 403 403 403 403 403 403 200 403"
ADMIN_POSTS = "login 403 403 403 403 403 403 302 403"
ADMIN_TYPES = "login 403 403 403 403 403 403 422 403"
REVIEWERS = "login 404 404 404 404 200 200 404 404"


def build(world: SimpleNamespace) -> None:
    world.list_source = ListSourceFactory(url="https://lists.example.org/a.xml")
    world.list_version = serve(world.list_source, list_xml("Quorvane Holding"))
    world.case = CaseFactory(
        company=world.company, entity=world.entity, requested_by=world.users["focal_own"]
    )
    world.hit = HitFactory(company=world.company, list_version=world.list_version)
    world.condition = Condition.objects.create(case=world.case, text="Report", due_on=date(2027, 1, 31))
    world.view = SavedView.objects.create(user=world.users["reviewer"], name="Mine", query="analyst=me")
    world.merge = CompanyMerge.objects.create(
        kept=world.company, gone=world.other_company, moved={}, note="Same.", by=world.users["reviewer"]
    )
    world.fact = CompanyFact.objects.create(
        company=world.company, field="employees", value=40, source="Register", stated_on=date(2026, 11, 1)
    )
    load_catalogue()
    world.assessed = CaseFactory()
    assessments.begin_assessment(world.assessed, by=UserFactory(roles=["analyst"]))
    world.decision = cleared(world.company, entity=world.entity, outcome="declined")
    world.met_condition = Condition.objects.create(
        case=world.decision.case, text="Report", due_on=date(2027, 1, 31)
    )
    world.joint_note = JointNote.objects.create(
        company=world.company, earlier=cleared(world.company), later=world.decision
    )
    world.reply = Reply.objects.create(
        decision=world.decision,
        kind="appeal",
        text="Look again.",
        by=world.users["business_own"],
        first_decider=world.decision.by,
        first_analyst=world.decision.analyst,
    )
    world.question = Question.objects.create(
        case=world.case, to="company", text="Who owns it?", asked_by=world.users["reviewer"]
    )


def case(world: SimpleNamespace) -> list:
    return [world.case.reference]


def hit(world: SimpleNamespace) -> list:
    return [world.case.reference, world.hit.pk]


def own_company(world: SimpleNamespace) -> list:
    return [world.company.public_id]


def why(world: SimpleNamespace) -> dict:
    return {"note": "Because."}


def why_now(world: SimpleNamespace) -> dict:
    return {"note": "Because.", "version": Case.objects.get(pk=world.case.pk).version}


ROWS: dict[str, Row] = {
    "screening:case_list": Row(get="login 403 403 200 200 200 200 403 403", post=NO),
    "screening:case_new": Row(
        get="login 403 403 200 200 403 403 403 403", post="login 403 403 200 200 403 403 403 403"
    ),
    "screening:case_take_next": Row(get=NO, post="login 403 403 403 403 302 403 403 403"),
    "screening:case_detail": Row(get="login 404 404 200 404 200 200 404 404", post=NO, args=case),
    "screening:case_take": Row(get=NO, post="login 404 404 403 404 302 403 404 404", args=case),
    "screening:case_screen": Row(get=NO, post="login 404 404 403 404 302 403 404 404", args=case),
    "screening:case_withdraw": Row(
        get=NO, post="login 404 404 302 404 302 403 404 404", args=case, post_data=why
    ),
    "screening:case_send_back": Row(
        get=NO, post="login 404 404 404 404 409 409 404 404", args=case, post_data=why_now
    ),
    "screening:condition_add": Row(get=NO, post="login 404 404 404 404 422 403 404 404", args=case),
    "screening:condition_remove": Row(
        get=NO,
        post="login 404 404 404 404 302 403 404 404",
        args=lambda world: [world.case.reference, world.condition.pk],
    ),
    "screening:case_recommend": Row(get=NO, post="login 404 404 404 404 422 403 404 404", args=case),
    "screening:case_decide": Row(get=REVIEWERS, post="login 404 404 404 404 403 422 404 404", args=case),
    "screening:assessment": Row(get=REVIEWERS, post=NO, args=case),
    "screening:assessment_begin": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=case),
    "screening:assessment_reuse": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=case),
    "screening:assessment_plan": Row(
        get=NO, post="login 404 404 404 404 422 403 404 404", args=lambda world: [world.assessed.reference]
    ),
    "screening:assessment_group": Row(
        get="login 404 404 404 404 200 403 404 404",
        post="login 404 404 404 404 422 403 404 404",
        args=lambda world: [world.assessed.reference, "exclusionary"],
    ),
    "screening:case_assign": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=case),
    "screening:case_snooze": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=case),
    "screening:case_wake": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=case),
    "screening:case_escalate": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=case),
    "screening:case_ask": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=case),
    "screening:case_label": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=case),
    "screening:question_drop": Row(
        get=NO,
        post="login 404 404 404 404 302 403 404 404",
        args=lambda world: [world.case.reference, world.question.pk],
    ),
    "screening:evidence_add": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=case),
    "screening:hit_evidence_add": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=hit),
    "screening:evidence_remove": Row(
        get=NO,
        post="login 404 404 404 404 404 403 404 404",
        args=lambda world: [world.case.reference, world.company.public_id],
    ),
    "screening:duplicates": Row(get=REVIEWERS, post=NO, args=case),
    "screening:merge": Row(
        get=NO,
        post="login 404 404 404 404 302 403 404 404",
        args=lambda world: [world.case.reference, world.other_company.public_id],
    ),
    "screening:merge_undo": Row(
        get=NO,
        post="login 404 404 404 404 302 403 404 404",
        args=lambda world: [world.case.reference, world.merge.pk],
    ),
    "screening:memo": Row(get=REVIEWERS, post=NO, args=case),
    "screening:memo_file": Row(get=REVIEWERS, post=NO, args=lambda world: [world.case.reference, "docx"]),
    "screening:case_glance": Row(get=REVIEWERS, post=NO, args=case),
    "screening:case_next": Row(get="login 404 404 404 404 302 302 404 404", post=NO, args=case),
    "screening:case_note": Row(get=NO, post="login 404 404 404 404 302 302 404 404", args=case),
    "screening:case_reopen": Row(get=NO, post="login 404 404 404 404 302 302 404 404", args=case),
    "screening:case_bulk": Row(get=NO, post="login 403 403 403 403 302 403 403 403"),
    "screening:view_save": Row(get=NO, post="login 403 403 403 403 302 302 403 403"),
    "screening:view_remove": Row(
        get=NO, post="login 404 404 404 404 302 404 404 404", args=lambda world: [world.view.pk]
    ),
    "screening:shortcuts": Row(get="login" + " 200" * 8, post=NO),
    "screening:dossier": Row(get=REVIEWERS, post=NO, args=case),
    "screening:fact_edit": Row(
        get="login 404 404 404 404 200 403 404 404",
        post="login 404 404 404 404 422 403 404 404",
        args=lambda world: [world.case.reference, "employees"],
    ),
    "screening:facts_import": Row(
        get="login 404 404 404 404 200 403 404 404", post="login 404 404 404 404 422 403 404 404", args=case
    ),
    "screening:row_add": Row(
        get="login 404 404 404 404 200 403 404 404",
        post="login 404 404 404 404 422 403 404 404",
        args=lambda world: [world.case.reference, "activity"],
    ),
    "screening:row_strike": Row(
        get="login 404 404 404 404 200 403 404 404",
        post="login 404 404 404 404 422 403 404 404",
        args=lambda world: [world.case.reference, "fact", world.fact.pk],
    ),
    "screening:my_screening": Row(get="login 200 200 403 403 403 403 403 403", post=NO),
    "screening:disclosure": Row(
        get="login 200 404 404 404 404 404 404 404",
        post="login 422 404 404 404 404 404 404 404",
        args=own_company,
    ),
    "screening:disclosure_part": Row(
        get="login 200 404 404 404 404 404 404 404",
        post="login 422 404 404 404 404 404 404 404",
        args=lambda world: [world.company.public_id, "activities"],
    ),
    "screening:case_send_up": Row(
        get=NO, post="login 404 404 404 404 403 409 404 404", args=case, post_data=why_now
    ),
    "screening:condition_met": Row(
        get="login 404 404 200 404 200 403 404 404",
        post="login 404 404 422 404 422 403 404 404",
        args=lambda world: [world.decision.case.reference, world.met_condition.pk],
    ),
    "screening:joint_note": Row(
        get="login 404 404 200 404 200 200 404 404",
        post="login 404 404 422 404 422 422 404 404",
        args=lambda world: [world.joint_note.pk],
    ),
    "screening:outcome": Row(
        get="login 200 404 404 404 200 200 404 404",
        post="login 422 404 404 404 403 403 404 404",
        args=lambda world: [world.decision.public_id],
    ),
    "screening:reply_answer": Row(
        get="login 404 404 404 404 403 200 404 404",
        post="login 404 404 404 404 403 422 404 404",
        args=lambda world: [world.reply.pk],
    ),
    "screening:question_answer": Row(
        get="login 200 404 404 404 404 404 404 404",
        post="login 422 404 404 404 404 404 404 404",
        args=lambda world: [world.question.pk],
    ),
    "screening:advice_list": Row(get=NOBODY, post=NOBODY),
    "screening:hit_review": Row(get=REVIEWERS, post="login 404 404 404 404 422 403 404 404", args=hit),
    "screening:hit_undo": Row(get=NO, post="login 404 404 404 404 302 403 404 404", args=hit),
    "screening:hit_revoke": Row(
        get=NO, post="login 404 404 404 404 302 403 404 404", args=hit, post_data=why
    ),
    "screening:catalogue": Row(get=NOBODY, post=NO),
    "screening:draft_start": Row(get=NO, post=NOBODY),
    "screening:draft_discard": Row(get=NO, post=NOBODY),
    "screening:draft_publish": Row(get=NO, post=NOBODY),
    "screening:criterion_edit": Row(
        get=NOBODY,
        post=NOBODY,
        args=lambda world: ["E-SAN-01"],
    ),
    "screening:overlay_new": Row(get=NO, post=NOBODY),
    "screening:overlay_edit": Row(
        get=NOBODY,
        post=NOBODY,
        args=lambda world: ["health_agency"],
    ),
    "screening:overlay_use": Row(get=NO, post=NOBODY, args=lambda world: ["WFP"]),
    "screening:case_reports": Row(get="login 403 403 403 403 200 200 403 403", post=NO),
    "screening:public_figures": Row(get="200"),
    "screening:criteria": Row(get="200"),
    "screening:try_rating": Row(get="200"),
    "screening:api_match": Row(
        get="401 403 403 405 405 405 405 403 405", post="401 403 403 400 400 400 400 403 400"
    ),
    "screening:api_match_answer": Row(
        get="401 403 403 404 404 404 404 403 404",
        post="401 403 403 405 405 405 405 403 405",
        args=lambda world: [uuid4()],
    ),
    "screening:api_reconcile_address": Row(
        get="401 403 403 200 200 200 200 403 200", post="401 403 403 405 405 405 405 403 405"
    ),
    "screening:api_reconcile": Row(get="404", post="404", args=lambda world: ["no-address-of-ours"]),
    "screening:list_sources": Row(get=ADMIN_ONLY, post=NO),
    "screening:source_add": Row(get=ADMIN_ONLY, post=ADMIN_TYPES),
    "screening:source_edit": Row(get=ADMIN_ONLY, post=ADMIN_TYPES, args=lambda world: [world.list_source.pk]),
    "screening:list_detail": Row(get=ADMIN_ONLY, post=NO, args=lambda world: [world.list_source.pk]),
    "screening:list_upload": Row(get=NO, post=ADMIN_TYPES, args=lambda world: [world.list_source.pk]),
    "screening:list_fetch": Row(get=NO, post=ADMIN_POSTS, args=lambda world: [world.list_source.pk]),
    "screening:list_required": Row(get=NO, post=ADMIN_POSTS, args=lambda world: [world.list_source.pk]),
    "screening:version_detail": Row(get=ADMIN_ONLY, post=NO, args=lambda world: [world.list_source.pk, 1]),
    "screening:version_override": Row(get=NO, post=ADMIN_TYPES, args=lambda world: [world.list_source.pk, 1]),
}
