"""Forms of this room. They hold what was typed; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts.forms import guest_email
from mitstadt.kit.ids import new_id

from .models import Channel, Need, Places


class BookingForm(forms.Form):
    """What a person says when booking; only what this offer asks. `key` makes a double click one booking."""

    persons = forms.IntegerField(
        label=_("Wie viele Personen?"), min_value=1, initial=1, widget=forms.NumberInput(attrs={"min": 1})
    )
    name = forms.CharField(
        label=_("Name für die Teilnahmeliste"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Sehen nur die Menschen, die die Veranstaltung vorbereiten. Er wird danach gelöscht."),
    )
    needs = forms.MultipleChoiceField(
        label=_("Was brauchen Sie, um dabei zu sein?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nur für die Vorbereitung. Diese Angaben werden danach gelöscht."),
    )
    note = forms.CharField(required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    wait = forms.BooleanField(label=_("Wenn alles vergeben ist: auf die Warteliste."), required=False, initial=True)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = new_id(20)
        most = places.max_persons if places.seats is None else min(places.max_persons, max(1, places.seats))
        persons = self.fields["persons"]
        if most == 1:
            del self.fields["persons"]
        else:
            persons.max_value = most  # type: ignore[attr-defined]
            persons.widget.attrs["max"] = most
            persons.help_text = _("Höchstens %(most)d.") % {"most": most}
        if places.needs_asked:
            self.fields["needs"].choices = [(n.value, n.label) for n in Need if n in places.needs_asked]  # type: ignore[attr-defined]
        else:
            del self.fields["needs"]
        if places.note_question:
            self.fields["note"].label = places.note_question
        else:
            del self.fields["note"]
        if not places.has_waiting_list:
            del self.fields["wait"]

    def answers(self) -> dict[str, Any]:
        """What the actions take."""
        found = self.cleaned_data
        return {
            "persons": found.get("persons") or 1,
            "name": found.get("name", ""),
            "note": found.get("note", ""),
            "needs": found.get("needs", []),
            "wait": found.get("wait", False),
            "key": found.get("key", ""),
        }


class GuestBookingForm(BookingForm):
    """The same for somebody without an account."""

    email = guest_email(
        _(
            "Dorthin schicken wir einen Link. Erst wenn Sie ihn öffnen, gehört der Platz Ihnen. "
            "An diese Adresse schreiben wir auch, wenn sich etwas ändert."
        )
    )

    field_order = ["persons", "email", "name"]


class EnterForm(BookingForm):
    """Staff book for somebody."""

    phone = forms.CharField(
        label=_("Telefonnummer"), required=False, max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    channel = forms.ChoiceField(
        label=_("Wie hat sich die Person gemeldet?"),
        choices=[(c.value, c.label) for c in Channel if c != Channel.ONLINE],
        initial=Channel.PHONE,
    )

    field_order = ["name", "phone", "persons", "channel"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].label = _("Name")
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["phone"].help_text = _("Damit Sie Bescheid geben können: Eine E-Mail-Adresse gibt es hier nicht.")


class SeatsForm(forms.Form):
    seats = forms.IntegerField(
        label=_("Zahl der Plätze"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        help_text=_("Leer heißt ohne Begrenzung. Bei mehr Plätzen rücken Wartende nach."),
    )


class MessageForm(forms.Form):
    text = forms.CharField(label=_("Nachricht"), widget=forms.Textarea(attrs={"rows": 6}), strip=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = new_id(20)


class CallOffForm(forms.Form):
    reason = forms.CharField(
        label=_("Grund"), max_length=300, help_text=_("Alle mit einem Platz und alle auf der Warteliste lesen ihn.")
    )
