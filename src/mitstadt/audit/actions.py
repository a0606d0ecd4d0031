"""Writing to the log."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from mitstadt.kit import clock

from .models import Entry


def entry_digest(at: str, action: str, actor: str, obj: str, salt: str, payload: dict[str, Any] | None) -> str:
    """The SHA-256 (hex) of one entry. `at` is an ISO moment."""
    text = json.dumps([at, action, actor, obj, salt, payload], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def record(
    action: str,
    *,
    actor: str = "",
    actor_label: str = "",
    obj: str = "",
    payload: dict[str, Any] | None = None,
) -> Entry:
    """Append one entry; call it inside the transaction of the change it describes.

    `action` reads ``room.thing.verb``, `actor` and `obj` are public ids, `payload` must be JSON.
    """
    at = clock.now()
    salt = secrets.token_hex(16)
    return Entry.objects.create(
        at=at,
        action=action,
        actor=actor,
        actor_label=actor_label,
        object=obj,
        payload=payload,
        salt=salt,
        digest=entry_digest(at.isoformat(), action, actor, obj, salt, payload),
    )
