"""Codes of the result as sentences for families: why here, why not there, and what would have been enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Application, Child, Round

SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One wish and what became of it. `code` as in docs/methods.md."""

    position: int
    programme: str
    code: str
    sentences: tuple[str, ...]

    @property
    def placed(self) -> bool:
        return self.code == "placed"


@dataclass(frozen=True, slots=True)
class OptionLine:
    position: int
    code: str
    where: str
    sentences: tuple[str, ...]

    @property
    def placed(self) -> bool:
        return self.code == "placed"


def points(count: int) -> str:
    """ "1 Punkt", "42 Punkte" """
    return ngettext("%(n)s Punkt", "%(n)s Punkte", count) % {"n": count}


def with_points(count: int) -> str:
    """ "mit 1 Punkt", "mit 42 Punkten" """
    return ngettext("mit %(n)s Punkt", "mit %(n)s Punkten", count) % {"n": count}


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def names_of(round_: Round) -> dict[str, str]:
    """Code → house and what it is."""
    return {p.code: str(p) for p in round_.programmes.select_related("capacity__service")}


def wishes(child: Child, names: Mapping[str, str], round_: Round) -> list[Line]:
    """Every wish of a child's own list, the best first."""
    row = child.outcome.row
    return [
        Line(
            why["position"], names.get(why["programme"], why["programme"]), why["code"],
            tuple(sentences(why, round_, row["lottery_number"], certain=row["certain"])),
        )
        for why in row["choices"]
    ]  # fmt: skip


def options(
    application: Application, family: Mapping[str, Any], names: Mapping[str, str], children: Mapping[str, str],
    round_: Round, numbers: Mapping[str, str],
) -> list[OptionLine]:  # fmt: skip
    """Every option of a family: who would go where, what stood in the way. `children`: reference → its name."""
    found = []
    for option, where in zip(family["options"], application.options, strict=False):
        said: list[str] = []
        if option["code"] == "placed":
            said.append(_("So ist es gekommen."))
        elif option["code"] == "not_reached":
            said.append(_("Nicht mehr nötig: Eine bessere Möglichkeit ist wahr geworden."))
        elif option["code"] == "conflict":
            said.append(
                _(
                    "Das ist ein offener Konflikt: Nach Punkten und Los hätten alle Kinder hier einen Platz bekommen, "
                    "aber die Reihenfolge, in der Familien ihre Möglichkeiten durchgehen, ließ es nicht zu."
                )
            )
        for reference, why in option["members"].items():
            if option["code"] == "placed":
                continue
            text = " ".join(sentences(why, round_, numbers.get(reference, ""), certain=False))
            said.append(f"{children.get(reference, reference)}: {text}")
        shown = ", ".join(f"{children.get(r, r)} → {names.get(code, code)}" for r, code in sorted(where.items()))
        found.append(OptionLine(option["position"], option["code"], shown, tuple(said)))
    return found


def sentences(why: Mapping[str, Any], round_: Round, number: str, *, certain: bool) -> list[str]:
    """One `Why` of the result (docs/methods.md) in plain words. `certain`: what would have been enough is so whatever
    families who apply together would have done."""
    code = why["code"]
    said: list[str] = []
    if code == "placed":
        said.append(_("Hier gibt es einen Platz (%(points)s).") % {"points": points(why["points"])})
    elif code == "enough":
        said.append(_("Für dieses Kind hätte es gereicht (%(points)s).") % {"points": points(why["points"])})
    elif code == "not_reached":
        said.append(_("Nicht mehr nötig: Ein besserer Wunsch ist wahr geworden."))
    elif code == "not_eligible":
        missing = ", ".join(str(round_.criterion(name)["name"]) for name in why["missing"])
        said.append(_("Dafür fehlt eine Voraussetzung: %(what)s.") % {"what": missing})
    elif code == "no_places":
        said.append(_("Hier war in dieser Runde kein Platz zu vergeben."))
    else:
        said += _full(why, number, certain)
    return said + _last_year(why, placed=code == "placed")


def _full(why: Mapping[str, Any], number: str, certain: bool) -> list[str]:
    said = [
        ngettext("Hier gab es %(n)s Platz.", "Hier gab es %(n)s Plätze.", why["quota"]) % {"n": why["quota"]},
        _("Die letzte Zusage ging an ein Kind %(with)s, Ihr Kind hat %(points)s.")
        % {"with": with_points(why["last_points"]), "points": points(why["points"])},
    ]
    if why["code"] == "lottery":
        if why.get("tied_in") is not None:
            said.append(
                _("Von den Kindern mit genau diesen Punkten kamen %(in)s hinein und %(out)s nicht.")
                % {"in": why["tied_in"], "out": why["tied_out"]}
            )
        if why.get("lottery_below") and number:
            said.append(
                _("Hier entschied das Los: Nummern vor %(line)s kamen hinein, Ihre beginnt mit %(number)s.")
                % {"line": why["lottery_below"], "number": number[: max(SHOWN_DIGITS, len(why["lottery_below"]))]}
            )
        else:
            said.append(_("Hier entschied das Los."))
    enough = why.get("enough_points")
    if enough is not None and enough > why["points"]:
        words = {"with": _upper(with_points(enough))}
        said.append(
            _("%(with)s hätte es gereicht.") % words
            if certain
            else _(
                "%(with)s hätte es gereicht, wenn Geschwister, die sich zusammen anmelden, nichts verschoben hätten."
            )
            % words
        )
    return said


def _last_year(why: Mapping[str, Any], *, placed: bool) -> list[str]:
    verdict = why.get("last_year")
    if verdict is None or placed:
        return []
    line = why.get("last_year_points")
    words = {"with": _upper(with_points(why["points"])), "line": "" if line is None else points(line)}
    if line is None:
        return [_("Im letzten Jahr bekamen hier alle einen Platz.")]
    if verdict == "yes":
        return [_("%(with)s hätte es im letzten Jahr gereicht (letzte Zusage: %(line)s).") % words]
    if verdict == "lottery":
        return [_("%(with)s hätte im letzten Jahr das Los entschieden.") % words]
    return [_("%(with)s hätte es auch im letzten Jahr nicht gereicht (letzte Zusage: %(line)s).") % words]


def counted(child: Child, round_: Round, code: str) -> list[tuple[str, str, int]]:
    """(criterion, legal basis, points) that count for a child at a programme, for the notice."""
    programme = next((p for p in round_.programmes.all() if p.code == code), None)
    rows = [(row, row["points"]) for row in round_.for_all if row["id"] in child.facts and row["points"]]
    if programme is not None:
        here = child.local.get(code, [])
        rows += [(row, programme.points[row["id"]]) for row in round_.local
                 if row["id"] in here and programme.points.get(row["id"])]  # fmt: skip
    return [(row["name"], row["legal_basis"], number) for row, number in rows]
