"""Reads: the queue, one case with everything that belongs to its decision, the public log."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from mitstadt.accounts.actor import Actor
from mitstadt.kit import clock, past
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

from . import grounds, registry, rules
from .models import Appeal, AppealOutcome, Case, Decision, Outcome, Report

HIDING = (Outcome.RESTRICT, Outcome.NOTE)


# -- for rooms that show texts ---------------------------------------------------------------------
def notes_of(subject_ids: Collection[int]) -> dict[int, str]:
    """What readers see in place of hidden subjects: {subject key: note, or the ground when no note was written}.

    One query, also for a whole page of comments.
    """
    rows = (
        Decision.objects.filter(
            step=Decision.Step.FIRST,
            outcome__in=HIDING,
            case__subject__in=list(subject_ids),
            case__subject__restricted=True,
        )
        .exclude(case__appeal_outcome=AppealOutcome.LIFTED)
        .order_by("id")
    )
    return {pk: note or title for pk, note, title in rows.values_list("case__subject_id", "note", "ground_title")}


def latest_case(subject: Subject) -> Case | None:
    """The newest case about a subject."""
    return Case.objects.filter(subject=subject).order_by("-id").first()


# -- the queue ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue shows. `state` is open, appealed or decided; empty strings mean no filter."""

    state: str = "open"
    kind: str = ""
    source: str = ""
    overdue: bool = False
    mine: bool = False


def queue(filters: Filters, actor: Actor, now: datetime) -> QuerySet[Case]:
    """Cases, the most urgent first. `mine` leaves out what this person may not decide."""
    states = {"open": ["open"], "appealed": ["appealed"], "decided": ["decided", "closed"]}
    rows = Case.objects.filter(state__in=states.get(filters.state, ["open"]))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.source:
        rows = rows.filter(source=filters.source)
    if filters.overdue:
        rows = rows.filter(due_at__lt=now, state__in=["open", "appealed"])
    if filters.mine:
        rows = rows.filter(Q(author_user__isnull=True) | ~Q(author_user=actor.user_id))
        rows = rows.filter(Q(decided_by__isnull=True) | ~Q(decided_by=actor.user_id))
    return rows.order_by("-decided_at", "-id") if filters.state == "decided" else rows.order_by("due_at", "id")


def waiting(now: datetime) -> dict[str, int]:
    """How many cases wait: open, appealed, overdue. One query."""
    late = Q(due_at__lt=now)
    return Case.objects.filter(state__in=["open", "appealed"]).aggregate(
        open=Count("pk", filter=Q(state="open")),
        appealed=Count("pk", filter=Q(state="appealed")),
        overdue=Count("pk", filter=late),
    )


def kinds_in_use() -> list[tuple[str, str]]:
    """(slug, plural) of kinds that have cases."""
    slugs = Case.objects.order_by("kind").values_list("kind", flat=True).distinct()
    return [(slug, kind_label(slug, plural=True)) for slug in slugs]


def kind_label(slug: str, *, plural: bool = False) -> str:
    """What people call this kind of subject."""
    try:
        kind = kinds.get(slug)
    except KeyError:
        return slug
    return str(kind.plural if plural else kind.label)


@dataclass(frozen=True, slots=True)
class Reported:
    """One report as the moderator sees it: never who, only whether somebody waits for an answer."""

    reason: str
    text: str
    at: datetime
    wants_answer: bool
    signed_in: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that belongs to one decision."""

    case: Case
    text: str
    context: str
    reports: list[Reported]
    findings: list[rules.Finding]
    cases_before: int
    restricted_before: int
    lifted_before: int
    decisions: list[Decision]
    appeal: Appeal | None
    can_redact: bool


def case(public_id: str) -> Case | None:
    return Case.objects.select_related("subject").filter(public_id=public_id).first()


def dossier(found: Case) -> Dossier:
    """The case with text, reports, findings and the author's history in numbers; a fixed number of queries."""
    how = registry.of(found.kind)
    before = _author_history(found)
    return Dossier(
        case=found,
        text=how.excerpt_of(found.subject) if found.subject else "",
        context=how.context_of(found.subject) if found.subject else "",
        reports=[_reported(r) for r in Report.objects.filter(case=found).order_by("id")],
        findings=[rules.Finding(f["rule"], f.get("hint", ""), f.get("count", 1)) for f in found.findings],
        cases_before=before["cases"],
        restricted_before=before["restricted"],
        lifted_before=before["lifted"],
        decisions=list(Decision.objects.filter(case=found).order_by("step")),
        appeal=Appeal.objects.filter(case=found).first(),
        can_redact=how.redact is not None,
    )


