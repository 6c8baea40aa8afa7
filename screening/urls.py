from django.urls import path

from screening.views import cases, lists

app_name = "screening"
urlpatterns = [
    path("cases/", cases.case_list, name="case_list"),
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
