from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "mitstadt.comments"
    label = "comments"
