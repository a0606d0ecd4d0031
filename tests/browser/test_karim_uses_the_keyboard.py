"""Karim cannot use a mouse: skip link, one tab stop into the radar, arrow keys, and a contribution, all by keys."""

from __future__ import annotations

from typing import Any

import pytest

from mitstadt.comments.models import Comment

pytestmark = pytest.mark.browser
FOCUSED = "() => (document.activeElement.innerText || document.activeElement.name || '').trim()"
IN_PICTURE = "() => document.activeElement.closest('.rd-picture') !== null"


def tab_to(page: Any, wanted: str, most: int = 60) -> int:
    """Press Tab until what has the focus reads `wanted`; returns how often."""
    for count in range(1, most + 1):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(wanted):
            return count
    raise AssertionError(f"no {wanted!r} within {most} tab stops")


def test_karim_walks_the_radar_and_writes_without_a_mouse(city: Any, alice: Any, visit: Any) -> None:
    page = visit(alice)
    page.goto("/radar/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Zum Inhalt springen"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "inhalt"
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(IN_PICTURE):
            break
    assert page.evaluate(IN_PICTURE)
    seen = {page.evaluate("() => document.activeElement.dataset.m")}
    for key in ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowRight", "ArrowDown", "End", "Home"):
        page.keyboard.press(key)
        seen.add(page.evaluate("() => document.activeElement.dataset.m"))
    assert seen == {"1", "2", "3"}, "the arrow keys reach every measure"
    while page.evaluate("() => document.activeElement.dataset.m") != "1":
        page.keyboard.press("ArrowRight" if page.evaluate(IN_PICTURE) else "Home")
    page.keyboard.press("Enter")
    page.locator("#rd-card-title").wait_for()
    assert page.locator("#rd-card-title").inner_text() == "E-Akte"
    tab_to(page, "Maßnahme lesen", most=8)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="E-Akte", level=1).wait_for()

    tab_to(page, "Frage stellen")
    page.keyboard.press("Enter")
    page.get_by_label("Ihre Frage oder Ihr Hinweis").wait_for()
    tab_to(page, "text")
    page.keyboard.type("Ohne Maus geschrieben.")
    tab_to(page, "wants_answer", most=3)
    page.keyboard.press("Space")
    tab_to(page, "Abschicken", most=3)
    page.keyboard.press("Enter")
    page.get_by_text("Ohne Maus geschrieben.").wait_for()
    comment = Comment.objects.get()
    assert comment.wants_answer
    assert comment.user_id == alice.pk


def test_the_radar_is_one_tab_stop(city: Any, visit: Any) -> None:
    page = visit()
    page.goto("/radar/")
    inside = 0
    for _step in range(60):
        page.keyboard.press("Tab")
        inside += page.evaluate(IN_PICTURE)
    assert inside == 1
