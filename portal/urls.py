from django.urls import include, path

from partnerships.views.home import home
from portal import views
from portal.styleguide import styleguide

portal_patterns = (
    [
        path("", home, name="home"),
        path("start/", views.start, name="start"),
        path("desk/", views.desk, name="desk"),
        path("me/", views.profile, name="profile"),
        path("help/", views.help_page, {"page": "help"}, name="help"),
        path("help/screening/", views.help_page, {"page": "help_screening"}, name="help_screening"),
        path("accessibility/", views.help_page, {"page": "accessibility"}, name="accessibility"),
        path("privacy/", views.help_page, {"page": "privacy"}, name="privacy"),
        path("styleguide/", styleguide, name="styleguide"),
        path("manage/", views.manage, name="manage"),
        path("manage/users/", views.user_list, name="user_list"),
        path("manage/users/<int:pk>/", views.user_edit, name="user_edit"),
        path("manage/users/<int:pk>/close/", views.user_close, name="user_close"),
        path("manage/jobs/", views.job_list, name="job_list"),
        path("manage/jobs/<int:pk>/retry/", views.job_retry, name="job_retry"),
        path("manage/audit/", views.audit_list, name="audit_list"),
        path("demo/mail/", views.demo_mails, name="demo_mails"),
        path("demo/mail/<str:name>/", views.demo_mail, name="demo_mail"),
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
