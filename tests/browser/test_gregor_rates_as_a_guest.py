"""Gregor has no account. His rating counts once he has opened the link in his mail, apart from those with account."""

from __future__ import annotations

from typing import Any

import pytest

from mitstadt.accounts.actor import actor_for
from mitstadt.ratings import actions
from mitstadt.ratings.models import Origin, Rating

pytestmark = pytest.mark.browser


def test_gregors_rating_counts_after_the_confirmed_mail(
    city: Any, alice: Any, visit: Any, link_in_mail: Any, watch: Any
) -> None:
    actions.rate(actor_for(alice), city.files.subject, importance=2)
    page = visit()
    page.goto(city.files.get_absolute_url())
    page.get_by_role("link", name="Bewerten", exact=True).click()
    page.get_by_role("group", name="Wichtig").get_by_label("5", exact=True).check(force=True)
    page.get_by_role("group", name="Zufrieden").get_by_label("1", exact=True).check(force=True)
    page.get_by_label("Ihre E-Mail-Adresse").fill("Gregor@example.org")
    page.get_by_role("button", name="Bewerten", exact=True).click()
    page.get_by_role("heading", name="Bitte schauen Sie in Ihr Postfach").wait_for()
    assert Rating.objects.filter(origin=Origin.EMAIL).count() == 0

    link = link_in_mail("gregor@example.org")
    page.goto(link)
    assert Rating.objects.filter(origin=Origin.EMAIL).count() == 0, "a mail scanner that opens the link rates nothing"
    page.get_by_role("button", name="Bestätigen").click()
    page.get_by_role("heading", name="E-Akte", level=1).wait_for()

    mine = Rating.objects.get(origin=Origin.EMAIL)
    assert (mine.importance, mine.benefit, mine.satisfaction) == (5, None, 1)
    assert mine.user_id is None
    votes = page.locator("#bewertung").inner_text()
    assert "Mit Konto" in votes
    assert "Mit E-Mail" in votes
    city.files.subject.refresh_from_db()
    assert city.files.subject.rating_count == 2

    watch.allowed.append("410 (Gone)")
    assert page.goto(link).status == 410
    page.get_by_text("Dieser Link").first.wait_for()
    assert Rating.objects.filter(origin=Origin.EMAIL).count() == 1, "the same link counts once"
