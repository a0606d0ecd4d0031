"""The living style guide, and the pages for when something goes wrong."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import contrast, problems, style, themes
from .city import current
from .components import Option, with_query

MODES = ("light", "dark")


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component in real use; `?theme=` and `?mode=` work only here."""
    theme = request.GET.get("theme", "")
    theme = theme if theme in themes.BUILT_IN else current().theme
    mode = request.GET.get("mode", "")
    mode = mode if mode in MODES else ""
    keep = {"theme": theme, "mode": mode}
    mode_names = {"": _("wie das Gerät"), "light": _("Hell"), "dark": _("Dunkel")}
    context = {
        **style.samples(),
        "ui_theme": theme,
        "ui_mode": mode,
        "theme_options": [
            Option(name, with_query(keep, theme=slug), theme == slug) for slug, name in themes.BUILT_IN.items()
        ],
        "mode_options": [Option(name, with_query(keep, mode=slug), mode == slug) for slug, name in mode_names.items()],
        "tokens": style.token_rows(themes.css(theme), mode or "light"),
        "pairs": len(contrast.PAIRS),
    }
    return render(request, "kit/style.html", context)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something that makes no sense."""
    return _error(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason where the refusing code gave one."""
    return _error(request, 403, {"reason": str(exception or "")})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long; what was typed comes back (mitstadt.js keeps it)."""
    return _error(request, 403, template="403_csrf.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, with the search as the way on."""
    return _error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Reads neither database nor session: they may be what is broken."""
    return problems.for_page(request, 500) or _error(None, 500)


def _error(
    request: HttpRequest | None, status: int, context: dict[str, object] | None = None, template: str = ""
) -> HttpResponse:
    if (problem := problems.for_page(request, status)) is not None:
        return problem
    known: dict[str, object] = {"city": current(), "demo": settings.MITSTADT_DEMO, "is_error": True}
    html = loader.get_template(template or f"{status}.html").render({**known, **(context or {})}, request)
    return HttpResponse(html, status=status)
