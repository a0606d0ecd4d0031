"""What editors see above the fields of a page."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel


class OverduePanel(Panel):
    """Warns that a statement must be reviewed; absent while there is nothing to warn of."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "pages/admin/overdue.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk and self.instance.is_overdue())

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            context["statement"] = self.instance
            return context
