from django.urls import include, path

from portal import views

portal_patterns = (
    [
        path("start/", views.start, name="start"),
    ],
    "portal",
)

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("", include(portal_patterns)),
    path("", include("focalpoints.urls")),
    path("", include("partnerships.urls")),
    path("", include("screening.urls")),
    path("account/", include("allauth.urls")),
]
