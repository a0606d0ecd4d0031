"""The picture's geometry: nothing lies on anything, and one more measure moves nothing."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from mitstadt.kit.marks import MARKS
from mitstadt.radar.arrange import RINGS, SECTORS, arrange, freeze
from mitstadt.radar.layout import circle, horizon
from mitstadt.radar.layout.boxes import Box, conflicts
from mitstadt.radar.layout.items import Item, Ring, Sector
from mitstadt.radar.layout.metrics import FONTS, WIDTHS, fit, text_width, wrap
from mitstadt.radar.picture.circle import placed_labels

from .picture_data import DAY, munich, rows_of

STATUS = [
    Ring("beendet", "Beendet"),
    Ring("läuft", "In Umsetzung", 2),
    Ring("geplant", "Geplant"),
    Ring("?", "Unbekannt"),
]


def drawn(count: int, by: str, rings: str, **options):
    rows = rows_of(count)
    arrangement = arrange(rows, munich()[1], DAY, by=by, rings=rings, **options)
    return arrangement, horizon.lay_out(arrangement.items, arrangement.sectors, arrangement.rings, arrangement.grid)


def test_the_conflict_finder_finds_what_overlaps_and_nothing_else() -> None:
    boxes = [("a", Box(0, 0, 10, 10)), ("b", Box(9, 9, 5, 5)), ("c", Box(10, 0, 5, 9)), ("d", Box(2, 2, 1, 1))]
    assert {frozenset(pair) for pair in conflicts(boxes)} == {frozenset("ab"), frozenset("ad")}


@pytest.mark.parametrize("count", [30, 87, 300])
@pytest.mark.parametrize("by", SECTORS)
@pytest.mark.parametrize("rings", RINGS)
def test_no_mark_name_flag_or_title_lies_on_another(count: int, by: str, rings: str) -> None:
    arrangement, picture = drawn(count, by, rings)
    assert 1 <= len(picture.bands) <= 12
    hidden = sum(len(more.items) for more in picture.more)
    assert len(picture.spots) + hidden == len(arrangement.items) >= count
    # Only a cell that would be taller than sixty rows may hide some: those without a department, end or principle.
    assert {more.sector if by in ("referat", "prinzip") else more.ring for more in picture.more} <= {
        "nicht-belegt",
        "offen",
    }
    assert not hidden or (count == 300 and by in ("referat", "prinzip"))
    assert conflicts(picture.boxes()) == []


@pytest.mark.parametrize("count", [30, 87, 300])
def test_nothing_crosses_an_arc_or_leaves_the_picture(count: int) -> None:
    _arrangement, picture = drawn(count, "feld", "status")
    rings = [title.ring.slug for title in picture.titles]
    for spot in picture.spots:
        ring = rings.index(spot.item.ring)
        inner, outer = picture.arcs[ring], picture.arcs[ring + 1]
        for y in (spot.box.y, spot.box.bottom):
            assert spot.mark.x > inner.x(y), spot.item
            assert spot.box.right < outer.x(y), spot.item
    for name, box in picture.boxes():
        assert box.x >= 0, name
        assert box.y >= 0, name
        assert box.right <= picture.width, name
        assert box.bottom <= picture.height, name


@pytest.mark.parametrize("count", [30, 87, 300])
@pytest.mark.parametrize("by", SECTORS)
@pytest.mark.parametrize("rings", RINGS)
def test_the_small_circle_has_no_overlap(count: int, by: str, rings: str) -> None:
    arrangement, _picture = drawn(count, by, rings)
    small = circle.lay_out(arrangement.items, arrangement.sectors, arrangement.rings)
    assert len(small.dots) == len(arrangement.items)
    assert not any(dot.waiting for dot in small.dots)
    assert conflicts(small.boxes()) == []
    middle = circle.SIZE / 2
    for dot in small.dots:
        x, y = dot.box.centre
        assert circle.HOLE < ((x - middle) ** 2 + (y - middle) ** 2) ** 0.5 < circle.RADIUS


def test_names_around_the_circle_do_not_touch_for_one_to_twelve_sectors() -> None:
    for count in range(1, 13):
        sectors = [Sector(str(i), f"Gemeinschaft und Teilhabe {i}") for i in range(count)]
        small = circle.lay_out([], sectors, STATUS)
        boxes = []
        for lines, number, x, y, anchor in placed_labels(small):
            width = max(text_width(line, 12, 600) for line in lines) + text_width(f" {number}", 12)
            left = {"start": x, "end": x - width, "middle": x - width / 2}[anchor]
            boxes.append((f"{count}: {lines}", Box(left, y - 11, width, 15 * len(lines) - 1)))
        assert conflicts(boxes) == []


def places(picture: horizon.Horizon) -> dict[tuple[str, int], Box]:
    return {(spot.item.sector, spot.item.id): spot.mark for spot in picture.spots}


@pytest.mark.parametrize("more", [1, 5, 20])
@pytest.mark.parametrize("rings", RINGS)
@pytest.mark.parametrize("by", SECTORS)
def test_measures_that_come_later_move_no_band_and_no_mark(more: int, rings: str, by: str) -> None:
    rows = rows_of(87)
    frame = munich()[1]
    grids = freeze(rows, frame, DAY)
    before = arrange(rows, frame, DAY, by=by, rings=rings, grids=grids)
    old = horizon.lay_out(before.items, before.sectors, before.rings, before.grid)
    old_circle = circle.lay_out(before.items, before.sectors, before.rings, before.grid)
    for seed in range(40):
        chance = random.Random(seed)
        template = chance.choice(rows)
        added = []
        for i in range(more):
            # half of the trials fill one cell, the other half scatter
            like = template if seed % 2 else chance.choice(rows)
            added.append(replace(like, id=88 + i, number=88 + i, path=f"/radar/m-{88 + i:03d}-neu/"))
        after = arrange([*rows, *added], frame, DAY, by=by, rings=rings, grids=grids)
        new = horizon.lay_out(after.items, after.sectors, after.rings, after.grid)
        assert [(b.sector.slug, b.top, b.bottom) for b in new.bands] == [
            (b.sector.slug, b.top, b.bottom) for b in old.bands
        ]
        now = places(new)
        assert all(now[key] == box for key, box in places(old).items()), f"seed {seed}"
        assert conflicts(new.boxes()) == [], f"seed {seed}"
        shown = {(s.item.sector, s.item.id) for s in new.spots}
        hidden = {(more_.sector, item.id) for more_ in new.more for item in more_.items}
        assert shown | hidden == {(item.sector, item.id) for item in after.items}
        new_circle = circle.lay_out(after.items, after.sectors, after.rings, after.grid)
        moved = {(d.item.sector, d.item.id): d.box for d in new_circle.dots if not d.waiting}
        assert all(moved[d.item.sector, d.item.id] == d.box for d in old_circle.dots), f"seed {seed}"


def test_a_full_cell_says_how_many_more_there_are() -> None:
    items = [Item(i, "bildung", "läuft", f"Weg mit der Nummer {i}") for i in range(1, 11)]
    sectors = [Sector("bildung", "Bildung"), Sector("verkehr", "Verkehr")]
    picture = horizon.lay_out(items, sectors, STATUS, {"rows": {"bildung": 2, "verkehr": 3}})
    # two rows of two columns are four places: four marks, and "+6 weitere" beside the last name
    assert [spot.item.id for spot in picture.spots] == [1, 2, 3, 4]
    assert [(more.text, [item.id for item in more.items]) for more in picture.more] == [
        ("+6 weitere", list(range(5, 11)))
    ]
    last = picture.spots[-1]
    assert last.name == "Weg mit der…"
    assert last.name_box.right < picture.more[0].box.x
    assert picture.more[0].box.y == last.name_box.y
    assert conflicts(picture.boxes()) == []


def test_the_same_measures_in_any_order_give_the_same_picture() -> None:
    rows = rows_of(87)
    frame = munich()[1]
    mixed = rows[:]
    random.Random(3).shuffle(mixed)
    for by in SECTORS:
        one, two = arrange(rows, frame, DAY, by=by), arrange(mixed, frame, DAY, by=by)
        assert horizon.lay_out(one.items, one.sectors, one.rings) == horizon.lay_out(two.items, two.sectors, two.rings)


@pytest.mark.parametrize("sectors", [1, 2, 7, 12])
@pytest.mark.parametrize("count", [0, 1, 2, 500])
def test_any_number_of_sectors_and_measures_can_be_drawn(sectors: int, count: int) -> None:
    bands = [Sector(str(i), f"Sektor {i}") for i in range(sectors)]
    items = [Item(i, str(i % sectors), STATUS[i % 4].slug, f"Name {i}", flagged=i % 3 == 0) for i in range(count)]
    picture = horizon.lay_out(items, bands, STATUS)
    small = circle.lay_out(items, bands, STATUS)
    hidden = sum(len(more.items) for more in picture.more)
    assert len(picture.spots) + hidden == count
    assert not hidden or sectors <= 2
    assert sum(len(dot.waiting) or 1 for dot in small.dots) == count
    assert conflicts(picture.boxes()) == []
    assert conflicts(small.boxes()) == []


@pytest.mark.parametrize(
    "name",
    [
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "Ein sehr langer Name aus vielen kurzen Worten, der nirgendwo in eine Spalte passt",
        "日本語の名前はここにあります" * 4,
        "<script>alert(1)</script>" * 4,
        "",
    ],
)
def test_very_long_names_and_titles_are_cut_not_drawn_over_others(name: str) -> None:
    bands = [Sector(str(i), name or "x") for i in range(5)]
    rings = [replace(ring, title=name) for ring in STATUS]
    items = [
        Item(i, str(i % 5), STATUS[i % 4].slug, name, suffix="2025", flagged=True, earlier=STATUS[(i + 1) % 4].slug)
        for i in range(60)
    ]
    picture = horizon.lay_out(items, bands, rings)
    assert conflicts(picture.boxes()) == []


def test_trails_run_between_rows_and_never_share_a_line() -> None:
    _arrangement, picture = drawn(300, "feld", "status")
    assert len(picture.trails) > 5
    spans: dict[float, list[tuple[float, float]]] = {}
    for trail in picture.trails:
        line = Box(min(trail.dot.x, trail.to_x), trail.y - 0.7, abs(trail.to_x - trail.dot.centre[0]), 1.4)
        assert not [name for name, box in picture.boxes() if box.overlaps(line) and name.startswith("name")]
        x = (min(trail.dot.x, trail.to_x), max(trail.dot.right, trail.to_x))
        assert not [other for other in spans.get(trail.y, []) if other[0] < x[1] and x[0] < other[1]]
        spans.setdefault(trail.y, []).append(x)


def test_an_end_that_moved_leaves_a_trail_where_rings_are_years() -> None:
    late, later, same, planned = (
        replace(row, number=n, id=n, status="in_umsetzung", end=end, earlier_end=before, earlier_status="")
        for n, (row, end, before) in enumerate(
            zip(rows_of(4), ("2029", "2031", "2030", ""), ("2024", "2028", "", ""), strict=True), 1
        )
    )
    arrangement = arrange([late, later, same, planned], munich()[1], DAY, rings="zeit")
    items = {item.id: item for item in arrangement.items}
    # from a ring that is over by now; within its ring, with both years; not at all
    assert [(items[n].ring, items[n].earlier, items[n].suffix) for n in (1, 2, 3, 4)] == [
        ("kommt", "vorbei", "2024 → 2029"),
        ("kommt", "kommt", "2028 → 2031"),
        ("kommt", "", "2030"),
        ("offen", "", ""),
    ]
    picture = horizon.lay_out(arrangement.items, arrangement.sectors, arrangement.rings)
    assert {trail.item.id for trail in picture.trails} == {1, 2}
    assert not any(trail.dot.overlaps(spot.mark) for trail in picture.trails for spot in picture.spots)
    # rings of status do not move with an end
    assert not any(item.earlier for item in arrange([late, later], munich()[1], DAY).items)


def test_what_is_proven_unknown_and_what_nothing_proves_are_two_rings_of_a_past_day() -> None:
    unknown, unproven, running = (
        replace(row, id=n, number=n, status=status, earlier_status="")
        for n, (row, status) in enumerate(
            zip(rows_of(3), ("unbekannt", "nicht-belegt", "in_umsetzung"), strict=True), 1
        )
    )
    both = arrange([unknown, unproven, running], munich()[1], DAY, past=True)
    assert [ring.slug for ring in both.rings] == ["beendet", "in-umsetzung", "geplant", "unbekannt", "nicht-belegt"]
    assert [ring.title for ring in both.rings][-2:] == ["Stand unbekannt", "Nicht belegt"]
    assert {item.id: item.ring for item in both.items} == {1: "unbekannt", 2: "nicht-belegt", 3: "in-umsetzung"}
    # the room is the same with and without the ring of the unknown
    alone = arrange([unproven, running], munich()[1], DAY, past=True)
    assert "unbekannt" not in {ring.slug for ring in alone.rings}
    assert sum(ring.columns for ring in alone.rings) == sum(ring.columns for ring in both.rings)
    assert MARKS["unbekannt"].shape != MARKS["nicht-belegt"].shape
    assert MARKS["unbekannt"].tone != MARKS["nicht-belegt"].tone


def test_widths_are_those_of_the_font_file() -> None:
    ttx = pytest.importorskip("fontTools.ttLib")
    for weight, name in ((400, "Regular"), (600, "SemiBold")):
        font = ttx.TTFont(FONTS / f"FiraSans-{name}.ttf")
        widths, glyphs = font["hmtx"], font.getBestCmap()
        scale = 1000 / font["head"].unitsPerEm
        assert len(WIDTHS[weight]) > 300
        for letter, width in WIDTHS[weight].items():
            assert width == round(widths[glyphs[ord(letter)]][0] * scale), letter


def test_a_text_is_cut_so_that_it_fits() -> None:
    for room in range(20, 200, 7):
        for text in ("Registermodernisierung", "Schulen und Kitas ans Netz", "ÄÖÜ ẞ ÿ ﬁ"):
            assert text_width(fit(text, room, 14.5), 14.5) <= room
    assert fit("E-Akte", 100, 14.5) == "E-Akte"
    assert wrap("Gesundheit und Sicherheit", [120, 120], 16, 600) == ["Gesundheit und", "Sicherheit"]
