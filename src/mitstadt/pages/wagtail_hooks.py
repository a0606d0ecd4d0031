"""The back office in the city's colours, and its first page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from .office import TodayPanel


@hooks.register("insert_global_admin_css")  # type: ignore[untyped-decorator]
def _colours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("pages/office.css"))


@hooks.register("construct_homepage_panels")  # type: ignore[untyped-decorator]
def _today(request: HttpRequest, panels: list[Any]) -> None:
    panels.insert(0, TodayPanel(request))
