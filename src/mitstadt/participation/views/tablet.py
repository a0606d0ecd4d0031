"""The screens of a tablet at a stall: begin, write, thanks. Nothing of the last person is left anywhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, show
from mitstadt.participation import access, queries, registry
from mitstadt.participation.entry import tablets
from mitstadt.participation.models import Tablet

IDLE, WITHOUT_SCRIPT, THANKS = 90, 600, 20  # seconds


class CodeForm(forms.Form):
    """Only where a process has sent letters with codes."""

    access_code = forms.CharField(
        label=_("Code aus dem Brief"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    cache.never(response)
    return response


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return _private(render(request, f"participation/tablet/{name}.html", context, status=status))


def _none(request: HttpRequest) -> HttpResponse:
    return _page(request, "none", {}, status=403)


@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, secret: str) -> HttpResponse:
    """`/beteiligung/tablet/<secret>/`: the link that staff open once on the device; a button, so that no link preview
    uses it up."""
    if request.method != "POST":
        return _page(request, "pair", {"problem": ""})
    try:
        _tablet, value = tablets.pair(secret)
    except DomainError as error:
        return _page(request, "pair", {"problem": error.message}, status=410)
    response = HttpResponseRedirect(reverse("participation:tablet"))
    tablets.remember(response, value)
    return _private(response)


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/tablet/`: the question, big, and one button."""
    tablet = tablets.of_request(request)
    if tablet is None:
        return _none(request)
    module = queries.module_of(tablet.module_id)
    assert module is not None
    actor = tablets.actor_of(tablet)
    verbs = registry.get(module.format).verbs
    decisions = [access.can_for_others(actor, verb, module, clock.now(), "event") for verb in verbs]
    closed = "" if any(decisions) else decisions[0].reason
    return _page(request, "begin", {"tablet": tablet, "module": module, "process": module.process, "closed": closed})


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/tablet/schreiben/`"""
    tablet = tablets.of_request(request)
    if tablet is None:
        return _none(request)
    module = queries.module_of(tablet.module_id)
    assert module is not None
    entry = registry.get(module.format).entry
    assert entry is not None
    typed = request.POST if request.method == "POST" else None
    form = entry.form(module)(typed)
    code = CodeForm(typed) if module.process.code_groups.exists() else None
    if typed is not None and form.is_valid() and (code is None or code.is_valid()):
        try:
            tablets.enter(tablet, form.cleaned_data, code=code.cleaned_data["access_code"] if code is not None else "")
        except DomainError as error:
            if code is not None and error.field == "code":
                code.add_error("access_code", error.message)
            else:
                show(form, error)
        else:
            return _private(HttpResponseRedirect(reverse("participation:tablet_thanks")))
    failed = bool(form.errors or (code is not None and code.errors))
    context = {
        "tablet": tablet,
        "module": module,
        "form": form,
        "code": code,
        "fields": entry.fields,
        "idle": IDLE,
        "without_script": WITHOUT_SCRIPT,
    }
    return _page(request, "write", context, status=422 if failed else 200)


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/tablet/danke/`: leads back to the beginning by itself."""
    tablet: Tablet | None = tablets.of_request(request)
    if tablet is None:
        return _none(request)
    response = _page(request, "thanks", {"tablet": tablet, "seconds": THANKS})
    response["Refresh"] = f"{THANKS}; url={reverse('participation:tablet')}"
    return response
