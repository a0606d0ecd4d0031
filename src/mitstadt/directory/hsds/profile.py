"""What HSDS lacks, as taxonomies whose terms are tagged to services with `attributes`.

Each code list of `words` is a taxonomy; `fields` holds texts and marks that HSDS has no place for. Identifiers are
uuid5 of a fixed namespace, equal in every installation; topics and districts are the city's own, topics with the uuid
of their row. Published at `/api/hsds/taxonomies` and `/api/hsds/profile.json`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils import translation

from mitstadt.directory import words
from mitstadt.directory.models import Category
from mitstadt.geo import queries as geo

VERSION = "3.1"  # of HSDS
PROFILE = "1"  # of what is described here; counts up when a reader would have to change
NAMESPACE = uuid.UUID("1d0a2d8e-6c0f-5a0e-9f1b-3f6f3c9a7e51")
PAGE_LABEL = "Mitstadt"  # label of the additional_url that leads to the offer's page


def stable(*parts: object) -> str:
    """The identifier of something that has none of its own: of the same parts always the same."""
    return str(uuid.uuid5(NAMESPACE, "/".join(str(part) for part in parts)))


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """`link_type` is what an attribute with one of its terms says about the service."""

    code: str
    name: str
    description: str
    link_type: str

    @property
    def id(self) -> str:
        return stable(self.code)


@dataclass(frozen=True, slots=True)
class Term:
    """One term. `parent` is the id of the term above it or empty; `language` of name and description (ISO 639-1)."""

    id: str
    code: str
    name: str
    description: str
    taxonomy: Taxonomy
    parent: str = ""
    language: str = "de"


TOPICS = Taxonomy("topics", "Themen", "What an offer is about, two levels. Kept by the city's staff.", "topic")
SITUATIONS = Taxonomy("situations", "Für wen", "For whom an offer is; without a term it is for everybody.", "audience")
COST = Taxonomy("cost", "Kosten", "Who pays, as one code beside the prices in cost_options.", "cost")
APPOINTMENT = Taxonomy("appointment", "Termin", "Whether an appointment is needed.", "appointment")
WAYS = Taxonomy("ways", "Kontaktwege", "How to get in touch.", "contact_way")
LANGUAGES = Taxonomy("languages", "Sprachen", "Languages; plain German and German sign language too.", "language")
ACCESS = Taxonomy(
    "access", "Barrierefreiheit", "What a place has, coded; the terms above are the impairments.", "accessibility"
)
DISTRICTS = Taxonomy("districts", "Stadtbezirke", "The city's districts by number.", "district")
FIELDS = Taxonomy("fields", "Weitere Angaben", "Texts and marks that HSDS has no field for; `value` says it.", "field")

TAXONOMIES = (TOPICS, SITUATIONS, COST, APPOINTMENT, WAYS, LANGUAGES, ACCESS, DISTRICTS, FIELDS)
BY_ID = {taxonomy.id: taxonomy for taxonomy in TAXONOMIES}

LISTS: dict[Taxonomy, Mapping[str, Any]] = {
    SITUATIONS: words.SITUATIONS, COST: words.COSTS, APPOINTMENT: words.APPOINTMENT, WAYS: words.WAYS,
    LANGUAGES: words.LANGUAGES, ACCESS: words.ACCESS,
}  # fmt: skip

# code: (on which object, name, what `value` says)
FIELD_TERMS: dict[str, tuple[str, str, str]] = {
    "lead": ("service", "Short text", "One or two sentences; the description begins with them."),
    "simple": ("service", "Einfache Sprache", "The offer in plain German (Einfache Sprache)."),
    "protected": ("service", "Address kept secret", "`true`: there is a place, and nobody is told where. No location, "
                  "address, coordinates, service area or district stands in any answer."),
    "emergency": ("service", "Emergency place", "`true`: a place for tonight; there is never a waiting list."),
    "example": ("service", "Invented example", "`true`: made up for a demonstration; not for people in need."),
    "timezone": ("service", "Time zone", "IANA name of the zone in which opens_at and closes_at are local times."),
    "url": ("service", "Web address as written", "Where it is no valid URI; `url` is then escaped or missing."),
    "email": ("service", "E-mail as written", "Where it is not ASCII; `email` is then escaped or missing."),
    "place": ("service_at_location", "Place as this offer says it", "JSON with the fields of the place in which this "
              "offer differs from the location that it shares with others."),
}  # fmt: skip

# Our code: the code of ISO 639 where it is another one. The attribute on the language keeps ours.
ISO = {"dgs": "gsg", "de-simple": "de"}


@lru_cache(maxsize=1)
def fixed_terms() -> dict[str, Term]:
    """The terms of all code lists by id, in German; those of `fields` in English."""
    found: list[Term] = []
    with translation.override("de"):
        above: dict[str, str] = {}
        for code, (label, codes) in words.IMPAIRMENTS.items():
            parent = _term(ACCESS, code, str(label))
            found.append(parent)
            above |= dict.fromkeys(codes, parent.id)
        for taxonomy, codes_of in LISTS.items():
            for code, label in codes_of.items():
                parent_id = above.get(code, "") if taxonomy is ACCESS else ""
                found.append(_term(taxonomy, code, str(label), parent_id))
    for code, (_on, name, text) in FIELD_TERMS.items():
        found.append(Term(term_id(FIELDS, code), code, name, text, FIELDS, language="en"))
    return {term.id: term for term in found}


def _term(taxonomy: Taxonomy, code: str, name: str, parent: str = "") -> Term:
    return Term(term_id(taxonomy, code), code, name, name, taxonomy, parent)


def term_id(taxonomy: Taxonomy, code: object) -> str:
    return stable(taxonomy.code, code)


def term(taxonomy: Taxonomy, code: str) -> Term | None:
    """The term of a code list; None for a code that is no longer in it."""
    return fixed_terms().get(term_id(taxonomy, code))


def topic(category: Category) -> Term:
    """Reads `category.parent`: select it."""
    return Term(
        str(category.uuid), category.slug, category.name, category.description or category.name, TOPICS,
        str(category.parent.uuid) if category.parent is not None else "",
    )  # fmt: skip


def district(number: int, names: Mapping[int, str]) -> Term:
    """`names` as from `district_names`; a number that the city does not have is only a number."""
    name = f"Stadtbezirk {names.get(number, number)}"
    return Term(term_id(DISTRICTS, number), str(number), name, name, DISTRICTS)


def district_names() -> dict[int, str]:
    """Number → "9 Neuhausen-Nymphenburg"; kept for a while."""
    return {int(number): label for number, label in geo.choices()}


def all_terms() -> list[Term]:
    """Every term of every taxonomy, in the order of `TAXONOMIES`; one query, and one for districts now and then."""
    found: list[Term] = [topic(category) for category in Category.objects.select_related("parent")]
    found += fixed_terms().values()
    names = district_names()
    found += [district(number, names) for number in names]
    order = {taxonomy.id: place for place, taxonomy in enumerate(TAXONOMIES)}
    return sorted(found, key=lambda term: order[term.taxonomy.id])


def description(base: str) -> dict[str, Any]:
    """`/api/hsds/profile.json`: the profile for programs. `base` is the address of the interface."""
    return {
        "hsds": VERSION,
        "profile": PROFILE,
        "namespace": str(NAMESPACE),
        "taxonomies": [
            {
                "id": taxonomy.id, "code": taxonomy.code, "name": taxonomy.name, "description": taxonomy.description,
                "link_type": taxonomy.link_type, "terms": f"{base}taxonomy_terms?taxonomy_id={taxonomy.id}",
            }
            for taxonomy in TAXONOMIES
        ],
        "fields": [
            {"code": code, "taxonomy_term_id": term_id(FIELDS, code), "on": on, "name": name, "value": text}
            for code, (on, name, text) in FIELD_TERMS.items()
        ],
    }  # fmt: skip
