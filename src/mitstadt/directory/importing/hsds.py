"""HSDS 3 in an import: what stands in `directory.hsds`, with a mapping laid over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mitstadt.directory.entries import Fault
from mitstadt.directory.hsds import profile, reading

from .reading import Content, Row

# What HSDS itself can say; of others' files nothing else is compared or overwritten.
FIELDS = frozenset(
    {
        "name", "provider", "lead", "description", "alternate_name", "status", "alert", "url", "email", "phones",
        "languages", "interpretation", "cost", "costs", "fees", "application", "min_age", "max_age", "area",
        "documents", "eligibility", "places", "hours", "hours_note",
    }
)  # fmt: skip


def content_of(content: Content) -> Content:
    """One row per service, whatever it stood in."""
    found = list(reading.services([row.values for row in content.rows]))
    rows = [Row(line, dict(service)) for line, service in enumerate(found, 1)]
    return Content(content.kind, tuple(dict.fromkeys(key for row in rows for key in row.values)), rows, content.notes)


def is_own(service: Mapping[str, Any]) -> bool:
    """Tagged with terms of our profile: it says everything that an entry holds."""
    attributes = service.get("attributes")
    for attribute in attributes if isinstance(attributes, list) else ():
        term = attribute.get("taxonomy_term") if isinstance(attribute, Mapping) else None
        term = term if isinstance(term, Mapping) else {}
        if str(term.get("taxonomy_id") or "") in profile.BY_ID or str(term.get("id") or "") in profile.fixed_terms():
            return True
    return False


def entry_of(
    service: Mapping[str, Any], categories: set[str], topics: Mapping[str, str], given: Iterable[str]
) -> tuple[dict[str, Any], list[Fault], list[Fault]]:
    """(an entry as `Entry.to_json` writes it, what is wrong, what was left out). `given`: fields that a mapping says
    instead, so that nothing of them can be wrong here."""
    given = set(given)
    if "name" in given:
        service = {**service, "name": "?"}
    if "provider" in given:
        service = {**service, "organization": {"name": "?"}}
    read = reading.read(service, categories, topics)
    faults = [fault for fault in read.faults if fault.field not in given]
    lost = [fault for fault in read.lost if fault.field not in given]
    return read.entry.to_json() if read.entry is not None else {}, faults, lost
