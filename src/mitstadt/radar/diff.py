"""What changed between two states of a strategy. Pure: no Django, no texts of our own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mitstadt.kit.wording import Piece, pieces

from . import dates, rules

TEXTS = ("title", "summary", "reason", "audience", "contact")
CODES = ("kind", "field", "core_area", "department", "start", "end", "status", "principles", "district")


@dataclass(frozen=True, slots=True)
class State:
    """A measure on one day. `proven` None: everything is; else the names of the facts that a source proves.

    `facts` may lack what is not proven. `retired` measures are no longer part of the strategy.
    """

    number: int
    title: str
    path: str
    facts: Mapping[str, Any]
    proven: frozenset[str] | None = None
    retired: bool = False

    def proves(self, fact: str) -> bool:
        if fact == "revision" and self.proven is None:
            return bool(self.facts.get("revision"))
        return self.proven is None or fact in self.proven


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact of one measure, before and after, as codes or texts. `pieces` for texts, `months` for planned ends."""

    number: int
    title: str
    path: str
    fact: str = ""
    before: Any = ""
    after: Any = ""
    pieces: tuple[Piece, ...] = ()
    months: int | None = None
    others: tuple[int, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(slots=True)
class Differences:
    """Each list by number. `merged` name the measures they went into (`others`), `split` those that came out of
    them. `unprovable` says of which facts (`facts`) nobody can tell whether they changed; ``revision`` among them
    means: whether the measure belonged to the strategy."""

    new: list[Difference] = field(default_factory=list)
    dropped: list[Difference] = field(default_factory=list)
    merged: list[Difference] = field(default_factory=list)
    split: list[Difference] = field(default_factory=list)
    renamed: list[Difference] = field(default_factory=list)
    moved: list[Difference] = field(default_factory=list)
    postponed: list[Difference] = field(default_factory=list)
    earlier: list[Difference] = field(default_factory=list)
    status: list[Difference] = field(default_factory=list)
    changed: list[Difference] = field(default_factory=list)
    unprovable: list[Difference] = field(default_factory=list)
    same: int = 0


def compare(
    before: Iterable[State], after: Iterable[State], lineage: Sequence[tuple[int, int, str]] = ()
) -> Differences:
    """From one state of a strategy to a later one. `lineage`: (from number, to number, ``merged`` or ``split``)."""
    old = {s.number: s for s in before if not s.retired}
    new = {s.number: s for s in after if not s.retired}
    into: dict[int, list[int]] = {}
    parts: dict[int, list[int]] = {}
    for source, target, kind in lineage:
        if kind == "merged" and source in old and source not in new:
            into.setdefault(source, []).append(target)
        elif kind == "split" and source in old and target in new and target not in old:
            parts.setdefault(source, []).append(target)
    result = Differences()
    from_split = {number for numbers in parts.values() for number in numbers}
    for number in sorted(old.keys() | new.keys()):
        was, now = old.get(number), new.get(number)
        if number in parts and was is not None:
            result.split.append(_plain(now or was, others=tuple(sorted(parts[number]))))
        if was is None and now is not None:
            if not now.proves("revision"):
                result.unprovable.append(_plain(now, facts=("revision",)))
            elif number not in from_split:
                result.new.append(_plain(now))
        elif now is None and was is not None:
            if number in into:
                result.merged.append(_plain(was, others=tuple(sorted(into[number]))))
            elif number not in parts:
                result.dropped.append(_plain(was))
        elif was is not None and now is not None:
            _compare_one(was, now, result)
    return result


def _plain(state: State, *, others: tuple[int, ...] = (), facts: tuple[str, ...] = ()) -> Difference:
    return Difference(state.number, state.title, state.path, others=others, facts=facts)


def _compare_one(was: State, now: State, result: Differences) -> None:
    doubtful = [f for f in ("revision", *TEXTS, *CODES) if not (was.proves(f) and now.proves(f))]
    found = False
    for fact in (*TEXTS, *CODES):
        old, new = was.facts.get(fact), now.facts.get(fact)
        if fact in doubtful or _equal(old, new):
            continue
        found = True
        is_text = fact in TEXTS
        difference = Difference(
            now.number,
            now.title,
            now.path,
            fact,
            old if old is not None else "",
            new if new is not None else "",
            pieces(str(old or ""), str(new or "")) if is_text else (),
            dates.months_between(old, new) if fact == "end" and old and new else None,
        )
        _list_for(difference, result).append(difference)
    if doubtful:
        result.unprovable.append(_plain(now, facts=tuple(doubtful)))
    elif not found:
        result.same += 1


def _equal(old: Any, new: Any) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        return sorted(old) == sorted(new)
    return (old or "") == (new or "")


def _list_for(d: Difference, result: Differences) -> list[Difference]:
    if d.fact == "title":
        return result.renamed
    if d.fact == "field":
        return result.moved
    if d.fact == "status":
        return result.status
    if d.fact == "end" and d.before and d.after:
        later = rules.postponements([d.before, d.after])
        return result.postponed if later else result.earlier
    return result.changed
