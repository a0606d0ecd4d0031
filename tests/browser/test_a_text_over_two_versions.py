"""Alice says something about words of a draft, by keyboard and by mouse; the city publishes a second version."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from mitstadt.formats.annotation import format
from mitstadt.formats.annotation.models import Annotation
from mitstadt.participation import samples
from mitstadt.participation.actions import processes
from tests.support.people import make_department

pytestmark = pytest.mark.browser
FIRST = "# Regeln\n\nDie Stadt antwortet in **20 Arbeitstagen** auf jede Frage.\n\nWer nicht schreiben kann, ruft an.\n"
SECOND = "<h1>Regeln</h1><p>Die Stadt antwortet in <b>15 Arbeitstagen</b> auf jede Frage.</p>"
SELECT = """() => {
  const words = [...document.querySelectorAll('.an-words')].find((found) => found.textContent.includes('schreiben'));
  const range = document.createRange();
  range.setStart(words.firstChild, words.textContent.indexOf('ruft'));
  range.setEnd(words.firstChild, words.textContent.length - 1);
  document.getSelection().removeAllRanges();
  document.getSelection().addRange(range);
}"""


def test_remarks_are_made_in_place_and_carried_to_the_next_version(
    city: Any, alice: Any, editor: Any, visit: Any
) -> None:
    module = samples.process(format="annotation", department=make_department("RIT"), publish=False)
    format.prepare(module, {"versions": [{"text": FIRST}]})
    processes.move(samples.INSTALLATION, module.process, "open")

    page = visit(alice)
    page.goto(module.subject.path)
    way = page.get_by_role("link", name="Dazu etwas sagen: Die Stadt antwortet")
    way.focus()
    page.keyboard.press("Enter")
    page.locator(".an-stepper__words:focus").wait_for()
    for _word in range(4):
        page.keyboard.press("ArrowRight")
    for _word in range(2):
        page.keyboard.press("Shift+ArrowRight")
    page.get_by_text("Gewählt: „in 20 Arbeitstagen“").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.textContent") == "Dazu etwas sagen"
    page.keyboard.press("Enter")
    page.locator(".an-stepper__words:focus").wait_for()
    for _word in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_label("Was möchten Sie dazu sagen?").fill("Das ist zu lang.")
    page.get_by_role("button", name="Abschicken").click()
    page.get_by_text("Ihre Anmerkung steht jetzt am Text").wait_for()
    assert page.locator("mark").all_inner_texts() == ["20 Arbeitstagen"]

    page.evaluate(SELECT)
    page.locator(".an-pop").click()
    page.get_by_text("Gewählt: „ruft an.“").wait_for()
    page.get_by_label("Was möchten Sie dazu sagen?").fill("Und wer nicht hört?")
    page.get_by_role("button", name="Abschicken").click()
    page.locator(".an-note", has_text="Und wer nicht hört?").wait_for()
    assert sorted(Annotation.objects.values_list("exact", flat=True)) == ["20 Arbeitstagen", "ruft an."]

    desk = visit(editor)
    desk.goto(f"/verwaltung/beteiligung/text/{module.subject.public_id}/")
    desk.get_by_label("Oder Text einfügen").fill(SECOND)
    desk.get_by_role("button", name="Lesen und ansehen").click()
    desk.get_by_text("sind danach überholt").wait_for()
    desk.get_by_role("button", name="Veröffentlichen").click()
    desk.get_by_text("Fassung 2 ist öffentlich").wait_for()

    page.goto(module.subject.path)
    assert page.locator("mark").all_inner_texts() == ["15 Arbeitstagen"]
    page.locator("#ueberholt .an-note", has_text="Und wer nicht hört?").wait_for()
    page.get_by_role("link", name="Fassungen nebeneinander").click()
    expect(page.locator(".an-cmp--changed del")).to_have_text(["20"])
    expect(page.locator(".an-cmp--changed ins")).to_have_text(["15"])
