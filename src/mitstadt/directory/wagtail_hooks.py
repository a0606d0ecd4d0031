"""Where the back office finds this room's screens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from . import access
from .staff import urls
from .staff.viewset import DirectoryGroup

register_snippet(DirectoryGroup)


class _Item(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(access.may_keep(request.actor))  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def admin_urls() -> list[Any]:
    return [path("angebote/", include((urls.urlpatterns, urls.app_name)))]


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def menu() -> MenuItem:
    return _Item(_("Angebote"), reverse("directory_staff:list"), name="offers", icon_name="help", order=127)
