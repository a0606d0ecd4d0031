"""Filters, the ways to a place, what a provider says."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mitstadt.directory import entries
from mitstadt.directory import queries as directory
from mitstadt.directory.forms import RADII
from mitstadt.kit.ids import new_id

from . import seekers
from .models import Capacity, Kind, Way
from .queries import Choice


class FilterForm(forms.Form):
    q = forms.CharField(label=_("Was suchen Sie?"), max_length=200, required=False)
    art = forms.ChoiceField(label=_("Art"), choices=[("", _("alles")), *Kind.choices], required=False)
    ort = forms.CharField(
        label=_("In der Nähe von"), max_length=80, required=False, help_text=_("Postleitzahl oder Stadtbezirk")
    )
    umkreis = forms.ChoiceField(label=_("Umkreis"), choices=[("", _("egal")), *RADII], required=False)
    alter = forms.IntegerField(label=_("Alter in Jahren"), min_value=0, max_value=120, required=False)
    frei = forms.BooleanField(label=_("nur was frei ist"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = ""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("ort"):
            found = directory.where(data["ort"])
            if found is None:
                self.add_error("ort", gettext("Diesen Ort kennen wir nicht. Nehmen Sie Postleitzahl oder Stadtbezirk."))
            else:
                data["point"], self.place = found
        return data

    def choice(self) -> Choice:
        self.is_valid()
        data: dict[str, Any] = getattr(self, "cleaned_data", {})
        point = data.get("point")
        return Choice(
            kind=data.get("art") or "",
            text=data.get("q") or "",
            point=point,
            radius=float(data["umkreis"]) if point and data.get("umkreis") else None,
            only_free=bool(data.get("frei")),
            age=data.get("alter"),
        )


class PersonForm(forms.Form):
    """Who somebody is may stay empty: then only the secret link leads back."""

    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    email = forms.EmailField(
        label=_("E-Mail"), required=False,
        help_text=_("Dorthin schreiben wir, wenn sich etwas tut. Ohne Adresse bewahren Sie bitte den Link auf."),
    )  # fmt: skip
    phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = new_id(seekers.KEY)

    def person(self) -> dict[str, Any]:
        return {key: self.cleaned_data.get(key) or "" for key in ("name", "email", "phone", "key")}


class BookForm(PersonForm):
    slot = forms.ChoiceField(label=_("Wann"), widget=forms.RadioSelect)
    persons = forms.IntegerField(label=_("Wie viele Personen"), min_value=1, max_value=10, initial=1)
    text = forms.CharField(
        label=_("Was der Anbieter vorher wissen soll"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Nur das Nötigste. Lesen kann es nur der Anbieter."),
    )  # fmt: skip
    field_order = ["slot", "persons", "text", "name", "email", "phone"]


class WaitForm(PersonForm):
    persons = forms.IntegerField(
        label=_("Wie viele Plätze"), min_value=1, max_value=10, initial=1,
        help_text=_("Zusammen oder gar nicht: zum Beispiel 2 für ein Elternteil mit Kind."),
    )  # fmt: skip

    field_order = ["persons", "name", "email", "phone"]


class EnquireForm(PersonForm):
    """The order of the providers is the order of their numbers."""

    text = forms.CharField(
        label=_("Worum geht es?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Was der Anbieter wissen muss. Lesen kann es nur, wer gerade gefragt ist."),
    )  # fmt: skip
    persons = forms.IntegerField(label=_("Für wie viele Personen"), min_value=1, max_value=10, initial=1)
    wanted_from = forms.DateField(label=_("Ab wann"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    young = forms.BooleanField(
        label=_("Ich bin unter 18 und frage für mich selbst"), required=False,
        help_text=_("Dann schreiben wir an niemanden sonst, auch nicht an deine Eltern."),
    )  # fmt: skip

    field_order = ["text", "persons", "wanted_from", "name", "email", "phone", "young"]

    def __init__(self, *args: Any, capacities: list[Capacity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.capacities = capacities
        for place, capacity in enumerate(capacities, 1):
            field = forms.IntegerField(
                label=str(capacity), min_value=0, max_value=99, required=False, initial=place,
            )  # fmt: skip
            self.fields[f"rank_{capacity.public_id}"] = field

    def ranks(self) -> list[Any]:
        return [self[f"rank_{capacity.public_id}"] for capacity in self.capacities]

    def ordered(self) -> list[Capacity]:
        """The chosen ones in the person's order; 0 or nothing leaves one out."""
        ranked = [
            (self.cleaned_data.get(f"rank_{c.public_id}") or 0, place, c) for place, c in enumerate(self.capacities)
        ]
        return [c for rank, _place, c in sorted(ranked, key=lambda r: r[:2]) if rank]


