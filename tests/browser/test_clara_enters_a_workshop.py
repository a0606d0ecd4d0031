"""Clara comes back from a workshop with cards: she enters them and takes one back, without touching a mouse."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from mitstadt.kit import clock
from mitstadt.participation import samples
from mitstadt.participation.models import Batch, Contribution, Entered
from tests.support.people import make_department

from .test_karim_uses_the_keyboard import tab_to

pytestmark = pytest.mark.browser
NAME = "() => document.activeElement.name || ''"


def field(page: Any, name: str, most: int = 90) -> None:
    """Press Tab until the field called `name` has the focus."""
    for _stop in range(most):
        if page.evaluate(NAME) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no field {name!r} within {most} tab stops")


def no_mouse(page: Any) -> None:
    """Whatever a pointer would do fails the journey."""
    page.add_init_script(
        "for (const kind of ['pointerdown', 'mousedown', 'touchstart'])"
        " addEventListener(kind, () => { throw new Error('a pointer was used'); }, true);"
    )


def test_a_clerk_enters_a_workshop_by_keyboard(city: Any, editor: Any, visit: Any, watch: Any) -> None:
    module = samples.process(format="ideas", department=make_department("RIT"))
    page = visit(editor)
    no_mouse(page)
    page.goto(f"/verwaltung/beteiligung/{module.process.number}/erfassung/")
    field(page, "module")
    page.keyboard.press("Tab")
    field(page, "channel")
    for _choice in range(2):  # paper, telephone, event
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    field(page, "event")
    page.keyboard.type("Werkstatt im Gemeindesaal")
    field(page, "source")
    page.keyboard.type("Stellwand 3")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Werkstatt im Gemeindesaal").wait_for()

    cards = [
        ("Ein Brunnen", "Im Schatten der Linden.", "Grünspitz"),
        ("Mehr Bänke", "Drei vor der Bücherei.", ""),
        ("Das war doppelt", "Dieselbe Karte noch einmal.", ""),
    ]
    for number, (title, text, place) in enumerate(cards, 1):
        assert page.evaluate(NAME) == "title", "the screen begins at its first field each time"
        page.keyboard.type(title)
        page.keyboard.press("Tab")
        page.keyboard.type(text)
        if place:
            page.keyboard.press("Tab")
            page.keyboard.type(place)
        field(page, "sheet", most=4)
        page.keyboard.type(f"K-{number}")
        page.keyboard.press("Control+Enter")
        page.get_by_text(f"Gespeichert: {title}").wait_for()
        page.wait_for_function("() => document.activeElement.name === 'title'")
    assert Contribution.objects.count() == 3

    page.keyboard.press("Alt+r")
    page.get_by_text("Zurückgenommen: Das war doppelt").wait_for()
    page.wait_for_function("() => document.activeElement.name === 'title'")
    page.keyboard.press("Tab")
    page.keyboard.type("Ohne Überschrift.")
    watch.allowed.append("422")
    page.keyboard.press("Control+Enter")  # what is wrong is said where it is, and nothing typed is lost
    page.wait_for_function("() => document.activeElement.name === 'title'")
    assert page.locator("[name=text]").input_value() == "Ohne Überschrift."
    expect(page.locator("[name=title]")).to_have_attribute("aria-invalid", "true")
    page.keyboard.type("Eine Uhr")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Gespeichert: Eine Uhr").wait_for()
    tab_to(page, "Erfassung")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Werkstatt im Gemeindesaal").wait_for()

    batch = Batch.objects.get()
    assert (batch.channel, batch.event, batch.source, batch.held_on) == (
        "event",
        "Werkstatt im Gemeindesaal",
        "Stellwand 3",
        clock.today(),
    )
    standing = Entered.objects.filter(undone_at=None).order_by("pk").values_list("said", "sheet")
    assert list(standing) == [("Ein Brunnen", "K-1"), ("Mehr Bänke", "K-2"), ("Eine Uhr", "")]
    shown = Contribution.objects.filter(removed_at=None).order_by("pk").values_list("title", "place", "channel")
    assert list(shown) == [
        ("Ein Brunnen", "Grünspitz", "event"),
        ("Mehr Bänke", "", "event"),
        ("Eine Uhr", "", "event"),
    ]
