"""Forms of the format. They hold what was typed; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts.forms import guest_email, guest_name
from mitstadt.geo import maps
from mitstadt.geo import queries as geo
from mitstadt.kit.errors import DomainError
from mitstadt.kit.ids import new_id
from mitstadt.participation.models import Category, Module


class SettingsForm(forms.Form):
    """What staff set for a module of ideas."""

    threshold = forms.IntegerField(
        label=_("Ab wie vielen Unterstützungen prüft die Stadt?"),
        min_value=0,
        max_value=100_000,
        initial=0,
        required=False,
        help_text=_("0 heißt: Jede Idee wird geprüft. Ist die Zahl erreicht, beginnt die Frist für die Antwort."),
    )
    needs_place = forms.BooleanField(label=_("Jede Idee braucht einen Ort"), required=False)
    map = forms.BooleanField(label=_("Karte zuerst zeigen (Ideenkarte)"), required=False)

    def clean_threshold(self) -> int:
        return self.cleaned_data.get("threshold") or 0


class IdeaForm(forms.Form):
    """One idea. `geometry` is GeoJSON that the map writes; `seen` says that similar ideas were shown."""

    title = forms.CharField(
        label=_("Ihre Idee in einem Satz"),
        error_messages={"required": _("Bitte sagen Sie Ihre Idee in einem Satz.")},
    )
    text = forms.CharField(
        label=_("Was soll geschehen und warum?"),
        widget=forms.Textarea(attrs={"rows": 8}),
        strip=False,
        error_messages={"required": _("Bitte schreiben Sie, was geschehen soll.")},
    )
    category = forms.ChoiceField(label=_("Worum geht es?"), required=False)
    district = forms.ChoiceField(label=_("Stadtbezirk"), required=False)
    place = forms.CharField(
        label=_("Straße oder Ort in Worten"),
        required=False,
        max_length=200,
        help_text=_("Zum Beispiel: vor der Bücherei, Ecke Tegernseer Landstraße."),
    )
    geometry = forms.CharField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False, initial=new_id)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=1, required=False)
    draft = forms.CharField(widget=forms.HiddenInput, max_length=32, required=False)

    def __init__(self, *args: Any, module: Module, pictures: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = {str(c.pk): c for c in module.categories.all()}
        nothing = [("", _("– bitte wählen –"))]
        if self.categories:
            self.fields["category"].choices = nothing + [(pk, c.name) for pk, c in self.categories.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["category"]
        self.fields["district"].choices = [("", _("– keiner –")), *geo.choices()]  # type: ignore[attr-defined]
        if pictures:
            self.fields["picture"] = forms.FileField(
                label=_("Bild"),
                required=False,
                widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
                help_text=_("JPEG, PNG oder WebP, höchstens 15 MB. Ort und Kamera werden aus dem Bild entfernt."),
            )
            self.fields["words"] = forms.CharField(
                label=_("Was ist auf dem Bild zu sehen?"),
                required=False,
                max_length=300,
                help_text=_("Für Menschen, die das Bild nicht sehen können."),
            )


class GuestIdeaForm(IdeaForm):
    """The same for somebody without an account."""

    name = guest_name()
    email = guest_email(_("Dorthin schicken wir einen Link. Erst wenn Sie ihn öffnen, erscheint Ihre Idee."))


class GuestSupportForm(forms.Form):
    """Standing behind an idea without an account."""

    email = guest_email(_("Dorthin schicken wir einen Link. Erst wenn Sie ihn öffnen, zählt Ihre Unterstützung."))


class EntryForm(forms.Form):
    """What somebody proposed on paper, by telephone or at an event."""

    title = forms.CharField(label=_("Idee in einem Satz"), max_length=150)
    text = forms.CharField(label=_("Was und warum"), widget=forms.Textarea(attrs={"rows": 4}))
    place = forms.CharField(label=_("Straße oder Ort in Worten"), max_length=200, required=False)
    name = forms.CharField(label=_("Name, wie er erscheinen soll"), max_length=60, required=False)


class TabletForm(EntryForm):
    """The same for whoever stands at the tablet themselves: with a place on the map."""

    title = forms.CharField(label=_("Ihre Idee in einem Satz"), max_length=150)
    text = forms.CharField(label=_("Was soll geschehen und warum?"), widget=forms.Textarea(attrs={"rows": 4}))
    geometry = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_geometry(self) -> str:
        return _on_the_map(self.cleaned_data["geometry"])


def _on_the_map(text: str) -> str:
    """The same; a form error for a place that is none or lies outside the city."""
    try:
        maps.read(text, "geometry")
    except DomainError as error:
        raise forms.ValidationError(error.message) from error
    return text


def row_form(module: Module) -> type[EntryForm]:
    """One row of a list: also with category and district by name and number, and a point, line or area (GeoJSON)."""
    categories = {category.name.casefold(): category for category in module.categories.all()}
    districts = {number for number, _name in geo.choices()}

    class RowForm(EntryForm):
        category = forms.CharField(label=_("Worum geht es?"), max_length=80, required=False)
        district = forms.CharField(label=_("Stadtbezirk"), max_length=5, required=False)
        geometry = forms.CharField(label=_("Ort auf der Karte (GeoJSON)"), required=False)

        def clean_category(self) -> Category | None:
            name = self.cleaned_data["category"]
            if name and name.casefold() not in categories:
                raise forms.ValidationError(_("Diese Kategorie gibt es hier nicht."))
            return categories[name.casefold()] if name else None

        def clean_district(self) -> str:
            number: str = self.cleaned_data["district"]
            if number and number not in districts:
                raise forms.ValidationError(_("Diesen Stadtbezirk gibt es hier nicht. Gebraucht wird seine Nummer."))
            return number

        def clean_geometry(self) -> str:
            return _on_the_map(self.cleaned_data["geometry"])

    return RowForm


class MergeForm(forms.Form):
    """The idea into which this one should go."""

    target = forms.CharField(
        label=_("In welche Idee soll diese aufgehen?"),
        max_length=300,
        help_text=_("Adresse der anderen Idee, zum Beispiel aus der Adresszeile kopiert."),
        error_messages={"required": _("Bitte nennen Sie die andere Idee.")},
    )