class ReferForm(EnquireForm):
    """For somebody else. Who goes back in the browser and writes something else means another person."""

    consent = forms.BooleanField(
        label=_("Die Person ist einverstanden, dass ich für sie anfrage und den Stand sehe."), required=True
    )

    def person(self) -> dict[str, Any]:
        found = super().person()
        about = [found["name"], found["email"], found["phone"], self.cleaned_data["text"], self.cleaned_data["persons"]]
        return {**found, "key": json.dumps([found["key"], *about]) if len(found["key"]) >= seekers.KEY else ""}


class SayForm(forms.Form):
    """What is free now."""

    free = forms.IntegerField(label=_("frei"), min_value=0, max_value=100_000, required=False)
    total = forms.IntegerField(label=_("insgesamt"), min_value=0, max_value=100_000, required=False)
    free_from = forms.DateField(label=_("frei ab"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    has_waiting_list = forms.BooleanField(label=_("mit Warteliste"), required=False)
    needs_assessment = forms.BooleanField(label=_("erst nach einem Gespräch"), required=False)


class _OfferField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except OverflowError as error:  # the key of an offer is a relation, whose lookup does not look at its size
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error


class CapacityForm(forms.ModelForm):  # type: ignore[type-arg]
    """A capacity, new or changed, by its provider or by staff."""

    link = forms.URLField(label=_("Adresse der anderen Seite"), max_length=500, required=False, assume_scheme="https")

    class Meta:
        model = Capacity
        field_classes = {"service": _OfferField}
        fields = [
            "service", "title", "kind", "way", "note", "min_age", "max_age", "total", "interval_hours", "mobile",
            "answer_hours",
            "has_waiting_list", "needs_assessment", "link", "link_name", "active",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.MITSTADT_SMS_MAIL:
            del self.fields["mobile"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("way") == Way.LINK and not data.get("link"):
            self.add_error("link", gettext("Bitte geben Sie die Adresse der anderen Seite an."))
        service = data.get("service")
        if service is not None and service.emergency and data.get("has_waiting_list"):
            self.add_error("has_waiting_list", gettext("Notplätze haben nie eine Warteliste."))
        if service is not None and service.protected:
            for name in ("title", "note"):
                if entries.tells_street(data.get(name) or ""):
                    said = gettext("Die Anschrift soll geheim bleiben, aber hier steht eine Straße mit Nummer.")
                    self.add_error(name, said)
        total = data.get("total")
        given = (self.instance.free or 0) + self.instance.held
        if total is not None and total < given:
            said = gettext("So wenige können es nicht sein: %(n)s Plätze sind frei gemeldet oder jemandem angeboten.")
            self.add_error("total", said % {"n": given})
        if data.get("way") == Way.BOOK and data.get("kind") != Kind.APPOINTMENT:
            self.add_error("way", gettext("Sofort buchen lassen sich nur Termine."))
        low, high = data.get("min_age"), data.get("max_age")
        if low is not None and high is not None and low > high:
            self.add_error("max_age", gettext("Das höchste Alter liegt unter dem niedrigsten."))
        return data


class SlotsForm(forms.Form):
    """Times to be booked: on one day or on the same weekday for some weeks."""

    day = forms.DateField(label=_("Am"), widget=forms.DateInput(attrs={"type": "date"}))
    first = forms.TimeField(label=_("von"), widget=forms.TimeInput(attrs={"type": "time"}))
    last = forms.TimeField(label=_("bis"), widget=forms.TimeInput(attrs={"type": "time"}))
    minutes = forms.IntegerField(label=_("Minuten je Termin"), min_value=5, max_value=480, initial=30)
    seats = forms.IntegerField(label=_("Plätze je Termin"), min_value=1, max_value=500, initial=1)
    weeks = forms.IntegerField(label=_("für so viele Wochen"), min_value=1, max_value=52, initial=1)


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Ihre Antwort"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
