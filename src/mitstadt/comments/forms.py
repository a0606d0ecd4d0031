"""Forms of the discussion. They hold what was typed; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts.forms import guest_email, guest_name
from mitstadt.kit.ids import new_id
from mitstadt.organisations.models import Organisation

from .models import Side

SIDE_QUESTION = _("Wie stehen Sie dazu?")
EMPTY = _("Bitte schreiben Sie etwas, bevor Sie abschicken.")


class TextForm(forms.Form):
    """One text. No `max_length` here: the limit counts the cleaned text, and a browser would cut in silence."""

    text = forms.CharField(
        label=_("Ihr Text"), widget=forms.Textarea(attrs={"rows": 8}), strip=False, error_messages={"required": EMPTY}
    )


class SideField(forms.ChoiceField):
    """One of `Side`, also by its word: that is what stands in a workshop's spreadsheet."""

    def to_python(self, value: Any) -> str:
        typed = str(super().to_python(value)).strip()
        known = {str(side.label).casefold(): side.value for side in Side}
        return known.get(typed.casefold(), typed)


def side_field(label: Any = SIDE_QUESTION) -> SideField:
    """For, against, neither as radio buttons; untouched it says neither."""
    return SideField(
        label=label,
        choices=Side.choices,
        widget=forms.RadioSelect,
        initial=Side.NEITHER,
        required=False,
        help_text=_("Steht als Wort beim Beitrag. Das ist keine Abstimmung."),
    )


class OwnForm(TextForm):
    """One's own contribution, with its side where the discussion asks for one."""

    def __init__(self, *args: Any, asks_side: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_side:
            self.fields["side"] = side_field()


class CommentForm(TextForm):
    """A contribution of somebody signed in. `key` makes a double submit one contribution; `asks_side` adds a side."""

    text = forms.CharField(
        label=_("Ihre Frage oder Ihr Hinweis"),
        widget=forms.Textarea(attrs={"rows": 8}),
        strip=False,
        error_messages={"required": EMPTY},
    )
    wants_answer = forms.BooleanField(label=_("Bitte antworten."), required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, *args: Any, days: int, asks_side: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_side:
            self.fields["side"] = side_field()
        self.fields["key"].initial = new_id(20)
        self.fields["wants_answer"].help_text = _("Die Stadt hat dann %(days)s Arbeitstage Zeit.") % {"days": days}


class GuestCommentForm(CommentForm):
    """The same for somebody without an account."""

    email = guest_email(
        _(
            "Dorthin schicken wir einen Link. Erst wenn Sie ihn öffnen, erscheint Ihr Beitrag. "
            "An diese Adresse melden wir auch, wenn Ihnen jemand antwortet."
        )
    )
    name = guest_name()


class AnswerForm(TextForm):
    text = forms.CharField(label=_("Antwort"), widget=forms.Textarea(attrs={"rows": 9}), strip=False, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class InterimForm(AnswerForm):
    text = forms.CharField(
        label=_("Zwischennachricht"),
        widget=forms.Textarea(attrs={"rows": 4}),
        strip=False,
        required=False,
        help_text=_("Steht öffentlich bei der Frage. Der Tag, an dem die Antwort fällig ist, bleibt."),
    )


class ForwardForm(forms.Form):
    department = forms.ModelChoiceField(
        label=_("Weitergeben an"), queryset=Organisation.objects.filter(kind__in=("department", "company"))
    )
    reason = forms.CharField(
        label=_("Grund"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("Steht öffentlich bei der Frage. Die Frist läuft weiter."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class BundleForm(forms.Form):
    """`lead` is chosen among the questions that stand on the page."""

    lead = forms.ChoiceField(label=_("Gleiche Frage"), choices=())
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].choices = choices  # type: ignore[attr-defined]


class CorrectForm(TextForm):
    text = forms.CharField(
        label=_("Berichtigte Antwort"), widget=forms.Textarea(attrs={"rows": 9}), strip=False, required=False
    )
    reason = forms.CharField(label=_("Grund der Berichtigung"), max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class OutcomeForm(forms.Form):
    target = forms.CharField(
        label=_("Was sich geändert hat"),
        help_text=_("Adresse der Seite, zum Beispiel der Maßnahme. Vorgeschlagen ist die Seite, um die es ging."),
    )
    note = forms.CharField(
        label=_("Daraus wurde"), max_length=300, required=False, help_text=_("Ein Satz, steht öffentlich beim Beitrag.")
    )
    on = forms.DateField(label=_("Tag der Änderung"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