def _reported(report: Report) -> Reported:
    chosen = grounds.reason(report.reason)
    known = report.reporter_user_id is not None or report.reporter_guest_id is not None
    title = chosen.title if chosen else report.reason
    return Reported(title, report.text, report.at, bool(report.contact) or known, known)


def _author_history(found: Case) -> dict[str, int]:
    """How often this author was the subject of cases before, and how they ended."""
    author = Q(pk__in=[])
    if found.author_user_id is not None:
        author = Q(author_user=found.author_user_id)
    elif found.author_guest_id is not None:
        author = Q(author_guest=found.author_guest_id)
    return (
        Case.objects.filter(author)
        .exclude(pk=found.pk)
        .aggregate(
            cases=Count("pk"),
            restricted=Count("pk", filter=Q(outcome__in=[*HIDING, Outcome.REDACT])),
            lifted=Count("pk", filter=Q(appeal_outcome="lifted")),
        )
    )


# -- the public log --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class LogLine:
    """One decision as everybody may read it: no text, no names."""

    public_id: str
    case: str
    at: datetime
    kind: str
    kind_label: str
    step: int
    outcome: str
    outcome_label: str
    ground: str
    ground_kind: str
    ground_title: str
    reports: int
    found_automatically: bool
    automated: bool
    is_example: bool


def public(since: datetime | None = None) -> QuerySet[Decision]:
    """The log that page, feed, API and data set share, newest first."""
    rows = Decision.objects.select_related("case").order_by("-at", "-id")
    moment = past.moment()
    if moment is not None:
        reports = Count("case__reports", filter=Q(case__reports__at__lte=moment))
        rows = rows.filter(at__lte=moment).annotate(reports_then=reports)
    return rows.filter(at__gte=since) if since else rows


def lines(rows: Iterable[Decision]) -> list[LogLine]:
    """Decisions as lines of the log, in the active language."""
    return [_line(row) for row in rows]


def _line(row: Decision) -> LogLine:
    known = grounds.ground(row.ground) if row.ground else None
    return LogLine(
        public_id=row.public_id,
        case=row.case.public_id,
        at=row.at,
        kind=row.case.kind,
        kind_label=kind_label(row.case.kind),
        step=row.step,
        outcome=row.outcome,
        outcome_label=str(row.get_outcome_display()),
        ground=row.ground,
        ground_kind=row.ground_kind,
        ground_title=known.title if known else row.ground_title,
        reports=getattr(row, "reports_then", row.case.report_count),
        found_automatically=row.found_automatically,
        automated=row.automated,
        is_example=row.case.is_example,
    )


def counts(now: datetime | None = None, days: int = 365) -> dict[str, Any]:
    """The last `days` in numbers: reports, decisions by outcome, appeals and how many were lifted. Three queries."""
    end = now or clock.now()
    start = end - timedelta(days=days)
    decided = Decision.objects.filter(at__gte=start, at__lte=end).aggregate(
        decisions=Count("pk", filter=Q(step=1)),
        kept=Count("pk", filter=Q(step=1, outcome=Outcome.KEEP)),
        hidden=Count("pk", filter=Q(step=1, outcome__in=HIDING)),
        redacted=Count("pk", filter=Q(step=1, outcome=Outcome.REDACT)),
        appeals_decided=Count("pk", filter=Q(step=2)),
        lifted=Count("pk", filter=Q(outcome="lifted")),
    )
    reports = Report.objects.filter(at__gte=start, at__lte=end).count()
    return {
        **decided,
        "reports": reports,
        "appeals": Appeal.objects.filter(at__gte=start, at__lte=end).count(),
        "days": days,
    }


# -- for the people concerned ------------------------------------------------------------------------
def own_cases(actor: Actor) -> QuerySet[Case]:
    """Decided cases about the actor's own texts."""
    if actor.user_id is None:
        return Case.objects.none()
    return (
        Case.objects.filter(author_user=actor.user_id).exclude(outcome__in=["", Outcome.KEEP]).order_by("-decided_at")
    )


def report_by_code(code: str) -> Report | None:
    """A report by its receipt code."""
    return Report.objects.select_related("case").filter(code=code).first()


def decisions_of(found: Case) -> list[Decision]:
    return list(Decision.objects.filter(case=found).order_by("step"))
