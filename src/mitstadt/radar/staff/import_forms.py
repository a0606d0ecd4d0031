"""Forms of the import screens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mitstadt.radar.importer.columns import NAMES
from mitstadt.radar.importer.limits import MAX_BYTES
from mitstadt.radar.importer.shape import FIELDS

from .forms import PartialDateField


class ImportForm(forms.Form):
    """A file, and the revision that it is to become (or none: then it corrects what is there)."""

    file = forms.FileField(label=_("Datei"), help_text=_("YAML, CSV oder XLSX"))
    code = forms.SlugField(
        label=_("Kennung der Fortschreibung"),
        max_length=40,
        required=False,
        help_text=_("Zum Beispiel 2027. Leer heißt: Die Datei berichtigt die geltende Strategie, nichts entfällt."),
    )
    name = forms.CharField(label=_("Name der Fortschreibung"), max_length=200, required=False)
    decided = PartialDateField(label=_("Beschlossen am"), max_length=10, required=False)
    body = forms.CharField(label=_("Gremium"), max_length=120, required=False)
    paper = forms.CharField(label=_("Vorlage"), max_length=80, required=False)
    full = forms.BooleanField(
        label=_("Vollständig: Was in der Datei fehlt, entfällt mit dieser Fortschreibung"), required=False
    )

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > MAX_BYTES:
            raise forms.ValidationError(
                _("„%(name)s“ hat %(size)s MB. Erlaubt sind höchstens %(limit)s MB.")
                % {"name": found.name[:80], "size": found.size // 1_000_000, "limit": MAX_BYTES // 1_000_000}
            )
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("code") and not data.get("name"):
            data["name"] = str(_("Fortschreibung %(code)s") % {"code": data["code"]})
        if data.get("full") and not data.get("code"):
            self.add_error(
                "code", _("Entfallen kann etwas nur mit einer Fortschreibung. Bitte nennen Sie ihre Kennung.")
            )
        return data

    def target(self) -> dict[str, Any]:
        """The revision as the action expects it; empty for a correction."""
        if not self.cleaned_data.get("code"):
            return {}
        return {key: self.cleaned_data[key] for key in ("code", "name", "decided", "body", "paper")}


class MappingForm(forms.Form):
    """Which column of the file means what. Field names are positions, so that headings may be anything."""

    def __init__(self, headings: list[str], known: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headings = headings
        choices = [("", _("auslassen")), *((field, NAMES[field][1]) for field in FIELDS)]
        for number, heading in enumerate(headings):
            self.fields[f"c{number}"] = forms.ChoiceField(
                label=heading[:80] or _("(ohne Überschrift)"),
                choices=choices,
                initial=known.get(heading, ""),
                required=False,
            )
        self.fields["save_as"] = forms.CharField(
            label=_("Zuordnung merken als"), max_length=120, required=False, help_text=_("Für die nächste Datei.")
        )

    def mapping(self) -> dict[str, str]:
        return {heading: self.cleaned_data.get(f"c{number}", "") for number, heading in enumerate(self.headings)}
