"""Addresses of public pages that stand before those of `registry`, where a reference would swallow them."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from partnerships import api
from partnerships.views import compare, indexes, registry, saved, statistics

urlpatterns = [
    path("partnerships/suggest/", registry.suggestions, name="suggestions"),
    path("partnerships/compare/", compare.partnership_compare, name="partnership_compare"),
    path("api/v1/counts/", login_not_required(api.Counts.as_view()), name="api_counts"),
    path("umbrellas/", indexes.umbrella_index, name="umbrella_index"),
    path("organisations/", indexes.organization_index, name="organization_index"),
    path("countries/", indexes.country_index, name="country_index"),
    path("sdgs/", indexes.goal_index, name="goal_index"),
    path("agencies/", indexes.entity_index, name="entity_index"),
    path("agencies/compare/", indexes.entity_compare, name="entity_compare"),
    path("data/", indexes.data, name="data"),
    path("map/", statistics.partnership_map, name="map"),
    path("statistics/", statistics.statistics_index, name="statistics"),
    path("statistics/<slug:slug>/", statistics.statistics_figure, name="statistics_figure"),
    path("statistics/<slug:slug>.csv", statistics.statistics_csv, name="statistics_csv"),
    path("statistics/<slug:slug>/embed/", statistics.statistics_embed, name="statistics_embed"),
    path("desk/saved/", saved.saved_list, name="saved_list"),
    path("desk/saved/new/", saved.saved_new, name="saved_new"),
    path("desk/saved/<int:pk>/", saved.saved_edit, name="saved_edit"),
    path("desk/saved/<int:pk>/remove/", saved.saved_remove, name="saved_remove"),
    path("saved/stop/<str:token>/", saved.saved_stop, name="saved_stop"),
]
