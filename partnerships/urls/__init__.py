from partnerships.urls import offers, records, registry

app_name = "partnerships"
urlpatterns = registry.urlpatterns + records.urlpatterns + offers.urlpatterns
