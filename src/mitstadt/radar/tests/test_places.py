"""Whoever comes, goes or changes moves nobody else in the picture, until the next revision."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mitstadt.kit import clock
from mitstadt.radar import places, snapshot
from mitstadt.radar.arrange import OTHER, RINGS, SECTORS, arrange, freeze, resettle
from mitstadt.radar.layout import circle, horizon
from mitstadt.radar.layout.boxes import Box, conflicts
from mitstadt.radar.layout.items import settle
from mitstadt.radar.models import Measure, Revision
from mitstadt.radar.rows import MeasureRow, Named

from .picture_city import make_city
from .picture_data import DAY, munich, rows_of

Key = tuple[str, str, int]
FRAME = replace(munich()[1], departments=())  # departments are those that the rows name
STATUSES = ("geplant", "in_umsetzung", "abgeschlossen", "eingestellt", "unbekannt")


def test_who_comes_takes_the_first_free_place_and_nobody_moves() -> None:
    assert settle([], {3, 1, 2}, {1, 2, 3}) == [1, 2, 3]
    assert settle([1, 2, 3], {1, 3}, {1, 2, 3}) == [1, 0, 3]
    assert settle([1, 0, 3], {1, 3, 4, 5}, {1, 2, 3, 4, 5}) == [1, 4, 3, 5]
    # the last one leaves no gap behind; who is hidden keeps the place
    assert settle([1, 2], {1}, {1, 2}) == [1]
    assert settle([1, 2, 3], {3, 4}, {2, 3, 4}) == [1, 4, 3]
    # beyond what can be drawn they wait in the order in which they came
    assert settle([4, 5], {1, 4, 5}, {1, 4, 5}, usable=2) == [4, 5, 1]
    assert settle([4, 5, 9, 1], {1, 2, 5, 9}, {1, 2, 4, 5, 9}, usable=2) == [9, 5, 1, 2]


def drawn(rows, grids, day: date, by: str, rings: str) -> tuple[horizon.Horizon, circle.Circle]:
    a = arrange(rows, FRAME, day, by=by, rings=rings, grids=grids)
    return (
        horizon.lay_out(a.items, a.sectors, a.rings, a.grid),
        circle.lay_out(a.items, a.sectors, a.rings, a.grid),
    )


def marks(picture: horizon.Horizon, small: circle.Circle) -> tuple[dict[Key, Box], dict[Key, Box]]:
    """The drawn marks of both pictures by sector, ring and number."""
    return (
        {(s.item.sector, s.item.ring, s.item.id): s.mark for s in picture.spots},
        {(d.item.sector, d.item.ring, d.item.id): d.box for d in small.dots if not d.waiting},
    )


def something_happens(chance: random.Random, rows: list[MeasureRow], next_number: int) -> set[int]:
    """A status report, a moved end, a new department, another field, a new measure, a retirement. Who it is about."""
    kind = chance.choice(("status", "status", "status", "end", "department", "field", "new", "retired"))
    like = chance.choice(rows)
    at = rows.index(like)
    if kind == "new":
        rows.append(replace(like, id=next_number, number=next_number, path=f"/radar/m-{next_number:03d}-neu/"))
        return {next_number}
    if kind == "retired":
        del rows[at]
    elif kind == "status":
        rows[at] = replace(like, status=chance.choice(STATUSES))
    elif kind == "end":
        rows[at] = replace(like, end=chance.choice(("", "2024", "2025-06", "2027", "2030")))
    elif kind == "department":
        code = chance.choice(("RIT", "KVR", "MOR", "NEU", "Ganz neu"))
        rows[at] = replace(like, department=Named(code, code))
    else:
        rows[at] = replace(like, field=chance.choice(rows).field)
    return {like.number}


@pytest.mark.parametrize("count", [30, *(pytest.param(count, marks=pytest.mark.slow) for count in (87, 300))])
def test_three_hundred_changes_move_no_other_mark(count: int) -> None:
    chance = random.Random(count)
    rows = rows_of(count)
    grids = freeze(rows, FRAME, DAY)
    everybody = {row.number for row in rows}
    for step in range(300):
        by, rings = chance.choice(SECTORS), chance.choice(RINGS)
        before = marks(*drawn(rows, grids, DAY, by, rings))
        who = something_happens(chance, rows, max(everybody) + 1)
        everybody |= who
        unstored = drawn(rows, grids, DAY, by, rings)
        grids = resettle(grids, rows, everybody, DAY)
        pictures = drawn(rows, grids, DAY, by, rings)
        # a reader who comes before it is stored sees the same; only that somebody is gone for good is known later
        assert unstored == pictures or not who <= {row.number for row in rows}
        after = marks(*pictures)
        for old, new in zip(before, after, strict=True):
            moved = {key for key, box in old.items() if key[2] not in who and new.get(key) != box}
            assert not moved, (step, by, rings, who, [(k, old[k], new.get(k)) for k in moved][:2])
        assert conflicts(pictures[0].boxes()) == [], (step, by, rings)
        assert conflicts(pictures[1].boxes()) == [], (step, by, rings)
        assert {i.id for i in arrange(rows, FRAME, DAY, by=by, rings=rings, grids=grids).items} == {
            row.number for row in rows
        }


def test_time_passes_and_only_those_whose_end_has_passed_move() -> None:
    rows = [replace(row, end=f"{2026 + row.number % 6}", status="geplant") for row in rows_of(87)]
    grids = freeze(rows, FRAME, DAY)
    numbers = {row.number for row in rows}
    day = DAY
    for _year in range(5):
        before = marks(*drawn(rows, grids, day, "feld", "zeit"))
        day = date(day.year + 1, 1, 2)
        who = {row.number for row in rows if row.end == str(day.year - 1)}
        assert who
        unstored = drawn(rows, grids, day, "feld", "zeit")
        grids = resettle(grids, rows, numbers, day)
        after = marks(*drawn(rows, grids, day, "feld", "zeit"))
        assert unstored == drawn(rows, grids, day, "feld", "zeit")
        for old, new in zip(before, after, strict=True):
            assert all(new[key] == box for key, box in old.items() if key[2] not in who)


def test_a_department_that_comes_later_is_a_band_below_and_moves_nothing() -> None:
    rows = [replace(row, department=Named("A", "A")) for row in rows_of(87)]
    grids = freeze(rows, FRAME, DAY)
    before = marks(*drawn(rows, grids, DAY, "referat", "status"))
    seen = []
    for number, code in enumerate(("Z", "M", "B"), 1):
        rows[number] = replace(rows[number], department=Named(code, code))
        grids = resettle(grids, rows, {row.number for row in rows}, DAY)
        picture, small = drawn(rows, grids, DAY, "referat", "status")
        seen.append([band.sector.slug for band in picture.bands])
        after = marks(picture, small)
        for old, new in zip(before, after, strict=True):
            assert all(new[key] == box for key, box in old.items() if key[2] > 4)
        assert conflicts(picture.boxes()) == []
        assert sum(len(dot.waiting) for dot in small.dots) == number  # in the middle: the circle has no wedge for them
    assert seen == [["A", "Z"], ["A", "Z", "M"], ["A", "Z", "M", "B"]]


def test_there_are_never_more_than_twelve_sectors() -> None:
    rows = [replace(row, department=Named(f"R{row.number % 9}", "x")) for row in rows_of(87)]
    for kinds, last in ((9, OTHER), (12, "R8")):
        rows = [
            replace(row, department=Named(f"R{row.number % kinds}", f"Referat {row.number % kinds}")) for row in rows
        ]
        grids = freeze(rows, FRAME, DAY)
        before = marks(*drawn(rows, grids, DAY, "referat", "status"))
        later = [replace(row, department=Named(f"N{row.number}", "n")) if row.number > 80 else row for row in rows]
        grids = resettle(grids, later, {row.number for row in rows}, DAY)
        picture, small = drawn(later, grids, DAY, "referat", "status")
        assert len(picture.bands) == 12
        assert conflicts(picture.boxes()) == []
        for old, new in zip(before, marks(picture, small), strict=True):
            assert all(new[key] == box for key, box in old.items() if key[2] <= 80), last


# -- in the database -----------------------------------------------------------------------------------


@pytest.fixture
def city(db, stopped_clock):
    stopped_clock.set(datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    return make_city(87)


def shown(by: str = "feld", rings: str = "status") -> dict[Key, Box]:
    snapshot.forget()
    now = snapshot.current()
    a = arrange(now.rows, now.frame, now.day, by=by, rings=rings, grids=now.grids)
    return marks(horizon.lay_out(a.items, a.sectors, a.rings, a.grid), circle.Circle((), (), (), 0))[0]


def grid_of(strategy) -> dict:
    return Revision.objects.get(strategy=strategy).grid


def test_a_status_report_moves_one_mark_and_is_stored_with_it(city) -> None:
    before = shown()
    measure = Measure.objects.get(number=1)
    cell = grid_of(city)["status-feld"]["places"][measure.field.slug]["in-umsetzung"]
    assert measure.status == "in_umsetzung"
    assert cell.index(1) == 0 and len(cell) > 1  # noqa: PT018 - those behind it could move up
    measure.status = "abgeschlossen"
    measure.save()
    after = shown()
    assert {key for key in before if after.get(key) != before[key]} == {(measure.field.slug, "in-umsetzung", 1)}
    stored = grid_of(city)["status-feld"]["places"][measure.field.slug]
    assert stored["in-umsetzung"] == [0, *cell[1:]]
    assert 1 in stored["beendet"]
    # the free place goes to whoever comes next
    newcomer = Measure.objects.filter(field=measure.field, status="unbekannt").first()
    newcomer.status = "in_umsetzung"
    newcomer.save()
    assert grid_of(city)["status-feld"]["places"][measure.field.slug]["in-umsetzung"] == [newcomer.number, *cell[1:]]


def test_who_is_hidden_for_a_while_comes_back_to_the_same_place(city) -> None:
    before = shown()
    measure = Measure.objects.get(number=1)
    measure.subject.restricted = True
    measure.subject.save()
    other = Measure.objects.filter(field=measure.field, status="unbekannt").first()
    other.status = "in_umsetzung"
    other.save()
    assert (measure.field.slug, "in-umsetzung", 1) not in shown()
    measure.subject.restricted = False
    measure.subject.save()
    after = shown()
    assert {key for key in before if after.get(key) != before[key]} == {(measure.field.slug, "unbekannt", other.number)}


def test_the_change_comes_after_those_whose_end_passed_meanwhile(city, stopped_clock) -> None:
    Measure.objects.filter(number__in=[5, 9]).update(
        end="2026", status="geplant", field=Measure.objects.get(number=1).field
    )
    places.settle(city)
    first = Measure.objects.get(number=1)
    first.save()  # its first state; its own end passes, too
    assert first.end == "2026"
    stopped_clock.set(datetime(2027, 1, 1, 0, 1, tzinfo=ZoneInfo("Europe/Berlin")))
    before = shown(rings="zeit")
    assert {key[2] for key in before if key[:2] == (first.field.slug, "vorbei")} > {1, 5}
    first.status, first.end = "geplant", "2029"
    first.save()
    after = shown(rings="zeit")
    assert {key[2] for key in before if after.get(key) != before[key]} == {1}
    places.settle_current()
    assert shown(rings="zeit") == after


def test_a_new_revision_freezes_anew_and_a_retired_measure_frees_its_place(city) -> None:
    measure = Measure.objects.select_related("field").get(number=1)
    measure.retired_in = Revision.objects.get(strategy=city)
    measure.save()
    stored = grid_of(city)["status-feld"]["places"][measure.field.slug]["in-umsetzung"]
    assert stored[0] == 0
    later = Revision.objects.create(strategy=city, code="2026", name="Fortschreibung 2026", order=2)
    snapshot.freeze(later)
    assert grid_of_code(city, "2021") == {}
    assert grid_of_code(city, "2026")["status-feld"]["places"][measure.field.slug]["in-umsetzung"] == stored[1:]


def grid_of_code(strategy, code: str) -> dict:
    return Revision.objects.get(strategy=strategy, code=code).grid


def test_a_change_that_moves_nothing_writes_nothing(city) -> None:
    turn = Revision.objects.get(strategy=city).grid_turn
    measure = Measure.objects.get(number=2)
    measure.save()
    measure.title = "Ein anderer Titel"
    measure.save()
    assert Revision.objects.get(strategy=city).grid_turn == turn


@pytest.mark.django_db(transaction=True)
def test_parallel_reports_lose_no_place(race, stopped_clock) -> None:
    stopped_clock.set(datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    strategy = make_city(87)
    pks = list(Measure.objects.filter(status="unbekannt").values_list("pk", flat=True)[:8])
    assert len(pks) == 8

    def report(n: int) -> None:
        measure = Measure.objects.get(pk=pks[n])
        measure.status = "abgeschlossen"
        measure.save()

    race(8, report)
    cells = grid_of(strategy)["status-feld"]["places"]
    done = [n for rings in cells.values() for n in rings.get("beendet", []) if n]
    numbers = set(Measure.objects.filter(pk__in=pks).values_list("number", flat=True))
    assert numbers <= set(done)
    assert len(done) == len(set(done))
    assert not numbers & {n for rings in cells.values() for n in rings.get("unbekannt", [])}


def test_nothing_breaks_before_the_first_revision(db) -> None:
    assert snapshot.current().rows == []
    places.settle_current()
    with clock.at(clock.now() + timedelta(days=1)):
        places.settle_current()
