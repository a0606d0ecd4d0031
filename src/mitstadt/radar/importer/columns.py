"""Which column is which fact: German and English headings, the YAML keys, and a mapping that somebody saved."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .shape import FIELDS

# field → (YAML key, German heading of our own tables, further names)
NAMES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "number": ("number", "Nummer", ("nr", "no", "code", "kennung", "maßnahmennummer", "id")),
    "slug": ("slug", "Kurzadresse", ("schlüssel", "key")),
    "title": ("title", "Titel", ("maßnahme", "name", "bezeichnung", "measure")),
    "short_name": ("short_name", "Kurzname", ("short name", "kurztitel")),
    "kind": ("kind", "Art", ("typ", "type")),
    "summary": ("summary", "Worum geht es?", ("beschreibung", "kurzbeschreibung", "description", "worum geht es")),
    "reason": ("reason", "Warum?", ("warum", "begründung", "why")),
    "audience": ("audience", "Für wen?", ("für wen", "zielgruppe", "for whom")),
    "plain_text": ("plain_text", "Einfache Sprache", ("text in einfacher sprache", "plain language")),
    "core_area": ("kernbereich", "Kernbereich", ("core_area", "core area")),
    "core_area_basis": ("kernbereich_basis", "Kernbereich: Grundlage", ("core_area_basis", "core area basis")),
    "field": ("handlungsfeld", "Handlungsfeld", ("field", "action field", "themenfeld", "feld")),
    "department": ("referat", "Referat", ("department", "zuständiges referat", "federführung", "dezernat", "amt")),
    "contact": ("contact", "Zuständige Stelle", ("kontakt", "dienststelle", "ansprechstelle")),
    "start": ("start_year", "Beginn", ("start", "start_date", "von", "startjahr", "beginn der maßnahme")),
    "end": (
        "end_year",
        "Geplantes Ende",
        ("end", "end_date", "ende", "bis", "endjahr", "planned end", "fertigstellung"),
    ),
    "status": ("status", "Status", ("umsetzungsstand", "state")),
    "status_as_of": ("status_as_of", "Stand vom", ("stand", "stand am", "status as of", "as of")),
    "revision": ("revision", "Belegt seit Fortschreibung", ("fortschreibung", "belegt seit")),
    "district": ("district", "Stadtbezirk", ("bezirk",)),
    "principles": ("principles", "Prinzipien", ("prinzip", "principle")),
    "links": ("links", "Links", ("link", "url", "urls", "webseite", "internet")),
    "source": ("source", "Quelle", ("quellen", "sources")),
    "confidence": ("confidence", "Beleg", ("belegt", "sicherheit")),
    "note": ("note", "Anmerkung", ("notiz", "bemerkung", "remarks", "notes")),
    "related": ("related", "Verwandte Maßnahmen", ("verwandt", "hängt zusammen mit", "related measures")),
    "indicators": ("kennzahlen", "Kennzahlen", ("indicators", "kennzahl")),
    "council": ("council", "Stadtratsbeschlüsse", ("beschlüsse", "council decisions", "vorlagen")),
    "milestones": ("milestones", "Meilensteine", ("meilenstein",)),
    "progress": ("progress", "Gemeldeter Fortschritt", ("fortschritt",)),
    "merged_into": ("merged_into", "Aufgegangen in", ("ging auf in", "merged into")),
    "split_from": ("split_from", "Abgeteilt von", ("geteilt aus", "hervorgegangen aus", "split from")),
    "retired_in": ("retired_in", "Entfallen mit", ("entfallen", "retired in", "dropped in")),
    "participate_path": ("participate_path", "Beteiligung: Adresse", ("beteiligung",)),
    "participate_until": ("participate_until", "Beteiligung: bis", ("beteiligung bis",)),
    "change_reason": ("change_reason", "Grund der Änderung", ("änderungsgrund", "reason of change")),
}
assert set(NAMES) == set(FIELDS)


_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}


def fold(text: str) -> str:
    """A heading as it is compared: lower case, no punctuation, umlauts spelled out."""
    text = text.casefold().translate(_UMLAUTS)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


_BY_NAME: dict[str, str] = {}
for _field, (_key, _heading, _further) in NAMES.items():
    for _name in (_field, _key, _heading, *_further):
        _BY_NAME.setdefault(fold(_name), _field)


def recognise(headings: Iterable[str], mapping: dict[str, str] | None = None) -> tuple[dict[str, str], list[str]]:
    """{heading: field} and the headings that nothing is known about.

    `mapping` (heading → field, or "" to leave a column out) wins over what is recognised. Where two headings mean
    one field the first one has it and the other counts as unknown.
    """
    chosen = {fold(heading): field for heading, field in (mapping or {}).items()}
    found: dict[str, str] = {}
    unknown: list[str] = []
    taken = {field for heading in headings if (field := chosen.get(fold(heading)))}
    for heading in headings:
        if not heading:
            continue
        key = fold(heading)
        if key in chosen:
            if chosen[key]:
                found[heading] = chosen[key]
            continue
        field = _BY_NAME.get(key)
        if field is None or field in taken:
            unknown.append(heading)
            continue
        taken.add(field)
        found[heading] = field
    return found, unknown
