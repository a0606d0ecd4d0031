"""The rating form: three scales, each may stay empty."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts.forms import guest_email

from .components import TITLES
from .models import SCALES, VALUES

_CHOICES = [(str(value), str(value)) for value in VALUES]


class RatingForm(forms.Form):
    """`values()` are the chosen numbers; "keine Angabe" is an empty one."""

    def __init__(self, *args: Any, guest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for scale in SCALES:
            title, question = TITLES[scale]
            self.fields[scale] = forms.ChoiceField(
                label=title,
                help_text=question,
                choices=[*_CHOICES, ("", _("keine Angabe"))],
                required=False,
                widget=forms.RadioSelect,
            )
        if guest:
            self.fields["email"] = guest_email(
                _(
                    "Dorthin schicken wir einen Link. Erst wenn Sie ihn öffnen, zählt Ihre Bewertung. "
                    "Dieselbe Adresse ersetzt damit ihre frühere Bewertung."
                )
            )

    def values(self) -> dict[str, int | None]:
        return {scale: int(chosen) if (chosen := self.cleaned_data.get(scale)) else None for scale in SCALES}
