"""Photographs that contributions were read from, once staff released them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mitstadt.participation import queries


@require_safe
def picture(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/quelle/<id>.jpg`: only while it is released and its process is public."""
    found = queries.public_sources().filter(public_id=public_id).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.data), content_type="image/jpeg")
    response["Cache-Control"] = "public, max-age=60"
    return response
