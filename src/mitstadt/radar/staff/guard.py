"""Who may change which measure: editors those of their own department, coordinators all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern

from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.radar import access
from mitstadt.radar.models import Measure

# Views that only show; everything else changes something and belongs to the department.
READING = frozenset(
    {
        "inspect",
        "history",
        "history_results",
        "usage",
        "revisions_view",
        "revisions_compare",
        "workflow_history",
        "workflow_history_detail",
        "workflow_preview",
    }
)


def departments_of(actor: Actor) -> list[int] | None:
    """The departments whose measures this person may change; None means all."""
    if actor.has(COORDINATOR):
        return None
    return [g.organisation_id for g in actor.grants if g.role == EDITOR]


def guarded(patterns: list[URLPattern]) -> list[URLPattern]:
    """The same addresses, where those that name a measure and change something check its department first.

    The guard sits on the addresses, not on single views: a view that Wagtail adds in a later version is guarded too.
    """
    for pattern in patterns:
        names_one = ":pk>" in str(pattern.pattern) or "(?P<pk>" in str(pattern.pattern)
        if names_one and pattern.name not in READING:
            pattern.callback = _checked(pattern.callback)
    return patterns


def _checked(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        measure = get_object_or_404(Measure.objects.only("pk", "department_id"), pk=kwargs["pk"])
        decision = access.may_edit(request.actor, measure.department_id)  # type: ignore[attr-defined]
        if not decision:
            raise PermissionDenied(decision.reason)
        return view(request, *args, **kwargs)

    return inner
