"""What rooms above say about an offer in HSDS: each is a list of a full service (`capacities`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from mitstadt.directory.models import Service


@dataclass(frozen=True, slots=True)
class Part:
    """`name`: the property of the service; `rows` loads what `shapes` reads, for many services in one query, and is
    told the way to the service (``"service__"`` from a place)."""

    name: str
    rows: Callable[[str], Prefetch[Any]]
    shapes: Callable[[Service], list[dict[str, Any]]]


PARTS: dict[str, Part] = {}


def register(part: Part) -> None:
    PARTS[part.name] = part


def rows(way: str = "") -> list[Prefetch[Any]]:
    return [part.rows(way) for part in PARTS.values()]


def shapes(service: Service) -> dict[str, list[dict[str, Any]]]:
    """What is registered, of a service that `rows` were loaded for."""
    return {part.name: part.shapes(service) for part in PARTS.values()}
