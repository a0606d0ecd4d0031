"""Numbers that a city may set in the `rules` of its `city.yaml`."""

from __future__ import annotations

from datetime import timedelta

from mitstadt.kit.city import current


def keep() -> timedelta:
    """How long after the event names, notes and needs stay: `booking_keep_days` (30)."""
    return timedelta(days=int(current().rules.get("booking_keep_days", 30)))


UNDATED = timedelta(days=365)  # where there is no event: so long after the last change
