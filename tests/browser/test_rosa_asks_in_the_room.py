"""Rosa asks from a small telephone without scripts, Karim's shows it by itself, the moderation puts it on the wall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mitstadt.formats.meeting import actions, questions
from mitstadt.formats.meeting.models import Question
from mitstadt.kit import clock
from mitstadt.participation import samples
from tests.support.people import make_department

pytestmark = pytest.mark.browser
ASKED = "Wer gießt die Bäume?"


def test_a_question_travels_from_the_phone_to_the_wall(city: Any, new_live_page: Any, editor: Any, visit: Any) -> None:
    module = samples.process(format="meeting", department=make_department("RIT"))
    start = clock.now()
    meeting = actions.add(
        samples.INSTALLATION, module, title="Werkstatt", venue="Rathaus", starts_at=start,
        ends_at=start + timedelta(hours=2),
    )  # fmt: skip
    desk = visit(editor)
    desk.goto(f"/verwaltung/beteiligung/treffen/termin/{meeting.subject.public_id}/live/")
    desk.get_by_role("button", name="Fragerunde öffnen").click()
    code = desk.locator(".mq__code").inner_text()

    karim = new_live_page()
    karim.goto(f"/beteiligung/treffen/live/{questions.read_code(code)}/")
    wall = new_live_page()
    wall.goto(f"/beteiligung/treffen/live/{questions.read_code(code)}/wand/")
    assert wall.locator(".mw__code").inner_text() == code

    rosa = new_live_page(java_script_enabled=False, viewport={"width": 320, "height": 640})
    rosa.goto("/beteiligung/treffen/live/")
    rosa.get_by_label("Code von der Wand").fill(code)
    rosa.get_by_role("button", name="Los geht’s").click()
    rosa.get_by_label("Ihre Frage").fill(ASKED)
    rosa.get_by_role("button", name="Frage stellen").click()
    rosa.get_by_text("Ihre Frage steht in der Liste").wait_for()
    assert rosa.evaluate("document.documentElement.scrollWidth <= innerWidth")

    vote = karim.get_by_role("button", name=f"Ist mir auch wichtig: {ASKED}")
    vote.wait_for()  # nobody has reloaded
    vote.focus()
    karim.keyboard.press("Enter")
    karim.get_by_role("button", name=f"Stimme zurücknehmen: {ASKED} (1 Stimme)").wait_for()
    assert Question.objects.get().votes == 1

    desk.get_by_role("button", name="An die Wand").click()
    wall.locator(".mw__now", has_text=ASKED).wait_for()
    assert wall.locator(".mw__question").inner_text() == ASKED
    rosa.get_by_role("link", name="Neu laden").click()
    rosa.get_by_text("jetzt dran").wait_for()
    rosa.get_by_role("button", name="Fertig, die nächste Person ist dran").click()
    rosa.get_by_text("frei für die nächste Person").wait_for()
