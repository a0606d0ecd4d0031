"""Munich's districts, and other cities' files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mitstadt.audit.models import Entry
from mitstadt.geo import actions, queries
from mitstadt.geo.models import District
from mitstadt.kit.errors import DomainError

MUNICH = Path(__file__).resolve().parents[4] / "demo" / "munich"

# Districts that border on each other, from the city's map; on the tile map they must be close.
NEIGHBOURS = [
    (1, 2), (1, 3), (1, 5), (1, 12), (1, 13), (2, 3), (2, 5), (2, 6), (2, 8), (3, 4), (3, 9), (3, 12), (4, 9), (4, 10),
    (4, 11), (4, 12), (5, 13), (5, 14), (5, 17), (5, 18), (6, 7), (6, 18), (6, 19), (7, 8), (7, 19), (7, 20), (7, 25),
    (8, 9), (8, 25), (9, 10), (9, 21), (9, 25), (10, 11), (10, 21), (10, 23), (10, 24), (11, 12), (11, 24), (13, 14),
    (13, 15), (14, 15), (14, 16), (15, 16), (16, 17), (17, 18), (18, 19), (19, 20), (20, 21), (20, 25), (21, 22),
    (21, 23), (21, 25), (22, 23), (23, 24),
]  # fmt: skip


@pytest.fixture
def munich(db):
    actions.load_districts(MUNICH)


def test_munich_has_25_districts_with_their_numbers(munich):
    assert [d.number for d in queries.all_districts()] == list(range(1, 26))
    assert queries.by_number(9).name == "Neuhausen-Nymphenburg"
    assert queries.by_number("25").name == "Laim"
    assert ("13", "13 Bogenhausen") in queries.choices()


def test_no_two_tiles_lie_on_each_other():
    rows = yaml.safe_load((MUNICH / "districts.yaml").read_text(encoding="utf-8"))["districts"]
    assert len({(r["column"], r["row"]) for r in rows}) == 25


@pytest.mark.parametrize(("one", "other"), NEIGHBOURS)
def test_neighbours_stay_close_on_the_tile_map(one, other):
    rows = yaml.safe_load((MUNICH / "districts.yaml").read_text(encoding="utf-8"))["districts"]
    at = {r["number"]: (r["column"], r["row"]) for r in rows}
    assert max(abs(at[one][0] - at[other][0]), abs(at[one][1] - at[other][1])) <= 2


def test_the_far_districts_lie_where_the_compass_says():
    rows = yaml.safe_load((MUNICH / "districts.yaml").read_text(encoding="utf-8"))["districts"]
    at = {r["number"]: (r["column"], r["row"]) for r in rows}
    assert at[22][0] == min(x for x, _y in at.values())  # Aubing in the west
    assert at[15][0] == max(x for x, _y in at.values())  # Trudering-Riem in the east
    assert at[24][1] == min(y for _x, y in at.values())  # Feldmoching in the north
    assert at[19][1] == max(y for _x, y in at.values())  # Solln in the south


def test_loading_again_changes_nothing_and_is_not_logged(munich):
    before = list(District.objects.values())
    logged = Entry.objects.count()
    assert actions.load_districts(MUNICH) == 25
    assert list(District.objects.values()) == before
    assert Entry.objects.count() == logged


def test_a_renamed_district_keeps_its_key(munich, tmp_path):
    key = queries.by_number(8).pk
    text = (MUNICH / "districts.yaml").read_text(encoding="utf-8").replace("Schwanthalerhöhe", "Westend")
    (tmp_path / "districts.yaml").write_text(text, encoding="utf-8")
    actions.load_districts(tmp_path)
    assert (queries.by_number(8).pk, queries.by_number(8).name) == (key, "Westend")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("districts: [{number: 1, name: A, column: 0, row: 0}, {number: 1, name: B, column: 1, row: 0}]", "Eintrag 2"),
        ("districts: [{number: 1, name: A, column: 0, row: 0}, {number: 2, name: B, column: 0, row: 0}]", "Eintrag 2"),
        ("districts: [{number: 1, name: A, column: 0, row: 0}, {number: 2, name: a, column: 1, row: 0}]", "Eintrag 2"),
        ("districts: [{number: eins, name: A, column: 0, row: 0}]", "Eintrag 1"),
        ("districts: [{number: 1, column: 0, row: 0}]", "Eintrag 1"),
        ("districts: [Altstadt]", "Eintrag 1"),
        ("towns: []", "districts"),
    ],
)
def test_a_file_that_contradicts_itself_changes_nothing(munich, tmp_path, text, said):
    (tmp_path / "districts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DomainError, match=said):
        actions.load_districts(tmp_path)
    assert District.objects.count() == 25


@pytest.mark.parametrize("number", ["0", "26", "-1", "9.0", "neun", "", "²", "9' OR 1=1", "99999999999999999999"])
def test_what_is_no_number_of_a_district_is_none(munich, number):
    assert queries.by_number(number) is None
