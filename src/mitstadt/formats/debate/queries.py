"""Reads of a debate. What page, interface, files and report show is the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from mitstadt.comments import queries as voices
from mitstadt.kit import past
from mitstadt.participation import queries as processes
from mitstadt.participation.models import Module

from .models import Ended, Summary

SLUG = "debate"


@dataclass(slots=True)
class Pinned:
    """What stands on top of a debate: the summary that counts, the earlier ones (newest first), and how many
    contributions came since."""

    standing: Summary | None = None
    earlier: list[Summary] = field(default_factory=list)
    since: int = 0


def asks_side(module: Module) -> bool:
    """Does this debate ask people where they stand? Those made before the setting do."""
    return module.settings.get("sides", True) is not False


def debates() -> QuerySet[Module]:
    """Every public debate."""
    return Module.objects.filter(format=SLUG, process__in=processes.public(), subject__restricted=False)


def public() -> QuerySet[Summary]:
    """Every summary that anybody may read, as of the day shown."""
    return by_then(Summary.objects.filter(module__in=debates()))


def by_then(rows: QuerySet[Summary]) -> QuerySet[Summary]:
    """Those that had been written on the day shown and kept their text; all of them today."""
    moment = past.moment()
    return rows if moment is None else rows.filter(written_at__lte=moment).exclude(text="")


def as_it_was(summary: Summary) -> Summary:
    """The same as it stood on the day shown: what ended it later had not happened."""
    moment = past.moment()
    if moment is not None and summary.ended_at is not None and summary.ended_at > moment:
        summary.ended_at, summary.ended, summary.reason = None, Ended.NO, ""
    return summary


def of(module: Module) -> list[Summary]:
    """All summaries of a debate, newest first. One query."""
    return [as_it_was(found) for found in by_then(Summary.objects.filter(module=module))]


def pinned(module: Module) -> Pinned:
    """For the page: two queries, one while nothing stands."""
    found = of(module)
    standing = next((one for one in found if one.ended_at is None), None)
    earlier = [one for one in found if one is not standing]
    return Pinned(standing, earlier, since(module, standing) if standing is not None else 0)


def standing(module: Module) -> Summary | None:
    """The summary that counts now. One query."""
    return Summary.objects.filter(module=module, ended_at__isnull=True).first()


def summary(public_id: str) -> Summary | None:
    """One summary with what deciding needs, whatever became of it."""
    found = Summary.objects.select_related("module__subject", "module__process__subject", "module__process__department")
    return found.filter(public_id=public_id).first()


def until(module: Module, day: date) -> QuerySet[Any]:
    """The public contributions of a debate up to the end of `day`."""
    return voices.public().filter(about=module.subject_id, created_at__lte=past.end_of(day))


def since(module: Module, summary: Summary) -> int:
    """How many public contributions came after the day up to which a summary reads. One query."""
    later = voices.public().filter(about=module.subject_id, created_at__gt=past.end_of(summary.covers_until))
    return later.count()


def unread(module: Module, summary: Summary | None, limit: int = 100) -> list[dict[str, Any]]:
    """For staff: the public contributions after the last summary, oldest first. One query."""
    rows = voices.public().filter(about=module.subject_id)
    if summary is not None:
        rows = rows.filter(created_at__gt=past.end_of(summary.covers_until))
    fields = ("author_label", "side", "text", "created_at", "channel", "parent_id", "subject__path", "is_example")
    return list(rows.order_by("created_at", "pk").values(*fields)[:limit])


def begun(module: Module) -> datetime:
    """Since when there is something to sum up."""
    return module.subject.created_at
