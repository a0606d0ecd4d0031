"""Judges of HSDS 3.1: the compiled schemas made strict, formats checked, and rules that no schema knows.

The schemas are not part of the repository; tests that need them are skipped where they are missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from mitstadt.directory import actions, hours
from mitstadt.directory.entries import Cost, Entry, Phone, Place
from mitstadt.directory.models import Service

from . import factories

STANDARD = Path(__file__).resolve().parents[5] / "shared" / "data" / "standards" / "hsds"
SCHEMAS = STANDARD / "3.1" / "schema"
MOCKS = STANDARD / "uk-mocks" / "OpenReferralApi" / "Mocks"
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas of HSDS 3.1 are not beside this checkout")


def example(name: str) -> Any:
    return json.loads((STANDARD / "3.1" / "examples" / f"{name}.json").read_text())


def mock(kind: str, name: str) -> Any:
    return json.loads((MOCKS / f"V3.0-UK-{kind}" / f"{name}.json").read_text())


# -- the schemas ------------------------------------------------------------------------------------
def _strict(schema: Any) -> Any:
    """No property that the schema does not name, at any depth; references to other files are put in."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        return _strict(json.loads((SCHEMAS / schema["$ref"]).read_text()))
    found = {key: _strict(value) for key, value in schema.items()}
    if isinstance(found.get("properties"), dict) and found.get("type") == "object":
        found["additionalProperties"] = False
    return found


def _formats() -> jsonschema.FormatChecker:
    """jsonschema alone takes anything with an @ for an e-mail and does not look at addresses of the web."""
    checker = jsonschema.FormatChecker()
    for name in ("uri", "email", "date-time", "uuid"):
        judge = jsonschema_rs.Draft202012Validator({"type": "string", "format": name}, validate_formats=True)
        checker.checks(name)(judge.is_valid)
    return checker


@lru_cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """For service, organization, service_at_location (compiled), taxonomy or taxonomy_term."""
    path = SCHEMAS / "compiled" / f"{name}.json"
    path = path if path.is_file() else SCHEMAS / f"{name}.json"
    return jsonschema.Draft202012Validator(_strict(json.loads(path.read_text())), format_checker=_formats())


def wrong(name: str, found: Any) -> list[str]:
    """What the strict schema and our own rules say against an object."""
    by_schema = [f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in validator(name).iter_errors(found)]
    return by_schema + list(broken_rules(name, found))


def wrong_page(name: str, page: Any) -> list[str]:
    described = json.loads((SCHEMAS / "openapi.json").read_text())["components"]["schemas"]["Page"]
    schema = {
        **described,
        "properties": {**described["properties"], "contents": {"type": "array"}},
        "required": [*described["properties"], "contents"],
        "additionalProperties": False,
    }
    found = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(page)]
    if page["size"] != len(page["contents"]) or page["empty"] != (not page["contents"]):
        found.append("size")
    for one in page["contents"]:
        found += wrong(name, one)
    return found


# -- what no schema knows ---------------------------------------------------------------------------
_OF = {
    "service_id": "service", "location_id": "location", "organization_id": "organization",
    "service_at_location_id": "service_at_location", "phone_id": "phone",
}  # fmt: skip
_KINDS = {
    "phones": "phone", "service_at_locations": "service_at_location", "services": "service",
    "locations": "location", "service_areas": "service_area", "languages": "language",
}  # fmt: skip


def objects(kind: str, found: Any) -> Iterator[tuple[str, dict[str, Any], list[tuple[str, dict[str, Any]]]]]:
    """(kind, object, those around it from the outside) of a document, all depths."""

    def walk(kind: str, one: dict[str, Any], around: list[Any]) -> Iterator[Any]:
        yield kind, one, around
        inner = [*around, (kind, one)]
        for name, value in one.items():
            if isinstance(value, dict):
                yield from walk(name, value, inner)
            elif isinstance(value, list):
                for item in value:
                    yield from walk(_KINDS.get(name, name), item, inner)

    yield from walk(kind, found, [])


def broken_rules(kind: str, found: Any) -> Iterator[str]:
    """Dangling or double identifiers, empty text, days and hours the wrong way round, more places than there are."""
    seen: dict[str, tuple[str, dict[str, Any]]] = {}
    everything = list(objects(kind, found))
    there: dict[str, set[str]] = {}
    for of, one, _around in everything:
        there.setdefault(of, set()).add(str(one.get("id")))
    for of, one, around in everything:
        key = str(one.get("id"))
        before, same = seen.setdefault(key, (of, one))
        if before != of or (same != one and of not in ("organization", "location", "service")):  # in short and whole
            yield f"{of} {key} has the identifier of another {before}"
        for name, target in _OF.items():
            if name in one and target in there and one[name] not in there[target]:
                yield f"{of}.{name} {one[name]} dangles"
        if "link_id" in one and around and one["link_id"] != around[-1][1].get("id"):
            yield f"{of}.link_id {one['link_id']} is not what it stands in"
        if "taxonomy_term" in one and one.get("taxonomy_term_id") not in (None, one["taxonomy_term"]["id"]):
            yield f"{of}.taxonomy_term_id dangles"
        for name, value in one.items():
            if value in ("", [], {}) and of != "addresses" and name not in ("contents", "services"):
                yield f"{of}.{name} is empty"
        if "available" in one and one.get("maximum") is not None and one["available"] > one["maximum"]:
            yield f"{of}: {one['available']} of {one['maximum']} available"
        if one.get("minimum_age", 0) > one.get("maximum_age", 999):
            yield f"{of}: minimum age above maximum age"
        if not (-90 <= one.get("latitude", 0) <= 90 and -180 <= one.get("longitude", 0) <= 180):
            yield f"{of}: no point on Earth"
        if ("latitude" in one) != ("longitude" in one):
            yield f"{of}: half a point"
        for name in ("assured_date", "valid_from", "valid_to", "dtstart"):
            if name in one:
                date.fromisoformat(one[name])
        if one.get("valid_from", "") > one.get("valid_to", "9"):
            yield f"{of}: ends before it begins"
        if one.get("opens_at", "") >= one.get("closes_at", "24"):
            yield f"{of}: closes before it opens"


