"""The desk in the back office: menu entry and addresses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import staff


class QuestionsMenuItem(MenuItem):
    """Shown to editors and coordination; the screens check again."""

    def is_shown(self, request: HttpRequest) -> bool:
        return staff.may_enter(request.actor)  # type: ignore[attr-defined]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def admin_urls() -> list[Any]:
    return [
        path("fragen/", staff.questions, name="comments_questions"),
        path("fragen/<slug:public_id>/", staff.question, name="comments_question"),
    ]


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> QuestionsMenuItem:
    return QuestionsMenuItem(_("Fragen"), reverse("comments_questions"), icon_name="help", order=200)
