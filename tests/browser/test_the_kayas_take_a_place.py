"""The Kayas read on a small phone, without JavaScript, that there is a place, and take it; the house reads it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from mitstadt.capacity.rounds import actions
from mitstadt.capacity.rounds.models import Place, Programme
from mitstadt.capacity.tests import factories, rounds
from mitstadt.kit import clock

pytestmark = pytest.mark.browser


def test_the_kayas_take_a_place_and_the_house_reads_who_comes(
    city: Any, coordinator: Any, actor_of: Any, alice: Any, visit: Any, new_live_page: Any
) -> None:
    staff = actor_of(coordinator)
    with clock.at(clock.now() - timedelta(days=15)):
        round_ = rounds.made(staff, quotas={"sonne": 1, "mond": 1})
        first, first_token = rounds.apply(round_, ["sonne"], facts=["alone"], name="Ben")
        kaya, token = rounds.apply(round_, ["sonne", "mond"], name="Ela", email="kaya@example.org")
    actions.close(staff, round_)
    actions.enter_seed(staff, round_, rounds.SEED)
    actions.draw(staff, round_)
    actions.publish(staff, round_)
    programme = Programme.objects.select_related("capacity__service__provider").get(code="sonne")
    factories.member(alice, programme.capacity.service)
    page = new_live_page(viewport={"width": 320, "height": 640}, java_script_enabled=False)

    page.goto(f"/plaetze/runden/mein/{first_token}/{round_.public_id}/")
    page.get_by_role("link", name="Ablehnen").click()
    expect(page.get_by_text("Haus sonne: Krippe: Der Platz geht sofort an das nächste Kind.")).to_be_visible()
    page.get_by_role("button", name="Ja, das will ich").click()
    expect(page.get_by_text("Abgelehnt. Der Platz ging an das nächste Kind.")).to_be_visible()

    page.goto(f"/plaetze/mein/{token}/")
    expect(page.get_by_text(re.compile("Bitte antworten Sie bis"))).to_be_visible()
    page.get_by_role("link", name=round_.title).click()
    expect(page.get_by_text("nachgerückt")).to_be_visible()
    better = page.locator(".rd-offer", has_text="Haus sonne")
    better.get_by_label("Ihr Name").fill("Familie Kaya")
    better.get_by_label("Telefon").fill("089 000 12")
    better.get_by_role("button", name="Platz annehmen").click()
    expect(page.get_by_text(re.compile("Angenommen am"))).to_be_visible()
    expect(page.get_by_text("Frei geworden, weil Sie einen besseren Wunsch angenommen haben.")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    house = visit(alice)
    house.goto("/plaetze/anbieter/")
    house.get_by_role("link", name=round_.title).click()
    expect(house.get_by_text("1 Platz: 1 angenommen, 0 warten auf Antwort, 0 frei")).to_be_visible()
    expect(house.get_by_text("Kaya")).to_have_count(0)
    house.get_by_role("link", name=kaya.seeker.reference).click()
    expect(house.get_by_text("Familie Kaya")).to_be_visible()
    expect(house.get_by_text("kaya@example.org")).to_be_visible()

    page.reload()
    expect(page.get_by_text(re.compile("Name und Kontakt nach Ihrer Zusage"))).to_be_visible()
    assert Place.objects.get(child__application=first).state == "declined"
