"""A small city for the journeys: three measures, a year old, of two departments; and what leads people through it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from mitstadt.kit import clock, jobs
from mitstadt.radar import actions, snapshot, telling
from mitstadt.radar.importer.values import slug_from
from mitstadt.radar.models import CoreArea, Field, Measure, Revision, Strategy
from mitstadt.radar.staff.setup import ensure_workflow
from tests.support.people import make_department


@dataclass(frozen=True)
class City:
    """`files` and `cycling` belong to the RIT, `passport` to the KVR."""

    strategy: Strategy
    files: Measure
    cycling: Measure
    passport: Measure


@pytest.fixture
def city(transactional_db: None) -> Iterator[City]:
    snapshot.forget()
    ensure_workflow()
    strategy = Strategy.objects.create(slug=actions.DEFAULT_SLUG, name="Digitalstrategie", is_current=True)
    area = CoreArea.objects.create(strategy=strategy, slug="stadt", name="Stadtverwaltung")
    Revision.objects.create(strategy=strategy, code="2022", name="Fortschreibung 2022", decided="2022-07-20", order=1)
    fields = {
        slug: Field.objects.create(strategy=strategy, slug=slug, name=name, order=order, core_area=area)
        for order, (slug, name) in enumerate([("verwaltung", "Digitale Verwaltung"), ("mobilitaet", "Mobilität")])
    }

    def measure(title: str, field: str, code: str, **facts: Any) -> Measure:
        with clock.at(clock.now() - timedelta(days=400)):
            made = Measure(
                strategy=strategy,
                title=title,
                slug=slug_from(title),
                field=fields[field],
                department=make_department(code),
                **facts,
            )
            made.save()
            telling.index([made.pk])
            return made

    yield City(
        strategy,
        measure(
            "E-Akte", "verwaltung", "RIT", status="in_umsetzung", start="2019", end="2026",
            summary="Papierakten werden durch elektronische Akten ersetzt.", short_name="E-Akte",
        ),
        measure(
            "Zählstellen an Radwegen", "mobilitaet", "RIT", status="geplant",
            summary="Zählstellen zeigen, wie viele Räder auf den Radwegen fahren.", short_name="Zählstellen",
        ),
        measure(
            "Ausweis online", "verwaltung", "KVR", status="abgeschlossen",
            summary="Ein Ausweis lässt sich von zu Hause aus bestellen.", short_name="Ausweis online",
        ),
    )  # fmt: skip
    snapshot.forget()


@pytest.fixture
def home_page(city: City) -> None:
    """The front page and the editorial pages."""
    from mitstadt.pages import demo

    demo.load()


@pytest.fixture
def link_in_mail() -> Callable[[str], str]:
    """`link_in_mail("gregor@example.org")`: the worker does its work; the path behind the link of the newest mail."""

    def find(address: str) -> str:
        jobs.run_pending()
        bodies = [str(message.body) for message in mail.outbox if message.to == [address]]
        assert bodies, f"no mail to {address}"
        found = re.search(r"https?://[^/\s]+(/\S+)", bodies[-1])
        assert found, bodies[-1]
        return found.group(1)

    return find


@pytest.fixture
def visit(new_live_page: Callable[..., Any], browser_sign_in: Callable[[Any, Any], None]) -> Callable[..., Any]:
    """`visit(alice)`: a page of her own browser, signed in; `visit()`: a passer-by. Options go to the browser."""

    def make(person: Any = None, **options: Any) -> Any:
        page = new_live_page(**options)
        if person is not None:
            browser_sign_in(page, person)
        return page

    return make
