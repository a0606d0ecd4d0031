"""The page around every page: navigation, languages, account, errors, style guide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from mitstadt.kit import languages, nav, views
from mitstadt.kit.templatetags import ui

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


@pytest.fixture(autouse=True)
def german():
    """A request for an English page leaves its language behind in the thread."""
    with translation.override("de"):
        yield


@pytest.fixture
def entries(monkeypatch):
    monkeypatch.setattr(nav, "_main", {})
    monkeypatch.setattr(nav, "_footer", {})


def test_the_open_room_is_marked_in_the_navigation(entries):
    nav.register(nav.NavItem("radar", "Radar", "/radar/", order=20))
    nav.register(nav.NavItem("news", "Aktuelles", "/aktuelles/", order=10))
    nav.register(nav.NavItem("gone", "Weg", "no:such-room"))
    assert [(e.slug, e.current) for e in nav.main("/radar/tabelle/")] == [("news", ""), ("radar", "true")]
    assert [e.current for e in nav.main("/en/radar/")] == ["", "page"]
    with translation.override("en"):
        assert [e.href for e in nav.main("/")] == ["/en/aktuelles/", "/en/radar/"]


def test_home_is_not_the_current_page_everywhere(entries):
    nav.register(nav.NavItem("home", "Start", "/"))
    assert [e.current for e in nav.main("/radar/")] == [""]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("/radar/?q=1", "/en/radar/?q=1"),
        ("/en/radar/", "/radar/"),
        ("/en/", "/"),
        ("/", "/en/"),
        ("/engagement/", "/en/engagement/"),
    ],
)
def test_each_page_links_to_itself_in_the_other_language(here, there):
    active = "en" if here.startswith("/en/") else "de"
    assert [link.href for link in languages.others(here, active)] == [there]


def render(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context, RequestFactory().get("/stil/"))


PAGE = '{% extends "kit/base.html" %}{% block title %}X{% endblock %}{% block content %}Hallo{% endblock %}'


def test_an_anonymous_page_asks_for_no_session_and_sets_no_cookie():
    response = Client().get("/stil/")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert "Anmelden" in response.content.decode()


@override_settings(MITSTADT_DEMO=True)
def test_the_demo_says_so_on_every_page_and_stays_out_of_search_engines():
    html = render(PAGE)
    assert "Beispieldaten." in html
    assert '<meta name="robots" content="noindex">' in html


@override_settings(MITSTADT_DEMO=False)
def test_a_live_city_shows_no_banner():
    html = render(PAGE)
    assert "Beispieldaten." not in html
    assert "noindex" not in html


def test_no_page_asks_another_host_or_carries_inline_code():
    html = Client().get("/stil/").content.decode()
    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []
    assert re.findall(r"\sstyle=", html) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []
    assert re.findall(r"\son[a-z]+=", html) == []


def test_the_style_guide_shows_every_tag_and_filter():
    shown = "".join((TEMPLATES / "kit" / name).read_text(encoding="utf-8") for name in ("base.html", "style.html"))
    tags = [name for name in ui.register.tags if not re.search(r"{%\s*" + name + r"\b", shown)]
    filters = [name for name in ui.register.filters if not re.search(r"\|" + name + r"\b", shown)]
    assert (tags, filters) == ([], [])


@pytest.mark.parametrize("theme", ["hell", "kontrast"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_style_guide_can_be_seen_in_each_theme_and_mode(theme, mode):
    html = Client().get("/stil/", {"theme": theme, "mode": mode}).content.decode()
    assert f"kit/themes/{theme}.css" in html
    assert f'data-mode="{mode}"' in html


def test_nobody_can_smuggle_a_theme_into_the_style_guide():
    html = Client().get("/stil/", {"theme": "../x", "mode": '"><script>'}).content.decode()
    assert "kit/themes/hell.css" in html
    assert "data-mode" not in html


def test_the_style_guide_is_english_under_en():
    html = Client().get("/en/stil/").content.decode()
    assert '<html lang="en"' in html
    assert "Skip to content" in html
    assert 'href="/stil/" lang="de"' in html


@pytest.mark.parametrize(
    ("view", "status"),
    [(views.bad_request, 400), (views.forbidden, 403), (views.csrf_failure, 403), (views.not_found, 404)],
)
def test_an_error_says_what_happened_and_what_is_safe(view, status):
    response = view(RequestFactory().get("/irgendwo/"))
    html = response.content.decode()
    assert response.status_code == status
    assert "<h1>" in html
    assert "noindex" in html
    assert "data-form-lost" in html


def test_the_reason_of_a_refusal_is_read_but_not_executed():
    html = views.forbidden(RequestFactory().get("/"), PermissionError("<b>Nur für das IT-Referat.")).content.decode()
    assert "&lt;b&gt;Nur für das IT-Referat." in html


def test_a_broken_page_needs_no_database(django_db_blocker):
    """No fixture opens the database here: any query would raise."""
    response = views.server_error(RequestFactory().get("/radar/"))
    assert response.status_code == 500
    assert "Das liegt nicht an Ihnen" in response.content.decode()
