"""Free places in the back office: which figures are old, which sources fail, whom to call."""

from __future__ import annotations

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mitstadt.directory.staff.screens import keepers

from . import components, queries
from .models import Feed, Way
from .queries import Row
from .rules import Age

PAGE = 50
SAID = (Way.ENQUIRE, Way.ROUND, Way.CALL)  # ways whose figure somebody has to say


def _feed(row: Row) -> Feed | None:
    return getattr(row.capacity, "feed", None)


KINDS: dict[str, tuple[object, Callable[[Row], bool]]] = {
    "alle": (_("alle"), lambda row: True),
    "alt": (_("überfällig oder zu alt"), lambda row: row.capacity.way in SAID and row.age is not Age.FRESH),
    "nie": (_("noch nie gemeldet"), lambda row: row.capacity.way in SAID and row.capacity.updated_at is None),
    "quelle": (_("Quelle mit Fehler"), lambda row: bool(feed.last_error) if (feed := _feed(row)) else False),
    "verborgen": (_("nicht öffentlich"), lambda row: not row.capacity.active),
}


@keepers
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """`/verwaltung/freie-plaetze/?was=alt&q=…`: the oldest figure first where it is about old ones."""
    kind = request.GET.get("was", "alle")
    if kind not in KINDS:
        kind = "alle"
    text = " ".join(request.GET.get("q", "").split())[:80]
    every = queries.of_city(text)
    found = [row for row in every if KINDS[kind][1](row)]
    if kind == "alt":
        found.sort(key=lambda row: row.capacity.updated_at or row.capacity.created_at)
    page = Paginator(found, PAGE).get_page(request.GET.get("p"))
    rows = [(row.capacity, components.state(row), components.freshness(row), _feed(row)) for row in page]
    return render(
        request,
        "capacity/staff/list.html",
        {
            "page": page,
            "rows": rows,
            "kinds": [(key, label, sum(map(fits, every))) for key, (label, fits) in KINDS.items()],
            "kind": kind,
            "q": text,
        },
    )
