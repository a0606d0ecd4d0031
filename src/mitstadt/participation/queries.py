"""Reads. `public()` is what page, interface, feed and export share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from mitstadt.comments.models import Held
from mitstadt.kit import past
from mitstadt.kit.prepared import PreparedObjects

from . import rules, then
from .models import SUPPORTS_BY, Contribution, Kind, Module, Phase, Process, Source

# How many stand behind a contribution: all of them, and those that did not come online.
SUPPORTS = ("support_count", *SUPPORTS_BY.values())
# What a list of contributions needs of each.
CONTRIBUTION_FIELDS = (
    "subject__public_id",
    "subject__path",
    "subject__comment_count",
    "title",
    "text",
    "author_label",
    "created_at",
    "channel",
    "category__name",
    "district__name",
    *SUPPORTS,
    "assessment__decision",
    "is_example",
)


def public() -> QuerySet[Process]:
    """Every process that anybody may see."""
    return then.public(Process.objects.filter(subject__published=True, subject__restricted=False))


def with_parts(processes: QuerySet[Process]) -> QuerySet[Process]:
    """With what deciding and drawing a card needs: subject, department, phases with their module. Three queries."""
    return processes.select_related("subject", "department").prefetch_related("phases__module__subject", "districts")


def process(number: int) -> Process | None:
    """The process with this number, whatever its stage, with its parts."""
    return with_parts(Process.objects.filter(number=number)).first()


def _modules() -> QuerySet[Module]:
    return Module.objects.select_related("subject", "process__subject", "process__department")


def _contributions() -> QuerySet[Contribution]:
    return Contribution.objects.select_related("subject", "process__subject", "process__department", "module__subject")


_MODULE = PreparedObjects(lambda key: _modules().filter(subject__public_id=key), "")
_MODULE_OF = PreparedObjects(lambda key: _modules().filter(pk=key))
_PHASES = PreparedObjects(lambda key: Phase.objects.filter(module_id=key))
_OF_CONTRIBUTION = PreparedObjects(lambda key: _contributions().filter(pk=key))
_CONTRIBUTION = PreparedObjects(
    lambda key: _contributions().select_related("assessment", "category", "district").filter(subject__public_id=key),
    "",
)


def module(public_id: str) -> Module | None:
    """A module with its process and phases (two queries), whatever its stage."""
    return _with_phases(_MODULE.one(public_id))


def module_of(subject_id: int) -> Module | None:
    return _with_phases(_MODULE_OF.one(subject_id))


def _with_phases(found: Module | None) -> Module | None:
    """As if the phases had been prefetched."""
    if found is not None:
        phases: Any = Phase.objects.filter(module=found)
        phases._result_cache = _PHASES.all(found.pk)
        phases._prefetch_done = True
        for phase in phases._result_cache:
            phase.module = found
        found._prefetched_objects_cache = {"phases": phases}  # type: ignore[attr-defined]
    return found


def of_contribution(subject_id: int) -> Contribution | None:
    """A contribution with all that deciding about it needs. Two queries."""
    return _whole(_OF_CONTRIBUTION.one(subject_id))


def contribution(public_id: str) -> Contribution | None:
    """The same by its public id, with what the city said of it. Two queries; who answered, its group and what it was
    merged into are read when they are asked for, most have none of them."""
    return _whole(_CONTRIBUTION.one(public_id))


def _whole(found: Contribution | None) -> Contribution | None:
    """Its module knows the process that was read already, instead of joining it once more."""
    if found is not None and found.module is not None:
        found.module.process = found.process
        _with_phases(found.module)
    return found


def public_contributions() -> QuerySet[Contribution]:
    """What anybody may read, with its text: page, feed, interface and open data share this."""
    return then.contributions(
        Contribution.objects.filter(
            held=Held.NO,
            draft=False,
            removed_at__isnull=True,
            subject__published=True,
            subject__restricted=False,
            process__subject__published=True,
            process__subject__restricted=False,
        )
    )


def of_account(user_id: int) -> QuerySet[Contribution]:
    """All that this account wrote, whatever its state, for its author only. Comments are in their own room."""
    rows = Contribution.objects.filter(user_id=user_id).exclude(kind=Kind.COMMENT)
    return rows.select_related("subject", "process__subject")


def with_words(rows: QuerySet[Contribution]) -> QuerySet[Contribution]:
    """Annotate `words` (the text) and `called` (the name as it appears), for comments from their own room."""
    return rows.annotate(
        words=Coalesce("subject__comment__text", "text"),
        called=Coalesce("subject__comment__author_label", "author_label"),
    )


def public_sources() -> QuerySet[Source]:
    """Photographs of flip charts that anybody may see."""
    return Source.objects.filter(
        released=True, batch__process__subject__published=True, batch__process__subject__restricted=False
    )


# -- lists of processes -----------------------------------------------------------------------------------
ORDER = {
    rules.RUNNING: 0,
    rules.ANNOUNCED: 1,
    rules.EVALUATION: 2,
    rules.ANSWERED: 3,
    rules.IMPLEMENTED: 4,
    rules.ARCHIVED: 5,
}


def in_state(state: str, now: datetime) -> QuerySet[Process]:
    """Public processes in one of `rules.STATES`, decided by the database with the same meaning as `rules.state`."""
    found = public()
    if state == rules.ANNOUNCED:
        return found.filter(Q(first_start__isnull=True) | Q(first_start__gt=now), then.in_stage(rules.OPEN))
    if state == rules.RUNNING:
        return found.filter(then.in_stage(rules.OPEN), first_start__lte=now, last_end__gt=now)
    if state == rules.EVALUATION:
        return found.filter(then.in_stage(rules.OPEN), last_end__lte=now)
    return found.filter(then.in_stage(state))


def near(processes: QuerySet[Process], district: int | None) -> QuerySet[Process]:
    """Those in one district (by number) or in the whole city."""
    if district is None:
        return processes
    return processes.filter(Q(districts__number=district) | Q(districts__isnull=True)).distinct()


def listed(now: datetime, states: Iterable[str], district: int | None = None, limit: int = 100) -> list[Process]:
    """Processes for a list, what runs and ends first on top. A constant number of queries."""
    wanted = list(states)
    found: list[Process] = []
    for state in sorted(wanted, key=lambda name: ORDER[name]):
        order = "last_end" if state == rules.RUNNING else "first_start" if state == rules.ANNOUNCED else "-last_end"
        found += with_parts(near(in_state(state, now), district)).order_by(order, "-number")[:limit]
    return then.as_they_were(found)


def counts(now: datetime) -> dict[str, int]:
    """How many public processes are in each state. One query."""
    found: dict[str, Any] = dict.fromkeys(rules.STATES[1:], 0)
    known = then.stages() if past.day() is not None else {}
    for pk, today, start, end in public().values_list("pk", "stage", "first_start", "last_end"):
        stage = known.get(pk, today)
        if stage != rules.OPEN:
            found[stage] += 1
        elif start is None or start > now:
            found[rules.ANNOUNCED] += 1
        else:
            found[rules.RUNNING if end is not None and end > now else rules.EVALUATION] += 1
    return found
