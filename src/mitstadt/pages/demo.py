"""The demo city's editorial pages, from `content/pages.yaml` in the city's folder."""

from __future__ import annotations

from datetime import date
from typing import Any

import nh3
from django.db import transaction
from wagtail.models import Locale, Page, Site

from mitstadt.kit import yamls
from mitstadt.kit.city import current
from mitstadt.radar.models import Measure

from .models import (
    AccessibilityStatementPage,
    EasyLanguagePage,
    HomePage,
    NewsIndexPage,
    NewsMeasure,
    NewsPage,
    SignLanguagePage,
    StandardPage,
)

TYPES: dict[str, Any] = {
    "standard": StandardPage,
    "easy": EasyLanguagePage,
    "sign": SignLanguagePage,
    "accessibility": AccessibilityStatementPage,
    "news_index": NewsIndexPage,
    "news": NewsPage,
}


# What the back office's editor allows (`blocks.RICH`); a file may bring no more than that.
RICH_FIELDS = {"gaps", "feedback", "enforcement", "transcript"}
TAGS = {"p", "br", "h3", "b", "strong", "i", "em", "ol", "ul", "li", "a"}


def clean(html: str) -> str:
    """Rich text from a file, without whatever the back office's editor would not have let in, and as it writes it: a
    break that is not closed keeps the page from being opened there."""
    return nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, link_rel=None).replace("<br>", "<br/>")


def _block(kind: str, value: Any) -> Any:
    if kind == "text":
        return clean(value)
    return {**value, "text": clean(value["text"])} if kind == "note" else value


def _blocks(body: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(str(kind), _block(kind, value)) for block in body for kind, value in block.items()]


def _put(parent: Any, data: dict[str, Any]) -> Any:
    """Create the page `data` describes below `parent`, unless its slug is taken there. Returns the page."""
    found = parent.get_children().filter(slug=data["slug"]).first()
    if found is not None:
        return found.specific
    values = {k: v for k, v in data.items() if k not in {"type", "children", "measures", "body", "en"}}
    for key in ("date", "created_on", "reviewed_on", "updated_on"):
        if isinstance(values.get(key), str):
            values[key] = date.fromisoformat(values[key])
    for key in RICH_FIELDS & values.keys():
        values[key] = clean(values[key])
    page = TYPES[data["type"]](body=_blocks(data.get("body", [])), locale=parent.locale, **values)
    if isinstance(page, NewsPage):
        page.is_example = True
    parent.add_child(instance=page)
    for code in data.get("measures", []):
        measure = Measure.objects.filter(slug=code).first()
        if measure is not None:
            NewsMeasure.objects.create(page=page, measure=measure)
    for child in data.get("children", []):
        _put(page, child)
    return page


def _translated(original: Any, data: dict[str, Any], locale: Locale) -> None:
    """A page in the other language: its own words where the file has them, otherwise an alias of the German one."""
    if original.has_translation(locale):
        return
    words = data.get("en")
    copy = original.copy_for_translation(locale, copy_parents=True, alias=words is None)
    if words:
        for key, value in words.items():
            setattr(copy, key, _blocks(value) if key == "body" else clean(value) if key in RICH_FIELDS else value)
        copy.live = True
        copy.save()


def load() -> str | None:
    """Put the pages in place; those that exist are left as their editors made them."""
    path = current().folder / "content" / "pages.yaml"
    if not path.exists():
        return None
    data = yamls.read(path)
    with transaction.atomic():
        german, _created = Locale.objects.get_or_create(language_code="de")
        english, _created = Locale.objects.get_or_create(language_code="en")
        home = HomePage.objects.filter(locale=german).first()
        if home is None:
            # Wagtail's own migration makes the root; a test database that was emptied has none
            root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=german)
            home = HomePage(locale=german, slug="mitstadt", **data["home"])
            root.add_child(instance=home)
            site, _created = Site.objects.get_or_create(
                is_default_site=True, defaults={"hostname": "localhost", "root_page": home, "site_name": "Mitstadt"}
            )
            site.root_page = home
            site.save()
            Page.objects.filter(depth=2, slug="home").exclude(pk=home.pk).delete()
        _translated(home, {"en": data.get("home_en")}, english)
        for entry in data["pages"]:
            page = _put(home, entry)
            _translated(page, entry, english)
            for child in entry.get("children", []):
                found = page.get_children().filter(slug=child["slug"]).first()
                if found is not None:
                    _translated(found.specific, child, english)
        if home.easy_language is None:
            home.easy_language = EasyLanguagePage.objects.filter(locale=german).first()
            home.sign_language = SignLanguagePage.objects.filter(locale=german).first()
            home.save()
    return f"{Page.objects.count() - 1} Seiten"
