"""Any two states of the strategy side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from mitstadt.kit import clock, past
from mitstadt.radar import diff
from mitstadt.radar.models import MeasureLineage, Revision, Strategy

from .current import current_strategy, revisions
from .flags import day_words
from .time import day_of_revision, states
from .words import Words


@dataclass(frozen=True, slots=True)
class Point:
    """A state that can be chosen: a revision or a day. `dated` is false for a revision whose day nobody knows."""

    label: str
    day: date
    revision: str = ""
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """`differences` as in `diff.Differences`; `names` are titles and paths by number; `words` puts facts in words."""

    before: Point
    after: Point
    differences: diff.Differences
    names: dict[int, tuple[str, str]]
    words: Words


def point(value: str | date | Revision, strategy: Strategy | None = None) -> Point:
    """The state that a revision's code, an ISO day or a revision names.

    Raises ValueError for a code that does not exist, no day, a day to come, or a revision later than the day shown.
    """
    if isinstance(value, Revision):
        shown = past.day()
        if shown is not None and day_of_revision(value) > shown:
            raise ValueError(gettext("„%(name)s“ gab es am gezeigten Tag noch nicht.") % {"name": value.name})
        return Point(value.name, day_of_revision(value), value.code, bool(value.in_force or value.decided))
    if isinstance(value, str):
        found = next((r for r in revisions(strategy) if r.code == value), None)
        if found is not None:
            return point(found)
        try:
            value = date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(
                gettext("„%(value)s“ ist weder eine Fortschreibung noch ein Tag.") % {"value": str(value)[:40]}
            ) from error
    if value > clock.today():
        raise ValueError(gettext("Dieser Tag liegt in der Zukunft."))
    return Point(gettext("Stand vom %(day)s") % {"day": day_words(value)}, value)


def compare(
    before: str | date | Revision, after: str | date | Revision, *, strategy: Strategy | None = None
) -> Comparison:
    """What became of the strategy between two states; the earlier one is always `before`. About six queries.

    Raises ValueError as `point` does, and when there is no strategy.
    """
    strategy = strategy or current_strategy()
    if strategy is None:
        raise ValueError(gettext("Es gibt noch keine Strategie."))
    first, second = sorted((point(before, strategy), point(after, strategy)), key=lambda p: p.day)
    old, new = _states(strategy, first.day), _states(strategy, second.day)
    lineage = MeasureLineage.objects.filter(
        before__strategy=strategy, kind__in=[MeasureLineage.Kind.MERGED, MeasureLineage.Kind.SPLIT]
    ).values_list("before__number", "after__number", "kind")
    names = {s.number: (s.title, s.path) for s in (*old, *new)}
    return Comparison(first, second, diff.compare(old, new, list(lineage)), names, Words(strategy))


def _states(strategy: Strategy, day: date) -> list[diff.State]:
    result = []
    for values in states(strategy, day):
        facts = values["facts"]
        proven = facts.get("proven")
        result.append(
            diff.State(
                number=values["measure__number"],
                title=facts.get("title") or values["measure__title"],
                path=values["measure__subject__path"],
                facts=facts,
                proven=None if proven is None else frozenset(proven),
                retired=bool(facts.get("retired")),
            )
        )
    return result
