"""Nora's browser runs no scripts. Everything works: search, filters, a card by its address, a comment, a rating."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from mitstadt.comments.models import Comment
from mitstadt.ratings.models import Rating

pytestmark = pytest.mark.browser


def test_nora_reads_filters_writes_and_rates(city: Any, bob: Any, visit: Any) -> None:
    page = visit(bob, java_script_enabled=False)
    page.goto("/suche/")
    page.get_by_label("Was suchen Sie?").fill("Radweg")
    page.get_by_role("main").get_by_role("button", name="Suchen").click()
    page.get_by_role("main").get_by_role("link", name="Zählstellen an Radwegen").first.wait_for()

    page.goto("/radar/tabelle/")
    assert page.locator("tbody tr").count() == 3
    page.locator(".rd-more-filters summary").click()
    page.locator("#rd-feld").select_option("mobilitaet")
    page.get_by_role("button", name="Anwenden").click()
    expect(page).to_have_url(re.compile("feld=mobilitaet"))
    expect(page.locator("tbody tr")).to_have_count(1)

    page.goto("/radar/?massnahme=M-001")
    assert page.locator("#rd-card-title").inner_text() == "E-Akte"
    page.get_by_role("link", name="Maßnahme lesen").click()
    page.get_by_role("link", name="Mitreden").click()
    page.get_by_label("Ihre Frage oder Ihr Hinweis").fill("Ganz ohne Skripte.")
    page.get_by_role("button", name="Abschicken").click()
    page.get_by_text("Ganz ohne Skripte.").wait_for()
    assert Comment.objects.get().user_id == bob.pk

    page.get_by_role("link", name="Bewerten", exact=True).click()
    page.get_by_role("group", name="Nutzen").get_by_label("4", exact=True).check(force=True)
    page.get_by_role("button", name="Bewerten", exact=True).click()
    page.get_by_role("heading", name="E-Akte", level=1).wait_for()
    rating = Rating.objects.get()
    assert (rating.user_id, rating.importance, rating.benefit) == (bob.pk, None, 4)
