"""Reads of organisations and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mitstadt.accounts.actor import Grant

from .models import Membership


def grants_of(user_id: int) -> tuple[Grant, ...]:
    """The roles a user holds, in one query."""
    rows = Membership.objects.filter(user_id=user_id).values_list(
        "role", "organisation_id", "organisation__name", "function"
    )
    return tuple(Grant(role, org, name, function) for role, org, name, function in rows)


def functions_of(organisation_id: int) -> list[tuple[str, str]]:
    """(role, function) of the staff of an organisation: what the public may read about them, never a name."""
    rows = (
        Membership.objects.filter(organisation_id=organisation_id)
        .exclude(role=Membership.Role.MEMBER)
        .order_by("role", "function")
    )
    return list(rows.values_list("role", "function").distinct())


def all_memberships() -> list[dict[str, Any]]:
    """Everything the staff screen of roles shows, in one query."""
    rows: Iterable[Any] = Membership.objects.order_by("organisation__name", "role", "user__pseudonym").values(
        "id", "role", "function", "organisation__name", "user__pseudonym", "user__email", "user__public_id"
    )
    return [dict(row) for row in rows]
