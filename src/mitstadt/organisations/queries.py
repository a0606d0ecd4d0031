"""Reads of organisations and memberships."""

from __future__ import annotations

from mitstadt.accounts.actor import Grant

from .models import Membership


def grants_of(user_id: int) -> tuple[Grant, ...]:
    """The roles a user holds, in one query."""
    rows = Membership.objects.filter(user_id=user_id).values_list(
        "role", "organisation_id", "organisation__name", "function"
    )
    return tuple(Grant(role, org, name, function) for role, org, name, function in rows)
