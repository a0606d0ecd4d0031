"""FHIR R4 `Slot` (hl7.org/fhir/R4/slot.html): a Bundle or a single resource, read and written.

Only `free` is free. `busy`, `busy-unavailable` and `busy-tentative` are not, and `entered-in-error` never was; an
`overbooked` slot is not free whatever its status.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.capacity.models import Capacity, Slot

from . import Reading, Span, UnreadableError, of_spans

STATUSES = frozenset({"free", "busy", "busy-unavailable", "busy-tentative", "entered-in-error"})


def read(content: bytes, capacity_id: str, now: datetime) -> Reading:
    """The free slots. Raises UnreadableError for anything that is no FHIR Slot, naming the first that is wrong."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(_("Das ist kein lesbares JSON.")) from error
    return of_spans(_spans(_resources(data)), now)


def _resources(data: Any) -> list[dict[str, Any]]:
    if not isinstance(data, dict):
        raise UnreadableError(_("Das ist keine FHIR-Antwort."))
    if data.get("resourceType") == "Slot":
        return [data]
    entries = data.get("entry", [])
    if data.get("resourceType") != "Bundle" or not isinstance(entries, list):
        raise UnreadableError(_("Das ist kein FHIR-Bundle mit Slots."))
    links = data.get("link")
    links = links if isinstance(links, list) else []
    if any(isinstance(link, dict) and link.get("relation") == "next" for link in links):
        # A part is not the whole: the figure would be too small.
        raise UnreadableError(
            _("Die Antwort hat weitere Seiten. Bitte eine Adresse angeben, die alles auf einmal liefert.")
        )
    found = [entry.get("resource") for entry in entries if isinstance(entry, dict)]
    return [one for one in found if isinstance(one, dict) and one.get("resourceType") == "Slot"]


def _spans(resources: Iterable[dict[str, Any]]) -> Iterable[Span]:
    for number, slot in enumerate(resources, 1):
        status = slot.get("status")
        if not isinstance(status, str) or status not in STATUSES:
            raise UnreadableError(
                _("Slot %(n)s: Den Status „%(value)s“ gibt es nicht.") % {"n": number, "value": str(status)[:40]}
            )
        if status == "free" and slot.get("overbooked") is not True:
            yield Span(_instant(slot, "start", number), _instant(slot, "end", number), str(slot.get("id") or "")[:200])


def _instant(slot: dict[str, Any], name: str, number: int) -> datetime:
    """FHIR's `instant` always has a time zone."""
    try:
        moment = datetime.fromisoformat(str(slot.get(name)))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UnreadableError(
            _("Slot %(n)s: „%(name)s“ ist kein Zeitpunkt mit Zeitzone.") % {"n": number, "name": name}
        )
    return moment


def bundle(capacity: Capacity, slots: Iterable[Slot], base: str, now: datetime) -> dict[str, Any]:
    """Free times as a searchset; `base` is the installation's address without a slash at its end."""
    schedule = {"display": str(capacity), "identifier": {"system": f"{base}/plaetze/", "value": capacity.public_id}}
    entries = [
        {
            "fullUrl": f"{base}/api/v1/capacities/{capacity.public_id}/slots#{slot.public_id}",
            "resource": {
                "resourceType": "Slot",
                "id": slot.public_id,
                "schedule": schedule,
                "status": "free",
                "start": slot.starts_at.astimezone(UTC).isoformat(),
                "end": slot.ends_at.astimezone(UTC).isoformat(),
            },
            "search": {"mode": "match"},
        }
        for slot in slots
    ]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": now.astimezone(UTC).isoformat(),
        "total": len(entries),
        "entry": entries,
    }
