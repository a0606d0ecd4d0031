"""Rounds for tests: two houses, one criterion everywhere, one per house."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from mitstadt.accounts.actor import Actor
from mitstadt.capacity.models import Capacity
from mitstadt.capacity.rounds import actions
from mitstadt.capacity.rounds.actions import Wishes
from mitstadt.capacity.rounds.models import Application, Programme, Round
from mitstadt.directory.models import Provider, Service
from mitstadt.kit import clock

from . import factories

CRITERIA = [
    {"id": "alone", "name": "Alleinerziehend", "legal_basis": "§ 5 Satzung", "points": 20},
    {"id": "sibling", "name": "Geschwister im Haus", "legal_basis": "§ 6 Satzung", "points": None},
]
SEED = "3 17 22 31 40 48"


def capacity(name: str) -> Capacity:
    count = Capacity.objects.count()
    service = factories.offer(f"Haus {name}", f"Träger {count + 1}")
    return factories.capacity("Krippe", service, kind="day_care", way="round", total=None)


def made(
    city: Actor, *, quotas: Mapping[str, int] | None = None, last_year: Mapping[str, int] | None = None,
    opened: bool = True, days: int = 14, title: str = "",
) -> Round:  # fmt: skip
    now = clock.now()
    round_ = actions.save(
        city,
        Round(
            title=title or f"Krippen {Round.objects.count() + 1}", text="Plätze ab September.",
            office="Referat für Bildung",
            opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=days), criteria=CRITERIA,
            seed_source="Lottozahlen vom 3. April", appeal_text="Widerspruch binnen eines Monats.",
        ),
    )  # fmt: skip
    for code, quota in (quotas or {"sonne": 2, "mond": 2}).items():
        actions.put_programme(
            city,
            Programme(
                round=round_, capacity=capacity(code), code=code, quota=quota, contract_on=date(2026, 1, 15),
                points={"sibling": 10}, last_year=(last_year or {}).get(code),
            ),
        )  # fmt: skip
    if opened:
        actions.open_round(city, round_)
    return round_


def apply(
    round_: Round, choices: Sequence[str], *, facts: Sequence[str] = (), name: str = "", email: str = "",
    born: date | None = None, local: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Application, str]:  # fmt: skip
    wishes = Wishes(choices, facts, local or {}, name=name, born=born)
    return actions.apply(round_, wishes, key=secrets.token_urlsafe(24), email=email)


def finish(round_: Round, city: Actor, stopped: Any, *, publish: bool = True, days: int = 15) -> None:
    stopped.move(days=days)
    actions.close(city, round_)
    actions.enter_seed(city, round_, SEED)
    actions.draw(city, round_)
    if publish:
        actions.publish(city, round_)


def member(user: Any) -> tuple[Any, Provider]:
    provider = Provider.objects.order_by("pk")[0]
    factories.member(user, Service.objects.filter(provider=provider)[0])
    return user, provider
