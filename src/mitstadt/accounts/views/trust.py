"""Proving more: online identity, letter, counter."""

from __future__ import annotations

from allauth.socialaccount.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.accounts import actions
from mitstadt.accounts.forms import CodeForm
from mitstadt.accounts.models import Proof, Trust
from mitstadt.kit.errors import DomainError

from .common import actor_of, client_of, signed_in, user_id_of


@never_cache
@require_safe
def ways(request: HttpRequest) -> HttpResponse:
    """What each level is for and how to reach it; readable before signing up."""
    actor = actor_of(request)
    target = request.GET.get("next", "")
    providers = get_adapter(request).list_providers(request)
    proofs = list(Proof.objects.filter(user_id=user_id_of(request)).order_by("trust")) if actor.is_known else []
    return render(
        request,
        "accounts/proof.html",
        {
            "actor": actor,
            "trust": Trust(actor.trust),
            "proofs": proofs,
            "providers": providers,
            "next": target if url_has_allowed_host_and_scheme(target, None) else "",
        },
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.redeem_letter_code(actor_of(request), form.cleaned_data["code"], client=client_of(request))
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Ihr Wohnsitz ist bestätigt."))
            return redirect("accounts:proof")
    return render(request, "accounts/letter.html", {"form": form}, status=400 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """GET explains, POST makes a code and shows it once."""
    code = actions.new_counter_code(actor_of(request)) if request.method == "POST" else ""
    return render(request, "accounts/counter.html", {"code": code, "minutes": actions.COUNTER_CODE_MINUTES})
