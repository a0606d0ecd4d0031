"""From a recommendation to a draft process: phases, modules, dates, and tasks for what happens on site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.organisations.models import Organisation
from mitstadt.participation import access, registry
from mitstadt.participation.actions import plans
from mitstadt.participation.models import Process

from . import planning
from .catalogue import MethodData
from .models import Method, Start, Task, Use
from .rulebook import Answers, RuleSet

ON_SITE = "meeting"  # the platform's format with dates, places and the screen to enter what came of them
# What each of the platform's formats opens in its phase, and for whom: e-mail confirmed, or everybody.
ALLOWS: Mapping[str, tuple[Sequence[str], int]] = {
    "ideas": (("propose", "comment", "support"), 1),
    "debate": (("comment",), 1),
    "survey": (("answer",), 0),
    "survey/poll": (("vote",), 2),
    "annotation": (("annotate", "comment"), 1),
    "meeting": (("meet",), 0),
}


@dataclass(frozen=True, slots=True)
class Run:
    """When a format runs: first and last day, and from when it is prepared."""

    method: MethodData
    prepare: date
    begins: date
    ends: date


def runs(
    rules: RuleSet,
    calendar: planning.Calendar,
    parts: Sequence[MethodData],
    answers: Answers,
    start: date,
) -> list[Run]:
    """Days for every format: backwards from the decision if there is one, else one after the other from `start`."""
    plan = planning.plan(rules, calendar, parts, answers)
    if plan is not None:
        found = {one.slug: one for one in plan.milestones if one.kind == "run"}
        prepared = {one.slug: one.day for one in plan.milestones if one.kind == "prepare"}
        return [
            Run(
                method,
                prepared.get(method.slug, found[method.slug].day),
                found[method.slug].day,
                found[method.slug].until or found[method.slug].day,
            )
            for method in parts
        ]
    made: list[Run] = []
    day = start
    for method in parts:
        begins = day + timedelta(weeks=method.prep_min)
        ends = begins + timedelta(weeks=rules.run_weeks.get(method.slug, 1))
        made.append(Run(method, day, begins, ends))
        day = ends
    return made


def module_of(method: MethodData) -> str:
    """The platform's format that runs it or takes its results (``survey``, with a preset ``survey/poll``), or an empty
    text."""
    slug, _slash, preset = method.module.partition("/")
    found = registry.find(slug) if slug else None
    if found is not None:
        return method.module if preset in found.presets else slug
    return ON_SITE if method.kind != "digital" and registry.find(ON_SITE) is not None else ""


def plan_of(name: str, found: Sequence[Run], can_decide: str = "") -> tuple[plans.Plan, date]:
    """The runs as a plan of the room of processes, and the day on which it starts."""
    first = min(run.begins for run in found)
    modules, phases = [], []
    for run in found:
        module = module_of(run.method)
        if module:
            slug, _slash, preset = module.partition("/")
            settings = dict(registry.get(slug).presets[preset][1]) if preset else {}
            modules.append(plans.PlannedModule(run.method.slug, slug, run.method.name_de, settings=settings))
        allows, trust = ALLOWS.get(module, ((), 0))
        phases.append(
            plans.PlannedPhase(
                module=run.method.slug if module else "",
                title=run.method.name_de,
                begins=run.begins - first,
                lasts=max(run.ends - run.begins, timedelta(days=1)),
                allows=allows,
                audience={"trust": trust},
                text="" if module else run.method.description.split(". ")[0].rstrip(".") + ".",
            )
        )
    return plans.Plan("", name, "", modules, phases, {"can_decide": can_decide} if can_decide else {}), first


# What has to be done for something on site, and how many days before it.
ON_SITE_TASKS: Sequence[tuple[int, str]] = (
    (35, "Raum oder Ort festlegen, barrierefreien Weg prüfen"),
    (28, "Einladen: Aushang, Brief, Vereine, in den nötigen Sprachen"),
    (21, "Moderation und Helfende fragen"),
    (14, "Bedarf abfragen: Gebärdensprache, Kinderbetreuung, Assistenz"),
    (7, "Material drucken, Papierbögen mit Code bereitlegen"),
    (-3, "Ergebnisse eintragen, Fotos der Plakate als Quelle anhängen"),
)


def tasks_of(found: Sequence[Run]) -> list[tuple[MethodData, str, date]]:
    """Tasks for everything that happens on site: the format's own checklist, else the usual ones."""
    made: list[tuple[MethodData, str, date]] = []
    for run in found:
        if run.method.kind == "digital":
            continue
        if run.method.checklist:
            made += [(run.method, text, run.prepare) for text in run.method.checklist]
            made.append((run.method, ON_SITE_TASKS[-1][1], run.ends + timedelta(days=3)))
        else:
            made += [(run.method, text, run.begins - timedelta(days=days)) for days, text in ON_SITE_TASKS]
    return made


