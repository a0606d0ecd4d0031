"""Filters of the radar: every one an address, the same for picture, table and downloads, said as a sentence.

    ?feld=bildung&verzoegert=1  →  "Maßnahmen in Bildung, die verzögert sind"

`fortschreibung` and `stand` are not filters: they choose the day that is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mitstadt.kit.marks import MARKS, UNPROVEN
from mitstadt.kit.marks import ORDER as STATUSES

from .arrange import NONE, RINGS, SECTORS, Frame, arrange, in_order, none_title, sectors_of
from .rows import MeasureRow
from .snapshot import Snapshot

FACETS = ("feld", "kernbereich", "referat", "status", "prinzip", "aus", "jahr", "bezirk")
SWITCHES = ("verzoegert", "beteiligen")
SORTS = ("bild", "titel", "feld", "referat", "status", "ende", "stand", "nummer")
MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """What somebody asked for. `facets` maps a facet to the chosen values, in the order asked."""

    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    late: bool = False
    participate: bool = False
    text: str = ""
    rings: str = "status"
    by: str = "feld"
    sort: str = "bild"
    descending: bool = False
    day: date | None = None
    revision: str = ""
    chosen: int | None = None
    page: int = 1

    @property
    def key(self) -> tuple[object, ...]:
        """What decides which measures match, hashable."""
        return (tuple(sorted(self.facets.items())), self.late, self.participate, self.text)

    @property
    def is_filtered(self) -> bool:
        return bool(self.facets or self.late or self.participate or self.text)

    def query(self, **changes: object) -> str:
        """The query string of this selection with changes (``feld=None`` removes); empty for a plain one."""
        return query_of(self, changes)


def query_of(selection: Selection, changes: Mapping[str, object]) -> str:
    """`?feld=bildung&status=geplant`, defaults left out, always in the same order so that caches agree."""
    values: dict[str, object] = {name: list(selection.facets.get(name, ())) for name in FACETS}
    values |= {
        "verzoegert": "1" if selection.late else "",
        "beteiligen": "1" if selection.participate else "",
        "q": selection.text,
        "ringe": selection.rings if selection.rings != "status" else "",
        "sektoren": selection.by if selection.by != "feld" else "",
        "sort": ("-" if selection.descending else "") + selection.sort if selection.sort != "bild" else "",
        "stand": selection.day.isoformat() if selection.day else "",
        "fortschreibung": selection.revision,
        "massnahme": f"M-{selection.chosen:03d}" if selection.chosen else "",
    } | dict(changes)
    pairs = [
        (name, str(one))
        for name, value in values.items()
        for one in (value if isinstance(value, list | tuple) else (value,))
        if one not in (None, "")
    ]
    return "?" + urlencode(pairs) if pairs else "?"


@dataclass(frozen=True, slots=True)
class Problem:
    """A value in the address that means nothing here; it was left out, and the page says so."""

    name: str
    value: str
    message: str


def parse(query: Any, day: date | None = None) -> tuple[Selection, list[Problem]]:
    """The selection in a QueryDict. What cannot be understood is reported, never raised.

    `day` is what `asked_day` made of `?stand=`. Values of facets are checked later, by `check`, against what the
    snapshot knows.
    """
    problems: list[Problem] = []

    def complain(name: str, value: str, message: str) -> None:
        problems.append(Problem(name, value[:60], message))

    facets = {}
    for name in FACETS:
        values = tuple(dict.fromkeys(v.strip()[:80] for v in query.getlist(name) if v.strip()))
        if values:
            facets[name] = values[:20]
    rings, by = query.get("ringe") or "status", query.get("sektoren") or "feld"
    if rings not in RINGS:
        complain("ringe", rings, _("Ringe zeigen den Status oder die Zeit bis zum Ende."))
        rings = "status"
    if by not in SECTORS:
        complain("sektoren", by, _("Sektoren sind Handlungsfeld, Kernbereich, Referat oder Prinzip."))
        by = "feld"
    sort = query.get("sort") or "bild"
    descending = sort.startswith("-")
    sort = sort.removeprefix("-")
    if sort not in SORTS:
        complain("sort", sort, _("So lässt sich die Tabelle nicht ordnen."))
        sort, descending = "bild", False
    return (
        Selection(
            facets=facets,
            late=query.get("verzoegert") in ("1", "ja", "true"),
            participate=query.get("beteiligen") in ("1", "ja", "true"),
            text=" ".join((query.get("q") or "").replace("\x00", " ").split())[:MOST_TEXT],
            rings=rings,
            by=by,
            sort=sort,
            descending=descending,
            day=day,
            revision="" if day else (query.get("fortschreibung") or "").strip()[:40],
            chosen=_number(query.get("massnahme") or "", complain),
            page=_page(query.get("seite") or ""),
        ),
        problems,
    )


def _number(text: str, complain: Callable[[str, str, str], None]) -> int | None:
    if not text:
        return None
    digits = text.upper().removeprefix("M-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 7:
        return int(digits)
    complain("massnahme", text, _("Kennungen von Maßnahmen sehen so aus: M-001."))
    return None


def _page(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= 6 else 1


# -- values ------------------------------------------------------------------------------------------


def values_of(row: MeasureRow, facet: str) -> Sequence[str]:
    """The values of a measure under one facet."""
    if facet in SECTORS:
        return sectors_of(row, facet)
    if facet == "status":
        return (row.status,)
    if facet == "aus":
        return (row.revision or NONE,)
    if facet == "jahr":
        return (row.end[:4] or NONE,)
    return (str(row.district),) if row.district is not None else ("stadtweit",)


def titles(snapshot: Snapshot, facet: str) -> dict[str, str]:
    """Every value a facet can take, with the words for it, in the order in which they are offered."""
    kept: dict[str, str] | None = snapshot.memo.get(("titles", facet))
    if kept is None:
        kept = snapshot.remember(("titles", facet), _titles(snapshot, facet))
    return kept


def _titles(snapshot: Snapshot, facet: str) -> dict[str, str]:
    frame: Frame = snapshot.frame
    if facet in SECTORS:
        named = {
            "feld": frame.fields,
            "kernbereich": frame.core_areas,
            "referat": frame.departments,
            "prinzip": frame.principles,
        }[facet]
        found = {n.slug: n.name for n in named}
        return found | {NONE: none_title(facet)}
    if facet == "status":
        known = (*STATUSES, UNPROVEN) if snapshot.past else STATUSES
        return {slug: str(MARKS[slug].label) for slug in known}
    if facet == "aus":
        return {r.code: r.name for r in snapshot.revisions} | {NONE: _("Fortschreibung nicht belegt")}
    if facet == "jahr":
        years = sorted({row.end[:4] for row in snapshot.rows if row.end})
        return {year: year for year in years} | {NONE: _("Kein Ende belegt")}
    return {str(n): f"{n} {name}" for n, name in snapshot.districts.items()} | {"stadtweit": _("Ganze Stadt")}


def facet_title(facet: str) -> str:
    return {
        "feld": _("Handlungsfeld"),
        "kernbereich": _("Kernbereich"),
        "referat": _("Referat"),
        "status": _("Status"),
        "prinzip": _("Prinzip"),
        "aus": _("Aufgenommen mit"),
        "jahr": _("Geplantes Ende"),
        "bezirk": _("Stadtbezirk"),
    }[facet]


def check(selection: Selection, snapshot: Snapshot) -> tuple[Selection, list[Problem]]:
    """Drop facet values that do not exist here, and say so."""
    problems: list[Problem] = []
    kept: dict[str, tuple[str, ...]] = {}
    for facet, values in selection.facets.items():
        known = titles(snapshot, facet)
        good = tuple(v for v in values if v in known)
        problems += [
            Problem(
                facet,
                value,
                _("„%(value)s“ gibt es unter %(facet)s nicht. Dieser Filter wurde weggelassen.")
                % {"value": value, "facet": facet_title(facet)},
            )
            for value in values
            if value not in known
        ]
        if good:
            kept[facet] = good
    if selection.chosen and not any(row.number == selection.chosen for row in snapshot.rows):
        problems.append(
            Problem(
                "massnahme",
                f"M-{selection.chosen:03d}",
                _("M-%(number)03d steht an diesem Tag nicht im Radar.") % {"number": selection.chosen},
            )
        )
        selection = replace(selection, chosen=None)
    return (selection if kept == selection.facets else replace(selection, facets=kept)), problems


# -- matching ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """`matches` by number; `counts` per facet: how many would match with that value and all other filters."""

    matches: tuple[MeasureRow, ...]
    counts: Mapping[str, Mapping[str, int]]
    late: int
    participate: int


def run(selection: Selection, snapshot: Snapshot) -> Result:
    """The measures that match, and the count behind every filter. Kept with the snapshot."""
    key = ("result", selection.key)
    kept = snapshot.memo.get(key)
    if kept is None:
        kept = snapshot.remember(key, _run(selection, snapshot.rows, _found_ids(selection.text)))
    result: Result = kept
    return result


def _found_ids(text: str) -> set[int] | None:
    if not text:
        return None
    from mitstadt.search.queries import find_ids

    return find_ids(text, kind="measure")


def _run(selection: Selection, rows: Iterable[MeasureRow], ids: set[int] | None) -> Result:
    chosen = {facet: frozenset(values) for facet, values in selection.facets.items()}
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    late = participate = 0
    matches = []
    for row in rows:
        if ids is not None and row.id not in ids:
            continue
        # A row counts for a facet's values when it meets every filter but, at most, that facet's own.
        missed = [facet for facet, wanted in chosen.items() if wanted.isdisjoint(values_of(row, facet))]
        is_late, is_open = row.is_late, row.can_participate
        if selection.late and not is_late:
            missed.append("verzoegert")
        if selection.participate and not is_open:
            missed.append("beteiligen")
        if len(missed) > 1:
            continue
        for facet in missed or FACETS:
            if facet in counts:
                counter = counts[facet]
                for value in values_of(row, facet):
                    counter[value] += 1
        if not missed:
            late += is_late
            participate += is_open
            matches.append(row)
    return Result(tuple(matches), counts, late, participate)


def ordered(selection: Selection, snapshot: Snapshot) -> list[MeasureRow]:
    """The matches in the order of the table: that of the picture, unless another one was asked for."""
    key = ("order", selection.key, selection.sort, selection.descending, selection.by, selection.rings)
    kept = snapshot.memo.get(key)
    if kept is None:
        kept = snapshot.remember(key, _ordered(selection, snapshot))
    found: list[MeasureRow] = kept
    return found


def _ordered(selection: Selection, snapshot: Snapshot) -> list[MeasureRow]:
    matches = run(selection, snapshot).matches
    if selection.sort == "bild":
        by_number = {row.number: row for row in matches}
        found = [by_number[number] for number in in_order(matches, arrangement(selection, snapshot))]
    else:
        found = sorted(matches, key=_SORT_KEYS[selection.sort])
    return found[::-1] if selection.descending else found


def arrangement(selection: Selection, snapshot: Snapshot) -> Any:
    """All measures of the snapshot, arranged as asked. Filters do not move anything."""
    key = ("arrangement", selection.by, selection.rings)
    kept = snapshot.memo.get(key)
    if kept is None:
        kept = snapshot.remember(
            key,
            arrange(
                snapshot.rows,
                snapshot.frame,
                snapshot.day,
                by=selection.by,
                rings=selection.rings,
                past=snapshot.past,
                grids=snapshot.grids,
            ),
        )
    return kept


_STATUS_RANK = {slug: i for i, slug in enumerate((*STATUSES, UNPROVEN))}
# What is unknown stands last: an empty text would come first.
_SORT_KEYS: dict[str, Callable[[MeasureRow], tuple[Any, ...]]] = {
    "titel": lambda row: (fold(row.title), row.number),
    "feld": lambda row: (row.field.order, row.field.name, row.number),
    "referat": lambda row: (row.department is None, fold(row.department.name) if row.department else "", row.number),
    "status": lambda row: (_STATUS_RANK.get(row.status, 9), row.number),
    "ende": lambda row: (not row.end, row.end, row.number),
    "stand": lambda row: (not row.status_as_of, row.status_as_of, row.number),
    "nummer": lambda row: (row.number,),
}
_FOLD = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})


def fold(text: str) -> str:
    """The key of German dictionary order (DIN 5007-1): ä as a, ß as ss."""
    return text.casefold().translate(_FOLD)


# -- words -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the sentence. With `remove` it is a filter, and that is the address without it."""

    text: str
    remove: str = ""


