"""In the browser: a passer-by reports, a moderator restricts, the author appeals, a second person decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mitstadt.subjects.models import Subject

pytestmark = pytest.mark.browser


def test_from_report_to_appeal(
    alice: Any,
    moderator: Any,
    second_moderator: Any,
    wrote: Any,
    new_live_page: Callable[..., Any],
    browser_sign_in: Callable[[Any, Any], None],
) -> None:
    subject = wrote(alice, "Bob ist doof, und das weiß jeder.")

    passer_by = new_live_page()
    passer_by.goto(f"/melden/gegenstand/{subject.public_id}/")
    passer_by.get_by_label("Beleidigt oder bedroht jemanden").check()
    passer_by.get_by_label("Meine Angaben stimmen").check()
    passer_by.get_by_role("button", name="Melden").click()
    passer_by.get_by_text("Danke, Ihre Meldung ist da").wait_for()
    receipt = passer_by.url

    first = new_live_page()
    browser_sign_in(first, moderator)
    first.goto("/verwaltung/moderation/")
    first.keyboard.press("j")  # the keyboard alone leads to the case and through the decision
    first.keyboard.press("Enter")
    first.get_by_text("1 Meldung").wait_for()
    first.keyboard.press("2")
    assert first.get_by_label("Ausblenden", exact=True).is_checked()
    first.get_by_label("Grundlage").select_option("respect")
    first.get_by_label("Begründung").fill("„doof“ setzt Bob herab.")
    first.get_by_role("button", name="Entscheiden", exact=True).click()
    first.get_by_text("Entschieden.").wait_for()

    author = new_live_page(java_script_enabled=False)
    browser_sign_in(author, alice)
    author.goto("/konto/nachrichten/")
    author.get_by_role("link", name="Entscheidung über Ihren Beitrag").click()
    author.get_by_text("„doof“ setzt Bob herab.").wait_for()
    author.get_by_label("Warum sehen Sie das anders?").fill("Das war ein Zitat.")
    author.get_by_role("button", name="Widersprechen").click()
    author.get_by_text("Ihr Widerspruch ist da").wait_for()

    second = new_live_page()
    browser_sign_in(second, second_moderator)
    second.goto("/verwaltung/moderation/?state=appealed")
    second.locator("[data-mod-row]").first.click()
    second.get_by_label("Die erste Entscheidung wird aufgehoben").check()
    second.get_by_label("Begründung").fill("Es war ein Zitat.")
    second.get_by_role("button", name="Entscheiden", exact=True).click()
    second.get_by_text("Entschieden.").wait_for()

    assert Subject.objects.get(pk=subject.pk).restricted is False
    passer_by.goto(receipt)
    passer_by.get_by_text("Entscheidung aufgehoben").wait_for()
    passer_by.goto("/moderation/")
    passer_by.get_by_text("1 von 1 entschiedenen").wait_for()
