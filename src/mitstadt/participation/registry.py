"""Formats of participation introduce themselves here: one folder, one `Format`, nothing else to edit.

In the format's ``AppConfig.ready()``::

    registry.register(Format(slug="ideas", path="ideen", label=_("Ideen sammeln"), verbs=("propose", "support"), …))

The room of processes then mounts its addresses below ``/beteiligung/<path>/``, offers it to staff, asks it for its card
on the page of the process, for its part of paper forms, entry screens, exports, reports and the archive. One
conformance suite (`tests/test_formats.py`) runs over every format that is registered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who

from .models import Contribution, Module, Phase, Process

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """Who looks at a module, and when. `actor` is None on pages that are kept for everybody."""

    now: datetime
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class PaperField:
    """One question on the paper form of a phase. `kind`: text, long_text, choice, choices, scale, ranking, matrix,
    place.

    `name` is the field of the entry form that takes what was written; `options` are (value, words).
    """

    name: str
    label: str
    kind: str = "long_text"
    options: Sequence[tuple[str, str]] = ()
    hint: str = ""
    lines: int = 4
    rows: Sequence[tuple[str, str]] = ()  # of a matrix: (value, words)


class Said(str):
    """What `Entry.save` says of what it wrote; `ref` is how its `undo` finds that again."""

    ref: str

    def __new__(cls, said: str, ref: str) -> Said:
        made = super().__new__(cls, said)
        made.ref = ref
        return made


@dataclass(frozen=True, slots=True)
class OnTablet:
    """What people see at a stall where it is more than staff's form: `place` is the hidden field of `form(module)` that
    holds a place on the map; the template `fields` draws it by ``participation/_pick.html`` (context: `form`, `pick`).
    """

    form: Callable[[Module], type[forms.Form]]
    fields: str
    place: str


@dataclass(frozen=True, slots=True)
class Entry:
    """How staff enter what came on paper, by telephone or at an event.

    `form(module)` is the form's class; `save(actor, module, cleaned_data, channel, sheet, guest_id)` writes one
    contribution through the format's own action (with that `channel`) and returns a short sentence of what was written.
    `person` is who stands behind the access code on the sheet (``("guest", key)`` or ``("user", key)``), else None.
    `row(module)` is the form of one row of a list where a file can say more than the screen asks (a point on the map);
    it takes everything that `form` does, and refuses what `save` would refuse.
    `undo(actor, module, ref)` takes back what `save` wrote beside contributions and named by `Said.ref`; without it
    contributions are all there is to take back. `tablet` is for people at a stall; without it they get `form`.
    `fields` is a template that draws the form's fields (context: `form`) where one below the other is not enough.
    `sheets`: paper ballots and questionnaires are keyed twice and released by a second person, so `save` is called at
    the release only.
    """

    form: Callable[[Module], type[forms.Form]]
    save: Callable[[Actor, Module, dict[str, Any], str, str, Who | None], str]
    sheets: bool = False
    fields: str = "participation/_fields.html"
    row: Callable[[Module], type[forms.Form]] | None = None
    undo: Callable[[Actor, Module, str], None] | None = None
    tablet: OnTablet | None = None

    def row_form(self, module: Module) -> type[forms.Form]:
        return (self.row or self.form)(module)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report: "Ideen" 132; `note` says what it is of."""

    label: str
    value: int | str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportPart:
    """What a format adds to the report of a process: text blocks and tables. Small groups are already hidden."""

    title: str
    figures: Sequence[Figure] = ()
    paragraphs: Sequence[str] = ()
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[Any]]]] = ()  # (caption, columns, rows)


@dataclass(frozen=True, slots=True)
class Date:
    """Something at one time and place, for lists and calendars. `id` never changes and is unique among all formats;
    `path` is a German address; `sequence` grows with each change, so that calendars replace what they had."""

    id: str
    start: datetime
    end: datetime
    title: str
    process: str
    path: str
    place: str = ""
    cancelled: bool = False
    sequence: int = 0
    is_example: bool = False
    process_number: int = 0  # two processes may have one title


class NoSettings(forms.Form):
    """For formats without any."""


def _nothing(_module: Module) -> list[str]:
    return []


def _no_paper(_module: Module, _phase: Phase | None) -> list[PaperField]:
    return []


def _no_report(_module: Module) -> list[ReportPart]:
    return []


def _no_rows(_module: Module) -> Iterable[Row]:
    return ()


def _no_sample(_module: Module) -> None:
    return None


def _no_dates(_processes: QuerySet[Process], _now: datetime) -> Iterable[Date]:
    return ()


