"""What can be followed beside one measure: fields, departments, districts, and any saved search of the table.

A search is followed by the query string of its filters alone (`search:feld=bildung&verzoegert=1`), always written in
the same order: two people who follow the same search follow the same topic.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.http import QueryDict

from mitstadt.geo.models import District
from mitstadt.notify import topics
from mitstadt.subjects.models import Subject

from . import listing, snapshot
from .arrange import NONE
from .listing import Selection
from .models.measure import KIND
from .snapshot import Snapshot

LONGEST = 200  # characters of a topic's address
TOPICS = {"feld": "field", "kernbereich": "core_area", "referat": "department", "bezirk": "district"}


def register() -> None:
    topics.register("district", district_label, lambda number: f"/radar/tabelle/?bezirk={number}")
    topics.register("search", search_label, lambda query: f"/radar/tabelle/?{query}", matches, found_by)


def topic_of(selection: Selection) -> str:
    """The topic of what is filtered, empty without filters and where the address would become too long."""
    if not selection.is_filtered:
        return ""
    if len(selection.facets) == 1 and not (selection.late or selection.participate or selection.text):
        ((facet, values),) = selection.facets.items()
        if facet in TOPICS and len(values) == 1 and values[0] not in (NONE, "stadtweit"):
            return f"{TOPICS[facet]}:{values[0]}"
    address = f"search:{canonical(selection)}"
    return address if len(address) <= LONGEST else ""


def canonical(selection: Selection) -> str:
    """The filters as a query string, without what only chooses how or when they are shown."""
    facets = {facet: tuple(sorted(values)) for facet, values in selection.facets.items()}
    plain = Selection(facets=facets, late=selection.late, participate=selection.participate, text=selection.text)
    return plain.query().removeprefix("?")


def read(query: str, found: Snapshot) -> Selection | None:
    """The filters in a topic's address; None unless it is written exactly as `canonical` writes it.

    A value that the radar no longer knows makes the search mean something else, so it is not followed silently.
    """
    if not query or len(query) > LONGEST:
        return None
    selection, problems = listing.parse(QueryDict(query))
    checked, more = listing.check(selection, found)
    if problems or more or not checked.is_filtered or canonical(checked) != query:
        return None
    return replace(checked, page=1)


def search_label(query: str) -> str:
    """The search as a sentence, empty when nobody can follow it."""
    found = snapshot.current()
    selection = read(query, found)
    return listing.plain_sentence(selection, found) if selection else ""


def matches(subject: Subject, queries: Sequence[str]) -> list[str]:
    """Those searches that find this measure now."""
    if subject.kind != KIND:
        return []
    found = snapshot.current()
    return [query for query in queries if subject.pk in _ids(query, found)]


def found_by(query: str) -> Collection[int]:
    """The keys of all subjects that this search finds now: for its feed."""
    return _ids(query, snapshot.current())


def _ids(query: str, found: Snapshot) -> frozenset[int]:
    key = ("followed", query)
    kept: frozenset[int] | None = found.memo.get(key)
    if kept is None:
        selection = read(query, found)
        ids = frozenset(row.id for row in listing.run(selection, found).matches) if selection else frozenset()
        kept = found.remember(key, ids)
    return kept


def district_label(number: str) -> str:
    """Number and name ("17 Obergiesing"), empty for no district."""
    if not (number.isascii() and number.isdigit() and len(number) <= 4) or number != str(int(number)):
        return ""
    row = District.objects.filter(number=int(number)).values_list("number", "name").first()
    return f"{row[0]} {row[1]}" if row else ""
