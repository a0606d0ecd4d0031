"""The files of other cities import through the mappings that come along, without a hand edit."""

from __future__ import annotations

from pathlib import Path

import pytest

from mitstadt.directory.importing import planning, running, shipped
from mitstadt.directory.models import Service

from . import factories

SOCIAL = next(
    (folder for up in (4, 5, 6) if (folder := Path(__file__).parents[up] / "shared" / "data" / "social").is_dir()), None
)
pytestmark = pytest.mark.skipif(SOCIAL is None, reason="no ../shared/data/social beside the repository")

FILES = {  # file → (mapping, rows)
    "leipzig_vereine": ("leipzig-vereine", 478),
    "leipzig_kitas": ("leipzig-kitas", 221),
    "leipzig_horte": ("leipzig-horte", 79),
    "leipzig_buergervereine": ("leipzig-buergervereine", 32),
    "berlin_berlinpass_angebote": ("berlin-berlinpass", 288),
    "berlin_lichtenberg_mietraeume": ("berlin-lichtenberg-mietraeume", 60),
    "berlin_lichtenberg_jugendfreizeit": ("berlin-lichtenberg-jugendfreizeit", 71),
    "berlin_lichtenberg_jugendsozialarbeit": ("berlin-lichtenberg-jugendsozialarbeit", 32),
    "berlin_lichtenberg_begegnungsstaetten_termine": ("berlin-lichtenberg-termine", 47),
}


@pytest.fixture
def staff(db, editor, actor_of):
    factories.everyday()
    return actor_of(editor)


def data(name: str) -> bytes:
    assert SOCIAL is not None
    return (SOCIAL / f"{name}.json").read_bytes()


def test_every_list_that_is_there_has_a_mapping():
    assert SOCIAL is not None
    assert {path.stem for path in SOCIAL.glob("*.json")} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_no_row_of_a_list_is_broken(staff, name):
    mapping, count = FILES[name]
    staged = planning.stage(staff, data(name), f"{name}.json", mapping)
    assert (staged.notes, staged.counts["broken"]) == ([], 0)
    assert staged.counts["new"] + staged.counts["twin"] == count
    assert staged.counts["twin"] <= 3  # written twice in the file itself


@pytest.mark.parametrize("name", ["leipzig_buergervereine", "berlin_lichtenberg_jugendsozialarbeit"])
def test_a_list_taken_over_says_no_difference_the_next_time(staff, name):
    mapping, count = FILES[name]
    staged = planning.stage(staff, data(name), f"{name}.json", mapping)
    running.choose_all(staff, staged, "new")
    running.take(staff, staged, wait=True)
    assert staged.outcome == {"added": count}
    assert Service.objects.filter(source=mapping).count() == count
    assert planning.stage(staff, data(name), f"{name}.json", mapping).counts["same"] == count


def test_what_another_source_says_too_is_noticed(staff):
    staged = planning.stage(staff, data("leipzig_buergervereine"), "a.json", "leipzig-buergervereine")
    running.take(staff, staged, wait=True)
    text = (shipped.FOLDER / "leipzig-buergervereine.yaml").read_text(encoding="utf-8")
    shipped.save(staff, "andere", text.replace("source: leipzig-buergervereine", "source: andere"))
    again = planning.stage(staff, data("leipzig_buergervereine"), "b.json", "andere")
    assert again.counts["twin"] == 32


@pytest.mark.slow
@pytest.mark.parametrize("name", ["leipzig_vereine", "leipzig_kitas"])
def test_the_large_lists_become_offers(staff, name):
    mapping, count = FILES[name]
    staged = planning.stage(staff, data(name), f"{name}.json", mapping)
    running.choose_all(staff, staged, "new")
    running.take(staff, staged, wait=True)
    assert Service.objects.filter(state="public").count() == count
    assert planning.stage(staff, data(name), f"{name}.json", mapping).counts["same"] == count
