"""What the radar answers to programs. Names are English, values are as in the strategy.

Partial dates are texts ``2024``, ``2024-05`` or ``2024-05-31``; unknown is an empty text or null. `confidence` is
``high`` (in a source), ``medium`` (partly inferred), ``low`` (only hinted at) or empty.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema


class FilterIn(Schema):
    """The filters of a list of measures. Those that are lists may stand several times in an address."""

    field: list[str] = []
    core_area: list[str] = []
    department: list[str] = []
    status: list[str] = []
    principle: list[str] = []
    revision: list[str] = []
    year: list[str] = []
    district: list[str] = []
    late: bool = False
    participate: bool = False
    q: str = ""
    stand: str = ""
    changed_since: str = ""
    page: int = Field(1, ge=1, le=100_000)
    limit: int = Field(100, ge=1, le=500)


class NamedOut(Schema):
    slug: str
    name: str


class FlagOut(Schema):
    """`slug`: late, postponed, stale, undated or behind. `number`: days, times or percent; `rule` explains it."""

    slug: str
    text: str
    rule: str
    number: int


class ProgressOut(Schema):
    """Milestones reached of all."""

    done: int
    all: int


class MeasureOut(Schema):
    """`unproven` names the facts that no source proves for the day shown; ``revision`` among them means that nobody can
    tell whether the measure belonged to the strategy then. `revision`: where it is proven first."""

    id: str
    code: str
    number: int
    slug: str
    url: str
    title: str
    short_name: str
    summary: str
    kind: str
    status: str
    status_as_of: str
    start: str
    end: str
    field: NamedOut
    core_area: NamedOut | None
    department: NamedOut | None
    principles: list[NamedOut]
    revision: str
    district: int | None
    confidence: str
    milestones: ProgressOut
    flags: list[FlagOut]
    unproven: list[str]
    earlier_status: str
    earlier_end: str
    can_participate: bool
    comments: int
    ratings: int
    changed_on: str


class MeasuresOut(Schema):
    """A page of measures. `next` is the address of the following page, null on the last. `as_of` is the day shown,
    `retired` (only with `changed_since`) the codes of measures dropped since."""

    total: int
    page: int
    limit: int
    next: str | None
    as_of: date
    retired: list[str]
    items: list[MeasureOut]


class LinkOut(Schema):
    url: str
    label: str


class MilestoneOut(Schema):
    title: str
    due: str
    done_on: str
    source: str


class ReportedOut(Schema):
    """What the city itself reported, with the end it named then."""

    percent: int
    end: str
    as_of: str
    confidence: str


class IndicatorOut(Schema):
    name: str
    value: float


class CouncilDecisionOut(Schema):
    paper: str
    date: str
    body: str
    url: str


class RelativeOut(Schema):
    """`relation`: related, merged_into, merged_from, split_into or split_from."""

    relation: str
    title: str
    url: str
    status: str
    revision: str


class ChangeOut(Schema):
    """One line of the time line, newest first. `shift`: months by which the planned end moved, positive is later.
    `pieces`: the way from the old to the new text as [op, text], op being same, removed or added."""

    day: str
    what: str
    text: str
    old: str
    new: str
    who: str
    why: str
    source: str
    shift: int | None
    revision: str
    url: str
    confidence: str
    pieces: list[tuple[str, str]]


class MeasureDetailOut(MeasureOut):
    """`retired`: the revision with which it was dropped, empty while it is part of the strategy."""

    reason: str
    audience: str
    plain_text: str
    contact: str
    core_area_basis: str
    source: str
    note: str
    participate_path: str
    participate_until: date | None
    retired: str
    as_of: date
    links: list[LinkOut]
    milestone_list: list[MilestoneOut]
    progress_reports: list[ReportedOut]
    indicators: list[IndicatorOut]
    council_decisions: list[CouncilDecisionOut]
    relatives: list[RelativeOut]
    history: list[ChangeOut]


class StatementOut(Schema):
    revision: str
    summary: str
    points: list[str]
    valid_from: str
    source: str
    confidence: str


class CoreAreaOut(Schema):
    slug: str
    name: str
    summary: str
    colour_hint: str
    earlier_fields: list[str]
    note: str
    confidence: str


class FieldOut(Schema):
    """`reported_counts`: what the city's own radar has shown, null where nobody knows."""

    slug: str
    name: str
    order: int
    core_area: str
    focuses: list[str]
    goals: list[str]
    links: list[str]
    reported_counts: dict[str, int | None] | None
    note: str
    confidence: str
    measures: int


class PrincipleOut(Schema):
    slug: str
    name: str
    since: str
    supersedes: str
    summary: str
    note: str
    confidence: str


class DepartmentOut(Schema):
    code: str
    name: str
    confidence: str


class RevisionOut(Schema):
    """`measures`: how many measures are proven to have first appeared in it. `in_force`: the day the radar shows."""

    code: str
    name: str
    body: str
    decided: str
    in_force: date | None
    prepared_by: str
    paper: str
    links: list[str]
    changes: list[str]
    note: str
    confidence: str
    measures: int


class EventOut(Schema):
    date: str
    text: str
    source: str


class ReportOut(Schema):
    number: int
    period: str
    date: str
    form: str
    url: str
    measures: int | None
    structure: str
    note: str
    confidence: str


class ParticipationOut(Schema):
    """`figures` are as the source words them."""

    key: str
    figures: dict[str, Any]
    source: str
    note: str


class SectionOut(Schema):
    heading: str
    measures: list[str]
    refers_to: str


class ReportTemplateOut(Schema):
    name: str
    source: str
    lesson: str
    sections: list[SectionOut]


class NeedOut(Schema):
    need: str
    source: str


class StrategyOut(Schema):
    slug: str
    name: str
    city: str
    motto: str
    language: str
    compiled: str
    notes: dict[str, Any]
    measures: int
    changed_at: datetime | None
    vision: list[StatementOut]
    mission: list[StatementOut]
    core_areas: list[CoreAreaOut]
    fields: list[FieldOut]
    principles: list[PrincipleOut]
    departments: list[DepartmentOut]
    revisions: list[RevisionOut]
    timeline: list[EventOut]
    reports: list[ReportOut]
    participations: list[ParticipationOut]
    report_templates: list[ReportTemplateOut]
    citizen_needs: list[NeedOut]
