from django.apps import AppConfig


class GeoConfig(AppConfig):
    name = "mitstadt.geo"
    label = "geo"
