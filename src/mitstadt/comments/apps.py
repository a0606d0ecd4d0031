from __future__ import annotations

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "mitstadt.comments"
    label = "comments"

    def ready(self) -> None:
        from . import wiring

        wiring.connect()
