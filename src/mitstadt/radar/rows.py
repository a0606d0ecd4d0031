"""What lists, the picture, downloads and the API know about one measure on one day. Pure data, no Django."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a slug and a name: a field, core area, department (slug = code) or principle."""

    slug: str
    name: str
    order: int = 0


@dataclass(frozen=True, slots=True)
class Flag:
    """`slug` is ``late``, ``postponed`` or ``stale``; `text` the translated words, `rule` the rule behind it."""

    slug: str
    text: str
    rule: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure as of one day (today unless asked otherwise).

    `start`, `end` and `status_as_of` are partial dates (see `dates`), empty when unknown. `unproven` names the facts
    that no source proves for that day ("nicht belegt"); a status among them is `rules.UNPROVEN`. `earlier_status` and
    `earlier_end` are the status and the planned end in the revision before, if they are proven and different: the
    picture draws a trail from there.
    """

    id: int
    public_id: str
    number: int
    slug: str
    path: str
    title: str
    short_name: str
    summary: str
    kind: str
    status: str
    status_as_of: str
    start: str
    end: str
    field: Named
    core_area: Named | None
    department: Named | None
    principles: tuple[Named, ...] = ()
    revision: str = ""
    district: int | None = None
    confidence: str = ""
    milestones_done: int = 0
    milestones_all: int = 0
    flags: tuple[Flag, ...] = ()
    unproven: frozenset[str] = frozenset()
    earlier_status: str = ""
    can_participate: bool = False
    comment_count: int = 0
    rating_count: int = 0
    changed_on: str = ""
    earlier_end: str = ""

    @property
    def code(self) -> str:
        return f"M-{self.number:03d}"

    @property
    def label(self) -> str:
        """The name for the picture."""
        return self.short_name or self.title

    @property
    def is_late(self) -> bool:
        for flag in self.flags:  # noqa: SIM110 - half the time of any(), and asked for each mark, count and line
            if flag.slug == "late":
                return True
        return False
