"""The page of a debate."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from mitstadt.kit import past
from mitstadt.participation.views.modules import module_page


@past.shown
@require_GET
def debate(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/debatte/<id>/`"""
    return module_page(request, public_id, "debate", "debate/debate.html")
