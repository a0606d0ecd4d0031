"""Taking part with the code of a letter."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.kit import languages
from mitstadt.kit.errors import DomainError, show
from mitstadt.participation import identity
from mitstadt.participation.actions import codes
from mitstadt.participation.forms import CodeForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/code/`: with an account the code proves something to it; without one it opens the door for
    hours."""
    form = CodeForm(request.POST or None, initial={"code": request.GET.get("code", "")[:40]})
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        client = client_of(request)
        try:
            if actor.is_known:
                group = codes.claim(actor, form.cleaned_data["code"], client=client)
                messages.success(request, _("Ihr Konto gehört jetzt zur Gruppe „%(name)s“.") % {"name": group.name})
                return HttpResponseRedirect(languages.local_path(group.process.subject.path))
            code = codes.find(form.cleaned_data["code"], client=client)
            kind, _key = codes.holder(code)
            if kind == "user":
                raise DomainError(
                    _("Mit diesem Code hat sich ein Konto angemeldet. Bitte melden Sie sich dort an."), "code"
                )
            response = HttpResponseRedirect(languages.local_path(code.group.process.subject.path))
            identity.remember(response, code)
            return response
        except DomainError as error:
            show(form, error)
    context = {"form": form, "code": identity.code_of(request), "actor": actor}
    return render(request, "participation/code.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Stop taking part with the code in this browser."""
    response = HttpResponseRedirect(reverse("participation:code"))
    identity.forget(response)
    messages.success(request, _("In diesem Browser ist kein Code mehr eingetragen."))
    return response
