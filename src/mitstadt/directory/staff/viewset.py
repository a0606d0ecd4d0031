"""Topics, everyday sentences and numbers in need as records of the back office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from mitstadt.directory.models import Category, Situation, Urgent


class _RowsField(forms.CharField):
    """Objects, one a line, their parts separated by ``|``."""

    widget = forms.Textarea(attrs={"rows": 6})

    def __init__(self, keys: tuple[str, ...], least: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keys, self.least = keys, least

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(" | ".join(str(row.get(key, "")) for key in self.keys).rstrip(" |") for row in value)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        found = []
        for line in (super().to_python(value) or "").splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split("|")]
            if len(parts) < self.least or len(parts) > len(self.keys) or not all(parts[: self.least]):
                raise forms.ValidationError(gettext("Diese Zeile ist unvollständig: %(line)s") % {"line": line[:80]})
            found.append({key: part for key, part in zip(self.keys, parts, strict=False) if part})
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


class UrgentForm(WagtailAdminModelForm):
    numbers = _RowsField(
        ("name", "number", "when", "languages", "chat"), 2, label=_("Nummern"),
        help_text=_("Je Zeile: Name | Nummer | wann | Sprachen | Chat-Adresse"),
    )  # fmt: skip
    sentences = _RowsField(
        ("language", "text"), 2, label=_("Ein Satz in anderen Sprachen"), required=False,
        help_text=_("Je Zeile: Sprache | Satz"),
    )  # fmt: skip


class CategoryViewSet(SnippetViewSet):
    model = Category
    icon = "folder-open-inverse"
    menu_label = _("Themen")
    menu_name = "offer_categories"
    url_prefix = "angebote/themen"
    url_namespace = "offer_categories"
    list_display = ["name", "parent", "slug"]
    search_fields = ["name", "synonyms"]
    list_per_page = 100
    edit_handler = ObjectList(
        [
            FieldPanel("name"), FieldPanel("name_en"), FieldPanel("slug"), FieldPanel("parent"),
            FieldPanel("description"), FieldPanel("description_en"), FieldPanel("synonyms"), FieldPanel("order"),
        ]
    )  # fmt: skip


class SituationViewSet(SnippetViewSet):
    model = Situation
    icon = "openquote"
    menu_label = _("Sätze des Alltags")
    menu_name = "offer_situations"
    url_prefix = "angebote/saetze"
    url_namespace = "offer_situations"
    list_display = ["title", "shown", "order"]
    search_fields = ["title", "phrases"]
    list_per_page = 100
    edit_handler = ObjectList(
        [
            FieldPanel("title"), FieldPanel("title_en"), FieldPanel("slug"), FieldPanel("phrases"),
            FieldPanel("categories", widget=forms.CheckboxSelectMultiple),
            FieldRowPanel([FieldPanel("shown"), FieldPanel("order")]),
        ]
    )  # fmt: skip


class UrgentViewSet(SnippetViewSet):
    model = Urgent
    icon = "warning"
    menu_label = _("Hilfe in Not")
    menu_name = "offer_urgent"
    url_prefix = "angebote/not"
    url_namespace = "offer_urgent"
    list_display = ["title", "checked_on", "order"]
    edit_handler = ObjectList(
        [
            FieldPanel("title"), FieldPanel("title_en"), FieldPanel("slug"), FieldPanel("phrases"),
            FieldPanel("numbers"), FieldPanel("sentences"), FieldPanel("order"),
            FieldRowPanel([FieldPanel("checked_on"), FieldPanel("source")]),
        ],
        base_form_class=UrgentForm,
    )  # fmt: skip


class DirectoryGroup(SnippetViewSetGroup):
    items = (CategoryViewSet, SituationViewSet, UrgentViewSet)
    menu_label = _("Worte für Angebote")
    menu_icon = "tag"
    menu_name = "directory_words"
    menu_order = 128
    add_to_admin_menu = True
