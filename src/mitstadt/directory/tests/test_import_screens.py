"""Staff import on screen and by command: upload, look, decide, take over."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from mitstadt.directory.importing import running, shipped
from mitstadt.directory.importing.models import Import, ImportRow
from mitstadt.directory.models import Mapping, Service
from mitstadt.kit import jobs

from . import factories
from .probe import MAPPING, row, stage, take


def upload(client, *rows, mapping="probe"):
    file = SimpleUploadedFile("vereine.json", json.dumps(list(rows)).encode())
    return client.post(reverse("directory_staff:imports"), {"file": file, "mapping": mapping}, follow=True)


def test_from_the_file_to_the_public_entry(staff, client_for, editor):
    factories.offer("Chor am Abend", "Kulturverein", places=factories.entry(
        places=()).places)  # fmt: skip
    client = client_for(editor)
    page = upload(client, row(0), row(1), row(2, tel="ruf an")).content.decode()
    staged = Import.objects.get()
    assert "neu (1)" in page
    assert "vielleicht doppelt (1)" in page
    assert "fehlerhaft (1)" in page
    address = reverse("directory_staff:import", args=[staged.public_id])
    broken = client.get(address, {"was": "fehlerhaft"}).content.decode()
    assert "Das ist keine Telefonnummer: ruf an" in broken
    twin = staged.rows.get(verdict="twin")
    asked = client.get(address, {"was": "doppelt"}).content.decode()
    assert f'name="row-{twin.pk}"' in asked
    act = reverse("directory_staff:import_act", args=[staged.public_id, "entscheiden"])
    client.post(act, {f"row-{twin.pk}": "replace", "was": "doppelt"})
    done = client.post(reverse("directory_staff:import_act", args=[staged.public_id, "uebernehmen"]), follow=True)
    assert "Übernommen." in done.content.decode()
    assert sorted(Service.objects.values_list("name", flat=True)) == ["Chor am Abend", "Werkstatt für Räder"]
    assert client.get("/angebote/werkstatt-fuer-raeder/").status_code == 200
    again = upload(client, row(0), row(1))
    assert "Kein Unterschied" in again.content.decode()


def test_a_file_with_broken_rows_only_is_not_called_the_same(staff, client_for, editor):
    page = upload(client_for(editor), row(0, tel="ruf an")).content.decode()
    assert "fehlerhaft (1)" in page
    assert "Kein Unterschied" not in page
    assert "Zu übernehmen ist nichts" in page
    assert "uebernehmen/" not in page


def test_before_and_after_stand_side_by_side(staff, client_for, editor):
    take(staff, row(0, kurz="vorher"))
    page = upload(client_for(editor), row(0, kurz="nachher")).content.decode()
    assert "<del>vorher</del> → <ins>nachher</ins>" in page


def test_a_large_import_shows_how_far_it_is(staff, client_for, editor, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 1)
    client = client_for(editor)
    upload(client, row(0), row(1))
    staged = Import.objects.get()
    page = client.post(reverse("directory_staff:import_act", args=[staged.public_id, "uebernehmen"]), follow=True)
    assert "0 von 2 Zeilen sind übernommen." in page.content.decode()
    jobs.run_pending()
    page = client.get(reverse("directory_staff:import", args=[staged.public_id]))
    assert "aufgenommen: 2" in page.content.decode()


def test_a_wrong_file_is_said_on_the_page(staff, client_for, editor):
    client = client_for(editor)
    answer = client.post(reverse("directory_staff:imports"), {"mapping": "probe"})
    assert answer.status_code == 422
    file = SimpleUploadedFile("bild.png", b"\x89PNG")
    page = client.post(reverse("directory_staff:imports"), {"file": file, "mapping": "probe"}, follow=True)
    assert "werden nicht gelesen; möglich sind CSV, XLSX, JSON und GeoJSON" in page.content.decode()


def test_what_a_file_brings_is_never_markup(staff, client_for, editor):
    evil = "<script>alert(1)</script>"
    page = upload(client_for(editor), row(0, name=evil), row(1, tel=evil)).content.decode()
    assert "<script>alert(1)" not in page


def test_a_mapping_is_changed_and_its_flaws_are_named(staff, client_for, editor):
    client = client_for(editor)
    address = reverse("directory_staff:import_mapping", args=["leipzig-vereine"])
    assert "other_names" in client.get(address).content.decode()
    answer = client.post(address, {"slug": "meine", "text": MAPPING + "  nmae: x\n"})
    assert answer.status_code == 422
    assert "Zuordnung, Zeile 15, nmae:" in answer.content.decode()
    assert client.post(address, {"slug": "meine", "text": MAPPING}).status_code == 302
    assert Mapping.objects.get(slug="meine").name == "Probe"
    assert shipped.find("leipzig-vereine").saved is False
    assert shipped.find("../everyday") is None
    assert client.get(reverse("directory_staff:import_mapping", args=["gibt-es-nicht"])).status_code == 404


def test_the_preview_asks_equally_often_for_more_rows(staff, client_for, editor, assert_constant_queries):
    take(staff, row(0), row(1))
    for name, place in (("Gartenfreunde", "Weg 2"), ("Lesekreis", "Weg 3"), ("Judo", "Weg 4")):
        factories.offer(name, places=(factories.Place(street=place, postcode="04103"),))
    few = stage(staff, row(0, kurz="a"), row(2))
    more = stage(staff, row(0, kurz="a"), row(1, kurz="b"), row(2), row(3), row(4))
    client = client_for(editor)
    for kind in ("geaendert", "doppelt", "neu"):
        shown = [few]

        def read(kind: str = kind, shown: list[Import] = shown) -> None:
            client.get(reverse("directory_staff:import", args=[shown[0].public_id]), {"was": kind})

        assert_constant_queries(lambda shown=shown: shown.__setitem__(0, more), read)


@pytest.mark.parametrize("form", ["csv", "json", "geojson"])
def test_the_directory_goes_out(staff, client_for, editor, form):
    factories.offer("Eins")
    answer = client_for(editor).get(reverse("directory_staff:import_export", args=[form]))
    assert "Eins" in b"".join(answer.streaming_content).decode()
    assert answer["Content-Disposition"].endswith(f'.{form}"')
    assert client_for(editor).get(reverse("directory_staff:import_export", args=["xml"])).status_code == 404


# -- by command -------------------------------------------------------------------------------------
def command(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path, staff):
    path = tmp_path / "vereine.json"
    path.write_text(json.dumps([row(0), row(1), row(2, tel="ruf an")]), encoding="utf-8")
    return str(path)


def test_the_command_compares_takes_over_and_says_no_difference(file, tmp_path):
    told = command("import_offers", file, "--mapping", "probe", "--dry-run")
    assert "broken: 3: Gartenfreunde (phones: Das ist keine Telefonnummer: ruf an)" in told
    assert "new 2" in told
    assert not Service.objects.exists()
    assert "added 2" in command("import_offers", file, "--mapping", "probe")
    target = tmp_path / "aus.csv"
    command("export_offers", str(target))
    assert "No difference." in command("import_offers", str(target), "--mapping", "mitstadt", "--dry-run")


def test_the_command_decides_about_duplicates_when_told_to(file):
    factories.offer("Chor am Abend", places=(factories.Place(street="Weg 0", postcode="04103"),))
    assert "skipped 1" in command("import_offers", file, "--mapping", "probe")
    assert "changed 1" in command("import_offers", file, "--mapping", "probe", "--duplicates", "replace")
    assert Service.objects.count() == 2


def test_the_command_says_what_is_missing(file, tmp_path):
    with pytest.raises(CommandError, match="leipzig-vereine: Leipzig: Vereine"):
        command("import_offers", file)
    with pytest.raises(CommandError, match="No such file"):
        command("import_offers", str(tmp_path / "nichts.json"), "--mapping", "probe")
    with pytest.raises(CommandError, match="Nothing was changed"):
        command("import_offers", file, "--mapping", "leipzig-vereine")
    assert not ImportRow.objects.exists()
