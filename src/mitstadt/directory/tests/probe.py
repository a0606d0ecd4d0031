"""A small source of entries: its mapping, its rows, and taking them over."""

from __future__ import annotations

import json
from typing import Any

from mitstadt.directory.importing import planning, running
from mitstadt.directory.importing.models import Import

MAPPING = """
name: Probe
source: probe
id: "{id}"
fields:
  name: "{name}"
  provider: "{traeger}"
  lead: "{kurz?}"
  protected: "{geheim?}"
  phones: "{tel?}"
  places:
    street: "{strasse?}"
    postcode: "{plz?}"
    city: Leipzig
"""


def row(number: int, **more: Any) -> dict[str, Any]:
    names = ["Chor am Abend", "Werkstatt für Räder", "Gartenfreunde", "Lesekreis", "Judo"]
    base = {
        "id": str(number), "name": names[number], "traeger": f"Verein {number}", "kurz": "", "geheim": "", "tel": "",
        "strasse": f"Weg {number}", "plz": "04103",
    }  # fmt: skip
    return {**base, **more}


def stage(actor: Any, *rows: dict[str, Any], mapping: str = "probe") -> Import:
    return planning.stage(actor, json.dumps(list(rows)).encode(), "datei.json", mapping)


def take(actor: Any, *rows: dict[str, Any], choice: str = "") -> Import:
    staged = stage(actor, *rows)
    if choice:
        running.choose_all(actor, staged, choice)
    running.take(actor, staged, wait=True)
    return staged
