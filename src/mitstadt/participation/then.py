"""Processes and contributions as they were on a past day (`kit.past`).

Since when a process was public and in which stage it stood says the audit log; what runs on that day follows from the
phases, as it does today. Texts have no earlier versions: where they were changed since, the page's banner says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from mitstadt.audit.models import Entry
from mitstadt.comments.models import Channel
from mitstadt.kit import past
from mitstadt.subjects.kinds import Then

from . import rules, words
from .models import SUPPORTS_BY, Assessment, Contribution, Module, Process, SignatureList, Support

_STAGE = "participation.process.stage."


def stages() -> dict[int, str]:
    """The stage of every process that had been published by the day shown, by key. Two queries."""
    moment = past.moment()
    logged: dict[str, str] = {}
    rows = Entry.objects.filter(action__startswith=_STAGE, at__lte=moment).order_by("at", "pk")
    for public_id, action in rows.values_list("object", "action"):
        logged[public_id] = action.removeprefix(_STAGE)
    found = {}
    published = Process.objects.filter(published_at__lte=moment)
    for pk, public_id, stage, changed_at in published.values_list(
        "pk", "subject__public_id", "stage", "stage_changed_at"
    ):
        unchanged = changed_at is None or moment is None or changed_at <= moment
        found[pk] = stage if unchanged else logged.get(public_id, rules.OPEN)
    return found


def in_stage(*stage: str) -> Q:
    """Processes in one of these stages on the day shown."""
    if past.day() is None:
        return Q(stage__in=stage)
    return Q(pk__in=[pk for pk, found in stages().items() if found in stage])


def public(rows: QuerySet[Process]) -> QuerySet[Process]:
    """Those that anybody could see on the day shown."""
    if past.day() is None:
        return rows.exclude(stage=rules.DRAFT)
    return rows.filter(in_stage(*(set(rules.STEPS) - {rules.DRAFT}))).exclude(stage=rules.DRAFT)


def as_they_were(processes: Iterable[Process]) -> list[Process]:
    """Loaded processes with the stage, the result and the count of the day shown; none that was not public then.

    Three queries, none today.
    """
    known = list(processes)
    moment = past.moment()
    if moment is None or not known:
        return known
    stage = stages()
    counted = contributions(Contribution.objects.filter(counted=True, process__in=known))
    count = dict(counted.values_list("process").annotate(Count("pk")).order_by())
    found = [process for process in known if process.pk in stage]
    for process in found:
        if process.stage != stage[process.pk]:
            process.stage, process.stage_changed_at = stage[process.pk], None
            if process.stage in (rules.DRAFT, rules.OPEN):
                process.result = ""
        process.contribution_count = count.get(process.pk, 0)
        if process.changed_at > moment:
            past.doubt(
                _(
                    "Texte, Termine und Unterlagen eines Verfahrens, an dem seitdem gearbeitet wurde, "
                    "stehen in der Fassung von heute; wie sie damals lauteten, ist nicht belegt."
                )
            )
    return found


def as_it_was(process: Process) -> Process:
    """One loaded process. Raises `past.NotYet` where it was not public on the day shown."""
    found = as_they_were([process])
    if not found:
        raise past.NotYet
    return found[0]


def module_as_it_was(module: Module) -> Module:
    as_it_was(module.process)
    moment = past.moment()
    if moment is not None:
        mine = contributions(Contribution.objects.filter(counted=True, module=module))
        module.contribution_count = mine.count()
        if module.subject.created_at > moment:
            raise past.NotYet
    return module


def contributions(rows: QuerySet[Contribution]) -> QuerySet[Contribution]:
    """Those that stood there on the day shown; all of them today."""
    moment = past.moment()
    if moment is None:
        return rows
    later = Entry.objects.filter(
        action__in=("participation.contribution.publish", "comments.comment.publish"), at__gt=moment
    )
    return rows.filter(created_at__lte=moment).exclude(subject__public_id__in=later.values("object"))


def contribution_as_it_was(found: Contribution) -> Contribution:
    """One loaded contribution: what people and the city had said of it by the day shown. Three queries, none today.

    Raises `past.NotYet` where it did not stand there.
    """
    moment, day = past.moment(), past.day()
    if moment is None or day is None:
        return found
    if not contributions(Contribution.objects.filter(pk=found.pk)).exists():
        raise past.NotYet
    as_it_was(found.process)
    for name, count in supports_by([found.pk]).get(found.pk, NO_SUPPORTS).items():
        setattr(found, name, count)
    decided = found.assessment.decided_on
    if decided is not None and decided > day:
        found.assessment.decision, found.assessment.reason = "", ""
        found.assessment.decided_on = None
    if found.edited_at is not None and found.edited_at > moment:
        past.doubt(
            _("Dieser Beitrag wurde am %(day)s geändert und steht in dieser Fassung.")
            % {"day": f"{timezone.localdate(found.edited_at):%d.%m.%Y}"}
        )
    return found


def decided() -> Q:
    """Contributions that the city had decided on by the day shown."""
    day = past.day()
    known = ~Q(assessment__decision=Assessment.Decision.OPEN)
    return known if day is None else known & Q(assessment__decided_on__lte=day)


def with_said(rows: QuerySet[Contribution]) -> QuerySet[Contribution]:
    """Annotate `said_support`, `said_decision` and `said_reason`: what people and the city said by the day shown."""
    moment = past.moment()
    if moment is None:
        return rows.annotate(
            said_support=F("support_count"),
            **{f"said_{channel}": F(name) for channel, name in SUPPORTS_BY.items()},
            said_decision=F("assessment__decision"),
            said_reason=F("assessment__reason"),
        )
    given = Support.objects.filter(contribution=OuterRef("pk"), at__lte=moment).order_by().values("contribution")
    signed = _lists(moment).filter(contribution=OuterRef("pk")).order_by().values("contribution")
    said: dict[str, Any] = {
        f"said_{channel}": Coalesce(Subquery(given.filter(channel=channel).annotate(n=Count("pk")).values("n")), 0)
        for channel in SUPPORTS_BY
    }
    said["said_paper"] += Coalesce(Subquery(signed.annotate(n=Sum("count")).values("n")), 0)
    online = Coalesce(Subquery(given.filter(channel=Channel.ONLINE).annotate(n=Count("pk")).values("n")), 0)
    return rows.annotate(
        **said,
        said_support=sum((F(name) for name in said), online),
        said_decision=Case(When(decided(), then=F("assessment__decision")), default=Value("")),
        said_reason=Case(When(decided(), then=F("assessment__reason")), default=Value(""), output_field=TextField()),
    )


def decision() -> F | Case:
    """What the city had decided on a contribution by the day shown; "" where it had not."""
    said = F("assessment__decision")
    return said if past.day() is None else Case(When(decided(), then=said), default=Value(""))


def rows_as_they_were(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the report without answers and support that came after the day shown. Two queries, none today."""
    moment, day = past.moment(), past.day()
    if moment is None or day is None:
        return rows
    support = supports_by([row["pk"] for row in rows])
    for row in rows:
        row |= support.get(row["pk"], NO_SUPPORTS)
        on = row["assessment__decided_on"]
        if on is not None and on > day:
            row |= {"assessment__decision": "", "assessment__reason": "", "assessment__decided_on": None}
    return rows


