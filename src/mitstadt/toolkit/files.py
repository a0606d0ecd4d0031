"""The catalogue as the file that cities exchange."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from . import catalogue

SCHEMA = Path(__file__).parent / "data" / "catalogue.schema.json"


def dump(found: catalogue.Catalogue, form: str) -> str:
    """The catalogue as the file that other cities read: ``yaml`` or ``json``."""
    data = catalogue.to_data(found)
    if form == "json":
        return json.dumps(data, ensure_ascii=False, indent=2)
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
    return text
