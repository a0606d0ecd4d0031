"""How an entry, and a second of entries, becomes one number that proves them; no Django.

An entry's digest covers its payload only through the payload's own salted digest. So personal payload can be erased
(with its salt, so that nobody can guess it back) and the entry still proves when who did what.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

START = "0" * 64  # what the first seal follows


def _sha256(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def payload_digest(salt: str, payload: dict[str, Any] | None) -> str:
    """SHA-256 (hex) of a payload. `salt` is random, so that short payloads cannot be guessed from their digest."""
    return _sha256(salt, payload)


def entry_digest(at: datetime, action: str, actor: str, label: str, obj: str, payload: str) -> str:
    """SHA-256 (hex) of one entry; `payload` is its payload's digest."""
    return _sha256(at.astimezone(UTC).isoformat(timespec="microseconds"), action, actor, label, obj, payload)


def seal_digest(previous: str, number: int, at: datetime, entries: Iterable[tuple[int, str]]) -> str:
    """SHA-256 (hex) of one link of the chain: the link before, and every (id, digest) in order of id."""
    return _sha256(previous, number, at.astimezone(UTC).isoformat(timespec="microseconds"), sorted(entries))
