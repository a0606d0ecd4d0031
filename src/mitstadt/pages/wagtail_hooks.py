"""The back office in the city's colours, and what its first page shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.ui.components import Component

from .models import AccessibilityStatementPage
from .office import TodayPanel


@hooks.register("insert_global_admin_css")  # type: ignore[untyped-decorator]
def _colours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("pages/office.css"))


@hooks.register("construct_homepage_panels")  # type: ignore[untyped-decorator]
def _today(request: HttpRequest, panels: list[Any]) -> None:
    panels.insert(0, TodayPanel(request))


class OverdueStatements(Component):
    """Names the statements that nobody has reviewed for a year; empty while there are none."""

    name = "overdue_statements"
    order = 50
    template_name = "pages/admin/overdue_list.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        live = AccessibilityStatementPage.objects.live().filter(alias_of=None)
        return {"statements": [page for page in live if page.is_overdue()]}


@hooks.register("construct_homepage_panels")  # type: ignore[untyped-decorator]
def _overdue(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.has_perm("wagtailadmin.access_admin"):
        panels.append(OverdueStatements())
