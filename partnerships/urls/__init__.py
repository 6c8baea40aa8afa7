from partnerships.urls import offers, records, registry

app_name = "partnerships"
urlpatterns = records.urlpatterns + registry.urlpatterns + offers.urlpatterns
