"""What a file would do: new, changed with every difference, unchanged, retired, renamed, merged, split. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from rapidfuzz import fuzz

from .shape import FIELDS, IDENTITY, MeasureIn, Problems
from .values import slug_from

NEW, CHANGED, SAME, RETIRED = "new", "changed", "same", "retired"
# A new title this similar to a vanished one is probably the same measure under a new name.
SIMILAR = 80
# An empty cell leaves these as they are: nothing can be without them, and a proof is not undone by leaving it out.
NEVER_EMPTIED = frozenset({"title", "slug", "field", "revision"})


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One fact before and after, in the form in which it is kept."""

    field: str
    before: Any
    after: Any


@dataclass(slots=True)
class Entry:
    """One measure of the plan. `measure` is None when the file does not name it (retired, or left alone)."""

    verdict: str
    slug: str
    title: str
    number: int
    row: int = 0
    measure: MeasureIn | None = None
    differences: list[FieldDifference] = field(default_factory=list)

    @property
    def renamed(self) -> bool:
        return any(d.field == "title" for d in self.differences)


@dataclass(slots=True)
class Plan:
    entries: list[Entry]

    def of(self, verdict: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.verdict == verdict]

    def summary(self) -> dict[str, int]:
        """Counts for people: new, changed, same, retired, renamed, merged, split, moved."""
        changed = self.of(CHANGED)
        differing = [d.field for e in changed for d in e.differences]
        named = [e.measure for e in self.entries if e.measure is not None and e.verdict in (NEW, CHANGED)]
        return {
            NEW: len(self.of(NEW)),
            CHANGED: len(changed),
            SAME: len(self.of(SAME)),
            RETIRED: len(self.of(RETIRED)),
            "renamed": differing.count("title"),
            "moved": differing.count("field"),
            "merged": sum(bool(m.merged_into) for m in named),
            "split": sum(bool(m.split_from) for m in named),
        }


def make(
    existing: Iterable[MeasureIn],
    incoming: list[MeasureIn],
    *,
    given: frozenset[str],
    full: bool,
    problems: Problems,
    address_taken: frozenset[str] = frozenset(),
) -> Plan:
    """Compare. Facts that the file does not speak about stay.

    Measures are recognised by number, else by short address, else by title. In a `full` file the absent are retired,
    and a retired one that is named again is back, unless the file says that it is retired or went into another one.
    `address_taken` are former short addresses; a new measure does not get one of them.
    """
    by_number = {m.number: m for m in existing}
    by_slug = {m.slug: m for m in by_number.values()}
    by_title = {m.title.casefold(): m for m in by_number.values()}
    taken = set(by_slug) | address_taken | {m.slug for m in incoming if m.slug}
    entries: list[Entry] = []
    seen: dict[int, int] = {}
    for measure in incoming:
        known = _identify(measure, by_number, by_slug, by_title, problems)
        if known is None:
            entries.append(_new(measure, taken, given, problems))
            continue
        if known.number in seen:
            problems.add(
                measure.row,
                "number",
                f"M-{known.number:03d}",
                gettext("Diese Maßnahme steht schon in Zeile %(row)s.") % {"row": seen[known.number]},
            )
            continue
        seen[known.number] = measure.row
        entries.append(_known(measure, known, given, full=full))
    if full:
        entries += [
            Entry(RETIRED, m.slug, m.title, m.number)
            for number, m in sorted(by_number.items())
            if number not in seen and not m.retired_in
        ]
    _check_lineage(entries, set(by_slug), problems)
    _check_circles(entries, problems)
    _hint_renames(entries, problems)
    return Plan(entries)


def _identify(
    measure: MeasureIn,
    by_number: dict[int, MeasureIn],
    by_slug: dict[str, MeasureIn],
    by_title: dict[str, MeasureIn],
    problems: Problems,
) -> MeasureIn | None:
    if measure.number:
        known = by_number.get(measure.number)
        other = by_slug.get(measure.slug) if measure.slug else None
        if other is not None and other is not known:
            problems.add(
                measure.row,
                "slug",
                measure.slug,
                gettext("Diese Kurzadresse gehört zu M-%(number)s.") % {"number": f"{other.number:03d}"},
            )
        return known
    if measure.slug:
        return by_slug.get(measure.slug)
    return by_slug.get(slug_from(measure.title)) or by_title.get(measure.title.casefold())


