"""Forms of the room. They hold what was typed; the actions decide."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.ids import new_id


class CodeForm(forms.Form):
    """The code of a letter."""

    code = forms.CharField(
        label=_("Code aus dem Brief"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Zum Beispiel abcd-efgh-jkmn. Striche und Großbuchstaben sind gleich."),
        error_messages={"required": _("Bitte geben Sie den Code ein, der im Brief steht.")},
    )


class WordsForm(forms.Form):
    """Title and text of a contribution. `key` makes a double submit one contribution."""

    title = forms.CharField(label=_("Überschrift"), required=False, help_text=_("Ein kurzer Satz."))
    text = forms.CharField(label=_("Ihr Text"), widget=forms.Textarea(attrs={"rows": 8}), strip=False, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False, initial=new_id)
