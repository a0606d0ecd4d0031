"""Forms of the format: the question that staff set, what comes by other channels, and summaries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mitstadt.comments.forms import TextForm, side_field
from mitstadt.comments.models import Side

NOTHING = _("Bitte schreiben Sie die Zusammenfassung.")
NO_REASON = _("Bitte nennen Sie den Grund, alle lesen ihn.")
SIDES = ((True, _("Mit dafür, dagegen, weder noch")), (False, _("Ohne, einfach ein Gespräch")))


class SettingsForm(forms.Form):
    """The question that people talk about, and whether they are asked where they stand."""

    question = forms.CharField(label=_("Die Frage"), max_length=300)
    sides = forms.ChoiceField(
        label=_("Haltung"),
        choices=SIDES,
        required=False,
        initial=True,
        help_text=_("Passt zu Fragen, auf die man mit Ja oder Nein antworten kann."),
    )

    def clean_sides(self) -> bool:
        return bool(self.cleaned_data["sides"] != "False")


class EntryForm(forms.Form):
    """What somebody said on paper, by telephone or at an event."""

    text = forms.CharField(label=_("Beitrag"), widget=forms.Textarea(attrs={"rows": 4}))
    name = forms.CharField(label=_("Name, wie er erscheinen soll"), max_length=60, required=False)


class SidedEntryForm(EntryForm):
    """The same in a debate with sides. A spreadsheet may say it in words."""

    side = side_field(_("Haltung"))
    field_order = ("side", "text", "name")


class SummaryForm(TextForm):
    """A new summary. `seen` is the one that stood when the form was opened, empty for none."""

    text = forms.CharField(
        label=_("Zusammenfassung"),
        widget=forms.Textarea(attrs={"rows": 12}),
        strip=False,
        error_messages={"required": NOTHING},
        help_text=_(
            "Was gesagt wurde, auch das Seltene; was strittig ist; was noch offen ist. Keine Wertung, keine Namen."
        ),
    )
    covers_until = forms.DateField(
        label=_("Stand"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Der letzte Tag, dessen Beiträge Sie gelesen haben."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)


class CorrectForm(TextForm):
    """Another wording of the summary that stands, with the reason."""

    text = forms.CharField(
        label=_("Zusammenfassung"),
        widget=forms.Textarea(attrs={"rows": 12}),
        strip=False,
        error_messages={"required": NOTHING},
    )
    reason = forms.CharField(
        label=_("Grund der Berichtigung"),
        max_length=300,
        error_messages={"required": NO_REASON},
        help_text=_("Steht öffentlich bei der früheren Fassung."),
    )


class WithdrawForm(forms.Form):
    """Why a summary goes from the top."""

    reason = forms.CharField(
        label=_("Grund"),
        max_length=300,
        error_messages={"required": NO_REASON},
        help_text=_("Steht öffentlich bei der früheren Fassung."),
    )
    erase = forms.BooleanField(
        label=_("Auch den Text löschen"),
        required=False,
        help_text=_("Nur wenn Angaben über Menschen darin stehen. Sonst bleibt er unter den früheren lesbar."),
    )


def entry_form(asks_side: bool) -> type[forms.Form]:
    return SidedEntryForm if asks_side else EntryForm


def side_options() -> list[tuple[str, Any]]:
    """What a paper form prints to tick."""
    return [(side.value, str(side.label)) for side in Side]
