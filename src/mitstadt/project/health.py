"""`/gesundheit/`: is this installation well? JSON for watching programs; 200 when it is, 503 when it is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.views.decorators.http import require_safe

import mitstadt
from mitstadt.audit.queries import seal_lag
from mitstadt.kit import clock
from mitstadt.kit.jobs.queries import state_of_work

QUIET = timedelta(seconds=60)  # a worker gives a sign of life every five seconds

_migrated = False


def migrations_missing() -> int:
    """How many migrations wait. Once none does, this process need not look again: its code does not change."""
    global _migrated
    if _migrated:
        return 0
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _migrated = missing == 0
    return missing


def state() -> tuple[bool, dict[str, Any]]:
    """Whether all is well, and the facts: seconds are seconds, counts are counts."""
    facts: dict[str, Any] = {"version": mitstadt.__version__, "time": clock.now().isoformat(timespec="seconds")}
    try:
        connection.ensure_connection()
        facts["database"] = {"ok": True, "vendor": connection.vendor}
        missing = migrations_missing()
        facts["migrations"] = {"ok": missing == 0, "missing": missing}
        if missing:
            return False, facts
        work = state_of_work()
        silent = work.seconds_since_sign
        facts["worker"] = {
            "ok": silent is not None and silent <= QUIET.total_seconds(),
            "seconds_since_sign": silent,
            "waiting": work.waiting,
            "failed": work.failed,
        }
        lag = seal_lag()
        facts["audit"] = {"ok": lag <= QUIET.total_seconds(), "seconds_unsealed": lag}
    except DatabaseError as error:
        facts["database"] = {"ok": False, "error": type(error).__name__}
    well = all(part["ok"] for part in facts.values() if isinstance(part, dict))
    return well, facts


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    well, facts = state()
    response = JsonResponse({"status": "ok" if well else "failing", **facts}, status=200 if well else 503)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for it where a page names no icon (an SVG, a feed)."""
    return HttpResponseRedirect(static("kit/icon.svg"))
