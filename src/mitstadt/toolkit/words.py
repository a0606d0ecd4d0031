"""The catalogue's fixed terms: kinds, levels of the IAP2 spectrum, phases, classes of cost and effort."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: dict[str, Any] = {"analog": _("vor Ort"), "hybrid": _("vor Ort und online"), "digital": _("online")}
# International Association for Public Participation: how much influence is promised, from little to much.
LEVELS: dict[str, Any] = {
    "inform": _("informieren"),
    "consult": _("anhören"),
    "involve": _("einbeziehen"),
    "collaborate": _("gemeinsam gestalten"),
    "empower": _("entscheiden lassen"),
}
PHASES: dict[str, Any] = {
    "agenda": _("Themen setzen"),
    "ideas": _("Ideen entwickeln"),
    "plan": _("Planen und abwägen"),
    "decide": pgettext_lazy("phase", "Entscheiden"),
    "implement": pgettext_lazy("phase", "Umsetzen"),
    "evaluate": _("Prüfen und Rechenschaft geben"),
}
COSTS: dict[str, Any] = {
    "€": _("unter 2.000 €"),
    "€€": _("2.000 bis 15.000 €"),
    "€€€": _("15.000 bis 75.000 €"),
    "€€€€": _("über 75.000 €"),
}
# Euro from, to; the last class has no upper bound, three times its lower one is shown as a span.
COST_SPANS: dict[str, tuple[int, int]] = {
    "€": (0, 2_000),
    "€€": (2_000, 15_000),
    "€€€": (15_000, 75_000),
    "€€€€": (75_000, 225_000),
}
EFFORTS: dict[str, Any] = {"low": _("gering"), "medium": _("mittel"), "high": _("hoch")}
# How long people are asked for, from short to long. `standing` is there all the time.
TIMES: dict[str, Any] = {
    "hours": _("ein paar Stunden"),
    "days": _("ein Tag bis mehrere Tage"),
    "weeks": _("mehrere Wochen"),
    "months": _("mehrere Monate"),
    "standing": _("dauerhaft"),
}
# Whom a format reaches particularly well.
GROUPS: dict[str, Any] = {
    "children": _("Kinder"),
    "youth": _("Jugendliche"),
    "older": _("Ältere Menschen"),
    "language": _("Menschen, die wenig Deutsch sprechen"),
    "disability": _("Menschen mit Behinderung"),
    "poverty": _("Menschen mit wenig Geld"),
    "time": _("Menschen mit wenig Zeit"),
    "never": _("Menschen, die sonst nie kommen"),
    "experts": _("Fachleute und Engagierte"),
}
# What a format asks of people, and so keeps some of them away.
NEEDS: dict[str, Any] = {
    "internet": _("Internet und Gerät"),
    "text": _("Lesen und Schreiben"),
    "language": _("sicheres Deutsch"),
    "speaking": _("Sprechen vor anderen"),
    "travel": _("an einen Ort kommen"),
    "day": _("einen ganzen Tag oder mehr"),
}
FIGURES: dict[str, Any] = {"typical": _("Richtwert"), "sourced": _("an einer Quelle gesehen")}
