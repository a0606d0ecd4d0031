"""The form of a search agent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mitstadt.directory import components as directory_components
from mitstadt.directory import queries as directory
from mitstadt.directory.forms import RADII
from mitstadt.directory.models import Category

from .models import Kind


class AgentForm(forms.Form):
    """What somebody waits for, where, and the address to tell it to. `website` is a trap for programs."""

    art = forms.ChoiceField(label=_("Art"), choices=[("", _("alles")), *Kind.choices], required=False)
    thema = forms.ChoiceField(label=_("Thema"), required=False)
    q = forms.CharField(
        label=_("In Ihren Worten"), max_length=200, required=False, help_text=_("Zum Beispiel: Kurzzeitpflege")
    )
    ort = forms.CharField(
        label=_("In der Nähe von"), max_length=80, required=False, help_text=_("Postleitzahl oder Stadtbezirk")
    )
    umkreis = forms.ChoiceField(label=_("Umkreis"), choices=[("", _("egal")), *RADII], required=False, initial="3")
    alter = forms.IntegerField(
        label=_("Alter in Jahren"), min_value=0, max_value=120, required=False,
        help_text=_("Wie alt die Person ist, die den Platz braucht."),
    )  # fmt: skip
    email = forms.EmailField(label=_("E-Mail"), help_text=_("Dorthin schreiben wir, wenn etwas frei wird."))
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = [(c.slug, directory_components.name_of(c)) for c in Category.objects.all()]
        self.fields["thema"].choices = [("", _("egal")), *topics]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["point"], data["place"] = None, ""
        if data.get("ort"):
            found = directory.where(data["ort"])
            if found is None:
                self.add_error("ort", gettext("Diesen Ort kennen wir nicht. Nehmen Sie Postleitzahl oder Stadtbezirk."))
            else:
                data["point"], data["place"] = found
        elif data.get("lat") is not None and data.get("lon") is not None:
            # Rounded to about a hundred metres: enough for a distance, too little for a house.
            data["point"], data["place"] = (round(data["lat"], 3), round(data["lon"], 3)), gettext("Ihr Standort")
        if data.get("umkreis") and data["point"] is None and "umkreis" in self.changed_data and not self.errors:
            self.add_error("ort", gettext("Von wo aus? Postleitzahl oder Stadtbezirk."))
        return data

    def wish(self) -> dict[str, Any]:
        """The arguments of `agents.order` beside the address."""
        data = self.cleaned_data
        return {
            "kind": data["art"],
            "category": data["thema"],
            "text": data["q"],
            "place": data["place"],
            "point": data["point"],
            "radius": float(data["umkreis"]) if data["point"] and data["umkreis"] else None,
            "age": data["alter"],
        }
