from django.urls import path

from partnerships.views import registrations, reports

urlpatterns = [
    path("partnerships/<slug:reference>/reports/<int:number>/", reports.report_detail, name="report_detail"),
    path("desk/partnerships/<slug:reference>/report/", reports.report_edit, name="report_edit"),
    path(
        "desk/partnerships/<slug:reference>/report/files/<uuid:public_id>/remove/",
        reports.report_file_remove,
        name="report_file_remove",
    ),
    path("register/", registrations.register, name="register"),
    path("register/<str:token>/", registrations.registration, name="registration"),
    path("register/<str:token>/check/", registrations.registration_check, name="registration_check"),
    path("register/<str:token>/<slug:step>/", registrations.registration_step, name="registration_step"),
    path("desk/registrations/", registrations.desk_registrations, name="desk_registrations"),
    path("desk/registrations/<slug:reference>/", registrations.desk_registration, name="desk_registration"),
]
