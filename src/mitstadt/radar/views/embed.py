"""The radar on other people's pages: the only page that may be framed, and the snippet to copy."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from mitstadt.kit import city, past, themes
from mitstadt.kit.components import chrome

from . import frame
from .asked import Asked, ask
from .radar import pictures

# Styles, fonts and pictures of our own, no script, no form; anybody may put it into a frame.
FRAMED = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)


@past.shown
@xframe_options_exempt
@require_safe
def embed(request: HttpRequest) -> HttpResponse:
    """`/radar/einbetten/`: the picture, its day and a link home; links open the city's page."""
    asked = ask(request)
    context = frame.context(asked, "bild") | pictures(asked, frame.address("bild"))
    context["styles"] = [static(css) for css in (*chrome.STYLES, themes.find(city.current().theme).css)]
    context["home"] = settings.MITSTADT_BASE_URL + frame.address("bild") + asked.selection.query(massnahme=None)
    response = render(request, "radar/embed.html", context)
    response["Content-Security-Policy"] = FRAMED
    return response


@past.shown
@require_safe
def snippet(request: HttpRequest) -> HttpResponse:
    """`/radar/einbetten/anleitung/`: what to copy, with a preview."""
    asked = ask(request)
    context = frame.context(asked, "bild")
    context["code"] = code(asked)
    context["embed_href"] = reverse("radar:embed") + asked.selection.query(massnahme=None)
    return render(request, "radar/snippet.html", context)


def code(asked: Asked) -> str:
    """The HTML to copy. No script: a frame without rights beyond links."""
    address = settings.MITSTADT_BASE_URL + reverse("radar:embed") + asked.selection.query(massnahme=None)
    height = round(asked.horizon().height) + 120 if asked.snapshot.rows else 400
    return (
        f'<iframe src="{escape(address)}" title="{escape(frame.headline())}" width="100%" height="{height}" '
        f'loading="lazy" referrerpolicy="no-referrer" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
    )
