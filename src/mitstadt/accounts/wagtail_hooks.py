"""Where the back office finds this room's screens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import staff
from .actor import ADMINISTRATOR, EDITOR


class RoleItem(MenuItem):
    """Shown to people who hold `role`."""

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        self.role = role
        super().__init__(*args, **kwargs)

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.actor.has(self.role))  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[Any]:
    return list(staff.urlpatterns)


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def counter_item() -> MenuItem:
    return RoleItem(_("Am Schalter"), reverse("accounts_counter"), icon_name="key", order=800, role=EDITOR)


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def letters_item() -> MenuItem:
    return RoleItem(_("Brief-Codes"), reverse("accounts_letters"), icon_name="mail", order=210, role=ADMINISTRATOR)
