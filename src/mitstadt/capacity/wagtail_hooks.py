"""Where the back office finds this room's screens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from mitstadt.directory import access

from . import staff
from .rounds import staff_urls as rounds


class _Item(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(access.may_keep(request.actor))  # type: ignore[attr-defined]


@hooks.register("register_admin_urls", order=-1)  # type: ignore[untyped-decorator] # before `plaetze/<id>/` of booking
def admin_urls() -> list[Any]:
    return [
        path("freie-plaetze/", include(([path("", staff.listing, name="list")], "capacity_staff"))),
        path("plaetze/runden/", include((rounds.urlpatterns, rounds.app_name))),
    ]


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def menu() -> MenuItem:
    return _Item(_("Freie Plätze"), reverse("capacity_staff:list"), name="free-places", icon_name="calendar-check",
                 order=128)  # fmt: skip
