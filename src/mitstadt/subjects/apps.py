from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "mitstadt.subjects"
    label = "subjects"
