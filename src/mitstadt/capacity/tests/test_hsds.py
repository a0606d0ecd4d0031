"""What is free stands in the HSDS of an offer: valid, with its moment, and never when it is too old."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from mitstadt.directory.tests.hsds import broken_rules, needs_schemas, wrong
from mitstadt.kit import clock

from . import factories

pytestmark = pytest.mark.django_db
NAMESPACE = uuid.UUID("1d0a2d8e-6c0f-5a0e-9f1b-3f6f3c9a7e51")  # docs/hsds.md


def capacities(client, service) -> list[dict]:
    return client.get(f"/api/hsds/services/{service.uuid}").json().get("capacities", [])


def test_a_figure_is_said_with_its_unit_and_moment(client, stopped_clock):
    now = clock.now()
    made = factories.capacity("Bett im Doppelzimmer", total=12, free=3, updated_at=now - timedelta(days=1))
    assert capacities(client, made.service) == [
        {
            "id": str(made.uuid),
            "service_id": str(made.service.uuid),
            "unit": {"id": str(uuid.uuid5(NAMESPACE, "unit/Platz")), "name": "Platz"},
            "available": 3,
            "maximum": 12,
            "description": "Bett im Doppelzimmer",
            "updated": (now - timedelta(days=1)).isoformat(timespec="milliseconds"),
        }
    ]


def test_what_is_old_hidden_or_never_said_is_not_there(client, stopped_clock):
    """A week is agreed: eight days are grey and still said, fifteen are unknown."""
    now = clock.now()
    service = factories.offer("Haus", "Träger")
    for title, fields in {
        "grau": {"free": 0, "updated_at": now - timedelta(days=8)},
        "unbekannt": {"free": 5, "updated_at": now - timedelta(days=15)},
        "nie": {"free": None},
        "verborgen": {"free": 5, "updated_at": now, "active": False},
    }.items():
        factories.capacity(title, service, **fields)
    assert [(c["description"], c["available"]) for c in capacities(client, service)] == [("grau", 0)]


def test_appointments_are_counted_at_the_moment_of_the_answer(client, stopped_clock):
    slot = factories.slot(seats=4, taken=1)
    factories.slot(slot.capacity, seats=2, cancelled_at=clock.now())
    (found,) = capacities(client, slot.capacity.service)
    assert (found["available"], found["unit"]["name"], "maximum" in found) == (3, "Termin", False)
    assert found["updated"] == clock.now().isoformat(timespec="milliseconds")


@needs_schemas
def test_every_answer_with_figures_is_valid(client, stopped_clock):
    made = factories.capacity(total=3, free=3, updated_at=clock.now())
    slot = factories.slot(seats=2)
    lists = {"services": "service", "service_at_locations": "service_at_location", "organizations": "organization"}
    for path, kind in lists.items():
        query = "full_service=true" if path == "organizations" else "full=true"
        page = client.get(f"/api/hsds/{path}?{query}").json()
        assert page["contents"]
        assert str(page).count("'available'") == 2, path
        for one in page["contents"]:
            assert wrong(kind, one) == []
            assert list(broken_rules(kind, one)) == []
    assert {made.service.pk, slot.capacity.service.pk}


def test_the_lists_ask_as_often_with_more_figures(client, assert_constant_queries):
    made = factories.capacity(free=1, updated_at=clock.now())

    def more() -> None:
        for number in range(3):
            factories.capacity(f"Platz {number}", made.service, free=1, updated_at=clock.now())
            factories.slot()

    for path in ("services?full=true", "service_at_locations?full=true", "organizations?full_service=true"):
        assert_constant_queries(
            more if path.startswith("services?") else lambda: None, lambda p=path: client.get(f"/api/hsds/{p}")
        )
