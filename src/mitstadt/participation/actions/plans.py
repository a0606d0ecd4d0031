"""A process from a template or from an earlier one: modules and phases with their times counted from a start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.kit import yamls
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError, require
from mitstadt.organisations.models import Organisation
from mitstadt.participation import access, registry, rules
from mitstadt.participation.models import Module, Phase, Process

from . import processes, structure

HERE = Path(__file__).resolve().parents[1]
TEXTS = ("summary", "text", "plain_text", "can_decide", "cannot_decide", "decided_by", "place")
CONTACT = ("contact_name", "contact_email", "contact_phone")


@dataclass(frozen=True, slots=True)
class PlannedModule:
    """`key` is how phases name it."""

    key: str
    format: str
    title: str
    intro: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    categories: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """`begins` and `lasts` count from the start of the process; `module` is a key, or empty."""

    module: str
    title: str
    begins: timedelta
    lasts: timedelta
    allows: Sequence[str] = ()
    audience: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    formality: str = Phase.Formality.INFORMAL
    legal_basis: str = ""
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A process that does not exist yet."""

    slug: str
    name: str
    when: str
    modules: Sequence[PlannedModule]
    phases: Sequence[PlannedPhase]
    texts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def lasts(self) -> timedelta:
        """From the start to the end of the last phase."""
        return max((phase.begins + phase.lasts for phase in self.phases), default=timedelta())


@lru_cache(maxsize=4)
def _read(path: Path) -> tuple[Plan, ...]:
    found: list[dict[str, Any]] = yamls.read(path)
    return tuple(_plan(data) for data in found)


def templates() -> tuple[Plan, ...]:
    """The city's templates, else the house's."""
    own = current().folder / "process_templates.yaml"
    return _read(own if own.is_file() else HERE / "data" / "templates.yaml")


def template(slug: str) -> Plan | None:
    return next((plan for plan in templates() if plan.slug == slug), None)


def _plan(data: Mapping[str, Any]) -> Plan:
    return Plan(
        slug=data["slug"],
        name=data["name"],
        when=data.get("when", ""),
        modules=[
            PlannedModule(
                m["key"],
                m["format"],
                m["title"],
                m.get("intro", ""),
                m.get("settings", {}),
                m.get("categories", ()),
            )
            for m in data.get("modules", ())
        ],
        phases=[
            PlannedPhase(
                module=p.get("module", ""),
                title=p["title"],
                begins=timedelta(days=p["from"]),
                lasts=timedelta(days=p["days"]),
                allows=p.get("allows", ()),
                audience=p.get("audience", {}),
                text=p.get("text", ""),
                formality=p.get("formality", Phase.Formality.INFORMAL),
                legal_basis=p.get("legal_basis", ""),
                decided_by=p.get("decided_by", ""),
            )
            for p in data.get("phases", ())
        ],
        texts={name: data[name] for name in TEXTS if name in data},
    )


def plan_of(process: Process) -> Plan:
    """An existing process as a plan: its modules, phases and texts, without contributions, results and news."""
    phases = list(process.phases.select_related("module"))
    start = midnight(timezone.localdate(phases[0].start)) if phases else None
    return Plan(
        slug="",
        name=process.title,
        when="",
        modules=[
            PlannedModule(
                str(module.pk),
                module.format,
                module.title,
                module.intro,
                module.settings,
                [category.name for category in module.categories.all()],
            )
            for module in process.modules.prefetch_related("categories")
        ],
        phases=[
            PlannedPhase(
                module=str(phase.module_id or ""),
                title=phase.title,
                begins=phase.start - start if start is not None else timedelta(),
                lasts=phase.end - phase.start,
                allows=phase.allows,
                audience=phase.audience,
                text=phase.text,
                formality=phase.formality,
                legal_basis=phase.legal_basis,
                decided_by=phase.decided_by,
            )
            for phase in phases
        ],
        texts={name: getattr(process, name) for name in (*TEXTS, *CONTACT)},
    )


def midnight(day: date) -> datetime:
    """The beginning of a day in the city."""
    return timezone.make_aware(datetime.combine(day, time()))


def build(actor: Actor, department: Organisation, title: str, start: date, plan: Plan) -> tuple[Process, list[str]]:
    """A draft from a plan that starts on `start`. Returns it and what could not be taken over, as sentences.

    All or nothing. Raises Refused or DomainError (field ``title``).
    """
    left_out: list[str] = []
    with transaction.atomic():
        texts: dict[str, Any] = {name: str(value) for name, value in plan.texts.items()}
        process = processes.create(actor, department, title, template=plan.slug, **texts)
        made: dict[str, Module] = {}
        for planned in plan.modules:
            if registry.find(planned.format) is None:
                left_out.append(
                    _("„%(title)s“ fehlt: Das Format %(format)s ist hier nicht installiert.")
                    % {"title": planned.title, "format": planned.format}
                )
                continue
            made[planned.key] = _module(actor, process, planned, left_out)
        for phase in plan.phases:
            if phase.module and phase.module not in made:
                continue
            _phase(actor, process, phase, made.get(phase.module), start)
    return process, left_out


def _module(actor: Actor, process: Process, planned: PlannedModule, left_out: list[str]) -> Module:
    """With the planned settings, or with empty ones where the format wants what only a person can say."""
    try:
        return structure.add_module(
            actor,
            process,
            planned.format,
            planned.title,
            intro=planned.intro,
            settings=planned.settings,
            categories=planned.categories,
        )
    except DomainError:
        left_out.append(_("„%(title)s“: Bitte füllen Sie die Einstellungen aus.") % {"title": planned.title})
        return structure.add_module(
            actor,
            process,
            planned.format,
            planned.title,
            intro=planned.intro,
            categories=planned.categories,
            unfinished=True,
        )


def _phase(actor: Actor, process: Process, phase: PlannedPhase, module: Module | None, start: date) -> None:
    begins = midnight(start + timedelta(days=phase.begins.days)) + timedelta(seconds=phase.begins.seconds)
    ends = midnight(start + timedelta(days=(phase.begins + phase.lasts).days)) + timedelta(
        seconds=(phase.begins + phase.lasts).seconds
    )
    known = registry.get(module.format).verbs if module is not None else ()
    structure.save_phase(
        actor,
        process,
        module=module,
        title=phase.title,
        start=begins,
        end=ends,
        allows=[verb for verb in phase.allows if verb in known],
        audience=rules.Audience.read(phase.audience),
        text=phase.text,
        formality=phase.formality,
        legal_basis=phase.legal_basis,
        decided_by=phase.decided_by,
    )


def copy(actor: Actor, process: Process, title: str, start: date) -> tuple[Process, list[str]]:
    """A new draft like `process`, of the same department. Codes, contributions, news and results are not taken over."""
    require(access.may_manage(actor, process))
    made, left_out = build(actor, process.department, title, start, plan_of(process))
    made.districts.set(process.districts.all())
    return made, left_out
