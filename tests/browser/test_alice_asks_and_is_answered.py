"""Alice asks, Edda answers for her department in the back office, Alice reads it where she asked and in her inbox."""

from __future__ import annotations

from typing import Any

import pytest

from mitstadt.comments.models import Comment, Question, State

pytestmark = pytest.mark.browser


def test_alice_asks_and_the_department_answers(city: Any, alice: Any, editor: Any, visit: Any) -> None:
    page = visit(alice)
    page.goto(city.files.get_absolute_url())
    page.get_by_role("link", name="Mitreden").click()
    page.get_by_label("Ihre Frage oder Ihr Hinweis").fill("Muss ich meine Urkunde noch einmal mitbringen?")
    page.get_by_label("Bitte antworten.").check()
    page.get_by_role("button", name="Abschicken").click()
    page.get_by_text("Antwort fällig bis").wait_for()
    comment = Comment.objects.get()
    assert comment.user_id == alice.pk
    assert Question.objects.get(comment=comment).department == city.files.department

    desk = visit(editor)
    desk.goto("/verwaltung/fragen/")
    desk.get_by_role("link", name="Muss ich meine Urkunde noch einmal mitbringen?").click()
    desk.get_by_label("Antwort", exact=True).fill("Nein, Ihre Urkunde liegt in der Akte.")
    desk.get_by_role("button", name="Antwort veröffentlichen").click()
    desk.get_by_text("Antwort der Stadt").first.wait_for()
    question = Question.objects.get(comment=comment)
    assert question.state == State.ANSWERED

    page.goto("/konto/nachrichten/")
    page.get_by_role("link", name="Ihre Frage ist beantwortet: E-Akte").click()
    page.get_by_text("Nein, Ihre Urkunde liegt in der Akte.").wait_for()
    shown = page.get_by_role("main").inner_text()
    assert "Geschäftsstelle Strategie" in shown
    assert "editor" not in shown.lower(), "staff appear by function and department, never by name"

    passer_by = visit()
    passer_by.goto("/was-daraus-wurde/")
    passer_by.get_by_text("Nein, Ihre Urkunde liegt in der Akte.").wait_for()
    assert "1 von 1" in passer_by.get_by_role("main").inner_text()
