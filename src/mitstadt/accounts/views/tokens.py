"""``/konto/zugaenge/``: tokens for programs that write in one's name."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mitstadt.accounts import tokens
from mitstadt.accounts.models import AccessToken
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, show

from .common import actor_of, signed_in, user_id_of


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Wofür der Zugang ist"),
        max_length=80,
        help_text=gettext_lazy("Zum Beispiel: mein Skript auf dem Laptop."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Was er darf"),
        choices=lambda: list(tokens.SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Für wie viele Tage"), min_value=1, max_value=tokens.MOST_DAYS, initial=90
    )


def _creates(request: HttpRequest) -> bool:
    return request.method == "POST" and "end" not in request.POST


@never_cache
@signed_in
@reauthentication_required(enabled=_creates)  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def tokens_page(request: HttpRequest) -> HttpResponse:
    """One's own tokens; a new one is shown once, to somebody who has just proved who they are. What was filled in
    before the password was asked is done afterwards."""
    actor, secret = actor_of(request), ""
    if request.method == "POST" and not _creates(request):
        pk = request.POST["end"]
        if pk.isdecimal() and len(pk) < 12 and tokens.revoke(actor, int(pk)):
            messages.success(request, _("Der Zugang ist beendet."))
        return redirect("accounts:tokens")
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = tokens.create(
                actor, form.cleaned_data["name"], form.cleaned_data["days"], form.cleaned_data["scopes"]
            )
        except DomainError as error:
            show(form, error)
        else:
            form = TokenForm()
    now = clock.now()
    rows = [
        (
            token,
            token.expires_at > now,
            [tokens.SCOPES[scope] for scope in token.scopes.split() if scope in tokens.SCOPES],
        )
        for token in AccessToken.objects.filter(user_id=user_id_of(request))
    ]
    context = {"form": form, "secret": secret, "rows": rows}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)
