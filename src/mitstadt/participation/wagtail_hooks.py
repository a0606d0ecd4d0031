"""Processes in the back office: menu entry and addresses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .staff import doors, urls


class ProcessesMenuItem(MenuItem):
    """Shown to whoever has work in processes; the screens check again."""

    def is_shown(self, request: HttpRequest) -> bool:
        return doors.may_look(request.actor)  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def admin_urls() -> list[Any]:
    return [path("beteiligung/", include((urls.urlpatterns, urls.app_name)))]


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> ProcessesMenuItem:
    return ProcessesMenuItem(
        _("Beteiligung"), reverse("participation_staff:processes"), name="beteiligung", icon_name="group", order=120
    )
