"""What a file says, once read and checked. Texts are as in the file; codes are the strategy's own."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from dataclasses import field as listed
from typing import Any

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `row` is the row or line in the file (0: the file as a whole), `value` is quoted."""

    row: int
    field: str
    value: str
    message: str
    level: str = ERROR


@dataclass(slots=True)
class Problems:
    """Collects problems; keeps the first `cap` and counts the rest, so that a hostile file cannot fill the memory."""

    cap: int = 500
    found: list[Problem] = field(default_factory=list)
    count: int = 0
    errors: int = 0

    def add(self, row: int, name: str, value: object, message: object, level: str = ERROR) -> None:
        self.count += 1
        self.errors += level == ERROR
        if len(self.found) < self.cap:
            self.found.append(Problem(row, name, quoted(value), str(message), level))

    def warn(self, row: int, name: str, value: object, message: object) -> None:
        self.add(row, name, value, message, WARNING)


def quoted(value: object) -> str:
    """A value as it is quoted in a message: one line, at most 80 characters, no control characters."""
    text = "" if value is None else str(value)
    text = "".join(c if c.isprintable() else " " for c in text[:200])
    return text if len(text) <= 80 else f"{text[:79]}…"


@dataclass(slots=True)
class MeasureIn:
    """One measure with every fact that a file can give. Partial dates as in `dates`; codes are slugs.

    `number` 0 means: the next free one. `merged_into` and `split_from` name slugs,
    `retired_in` the revision with which the measure was dropped. `row` is where it stands.
    """

    slug: str
    title: str = ""
    number: int = 0
    short_name: str = ""
    kind: str = "massnahme"
    summary: str = ""
    reason: str = ""
    audience: str = ""
    plain_text: str = ""
    core_area: str = ""
    core_area_basis: str = "source"
    field: str = ""
    department: str = ""
    contact: str = ""
    start: str = ""
    end: str = ""
    status: str = "unbekannt"
    status_as_of: str = ""
    revision: str = ""
    district: int | None = None
    principles: list[str] = listed(default_factory=list)
    links: list[dict[str, str]] = listed(default_factory=list)
    source: str = ""
    confidence: str = ""
    note: str = ""
    related: list[str] = listed(default_factory=list)
    indicators: list[dict[str, Any]] = listed(default_factory=list)
    council: list[dict[str, str]] = listed(default_factory=list)
    milestones: list[dict[str, str]] = listed(default_factory=list)
    progress: list[dict[str, Any]] = listed(default_factory=list)
    merged_into: str = ""
    split_from: str = ""
    retired_in: str = ""
    participate_path: str = ""
    participate_until: str = ""
    change_reason: str = ""
    row: int = 0

    def payload(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def of(cls, payload: dict[str, Any]) -> MeasureIn:
        return cls(**payload)


FIELDS: tuple[str, ...] = tuple(f.name for f in fields(MeasureIn) if f.name != "row")
# What tells measures apart or describes the change itself: never a difference.
IDENTITY = frozenset({"number", "change_reason"})


@dataclass(slots=True)
class Raw:
    """A file, read but not yet understood: `rows` are (row number, {heading: value})."""

    format: str
    headings: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    frame: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What codes may be named: slug or code → itself, name (folded) → slug."""

    fields: dict[str, str]
    core_areas: dict[str, str]
    departments: dict[str, str]
    principles: dict[str, str]
    revisions: frozenset[str]
    districts: dict[str, int]


@dataclass(slots=True)
class Parsed:
    """A file, understood. `given` are the fields it speaks about; others stay as they are."""

    format: str
    measures: list[MeasureIn]
    given: frozenset[str]
    mapping: dict[str, str]
    frame: dict[str, Any] | None
    problems: Problems
