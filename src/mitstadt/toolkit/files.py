"""The catalogue as the file that cities exchange."""

from __future__ import annotations

import json
from pathlib import Path

from mitstadt.kit import yamls

from . import catalogue

SCHEMA = Path(__file__).parent / "data" / "catalogue.schema.json"


def dump(found: catalogue.Catalogue, form: str) -> str:
    """The catalogue as the file that other cities read: ``yaml`` or ``json``."""
    data = catalogue.to_data(found)
    if form == "json":
        return json.dumps(data, ensure_ascii=False, indent=2)
    return yamls.dump(data, width=110)
