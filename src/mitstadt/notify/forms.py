"""Choosing what to hear and how often."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import rules

CADENCE_CHOICES = [
    ("at_once", _("sofort, jede Neuigkeit einzeln")),
    ("daily", _("einmal am Tag, gesammelt")),
    ("weekly", _("einmal in der Woche, gesammelt am Montag")),
    ("in_app", _("keine E-Mail, nur unter „Nachrichten“ auf dieser Seite")),
]
SHORT_CHOICES = [
    ("at_once", _("sofort")),
    ("daily", _("täglich")),
    ("weekly", _("wöchentlich")),
    ("in_app", _("nur hier")),
]


class FollowForm(forms.Form):
    """`guest=True` asks for an e-mail address and offers mail only."""

    cadence = forms.ChoiceField(
        label=_("Wie oft möchten Sie davon hören?"), choices=CADENCE_CHOICES, widget=forms.RadioSelect, initial="daily"
    )
    email = forms.EmailField(
        label=_("Ihre E-Mail-Adresse"),
        max_length=254,
        help_text=_(
            "Wir schicken Ihnen einen Link zur Bestätigung. Danach nutzen wir die Adresse nur für dieses Abonnement."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, guest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if guest:
            cadence = self.fields["cadence"]
            assert isinstance(cadence, forms.ChoiceField)
            cadence.choices = [c for c in CADENCE_CHOICES if c[0] != "in_app"]
        else:
            del self.fields["email"]


class CadenceForm(forms.Form):
    """One select per row of the follow list; `what` is a follow's public id or empty for personal news."""

    what = forms.CharField(max_length=16, required=False)
    cadence = forms.ChoiceField(choices=[(name, name) for name in rules.CADENCES])
