"""What staff do to a process, in the log."""

from __future__ import annotations

from typing import Any

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.participation.models import Process


def record(actor: Actor, verb: str, process: Process, payload: dict[str, Any]) -> None:
    audit.record(f"participation.process.{verb}", by=actor, obj=process.subject.public_id, payload=payload)
