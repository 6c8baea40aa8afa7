from django.apps import AppConfig


class FocalpointsConfig(AppConfig):
    name = "focalpoints"
