"""The catalogue that comes with the house; a city may bring its own `formats.yaml` in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext, override

from mitstadt.kit import yamls
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError
from mitstadt.subjects.models import Subject

from . import actions, catalogue
from .models import Knowledge, Method

HOUSE = Path(__file__).parent / "data" / "formats.yaml"
EXTRA = Path(__file__).parent / "data" / "formats_more.yaml"


def read() -> catalogue.Catalogue:
    """The city's file, else the house's with its steps, checklists and partners. Raises DomainError with the first
    fault."""
    own = current().folder / "formats.yaml"
    data = yamls.read(own if own.is_file() else HOUSE)
    if not own.is_file() and EXTRA.is_file():
        more = yamls.read(EXTRA)
        data["formats"] = [{**row, **more.get(row["slug"], {})} for row in data["formats"]]
    with override("de"):
        found, faults = catalogue.parse(data)
    if faults:
        raise DomainError(f"{faults[0].entry}: {faults[0].field}: {faults[0].message} {faults[0].value}")
    return found


def load() -> str:
    actions.take_over(None, read())
    for order, row in enumerate(knowledge()):
        _write(order, row)
    return gettext("%(n)s Formate") % {"n": Method.objects.filter(live=True).count()}


def knowledge() -> list[dict[str, Any]]:
    """What the city shares: ``content/toolkit.yaml`` in its folder."""
    path = current().folder / "content" / "toolkit.yaml"
    found: list[dict[str, Any]] = yamls.read(path) if path.is_file() else []
    return found


def _write(order: int, row: dict[str, Any]) -> None:
    """One entry, unless it is there already."""
    if Knowledge.objects.filter(slug=row["slug"]).exists():
        return
    fields = {
        name: row[name] for name in ("slug", "name", "type", "lead", "text", "url", "source", "day") if name in row
    }
    entry = Knowledge(order=order, live=True, **fields)
    entry.facts = [[label, str(value)] for label, value in row.get("facts", {}).items()]
    entry.steps, entry.methods = row.get("steps", []), row.get("methods", [])
    entry.save()
    Subject.objects.filter(pk=entry.pk).update(is_example=row.get("is_example", True))
