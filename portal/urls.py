from django.urls import include, path

from partnerships.views.home import home
from portal import views, views_own
from portal.styleguide import styleguide

portal_patterns = (
    [
        path("", home, name="home"),
        path("start/", views.start, name="start"),
        path("desk/", views.desk, name="desk"),
        path("me/", views_own.profile, name="profile"),
        path("notices/", views_own.notices, name="notices"),
        path("notices/read/", views_own.notices_read, name="notices_read"),
        path("notices/choices/", views_own.notice_choices, name="notice_choices"),
        path("keys/", views_own.tokens, name="tokens"),
        path("keys/<int:pk>/revoke/", views_own.token_revoke, name="token_revoke"),
        path("files/<uuid:public_id>/", views_own.attachment, name="attachment"),
        path("help/", views.help_page, {"page": "help"}, name="help"),
        path("help/screening/", views.help_page, {"page": "help_screening"}, name="help_screening"),
        path("about/", views.help_page, {"page": "about"}, name="about"),
        path("status/", views.status, name="status"),
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
