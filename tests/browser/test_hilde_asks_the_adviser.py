"""Hilde chairs an association and has no money. Edda makes a process of what the adviser recommends, publishes it, and
says in the end what was learned; the catalogue and the adviser show it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from mitstadt.kit import cache
from mitstadt.participation.models import Process
from mitstadt.toolkit import demo
from mitstadt.toolkit.models import Task
from tests.support import axe

pytestmark = pytest.mark.browser


def choose(page: Any, *answers: str) -> None:
    for words in answers:
        page.get_by_label(words, exact=True).first.check(force=True)
    page.get_by_role("button", name="Empfehlung zeigen").click()
    page.get_by_role("heading", name="Empfehlung", exact=True).wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_association_finds_a_format_for_thirty_people_without_money(
    city: Any, visit: Any, new_live_page: Any, scripts: bool
) -> None:
    demo.load()
    hilde = new_live_page(java_script_enabled=scripts, viewport={"width": 360, "height": 740})
    if scripts:
        axe.equip(hilde.context)
    hilde.goto("/methoden/")
    hilde.get_by_role("link", name="Welches Format passt?").first.click()
    choose(
        hilde, "Neue Ideen finden", "Fast alles, wir erarbeiten es gemeinsam",
        "Wenige, die man kennt: Anlieger, Vereine, Verbände", "15 bis 50", "keines", "bis 5", "viele, aber nicht alle",
        "ruhig",
    )  # fmt: skip
    assert "geld=keins" in hilde.url
    expect(hilde.get_by_text("Ohne Geld fehlen Dolmetschen")).to_be_visible()  # said plainly
    first = hilde.locator("#empfehlung .tk-advice__row").first
    assert "€€" not in first.inner_text()
    if scripts:
        assert axe.faults(hilde, "/methoden/berater/") == []
    address = hilde.url
    first.get_by_role("link").first.click()
    expect(hilde.get_by_role("heading", name="So läuft es ab")).to_be_visible()
    expect(hilde.get_by_role("heading", name="Checkliste")).to_be_visible()
    expect(hilde.get_by_role("main")).to_contain_text("unter 2.000 €", use_inner_text=True)
    other = visit()
    other.goto(address)  # whoever gets the address sees the same
    assert other.locator("#empfehlung h3").all_inner_texts()[:1] != []


def test_from_the_adviser_to_a_published_process_and_its_evaluation(
    city: Any, editor: Any, client_for: Any, visit: Any
) -> None:
    demo.load()
    edda = visit(editor)
    edda.goto("/methoden/berater/")
    choose(
        edda, "Geld, das verteilt wird", "Alles, die Beteiligten entscheiden selbst", "Die ganze Stadt",
        "mehr als 1.000", "mehr als 75.000 €", "mehr als 60", "viele, aber nicht alle", "ruhig",
    )  # fmt: skip
    plan = edda.locator("#kombinationen").get_by_role("link", name="Zeit und Geld für „Geld gemeinsam verteilen“")
    plan.click()
    edda.get_by_role("link", name="Für Beschäftigte: Verfahren daraus beginnen").click()
    expect(edda.get_by_label("Titel des Verfahrens")).to_have_value("Geld gemeinsam verteilen")
    edda.get_by_role("button", name="Entwurf anlegen").click()
    edda.wait_for_url(re.compile(r"/verwaltung/beteiligung/\d+/"))
    process = Process.objects.get()
    assert process.stage == "draft"
    assert process.can_decide == "Alles, die Beteiligten entscheiden selbst"
    assert Task.objects.filter(process=process, method__slug="zukunftswerkstatt").exists()

    texts = edda.locator("#texte")
    for label, words in {
        "Worum geht es?": "Die Stadt gibt 100.000 Euro, alle sagen wofür.",
        "Was hier nicht entschieden werden kann": "Wie viel Geld es ist.",
        "Wer am Ende entscheidet": "Die Menschen der Stadt stimmen ab.",
        "Ansprechstelle": "Bürgerbüro",
        "Telefon der Ansprechstelle": "089 000 0000",
    }.items():
        texts.get_by_label(re.compile(f"^{re.escape(label)}")).first.fill(words)
    texts.get_by_role("button", name="Speichern").click()
    edda.locator("#module").get_by_role("link", name="Fragen", exact=True).click()
    edda.get_by_role("link", name="Neue Frage").click()
    edda.get_by_label("Frage", exact=True).fill("Wofür soll das Geld sein?")
    edda.get_by_label("Antworten, eine je Zeile").fill("Bänke\nBäume")
    edda.get_by_role("button", name="Speichern", exact=True).click()
    edda.goto(f"/verwaltung/beteiligung/{process.number}/")
    edda.get_by_role("button", name="Veröffentlichen").click()
    edda.get_by_text("Das Verfahren ist jetzt").first.wait_for()

    public = visit()
    process.refresh_from_db()
    public.goto(process.get_absolute_url())
    shown = public.get_by_role("main").inner_text()
    for name in ("Mitmach-Stand", "Ideenplattform", "Zukunftswerkstatt", "Online-Abstimmung"):
        assert name in shown

    edda.goto(f"/verwaltung/beteiligung/{process.number}/")
    edda.get_by_role("link", name="Aufgaben und Gelerntes").click()
    expect(edda.get_by_role("link", name="Ergebnisse eintragen")).to_be_visible()
    edda.get_by_role("button", name=re.compile("^erledigt")).first.click()
    edda.get_by_role("button", name=re.compile("^wieder öffnen")).first.wait_for()
    learned = edda.locator("#gelernt details").filter(has_text="Mitmach-Stand")
    learned.locator("summary").click()
    learned.get_by_label("Wie viele Menschen dabei waren").fill("130")
    learned.get_by_label("Was wir nächstes Mal anders machen").fill("Einen Stand mit Dach nehmen.")
    learned.get_by_label("Veröffentlichen").check()
    learned.get_by_role("button", name="Speichern").click()
    edda.get_by_text("Gespeichert").first.wait_for()

    cache.bump()
    public.goto("/methoden/mitmach-stand/")
    expect(public.get_by_text("Einen Stand mit Dach nehmen.")).to_be_visible()
    expect(public.get_by_text("1-mal hier, 130 Menschen")).to_be_visible()
    public.goto("/methoden/berater/?gegenstand=geld&offen=weitgehend&betroffen=viertel&anzahl=100&geld=wenig&tage=5")
    expect(public.get_by_text("1-mal hier, 130 Menschen").first).to_be_visible()
