"""Moderation in the back office: menu entry and addresses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import rules, staff


class ModerationMenuItem(MenuItem):
    """Shown to moderators only; the screens check again."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(rules.may_moderate(request.actor))  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def admin_urls() -> list[Any]:
    return [
        path("moderation/", staff.queue, name="moderation_queue"),
        path("moderation/<slug:public_id>/", staff.case, name="moderation_case"),
    ]


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> ModerationMenuItem:
    return ModerationMenuItem(_("Moderation"), reverse("moderation_queue"), icon_name="warning", order=210)
