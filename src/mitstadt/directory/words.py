"""The code lists of an offer, each code with the words that people read. Codes are permanent: they stand in files."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

LANGUAGES: dict[str, Any] = {
    "de": _("Deutsch"),
    "de-simple": _("Einfache Sprache"),
    "dgs": _("Deutsche Gebärdensprache"),
    "en": _("Englisch"),
    "tr": _("Türkisch"),
    "ar": _("Arabisch"),
    "uk": _("Ukrainisch"),
    "ru": _("Russisch"),
    "fa": _("Persisch und Dari"),
    "ps": _("Paschtu"),
    "ku": _("Kurdisch"),
    "hr": _("Kroatisch, Bosnisch, Serbisch"),
    "sq": _("Albanisch"),
    "pl": _("Polnisch"),
    "ro": _("Rumänisch"),
    "bg": _("Bulgarisch"),
    "el": _("Griechisch"),
    "it": _("Italienisch"),
    "es": _("Spanisch"),
    "pt": _("Portugiesisch"),
    "fr": _("Französisch"),
    "hu": _("Ungarisch"),
    "vi": _("Vietnamesisch"),
    "zh": _("Chinesisch"),
    "so": _("Somali"),
    "ti": _("Tigrinya"),
    "am": _("Amharisch"),
}

# Coded per impairment: what a place has. Everything else is written in `access_note`.
ACCESS: dict[str, Any] = {
    "step_free": _("ohne Stufen zu erreichen"),
    "wheelchair_toilet": _("Toilette für Rollstühle"),
    "lift": _("Aufzug"),
    "parking": _("Parkplatz für Menschen mit Behinderung"),
    "hearing_loop": _("Höranlage"),
    "sign_language": _("Gebärdensprache nach Anmeldung"),
    "tactile": _("Leitsystem oder Tastschrift für Blinde"),
    "assistance_dog": _("Assistenzhunde willkommen"),
    "simple_language": _("Auskunft in Einfacher Sprache"),
    "quiet": _("ruhiger Raum"),
}
IMPAIRMENTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "mobility": (_("Gehen"), ("step_free", "lift", "wheelchair_toilet", "parking")),
    "hearing": (_("Hören"), ("hearing_loop", "sign_language")),
    "seeing": (_("Sehen"), ("tactile", "assistance_dog")),
    "understanding": (_("Verstehen"), ("simple_language", "quiet")),
}
WHEELCHAIR = "step_free"

# For whom it is; empty means everybody.
SITUATIONS: dict[str, Any] = {
    "children": _("Kinder"),
    "youth": _("Jugendliche und junge Menschen"),
    "parents": _("Eltern"),
    "single_parents": _("Alleinerziehende"),
    "seniors": _("ältere Menschen"),
    "carers": _("pflegende Angehörige"),
    "disability": _("Menschen mit Behinderung"),
    "illness": _("Menschen mit einer Erkrankung"),
    "refugees": _("Geflüchtete"),
    "migrants": _("Zugewanderte"),
    "unemployed": _("Arbeitslose"),
    "low_income": _("Menschen mit wenig Geld"),
    "homeless": _("Menschen ohne Wohnung"),
    "women": _("Frauen"),
    "men": _("Männer"),
    "queer": _("LGBTIQ*"),
    "addiction": _("Menschen mit einer Sucht und Angehörige"),
    "bereaved": _("Trauernde"),
    "students": _("Schülerinnen, Schüler, Studierende"),
}

COSTS: dict[str, Any] = {
    "free": _("kostenlos"),
    "donation": _("gegen Spende"),
    "income": _("je nach Einkommen"),
    "insurance": _("Krankenkasse oder Pflegekasse zahlt"),
    "paid": _("kostet etwas"),
    "unknown": _("Kosten nicht angegeben"),
}
NO_COST = frozenset({"free", "donation"})

APPOINTMENT: dict[str, Any] = {
    "none": _("ohne Termin"),
    "possible": _("mit oder ohne Termin"),
    "needed": _("nur mit Termin"),
    "unknown": _("Termin: nicht angegeben"),
}
WALK_IN = frozenset({"none", "possible"})

WAYS: dict[str, Any] = {
    "visit": _("vorbeikommen"),
    "phone": _("anrufen"),
    "email": _("E-Mail schreiben"),
    "online": _("online"),
    "chat": _("chatten"),
    "home": _("kommt nach Hause"),
    "post": _("Brief schreiben"),
}

STATUSES: dict[str, Any] = {  # the four of HSDS
    "active": _("läuft"),
    "inactive": _("ruht"),
    "defunct": _("gibt es nicht mehr"),
    "temporarily closed": _("vorübergehend geschlossen"),
}

DAYS: tuple[str, ...] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
