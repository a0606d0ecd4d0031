"""Believable people and processes for conformance tests and the demo. Nothing here runs in a live city."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from mitstadt.accounts.actor import ADMINISTRATOR, Actor, Grant, actor_for
from mitstadt.accounts.models import Trust, User
from mitstadt.kit import clock
from mitstadt.organisations.actions import ensure_department
from mitstadt.organisations.models import Organisation

from . import queries, registry, rules
from .actions import processes, structure
from .models import Module, Process

# What makes samples is the installation itself, not a person.
INSTALLATION = Actor(
    user_id=0, trust=Trust.EID, second_factor=True, grants=(Grant(ADMINISTRATOR, 0, "Mitstadt"),), pseudonym="Mitstadt"
)


def citizen(name: str, trust: int = Trust.EMAIL) -> Actor:
    """An invented resident with this public name, made at the first call."""
    user, _created = User.objects.get_or_create(
        username=f"sample-{name}",
        defaults={
            "email": f"{name}@sample.example.org",
            "pseudonym": name.capitalize(),
            "trust": trust,
            "is_example": True,
        },
    )
    return actor_for(user)


def process(
    title: str = "Ein Platz zum Bleiben",
    *,
    format: str,
    department: Organisation | None = None,
    settings: dict[str, Any] | None = None,
    verbs: Sequence[str] = (),
    audience: rules.Audience | None = None,
    days: tuple[int, int] = (-7, 14),
    publish: bool = True,
    categories: Sequence[str] = (),
) -> Module:
    """A whole process with one module of `format` in one phase from `days[0]` to `days[1]`; returns the module."""
    found = registry.get(format)
    made: Process = processes.create(
        INSTALLATION,
        department or ensure_department("BAU", "Baureferat"),
        title,
        is_example=True,
        summary="Der Platz wird neu gestaltet. Sagen Sie, was er können soll.",
        can_decide="Wo Bänke, Bäume und Wasser hinkommen.",
        cannot_decide="Die Bushaltestelle bleibt, wo sie ist.",
        decided_by="Meinungsbild, der Bezirksausschuss entscheidet.",
        contact_name="Geschäftsstelle Platzgestaltung",
        contact_email="platz@example.org",
    )
    module = structure.add_module(
        INSTALLATION, made, format, f"{found.label}: {title}", settings=settings or {}, categories=categories
    )
    now = clock.now()
    structure.save_phase(
        INSTALLATION,
        made,
        module=module,
        title=str(found.label),
        start=now + timedelta(days=days[0]),
        end=now + timedelta(days=days[1]),
        allows=list(verbs or found.verbs),
        audience=audience,
    )
    if publish:
        found.prepare(module, None)
        processes.move(INSTALLATION, made, rules.OPEN)
    return loaded(module)


def loaded(module: Module) -> Module:
    """The module anew with everything that deciding needs."""
    found = queries.module_of(module.pk)
    assert found is not None
    return found
