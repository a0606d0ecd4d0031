"""Forms of the format. They hold what was typed; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts.forms import guest_email, guest_name
from mitstadt.comments.forms import EMPTY
from mitstadt.kit.ids import new_id

from . import rules
from .models import Paragraph

WHOLE, WORDS = "whole", "words"


class RemarkForm(forms.Form):
    """What somebody says about a paragraph: about all of it, or about words chosen by two lists or by copying them."""

    scope = forms.ChoiceField(
        label=_("Worauf beziehen Sie sich?"),
        choices=((WHOLE, _("auf den ganzen Absatz")), (WORDS, _("auf bestimmte Wörter"))),
        widget=forms.RadioSelect,
        initial=WHOLE,
    )
    first = forms.TypedChoiceField(label=_("Von Wort"), coerce=int, required=False)
    last = forms.TypedChoiceField(label=_("bis Wort"), coerce=int, required=False)
    words = forms.CharField(
        label=_("Oder schreiben Sie die Wörter ab"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Genau so, wie sie im Absatz stehen. Groß und klein ist gleich."),
    )
    text = forms.CharField(
        label=_("Was möchten Sie dazu sagen?"),
        widget=forms.Textarea(attrs={"rows": 6}),
        strip=False,
        error_messages={"required": EMPTY},
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False, initial=new_id)

    def __init__(self, *args: Any, paragraph: Paragraph, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paragraph = paragraph
        self.spans = rules.words(paragraph.text)
        options = [(str(at), f"{at + 1} · {paragraph.text[start:end]}") for at, (start, end) in enumerate(self.spans)]
        for name in ("first", "last"):
            self.fields[name].choices = options  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        text = self.paragraph.text
        data["range"] = (0, len(text))
        if data.get("words", "").strip():
            found = rules.find(text, data["words"])
            if found is None:
                self.add_error("words", _("Diese Wörter stehen so nicht in dem Absatz. Sie können sie auch wählen."))
            else:
                data["range"] = found
        elif data.get("scope") == WORDS:
            first, last = data.get("first"), data.get("last")
            if not isinstance(first, int) or not isinstance(last, int):
                self.add_error("first", _("Bitte wählen Sie das erste und das letzte Wort."))
            else:
                first, last = sorted((first, last))
                data["range"] = (self.spans[first][0], self.spans[last][1])
        return data


class GuestRemarkForm(RemarkForm):
    """The same for somebody without an account."""

    name = guest_name()
    email = guest_email(_("Dorthin schicken wir einen Link. Erst wenn Sie ihn öffnen, erscheint Ihre Anmerkung."))


def initial_words(paragraph: Paragraph, start: str, end: str) -> dict[str, Any]:
    """The form's choice for a range of characters that a browser selected; nothing for anything else."""
    if not (start.isdecimal() and end.isdecimal() and len(start) < 7 and len(end) < 7):
        return {}
    touched = [at for at, (a, b) in enumerate(rules.words(paragraph.text)) if a < int(end) and b > int(start)]
    if not touched:
        return {}
    return {"scope": WORDS, "first": touched[0], "last": touched[-1]}
