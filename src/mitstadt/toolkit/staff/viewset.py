"""Formats and combinations as records of the back office: drafts, revisions, comparison, preview, export."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList, TabbedInterface
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from mitstadt.toolkit.forms import CombinationForm, KnowledgeForm, MethodForm
from mitstadt.toolkit.models import Combination, Knowledge, Method


def _handler(*tabs: tuple[Any, list[Any]], form: type) -> TabbedInterface:
    return TabbedInterface([ObjectList(panels, heading=heading) for heading, panels in tabs], base_form_class=form)


class _EntryViewSet(SnippetViewSet):
    """What all three share: no copies of an entry with a public address, and its subject read with it."""

    list_per_page = 50
    copy_view_enabled = False

    def get_queryset(self, request: Any) -> Any:
        return self.model.objects.select_related("subject")


class MethodViewSet(_EntryViewSet):
    model = Method
    icon = "list-ul"
    menu_label = _("Formate")
    menu_name = "methods"
    url_prefix = "methoden/formate"
    url_namespace = "methods"
    list_display = ["name", "kind", "cost_class", "effort", "live"]
    list_filter = ["kind", "cost_class", "effort", "figures", "live"]
    list_export = ["slug", "name", "kind", "group_min", "group_max", "duration", "cost_class", "effort", "live"]
    export_filename = "methoden"
    search_fields = ["name", "description"]
    ordering = ["name"]
    edit_handler = _handler(
        (
            _("Inhalt"),
            [
                FieldPanel("name"),
                FieldPanel("name_en"),
                FieldPanel("slug"),
                FieldPanel("description"),
                FieldPanel("description_en"),
                FieldPanel("steps"),
                FieldPanel("steps_en"),
                FieldPanel("reach"),
                FieldPanel("reach_en"),
                FieldPanel("groups"),
                FieldPanel("barriers"),
                FieldPanel("barriers_en"),
                FieldPanel("needs"),
                FieldPanel("access"),
                FieldPanel("access_en"),
                FieldPanel("risks"),
                FieldPanel("risks_en"),
                FieldPanel("english_fits"),
            ],
        ),
        (
            _("Angaben"),
            [
                FieldPanel("kind"),
                FieldPanel("levels"),
                FieldPanel("phases"),
                FieldRowPanel([FieldPanel("group_min"), FieldPanel("group_max")]),
                FieldRowPanel([FieldPanel("duration"), FieldPanel("duration_en"), FieldPanel("time")]),
                FieldRowPanel([FieldPanel("prep_min"), FieldPanel("prep_max")]),
                FieldRowPanel([FieldPanel("cost_class"), FieldPanel("effort")]),
                FieldPanel("staffing"),
                FieldPanel("staffing_en"),
                FieldPanel("figures"),
                FieldPanel("module"),
            ],
        ),
        (
            _("Praxis"),
            [
                FieldPanel("checklist"),
                FieldPanel("checklist_en"),
                FieldPanel("materials"),
                FieldPanel("partners"),
                FieldPanel("partners_en"),
                FieldPanel("combine_with"),
                FieldPanel("sources"),
                FieldPanel("order"),
            ],
        ),
        form=MethodForm,
    )


class CombinationViewSet(_EntryViewSet):
    model = Combination
    icon = "list-ol"
    menu_label = _("Kombinationen")
    menu_name = "combinations"
    url_prefix = "methoden/kombinationen"
    url_namespace = "combinations"
    list_display = ["name", "weeks_min", "weeks_max", "live"]
    search_fields = ["name", "goal"]
    ordering = ["order", "name"]
    edit_handler = _handler(
        (
            _("Inhalt"),
            [
                FieldPanel("name"),
                FieldPanel("name_en"),
                FieldPanel("slug"),
                FieldPanel("goal"),
                FieldPanel("goal_en"),
                FieldPanel("steps"),
                FieldPanel("why"),
                FieldPanel("why_en"),
                FieldPanel("english_fits"),
                FieldPanel("phases"),
                FieldRowPanel([FieldPanel("weeks_min"), FieldPanel("weeks_max")]),
                FieldPanel("order"),
            ],
        ),
        form=CombinationForm,
    )


class KnowledgeViewSet(_EntryViewSet):
    model = Knowledge
    icon = "help"
    menu_label = _("Wissen")
    menu_name = "knowledge"
    url_prefix = "methoden/wissen"
    url_namespace = "knowledge"
    list_display = ["name", "type", "day", "live"]
    list_filter = ["type", "live"]
    search_fields = ["name", "lead"]
    ordering = ["type", "order"]
    edit_handler = _handler(
        (
            _("Inhalt"),
            [
                FieldRowPanel([FieldPanel("type"), FieldPanel("language")]),
                FieldPanel("name"),
                FieldPanel("slug"),
                FieldPanel("lead"),
                FieldPanel("text"),
                FieldPanel("facts"),
                FieldPanel("steps"),
                FieldPanel("methods"),
                FieldRowPanel([FieldPanel("url"), FieldPanel("day")]),
                FieldPanel("source"),
                FieldPanel("order"),
            ],
        ),
        form=KnowledgeForm,
    )


class ToolkitGroup(SnippetViewSetGroup):
    items = (MethodViewSet, CombinationViewSet, KnowledgeViewSet)
    menu_label = _("Methoden")
    menu_icon = "list-ul"
    menu_name = "toolkit"
    menu_order = 125
    add_to_admin_menu = True
