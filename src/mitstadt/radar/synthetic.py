"""An invented city with years of revisions whose every answer is known by construction.

`build` makes it as plain data, seeded: measures, yearly revisions with renames, moves, postponements, status changes,
merges, splits, drops, and beside them the truth: who was there with which facts in which year, and what happened when.
`make_city` writes one into the database, fast, for benchmarks and tests.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction

from .importer import plan
from .importer.frame_write import write_frame
from .importer.shape import MeasureIn
from .importer.values import slug_from
from .importer.write import Order, freeze_earlier, write
from .models import Measure, Revision, Strategy

ADJECTIVES = ("Digitale", "Offene", "Vernetzte", "Mobile", "Gemeinsame", "Klimafreundliche", "Barrierefreie", "Neue",
              "Zentrale", "Sichere", "Einfache", "Kluge")  # fmt: skip
NOUNS = ("Plattform", "Akte", "Werkstatt", "Sprechstunde", "Karte", "Beratung", "Bibliothek", "Leitstelle",
         "Anlaufstelle", "Börse", "Datenbank", "Meldestelle", "Ampelsteuerung", "Lernwelt", "Auskunft")  # fmt: skip
TOPICS = ("Schulen", "Kitas", "Radwege", "Bürgerbüros", "Vereine", "Museen", "Bäder", "Baustellen", "Pflege", "Märkte",
          "Feuerwehr", "Parks", "Busse", "Wohnen", "Ausbildung", "Energie", "Abfall", "Sport")  # fmt: skip
FIELD_NAMES = ("Verwaltung", "Teilhabe", "Kultur", "Bildung", "Wirtschaft", "Gesundheit", "Klima", "Mobilität", "Netze",
               "Wohnen", "Sicherheit", "Sport")  # fmt: skip
AREAS = ("Stadtverwaltung", "Infrastruktur", "Stadtgesellschaft")
PRINCIPLES = ("Offenheit", "Standards", "Nachhaltigkeit")
STATUSES = ("geplant", "in_umsetzung", "abgeschlossen")


@dataclass(slots=True)
class Year:
    """One revision: its whole file, and what happened in it, by number."""

    code: str
    decided: date
    measures: list[MeasureIn]
    new: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)
    renamed: dict[int, tuple[str, str]] = field(default_factory=dict)
    moved: dict[int, tuple[str, str]] = field(default_factory=dict)
    postponed: dict[int, int] = field(default_factory=dict)
    status: dict[int, tuple[str, str]] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    split: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def truth(self) -> dict[int, dict[str, Any]]:
        """The facts of every measure in force after this revision, by number."""
        return {
            m.number: {"title": m.title, "field": m.field, "status": m.status, "start": m.start, "end": m.end}
            for m in self.measures
            if not m.merged_into
        }


@dataclass(slots=True)
class City:
    frame: dict[str, Any]
    years: list[Year]

    def year_on(self, day: date) -> Year | None:
        """The revision in force on `day`, None before the first."""
        return next((year for year in reversed(self.years) if year.decided <= day), None)


def build(measures: int, years: int, seed: int = 1, *, fields: int = 9, first_year: int = 2016) -> City:
    """An invented city of about `measures` measures over `years` yearly revisions. The same seed, the same city."""
    rng = random.Random(seed)  # noqa: S311 - invented data, no secret
    frame = _frame(fields)
    maker = _Maker(rng, [f["slug"] for f in frame["handlungsfelder"]], measures)
    made: list[Year] = []
    current: list[MeasureIn] = []
    for offset in range(years):
        decided = date(first_year + offset, 6, 1 + rng.randrange(28))
        year = Year(str(first_year + offset), decided, [])
        if not current:
            current = [maker.measure(decided.year) for _ in range(measures)]
            year.new = {m.number for m in current}
        else:
            current = maker.next_year(current, year)
        year.measures = current
        made.append(year)
    return City(frame, made)


def _frame(fields: int) -> dict[str, Any]:
    areas = [{"slug": slug_from(name), "name": name, "order": n} for n, name in enumerate(AREAS, start=1)]
    return {
        "meta": {"city": "Musterstadt", "name": "Musterstrategie", "language": "de"},
        "kernbereiche": areas,
        "handlungsfelder": [
            {
                "slug": slug_from(FIELD_NAMES[n % len(FIELD_NAMES)] + (f" {n}" if n >= len(FIELD_NAMES) else "")),
                "order": n + 1,
                "name": FIELD_NAMES[n % len(FIELD_NAMES)] + (f" {n}" if n >= len(FIELD_NAMES) else ""),
                "kernbereich": areas[n % len(areas)]["slug"],
            }
            for n in range(fields)
        ],
        "principles": [{"slug": slug_from(name), "name": name} for name in PRINCIPLES],
        "referate": [{"code": f"R{n}", "name": f"Musterreferat {n}"} for n in range(1, 7)],
    }


class _Maker:
    def __init__(self, rng: random.Random, fields: list[str], size: int) -> None:
        self.rng, self.fields, self.size = rng, fields, size
        self.last = 0
        self.used: set[str] = set()

    def title(self) -> str:
        rng = self.rng
        title = f"{rng.choice(ADJECTIVES)} {rng.choice(NOUNS)} für {rng.choice(TOPICS)}"
        if title in self.used:
            title = f"{title} {rng.randrange(10, 10_000)}"
        self.used.add(title)
        return title

    def measure(self, year: int) -> MeasureIn:
        self.last += 1
        rng, title = self.rng, self.title()
        return MeasureIn(
            number=self.last,
            slug=f"{slug_from(title)}-{self.last}",
            title=title,
            summary=f"{title}: was die Stadt vorhat, für wen sie es tut und wie sie es misst.",
            field=rng.choice(self.fields),
            core_area=slug_from(rng.choice(AREAS)),
            department=f"R{rng.randrange(1, 7)}",
            start=str(year),
            end=f"{year + rng.randrange(1, 6)}-{rng.randrange(1, 13):02d}",
            status="geplant",
            status_as_of=f"{year}-05",
            principles=sorted({slug_from(rng.choice(PRINCIPLES)) for _ in range(rng.randrange(3))}),
            revision=str(year),
            source="erfunden",
            confidence="high",
            milestones=[{"title": f"Schritt {n}", "due": str(year + n), "done_on": "", "source": ""} for n in (1, 2)],
        )

    def next_year(self, before: list[MeasureIn], year: Year) -> list[MeasureIn]:
        """The file of the next revision; what happens is noted in `year`."""
        rng = self.rng
        alive = [m for m in before if not m.merged_into]
        result: list[MeasureIn] = []
        born: list[MeasureIn] = []
        for old in alive:
            m = replace(old, split_from="", status_as_of=f"{year.decided.year}-05", change_reason="")
            chance = rng.random()
            if chance < 0.04:
                year.dropped.add(m.number)
                continue
            if chance < 0.14:
                self._rename(m, year)
            elif chance < 0.20:
                self._move(m, year)
            elif chance < 0.38:
                self._postpone(m, year)
            elif chance < 0.60 and m.status != "abgeschlossen":
                after = STATUSES[STATUSES.index(m.status) + 1]
                year.status[m.number] = (m.status, after)
                m.status = after
            elif 0.60 <= chance < 0.62:
                parts = [self.measure(year.decided.year) for _ in range(2)]
                for part in parts:
                    part.split_from = m.slug
                born += parts
                year.split[m.number] = tuple(part.number for part in parts)
            result.append(m)
        self._merge(result, year)
        missing = self.size - len(result) - len(born)
        fresh = [self.measure(year.decided.year) for _ in range(max(1, missing))]
        year.new = {m.number for m in fresh}
        return [*result, *born, *fresh]

    def _rename(self, m: MeasureIn, year: Year) -> None:
        title = self.title()
        year.renamed[m.number] = (m.title, title)
        m.title, m.slug = title, f"{slug_from(title)}-{m.number}"
        m.change_reason = "Der neue Name sagt besser, worum es geht."

    def _move(self, m: MeasureIn, year: Year) -> None:
        target = self.rng.choice([f for f in self.fields if f != m.field])
        year.moved[m.number] = (m.field, target)
        m.field = target

    def _postpone(self, m: MeasureIn, year: Year) -> None:
        months = self.rng.randrange(1, 25)
        total = int(m.end[:4]) * 12 + int(m.end[5:7]) - 1 + months
        m.end = f"{total // 12}-{total % 12 + 1:02d}"
        year.postponed[m.number] = months
        m.change_reason = "Die Umsetzung braucht länger."

    def _merge(self, result: list[MeasureIn], year: Year) -> None:
        """One of fifty goes into another one that nothing else happens to."""
        touched = {*year.renamed, *year.moved, *year.postponed, *year.status, *year.split}
        quiet = [m for m in result if m.number not in touched]
        if len(quiet) < 2:
            return
        for _ in range(max(1, len(quiet) // 50)):
            source, target = self.rng.sample(quiet, 2)
            if source.number in year.merged or target.number in year.merged:
                continue
            source.merged_into = target.slug
            year.merged[source.number] = target.number


def target_of(year: Year) -> dict[str, Any]:
    """The revision of a year as `actions.stage_import` takes it."""
    return {"code": year.code, "name": f"Fortschreibung {year.code}", "decided": year.decided.isoformat()}


def make_city(measures: int = 300, years: int = 10, seed: int = 1, *, slug: str = "musterstrategie") -> Strategy:
    """Write an invented city. It becomes the current strategy when there is none. Each year is one transaction."""
    city = build(measures, years, seed)
    strategy = Strategy.objects.create(
        slug=slug, name="Musterstrategie", is_current=not Strategy.objects.filter(is_current=True).exists()
    )
    write_frame(strategy, city.frame)
    before: dict[int, MeasureIn] = {}
    for order, year in enumerate(city.years, start=1):
        with transaction.atomic():
            _write_year(strategy, year, order, before)
        before = {m.number: m for m in year.measures if not m.merged_into}
    freeze_earlier(strategy)
    return strategy


def _write_year(strategy: Strategy, year: Year, order: int, before: dict[int, MeasureIn]) -> None:
    revision = Revision.objects.create(
        strategy=strategy,
        code=year.code,
        name=f"Fortschreibung {year.code}",
        order=order,
        decided=year.decided.isoformat(),
        in_force=year.decided,
    )
    keys = dict(Measure.objects.filter(strategy=strategy).values_list("number", "pk"))
    here = {m.number: m for m in year.measures}
    differing: dict[int, frozenset[str]] = {}
    for number, m in here.items():
        if number in before and (found := plan.differences_of(before[number], m)):
            differing[keys[number]] = frozenset(d.field for d in found)
    by_key = {keys[number]: replace(m) for number, m in here.items() if number in keys}
    for number, m in before.items():
        if number not in here:
            by_key[keys[number]] = replace(m, retired_in=year.code)
            differing[keys[number]] = frozenset({"retired_in"})
    for number in year.merged:
        by_key[keys[number]].retired_in = year.code
    write(
        strategy,
        Order(
            new=[replace(m) for n, m in here.items() if n not in keys],
            changed={pk: by_key[pk] for pk in differing},
            differing=differing,
            revision=revision.code,
            day=year.decided,
            by="Musterreferat 1, Koordination",
            is_example=True,
        ),
    )
