"""Where the back office finds this room's screens."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from wagtail import hooks

from .rounds import staff_urls as rounds


@hooks.register("register_admin_urls", order=-1)  # type: ignore[untyped-decorator] # before `plaetze/<id>/` of booking
def rounds_urls() -> list[Any]:
    return [path("plaetze/runden/", include((rounds.urlpatterns, rounds.app_name)))]
