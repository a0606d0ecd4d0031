"""`/beteiligung/p-012-…/beitraege.csv` and `.json`: one process as a flat file for other tools of deliberation.

After the draft "Interoperable Deliberative Tools" of Metagov: open, at a stable address, with licence and data card.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from mitstadt.kit import clock, past
from mitstadt.opendata import writers
from mitstadt.opendata.card import about
from mitstadt.participation import open_data, rules

from .processes import found_process

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
SPECIFICATION = "https://github.com/metagov/interop/blob/main/specification.md"


@past.shown
@require_GET
def flat(request: HttpRequest, number: int, slug: str, suffix: str) -> HttpResponseBase:
    """Streamed; nothing in it names a person."""
    found = found_process(number, slug, request, f"beitraege.{suffix}")
    if isinstance(found, HttpResponse):
        return found
    dataset = open_data.CONTRIBUTIONS
    now = clock.now()

    def card() -> dict[str, object]:
        return {
            **about(dataset),
            "title": found.title,
            "description": found.summary,
            "process": found.subject.public_id,
            "state": found.state(now),
            "phases": [
                {"title": phase.title, "start": phase.start, "end": phase.end, "when": rules.when(phase, now)}
                for phase in found.phases.all()
            ],
            "specification": SPECIFICATION,
        }

    rows = open_data.contributions(None, found)
    response = StreamingHttpResponse(writers.pieces(suffix, dataset, rows, card), content_type=TYPES[suffix])
    response["Content-Disposition"] = f'attachment; filename="p-{found.number:03d}-beitraege.{suffix}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