def sentence(selection: Selection, snapshot: Snapshot) -> list[Part]:
    """The filters as a sentence: "Maßnahmen in *Bildung* oder *Mobilität*, die *verzögert* sind"."""
    parts = [Part(_("Maßnahmen"))]

    def values(facet: str, before: str, glue: str) -> None:
        chosen = selection.facets.get(facet, ())
        known = titles(snapshot, facet) if chosen else {}
        for index, value in enumerate(chosen):
            rest = [v for v in chosen if v != value]
            parts.append(Part(before if index == 0 else glue))
            parts.append(Part(known.get(value, value), selection.query(**{facet: rest}, massnahme=None)))

    either = " " + pgettext("filter sentence", "oder") + " "
    values("feld", " " + pgettext("filter sentence", "in") + " ", either)
    values("kernbereich", " " + pgettext("filter sentence", "im Kernbereich") + " ", either)
    values("referat", " " + pgettext("filter sentence", "von") + " ", either)
    values("prinzip", " " + pgettext("filter sentence", "zum Prinzip") + " ", either)
    values("status", ", " + pgettext("filter sentence", "Status") + " ", either)
    values("aus", ", " + pgettext("filter sentence", "aufgenommen mit") + " ", either)
    values("jahr", ", " + pgettext("filter sentence", "geplantes Ende") + " ", either)
    values("bezirk", ", " + pgettext("filter sentence", "Stadtbezirk") + " ", either)
    if selection.late:
        parts += [
            Part(", " + pgettext("filter sentence", "die") + " "),
            Part(_("verzögert sind"), selection.query(verzoegert=None)),
        ]
    if selection.participate:
        parts += [
            Part(", " + pgettext("filter sentence", "bei denen Sie") + " "),
            Part(_("mitreden können"), selection.query(beteiligen=None)),
        ]
    if selection.text:
        parts += [
            Part(", " + pgettext("filter sentence", "gesucht:") + " "),
            Part(f"„{selection.text}“", selection.query(q=None)),
        ]
    return parts


def plain_sentence(selection: Selection, snapshot: Snapshot) -> str:
    """The sentence as one text, for titles, captions and files."""
    return "".join(part.text for part in sentence(selection, snapshot))


def count_words(count: int) -> str:
    return ngettext("%(n)s Maßnahme", "%(n)s Maßnahmen", count) % {"n": count}
