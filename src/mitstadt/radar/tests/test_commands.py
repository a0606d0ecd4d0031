"""The two commands of people who run an installation."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from mitstadt.kit import clock
from mitstadt.kit import demo as kit_demo
from mitstadt.notify import topics
from mitstadt.radar import queries, synthetic, telling
from mitstadt.radar.models import Measure, Revision, StagedRow, Strategy
from mitstadt.radar.queries import words_of

TABLE = "Titel;Handlungsfeld;Status\nRadweg;Mobilität;geplant\nBusspur;Mobilität;in Umsetzung\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def run(*words, **options):
    out = io.StringIO()
    call_command(*map(str, words), stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_without_publish_nothing_changes(db, table):
    said = run("import_strategy", table, "--dry-run")
    assert "new: Radweg" in said
    assert "new 2" in said
    assert not Strategy.objects.exists()
    assert not StagedRow.objects.exists()


def test_publish_then_revise_then_export_and_nothing_is_different(db, table, tmp_path):
    with clock.at(datetime(2026, 1, 10, 12, tzinfo=UTC)):
        run("import_strategy", table, "--publish", "--revision", "2025", "--decided", "2025-12-17")
    assert [(r.title, r.revision) for r in queries.rows()] == [("Radweg", "2025"), ("Busspur", "2025")]
    table.write_text("Nummer;Titel\nM-001;Radschnellweg\n", encoding="utf-8")
    with clock.at(datetime(2026, 3, 10, 12, tzinfo=UTC)):
        said = run("import_strategy", table, "--publish", "--revision", "2026", "--decided", "2026-03-01")
    assert "changed: Radweg (title)" in said
    assert "retired: Busspur" in said
    assert [r.title for r in queries.rows()] == ["Radschnellweg"]
    assert [r.title for r in queries.rows(revision="2025")] == ["Radweg", "Busspur"]
    for form in ("yaml", "csv", "xlsx"):
        file = tmp_path / f"aus.{form}"
        run("export_strategy", "--format", form, "--output", file)
        assert "new 0, changed 0, same 2, retired 0" in run("import_strategy", file)


def test_errors_are_shown_and_end_the_command(db, table):
    table.write_text(TABLE.replace("geplant", "halbfertig"), encoding="utf-8")
    with pytest.raises(CommandError, match="1 errors"):
        run("import_strategy", table, "--publish")
    with pytest.raises(CommandError, match="No such file"):
        run("import_strategy", "/gibt/es/nicht.csv")
    with pytest.raises(CommandError):
        run("export_strategy")


def test_the_strategy_of_the_demo_city_is_a_loading_step():
    assert "Digitalstrategie der Stadt" in [step.label for step in kit_demo.steps()]


@pytest.fixture
def city(db):
    with clock.at(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        yield synthetic.make_city(10, 3, seed=3)


def test_fields_and_departments_can_be_followed(city):
    field = city.fields.first()
    assert topics.find(f"field:{field.slug}").label == field.name
    assert topics.find("department:R1").label == "Musterreferat 1"
    assert topics.find("field:gibtsnicht") is None


def test_followers_hear_once_what_a_revision_did(city):
    from mitstadt.notify.models import Event

    revision = Revision.objects.filter(strategy=city).last()
    keys = list(Measure.objects.filter(strategy=city, versions__revision=revision).values_list("pk", flat=True))
    telling.tell_chunk(revision.pk, keys)
    telling.tell_chunk(revision.pk, keys)
    assert Event.objects.filter(event="radar.revision.published").count() == len(set(keys))


def test_flags_are_said_in_the_language_of_the_reader(city):
    def texts():
        return {f.text for r in queries.rows(city) for f in r.flags}

    german = texts()
    with translation.override("en"):
        english = texts()
    assert "verzögert" in german
    assert "late" in english
    assert german.isdisjoint(english)


def test_partial_dates_are_said_as_people_say_them():
    assert [words_of(d) for d in ("", "2024", "2024-05", "2024-05-03")] == ["", "2024", "Mai 2024", "3. Mai 2024"]


def test_an_unchanged_list_is_answered_with_not_modified(city, settings):
    settings.MITSTADT_PAGE_CACHE_SECONDS = 30
    first = Client().get("/api/v1/measures")
    assert first.status_code == 200
    assert Client().get("/api/v1/measures", headers={"if-none-match": first["ETag"]}).status_code == 304
