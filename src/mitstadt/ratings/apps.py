from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "mitstadt.ratings"
    label = "ratings"
