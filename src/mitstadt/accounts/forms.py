"""Forms of this room, and what is added to allauth's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import pseudonyms
from .models import User
from .personal import Kind


def clean_pseudonym(value: str, *, email: str = "", own_id: int | None = None) -> str:
    """A tidied pseudonym that may be used. Raises ValidationError with a sentence for the person."""
    name = pseudonyms.tidy(value)
    said = {
        "short": _("Bitte wählen Sie einen Namen mit mindestens 3 Zeichen."),
        "long": _("Bitte wählen Sie einen Namen mit höchstens 40 Zeichen."),
        "letters": _("Bitte verwenden Sie Buchstaben, dazu Ziffern, Punkt, Bindestrich oder Leerzeichen."),
        "email": _("Ihr öffentlicher Name soll keine E-Mail- oder Internetadresse verraten."),
        "reserved": _("Dieser Name klingt nach einer amtlichen Stelle. Bitte wählen Sie einen anderen."),
    }
    problem = pseudonyms.problem(name, email)
    if problem:
        raise ValidationError(said[problem], code=problem)
    taken = User.objects.filter(pseudonym_key=pseudonyms.pseudonym_key(name)).exclude(pk=own_id or 0)
    if taken.exists():
        raise ValidationError(_("Diesen oder einen sehr ähnlichen Namen gibt es schon."), code="taken")
    return name


class PseudonymSignup(forms.Form):
    """Base of allauth's sign-up forms: adds the public name, suggested and never the e-mail address."""

    pseudonym = forms.CharField(
        label=gettext_lazy("Öffentlicher Name"),
        help_text=gettext_lazy(
            "So erscheinen Sie auf der Plattform. Ein Vorschlag steht schon da, Sie können ihn ändern."
        ),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["email", "password1", "pseudonym"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pseudonym"].initial = pseudonyms.suggest
        for name in ("email", "password1"):
            if name in self.fields:
                self.fields[name].widget.attrs.pop("placeholder", None)

    def clean_pseudonym(self) -> str:
        return clean_pseudonym(self.cleaned_data["pseudonym"], email=str(self.data.get("email", "")))

    def signup(self, request: HttpRequest, user: User) -> None:
        from django.utils import translation

        user.pseudonym = self.cleaned_data["pseudonym"]
        user.language = translation.get_language() or "de"
        user.save(update_fields=["pseudonym", "language"])


class ProfileForm(forms.Form):
    """Public name and language."""

    pseudonym = forms.CharField(
        label=gettext_lazy("Öffentlicher Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Sprache"),
        help_text=gettext_lazy("In dieser Sprache schreiben wir Ihnen."),
        choices=lambda: [(code, name) for code, name in settings.LANGUAGES],
        widget=forms.RadioSelect,
    )


class CodeForm(forms.Form):
    """A code from a letter or a screen, typed with or without dashes."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


def guest_email(help_text: Any) -> forms.CharField:
    """Where somebody without an account gets the link that makes it count; `help_text` says what then happens. What an
    address is, `guests.request_confirmation` decides."""
    return forms.CharField(
        label=gettext_lazy("Ihre E-Mail-Adresse"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=help_text,
        error_messages={"required": gettext_lazy("Bitte geben Sie eine vollständige E-Mail-Adresse an.")},
    )


def guest_name() -> forms.CharField:
    """The name under which it appears; an invented one will do."""
    return forms.CharField(
        label=gettext_lazy("Name, wie er erscheinen soll"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        help_text=gettext_lazy("Ein erfundener Name genügt. Ohne Namen steht dort „Ohne Namen“."),
    )


class GuestRightsForm(forms.Form):
    """What somebody without an account wants to do about their contributions."""

    email = forms.EmailField(
        label=gettext_lazy("E-Mail-Adresse"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    wish = forms.ChoiceField(
        label=gettext_lazy("Was möchten Sie?"),
        choices=[
            ("accounts.guest_export", gettext_lazy("Meine Daten ansehen und herunterladen")),
            ("accounts.guest_anonymise", gettext_lazy("Meine Beiträge ohne Namen stehen lassen, alles andere löschen")),
            ("accounts.guest_erase", gettext_lazy("Alles löschen")),
        ],
        widget=forms.RadioSelect,
    )


class DeletionForm(forms.Form):
    """One question per kind of contribution that exists, and a box to tick."""

    sure = forms.BooleanField(
        label=gettext_lazy("Ja, mein Konto soll gelöscht werden. Das lässt sich nicht rückgängig machen.")
    )

    def __init__(self, *args: Any, kinds: list[tuple[Kind, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, number in kinds:
            self.fields[kind.key.replace(".", "-")] = forms.ChoiceField(
                label=f"{kind.label} ({number})",
                choices=[("remove", _("Entfernen")), ("keep", _("Ohne Namen stehen lassen"))],
                widget=forms.RadioSelect,
                initial="remove",
            )
        self.order_fields([*(name for name in self.fields if name != "sure"), "sure"])

    def choices(self) -> dict[str, bool]:
        """Kind → keep without a name?"""
        return {
            name.replace("-", "."): answer == "keep" for name, answer in self.cleaned_data.items() if name != "sure"
        }


def _login_form() -> type[forms.Form]:
    from allauth.account.forms import LoginForm as Base

    class Login(Base):
        """allauth's form with our words, without placeholders."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            for field in self.fields.values():
                field.widget.attrs.pop("placeholder", None)
            self.fields["login"].label = _("E-Mail-Adresse")
            self.fields["password"].help_text = ""
            self.fields["remember"].label = _("Auf diesem Gerät angemeldet bleiben")

    return Login


def __getattr__(name: str) -> Any:
    # allauth.account.forms imports this module for its base class, so its own classes are only asked for later
    if name == "LoginForm":
        globals()["LoginForm"] = _login_form()
        return globals()["LoginForm"]
    raise AttributeError(name)
