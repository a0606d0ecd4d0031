"""My account: overview, public name and language, security."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mitstadt.accounts import actions
from mitstadt.accounts.forms import ProfileForm
from mitstadt.accounts.models import SignIn, Trust, User
from mitstadt.accounts.overview import cards
from mitstadt.kit import languages
from mitstadt.kit.errors import DomainError

from .common import actor_of, signed_in, user_id_of


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    return render(
        request,
        "accounts/home.html",
        {"actor": actor, "trust": Trust(actor.trust), "cards": cards(actor), "email": _address(actor.user_id)},
    )


def _address(user_id: int | None) -> str:
    return EmailAddress.objects.filter(user_id=user_id, primary=True).values_list("email", flat=True).first() or ""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    user = User.objects.get(pk=user_id_of(request))
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        initial={"pseudonym": user.pseudonym, "language": user.language},
    )
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["pseudonym"] != user.pseudonym:
                actions.change_pseudonym(actor, form.cleaned_data["pseudonym"])
            actions.set_language(actor, form.cleaned_data["language"])
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Gespeichert."))
            return redirect(languages.path_in("/konto/", form.cleaned_data["language"]))
    return render(request, "accounts/profile.html", {"form": form}, status=400 if form.errors else 200)


@signed_in
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    kinds: dict[str, Any] = {}
    for kind in Authenticator.objects.filter(user_id=user_id_of(request)).values_list("type", flat=True):
        kinds[kind] = kinds.get(kind, 0) + 1
    sign_ins = SignIn.objects.filter(user_id=user_id_of(request)).order_by("-at")[:50]
    return render(
        request,
        "accounts/security.html",
        {
            "actor": actor,
            "totp": kinds.get(Authenticator.Type.TOTP, 0),
            "passkeys": kinds.get(Authenticator.Type.WEBAUTHN, 0),
            "recovery": kinds.get(Authenticator.Type.RECOVERY_CODES, 0),
            "sign_ins": list(sign_ins),
            "this_session": request.session.session_key,
            "has_password": request.user.is_authenticated and request.user.has_usable_password(),
        },
    )


@signed_in
@require_POST
def end_everywhere(request: HttpRequest) -> HttpResponse:
    actions.sign_out_everywhere(actor_of(request))
    logout(request)
    messages.success(request, _("Sie sind jetzt überall abgemeldet."))
    return redirect("account_login")


@signed_in
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """For staff without a second factor: why, and how, before any page of the back office."""
    target = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, None):
        target = ""
    return render(request, "accounts/second_factor.html", {"actor": actor_of(request), "next": target})
