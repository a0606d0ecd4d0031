from django.apps import AppConfig


class RadarConfig(AppConfig):
    name = "mitstadt.radar"
    label = "radar"
