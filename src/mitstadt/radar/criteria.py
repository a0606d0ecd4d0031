"""The written criteria: what each status and each confidence mark means, in words that staff must apply."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mitstadt.radar import rules
from mitstadt.radar.models import Status


def of_status(status: str) -> str:
    """The sentence behind a status."""
    if status == rules.UNPROVEN:
        return _("Keine Quelle sagt, wie es an diesem Tag um die Maßnahme stand. Das wird gezählt, nicht geraten.")
    return {
        Status.PLANNED: _("beschlossen oder angekündigt, aber noch nicht begonnen."),
        Status.RUNNING: _("begonnen, noch nicht beendet."),
        Status.DONE: _("Das Ziel der Maßnahme ist erreicht, oder das Ergebnis ist in Betrieb."),
        Status.STOPPED: _("beendet, ohne dass das Ziel erreicht ist, durch Beschluss oder Zusammenlegung."),
        Status.UNKNOWN: _("Keine Quelle sagt, wie weit die Maßnahme ist. Das wird mitgezählt."),
    }[Status(status)]


def of_confidence(confidence: str) -> str:
    """The sentence behind a confidence mark."""
    return {
        "high": _("gut: direkt in einer städtischen oder fachlichen Quelle belegt"),
        "medium": _("mittel: belegt, aber Stand, Titel oder Zuordnung teils erschlossen"),
        "low": _("schwach: nur angedeutet oder nur eine Quelle"),
    }.get(confidence, _("nicht bewertet"))
