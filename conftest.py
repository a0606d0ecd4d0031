"""Fixtures for every room: people, clients, a stopped clock, parallel connections, a watched browser page."""

from __future__ import annotations

import gc
import os

# Playwright's sync interface keeps an event loop in the thread; Django would refuse to talk to the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the answer is right.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = [
    "tests.support.templates",
    "tests.support.people",
    "tests.support.clock",
    "tests.support.database",
    "tests.support.browser",
    "tests.support.city",
    "tests.support.order",
]


DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}
BROWSING = {"page", "context", "browser", "live_page", "new_live_page", "visit"}


def pytest_configure() -> None:
    """The catalogues are compiled, not checked in: a fresh checkout has none yet (`make test` compiles them before)."""
    from mitstadt.project.catalogues import compile_all

    compile_all()


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a page is a browser journey, `race` means real connections, which take their time.

    Without a database there is nothing to try on two of them: pytest-django refuses the connection to such a test.
    """
    for item in items:
        names = getattr(item, "fixturenames", ())
        if not DATABASE.intersection(names) and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.pure)
        if BROWSING.intersection(names):
            item.add_marker(pytest.mark.browser)
        if "race" in names:
            item.add_marker(pytest.mark.race)
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What was imported stays: the collector of garbage need not look at a million old objects again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _german() -> Iterator[None]:
    """Every test starts in the city's language: a visit to an English page leaves its language in the thread."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.activate(settings.LANGUAGE_CODE)
