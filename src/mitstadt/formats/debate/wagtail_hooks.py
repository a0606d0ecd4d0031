"""The screens of debates in the back office; a process leads there."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from wagtail import hooks

from . import staff_urls


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def admin_urls() -> list[Any]:
    return [path("beteiligung/debatte/", include((staff_urls.urlpatterns, staff_urls.app_name)))]
