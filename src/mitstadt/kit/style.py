"""What the style guide shows: real figures of Munich's strategy, invented people, all marked as examples."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import clock, contrast
from .components import Option, Tile

# Tokens by what they are for; the guide shows each with its contrast on the page.
TOKENS = (
    ("ink", gettext_lazy("Schrift")),
    ("muted", gettext_lazy("Nebensache")),
    ("accent", gettext_lazy("Farbe der Stadt, nur unter Schrift")),
    ("button", gettext_lazy("Hauptknopf")),
    ("done", gettext_lazy("abgeschlossen, gelungen")),
    ("run", gettext_lazy("in Umsetzung, Hinweis")),
    ("plan", gettext_lazy("geplant")),
    ("unknown", gettext_lazy("unbekannt")),
    ("unproven", gettext_lazy("nicht belegt")),
    ("stopped", gettext_lazy("eingestellt, Fehler")),
    ("late", gettext_lazy("verzögert, Warnung")),
    ("edge", gettext_lazy("Rand von Feldern und Knöpfen")),
    ("focus", gettext_lazy("Rahmen der Tastatur")),
    ("stone", gettext_lazy("ruhige Fläche")),
    ("tint-1", gettext_lazy("Kernbereich 1")),
    ("tint-2", gettext_lazy("Kernbereich 2")),
    ("tint-3", gettext_lazy("Kernbereich 3")),
    ("tint-4", gettext_lazy("Kernbereich 4")),
)


class SampleForm(forms.Form):
    """Every kind of field once. It goes nowhere."""

    text = forms.CharField(label=gettext_lazy("Ihre Frage oder Ihr Hinweis"), widget=forms.Textarea(attrs={"rows": 4}))
    name = forms.CharField(
        label=gettext_lazy("Name, unter dem man Sie liest"),
        help_text=gettext_lazy("Ein Name Ihrer Wahl, nicht Ihr richtiger."),
        required=False,
    )
    email = forms.EmailField(label=gettext_lazy("E-Mail-Adresse"))
    district = forms.ChoiceField(
        label=gettext_lazy("Stadtteil"),
        choices=[("", "–"), ("17", "17 Obergiesing-Fasangarten"), ("18", "18 Untergiesing-Harlaching")],
        required=False,
    )
    day = forms.DateField(label=gettext_lazy("Datum"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    how = forms.ChoiceField(
        label=gettext_lazy("Wie möchten Sie die Antwort?"),
        widget=forms.RadioSelect,
        choices=[("mail", gettext_lazy("Per E-Mail")), ("page", gettext_lazy("Nur hier auf der Seite"))],
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Themen, denen Sie folgen möchten"),
        widget=forms.CheckboxSelectMultiple,
        choices=[("mob", gettext_lazy("Mobilität")), ("edu", gettext_lazy("Bildung"))],
        required=False,
    )
    please_answer = forms.BooleanField(
        label=gettext_lazy("Bitte antworten. Die Stadt hat dann 20 Arbeitstage Zeit."), required=False
    )


class ScaleForm(forms.Form):
    """One rating scale."""

    benefit = forms.ChoiceField(
        label=gettext_lazy("Was habe ich selbst davon?"),
        widget=forms.RadioSelect,
        choices=[(str(n), str(n)) for n in range(1, 6)],
        required=False,
    )


# Districts of no city, with names as long as real ones; a city's own arrangement comes from its folder.
_DISTRICTS = (
    (11, "Nordhafen", 1, 0, 2),
    (12, "Waldstadt-Freifeld", 2, 0, 4),
    (4, "Waldstadt-West", 1, 1, 3),
    (3, "Neustadt", 2, 1, 6),
    (13, "Ostheim", 3, 1, 1),
    (8, "Weinberghöhe", 0, 2, 0),
    (2, "Bahnhofsvorstadt-Flussvorstadt", 1, 2, 5),
    (1, "Altstadt-Markt", 2, 2, 7),
    (14, "Berg am Bach", 3, 2, 2),
    (6, "Südhof", 1, 3, 3),
    (18, "Untermühle-Hangwiesen", 2, 3, 4),
    (17, "Obermühle-Tiergarten", 3, 3, 8),
)


def samples() -> dict[str, Any]:
    """The context of the style guide."""
    today = clock.today()
    counts = (("in_umsetzung", 48), ("unbekannt", 18), ("abgeschlossen", 12), ("geplant", 8), ("eingestellt", 1))
    faulty = SampleForm({"name": "Flusskiesel", "email": "flusskiesel", "please_answer": "on"}, auto_id="faulty_%s")
    return {
        "form": SampleForm(auto_id="sample_%s"),
        "faulty": faulty,
        "scale": ScaleForm(),
        "paces": [("now", "sofort"), ("weekly", "wöchentlich")],
        "counts": counts,
        "statuses": [key for key, _count in counts],
        "chips": [
            Option(_("Abgeschlossen"), "?status=abgeschlossen#listen", False, 12, "abgeschlossen"),
            Option(_("In Umsetzung"), "?#listen", True, 48, "in_umsetzung"),
            Option(_("Geplant"), "?status=geplant#listen", False, 8, "geplant"),
            Option(_("Verzögert"), "?verzoegert=1#listen", False, 20, "flag"),
        ],
        "tabs": [
            Option(_("Bild"), "#listen", True),
            Option(_("Tabelle"), "#tabellen"),
            Option(_("Vergleich"), "#bilder"),
        ],
        "rings": [Option(_("Status"), "#listen", True), Option(_("Zeit bis zum Ende"), "#bilder")],
        "columns": [_("Handlungsfeld"), _("Maßnahmen"), _("abgeschlossen")],
        "rows": [("Digital Government", 27, 4), ("Gemeinschaft und Teilhabe", 24, 4), ("Bildung", 6, 0)],
        "facts": [
            (_("Zuständig"), _("In den Quellen nicht genannt")),
            (_("Zeitraum"), "2019 bis 2026"),
            (_("Kennung"), _("M-001, bleibt auch bei Umbenennung")),
        ],
        "events": [
            ("2025-04-09", "Digitalisierungsbericht im IT-Ausschuss: kurz vor Abschluss."),
            ("2022-01-19", "Fortschreibung 2021, Vollversammlung. Vorlage 20-26 / V 04811"),
            ("2020-01", "Grundsatzbeschluss der Vollversammlung"),
        ],
        "votes": [("1", 1), ("2", 3), ("3", 6), ("4", 14), ("5", 17)],
        "by_field": [("Digital Government", 27), ("Gemeinschaft und Teilhabe", 24), ("Bildung", 6)],
        "tiles": [
            Tile(number, name, col, row, f"#{number}", value, min(4, (value + 1) // 2), number == 17)
            for number, name, col, row, value in _DISTRICTS
        ],
        "soon": today + timedelta(days=12),
        "due": today + timedelta(days=17),
        "earlier": today - timedelta(days=5),
        "moment": clock.now(),
        "steps": [_("Schreiben"), _("Prüfen"), _("Bestätigen")],
        "lorem": "Elektronische Akten ersetzen stadtweit das Papier, damit Beschäftigte überall arbeiten können.",
    }


def token_rows(css: str, mode: str) -> list[dict[str, object]]:
    """Each colour token of a theme with its value and its contrast to the page."""
    tokens = contrast.modes(css)[mode]
    return [
        {
            "name": name,
            "use": use,
            "value": tokens[name],
            "ratio": f"{contrast.ratio(tokens[name], tokens['page']):.1f}",
        }
        for name, use in TOKENS
    ]
