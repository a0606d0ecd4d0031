"""The catalogue in the back office: records, and screens beside them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from mitstadt.accounts.actor import COORDINATOR

from . import suggesting
from .staff import urls
from .staff.viewset import ToolkitGroup

register_snippet(ToolkitGroup)


class _EditorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return suggesting.may_draft(request.actor)  # type: ignore[attr-defined]


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def _suggestions_item() -> MenuItem:
    return _EditorsItem(
        _("Vorgeschlagene Formate"),
        reverse("toolkit_staff:suggestions"),
        name="toolkit-suggestions",
        icon_name="comment",
        order=126,
    )


class _CoordinationItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.actor.has(COORDINATOR))  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def _urls() -> list[Any]:
    return [path("methoden/", include((urls.urlpatterns, urls.app_name)))]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def _exchange_item() -> MenuItem:
    return _CoordinationItem(
        _("Methoden austauschen"), reverse("toolkit_staff:exchange"), name="toolkit-exchange", icon_name="download"
    )


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def _experienced_item() -> MenuItem:
    return _CoordinationItem(
        _("Erfahrene Organisationen"),
        reverse("toolkit_staff:experienced"),
        name="toolkit-experienced",
        icon_name="group",
    )


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def _rules_item() -> MenuItem:
    return _CoordinationItem(
        _("Regeln des Beraters"), reverse("toolkit_staff:rules", args=["rules"]), name="toolkit-rules", icon_name="edit"
    )
