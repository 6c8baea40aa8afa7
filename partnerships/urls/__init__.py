from partnerships.urls import offers, public, records, registry

app_name = "partnerships"
urlpatterns = public.urlpatterns + records.urlpatterns + registry.urlpatterns + offers.urlpatterns
