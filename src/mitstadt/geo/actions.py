"""Bringing a city's districts in: numbers, names and tile map from its folder, outlines from its own GeoJSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mitstadt.audit.actions import record
from mitstadt.kit import clock, yamls
from mitstadt.kit.errors import DomainError

from . import geojson, queries
from .models import District

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
FIELDS = ("name", "slug", "column", "row")


@transaction.atomic
def load_districts(folder: Path) -> int:
    """Load `folder/districts.yaml` (and `districts.geojson` where there is one); loading again changes nothing.

    Returns how many districts the file has. Raises DomainError when the file contradicts itself; nothing is changed
    then. Districts that the file does not name stay, because subjects point at them.
    """
    path = folder / "districts.yaml"
    entries = _entries(yamls.read(path), path.name)
    known = {district.number: district for district in District.objects.all()}
    changed = []
    for entry in entries:
        district = known.get(entry["number"])
        if district is None:
            District.objects.create(**entry, changed_at=clock.now())
        elif any(getattr(district, field) != entry[field] for field in FIELDS):
            District.objects.filter(pk=district.pk).update(**entry, changed_at=clock.now())
        else:
            continue
        changed.append(entry["number"])
    if changed:
        queries.forget_choices()
        record("geo.districts.load", payload={"numbers": changed})
    outlines = folder / "districts.geojson"
    if outlines.is_file():
        load_outlines(outlines.read_bytes())
    return len(entries)


def _entries(data: Any, name: str) -> list[dict[str, Any]]:
    rows = data.get("districts") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise DomainError(_("%(file)s: Es fehlt die Liste „districts“.") % {"file": name})
    entries: list[dict[str, Any]] = []
    seen: dict[object, int] = {}
    for line, row in enumerate(rows, 1):
        where = _("%(file)s, Eintrag %(line)s") % {"file": name, "line": line}
        values = [row.get(key) for key in ("number", "column", "row")] if isinstance(row, dict) else [None]
        if not all(type(v) is int and 0 <= v <= 32_767 for v in values) or not str(row.get("name") or "").strip():
            raise DomainError(_("%(where)s: Gebraucht werden number, name, column und row.") % {"where": where})
        title = str(row["name"]).strip()[:120]
        entry = {"number": row["number"], "name": title, "column": row["column"], "row": row["row"]}
        entry["slug"] = slugify(title.translate(_UMLAUTS))[:120]
        for key in (("number", entry["number"]), ("slug", entry["slug"]), ("tile", entry["column"], entry["row"])):
            if key in seen:
                raise DomainError(
                    _("%(where)s (%(name)s) hat dieselbe Nummer, denselben Namen oder Platz wie Eintrag %(other)s.")
                    % {"where": where, "name": title, "other": seen[key]}
                )
            seen[key] = line
        entries.append(entry)
    return entries


@transaction.atomic
def load_outlines(data: bytes) -> int:
    """Take the districts' outlines from GeoJSON, matched by number or name. All or nothing; returns how many.

    Raises DomainError for whatever `geojson.read` refuses, for an object that is no district of this city, for two
    objects of one district, and where number and name name different districts.
    """
    outlines = geojson.read(data)
    by_number = {district.number: district for district in District.objects.all()}
    by_name = {_key(district.name): district for district in by_number.values()}
    if not by_number:
        raise DomainError(_("Es gibt noch keine Stadtbezirke. Laden Sie zuerst die districts.yaml der Stadt."))
    taken: dict[int, str] = {}
    for outline in outlines:
        numbered = by_number.get(outline.number) if outline.number is not None else None
        named = by_name.get(_key(outline.name)) if outline.name else None
        if numbered and named and numbered.pk != named.pk:
            raise DomainError(
                _("%(where)s: Nummer %(number)s gehört zu %(numbered)s, der Name aber zu Nummer %(named)s.")
                % {"where": outline.where, "number": numbered.number, "numbered": numbered.name, "named": named.number}
            )
        district = named or numbered
        if numbered and outline.name and not named:
            raise DomainError(
                _("%(where)s: Nummer %(number)s heißt hier %(numbered)s.")
                % {"where": outline.where, "number": numbered.number, "numbered": numbered.name}
            )
        if district is None:
            raise DomainError(
                _(
                    "%(where)s ist kein Stadtbezirk dieser Stadt (Nummer %(number)s). Die Nummer wird in %(numbers)s "
                    "gesucht, der Name in %(names)s."
                )
                % {
                    "where": outline.where,
                    "number": "–" if outline.number is None else outline.number,
                    "numbers": ", ".join(geojson.NUMBER_KEYS[:4]),
                    "names": ", ".join(geojson.NAME_KEYS[:3]),
                }
            )
        if district.number in taken:
            raise DomainError(
                _("%(where)s und %(other)s sind beide der Stadtbezirk %(name)s.")
                % {"where": outline.where, "other": taken[district.number], "name": district.name}
            )
        taken[district.number] = outline.where
        if district.outline != outline.geometry:
            District.objects.filter(pk=district.pk).update(outline=outline.geometry, changed_at=clock.now())
    record("geo.outlines.load", payload={"numbers": sorted(taken)})
    return len(taken)


def _key(name: str) -> str:
    """Names are the same whatever their hyphens, blanks, case and umlauts."""
    return "".join(c for c in name.casefold().translate(_UMLAUTS) if c.isalnum())
