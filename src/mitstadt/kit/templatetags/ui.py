"""The house's component tags. Templates call these, never the design system's classes. Loaded everywhere (builtin).

Every tag but the frame's is a function of `mitstadt.kit.components` with the same arguments; rows by the hundred call
those functions from Python. Texts are escaped; what a block tag encloses is HTML.

    Page      {% extends "kit/base.html" %}  blocks: title description robots feed head_extra body_class breadcrumb
              content aside scripts
    Words     {% ui_button "Frage abschicken" %}  {% ui_link_button "Frage stellen" url kind="secondary" %}
              {% ui_status "in_umsetzung" %}  {% ui_mark "geplant" %}  {% ui_flag "Ende 1× verschoben" rule="…" %}
              {% ui_tag "Entwurf" %}  {% ui_example row.is_example %}  {% ui_icon "search" %}  {% ui_meta a b c %}
              {% ui_alert "Titel" kind="warning" %}…{% endui_alert %}
    Lists     {% ui_breadcrumb "Radar" url "Bildung" url2 %}
              {% ui_card "Titel" url top="…" %}…{% endui_card %}  {% ui_list %}{% ui_item title url text fact1 fact2 %}
              {% endui_list %}  {% ui_count "In Umsetzung" 48 url mark="in_umsetzung" %}
              {% ui_table columns rows caption="…" %}  {% ui_empty "Noch nichts." "Warum." %}…{% endui_empty %}
              {% ui_pagination page pages %}  {% ui_tabs options "Ansicht" %}  {% ui_switch "Ringe" options %}
              {% ui_chips "Status" options %}  (options: components.Option)  {% ui_stepper steps 2 %}
    Forms     {% ui_form form %}  {% ui_field form.text %}  {% ui_errors form %}
              {% ui_scale form.benefit "gar nicht" "sehr" %}
              {% ui_search "Was suchen Sie?" action value %}
              {% ui_section "Titel" url=… more="Alle" %}…{% endui_section %}
    Facts     {% ui_facts pairs %}  {% ui_timeline events %}  {% ui_quote "…" source %}  {% ui_rule "…" "…" %}
              {% ui_answer "IT-Referat" when working_days=13 %}…{% endui_answer %}  {% ui_countdown 13 20 due %}
              {% ui_stand date %}
    Pictures  {% ui_bars "Heading" values %}  {% ui_lying_bars "Heading" values %}  {% ui_tile_map "Stadtteile" tiles %}
    Dates     {{ d|ui_date }}  {{ d|ui_days_left }}  {{ d|ui_ago }}  {{ moment|ui_moment }}  {% ui_period start end %}
              {{ d|ui_short }}  {{ moment|ui_short_moment }}  (dense tables of staff)
    Addresses {% ui_query seite=2 status=None %}  → the query of this page with changes
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mitstadt.kit import components as ui
from mitstadt.kit.components import chrome
from mitstadt.kit.components.dates import DateLike, short_day, short_moment
from mitstadt.kit.components.html import Text
from mitstadt.kit.marks import mark

register = template.Library()


def _request(context: Context) -> HttpRequest | None:
    found = context.get("request")
    return found if isinstance(found, HttpRequest) else None


# -- the frame, used by base.html ------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def ui_head(context: Context) -> SafeString:
    """Style sheets, fonts and scripts."""
    return chrome.head(str(context.get("ui_theme") or ""))


@register.simple_tag(takes_context=True)
def ui_header(context: Context) -> SafeString:
    """Brand, navigation, languages, account, search."""
    return chrome.header(_request(context))


@register.simple_tag(takes_context=True)
def ui_footer(context: Context) -> SafeString:
    """Links that every page needs."""
    return chrome.footer(_request(context))


@register.simple_tag(takes_context=True)
def ui_messages(context: Context) -> SafeString:
    """What the last action said."""
    return chrome.flash(_request(context))


@register.simple_tag(takes_context=True)
def ui_languages(context: Context) -> SafeString:
    """This page in the other languages, as a list of links."""
    return format_html('<ul class="ms-links">{}</ul>', chrome.language_links(_request(context)))


# -- one to one with the functions of components ---------------------------------------------------

_FUNCTIONS: dict[str, Callable[..., object]] = {
    "ui_button": ui.button,
    "ui_link_button": ui.link_button,
    "ui_link": ui.link,
    "ui_icon": ui.icon,
    "ui_mark": ui.mark_svg,
    "ui_status": ui.status,
    "ui_flag": ui.flag,
    "ui_tag": ui.tag,
    "ui_example": ui.example,
    "ui_meta": ui.meta,
    "ui_count": ui.count_row,
    "ui_table": ui.table,
    "ui_tabs": ui.tabs,
    "ui_switch": ui.switch,
    "ui_chips": ui.chips,
    "ui_stepper": ui.stepper,
    "ui_scale": ui.scale,
    "ui_search": ui.search_field,
    "ui_select": ui.plain_select,
    "ui_facts": ui.facts,
    "ui_timeline": ui.timeline,
    "ui_quote": ui.quote,
    "ui_rule": ui.rule,
    "ui_countdown": ui.countdown,
    "ui_stand": ui.stand,
    "ui_bars": ui.bars,
    "ui_lying_bars": ui.lying_bars,
    "ui_tile_map": ui.tile_map,
    "ui_period": ui.period,
    "ui_time": ui.time_tag,
}
for _name, _function in _FUNCTIONS.items():
    register.simple_tag(_function, name=_name)


@register.simple_tag
def ui_form(form: forms.BaseForm) -> SafeString:
    """Error summary and every field."""
    return ui.form(form)


@register.simple_tag
def ui_errors(form: forms.BaseForm, focus: bool = True) -> SafeString:
    """Only the error summary, for pages that place the fields themselves."""
    return ui.error_summary(form, focus)


@register.simple_tag
def ui_field(field: BoundField, hint: Text = "", label: Text = "") -> SafeString:
    """One field with label, hint and error."""
    return ui.field(field, hint, label)


@register.simple_tag
def ui_breadcrumb(*parts: Any) -> SafeString:
    """Label and address by turns: `{% ui_breadcrumb "Radar" "/radar/" "Bildung" url %}`."""
    return ui.breadcrumb(*zip(parts[::2], parts[1::2], strict=True))


@register.simple_tag
def ui_item(title: Text, url: Text, text: Text = "", *facts: object, level: int = 3) -> SafeString:
    """A list row; further arguments are its facts."""
    return ui.item(title, url, text, facts, level)


@register.simple_tag(takes_context=True)
def ui_pagination(context: Context, page: int, pages: int, name: str = "seite") -> SafeString:
    """Page numbers that keep this page's query."""
    request = _request(context)
    return ui.pagination(page, pages, request.GET if request else None, name)


