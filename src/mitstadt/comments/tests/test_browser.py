"""Alice asks, the editor answers, Charlie reads: in a browser without JavaScript; and what axe finds on the pages."""

from __future__ import annotations

from typing import Any

import pytest

from mitstadt.comments import actions
from mitstadt.comments.models import Question


def test_question_and_answer_without_javascript(
    new_live_page: Any, browser_sign_in: Any, alice: Any, editor: Any, owned: Any
) -> None:
    asking = new_live_page(java_script_enabled=False)
    browser_sign_in(asking, alice)
    asking.goto(f"/mitreden/{owned.public_id}/")
    asking.get_by_label("Ihre Frage oder Ihr Hinweis").fill("Wann wird der Weg gebaut?")
    asking.get_by_label("Bitte antworten").check()
    # the thing's own page belongs to no room of this test; only the way there counts
    with asking.expect_response(lambda response: response.url.endswith(owned.path)):
        asking.get_by_role("button", name="Abschicken").click()
    question = Question.objects.select_related("comment__subject").get()

    desk = new_live_page(java_script_enabled=False)
    browser_sign_in(desk, editor)
    desk.goto("/verwaltung/fragen/")
    desk.get_by_role("link", name="Wann wird der Weg gebaut?").click()
    desk.get_by_label("Antwort", exact=True).fill("Im Mai 2027.")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Antwort veröffentlichen").click()

    reading = new_live_page(java_script_enabled=False)
    reading.goto(question.comment.subject.path)
    assert reading.get_by_text("Im Mai 2027.").is_visible()
    assert reading.get_by_text("Referat RIT, Geschäftsstelle Strategie").is_visible()


@pytest.fixture(autouse=True)
def _the_things_own_page_is_missing(watch: Any) -> None:
    watch.allowed.append("404")


def test_axe_finds_nothing(new_live_page: Any, alice: Any, editor: Any, actor_of: Any, owned: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    asked = [actions.add(actor_of(alice), owned, f"Frage {n}?", wants_answer=True) for n in range(2)]
    actions.answer(actor_of(editor), Question.objects.get(pk=asked[0].pk), "Darum.")
    actions.interim(actor_of(editor), Question.objects.get(pk=asked[1].pk), "Wir prüfen das.")
    paths = (
        "/was-daraus-wurde/",
        asked[0].subject.path,
        asked[1].subject.path,
        f"/mitreden/{asked[0].subject.public_id}/",
        f"/bewerten/{owned.public_id}/",
    )
    for scheme in ("light", "dark"):
        page = new_live_page(color_scheme=scheme)
        for path in paths:
            page.goto(path)
            found = Axe().run(page).response["violations"]
            assert not found, (path, scheme, [(v["id"], v["nodes"][0]["html"][:160]) for v in found])
