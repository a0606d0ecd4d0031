"""Where the back office finds this room's screens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from mitstadt.accounts.actor import ADMINISTRATOR

from . import saved_filters, staff


class RolesItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.actor.has(ADMINISTRATOR))  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[Any]:
    return [*staff.urlpatterns, path("filter/", saved_filters.change, name="organisations_filters")]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def menu() -> MenuItem:
    return RolesItem(_("Rollen"), reverse("organisations_roles"), icon_name="group", order=200)
