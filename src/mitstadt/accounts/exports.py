"""Everything that refers to a person, as one ZIP of JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from mitstadt.kit import clock

from . import personal

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def collect(person: personal.Person) -> dict[str, list[dict[str, Any]]]:
    """Rows per registered kind; kinds without rows are named with an empty list, so that nothing is hidden."""
    return {kind.key: [dict(row) for row in kind.export(person)] for kind in personal.kinds()}


def as_zip(person: personal.Person) -> bytes:
    """A ZIP with LIESMICH.txt, alles.json and one CSV per kind that has rows. CSV cells cannot become formulas."""
    rows = collect(person)
    labels = {kind.key: str(kind.label) for kind in personal.kinds()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LIESMICH.txt", _readme(rows, labels))
        archive.writestr("alles.json", json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
        for key, found in rows.items():
            if found:
                archive.writestr(f"{key}.csv", "\ufeff" + as_csv(found))
    return buffer.getvalue()


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Semicolon-separated, as German spreadsheets open it."""
    found = list(rows)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    columns = list(found[0]) if found else []
    writer.writerow(columns)
    for row in found:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    text = (
        json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    )
    return f"'{text}" if text.startswith(_FORMULA) else text


def _readme(rows: Mapping[str, list[dict[str, Any]]], labels: Mapping[str, str]) -> str:
    lines = [
        _("Alles, was diese Plattform über Sie gespeichert hat. Stand: %(when)s")
        % {"when": clock.now().strftime("%Y-%m-%d %H:%M UTC")},
        "",
        *(f"{labels[key]} ({key}): {len(found)}" for key, found in rows.items()),
        "",
        _("alles.json enthält sämtliche Zeilen, die CSV-Dateien dieselben je Art."),
    ]
    return "\n".join(lines) + "\n"