NO_SUPPORTS = dict.fromkeys(("support_count", *SUPPORTS_BY.values()), 0)


def supports_by(keys: Collection[int]) -> dict[int, dict[str, int]]:
    """How many stood behind these contributions on the day shown: all, and by channel. Two queries."""
    moment = _now()
    given = Support.objects.filter(contribution__in=keys, at__lte=moment).order_by()
    signed = _lists(moment).filter(contribution__in=keys).order_by().values("contribution").annotate(n=Sum("count"))
    found: dict[int, dict[str, int]] = {}
    counted = [
        *given.values_list("contribution", "channel").annotate(n=Count("pk")),
        *((pk, Channel.PAPER, n) for pk, n in signed.values_list("contribution", "n")),
    ]
    for pk, channel, n in counted:
        one = found.setdefault(pk, dict(NO_SUPPORTS))
        one["support_count"] += n
        if channel in SUPPORTS_BY:
            one[SUPPORTS_BY[Channel(channel)]] += n
    return found


def _lists(moment: datetime) -> QuerySet[SignatureList]:
    """Lists of signatures that counted at `moment`."""
    return SignatureList.objects.filter(Q(ended_at=None) | Q(ended_at__gt=moment), at__lte=moment)


def links() -> Q:
    """Links between subjects that were made by the day shown."""
    moment = past.moment()
    return Q() if moment is None else Q(created_at__lte=moment)


# -- for `subjects.kinds` -------------------------------------------------------------------------------------
def processes(keys: Collection[int]) -> dict[int, Then]:
    """Processes that were public on the day shown, with their state. A constant number of queries."""
    rows = as_they_were(Process.objects.filter(pk__in=keys).prefetch_related("phases"))
    return {row.pk: Then(row.title, str(words.STATES[row.state(_now())])) for row in rows}


def modules(keys: Collection[int]) -> dict[int, Then]:
    stage, moment = stages(), past.moment()
    rows = Module.objects.filter(pk__in=keys, process__in=stage, subject__created_at__lte=moment)
    # what a format says of a module (a summary) may be younger than the day: excerpts come from the introduction only
    return {pk: Then(title, text=intro or title) for pk, title, intro in rows.values_list("pk", "title", "intro")}


def contribution_subjects(keys: Collection[int]) -> dict[int, Then]:
    moment = past.moment()
    rows = contributions(Contribution.objects.filter(pk__in=keys)).values_list("pk", "title", "edited_at")
    return {pk: Then(None if edited and moment and edited > moment else title) for pk, title, edited in rows}


def _now() -> Any:
    moment = past.moment()
    assert moment is not None
    return moment
