"""`?stand=` on the front page and the radar; tests/test_past.py walks all other addresses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mitstadt.kit import clock
from mitstadt.radar import snapshot, synthetic


@pytest.fixture
def city(home: Any) -> Any:
    with clock.at(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        yield synthetic.make_city(12, 3, seed=3)
    snapshot.forget()


def test_the_front_page_shows_the_radar_of_that_day(city: Any, client: Any) -> None:
    page = client.get("/?stand=2025-06-01")
    text = page.content.decode()
    assert "Sie sehen den Stand vom <strong>1. Juni 2025" in text
    assert 'href="/" data-today>Zurück zu heute' in text
    assert "?verzoegert=1&amp;stand=2025-06-01" in text
    assert page.context["radar_total"] == len(snapshot.current(datetime(2025, 6, 1).date()).rows)
    assert not page.cookies


def test_a_day_that_cannot_be_shown_is_named_on_the_front_page(city: Any, client: Any) -> None:
    assert "„gestern“ ist kein Tag" in client.get("/?stand=gestern").content.decode()
    assert "liegt in der Zukunft" in client.get("/?stand=2999-01-01").content.decode()
    assert "Sie sehen den Stand vom" not in client.get("/").content.decode()


def test_a_page_without_history_says_so(city: Any, client: Any) -> None:
    page = client.get("/stil/?stand=2025-06-01")
    assert page.status_code == 404
    assert "Diese Seite gibt es nur von heute" in page.content.decode()
    assert 'href="/stil/"' in page.content.decode()


def test_todays_criteria_are_not_taken_for_those_of_the_day(city: Any, client: Any) -> None:
    text = client.get("/radar/kriterien/?stand=2025-06-01").content.decode()
    assert "Welche am gewählten Tag galten, ist nicht belegt" in text


@pytest.mark.parametrize("address", ["/radar/", "/radar/tabelle/"])
def test_the_radar_shows_the_day_and_no_excuse(city: Any, client: Any, address: str) -> None:
    text = client.get(f"{address}?stand=2025-06-01").content.decode()
    assert "Sie sehen den Stand vom <strong>1. Juni 2025" in text


def test_what_somebody_typed_is_never_read_as_html(city: Any, client: Any) -> None:
    assert "<script>x" not in client.get("/suche/?stand=<script>x</script>").content.decode()


def test_programs_get_the_day_too(city: Any, client: Any) -> None:
    day = datetime(2024, 1, 1).date()
    found = client.get("/api/v1/measures?stand=2024-01-01&limit=100").json()
    assert {m["code"] for m in found["items"]} == {row.code for row in snapshot.current(day).rows}
    assert client.get("/api/v1/measures?stand=gestern").status_code == 422
