"""Filters of the list, the form of an entry, hints."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from mitstadt.geo import queries as geo

from . import entries, hours, queries, words
from .entries import Cost, Entry, Phone, Place
from .models import Attempt, Category, Notice
from .queries import Choice

RADII = (("1", _("1 km")), ("3", _("3 km")), ("5", _("5 km")), ("10", _("10 km")))


class FilterForm(forms.Form):
    """Every filter is an address. What cannot be understood is said at its field and does not filter."""

    q = forms.CharField(label=_("Wobei brauchen Sie Hilfe?"), max_length=300, required=False)
    ort = forms.CharField(
        label=_("In der Nähe von"), max_length=80, required=False, help_text=_("Postleitzahl oder Stadtbezirk")
    )
    umkreis = forms.ChoiceField(label=_("Umkreis"), choices=[("", _("egal")), *RADII], required=False)
    sprache = forms.ChoiceField(label=_("Sprache"), choices=[("", _("egal")), *words.LANGUAGES.items()], required=False)
    offen = forms.BooleanField(label=_("jetzt geöffnet"), required=False)
    kostenlos = forms.BooleanField(label=_("kostenlos"), required=False)
    ohnetermin = forms.BooleanField(label=_("ohne Termin"), required=False)
    rollstuhl = forms.BooleanField(label=_("ohne Stufen erreichbar"), required=False)
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = ""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("ort"):
            found = queries.where(data["ort"])
            if found is None:
                self.add_error("ort", gettext("Diesen Ort kennen wir nicht. Nehmen Sie Postleitzahl oder Stadtbezirk."))
            else:
                data["point"], self.place = found
        elif data.get("lat") is not None and data.get("lon") is not None:
            # Rounded to about a hundred metres: enough for a distance, too little for a house.
            data["point"], self.place = (round(data["lat"], 3), round(data["lon"], 3)), gettext("Ihr Standort")
        return data

    def choice(self, **more: Any) -> Choice:
        self.is_valid()
        data: dict[str, Any] = getattr(self, "cleaned_data", {})
        point = data.get("point")
        return Choice(
            text=data.get("q") or "",
            point=point,
            radius=float(data["umkreis"]) if point and data.get("umkreis") else None,
            open_now=bool(data.get("offen")),
            free=bool(data.get("kostenlos")),
            walk_in=bool(data.get("ohnetermin")),
            wheelchair=bool(data.get("rollstuhl")),
            language=data.get("sprache") or "",
            **more,
        )


class ReportForm(forms.Form):
    """One field; `website` is a trap for programs and hidden from people."""

    text = forms.CharField(
        label=_("Was stimmt nicht?"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000,
        help_text=_("Bitte keine Angaben über Sie selbst. Wir fragen beim Anbieter nach."),
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.HiddenInput)


# -- the entry --------------------------------------------------------------------------------------
def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _parts(line: str, count: int) -> list[str]:
    parts = [part.strip() for part in line.split("|")]
    return (parts + [""] * count)[:count]


class EntryForm(forms.Form):
    """An offer on one page. Lists are written a line each; everything but name and short text may stay empty."""

    name = forms.CharField(label=_("Name des Angebots"), max_length=160)
    lead = forms.CharField(
        label=_("Kurz gesagt"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Ein oder zwei Sätze, wie Sie es jemandem am Telefon sagen würden."),
    )  # fmt: skip
    description = forms.CharField(
        label=_("Beschreibung"), max_length=entries.MOST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    simple = forms.CharField(
        label=_("In Einfacher Sprache"), max_length=entries.MOST_TEXT, required=False,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Kurze Sätze, keine Fremdwörter."),
    )  # fmt: skip
    alternate_name = forms.CharField(label=_("Auch bekannt als"), max_length=160, required=False)
    categories = forms.MultipleChoiceField(label=_("Themen"), widget=forms.CheckboxSelectMultiple, required=False)
    status = forms.ChoiceField(label=_("Stand"), choices=list(words.STATUSES.items()), initial="active")
    alert = forms.CharField(
        label=_("Hinweis, der oben steht"), max_length=500, required=False,
        help_text=_("Zum Beispiel: Im August geschlossen."),
    )  # fmt: skip
    phones = forms.CharField(
        label=_("Telefon"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Je Zeile: Nummer | wofür. Zum Beispiel: 089 1234567 | Anmeldung"),
    )  # fmt: skip
    email = forms.EmailField(label=_("E-Mail"), required=False)
    url = forms.URLField(label=_("Webseite"), max_length=500, required=False, assume_scheme="https")
    ways = forms.MultipleChoiceField(
        label=_("Kontaktwege"), choices=list(words.WAYS.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    places = forms.CharField(
        label=_("Orte"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Je Zeile: Name | Straße Nummer | Postleitzahl Ort | Breite, Länge | Kürzel der Barrierefreiheit. "
            "Leer, wenn es nur am Telefon oder online geht."
        ),
    )  # fmt: skip
    hours = forms.CharField(
        label=_("Öffnungszeiten"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Je Zeile: Mo-Fr 9-12, 14-17 Uhr oder 1. Mi im Monat 18-20 Uhr | nur telefonisch"),
    )  # fmt: skip
    hours_note = forms.CharField(label=_("Zu den Öffnungszeiten"), max_length=300, required=False)
    cost = forms.ChoiceField(label=_("Kosten"), choices=list(words.COSTS.items()), initial="unknown")
    costs = forms.CharField(
        label=_("Preise"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Je Zeile: wofür | Betrag in Euro"),
    )  # fmt: skip
    fees = forms.CharField(label=_("Zu den Kosten"), max_length=1000, required=False)
    appointment = forms.ChoiceField(label=_("Termin"), choices=list(words.APPOINTMENT.items()), initial="unknown")
    application = forms.CharField(
        label=_("So geht es"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    languages = forms.MultipleChoiceField(
        label=_("Sprachen"), choices=list(words.LANGUAGES.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    interpretation = forms.CharField(label=_("Dolmetschen"), max_length=500, required=False)
    situations = forms.MultipleChoiceField(
        label=_("Für wen"), choices=list(words.SITUATIONS.items()), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Nichts angekreuzt heißt: für alle."),
    )  # fmt: skip
    min_age = forms.IntegerField(label=_("Alter ab"), min_value=0, max_value=120, required=False)
    max_age = forms.IntegerField(label=_("Alter bis"), min_value=0, max_value=120, required=False)
    districts = forms.MultipleChoiceField(
        label=_("Nur für Menschen aus"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Nichts angekreuzt heißt: für die ganze Stadt."),
    )  # fmt: skip
    area = forms.CharField(label=_("Gebiet"), max_length=300, required=False)
    documents = forms.CharField(
        label=_("Mitbringen"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Je Zeile eines.")
    )
    eligibility = forms.CharField(
        label=_("Voraussetzungen"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    protected = forms.BooleanField(
        label=_("Anschrift geheim halten"), required=False,
        help_text=_("Zum Beispiel Frauenhaus: Gezeigt wird nur die Telefonnummer. Orte werden gar nicht gespeichert."),
    )  # fmt: skip
    emergency = forms.BooleanField(
        label=_("Notplatz"), required=False, help_text=_("Zum Beispiel Notschlafstelle: nie mit Warteliste.")
    )

    LISTS = ("categories", "ways", "languages", "situations")

    def __init__(self, *args: Any, entry: Entry | None = None, provider: str = "", **kwargs: Any) -> None:
        self.entry: Entry | None = None  # what `is_valid` made of it
        self.before, self.provider = entry, provider or (entry.provider if entry else "")
        if entry is not None:
            kwargs.setdefault("initial", initial(entry))
        super().__init__(*args, **kwargs)
        english = (get_language() or "").startswith("en")
        rows = Category.objects.values_list("slug", "name", "name_en", "parent__name", "parent__name_en")
        self.fields["categories"].choices = sorted(  # type: ignore[attr-defined]
            ((slug, _path(name, parent) if not english else _path(name_en or name, parent_en or parent))
             for slug, name, name_en, parent, parent_en in rows), key=lambda pair: pair[1],
        )  # fmt: skip
        self.fields["districts"].choices = geo.choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        found = self._entry(data)
        if self.errors or found is None:
            return data
        for fault in entries.faults(found):
            self.add_error(fault.field if fault.field in self.fields else None, fault.text)
        if not self.errors:
            self.entry = found
        return data

    def _entry(self, data: dict[str, Any]) -> Entry | None:
        kept = self._untouched(data)
        rules: tuple[hours.Hours, ...] = ()
        try:
            rules = hours.parse(data.get("hours") or "")
        except hours.BadHours as error:
            self.add_error(
                "hours",
                gettext("Das verstehen wir nicht: %(line)s. So geht es: Mo-Fr 9-12 Uhr") % {"line": error},
            )
        places = kept["places"] if "places" in kept else self._places(data.get("places") or "")
        costs = self._costs(data.get("costs") or "")
        if self.errors:
            return None
        texts: dict[str, Any] = {
            name: data.get(name) or ""
            for name in (
                "name", "lead", "description", "simple", "alternate_name", "status", "alert", "email", "url", "cost",
                "fees", "appointment", "application", "interpretation", "area", "eligibility", "hours_note",
            )
        }  # fmt: skip
        texts = {name: text.replace("\r\n", "\n").strip() for name, text in texts.items()}
        texts |= {name: tuple(data.get(name) or ()) for name in self.LISTS}
        found = Entry(
            **texts,
            provider=self.provider,
            phones=tuple(
                Phone(number, label) for number, label in (_parts(line, 2) for line in _lines(data.get("phones") or ""))
            ),
            places=places,
            hours=rules,
            costs=costs,
            min_age=data.get("min_age"),
            max_age=data.get("max_age"),
            districts=tuple(sorted(int(n) for n in data.get("districts") or ())),
            documents=tuple(_lines(data.get("documents") or "")),
            protected=bool(data.get("protected")),
            emergency=bool(data.get("emergency")),
        )
        return replace(found, **kept)

    def _untouched(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the form shows in short (a week without its first day, a point with fewer digits) and nobody changed
        stays as it is."""
        if self.before is None:
            return {}
        shown = initial(self.before)
        return {
            name: getattr(self.before, name)
            for name in ("phones", "costs", "hours", "places")
            if shown[name] and _lines(data.get(name) or "") == _lines(shown[name])
        }

    def _places(self, text: str) -> tuple[Place, ...]:
        found = []
        before = {(p.name, p.street): p for p in (self.before.places if self.before else ())}
        for line in _lines(text):
            name, street, town, point, access = _parts(line, 5)
            postcode = re.match(r"(\d{4,5})\s*(.*)", town)
            lat = lon = None
            if point:
                numbers = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*[,;/]\s*(-?\d+(?:\.\d+)?)", point)
                if numbers is None:
                    self.add_error("places", gettext("Breite, Länge sind zwei Zahlen wie 48.137, 11.575: %(line)s") % {
                        "line": line[:80]
                    })  # fmt: skip
                    continue
                lat, lon = float(numbers[1]), float(numbers[2])
            known = before.get((name, street))
            found.append(
                Place(
                    name=name,
                    street=street,
                    postcode=postcode[1] if postcode else "",
                    city=postcode[2] if postcode else town,
                    lat=lat,
                    lon=lon,
                    access=tuple(re.split(r"[\s,]+", access)) if access else (),
                    access_note=known.access_note if known else "",
                    transport=known.transport if known else "",
                    hours=known.hours if known else (),
                    hours_note=known.hours_note if known else "",
                )
            )
        return tuple(found)

    def _costs(self, text: str) -> tuple[Cost, ...]:
        found = []
        for line in _lines(text):
            label, amount = _parts(line, 2)
            number = None
            if amount:
                try:
                    number = float(amount.replace("€", "").replace(",", ".").strip())
                except ValueError:
                    self.add_error("costs", gettext("Das ist kein Betrag: %(value)s") % {"value": amount[:40]})
                    continue
            found.append(Cost(label, number))
        return tuple(found)


