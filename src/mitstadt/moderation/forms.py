"""Forms of the public pages and of the staff screen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import grounds, queries
from .models import Outcome

TEXT_LIMIT = 5000


class ReportForm(forms.Form):
    """Why something should not stay as it is; everything but reason and good faith is optional."""

    reason = forms.ChoiceField(label=_("Was ist damit nicht in Ordnung?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Was sollten wir dazu wissen?"),
        help_text=_("Zum Beispiel, welche Stelle im Text Sie meinen."),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    contact = forms.EmailField(
        label=_("E-Mail-Adresse, an die wir das Ergebnis schicken"),
        help_text=_("Ohne Adresse sehen Sie das Ergebnis auf der Seite mit Ihrem Code."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    good_faith = forms.BooleanField(
        label=_("Meine Angaben stimmen nach meinem Wissen."),
        error_messages={"required": _("Bitte bestätigen Sie, dass Ihre Angaben nach Ihrem Wissen stimmen.")},
    )

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["reason"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(reason.slug, reason.title) for reason in grounds.rules().reasons]
        if known:  # people with an account read the outcome among their messages
            del self.fields["contact"]


class CodeForm(forms.Form):
    """The code of a receipt, as somebody copied it onto paper: spaces, hyphens and capitals do not matter."""

    code = forms.CharField(
        label=_("Code Ihrer Meldung"),
        help_text=_("16 Zeichen. Er stand auf der Seite, die Sie nach dem Melden gesehen haben."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"]
        code = "".join(c for c in typed.casefold() if c.isalnum())
        if queries.report_by_code(code) is None:
            raise forms.ValidationError(
                _("Zu „%(code)s“ gibt es keine Meldung. Bitte vergleichen Sie die Zeichen."), params={"code": typed}
            )
        return code


class AppealForm(forms.Form):
    """The author objects."""

    text = forms.CharField(
        label=_("Warum sehen Sie das anders?"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 7})
    )


OUTCOMES = [
    (Outcome.KEEP.value, _("Stehen lassen")),
    (Outcome.RESTRICT.value, _("Ausblenden")),
    (Outcome.NOTE.value, _("Ausblenden, mit Hinweis an der Stelle")),
    (Outcome.REDACT.value, _("Private Angaben entfernen, Rest stehen lassen")),
]


class DecideForm(forms.Form):
    """The first decision about a case. What belongs together is checked by the action."""

    outcome = forms.ChoiceField(label=_("Entscheidung"), widget=forms.RadioSelect, choices=OUTCOMES)
    ground = forms.ChoiceField(label=_("Grundlage"), required=False)
    facts = forms.CharField(
        label=_("Begründung"),
        help_text=_("Was im Text verstößt dagegen? Diese Worte liest die Person, die ihn geschrieben hat."),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    note = forms.CharField(
        label=_("Hinweis an der Stelle"),
        help_text=_("Lesen alle anstelle des Textes. Keine Namen."),
        required=False,
        max_length=300,
    )
    new_text = forms.CharField(
        label=_("Text ohne die privaten Angaben"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, can_redact: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["ground"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", _("bitte wählen"))] + [(g.slug, g.title) for g in grounds.rules().grounds]
        if not can_redact:
            outcome = self.fields["outcome"]
            assert isinstance(outcome, forms.ChoiceField)
            outcome.choices = [c for c in OUTCOMES if c[0] != Outcome.REDACT]
            del self.fields["new_text"]


class DecideAppealForm(forms.Form):
    """The second person's decision."""

    lift = forms.ChoiceField(
        label=_("Entscheidung über den Widerspruch"),
        widget=forms.RadioSelect,
        choices=[("no", _("Die erste Entscheidung bleibt")), ("yes", _("Die erste Entscheidung wird aufgehoben"))],
    )
    facts = forms.CharField(
        label=_("Begründung"),
        help_text=_("Diese Worte liest die Person, die widersprochen hat."),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
