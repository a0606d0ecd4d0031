"""Writing to the log, sealing it, erasing personal payload."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from typing import Any, Protocol

from django.db import IntegrityError, models, transaction

from mitstadt.kit import clock

from .models import Entry, Seal
from .rules import START, entry_digest, payload_digest, seal_digest

MOST = 5_000  # entries in one seal: keeps the sealing transaction short


class By(Protocol):
    """Who did it, as the rooms above know people."""

    @property
    def public_id(self) -> str: ...

    @property
    def office(self) -> str: ...


def record(
    action: str,
    *,
    by: By | None = None,
    actor: str = "",
    actor_label: str = "",
    obj: str = "",
    payload: dict[str, Any] | None = None,
) -> Entry:
    """Append one entry; call it inside the transaction of the change it describes.

    `action` reads ``room.thing.verb``, `actor` and `obj` are public ids, `payload` must be JSON. `by` says both of who
    did it; without it `actor` and `actor_label` do. `actor_label` is a function, never what a person calls themselves:
    it is part of the chain, so it cannot be erased when they leave.
    """
    if by is not None:
        actor, actor_label = by.public_id, by.office[:160]
    at = clock.now()
    salt = secrets.token_hex(16)
    payload = json.loads(json.dumps(payload))  # as it will be read back, or an error now
    of_payload = payload_digest(salt, payload)
    return Entry.objects.create(
        at=at,
        action=action,
        actor=actor,
        actor_label=actor_label,
        object=obj,
        payload=payload,
        salt=salt,
        payload_digest=of_payload,
        digest=entry_digest(at, action, actor, actor_label, obj, of_payload),
    )


def _changing() -> models.QuerySet[Entry]:
    """The only two changes there are (sealing, erasing) go past the refusing manager; the database checks them."""
    return models.QuerySet(Entry)


def seal_pending() -> int:
    """Seal what is not sealed yet, as the next link of the chain. Returns how many entries; 0 costs one query.

    The worker calls this each second. When another worker was quicker, nothing happens and 0 is returned.
    """
    waiting = list(Entry.objects.filter(seal=None).order_by("id").values_list("id", "digest")[:MOST])
    if not waiting:
        return 0
    last = Seal.objects.order_by("-number").values("number", "digest").first()
    number = last["number"] + 1 if last else 1
    previous = last["digest"] if last else START
    at = clock.now()
    try:
        with transaction.atomic():
            Seal.objects.create(
                number=number,
                at=at,
                count=len(waiting),
                previous=previous,
                digest=seal_digest(previous, number, at, waiting),
            )
            ids = [pk for pk, _ in waiting]
            if _changing().filter(pk__in=ids, seal=None).update(seal=number) != len(ids):
                raise IntegrityError("another worker sealed some of these")
    except IntegrityError:
        return 0
    return len(waiting)


def erase_payload(entries: Iterable[int], *, actor: str = "", actor_label: str = "", reason: str) -> int:
    """Remove the payload of these entries for good, which is itself written down. Returns how many had one.

    Neither the entries' digests nor the chain change.
    """
    with transaction.atomic():
        ids = sorted(Entry.objects.filter(pk__in=list(entries)).exclude(salt="").values_list("pk", flat=True))
        if not ids:
            return 0
        _changing().filter(pk__in=ids).update(payload=None, salt="")
        record(
            "audit.payload.erase",
            actor=actor,
            actor_label=actor_label,
            payload={"entries": ids, "reason": reason},
        )
    return len(ids)


def erase_payload_about(public_id: str, *, actor: str = "", actor_label: str = "", reason: str) -> int:
    """Erase the payload of everything that this person did or that was done to them (or to this thing)."""
    ids = Entry.objects.filter(models.Q(actor=public_id) | models.Q(object=public_id)).values_list("pk", flat=True)
    return erase_payload(list(ids), actor=actor, actor_label=actor_label, reason=reason)
