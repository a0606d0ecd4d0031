"""Filters of the catalogue, and the staff's form of an entry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from mitstadt.accounts.forms import guest_email, guest_name
from mitstadt.kit.ids import new_id
from mitstadt.participation import registry

from . import words
from .catalogue import LISTS, RESERVED, TRANSLATED, is_address
from .models import Method
from .queries import Choice


def _options(label: Any, known: dict[str, Any]) -> list[tuple[str, Any]]:
    return [("", label), *known.items()]


class ChoiceForm(forms.Form):
    """Every filter is an address. What cannot be understood is said at its field and does not filter."""

    q = forms.CharField(label=_("Suchwort"), max_length=100, required=False)
    art = forms.ChoiceField(label=_("Wo"), choices=_options(_("egal"), words.KINDS), required=False)
    stufe = forms.ChoiceField(label=_("Wie viel Einfluss"), choices=_options(_("egal"), words.LEVELS), required=False)
    phase = forms.ChoiceField(label=_("Wofür"), choices=_options(_("egal"), words.PHASES), required=False)
    personen = forms.IntegerField(label=_("Wie viele Personen"), min_value=1, max_value=10_000_000, required=False)
    wochen = forms.IntegerField(label=_("Vorbereitung, höchstens Wochen"), min_value=0, max_value=260, required=False)
    kosten = forms.ChoiceField(label=_("Kosten, höchstens"), choices=_options(_("egal"), words.COSTS), required=False)
    aufwand = forms.ChoiceField(
        label=_("Aufwand, höchstens"), choices=_options(_("egal"), words.EFFORTS), required=False
    )

    dauer = forms.ChoiceField(label=_("Dauer, höchstens"), choices=_options(_("egal"), words.TIMES), required=False)
    erreicht = forms.ChoiceField(
        label=_("Erreicht besonders"), choices=_options(_("egal"), words.GROUPS), required=False
    )
    ohne = forms.MultipleChoiceField(
        label=_("Geht ohne"),
        choices=list(words.NEEDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def choice(self) -> Choice:
        self.is_valid()
        data: dict[str, Any] = getattr(self, "cleaned_data", {})
        return Choice(
            kind=data.get("art") or "",
            level=data.get("stufe") or "",
            phase=data.get("phase") or "",
            cost=data.get("kosten") or "",
            effort=data.get("aufwand") or "",
            persons=data.get("personen"),
            weeks=data.get("wochen"),
            text=data.get("q") or "",
            time=data.get("dauer") or "",
            group=data.get("erreicht") or "",
            without=tuple(data.get("ohne") or ()),
        )


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 5})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


class MaterialsField(LinesField):
    """`Titel | Adresse | Quelle | Titel auf Englisch`, one a line."""

    PARTS = ("title", "url", "source", "title_en")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(" | ".join(row.get(name, "") for name in self.PARTS).rstrip(" |") for row in value)

    def to_python(self, value: Any) -> list[Any]:  # type: ignore[override]
        rows = []
        for number, line in enumerate(super().to_python(value), 1):
            title, url, source, title_en, *more = [*(part.strip() for part in line.split("|")), "", "", ""]
            if not title or any(more):
                raise forms.ValidationError(
                    gettext("Zeile %(n)s: Titel | Adresse | Quelle | Titel auf Englisch.") % {"n": number}
                )
            if url and not is_address(url):
                raise forms.ValidationError(
                    gettext("Zeile %(n)s: „%(url)s“ ist keine Adresse.") % {"n": number, "url": url[:80]}
                )
            row = {"title": title, "url": url, "source": source}
            rows.append(row | {"title_en": title_en} if title_en else row)
        return rows


class PairsField(LinesField):
    """`Angabe | Wert`, one a line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(" | ".join(pair) for pair in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[Any]:  # type: ignore[override]
        pairs = []
        for number, line in enumerate(super().to_python(value), 1):
            label, bar, text = (part.strip() for part in line.partition("|"))
            if not (label and bar and text):
                raise forms.ValidationError(gettext("Zeile %(n)s: Angabe | Wert.") % {"n": number})
            pairs.append([label, text])
        return pairs


def _several(label: Any, known: dict[str, Any], required: bool = True) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(known.items()), widget=forms.CheckboxSelectMultiple, required=required
    )


class _EntryForm(WagtailAdminModelForm):
    """The permanent short name cannot be changed once it is in an address."""

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if self.instance.pk and slug != self.instance.slug:
            raise forms.ValidationError(gettext("Das Kürzel bleibt: Es steht schon in Adressen."))
        if slug in RESERVED:
            raise forms.ValidationError(gettext("Dieses Kürzel braucht die Plattform selbst."))
        return slug

    def _known(self, name: str) -> list[str]:
        slugs: list[str] = self.cleaned_data[name]
        known = set(Method.objects.values_list("slug", flat=True))
        for slug in slugs:
            if slug not in known:
                raise forms.ValidationError(gettext("Ein Format „%(slug)s“ gibt es nicht.") % {"slug": slug[:60]})
        return slugs


