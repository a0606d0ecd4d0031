"""Vera, a visitor, wants to know how far a measure is: three clicks from the front page at most."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("home_page")
@pytest.mark.parametrize(
    ("typed", "title", "status"),
    [("Radweg", "Zählstellen an Radwegen", "Geplant"), ("Akte", "E-Akte", "In Umsetzung")],
)
def test_vera_finds_a_measures_status_within_three_clicks(visit: Any, typed: str, title: str, status: str) -> None:
    page = visit()
    page.goto("/")
    page.get_by_label("Was suchen Sie in").fill(typed)
    page.get_by_role("main").get_by_role("button", name="Suchen").click()  # first click
    page.get_by_role("main").get_by_role("link", name=title).first.click()  # second click
    page.get_by_role("heading", name=title, level=1).wait_for()
    assert page.locator(".rm__state").inner_text().strip().startswith(status)
    assert "Radar" in page.get_by_role("navigation", name="Sie sind hier").inner_text()
    assert page.context.cookies() == [], "somebody who only reads gets no cookie"
