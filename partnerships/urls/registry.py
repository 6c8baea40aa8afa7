from django.contrib.auth.decorators import login_not_required
from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from partnerships import api
from partnerships.views import companies, desk_partnerships, profiles, records, registry

schema = SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny])

urlpatterns = [
    path("partnerships/", registry.partnership_list, name="partnership_list"),
    path("partnerships.<slug:format>", registry.partnership_export, name="partnership_export"),
    path("partnerships/<slug:reference>/", records.partnership_detail, name="partnership_detail"),
    path("partnerships/<slug:reference>/<slug:slug>/", records.partnership_detail, name="partnership_page"),
    path("organisations/<uuid:public_id>/", profiles.company_detail, name="company_detail"),
    path("countries/<slug:iso3>/", profiles.country_detail, name="country_detail"),
    path("sdgs/<int:number>/", profiles.goal_detail, name="goal_detail"),
    path("agencies/<slug:code>/", profiles.entity_detail, name="entity_detail"),
    path("api/v1/", api.api_docs, name="api_docs"),
    path("api/v1/schema", login_not_required(schema), name="api_schema"),
    path("api/v1/partnerships/", login_not_required(api.PartnershipList.as_view()), name="api_partnerships"),
    path(
        "api/v1/partnerships/<slug:reference>/",
        login_not_required(api.PartnershipDetail.as_view()),
        name="api_partnership",
    ),
    path("desk/partnerships/", desk_partnerships.desk_partnerships, name="desk_partnerships"),
    path("desk/partnerships/new/", desk_partnerships.partnership_new, name="partnership_new"),
    path("desk/partnerships/<slug:reference>/", desk_partnerships.partnership_desk, name="partnership_desk"),
    path(
        "desk/partnerships/<slug:reference>/check/",
        desk_partnerships.partnership_check,
        name="partnership_check",
    ),
    path(
        "desk/partnerships/<slug:reference>/company/",
        desk_partnerships.partnership_company,
        name="partnership_company",
    ),
    path(
        "desk/partnerships/<slug:reference>/move/",
        desk_partnerships.partnership_move,
        name="partnership_move",
    ),
    path(
        "desk/partnerships/<slug:reference>/transformational/confirm/",
        desk_partnerships.partnership_transformational,
        name="partnership_transformational",
    ),
    path(
        "desk/partnerships/<slug:reference>/publish/",
        desk_partnerships.partnership_publish,
        name="partnership_publish",
    ),
    path(
        "desk/partnerships/<slug:reference>/withdraw/",
        desk_partnerships.partnership_withdraw,
        name="partnership_withdraw",
    ),
    path(
        "desk/partnerships/<slug:reference>/<slug:step>/",
        desk_partnerships.partnership_step,
        name="partnership_step",
    ),
    path("my/company/", companies.my_companies, name="my_companies"),
    path("my/company/new/", companies.company_new, name="my_company_new"),
    path("my/company/<uuid:public_id>/", companies.company_edit, name="my_company_edit"),
    path("desk/companies/", companies.company_list, name="company_list"),
    path("desk/companies/new/", companies.company_new, name="company_new"),
    path("desk/companies/<uuid:public_id>/", companies.company_desk, name="company_desk"),
    path("desk/companies/<uuid:public_id>/edit/", companies.company_edit, name="company_edit"),
]
