from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from partnerships import api
from partnerships.views import profiles, records, registry

schema = SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny])

urlpatterns = [
    path("partnerships/", registry.partnership_list, name="partnership_list"),
    path("partnerships.<slug:format>", registry.partnership_export, name="partnership_export"),
    path("partnerships/<slug:reference>/", records.partnership_detail, name="partnership_detail"),
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
]
urlpatterns += [
    path(route, lambda request, **kwargs: HttpResponse(), name=name)
    for route, name in [
        ("my/company/", "my_companies"),
        ("desk/partnerships/", "desk_partnerships"),
        ("desk/companies/", "company_list"),
        ("desk/partnerships/<slug:reference>/", "partnership_desk"),
        ("desk/companies/<uuid:public_id>/", "company_desk"),
    ]
]
