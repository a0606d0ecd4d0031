"""One process as a flat file for other tools of deliberation, after the draft "Interoperable Deliberative Tools" of
Metagov: with licence and data card, and nobody named in it. Page and command share this."""

from __future__ import annotations

import re
from typing import Any

from mitstadt.kit import clock
from mitstadt.kit.datasets import FlatFile
from mitstadt.opendata.card import about

from . import open_data, queries
from .models import Process

SPECIFICATION = "https://github.com/metagov/interop/blob/main/specification.md"


def of(process: Process) -> FlatFile:
    """The file of a public process, loaded with its phases."""
    dataset = open_data.CONTRIBUTIONS

    def card() -> dict[str, Any]:
        now = clock.now()
        return {
            **about(dataset),
            "title": process.title,
            "description": process.summary,
            "process": process.subject.public_id,
            "state": process.state(now),
            "phases": [
                {"title": p.title, "start": p.start, "end": p.end, "when": p.when(now, process.stage)}
                for p in process.phases.all()
            ],
            "specification": SPECIFICATION,
        }

    name = f"p-{process.number:03d}-beitraege"
    return FlatFile(name, dataset, lambda: open_data.contributions(None, process), card)


def find(key: str) -> FlatFile | None:
    """By number (``12``, ``p-012``) or public id; None for what nobody may see."""
    rows = queries.with_parts(queries.public())
    number = re.fullmatch(r"(?:p-)?(\d{1,9})", key)
    found = rows.filter(number=int(number[1])).first() if number else None
    found = found or rows.filter(subject__public_id=key).first()
    return of(found) if found is not None else None
