"""A finished round of invented day-care places in the demo city, and one that is open now."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.timezone import localtime

from mitstadt.accounts.actor import COORDINATOR, Actor, Grant
from mitstadt.accounts.models import Trust
from mitstadt.capacity.models import Capacity, Kind, Way
from mitstadt.directory.models import Service
from mitstadt.kit import clock

from . import actions, places
from .actions import Wishes
from .models import Application, Child, Place, Programme, Round

SEED = "3 17 22 31 40 48"
CITY = Actor(
    user_id=0, trust=Trust.EID, second_factor=True, is_example=True, pseudonym="Mitstadt",
    grants=(Grant(COORDINATOR, 0, "Referat für Bildung und Sport", "Vergabe der Kita-Plätze"),),
)  # fmt: skip

_CRITERIA = """
muenchen    | 0  | § 3 Abs. 1 | Das Kind wohnt in München
u3          | 0  | § 3 Abs. 2 | Am 1. September jünger als 3 Jahre
ue3         | 0  | § 3 Abs. 2 | Am 1. September 3 Jahre oder älter
allein      | 20 | § 5 Abs. 2 | Ein Elternteil erzieht allein
beruf       | 15 | § 5 Abs. 3 | Alle Eltern arbeiten, lernen oder suchen Arbeit
bedarf      | 12 | § 5 Abs. 4 | Das Kind hat besonderen Förderbedarf
vorschule   | 10 | § 5 Abs. 5 | Letztes Jahr vor der Schule
geschwister |    | § 6 Abs. 1 | Ein Geschwisterkind ist schon in diesem Haus
nah         |    | § 6 Abs. 2 | Das Haus ist weniger als 1 km entfernt
"""


def criteria() -> list[dict[str, Any]]:
    rows = [[part.strip() for part in line.split("|")] for line in _CRITERIA.strip().splitlines()]
    return [
        {"id": name, "name": said, "legal_basis": f"{basis} Satzung (Beispiel)", "points": int(n) if n else None}
        for name, n, basis, said in rows
    ]


# service, what, code, quota, required age, last year's line (None: all got in)
PROGRAMMES = [
    ("Kinderhaus Lerchenau", "Krippe, 1 bis 3 Jahre, ganztags", "lerchenau-krippe", 9, "u3", 35),
    ("Kinderhaus Lerchenau", "Kindergarten, ganztags", "lerchenau-kindergarten", 14, "ue3", 20),
    ("Kinderhaus Westpark", "Kindergarten, ganztags", "westpark-kindergarten", 12, "ue3", 42),
    ("Kinderhaus Giesing", "Krippe, 1 bis 3 Jahre, ganztags", "giesing-krippe", 8, "u3", 40),
    ("Kinderhaus Giesing", "Kindergarten, bis 14 Uhr", "giesing-kindergarten", 16, "ue3", None),
    ("Kinderhaus Pasing", "Kindergarten mit Vorkurs Deutsch", "pasing-kindergarten", 13, "ue3", 25),
]
TEXT = (
    "Hier werden die Plätze der Kinderhäuser vergeben, die im September frei werden.\n\n"
    "Melden Sie Ihr Kind einmal an und nennen Sie alle Häuser, die in Frage kommen. "
    "Wer zuerst kommt, hat keinen Vorteil."
)
APPEAL = (
    "Gegen diesen Bescheid können Sie binnen eines Monats nach seiner Bekanntgabe Widerspruch einlegen. "
    "[Hier setzt die Stadt Stelle, Anschrift und Form ein. Dies ist ein Beispiel.]"
)
FAMILIES = 116
ANSWER_DAYS = 21
LAST = ("Ahrens", "Bayer", "Conti", "Demir", "Ewald", "Fischer", "Gül", "Huber", "Ilić", "Jahn", "Kovač")
FIRST = ("Anna", "Ben", "Clara", "David", "Ela", "Finn", "Greta", "Hannes", "Ida", "Jonas", "Kaya", "Leo", "Mia")


def load() -> str:
    """Again changes nothing. Says how many children the finished round had."""
    if not settings.MITSTADT_DEMO or not Service.objects.filter(name="Kinderhaus Lerchenau").exists():
        return ""
    if not Round.objects.filter(is_example=True).exists():
        now = localtime(clock.now()).replace(hour=12, minute=0, second=0, microsecond=0)
        _finished(now)
        _open(now)
    return f"{Round.objects.count()} rounds, {Child.objects.count()} children"


def _round(title: str, opens: datetime, closes: datetime, source: str, lines: bool) -> Round:
    round_ = actions.save(
        CITY,
        Round(
            title=title, text=TEXT, office="Referat für Bildung und Sport (Beispiel)", opens_at=opens, closes_at=closes,
            criteria=criteria(), seed_source=source, appeal_text=APPEAL, answer_days=ANSWER_DAYS, is_example=True,
        ),
    )  # fmt: skip
    for name, what, code, quota, age, line in PROGRAMMES:
        actions.put_programme(
            CITY,
            Programme(
                round=round_, capacity=_capacity(name, what, age), code=code, quota=quota,
                contract_on=date(2026, 1, 15),
                points={"geschwister": 12, "nah": 5}, requires=["muenchen", age],
                last_year=line if lines else None, last_year_all=lines and line is None,
            ),
        )  # fmt: skip
    actions.open_round(CITY, round_)
    return round_


def _capacity(name: str, what: str, age: str) -> Capacity:
    service = Service.objects.get(name=name)
    ages = {"min_age": 0, "max_age": 3} if age == "u3" else {"min_age": 3, "max_age": 6}
    found, _new = Capacity.objects.get_or_create(
        service=service, at=service.at.first(), title=what,
        defaults={"kind": Kind.DAY_CARE, "way": Way.ROUND, "is_example": True, "created_at": clock.now(), **ages},
    )  # fmt: skip
    return found


def _finished(now: datetime) -> None:
    opens, closes = now - timedelta(days=75), now - timedelta(days=26)
    with clock.at(opens + timedelta(hours=1)):
        round_ = _round(
            f"Kita-Plätze ab September {opens.year}", opens, closes,
            "Lottozahlen (6 aus 49) vom ersten Samstag nach dem Ende der Frist", lines=True,
        )  # fmt: skip
    chance = random.Random(2027)  # noqa: S311 - the same invented families each time
    for number in range(FAMILIES):
        with clock.at(opens + timedelta(hours=2 + number * 9)):
            application = _family(round_, chance, number)
            if number in (30, 77):
                _siblings(application, chance, number)
    with clock.at(closes + timedelta(hours=2)):
        actions.close(CITY, round_)
    with clock.at(closes + timedelta(days=6)):
        actions.enter_seed(CITY, round_, SEED)
        actions.draw(CITY, round_)
    with clock.at(closes + timedelta(days=9)):
        actions.publish(CITY, round_)
    _answers(round_, closes + timedelta(days=9), chance)


def _answers(round_: Round, published: datetime, chance: random.Random) -> None:
    """Most families say yes, some no, a few have not answered yet; of those who moved up every other one."""
    number = 0
    for share_yes, share_no in ((0.82, 0.1), (0.5, 0.0)):
        open_places = Place.objects.filter(programme__round=round_, state=Place.State.OFFERED, moved_up=number > 0)
        rows = open_places.select_related("programme__round", "programme__capacity__at__district",
                                          "child__application__seeker")  # fmt: skip
        for place in list(rows.order_by("pk")):
            number += 1
            lot = chance.random()
            with clock.at(published + timedelta(hours=5 + 4 * number)):
                still = Place.objects.filter(pk=place.pk, state=Place.State.OFFERED, answer_until__gt=clock.now())
                if not still.exists():  # the child has taken another one meanwhile
                    continue
                if lot < share_yes:
                    places.accept(place, name=f"Familie {LAST[number % len(LAST)]}", phone=f"089 000 {number:03}")
                elif lot < share_yes + share_no:
                    places.decline(place)


def _family(round_: Round, chance: random.Random, number: int) -> Application:
    key = hashlib.sha256(f"demo {round_.public_id} {number}".encode()).hexdigest()
    application, _token = actions.apply(round_, _wishes(chance, number, chance.random() < 0.34), key=key)
    return application


def _siblings(application: Application, chance: random.Random, number: int) -> None:
    """A second child; the family wants one house, or two that suit."""
    first = application.children.get()
    younger = "u3" in first.facts
    second = actions.add_child(application, _wishes(chance, number + 1, not younger))
    crib, older = (first, second) if younger else (second, first)
    options = [
        {crib.reference: "lerchenau-krippe", older.reference: "lerchenau-kindergarten"},
        {crib.reference: "giesing-krippe", older.reference: "giesing-kindergarten"},
    ]
    actions.go_together(application, "together_or_not_at_all" if number < 50 else "together_if_possible", options)


def _wishes(chance: random.Random, number: int, crib: bool) -> Wishes:
    age = "u3" if crib else "ue3"
    there = [row for row in PROGRAMMES if row[4] == age]
    chance.shuffle(there)
    popular = {"westpark-kindergarten": -2, "lerchenau-krippe": -1}
    ranked = sorted(there, key=lambda row: popular.get(row[2], 0) if chance.random() < 0.6 else chance.random())
    choices = [row[2] for row in ranked[: chance.randint(min(2, len(ranked)), len(ranked))]]
    facts = ["muenchen", age, *_held(chance, crib)]
    local = {code: ["geschwister"] for code in choices[:1] if chance.random() < 0.2}
    if chance.random() < 0.5:
        local.setdefault(choices[-1], []).append("nah")
    born = date(2025 if crib else 2022, 1 + number % 12, 1 + number % 28)
    return Wishes(choices, facts, local, FIRST[number % len(FIRST)], born)


def _held(chance: random.Random, crib: bool) -> Iterator[str]:
    for name, share in (("allein", 0.2), ("beruf", 0.7), ("bedarf", 0.07), ("vorschule", 0.0 if crib else 0.3)):
        if chance.random() < share:
            yield name


def _open(now: datetime) -> None:
    opens, closes = now - timedelta(days=6), now + timedelta(days=22)
    with clock.at(opens + timedelta(hours=1)):
        round_ = _round(
            "Kita-Plätze ab Januar", opens, closes,
            "Lottozahlen (6 aus 49) vom ersten Samstag nach dem Ende der Frist", lines=False,
        )  # fmt: skip
        chance = random.Random(7)  # noqa: S311 - the same invented families each time
        for number in range(9):
            _family(round_, chance, number)