class _TranslatedForm(_EntryForm):
    """Remembers of which texts the English belongs to an older German one: those of which only the German changed."""

    KIND = ""
    english_fits = forms.BooleanField(
        label=_("Die englischen Texte passen zu den deutschen"),
        help_text=_(
            "Wer nur den deutschen Text ändert, macht den englischen ungültig: Dann steht auch auf der englischen "
            "Seite der deutsche. Setzen Sie den Haken, wenn der englische trotzdem noch stimmt."
        ),
        required=False,
    )

    def _outdated(self) -> list[str]:
        if self.cleaned_data.get("english_fits"):
            return []
        data, changed = self.cleaned_data, set(self.changed_data)
        return [
            name
            for name in TRANSLATED[self.KIND]
            if data.get(f"{name}_en")
            and f"{name}_en" not in changed
            and (name in changed or name in self.instance.outdated_en)
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        outdated = self._outdated()
        for name in LISTS:
            german, english = data.get(name), data.get(f"{name}_en")
            if english and name not in outdated and german is not None and len(german) != len(english):
                wanted = {"here": len(english), "wanted": len(german)}
                self.add_error(f"{name}_en", gettext("%(here)s Zeilen, auf Deutsch sind es %(wanted)s.") % wanted)
        self.instance.outdated_en = outdated
        return data


class MethodForm(_TranslatedForm):
    KIND = "method"
    levels = _several(_("Stufen der Beteiligung (IAP2)"), words.LEVELS)
    phases = _several(_("Phasen"), words.PHASES)
    groups = _several(_("Wen es besonders gut erreicht"), words.GROUPS, required=False)
    needs = _several(_("Was es von Menschen verlangt"), words.NEEDS, required=False)
    steps = LinesField(label=_("Ablauf"), required=False)
    checklist = LinesField(label=_("Checkliste"), required=False)
    access = LinesField(label=_("Barrierefrei machen"), required=False)
    steps_en = LinesField(label=_("Ablauf auf Englisch"), required=False)
    checklist_en = LinesField(label=_("Checkliste auf Englisch"), required=False)
    access_en = LinesField(label=_("Barrierefrei machen, auf Englisch"), required=False)
    partners_en = LinesField(label=_("Gute Partner auf Englisch"), required=False)
    partners = LinesField(label=_("Gute Partner"), required=False)
    combine_with = LinesField(label=_("Passt gut zu"), required=False)
    sources = LinesField(label=_("Quellen"), required=False)
    materials = MaterialsField(label=_("Material zum Drucken"), required=False)
    module = forms.ChoiceField(label=_("Online-Baustein"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "module" in self.fields:
            self.fields["module"].choices = [("", _("keiner"))] + [(f.slug, f.label) for f in registry.all_formats()]

    def clean_combine_with(self) -> list[str]:
        return self._known("combine_with")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for low, high in (("group_min", "group_max"), ("prep_min", "prep_max")):
            if None not in (data.get(low), data.get(high)) and data[low] > data[high]:
                self.add_error(high, gettext("Höchstens darf nicht unter mindestens liegen."))
        return data


class CombinationForm(_TranslatedForm):
    KIND = "combination"
    phases = _several(_("Phasen"), words.PHASES)
    steps = LinesField(label=_("Formate"))

    def clean_steps(self) -> list[str]:
        return self._known("steps")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if None not in (data.get("weeks_min"), data.get("weeks_max")) and data["weeks_min"] > data["weeks_max"]:
            self.add_error("weeks_max", gettext("Höchstens darf nicht unter mindestens liegen."))
        return data


class KnowledgeForm(_EntryForm):
    facts = PairsField(label=_("Angaben"), required=False, help_text=_("Je Zeile: Angabe | Wert"))
    steps = LinesField(label=_("Schritte"), required=False)
    methods = LinesField(label=_("Formate"), required=False)

    def clean_methods(self) -> list[str]:
        return self._known("methods")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url and not is_address(url):
            raise forms.ValidationError(gettext("Die Adresse muss mit https:// beginnen."))
        return url


class SuggestForm(forms.Form):
    """A format that somebody misses. `key` makes a double submit one suggestion; what fits, the action decides."""

    name = forms.CharField(label=_("Wie das Format heißt"), max_length=120)
    text = forms.CharField(
        label=_("Wie es geht und wann es passt"), widget=forms.Textarea(attrs={"rows": 8}), strip=False
    )
    source = forms.CharField(
        label=_("Woher Sie es kennen"),
        max_length=300,
        required=False,
        help_text=_("Eine Adresse, ein Buch, eine Stadt. Freiwillig."),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = new_id(20)


class GuestSuggestForm(SuggestForm):
    """The same for somebody without an account."""

    email = guest_email(_("Dorthin schicken wir einen Link. Erst wenn Sie ihn öffnen, geht Ihr Vorschlag ein."))
    author_name = guest_name()
