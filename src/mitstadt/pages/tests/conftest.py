"""A small city's pages: a front page in two languages and the list of articles."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from wagtail.models import Locale, Page, Site

from mitstadt.pages.models import HomePage, NewsIndexPage, NewsPage


@pytest.fixture
def german(db: None) -> Locale:
    return Locale.objects.get_or_create(language_code="de")[0]


@pytest.fixture
def english(db: None) -> Locale:
    return Locale.objects.get_or_create(language_code="en")[0]


@pytest.fixture
def home(german: Locale, english: Locale) -> Any:
    root = Page.get_first_root_node()
    page = HomePage(title="Startseite", slug="mitstadt", headline="Reden Sie mit.", locale=german)
    root.add_child(instance=page)
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    site.root_page = page
    site.save()
    Page.objects.filter(depth=2).exclude(pk=page.pk).delete()
    copy = page.copy_for_translation(english)
    copy.title, copy.headline, copy.live = "Home", "Have your say.", True
    copy.save()
    return page


@pytest.fixture
def index(home: Any, english: Locale) -> Any:
    page = home.add_child(instance=NewsIndexPage(title="Aktuelles", slug="aktuelles", locale=home.locale))
    page.copy_for_translation(english, alias=True)
    return page


@pytest.fixture
def write(index: Any) -> Any:
    """`write("Neues Rathaus", live=False, lead=…)`: an article, published unless told otherwise."""

    def make(title: str, **fields: Any) -> NewsPage:
        fields.setdefault("date", date(2026, 3, 1))
        fields.setdefault("slug", title.lower().replace(" ", "-"))
        article: NewsPage = index.add_child(instance=NewsPage(title=title, locale=index.locale, **fields))
        return article

    return make
