"""Departments of the demo city, and the roles of its invented staff."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from mitstadt.accounts.demo_people import PEOPLE
from mitstadt.accounts.models import User
from mitstadt.kit import demo, yamls
from mitstadt.kit.city import current

from . import actions


def register() -> None:
    """Called when the room starts."""
    demo.register(200, "Departments and roles", load)


def load() -> str:
    """Departments from the city's strategy file (`referate`), then the roles; again changes nothing."""
    departments = [actions.ensure_department(d["code"], d["name"], d.get("confidence", "")) for d in _departments()]
    by_code = {d.code: d for d in departments}
    people = {u.email: u for u in User.objects.filter(is_example=True)} if settings.MITSTADT_DEMO else {}
    for number, person in enumerate(p for p in PEOPLE if p.grant):
        organisation = by_code.get(person.code) or (departments[number % len(departments)] if departments else None)
        user = people.get(person.email)
        if organisation is None or user is None:
            continue
        if not user.memberships.filter(organisation=organisation, role=person.grant).exists():
            actions.grant_by_system(user, organisation, person.grant, person.function)
    return f"{len(departments)} departments"


def _departments() -> list[dict[str, Any]]:
    own = current().folder / "departments.yaml"
    if own.is_file():
        listed: list[dict[str, Any]] = yamls.read(own)
        return listed
    path = current().folder / "strategy.yaml"
    if not path.is_file():
        return []
    data = yamls.read(path)
    found: list[dict[str, Any]] = data.get("referate", [])
    return found
