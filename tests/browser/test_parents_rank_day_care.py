"""Parents rank day-care centres on a phone without an account, change their mind, and later read where their child
goes, why not elsewhere and what would have been enough; at home they reckon it again."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from mitstadt.capacity.models import Child, Programme, Round
from mitstadt.capacity.rounds import actions
from mitstadt.capacity.tests import rounds
from mitstadt.kit import clock
from mitstadt.methods.cli import main as methods
from tests.support import axe

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_parents_rank_day_care_centres_and_read_why(
    city: Any, coordinator: Any, actor_of: Any, new_live_page: Any, scripts: bool, tmp_path: Path, capsys: Any
) -> None:
    office = actor_of(coordinator)
    round_ = rounds.made(office, quotas={"sonne": 1, "mond": 1, "stern": 6}, title="Kita-Plätze ab September")
    page = new_live_page(java_script_enabled=scripts, viewport={"width": 320, "height": 720})
    if scripts:
        axe.equip(page.context)
    page.goto("/plaetze/runden/")
    page.get_by_role("link", name="Kita-Plätze ab September").first.click()
    page.get_by_role("link", name=re.compile("anmelden")).first.click()
    page.get_by_label("Vorname des Kindes").fill("Mia")
    for house in ("sonne", "mond", "stern"):
        page.get_by_role("button", name=re.compile(f"Haus {house}.*nächsten Wunsch")).click()
    expect(page.get_by_label("Vorname des Kindes")).to_have_value("Mia")  # nothing typed is lost by ordering
    page.get_by_role("button", name=re.compile("Haus mond.*nach oben")).click()
    if scripts:
        assert axe.faults(page, "/plaetze/runden/anmelden/") == []
    page.get_by_role("button", name="Anmeldung abschicken").click()
    expect(page.get_by_text("Ihre Anmeldung ist da.")).to_be_visible()
    mine = page.url
    assert page.locator(".rd-list li").all_inner_texts() == [
        "Haus mond: Krippe", "Haus sonne: Krippe", "Haus stern: Krippe",
    ]  # fmt: skip
    page.get_by_role("link", name=re.compile("Ändern.*Mia")).click()
    page.get_by_role("button", name=re.compile("Haus sonne.*nach oben")).click()
    page.get_by_role("button", name="Speichern", exact=True).last.click()
    assert Child.objects.get().choices == ["sonne", "mond", "stern"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320 if scripts else True

    for house in ("sonne", "mond"):  # somebody with more points wants each of the two
        rounds.apply(round_, [house], facts=["alone"])
    Round.objects.filter(pk=round_.pk).update(closes_at=clock.now() - timedelta(minutes=1))
    round_.refresh_from_db()
    actions.close(office, round_)
    actions.enter_seed(office, round_, rounds.SEED)
    actions.draw(office, round_)
    actions.publish(office, round_)

    page.goto(mine)
    expect(page.get_by_text("Platz: Haus stern: Krippe")).to_be_visible()
    why = page.locator(".rd-why li").all_inner_texts()
    assert len(why) == 3
    assert "Die letzte Zusage ging an ein Kind mit 20 Punkten, Ihr Kind hat 0 Punkte." in why[0]
    if scripts:
        assert axe.faults(page, "/plaetze/runden/mein/") == []
    case = tmp_path / "fall.json"
    summary = tmp_path / "ergebnis.json"
    address = page.get_by_role("link", name=re.compile("Eigener Fall als Datei")).get_attribute("href")
    case.write_bytes(page.request.get(address).body())
    public = page.get_by_role("link", name="Öffentliches Ergebnis als Datei").get_attribute("href")
    summary.write_bytes(page.request.get(public).body())
    page.get_by_role("link", name=re.compile("Entwurf des Bescheids")).click()
    expect(page.get_by_text("Entwurf, noch kein Bescheid")).to_be_visible()
    expect(page.get_by_text("Mia").first).to_be_visible()
    capsys.readouterr()
    methods(["recompute", str(case), str(summary)])
    assert json.loads(capsys.readouterr().out)["state"] in ("decided", "hidden")
    assert Programme.objects.filter(round=round_).count() == 3
