"""What a round says to `mitstadt.methods`: pseudonyms, points, wishes, never a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.kit.errors import DomainError
from mitstadt.methods import assignment

from .models import Application, Programme, Round

FORMAT = "mitstadt.assignment.round/1"


def entries(round_: Round) -> dict[str, Any]:
    """The round's file in canonical order, without the seed: what is fixed at closing."""
    applications = list(round_.applications.prefetch_related("children").order_by("pk"))
    applicants: list[dict[str, Any]] = []
    groups: list[dict[str, Any]] = []
    for application in applications:
        if application.together:
            groups.append({"id": application.group, "mode": application.together, "options": application.options})
        for child in application.children.all():
            alone = application.together != Application.Together.NOT_AT_ALL
            applicants.append(
                {"id": child.reference, "choices": child.choices if alone else []}
                | ({"criteria": child.facts} if child.facts else {})
                | ({"local": child.local} if child.local else {})
                | ({"group": application.group} if application.together else {})
            )
    found = _rules(round_, list(round_.programmes.select_related("capacity__service")))
    found |= {"applicants": applicants, "groups": groups, "lottery_seed": "-"}
    canonical = assignment.to_json(assignment.read_round(found))
    del canonical["lottery_seed"]
    return canonical


def _rules(round_: Round, programmes: Sequence[Programme]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "name": round_.title,
        "criteria": [
            {"id": row["id"], "name": row["name"], "legal_basis": row["legal_basis"]}
            | ({} if row["points"] is None else {"points": row["points"]})
            for row in round_.criteria
        ],
        "programmes": [
            {"id": p.code, "name": str(p), "quota": p.quota, "criteria": p.points, "requires": p.requires}
            for p in programmes
        ],
        "last_year": {p.code: p.last_year for p in programmes if p.last_year_all or p.last_year is not None},
    }


def check(round_: Round, programmes: Sequence[Programme]) -> None:
    """Raise DomainError with everything that `mitstadt-methods` would not accept."""
    try:
        assignment.read_round(_rules(round_, programmes) | {"applicants": [], "lottery_seed": "-"})
    except assignment.Invalid as error:
        shown = "; ".join(f"{p.entry} {p.field}: {p.message}" for p in error.problems[:5])
        raise DomainError(_("Die Regeln der Runde gehen noch nicht auf: %(problems)s") % {"problems": shown}) from error
