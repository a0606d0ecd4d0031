"""All rows of one day, kept in the process for as long as nothing changed.

The radar page, its table and its downloads read the same rows; reading 2,000 of them for each page would cost more than
everything else together. One small query (`generation`) tells whether a kept snapshot still holds.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, Sum
from django.utils.translation import get_language

from mitstadt.geo.models import District
from mitstadt.kit import clock, past
from mitstadt.subjects.models import Subject

from . import arrange, queries
from .arrange import Frame
from .models import CoreArea, Field, MeasureVersion, Principle, Revision, Strategy
from .models.measure import KIND
from .queries.time import day_of_revision
from .rows import MeasureRow, Named

KEEP = 8


@dataclass(slots=True)
class Snapshot:
    """The radar on `day`. `past` is true when somebody asked for another day or revision; `grids` is what the latest
    published revision froze. `memo` keeps what was computed from the rows (facet counts, orders), by key."""

    strategy: Strategy | None
    day: date
    past: bool
    revision: Revision | None
    rows: list[MeasureRow]
    frame: Frame
    revisions: list[Revision]
    districts: dict[int, str]
    grids: dict[str, Any]
    generation: str = ""
    memo: OrderedDict[Any, Any] = field(default_factory=OrderedDict)

    def remember(self, key: Any, value: Any) -> Any:
        """Keep `value` under `key`, forgetting the oldest beyond 200 so that odd addresses cannot fill the memory."""
        self.memo[key] = value
        while len(self.memo) > 200:
            self.memo.popitem(last=False)
        return value


_kept: OrderedDict[tuple[object, ...], tuple[float, Snapshot]] = OrderedDict()
_lock = Lock()


def generation(strategy: Strategy) -> str:
    """Changes whenever a public measure appears, changes or disappears. Two small queries.

    Subjects alone tell: they mirror every publication, and each public change of facts writes a version. Joining the
    measures would cost more than the rest of a list page.
    """
    found = Subject.objects.filter(kind=KIND, published=True, restricted=False).aggregate(
        count=Count("pk"), changed=Max("changed_at"), check=Sum("pk")
    )
    newest = MeasureVersion.objects.order_by("-id").values_list("id", flat=True).first()
    return f"{strategy.pk}|{found['count']}|{found['changed']}|{found['check']}|{newest}"


def current(day: date | None = None, revision: str | None = None) -> Snapshot:
    """The snapshot of today (of the past day that a page shows), of `day`, or of a revision by code. Three queries when
    it was kept.

    Raises `Revision.DoesNotExist` for an unknown code.
    """
    strategy = queries.current_strategy()
    today = past.today()
    if revision is None:
        day = day or past.day()
    if strategy is None:
        return Snapshot(None, day or today, False, None, [], Frame(), [], {}, {})
    mark = generation(strategy)
    key = (strategy.pk, mark, day, revision, get_language(), today)
    seconds = getattr(settings, "MITSTADT_SNAPSHOT_SECONDS", 30)
    with _lock:
        kept = _kept.get(key)
        if kept and time.monotonic() - kept[0] < seconds:
            _kept.move_to_end(key)
            return kept[1]
    made = _make(strategy, mark, day, revision)
    if seconds:
        with _lock:
            _kept[key] = (time.monotonic(), made)
            while len(_kept) > KEEP:
                _kept.popitem(last=False)
    return made


def forget() -> None:
    """Drop everything kept in this process."""
    with _lock:
        _kept.clear()


def _make(strategy: Strategy, mark: str, day: date | None, code: str | None) -> Snapshot:
    revisions = queries.revisions(strategy)
    by_code = {r.code: r for r in revisions}
    if code is not None and code not in by_code:
        raise Revision.DoesNotExist(code)
    revision = by_code[code] if code is not None else None
    today = past.today()
    shown = day_of_revision(revision) if revision is not None else day or today
    earlier = revision is not None or shown != today
    rows = queries.rows(strategy, day=shown if earlier and revision is None else None, revision=code)
    frozen = [r.grid for r in reversed(revisions) if r.grid]
    return Snapshot(
        strategy=strategy,
        day=shown,
        past=earlier,
        revision=revision,
        rows=rows,
        frame=frame_of(strategy, rows),
        revisions=revisions,
        districts=dict(District.objects.order_by("number").values_list("number", "name")),
        grids=frozen[0] if frozen else {},
        generation=mark,
    )


def frame_of(strategy: Strategy, rows: list[MeasureRow]) -> Frame:
    """The strategy's own lists; departments are those that measures name. Three queries."""
    areas = list(CoreArea.objects.filter(strategy=strategy).values_list("slug", "name", "order"))
    fields = list(Field.objects.filter(strategy=strategy).values_list("slug", "name", "order", "core_area__slug"))
    # Core areas get their colours in the order in which the fields name them, so that bands of one colour adjoin.
    tints = {area: index % 4 + 1 for index, area in enumerate(dict.fromkeys(area for *_, area in fields if area))}
    principles = Principle.objects.filter(strategy=strategy).values_list("slug", "name", "order")
    departments = {row.department.slug: row.department for row in rows if row.department}
    return Frame(
        fields=tuple(Named(slug, name, order) for slug, name, order, _area in fields),
        core_areas=tuple(Named(*area) for area in areas),
        departments=tuple(sorted(departments.values(), key=lambda d: d.name)),
        principles=tuple(Named(*principle) for principle in principles),
        tints={slug: tints.get(area or "", 1) for slug, _name, _order, area in fields},
    )


def freeze(revision: Revision) -> None:
    """Freeze the picture's grid with the rows of today; called when a revision is published. Earlier grids go: only
    the latest one is drawn."""
    strategy = revision.strategy
    rows = queries.rows(strategy)
    revision.grid = arrange.freeze(rows, frame_of(strategy, rows), clock.today())
    Revision.objects.filter(pk=revision.pk).update(grid=revision.grid, grid_turn=F("grid_turn") + 1)
    Revision.objects.filter(strategy=strategy).exclude(pk=revision.pk).exclude(grid={}).update(grid={})