@register.simple_tag(takes_context=True)
def ui_query(context: Context, **changes: object) -> str:
    """This page's query with changes, for `href`."""
    request = _request(context)
    return ui.with_query(request.GET if request else {}, **changes)


# -- tags that enclose HTML -------------------------------------------------------------------------


@register.simple_block_tag
def ui_alert(content: SafeString, title: Text, kind: str = "info", live: bool = False, id: str = "") -> SafeString:
    """A notice around HTML."""
    return ui.alert(title, content, kind, live, id)


@register.simple_block_tag
def ui_card(
    content: SafeString, title: Text, url: Text = "", top: Text = "", actions: Text = "", level: int = 3
) -> SafeString:
    """A card around HTML."""
    return ui.card(title, url, content, top, actions, level)


@register.simple_block_tag
def ui_list(content: SafeString, strong: bool = False) -> SafeString:
    """A ruled list around `ui_item` or `ui_count`."""
    return ui.item_list([content], strong)


@register.simple_block_tag
def ui_empty(content: SafeString, title: Text, body: Text = "") -> SafeString:
    """An empty list; what it encloses is what to do next."""
    return ui.empty(title, body, content if content.strip() else "")


@register.simple_block_tag
def ui_answer(
    content: SafeString,
    who: Text,
    when: DateLike = None,
    working_days: int | None = None,
    is_example: bool = False,
    became: Text = "",
    label: Text = "",
    anchor: str = "",
) -> SafeString:
    """An official answer around HTML."""
    return ui.answer(who, content, when, working_days, is_example, became, label, anchor)


@register.simple_block_tag
def ui_section(
    content: SafeString, title: Text, url: Text = "", more: Text = "", count: Text = "", id: str = ""
) -> SafeString:
    """A section with heading, an optional number behind it and an optional link at the end of its line."""
    return ui.section(title, content, url, more, count, id)


# -- filters ------------------------------------------------------------------------------------------


@register.filter
def ui_date(value: DateLike) -> str:
    """`3. März 2026`, `Januar 2024` or `2024`."""
    return ui.day(value)


@register.filter
def ui_days_left(value: DateLike) -> str:
    """`noch 12 Tage`."""
    return ui.days_left(value)


@register.filter
def ui_ago(value: DateLike) -> str:
    """`vor 5 Tagen`."""
    return ui.ago(value)


@register.filter
def ui_moment(value: datetime | None) -> str:
    """`3. März 2026, 14:05 Uhr`."""
    return ui.moment(value)


@register.filter
def ui_short(value: date | datetime | None) -> str:
    """`03.03.2026`, in English `3 Mar 2026`: for dense tables."""
    return short_day(value)


@register.filter
def ui_short_moment(value: datetime | None) -> str:
    """`03.03.2026, 14:05`."""
    return short_moment(value)


@register.filter
def ui_status_label(key: str) -> str:
    """The word of a status: `in_umsetzung` → `In Umsetzung`."""
    return str(mark(key).label)
