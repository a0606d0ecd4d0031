"""What everybody sees: rounds, their rules, and what came out."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mitstadt.kit import cache, clock
from mitstadt.kit import components as ui

from . import queries, wording
from .models import Programme, Round


def rounds(request: HttpRequest) -> HttpResponse:
    """`/plaetze/runden/`"""
    now = clock.now()
    found = list(queries.public().defer("summary", "text", "criteria"))
    response = render(
        request, "capacity/rounds/list.html", {"rows": [(r, when(r), r.is_open(now)) for r in found]}
    )  # fmt: skip
    for round_ in found:
        _ends(response, round_)
    return response


def _ends(response: HttpResponse, round_: Round) -> None:
    now = clock.now()
    for moment in (round_.opens_at, round_.closes_at):
        if moment > now:
            cache.until(response, moment)


def when(round_: Round) -> str:
    """Where a round stands, as one line."""
    now = clock.now()
    if round_.state == Round.State.PUBLISHED:
        return _("Ergebnis seit %(day)s") % {"day": ui.day(round_.published_at)}
    if round_.state == Round.State.OPEN and now < round_.opens_at:
        return _("Anmelden ab %(when)s") % {"when": ui.moment(round_.opens_at)}
    if round_.is_open(now):
        return _("Anmelden bis %(when)s") % {"when": ui.moment(round_.closes_at)}
    return _("Die Frist ist vorbei, das Ergebnis kommt noch.")


def public_round(public_id: str) -> Round:
    found = queries.public().filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/runden/<id>/`"""
    round_ = public_round(public_id)
    programmes = queries.programmes(round_)
    response = render(
        request,
        "capacity/rounds/round.html",
        {
            "round": round_,
            "when": when(round_),
            "is_open": round_.is_open(),
            "published": round_.state == Round.State.PUBLISHED,
            "criteria": [[r["name"], _worth(r), r["legal_basis"]] for r in round_.criteria],
            "criteria_columns": [_("Kriterium"), _("Punkte"), _("Rechtsgrundlage")],
            "programmes": [_row(p, round_) for p in programmes],
            "programme_columns": _columns(),
            "result": _result(round_, programmes),
        },
    )
    _ends(response, round_)
    return response


def _worth(row: dict[str, Any]) -> str:
    if row["points"] is None:
        return _("je Angebot")
    return str(row["points"]) if row["points"] else _("keine, Voraussetzung")


def _columns() -> list[str]:
    return [_("Angebot"), _("Plätze"), _("Voraussetzung"), _("Punkte, die nur hier zählen"), _("Vertrag vom"),
            _("Letztes Jahr")]  # fmt: skip


def _row(programme: Programme, round_: Round) -> list[object]:
    local = [f"{round_.criterion(name)['name']}: {count}" for name, count in programme.points.items()]
    before = _("alle bekamen einen Platz") if programme.last_year_all else ""
    if programme.last_year is not None:
        before = _("letzte Zusage %(with)s") % {"with": wording.with_points(programme.last_year)}
    return [
        ui.link(str(programme), programme.capacity.service.get_absolute_url()),
        programme.quota,
        ", ".join(str(round_.criterion(name)["name"]) for name in programme.requires) or "–",
        "; ".join(local) or "–",
        ui.day(programme.contract_on),
        before or "–",
    ]


def _result(round_: Round, programmes: list[Programme]) -> dict[str, Any] | None:
    """From the summary, in which small numbers are suppressed already; nothing else of the result is read here."""
    summary = round_.summary
    if round_.state != Round.State.PUBLISHED or summary is None:
        return None
    names = {p.code: str(p) for p in programmes}
    labels = {"first": _("erster Wunsch"), "second": _("zweiter Wunsch"), "third": _("dritter Wunsch"),
              "later": _("späterer Wunsch"), "together": _("Geschwister zusammen"),
              "none": _("kein Platz in dieser Runde")}  # fmt: skip
    few = _("wenige")
    return {
        "places": [[labels[key], few if count is None else count] for key, count in summary["placed_at"].items()],
        "total": summary["applicants"],
        "threshold": summary["threshold"],
        "conflicts": summary["conflicts"],
        "cutoffs": [
            [names.get(row["id"], row["name"]), row["quota"], few if row["named"] is None else row["named"], _line(row)]
            for row in summary["programmes"]
        ],
        "columns": [_("Angebot"), _("Plätze"), _("Wollten hierher"), _("Letzte Zusage")],
    }


def _line(row: dict[str, Any]) -> str:
    if row["cutoff_hidden"]:
        return _("steht wegen kleiner Zahl nur in den Bescheiden")
    if not row["full"]:
        return _("alle bekamen einen Platz")
    if row["cutoff"] is None:
        return _("kein Platz zu vergeben")
    text = wording.with_points(row["cutoff"]["points"])
    below = row["cutoff"]["lottery_below"]
    return _("%(with)s, bei Gleichstand Losnummern vor %(line)s") % {"with": text, "line": below} if below else text


def summary(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/runden/<id>/ergebnis.json`: what `mitstadt-methods recompute` reads beside a family's own case."""
    round_ = public_round(public_id)
    if round_.state != Round.State.PUBLISHED:
        raise Http404
    return attachment(json.dumps(round_.summary, ensure_ascii=False, indent=1) + "\n", "ergebnis.json")


def attachment(text: str, name: str, kind: str = "application/json") -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