def _nothing_of_its_own(_module: Module, _shown: bool) -> None:
    return None


def _no_desk(_module: Module) -> list[tuple[str, str]]:
    return []


def _nothing_to_prepare(_module: Module, _content: Any) -> None:
    return None


def _no_words(_module: Module) -> str:
    return ""


def _no_story(_module: Module, _content: Any, _story: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Format:
    """What a format is.

    `path` is its part of the address (German), `urls` the module with its addresses: each begins with the module's or
    contribution's public id, and ``""`` below a module's id is the module's page. `verbs` are what its phases may
    allow, in the order in which staff read them. `kinds` are the kinds of contribution it writes. `settings` checks a
    module's settings; its `cleaned_data` is stored as JSON. `card(module, reading)` is its place on the page of the
    process: the one action that is possible now, a few facts; no query per row, no person in it unless
    `reading.actor` is given. `missing(module)` are sentences that say what staff must still do before the process may
    be published. `frozen(module)` says why settings cannot be changed any more, or "". `detail(request,
    contribution)` shows one of its contributions, None for the house's own page. `export(module)` yields rows for
    open data and the archive, only what is public. `sample(module)` makes believable content, for the conformance
    suite. `prepare(module, content)` writes what must stand before the process may be published (a text), in the demo
    with what `tell` gets, else None. `dates(processes, now)` are the dates of these public processes that are to come
    or run, from one query. `show(module, shown)` carries publication over to subjects that the format keeps below its
    module. `desk(module)` are its own screens for staff: (words of the link, address). `write(actor, module, data)`
    writes what a program sends in a person's name: title, text, category, district, place, geometry, key.
    `words(module)` is what else the module itself is found by, beside title and introduction; call
    `actions.structure.index_module` when it changes.
    """

    slug: str
    path: str
    label: Any
    summary: Any
    verbs: tuple[str, ...]
    urls: str
    card: Callable[[Module, Reading], SafeString]
    kinds: tuple[str, ...] = ()
    settings: type[forms.Form] = NoSettings
    missing: Callable[[Module], list[str]] = _nothing
    frozen: Callable[[Module], str] = lambda _module: ""
    detail: Callable[[Any, Contribution], Any] | None = None
    entry: Entry | None = None
    paper: Callable[[Module, Phase | None], list[PaperField]] = _no_paper
    export: Callable[[Module], Iterable[Row]] = _no_rows
    report: Callable[[Module], list[ReportPart]] = _no_report
    sample: Callable[[Module], None] = _no_sample
    prepare: Callable[[Module, Any], None] = _nothing_to_prepare
    tell: Callable[[Module, Any, Any], None] = _no_story
    dates: Callable[[QuerySet[Process], datetime], Iterable[Date]] = _no_dates
    show: Callable[[Module, bool], None] = _nothing_of_its_own
    words: Callable[[Module], str] = _no_words
    desk: Callable[[Module], list[tuple[str, str]]] = _no_desk
    write: Callable[[Actor, Module, Mapping[str, Any]], Contribution] | None = None
    presets: Mapping[str, tuple[Any, dict[str, Any]]] = field(default_factory=dict)  # slug → (label, settings)

    @property
    def writes(self) -> str:
        """The verb by which something new is written in this format."""
        first = ("propose", "comment", "annotate", "answer", "vote", "meet")
        return next((verb for verb in first if verb in self.verbs), "comment")


_formats: dict[str, Format] = {}


def register(found: Format) -> None:
    """Introduce a format. Raises ValueError when two claim one slug or path."""
    for known in _formats.values():
        if known is not found and (known.slug == found.slug or known.path == found.path):
            raise ValueError(f"format {found.slug!r} ({found.path}) is registered twice")
    _formats[found.slug] = found


def get(slug: str) -> Format:
    """Raises KeyError for a format that is not installed."""
    return _formats[slug]


def find(slug: str) -> Format | None:
    return _formats.get(slug)


def all_formats() -> list[Format]:
    """Every format of this installation, by slug."""
    return [_formats[slug] for slug in sorted(_formats)]


# -- rooms above processes add links to the staff's page of one -------------------------------------------------
StaffLink = Callable[[Any], tuple[Any, str] | None]
_staff_links: list[StaffLink] = []


def register_staff_link(function: StaffLink) -> None:
    """`function(process)` gives (label, address) for the top of its page in the back office, or None."""
    if function not in _staff_links:
        _staff_links.append(function)


def staff_links(process: Any) -> list[tuple[Any, str]]:
    return [link for function in _staff_links if (link := function(process)) is not None]