# -- entries that are hard to say -------------------------------------------------------------------
def everything() -> Entry:
    """Every field, with what HSDS cannot say or says otherwise."""
    here = Place(
        "Haus »Nord«", "Hauptstraße 1", "80331", "München", 48.137, 11.575, ("step_free", "lift", "quiet"),
        "Klingel unten", "U3/U6 Marienplatz", hours.parse("Di 14-18 | nur mit Voranmeldung"), "In den Ferien kürzer",
    )  # fmt: skip
    there = Place("", "Nebenweg 2", "80333", "München", 48.15, 11.56, ("hearing_loop",))
    return Entry(
        name="Beratung & „Café“ <für alle>", provider="Träger »Süd« e.V.", lead="Kurz gesagt.",
        description="Lang.\n\nUnd zwei Absätze.", simple="Wir helfen.", alternate_name="Café", status="active",
        alert="Im August zu", categories=("mietschulden", "mietrecht"), url="https://müller.example/straße?q=ä b#ö",
        email="hilfe@müller.example",
        phones=(Phone("089 000 1", "Büro", ("de", "dgs")), Phone("089 000 1", "nachts"), Phone("+49 89 0002")),
        ways=("visit", "phone"), languages=("de", "de-simple", "dgs", "fa", "hr"), interpretation="Nach Absprache",
        cost="income", costs=(Cost("Kurs", 12.5), Cost("ermäßigt", 0.0), Cost("nach Absprache", None, "CHF")),
        fees="Ratenzahlung möglich", appointment="needed", application="Anrufen", min_age=0, max_age=27,
        situations=("youth", "queer"), districts=(1, 3), area="München und Landkreis",
        documents=("Ausweis", "Bescheid"), eligibility="Wohnsitz in München", emergency=True, places=(here, there),
        hours=(
            *hours.parse("Mo-Fr 9-12, 14-17; 1. Mi im Monat 18-20; letzter Fr im Monat 10-24"),
            hours.Hours(("TU",), hours.time(9), hours.time(10), interval=2),
            hours.Hours(("TU",), hours.time(10), hours.time(11), interval=2, valid_from=date(2026, 1, 7)),
            hours.Hours(("WE",), hours.time(9), hours.time(10), valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 1)),
        ),
        hours_note="Feiertags geschlossen",
    )  # fmt: skip


def nasty() -> list[Service]:
    """Offers with nothing, with everything, at places shared and not, without one, at a secret one."""
    factories.everyday()
    rows = [
        Entry(name="Nichts", provider="Leer"),
        everything(),
        factories.entry("Nur am Telefon", "Leer", places=(), categories=("krise",)),
        factories.entry("Ort ohne Anschrift", "Leer", places=(Place(lat=48.1, lon=11.5),)),
        factories.entry("Anschrift ohne Punkt", "Leer", places=(Place(city="München", name="Rathaus"),)),
        # The same place of the same provider, said otherwise: the second is what both share.
        factories.entry("Erst", "Teiler", places=(
            Place("Hof", "Weg 1", "80331", "München", 48.1, 11.5, ("lift",), "links", "Bus"),)),
        factories.entry("Dann", "Teiler", places=(Place("Hof", "Weg 1", "80331", "Haar", 48.2, 11.6),)),
        factories.entry("Schief", "Leer", url="http://example.org:abc/[x]", email="hilfe.@example.org",
                        description="Nur lang.", lead=""),
        factories.entry("Ruht", "Leer", status="inactive"),
        secret(),
    ]  # fmt: skip
    return [actions.save_entry(row, actor=None) for row in rows]


def secret() -> Entry:
    """A women's shelter. Its place is given, and must be forgotten."""
    return factories.entry(
        "Zuflucht", "Schutz e.V.", protected=True, categories=("haeusliche-gewalt",), lead="Schutz, Tag und Nacht.",
        phones=(Phone("089 000 1007"),), districts=(4,), area="Schwabing und Umgebung",
        places=(Place("Versteck", "Rosenweg 12", "80801", "München", 48.155, 11.585),),
    )  # fmt: skip