def _new(measure: MeasureIn, taken: set[str], given: frozenset[str], problems: Problems) -> Entry:
    if not measure.slug:
        measure.slug = _free(slug_from(measure.title), taken)
        taken.add(measure.slug)
    if not measure.title:
        problems.add(measure.row, "title", "", gettext("Diese Maßnahme ist neu, ihr fehlt der Titel."))
    if not measure.field:
        problems.add(measure.row, "field", "", gettext("Eine neue Maßnahme braucht ein Handlungsfeld."))
    return Entry(NEW, measure.slug, measure.title, measure.number, measure.row, measure)


def _known(measure: MeasureIn, known: MeasureIn, given: frozenset[str], *, full: bool) -> Entry:
    if "retired_in" not in given:
        stays = not full or (known.merged_into and measure.merged_into == known.merged_into)
        measure.retired_in = known.retired_in if stays else ""
        given |= {"retired_in"}
    for name in FIELDS:
        if name in IDENTITY:
            continue
        if name not in given or (name in NEVER_EMPTIED and not getattr(measure, name)):
            setattr(measure, name, getattr(known, name))
    measure.number = known.number
    differences = differences_of(known, measure)
    verdict = CHANGED if differences else SAME
    return Entry(verdict, known.slug, known.title, known.number, measure.row, measure, differences)


def differences_of(before: MeasureIn, after: MeasureIn) -> list[FieldDifference]:
    """Every fact that differs, in the order of the fields."""
    found = []
    for name in FIELDS:
        if name in IDENTITY:
            continue
        old, new = getattr(before, name), getattr(after, name)
        if name in ("principles", "related"):
            if sorted(old) == sorted(new):
                continue
        elif old == new:
            continue
        found.append(FieldDifference(name, old, new))
    return found


def _free(slug: str, taken: set[str]) -> str:
    if slug not in taken:
        return slug
    return next(f"{slug}-{n}" for n in range(2, 100_000) if f"{slug}-{n}" not in taken)


def _check_lineage(entries: list[Entry], existing: set[str], problems: Problems) -> None:
    slugs = existing | {e.measure.slug for e in entries if e.measure is not None}
    for entry in entries:
        measure = entry.measure
        if measure is None:
            continue
        for name in ("merged_into", "split_from"):
            value = getattr(measure, name)
            if value and (value not in slugs or value == measure.slug):
                problems.add(measure.row, name, value, gettext("Eine Maßnahme mit dieser Kurzadresse gibt es nicht."))
        for value in measure.related:
            if value not in slugs or value == measure.slug:
                problems.add(
                    measure.row, "related", value, gettext("Eine Maßnahme mit dieser Kurzadresse gibt es nicht.")
                )


def _check_circles(entries: list[Entry], problems: Problems) -> None:
    """Nothing goes into a measure that itself went into the first one, and nothing comes out of its own part."""
    for name in ("merged_into", "split_from"):
        onward = {e.measure.slug: str(getattr(e.measure, name)) for e in entries if e.measure is not None}
        for entry in entries:
            measure = entry.measure
            if measure is None or onward[measure.slug] == measure.slug:  # named already
                continue
            seen, at = {measure.slug}, onward[measure.slug]
            while at and at not in seen:
                seen.add(at)
                at = onward.get(at, "")
            if at == measure.slug:
                text = gettext("Diese Angaben führen im Kreis: Die Maßnahme ginge am Ende auf sich selbst zurück.")
                problems.add(measure.row, name, onward[measure.slug], text)


def _hint_renames(entries: list[Entry], problems: Problems) -> None:
    """A vanished and a new measure with nearly the same title: perhaps its number was forgotten."""
    gone = [e for e in entries if e.verdict == RETIRED][:300]
    for entry in [e for e in entries if e.verdict == NEW and not e.number][:300]:
        for lost in gone:
            if fuzz.token_sort_ratio(entry.title, lost.title) >= SIMILAR:
                problems.warn(
                    entry.row,
                    "title",
                    entry.title,
                    gettext(
                        "Ähnelt „%(title)s“ (M-%(number)s), das in der Datei fehlt. Bei einer Umbenennung tragen Sie "
                        "bitte die Nummer ein."
                    )
                    % {"title": lost.title[:80], "number": f"{lost.number:03d}"},
                )
                break
