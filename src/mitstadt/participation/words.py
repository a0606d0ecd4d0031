"""Words that pages, lists and letters share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from . import rules
from .models import Assessment

STATES: dict[str, Any] = {
    rules.DRAFT: _("Entwurf"),
    rules.ANNOUNCED: _("Angekündigt"),
    rules.RUNNING: _("Läuft"),
    rules.EVALUATION: _("Wird ausgewertet"),
    rules.ANSWERED: _("Beantwortet"),
    rules.IMPLEMENTED: _("Umgesetzt"),
    rules.ARCHIVED: _("Archiviert"),
}
# The tone of a state's tag, see the style guide.
TONES = {
    rules.DRAFT: "",
    rules.ANNOUNCED: "plan",
    rules.RUNNING: "run",
    rules.EVALUATION: "late",
    rules.ANSWERED: "done",
    rules.IMPLEMENTED: "done",
    rules.ARCHIVED: "",
}
GROUPS: dict[str, Any] = {
    "offen": _("Läuft gerade"),
    "angekuendigt": _("Kommt bald"),
    "auswertung": _("Wird ausgewertet"),
    "fertig": _("Was daraus wurde"),
}
VERBS: dict[str, Any] = {
    "propose": _("Vorschlagen"),
    "comment": _("Mitreden"),
    "rate": _("Bewerten"),
    "support": _("Unterstützen"),
    "vote": _("Abstimmen"),
    "annotate": _("Am Text anmerken"),
    "answer": _("Fragen beantworten"),
    "meet": _("Sich treffen"),
}
DECISION_TONES: dict[str, str] = {
    Assessment.Decision.OPEN: "",
    Assessment.Decision.TAKEN_UP: "done",
    Assessment.Decision.PARTLY: "run",
    Assessment.Decision.DECLINED: "stopped",
    Assessment.Decision.PLANNED: "plan",
    Assessment.Decision.NOT_OURS: "",
    Assessment.Decision.DONE: "done",
}
CHANNELS: dict[str, Any] = {
    "online": _("online"),
    "paper": _("auf Papier"),
    "phone": _("am Telefon"),
    "event": _("bei einer Veranstaltung"),
}