def _path(name: str, parent: str | None) -> str:
    return f"{parent}: {name}" if parent else name


def initial(entry: Entry) -> dict[str, Any]:
    """An entry as the form shows it."""
    data: dict[str, Any] = {name: getattr(entry, name) for name in EntryForm.base_fields if hasattr(entry, name)}
    for name in EntryForm.LISTS:
        data[name] = list(data[name])
    data["districts"] = [str(number) for number in entry.districts]
    data["documents"] = "\n".join(entry.documents)
    data["phones"] = "\n".join(f"{p.number} | {p.label}" if p.label else p.number for p in entry.phones)
    data["costs"] = "\n".join(
        c.label if c.amount is None else f"{c.label} | {c.amount:g}".replace(".", ",") for c in entry.costs
    )
    data["hours"] = "\n".join(hours.lines(entry.hours))
    data["places"] = "\n".join(
        " | ".join(
            [
                p.name, p.street, f"{p.postcode} {p.city}".strip(),
                f"{p.lat:g}, {p.lon:g}" if p.lat is not None and p.lon is not None else "", " ".join(p.access),
            ]
        ).rstrip(" |")
        for p in entry.places
    )  # fmt: skip
    return data


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Was fehlt oder nicht stimmt"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Warum"), max_length=300)


class OutcomeForm(forms.Form):
    outcome = forms.CharField(label=_("Was daraus wurde"), max_length=300)


class AttemptForm(forms.Form):
    way = forms.ChoiceField(label=_("Wie"), choices=Attempt.Way.choices)
    outcome = forms.CharField(label=_("Ergebnis"), max_length=300)


class NoticeForm(forms.Form):
    kind = forms.ChoiceField(label=_("Worum es geht"), choices=Notice.Kind.choices)
    title = forms.CharField(label=_("Überschrift"), max_length=120)
    text = forms.CharField(label=_("Text"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    day = forms.DateField(
        label=_("Datum"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Nur bei einem gemeinsamen Termin."),
    )  # fmt: skip
    until = forms.DateField(label=_("Zu sehen bis"), widget=forms.DateInput(attrs={"type": "date"}))
