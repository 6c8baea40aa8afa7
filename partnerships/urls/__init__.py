from partnerships.urls import offers, registry

app_name = "partnerships"
urlpatterns = registry.urlpatterns + offers.urlpatterns
