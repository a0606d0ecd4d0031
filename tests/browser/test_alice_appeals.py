"""A moderator restricts what Alice wrote; she reads why and appeals; another person decides; the log shows both."""

from __future__ import annotations

from typing import Any

import pytest

from mitstadt.accounts.actor import actor_for
from mitstadt.comments import actions as comments
from mitstadt.moderation import actions as moderation
from mitstadt.moderation.models import Case
from mitstadt.subjects.models import Subject

pytestmark = pytest.mark.browser
WORDS = "Die Radwege an der Isar sind ein Witz."


def test_alice_appeals_and_a_second_person_decides(
    city: Any, alice: Any, bob: Any, moderator: Any, second_moderator: Any, visit: Any
) -> None:
    comment = comments.add(actor_for(alice), city.cycling.subject, WORDS)
    moderation.report(actor_for(bob), comment.subject, reason="insult", good_faith=True)

    first = visit(moderator)
    first.goto("/verwaltung/moderation/")
    first.get_by_role("link", name=WORDS).click()
    first.get_by_label("Ausblenden", exact=True).check()
    first.get_by_label("Grundlage").select_option("respect")
    first.get_by_label("Begründung").fill("„Witz“ setzt die Planenden herab.")
    first.get_by_role("button", name="Entscheiden", exact=True).click()
    first.get_by_text("Entschieden.").wait_for()
    public = visit()
    public.goto(city.cycling.get_absolute_url())
    public.get_by_text("von der Moderation ausgeblendet").wait_for()
    assert WORDS not in public.content()

    author = visit(alice)
    author.goto("/konto/nachrichten/")
    author.get_by_role("link", name="Entscheidung über Ihren Beitrag").click()
    author.get_by_text("„Witz“ setzt die Planenden herab.").wait_for()
    assert "Hausregel 1, Respekt" in author.get_by_role("main").inner_text()
    author.get_by_label("Warum sehen Sie das anders?").fill("Ich meine die Wege, keine Menschen.")
    author.get_by_role("button", name="Widersprechen").click()
    author.get_by_text("Ihr Widerspruch ist da").wait_for()

    case = Case.objects.get()
    first.goto(f"/verwaltung/moderation/{case.public_id}/")
    first.get_by_text("Sie haben zuerst entschieden.").wait_for()
    assert first.get_by_role("button", name="Entscheiden", exact=True).count() == 0

    second = visit(second_moderator)
    second.goto(f"/verwaltung/moderation/{case.public_id}/")
    second.get_by_label("Die erste Entscheidung wird aufgehoben").check()
    second.get_by_label("Begründung").fill("Der Satz gilt der Sache.")
    second.get_by_role("button", name="Entscheiden", exact=True).click()
    second.get_by_text("Entschieden.").wait_for()
    case.refresh_from_db()
    assert (case.decided_by_id, case.appeal_decided_by_id) == (moderator.pk, second_moderator.pk)
    assert not Subject.objects.get(pk=comment.subject_id).restricted

    public.goto(city.cycling.get_absolute_url())
    public.get_by_text(WORDS).wait_for()
    public.goto("/moderation/")
    log = public.get_by_role("table").inner_text()
    assert "ausgeblendet" in log
    assert "Entscheidung aufgehoben" in log
    assert "Alice" not in public.content()
