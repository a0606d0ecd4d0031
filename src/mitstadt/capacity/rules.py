"""Pure decisions: how old a figure is and what it may be called, positions, deadlines. No Django models here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNKNOWN_AFTER = 2  # times the agreed interval
SHOWN_FROM = 5  # persons; smaller groups are not shown in statistics


class Age(StrEnum):
    """`FRESH` within the agreed interval, `GREY` up to twice of it, then `UNKNOWN`: never called free."""

    FRESH = "fresh"
    GREY = "grey"
    UNKNOWN = "unknown"


class Light(StrEnum):
    """What a reader sees. `WAITING` and `ASSESSMENT` are states of their own, as in FHIR SDOH."""

    FREE = "free"
    FEW = "few"
    FULL = "full"
    WAITING = "waitlist"
    ASSESSMENT = "assessment"
    UNKNOWN = "unknown"


def age(updated: datetime | None, interval: timedelta, now: datetime) -> Age:
    """How far a figure can be relied on."""
    if updated is None:
        return Age.UNKNOWN
    old = now - updated
    if old <= interval:
        return Age.FRESH
    return Age.GREY if old <= UNKNOWN_AFTER * interval else Age.UNKNOWN


@dataclass(frozen=True, slots=True)
class Figure:
    """A published capacity: `free` places or None where nobody said, and what else the provider said."""

    free: int | None
    has_waiting_list: bool
    needs_assessment: bool
    updated: datetime | None
    interval: timedelta


def light(figure: Figure, now: datetime) -> Light:
    """One word for a figure. A figure too old is unknown, whatever it says."""
    if figure.free is None or age(figure.updated, figure.interval, now) is Age.UNKNOWN:
        return Light.UNKNOWN
    if figure.free == 0:
        return Light.WAITING if figure.has_waiting_list else Light.FULL
    if figure.needs_assessment:
        return Light.ASSESSMENT
    return Light.FREE if figure.free > 1 else Light.FEW


def suppressed(count: int, least: int = SHOWN_FROM) -> int | None:
    """A number for the public: None where it would speak of too few people. Zero says nothing about anybody."""
    return count if count == 0 or count >= least else None
