"""Edda reports how far her measure is, Cora approves it. Cora also publishes a whole revision from a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from mitstadt.kit import clock
from mitstadt.radar.models import Measure, Revision, StagedImport

pytestmark = pytest.mark.browser
FILE = """Nummer;Titel;Handlungsfeld;Status;Geplantes Ende;Referat;Worum geht es?
M-001;E-Akte;Digitale Verwaltung;in_umsetzung;2027-06;RIT;Papierakten werden durch elektronische Akten ersetzt.
M-002;Zählstellen an Radwegen;Mobilität;in_umsetzung;;RIT;Zählstellen zeigen, wie viele Räder auf den Radwegen fahren.
;Parken ohne Münzen;Mobilität;geplant;2028;KVR;Parken wird mit Karte bezahlt.
"""


def test_edda_reports_and_cora_approves(city: Any, editor: Any, coordinator: Any, visit: Any) -> None:
    edda = visit(editor)
    edda.goto(f"/verwaltung/radar/massnahmen/{city.files.number}/stand/")
    edda.get_by_label("Abgeschlossen").check()
    edda.get_by_label("Quelle").fill("Abnahme durch alle Referate")
    edda.get_by_role("button", name="Zur Freigabe geben").click()
    edda.get_by_text("wartet auf Freigabe").first.wait_for()
    public = visit()
    public.goto(city.files.get_absolute_url())
    assert public.locator(".rm__state").inner_text().strip().startswith("In Umsetzung")
    assert Measure.objects.get(pk=city.files.pk).status == "in_umsetzung"

    cora = visit(coordinator)
    cora.goto(reverse("measures:edit", args=[city.files.pk]))
    cora.get_by_role("button", name="Mehr Aktionen").last.click()
    cora.get_by_role("button", name="Freigeben und Veröffentlichen", exact=True).click()
    cora.wait_for_url(reverse("measures:list"))
    public.goto(city.files.get_absolute_url())
    assert public.locator(".rm__state").inner_text().strip().startswith("Abgeschlossen")
    assert "Abnahme durch alle Referate" in public.get_by_role("main").inner_text()
    assert Measure.objects.get(pk=city.files.pk).status == "abgeschlossen"


def test_cora_publishes_a_revision_from_a_file(city: Any, coordinator: Any, visit: Any) -> None:
    cora = visit(coordinator)
    cora.goto("/verwaltung/radar/einlesen/")
    cora.get_by_label("Datei", exact=True).set_input_files(
        {"name": "fortschreibung.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    cora.get_by_label("Kennung der Fortschreibung").fill("2026")
    cora.get_by_label("Name der Fortschreibung").fill("Fortschreibung 2026")
    cora.get_by_label("Beschlossen am").fill(f"{clock.today() - timedelta(days=5)}")
    cora.get_by_label("Vollständig").check()
    cora.get_by_role("button", name="Lesen und vergleichen").click()
    cora.get_by_text("Wird zur Fortschreibung „Fortschreibung 2026“").wait_for()
    look = cora.get_by_role("region", name="Was sich ändern würde").inner_text()
    assert "Parken ohne Münzen" in look
    assert "Ausweis online" in look
    assert Measure.objects.count() == 3, "a look ahead changes nothing"
    cora.get_by_role("button", name="Veröffentlichen", exact=True).click()
    cora.get_by_text("veröffentlicht").first.wait_for()
    assert StagedImport.objects.get().state == StagedImport.State.PUBLISHED
    assert Measure.objects.get(number=4).title == "Parken ohne Münzen"
    assert Measure.objects.get(number=3).retired_in == Revision.objects.get(code="2026")

    public = visit()
    public.goto("/radar/tabelle/")
    table = public.get_by_role("table").inner_text()
    assert "Parken ohne Münzen" in table
    assert "Ausweis online" not in table
    public.goto(f"/radar/vergleich/?von={clock.today() - timedelta(days=100)}")
    words = public.get_by_role("main").inner_text()
    assert "Entfallen 1\n\nAusweis online" in words
    assert "Neu 1\n\nParken ohne Münzen" in words
    assert "Geplantes Ende um 6 Monate verschoben: 2026 → Juni 2027" in words
    assert "Geplant → In Umsetzung" in words
