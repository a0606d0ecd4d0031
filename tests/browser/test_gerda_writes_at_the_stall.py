"""Gerda has no telephone. At the market she writes on the city's tablet; Emre, who comes next, sees nothing of it."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from mitstadt.comments.models import Comment
from mitstadt.participation import samples
from mitstadt.participation.entry import tablets
from mitstadt.participation.models import Contribution
from tests.support import axe
from tests.support.people import make_department

pytestmark = pytest.mark.browser
TEXT = "Bitte eine Bank vor dem Bäcker."


@pytest.mark.parametrize("scripts", [True, False])
def test_a_guest_at_the_tablet(
    city: Any, editor: Any, visit: Any, new_live_page: Any, watch: Any, scripts: bool
) -> None:
    module = samples.process(format="debate", settings={"question": "Was fehlt?"}, department=make_department("RIT"))
    desk = visit(editor)
    desk.goto(f"/verwaltung/beteiligung/{module.process.number}/tablets/")
    desk.get_by_label("Wo das Gerät steht").fill("Wochenmarkt")
    desk.get_by_role("button", name="Link erzeugen").click()
    link = desk.locator("code").inner_text()

    tablet = new_live_page(java_script_enabled=scripts, viewport={"width": 800, "height": 1100})
    if scripts:
        axe.equip(tablet.context)
    found = re.search(r"/beteiligung/tablet/.*", link)
    assert found
    tablet.goto(found.group())
    tablet.get_by_role("button", name="Dieses Gerät einrichten").click()
    tablet.get_by_role("link", name="Hier anfangen").wait_for()
    for words in (TEXT, "Weniger Lärm am Abend."):
        if scripts:
            assert axe.faults(tablet, "/beteiligung/tablet/") == []
        tablet.get_by_role("link", name="Hier anfangen").click()
        tablet.get_by_label("Beitrag").wait_for()
        assert tablet.get_by_label("Beitrag").input_value() == ""
        if scripts:
            assert axe.faults(tablet, "/beteiligung/tablet/schreiben/") == []
        tablet.get_by_label("Beitrag").fill(words)
        tablet.get_by_role("button", name="Abschicken").click()
        tablet.get_by_role("heading", name="Danke!").wait_for()
        tablet.go_back()  # Emre presses the arrow of the browser
        expect(tablet.locator("body")).not_to_contain_text(words)
        tablet.goto("/beteiligung/tablet/danke/")
        tablet.get_by_role("link", name="Fertig, die nächste Person ist dran").click()
        tablet.get_by_role("link", name="Hier anfangen").wait_for()
    assert list(Comment.objects.values_list("channel", flat=True)) == ["event", "event"]
    assert tablet.context.storage_state()["origins"] == []

    desk.goto(f"/verwaltung/beteiligung/{module.process.number}/tablets/")
    desk.get_by_role("button", name="Wochenmarkt beenden").click()
    desk.get_by_text("Das Tablet ist beendet").wait_for()
    watch.allowed.append("403")
    tablet.goto("/beteiligung/tablet/")
    tablet.get_by_text("nicht eingerichtet").wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_guest_shows_the_place_on_the_map(
    city: Any, editor: Any, actor_of: Any, new_live_page: Any, scripts: bool
) -> None:
    module = samples.process(format="ideas", department=make_department("RIT"))
    _tablet, secret = tablets.open_one(actor_of(editor), module, "Wochenmarkt", 8)
    tablet = new_live_page(java_script_enabled=scripts, viewport={"width": 800, "height": 1100})
    if scripts:
        axe.equip(tablet.context)
    tablet.goto(f"/beteiligung/tablet/einrichten/{secret}/")
    tablet.get_by_role("button", name="Dieses Gerät einrichten").click()
    tablet.get_by_role("link", name="Hier anfangen").click()
    tablet.get_by_label("Ihre Idee in einem Satz").fill("Ein Brunnen")
    tablet.get_by_label("Was soll geschehen und warum?").fill("Im Schatten.")
    if scripts:
        assert axe.faults(tablet, "/beteiligung/tablet/schreiben/") == []
        where = tablet.get_by_role("application", name="Ort auf der Karte wählen")
        where.focus()
        for key in ("ArrowLeft", "ArrowUp", "Enter"):
            tablet.keyboard.press(key)
        expect(tablet.get_by_text("Ort gesetzt, Punkte: 1")).to_be_visible()
    else:
        tablet.get_by_role("button", name="Ort auf der Karte setzen").click()
        expect(tablet.get_by_text("Der Ort ist gesetzt")).to_be_visible()
        assert tablet.get_by_label("Was soll geschehen und warum?").input_value() == "Im Schatten."
    tablet.get_by_role("button", name="Abschicken").click()
    tablet.get_by_role("heading", name="Danke!").wait_for()
    made = Contribution.objects.get()
    assert made.geometry is not None
    assert made.geometry["type"] == "Point"
    with contextlib.suppress(Error):  # without scripts that was a sent form, which the browser does not show again
        tablet.go_back()
    with contextlib.suppress(Error):
        tablet.reload()
    expect(tablet.locator("body")).not_to_contain_text("Im Schatten.")
    tablet.goto("/beteiligung/tablet/schreiben/")
    assert tablet.locator("#id_geometry").input_value() == ""
    assert tablet.get_by_label("Ihre Idee in einem Satz").input_value() == ""