def begin(
    actor: Actor,
    department: Organisation,
    title: str,
    entry: str,
    name: str,
    found: Sequence[Run],
    answers: str = "",
    can_decide: str = "",
) -> tuple[Process, list[str]]:
    """A draft process from a recommendation. All or nothing; nothing that was answered is lost.

    `answers` is the adviser's address, `can_decide` in words how much is open. Returns the process and what could not
    be taken over. Raises Refused or DomainError (field ``title``).
    """
    if not found:
        raise DomainError(_("Wählen Sie zuerst ein Format oder eine Kombination."))
    plan, first = plan_of(name, found, can_decide)
    with transaction.atomic():
        process, left_out = plans.build(actor, department, title, first, plan)
        Start.objects.create(process=process, entry=entry, answers=answers[:4000])
        keys = dict(Method.objects.filter(slug__in=[run.method.slug for run in found]).values_list("slug", "pk"))
        Use.objects.bulk_create(
            Use(process=process, method_id=keys[slug], order=order)
            for order, slug in enumerate(dict.fromkeys(run.method.slug for run in found))
            if slug in keys
        )
        Task.objects.bulk_create(
            Task(process=process, method_id=keys.get(method.slug), text=text[:300], due=due)
            for method, text, due in tasks_of(found)
        )
    return process, left_out


def tick(actor: Actor, task: Task, done: bool) -> None:
    """Mark a task as done, or not."""
    require(access.may_manage(actor, task.process))
    with transaction.atomic():
        Task.objects.filter(pk=task.pk).update(
            done_at=clock.now() if done else None, done_by=actor.label[:160] if done else ""
        )
        audit.record(
            "toolkit.task.done" if done else "toolkit.task.reopened",
            by=actor,
            obj=task.process.subject.public_id,
            payload={"task": task.pk, "text": task.text},
        )


def use(actor: Actor, process: Process, method: Method) -> Use:
    """Note that a format is used in a process that was not begun from the adviser. Once. Raises Refused."""
    require(access.may_manage(actor, process))
    with transaction.atomic():
        made, created = Use.objects.get_or_create(
            process=process, method=method, defaults={"order": Use.objects.filter(process=process).count()}
        )
        if created:
            audit.record(
                "toolkit.use.added",
                by=actor,
                obj=process.subject.public_id,
                payload={"method": method.slug},
            )
            cache.bump()
    return made


def learn(actor: Actor, use: Use, release: bool) -> None:
    """Write what was learned; with `release` it is public. Raises Refused."""
    require(access.may_manage(actor, use.process))
    with transaction.atomic():
        use.released_at = (use.released_at or clock.now()) if release else None
        use.save()
        audit.record(
            "toolkit.use.released" if release else "toolkit.use.written",
            by=actor,
            obj=use.process.subject.public_id,
            payload={"method": use.method.slug, "persons": use.persons, "euro": use.euro, "days": use.days},
        )
        cache.bump()  # shown at the format and beside the adviser's recommendation
