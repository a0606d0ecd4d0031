"""Measures as records of the back office: drafts, comparison, preview, approval by a second person, export."""

from __future__ import annotations

from typing import Any

import django_filters  # type: ignore[import-untyped]
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.snippets.views.snippets import CreateView, SnippetViewSet

from mitstadt.radar import queries
from mitstadt.radar.models import Field, Measure, Revision, Status

from .guard import guarded

COORDINATE = "radar.coordinate_measure"

content = [
    FieldPanel("title"),
    FieldPanel("short_name"),
    FieldPanel("summary"),
    FieldPanel("reason"),
    FieldPanel("audience"),
    FieldPanel("plain_text"),
]
state = [
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("status"), FieldPanel("status_as_of")]),
            FieldRowPanel([FieldPanel("start"), FieldPanel("end")]),
            FieldPanel("change_reason"),
        ],
        heading=_("Stand"),
    ),
    InlinePanel(
        "milestones",
        heading=_("Meilensteine"),
        label=_("Meilenstein"),
        panels=[
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("due"), FieldPanel("done_on")]),
            FieldPanel("source"),
            FieldPanel("order"),
        ],
    ),
    InlinePanel(
        "progress_reports",
        heading=_("Gemeldete Prozentangaben"),
        label=_("Meldung"),
        panels=[FieldRowPanel([FieldPanel("percent"), FieldPanel("end"), FieldPanel("as_of")]), FieldPanel("order")],
    ),
]
place = [
    FieldPanel("slug"),
    FieldPanel("kind"),
    FieldRowPanel([FieldPanel("field"), FieldPanel("core_area")]),
    FieldPanel("department", permission=COORDINATE),
    FieldPanel("contact"),
    FieldPanel("district"),
    FieldPanel("revision", permission=COORDINATE),
    InlinePanel("measure_principles", heading=_("Prinzipien"), label=_("Prinzip"), panels=[FieldPanel("principle")]),
    MultiFieldPanel(
        [FieldPanel("participate_path"), FieldPanel("participate_until")], heading=_("Beteiligung, die gerade läuft")
    ),
]
proof = [
    FieldPanel("source"),
    FieldPanel("confidence"),
    FieldPanel("note"),
    InlinePanel(
        "links",
        heading=_("Links"),
        label=_("Link"),
        panels=[FieldPanel("url"), FieldPanel("label"), FieldPanel("order")],
    ),
    InlinePanel(
        "council_decisions",
        heading=_("Beschlüsse"),
        label=_("Beschluss"),
        panels=[FieldPanel("paper"), FieldRowPanel([FieldPanel("date"), FieldPanel("body")]), FieldPanel("url")],
    ),
    InlinePanel(
        "indicators",
        heading=_("Kennzahlen"),
        label=_("Kennzahl"),
        panels=[FieldPanel("name"), FieldPanel("value"), FieldPanel("order")],
    ),
]


class MeasureFilterSet(WagtailFilterSet):
    """Filters of the list; every choice stands in the address and can be kept as a bookmark."""

    status = django_filters.ChoiceFilter(label=_("Status"), choices=Status.choices)
    field = django_filters.ModelChoiceFilter(label=_("Handlungsfeld"), queryset=Field.objects.all())
    revision = django_filters.ModelChoiceFilter(label=_("Fortschreibung"), queryset=Revision.objects.all())

    class Meta:
        model = Measure
        fields = ["status", "field", "department", "core_area", "revision", "live", "confidence"]


class MeasureCreateView(CreateView):
    """A new measure belongs to the strategy that the radar shows."""

    def get_initial_form_instance(self) -> Measure:
        instance: Measure = super().get_initial_form_instance() or Measure()
        if instance.strategy_id is None:
            strategy = queries.current_strategy()
            if strategy is not None:
                instance.strategy = strategy
        return instance


class MeasureViewSet(SnippetViewSet):
    model = Measure
    icon = "list-ul"
    menu_label = _("Alle Angaben")
    menu_name = "measures"
    menu_order = 115
    add_to_admin_menu = True
    url_prefix = "massnahmen"
    url_namespace = "measures"
    add_view_class = MeasureCreateView
    list_display = ["code", "title", "field", "status", "end", "status_as_of"]
    filterset_class = MeasureFilterSet
    list_per_page = 50
    list_export = [
        "code",
        "slug",
        "title",
        "field",
        "department",
        "status",
        "status_as_of",
        "start",
        "end",
        "confidence",
        "live",
    ]
    export_filename = "massnahmen"
    search_fields = ["title", "short_name", "summary"]
    ordering = ["number"]
    copy_view_enabled = False
    edit_handler = TabbedInterface(
        [
            ObjectList(content, heading=_("Inhalt")),
            ObjectList(state, heading=_("Stand")),
            ObjectList(place, heading=_("Zuordnung")),
            ObjectList(proof, heading=_("Belege")),
        ]
    )

    def get_queryset(self, request: Any) -> Any:
        return Measure.objects.select_related("field", "department", "subject")

    def get_urlpatterns(self) -> list[URLPattern]:
        return guarded(super().get_urlpatterns())
