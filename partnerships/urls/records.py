from django.urls import path

from partnerships.views import agreements, imports, record_files, registrations, reports

urlpatterns = [
    path("data/iati.xml", record_files.data_iati, name="data_iati"),
    path("data/360giving.json", record_files.data_giving, name="data_giving"),
    path("partnerships/<slug:reference>/iati.xml", record_files.record_iati, name="record_iati"),
    path("partnerships/<slug:reference>/360giving.json", record_files.record_giving, name="record_giving"),
    path("reports/", reports.report_index, name="report_index"),
    path("partnerships/<slug:reference>/reports/<int:number>/", reports.report_detail, name="report_detail"),
    path("desk/partnerships/<slug:reference>/report/", reports.report_edit, name="report_edit"),
    path(
        "desk/partnerships/<slug:reference>/report/files/<uuid:public_id>/remove/",
        reports.report_file_remove,
        name="report_file_remove",
    ),
    path("desk/partnerships/<slug:reference>/agreements/", agreements.agreement_list, name="agreement_list"),
    path("desk/partnerships/<slug:reference>/emblem/", agreements.emblem_new, name="emblem_new"),
    path("desk/emblem/<int:pk>/", agreements.emblem_decide, name="emblem_decide"),
    path("desk/agreements/", agreements.agreement_review, name="agreement_review"),
    path("desk/agreements/templates/", agreements.agreement_templates, name="agreement_templates"),
    path("desk/agreements/<int:pk>/", agreements.agreement_detail, name="agreement_detail"),
    path("desk/agreements/<int:pk>/move/", agreements.agreement_move, name="agreement_move"),
    path(
        "desk/agreements/<int:pk>/draft.<slug:kind>", agreements.agreement_document, name="agreement_document"
    ),
    path("desk/imports/", imports.import_list, name="import_list"),
    path("desk/imports/template.csv", imports.import_template, name="import_template"),
    path("desk/imports/<slug:reference>/", imports.import_detail, name="import_detail"),
    path("desk/imports/<slug:reference>/problems.csv", imports.import_problems, name="import_problems"),
    path("desk/imports/<slug:reference>/<slug:act>/", imports.import_act, name="import_act"),
    path("register/", registrations.register, name="register"),
    path("register/<str:token>/", registrations.registration, name="registration"),
    path("register/<str:token>/check/", registrations.registration_check, name="registration_check"),
    path("register/<str:token>/<slug:step>/", registrations.registration_step, name="registration_step"),
    path("desk/registrations/", registrations.desk_registrations, name="desk_registrations"),
    path("desk/registrations/<slug:reference>/", registrations.desk_registration, name="desk_registration"),
]
