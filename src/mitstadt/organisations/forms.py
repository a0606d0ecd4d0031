"""Granting a role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mitstadt.accounts.models import User

from .models import Membership, Organisation


class GrantForm(forms.Form):
    """`clean()["user"]` is the account behind the e-mail address."""

    email = forms.EmailField(
        label=gettext_lazy("E-Mail-Adresse des Kontos"),
        help_text=gettext_lazy("Die Person legt zuerst selbst ein Konto an und bestätigt ihre Adresse."),
    )
    organisation = forms.ModelChoiceField(label=gettext_lazy("Referat"), queryset=Organisation.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("Rolle"), choices=Membership.Role.choices)
    function = forms.CharField(
        label=gettext_lazy("Funktion"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Nur Funktion und Referat erscheinen öffentlich, nie ein Name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Organisation.objects.all()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "email" in data:
            data["user"] = User.objects.filter(
                emailaddress__email__iexact=data["email"], emailaddress__verified=True, is_active=True
            ).first()
            if data["user"] is None:
                self.add_error("email", _("Zu dieser Adresse gibt es kein bestätigtes Konto."))
        return data
