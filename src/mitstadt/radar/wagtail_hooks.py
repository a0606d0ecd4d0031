"""Where the radar stands in the back office."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from mitstadt.accounts.actor import COORDINATOR, EDITOR

from . import access
from .staff import urls
from .staff.viewset import MeasureViewSet

register_snippet(MeasureViewSet)


class _RadarItem(MenuItem):
    """Shown to editors and coordinators only."""

    def is_shown(self, request: HttpRequest) -> bool:
        actor: Any = request.actor  # type: ignore[attr-defined]
        return bool(actor.has(EDITOR) or actor.has(COORDINATOR))


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def _urls() -> list[URLPattern | URLResolver]:
    return [path("radar/", include((urls.urlpatterns, urls.app_name)))]


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def _menu() -> MenuItem:
    return _RadarItem(_("Maßnahmen"), reverse("radar_staff:measures"), name="radar", icon_name="list-ul", order=110)


class _ImportItem(MenuItem):
    """Shown to those who may publish a revision."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(access.may_publish(request.actor))  # type: ignore[attr-defined]


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def _import_menu() -> MenuItem:
    return _ImportItem(_("Einlesen"), reverse("radar_staff:imports"), name="einlesen", icon_name="upload", order=130)
