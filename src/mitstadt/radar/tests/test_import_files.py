"""Files as people really send them, and files that somebody sends to do harm: either they are understood, or nothing
changes and the message says why, with the row, the field and the value."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from django.utils import translation
from openpyxl import Workbook

from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor, Grant
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.radar import actions, exporter
from mitstadt.radar.models import Measure, StagedImport, StagedRow, Strategy

CAROL = Actor(grants=(Grant(COORDINATOR, 1, "IT-Referat", "Koordination"),))
ERIC = Actor(grants=(Grant(EDITOR, 1, "IT-Referat"),))
HEAD = "Titel;Handlungsfeld;Status;Geplantes Ende"

pytestmark = pytest.mark.django_db


def stage(data, name="plan.csv", **options):
    if isinstance(data, str):
        data = data.encode()
    return actions.stage_import(CAROL, data, name, **options)


def errors(staged):
    return [(p["row"], p["field"], p["value"]) for p in staged.problems if p["level"] == "error"]


def refused(data, name="plan.csv"):
    """The message for the person; and nothing has changed."""
    staged = stage(data, name)
    assert staged.state == StagedImport.State.BROKEN
    assert not StagedRow.objects.exists()
    assert not Strategy.objects.exists()
    assert not Measure.objects.exists()
    with pytest.raises(DomainError):
        actions.publish_revision(CAROL, staged)
    assert not Strategy.objects.exists()
    return " ".join(p["message"] for p in staged.problems)


def workbook(rows, sheet="Maßnahmen"):
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# -- as people send them -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "Titel;Handlungsfeld;Status\nRadweg;Mobilität;geplant\n",
        "Titel,Handlungsfeld,Status\nRadweg,Mobilität,geplant\n",
        "Titel\tHandlungsfeld\tStatus\nRadweg\tMobilität\tgeplant\n",
        "\ufeffTitel;Handlungsfeld;Status\r\nRadweg;Mobilität;Geplant\r\n",
        "sep=,\nTitel,Handlungsfeld,Status\nRadweg,Mobilität,planned\n",
        "title;action field;status\n\nRadweg;Mobilität;in Planung\n",
        'MASSNAHME;"Handlungsfeld";status\n"Radweg";Mobilität;geplant',
    ],
)
def test_tables_of_any_separator_and_language_are_read(text):
    strategy = actions.publish_revision(CAROL, stage(text))
    assert list(strategy.measures.values_list("title", "field__name", "status")) == [("Radweg", "Mobilität", "geplant")]


def test_a_utf16_table_from_excel_is_read():
    staged = stage("Titel\tHandlungsfeld\nMüllabfuhr\tUmwelt\n".encode("utf-16"))
    assert [r.title for r in staged.rows.all()] == ["Müllabfuhr"]


def test_excel_years_dates_and_empty_cells_are_understood():
    from datetime import datetime

    staged = stage(
        workbook(
            [
                ["Titel", "Handlungsfeld", "Beginn", "Geplantes Ende", "Stand vom", None],
                ["Radweg", "Mobilität", 2024.0, datetime(2026, 5, 31), "31.12.2025", None],
                [None, None, None, None, None, None],
                ["Busspur", "Mobilität", "2024", "05/2026", None, None],
            ]
        ),
        "plan.xlsx",
    )
    assert errors(staged) == []
    payloads = [r.payload for r in staged.rows.all()]
    assert [(p["start"], p["end"], p["status_as_of"]) for p in payloads] == [
        ("2024", "2026-05-31", "2025-12-31"),
        ("2024", "2026-05", ""),
    ]


def test_errors_name_row_field_and_value_and_all_are_collected():
    staged = stage(
        f"{HEAD}\n"
        "Radweg;Mobilität;halbfertig;2026\n"
        ";Mobilität;geplant;2026\n"
        "Busspur;Mobilität;geplant;bald\n"
        "Tram;;geplant;2026-13\n"
    )
    assert errors(staged) == [
        (2, "status", "halbfertig"),
        (3, "title", ""),
        (4, "end", "bald"),
        (5, "end", "2026-13"),
    ]


def test_thousands_of_errors_are_counted_but_not_all_kept():
    staged = stage(HEAD + "\n" + "Radweg;Mobilität;unsinn;2026\n" * 2_000)
    assert staged.summary["errors"] >= 2_000
    assert len(staged.problems) == 500


def test_an_unknown_column_is_said_and_can_be_mapped():
    text = "Vorhaben;Handlungsfeld;Farbe\nRadweg;Mobilität;blau\n"
    assert "Titel" in " ".join(p["message"] for p in stage(text).problems)
    staged = stage(text, mapping={"Vorhaben": "title", "Farbe": ""})
    assert staged.problems == []
    assert staged.rows.get().title == "Radweg"


def test_a_saved_mapping_is_kept_by_name():
    actions.save_mapping(CAROL, "Tabelle der Kämmerei", {"Vorhaben": "title"})
    found = actions.save_mapping(CAROL, "Tabelle der Kämmerei", {"Projekt": "title"})
    assert found.columns == {"Projekt": "title"}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_is_recognised_column_by_column(form):
    staged = stage(exporter.template(form), f"vorlage.{form}")
    assert [p["message"] for p in staged.problems] == ["Die Datei enthält keine Maßnahmen."]
    assert len(staged.columns) == len(exporter.FIELDS)


def test_dates_that_run_backwards_are_an_error():
    staged = stage("Titel;Handlungsfeld;Beginn;Ende\nRadweg;Mobilität;2026;2024\n")
    assert errors(staged) == [(2, "end", "2024")]


def test_numbers_and_short_names_that_stand_twice_are_errors():
    staged = stage("Nummer;Titel;Handlungsfeld\n7;Radweg;M\nM-007;Busspur;M\n")
    assert errors(staged) == [(3, "number", "7")]


def test_an_editor_of_a_department_cannot_import():
    with pytest.raises(Refused):
        actions.stage_import(ERIC, b"Titel\nx", "plan.csv")


# -- as people send them to do harm -------------------------------------------------------------------
@pytest.mark.parametrize("value", ["=HYPERLINK(1)", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_formulas_in_tables_are_refused(value):
    assert "Formeln" in refused(f"Titel;Handlungsfeld\n{value};Mobilität\n")
    assert "Formeln" in refused(workbook([["Titel", "Handlungsfeld"], [value.replace("@", "="), "M"]]), "plan.xlsx")


@pytest.mark.parametrize("value", ["-3 Grad im Rathaus", "+49 89 233", "'Zitat", "= Gleichheit", "@home"])
def test_texts_that_look_like_formulas_leave_as_text_and_come_back(value):
    strategy = actions.publish_revision(
        CAROL,
        stage(
            f'measures:\n- title: "{value}"\n  handlungsfeld: m\nhandlungsfelder:\n- {{slug: m, name: M}}\n', "a.yaml"
        ),
    )
    text = exporter.export(strategy, "csv").decode("utf-8-sig")
    assert f";'{value};" in text or (value == "'Zitat" and ";'Zitat;" in text)
    for form in ("csv", "xlsx"):
        again = stage(exporter.export(strategy, form), f"b.{form}")
        assert (again.problems, again.summary["same"]) == ([], 1)


@pytest.mark.parametrize(
    "value", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "Rad<b>weg", "javascript:alert(1)"]
)
def test_markup_is_refused_in_every_text(value):
    assert "HTML" in refused(f"Titel;Handlungsfeld\n{value};Mobilität\n")


def test_a_refused_title_is_not_called_missing_as_well():
    problems = stage("Titel;Handlungsfeld\n<b>Radweg;Mobilität\n").problems
    assert [problem["field"] for problem in problems] == ["title"]
    assert "HTML" in problems[0]["message"]


def test_addresses_other_than_the_web_are_refused():
    text = "measures:\n- {title: A, handlungsfeld: m, links: ['%s']}\nhandlungsfelder: [{slug: m, name: M}]\n"
    for address in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://a@b", "http:///x"):
        assert refused(text % address, "a.yaml")


@pytest.mark.parametrize(
    "address", ["https://anderswo.example/", "//anderswo.example", "/\\anderswo.example", "mitmachen"]
)
def test_taking_part_leads_nowhere_outside(address):
    file = f"Titel;Handlungsfeld;Beteiligung: Adresse\nA;Mobilität;{address}\n"
    assert f"„{address}“ ist keine Adresse dieser Plattform." in refused(file)


def test_a_web_page_is_not_a_table():
    assert "HTML" in refused("<!DOCTYPE html><html><table><tr><td>Titel</td></tr></table></html>")


def test_wrong_encoding_is_named_with_its_place():
    assert "Zeile 2" in refused("Titel;Handlungsfeld\nMüll;Umwelt\n".encode("latin-1"))


def test_null_characters_are_refused():
    assert "Null" in refused(b"Titel;Handlungsfeld\nA\x00B;Umwelt\n")


@pytest.mark.parametrize("name", ["plan.exe", "plan", "plan.xlsm", "plan.xls", "plan.ods"])
def test_other_kinds_of_files_are_refused(name):
    assert "YAML, CSV und XLSX" in refused(b"Titel\nx", name)


def test_an_empty_file_is_refused():
    assert "leer" in refused(b" \n ")


def test_a_hundred_thousand_rows_are_refused_quickly():
    data = "Titel;Handlungsfeld\n" + "".join(f"Radweg {n};Mobilität\n" for n in range(100_000))
    started = time.monotonic()
    assert "10000" in refused(data)
    rows = io.BytesIO()
    cells = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>Radweg {n}</t></is></c></row>' for n in range(2, 100_002)
    )
    source = zipfile.ZipFile(io.BytesIO(workbook([["Titel", "Handlungsfeld"]])))
    with source, zipfile.ZipFile(rows, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", cells.encode() + b"</sheetData>")
            target.writestr(entry, content)
    assert "10000" in refused(rows.getvalue(), "plan.xlsx")
    assert time.monotonic() - started < 60


def test_a_file_over_the_limit_is_not_even_read():
    assert "20 MB" in refused(b"a" * (20 * 1024 * 1024 + 1))


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            zipped.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_a_zip_bomb_is_not_unpacked():
    assert "entfaltet" in refused(archive(**{"xl__workbook.xml": b"0" * 60_000_000}), "plan.xlsx")


def test_an_archive_of_thousands_of_parts_is_refused():
    assert "Teilen" in refused(archive(**{f"xl__p{n}.xml": b"x" for n in range(600)}), "plan.xlsx")


def test_macros_and_entities_in_workbooks_are_refused():
    assert "Makros" in refused(archive(**{"xl__vbaProject.bin": b"x"}), "plan.xlsx")
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><workbook/>'
    assert "XML" in refused(archive(**{"xl__workbook.xml": bomb}), "plan.xlsx")


def test_broken_workbooks_are_refused():
    assert "beschädigt" in refused(workbook([["Titel"], ["A"]])[:-200], "plan.xlsx")
    assert "XLSX" in refused(b"Titel;Handlungsfeld\n", "plan.xlsx")
    assert refused(archive(**{"xl__workbook.xml": b"<workbook><"}), "plan.xlsx")
    assert refused(workbook([["Titel"], ["A"]]), "plan.csv")


LAUGHS = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join(['*' + before] * 8)}]\n" for before, after in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (LAUGHS + "measures: []\n", "Verweise"),
        ("measures: " + "[" * 200 + "]" * 200, "verschachtelt"),
        ("measures:\n- title: A\n  title: B\n", "zweimal"),
        ("measures:\n- !!python/object/apply:os.system ['true']\n", "Marke"),
        ("measures: [\n", "kein gültiges YAML"),
        ("measures: 7\n", "measures"),
        ("- a\n- b\n", "measures"),
        ("measures:\n- nur ein Text\n", "nur ein Text"),
        ("measures:\n- {title: A, handlungsfeld: x, farbe: rot}\n", "Schlüssel"),
        ("measures:\n- {title: [A], handlungsfeld: x}\n", "einzelner Wert"),
        ("measures:\n- {title: yes, handlungsfeld: x}\n", "Ja/Nein"),
        ("measures:\n- {title: A, handlungsfeld: x, links: nur eins}\n", "Liste"),
        ("measures:\n- {title: A, handlungsfeld: x, progress: [{percent: 140}]}\n", "0 bis 100"),
        ("measures:\n- {title: A, handlungsfeld: x, end_year: 20244}\n", "Datum"),
        ("measures:\n- {title: A, handlungsfeld: x}\nnachrichten: []\n", "Abschnitt"),
        ("measures:\n- {title: A, handlungsfeld: x, merged_into: gibts-nicht}\n", "Kurzadresse"),
        ("measures:\n- {title: A, handlungsfeld: x, kennzahlen: [{name: n, value: 1e99999999}]}\n", "zu groß"),
    ],
)
def test_yaml_that_cannot_be_taken_over_says_why(text, word):
    assert word in refused(text, "plan.yaml")


def test_a_duplicate_field_in_the_frame_is_found():
    text = "measures:\n- {title: A, handlungsfeld: m}\nhandlungsfelder:\n- {slug: m, name: M}\n- {slug: m, name: N}\n"
    assert "zweimal" in refused(text, "plan.yaml")


@pytest.mark.parametrize("word", ["merged_into", "split_from"])
def test_measures_that_go_into_each_other_are_refused(word):
    rows = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]
    lines = "".join(f"- {{slug: {one}, title: {one}, handlungsfeld: x, {word}: {other}}}\n" for one, other in rows)
    staged = stage(f"measures:\n{lines}", "plan.yaml")
    assert [value for _row, field, value in errors(staged) if field == word] == ["b", "c", "a"]
    with pytest.raises(DomainError):
        actions.publish_revision(CAROL, staged)


def test_yaml_with_measures_alone_begins_a_strategy():
    """It passed the dry run, and publishing it answered that somebody had changed the data, for ever."""
    text = "measures:\n- {title: Radweg, handlungsfeld: Mobilität & Verkehr, principles: [Offen, Für alle]}\n"
    strategy = actions.publish_revision(CAROL, stage(text, "plan.yaml"))
    measure = strategy.measures.get()
    assert measure.field.name == "Mobilität & Verkehr"
    assert sorted(p.name for p in measure.principles.all()) == ["Für alle", "Offen"]


@pytest.mark.parametrize(
    ("target", "field", "word"),
    [
        ({"code": "2026", "decided": "2026-13"}, "revision.decided", "kein Datum"),
        ({"code": "2026", "decided": "20\x0026"}, "revision.decided", "Steuerzeichen"),
        ({"code": "2026", "decided": "0000"}, "revision.decided", "kein Datum"),
        ({"code": "20\x0026"}, "revision.code", "Steuerzeichen"),
        ({"code": "2026", "name": "<script>alert(1)</script>"}, "revision.name", "HTML"),
        ({"code": "2026", "paper": "x" * 81}, "revision.paper", "81 Zeichen"),
    ],
)
def test_the_revision_itself_is_checked_like_the_file(target, field, word):
    staged = stage("Titel;Handlungsfeld\nRadweg;Mobilität\n", target=target)
    assert [p["field"] for p in staged.problems] == [field]
    assert word in staged.problems[0]["message"]


def test_a_wrong_day_of_the_decision_is_said_in_the_readers_language():
    with translation.override("en"):
        staged = stage("Titel;Handlungsfeld\nRadweg;Mobilität\n", target={"code": "2026", "decided": "soon"})
    assert "date" in staged.problems[0]["message"]
