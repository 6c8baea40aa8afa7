from django.urls import path

from screening.views import assessments, cases, criteria, decisions, dossier, hits, lists, replies

app_name = "screening"
urlpatterns = [
    path("cases/", cases.case_list, name="case_list"),
    path("cases/new/", cases.case_new, name="case_new"),
    path("cases/advice/", replies.advice_list, name="advice_list"),
    path("cases/next/", cases.case_take_next, name="case_take_next"),
    path("cases/<str:reference>/", cases.case_detail, name="case_detail"),
    path("cases/<str:reference>/take/", cases.case_take, name="case_take"),
    path("cases/<str:reference>/screen/", cases.case_screen, name="case_screen"),
    path("cases/<str:reference>/conditions/", cases.condition_add, name="condition_add"),
    path(
        "cases/<str:reference>/conditions/<int:pk>/remove/", cases.condition_remove, name="condition_remove"
    ),
    path("cases/<str:reference>/recommendation/", cases.case_recommend, name="case_recommend"),
    path("cases/<str:reference>/back/", cases.case_send_back, name="case_send_back"),
    path("cases/<str:reference>/withdraw/", cases.case_withdraw, name="case_withdraw"),
    path("cases/<str:reference>/decision/", decisions.case_decide, name="case_decide"),
    path("cases/<str:reference>/assessment/", assessments.assessment, name="assessment"),
    path("cases/<str:reference>/assessment/begin/", assessments.assessment_begin, name="assessment_begin"),
    path("cases/<str:reference>/assessment/reuse/", assessments.assessment_reuse, name="assessment_reuse"),
    path("cases/<str:reference>/assessment/plan/", assessments.assessment_plan, name="assessment_plan"),
    path(
        "cases/<str:reference>/assessment/<slug:kind>/", assessments.assessment_group, name="assessment_group"
    ),
    path("cases/<str:reference>/dossier/", dossier.dossier, name="dossier"),
    path("cases/<str:reference>/dossier/facts/<slug:field>/", dossier.fact_edit, name="fact_edit"),
    path("cases/<str:reference>/dossier/add/<slug:kind>/", dossier.row_add, name="row_add"),
    path("cases/<str:reference>/dossier/<slug:kind>/<int:pk>/strike/", dossier.row_strike, name="row_strike"),
    path("my/screening/", dossier.my_screening, name="my_screening"),
    path("my/disclosure/<uuid:public_id>/", dossier.disclosure, name="disclosure"),
    path("my/disclosure/<uuid:public_id>/<slug:part>/", dossier.disclosure_part, name="disclosure_part"),
    path("cases/<str:reference>/up/", decisions.case_send_up, name="case_send_up"),
    path("cases/<str:reference>/conditions/<int:pk>/met/", decisions.condition_met, name="condition_met"),
    path("outcomes/<uuid:public_id>/", replies.outcome, name="outcome"),
    path("replies/<int:pk>/", replies.reply_answer, name="reply_answer"),
    path("questions/<int:pk>/", replies.question_answer, name="question_answer"),
    path("joint-notes/<int:pk>/", decisions.joint_note, name="joint_note"),
    path("cases/<str:reference>/hits/<int:pk>/", hits.hit_review, name="hit_review"),
    path("cases/<str:reference>/hits/<int:pk>/undo/", hits.hit_undo, name="hit_undo"),
    path("cases/<str:reference>/hits/<int:pk>/revoke/", hits.hit_revoke, name="hit_revoke"),
    path("criteria/", criteria.criteria, name="criteria"),
    path("criteria/rating/", criteria.try_rating, name="try_rating"),
    path("lists/", lists.list_sources, name="list_sources"),
    path("lists/<slug:code>/", lists.list_detail, name="list_detail"),
    path("lists/<slug:code>/upload/", lists.list_upload, name="list_upload"),
    path("lists/<slug:code>/fetch/", lists.list_fetch, name="list_fetch"),
    path("lists/<slug:code>/required/", lists.list_required, name="list_required"),
    path("lists/<slug:code>/versions/<int:number>/", lists.version_detail, name="version_detail"),
    path(
        "lists/<slug:code>/versions/<int:number>/override/", lists.version_override, name="version_override"
    ),
]
