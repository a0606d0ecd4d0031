"""Forms of the back office. They hold what was typed; the actions decide."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mitstadt.booking.models import Need, Places
from mitstadt.geo.models import District
from mitstadt.kit import clock
from mitstadt.participation.staff.forms import moment_field

from .actions import Registration
from .models import Access, Meeting


class DateForm(forms.Form):
    """One date: when, where, how it goes, who can come, and how people reserve."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Titel"), max_length=200)
    starts_at = moment_field(_("Beginn"))
    ends_at = moment_field(_("Ende"))
    venue = forms.CharField(
        label=_("Ort"), max_length=120, required=False, help_text=_("Zum Beispiel: Bürgersaal im Rathaus.")
    )
    address = forms.CharField(label=_("Straße und Hausnummer"), max_length=150, required=False)
    link = forms.CharField(
        label=_("Adresse im Netz"),
        max_length=300,
        required=False,
        help_text=_("Wenn man auch oder nur im Netz dabei sein kann. Alle sehen sie; sie beginnt mit https://."),
    )
    district = forms.ModelChoiceField(
        label=_("Stadtbezirk"),
        queryset=District.objects.none(),
        required=False,
        empty_label=_("Ganze Stadt"),
    )
    text = forms.CharField(label=_("Worum es geht"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agenda = forms.CharField(
        label=_("Programm"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Eine Zeile je Punkt, gern mit der Uhrzeit vorn: 18:00 Ankommen."),
    )
    access = forms.MultipleChoiceField(
        label=_("Barrierefreiheit"), choices=Access.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    access_text = forms.CharField(
        label=_("Barrierefreiheit in Worten"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Was man wissen muss, bevor man losgeht: Eingang, Weg, Aufzug, wer hilft."),
    )
    registers = forms.BooleanField(label=_("Mit Anmeldung"), required=False, initial=True)
    seats = forms.IntegerField(
        label=_("Zahl der Plätze"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        help_text=_("Leer heißt ohne Begrenzung. Bei mehr Plätzen rücken Wartende nach."),
    )
    max_persons = forms.IntegerField(
        label=_("So viele Personen kann jemand auf einmal anmelden"), min_value=1, max_value=50, initial=2
    )
    has_waiting_list = forms.BooleanField(label=_("Mit Warteliste"), required=False, initial=True)
    closes_at = moment_field(
        _("Anmeldung bis"), required=False, help_text=_("Leer heißt: bis es beginnt. Danach rückt niemand mehr nach.")
    )
    needs_asked = forms.MultipleChoiceField(
        label=_("Bei der Anmeldung fragen, was jemand braucht"),
        choices=Need.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note_question = forms.CharField(
        label=_("Eigene Frage bei der Anmeldung"),
        max_length=200,
        required=False,
        help_text=_("Fragen Sie nur, was Sie wirklich brauchen. Die Antworten werden nach dem Termin gelöscht."),
    )
    reason = forms.CharField(
        label=_("Grund, falls Zeit oder Ort sich ändern"),
        max_length=300,
        required=False,
        help_text=_("Alle mit einem Platz und alle, die folgen, lesen ihn."),
    )

    def __init__(self, *args: Any, existing: bool, registers: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = District.objects.defer("outline").order_by("number")  # type: ignore[attr-defined]
        if registers:
            del self.fields["registers"]
        if not existing:
            del self.fields["reason"]

    def values(self) -> dict[str, Any]:
        """What `actions.add` and `actions.change` take beside the registration."""
        found = self.cleaned_data
        names = ("title", "starts_at", "ends_at", "venue", "address", "link", "text", "agenda", "access", "access_text")
        district = found["district"]
        return {**{name: found[name] for name in names}, "district_id": district.pk if district is not None else None}

    def registration(self) -> Registration | None:
        found = self.cleaned_data
        if not found.get("registers", True):
            return None
        return Registration(
            seats=found["seats"],
            max_persons=found["max_persons"],
            closes_at=found["closes_at"],
            has_waiting_list=found["has_waiting_list"],
            note_question=found["note_question"],
            needs_asked=tuple(found["needs_asked"]),
        )


def initial_of(meeting: Meeting, places: Places | None) -> dict[str, Any]:
    """A date as the form shows it."""
    names = ("title", "starts_at", "ends_at", "venue", "address", "link", "text", "agenda", "access", "access_text",
             "revision")  # fmt: skip
    found: dict[str, Any] = {name: getattr(meeting, name) for name in names}
    found |= {"district": meeting.subject.district_id, "registers": places is not None}
    if places is not None:
        asked = ("seats", "max_persons", "closes_at", "has_waiting_list", "needs_asked", "note_question")
        found |= {name: getattr(places, name) for name in asked}
    return found


def next_week() -> dict[str, datetime]:
    """A sensible beginning for a new date: in two weeks at six in the evening."""
    start = timezone.make_aware(datetime.combine(clock.today() + timedelta(days=14), time(18)))
    return {"starts_at": start, "ends_at": start + timedelta(hours=2)}


class CallOffForm(forms.Form):
    reason = forms.CharField(
        label=_("Grund"),
        max_length=300,
        help_text=_("Alle mit einem Platz, alle auf der Warteliste und alle, die folgen, lesen ihn."),
    )


class MinutesForm(forms.Form):
    """What came of it first: most people read no further."""

    result = forms.CharField(
        label=_("Was herauskam"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Zwei, drei Sätze: was alle wollten, was die Stadt jetzt tut."),
    )
    minutes = forms.CharField(
        label=_("Protokoll"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Ohne Namen von Menschen, die nicht für die Stadt da waren. Eine Leerzeile macht einen Absatz."),
    )
