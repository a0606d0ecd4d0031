"""The screens of a tablet at a stall: begin, write, thanks. Nothing of the last person is left anywhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, show
from mitstadt.kit.ids import new_id
from mitstadt.participation import access, picking, queries, registry
from mitstadt.participation.entry import tablets
from mitstadt.participation.models import Tablet

VISIT = cache.personal_cookie("mitstadt_tablet_visit")  # one person's turn: ends with what they send
IDLE, WITHOUT_SCRIPT, THANKS = 90, 600, 20  # seconds
MAP_WIDTH = 560  # pixels of the map to click on without JavaScript: for fingers, on a tablet held upright


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


def _over(response: HttpResponse) -> HttpResponse:
    """This person's turn is over: what their pages sent shows nothing any more, also when a browser sends it again."""
    response.delete_cookie(VISIT, samesite="Lax")
    return response


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
    context = {"tablet": tablet, "module": module, "process": module.process, "closed": closed}
    return _over(_page(request, "begin", context))


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/tablet/schreiben/`"""
    tablet = tablets.of_request(request)
    if tablet is None:
        return _none(request)
    visit = request.COOKIES.get(VISIT, "") if request.method == "POST" else new_id()
    if request.method == "POST" and (not visit or request.POST.get("visit") != visit):
        return _over(_private(HttpResponseRedirect(reverse("participation:tablet"))))
    module = queries.module_of(tablet.module_id)
    assert module is not None
    entry = registry.get(module.format).entry
    assert entry is not None
    shown = entry.tablet
    typed = request.POST.copy() if request.method == "POST" else None
    placing = typed is not None and shown is not None and picking.click(typed, shown.place, MAP_WIDTH)
    form = (shown.form if shown is not None else entry.form)(module)(typed)
    code = CodeForm(typed) if module.process.code_groups.exists() else None
    if placing:
        form.errors.clear()
    elif typed is not None and form.is_valid() and (code is None or code.is_valid()):
        try:
            tablets.enter(tablet, form.cleaned_data, code=code.cleaned_data["access_code"] if code is not None else "")
        except DomainError as error:
            if code is not None and error.field == "code":
                code.add_error("access_code", error.message)
            else:
                show(form, error)
        else:
            return _over(_private(HttpResponseRedirect(reverse("participation:tablet_thanks"))))
    failed = bool(form.errors or (code is not None and not placing and code.errors))
    context = {
        "tablet": tablet,
        "module": module,
        "form": form,
        "code": code,
        "visit": visit,
        "fields": shown.fields if shown is not None else entry.fields,
        "pick": picking.picker(
            shown.place, form[shown.place].value(), reverse("participation:tablet_image"), width=MAP_WIDTH
        )
        if shown is not None
        else None,
        "placed": placing,
        "idle": IDLE,
        "without_script": WITHOUT_SCRIPT,
    }
    response = _page(request, "write", context, status=422 if failed else 200)
    response.set_cookie(VISIT, visit, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
    return response


@require_safe
def image(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/tablet/karte.svg`: the map to click on without JavaScript, with the place of this person."""
    if tablets.of_request(request) is None:
        return _none(request)
    return _private(picking.image(request))


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/tablet/danke/`: leads back to the beginning by itself."""
    tablet: Tablet | None = tablets.of_request(request)
    if tablet is None:
        return _none(request)
    response = _page(request, "thanks", {"tablet": tablet, "seconds": THANKS})
    response["Refresh"] = f"{THANKS}; url={reverse('participation:tablet')}"
    return response
