from django.urls import URLPattern

app_name = "focalpoints"
urlpatterns: list[URLPattern] = []
