"""Headless Chromium against a live server, watched: no console error, no CSP violation, no other host."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-prefers-reduced-motion",
]


def chromium() -> str | None:
    """The browser's path: MITSTADT_CHROMIUM, else the first one found."""
    named = os.environ.get("MITSTADT_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: in CI the browser journeys must run")
        pytest.skip("Chromium is missing: install it or name it in MITSTADT_CHROMIUM")
    return {"executable_path": path, "args": FLAGS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"locale": "de-DE", "timezone_id": "Europe/Berlin", "viewport": {"width": 1280, "height": 900}}


class Watch:
    """Everything a page did wrong so far. `allowed` are parts of messages that a test expects (a 404 it asks for)."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.faults: list[str] = []
        self.allowed: list[str] = []

    def attach(self, page: Any) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.faults.append(f"request to another host: {request.url}")

    def take(self) -> list[str]:
        """The faults since the last time, for a test that tells them page by page."""
        faults = [fault for fault in self.faults if not any(part in fault for part in self.allowed)]
        self.faults = []
        return faults

    def check(self) -> None:
        faults = self.take()
        assert not faults, "\n".join(faults)


@pytest.fixture
def watch(live_server: Any) -> Iterator[Watch]:
    """The faults of all watched pages of this test; checked at its end."""
    watch = Watch(live_server.url)
    yield watch
    watch.check()


@pytest.fixture
def live_page(live_server: Any, context: Any, watch: Watch) -> Any:
    """A watched browser page. `live_page.goto(live_server.url + "/radar/")`."""
    page = context.new_page()
    watch.attach(page)
    return page


@pytest.fixture
def new_live_page(live_server: Any, browser: Any, watch: Watch, browser_context_args: dict[str, Any]) -> Iterator[Any]:
    """`new_live_page(java_script_enabled=False, viewport={"width": 360, "height": 740}, color_scheme="dark")`."""
    contexts = []

    def make(**options: Any) -> Any:
        context = browser.new_context(**{**browser_context_args, "base_url": live_server.url, **options})
        contexts.append(context)
        page = context.new_page()
        watch.attach(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def browser_sign_in(live_server: Any) -> Callable[[Any, Any], None]:
    """`browser_sign_in(live_page, alice)`: the page carries Alice's session, without walking the login form."""
    from .people import sign_in

    def make(page: Any, user: Any) -> None:
        client = sign_in(Client(), user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return make
