"""`/beteiligung/p-012-…/beitraege.csv` and `.json`: one process as a flat file, open, at a stable address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from mitstadt.kit import past
from mitstadt.opendata import writers
from mitstadt.participation import flat as files

from .processes import found_process

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@past.shown
@require_GET
def flat(request: HttpRequest, number: int, slug: str, suffix: str) -> HttpResponseBase:
    """Streamed; nothing in it names a person."""
    found = found_process(number, slug, request, f"beitraege.{suffix}")
    if isinstance(found, HttpResponse):
        return found
    file = files.of(found)
    pieces = writers.pieces(suffix, file.dataset, file.rows(), file.card)
    response = StreamingHttpResponse(pieces, content_type=TYPES[suffix])
    response["Content-Disposition"] = f'attachment; filename="{file.name}.{suffix}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
